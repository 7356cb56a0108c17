import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Rng } from '../../../src/base/rng.js';
import { findMetric, metrics, score } from '../../../src/ml/scoring/metrics.js';
import { fixture } from '../../../support/fixture.js';

/** Metrics of classes with weights: scikit-learn's (fixtures/make_weighted_metrics.py), and samples that repeat. */

interface Case {
  classes: number;
  y: number[];
  proba: number[];
  labels: number[];
  weights: number[];
  scores: { [metric: string]: number | null };
}

const cases: Case[] = fixture('weighted-metrics');
const ofClasses = [...metrics.values()].filter(({ task }) => task === 'classification');
const test = suite('weighted metrics');

cases.forEach(({ classes, y, proba, labels, weights, scores }, at) => {
  const truth = Int32Array.from(y);
  const outputs = { classes, proba: Float64Array.from(proba), labels: Int32Array.from(labels) };
  test(`the weighted scores of case ${at} (${classes} classes) are scikit-learn's`, () => {
    for (const [name, expected] of Object.entries(scores)) {
      const found = score(findMetric(name), truth, outputs, Float64Array.from(weights));
      if (expected === null) assert.is(found, null, name);
      else {
        assert.ok(
          found !== null && Math.abs(found - expected) <= 1e-12 * Math.max(1, Math.abs(expected)),
          `${name}: ${found} is not ${expected}`,
        );
      }
    }
  });
});

test('every metric of classes has a fixture, but the one that scikit-learn does not weigh', () => {
  const covered = new Set(cases.flatMap(({ scores }) => Object.keys(scores)));
  assert.equal(
    ofClasses.map(({ name }) => name).filter(name => !covered.has(name)),
    ['roc_auc_ovo'],
  );
});

test('a sample of weight 3 counts as three samples, one of weight 0 as none, and weights of 1 change no bit', () => {
  const rng = Rng.from('weighted metrics');
  for (const classes of [2, 3, 5]) {
    const n = 60;
    const truth = Int32Array.from({ length: n }, (_, i) => i % classes);
    const weights = Float64Array.from({ length: n }, () => rng.below(4));
    const raw = Float64Array.from({ length: n * classes }, () => 1 + rng.below(6));
    const proba = raw.map((value, at) => {
      const row = at - (at % classes);
      return value / raw.subarray(row, row + classes).reduce((sum, one) => sum + one, 0);
    });
    const rows = [...truth.keys()].flatMap(row => new Array<number>(weights[row]).fill(row));
    const repeated = Float64Array.from(
      rows.flatMap(row => [...proba.subarray(row * classes, (row + 1) * classes)]),
    );
    const truths = Int32Array.from(rows, row => truth[row]);
    for (const metric of ofClasses) {
      const found = score(metric, truth, { classes, proba }, weights);
      const expected = score(metric, truths, { classes, proba: repeated });
      if (expected === null) assert.is(found, null, metric.name);
      else assert.ok(Math.abs(found! - expected) < 1e-12, `${metric.name}: ${found} is not ${expected}`);
      const ones = new Float64Array(n).fill(1);
      assert.is(
        score(metric, truth, { classes, proba }, ones),
        score(metric, truth, { classes, proba }),
        metric.name,
      );
    }
  }
});

test('a perfect score with weights is exactly 1, and without any weight there is no score', () => {
  const rng = Rng.from('perfect');
  for (let n = 4; n < 200; n += 7) {
    const truth = Int32Array.from({ length: n }, (_, i) => (i % 3 === 0 ? 0 : 1));
    const weights = Float64Array.from({ length: n }, () => rng.float() + 0.01);
    const proba = Float64Array.from({ length: 2 * n }, (_, at) => {
      const first = truth[at >> 1] === 0 ? 0.6 + (at >> 1) / (3 * n) : 0.4 - (at >> 1) / (3 * n);
      return at % 2 === 0 ? first : 1 - first;
    });
    const outputs = { classes: 2, proba, labels: truth };
    for (const metric of ofClasses) {
      if (metric.direction === 'max') assert.is(score(metric, truth, outputs, weights), 1, metric.name);
      assert.is(score(metric, truth, outputs, new Float64Array(n)), null, metric.name);
    }
  }
});

test.run();
