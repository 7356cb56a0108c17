/** Curves of a classifier beside scikit-learn's. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  areaUnder,
  brierOf,
  calibrationOf,
  meanPrecisionRecall,
  meanRoc,
  precisionRecallCurve,
  rocCurve,
} from '../../src/statistics/curves.js';
import { root } from '../../support/root.js';

interface Case {
  truth: number[];
  values: number[];
  fpr: number[];
  tpr: number[];
  auc: number;
  precision: number[];
  recall: number[];
  height: number[];
  calibration: [number[], number[]];
  brier: number;
}

const { cases }: { cases: Case[] } = JSON.parse(
  readFileSync(join(root, 'test/fixtures/curves.json'), 'utf8'),
);

function close(found: readonly number[], expected: readonly number[], what: string): void {
  assert.is(found.length, expected.length, `${what}: the number of values`);
  found.forEach((value, i) =>
    assert.ok(Math.abs(value - expected[i]) < 1e-12, `${what} ${i}: ${value}, not ${expected[i]}`),
  );
}

const Curves = suite('curves');

Curves('ROC and its area are those of scikit-learn', () => {
  assert.is(cases.length, 3);
  for (const { truth, values, fpr, tpr, auc } of cases) {
    const curve = rocCurve({ truth, values })!;
    close(
      curve.map(([x]) => x),
      fpr,
      'false positive rate',
    );
    close(
      curve.map(([, y]) => y),
      tpr,
      'true positive rate',
    );
    close([areaUnder(curve)], [auc], 'area');
  }
});

Curves('precision and recall are those of scikit-learn', () => {
  for (const { truth, values, precision, recall } of cases) {
    const curve = precisionRecallCurve({ truth, values })!;
    // scikit-learn 1.2 leaves out the thresholds behind the one that reaches all positives.
    const kept = curve.slice(0, recall.length);
    close(
      kept.map(([x]) => x),
      recall,
      'recall',
    );
    close(
      kept.map(([, y]) => y),
      precision,
      'precision',
    );
    assert.ok(curve.slice(recall.length).every(([x]) => x === 1));
  }
});

Curves('the mean of one fold is that fold, and of two folds their mean', () => {
  const [, a, b] = cases;
  close(
    meanRoc([a])!.map(([, y]) => y),
    a.height,
    'height',
  );
  close(
    meanRoc([a, b])!.map(([, y]) => y),
    a.height.map((y, i) => (y + b.height[i]) / 2),
    'mean height',
  );
  const alone = meanPrecisionRecall([a])!;
  for (const [x, y] of alone) {
    const first = a.recall.findIndex(recall => recall >= x);
    close([y], [a.precision[first]], `precision at ${x}`);
  }
});

Curves('a fold without one of the classes has no ROC curve and takes no part', () => {
  const one = { truth: [1, 1, 1], values: [0.1, 0.5, 0.9] };
  assert.is(rocCurve(one), undefined);
  assert.is(precisionRecallCurve({ ...one, truth: [0, 0, 0] }), undefined);
  assert.equal(meanRoc([one, cases[0]]), meanRoc([cases[0]]));
  assert.is(meanRoc([one]), undefined);
});

Curves('calibration and the Brier score are those of scikit-learn', () => {
  for (const { truth, values, calibration, brier } of cases) {
    const bins = calibrationOf({ truth, values });
    close(
      bins.map(([probability]) => probability),
      calibration[0],
      'probability',
    );
    close(
      bins.map(([, share]) => share),
      calibration[1],
      'share',
    );
    assert.is(
      bins.reduce((sum, [, , samples]) => sum + samples, 0),
      truth.length,
    );
    close([brierOf({ truth, values })], [brier], 'Brier score');
  }
});

Curves.run();
