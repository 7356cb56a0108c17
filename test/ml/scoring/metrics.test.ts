import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../../src/base/errors.js';
import { rankingDirection, toldRanking } from '../../../src/base/direction.js';
import { findMetric, metricProblem, metrics, score } from '../../../src/ml/scoring/metrics.js';
import { fixture } from '../../../support/fixture.js';
import { classMetrics } from '../../../support/tasks.js';

/** Metrics against scikit-learn's (fixtures/make_metrics.py) and at their edges. */

interface Case {
  classes: number;
  y: number[];
  proba: number[];
  labels: number[];
  /** Whether probabilities are f32. */
  singles: boolean;
  scores: { [metric: string]: number | null };
}

const cases: Case[] = fixture('metrics');
const test = suite('metrics');

cases.forEach(({ classes, y, proba, labels, singles, scores }, at) => {
  const truth = Int32Array.from(y);
  const outputs = { classes, proba: Float64Array.from(proba), labels: Int32Array.from(labels), singles };
  test(`the scores of case ${at} (${classes} classes) are scikit-learn's`, () => {
    for (const [name, expected] of Object.entries(scores)) {
      const found = score(findMetric(name), truth, outputs);
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

test('every metric has a fixture', () => {
  const covered = new Set(cases.flatMap(({ scores }) => Object.keys(scores)));
  assert.equal(
    classMetrics.map(({ name }) => name).filter(name => !covered.has(name)),
    [],
  );
});

test('a reader without the registry ranks every metric in its direction, told or not', () => {
  for (const { name, direction } of metrics.values())
    assert.is(rankingDirection(toldRanking(name, direction)), direction, name);
  assert.throws(
    () => findMetric('auc'),
    (error: InputError) => error.code === 'unknown-metric',
  );
});

test('a metric that one class leaves undefined is null', () => {
  const truth = Int32Array.of(1, 1, 1);
  const outputs = { classes: 2, proba: Float64Array.of(0.5, 0.5, 0.2, 0.8, 0.1, 0.9), labels: truth };
  assert.is(score(findMetric('roc_auc'), truth, outputs), null);
  assert.is(score(findMetric('roc_auc'), Int32Array.of(0, 0, 0), outputs), null);
  assert.is(score(findMetric('average_precision'), Int32Array.of(0, 0, 0), outputs), null);
  assert.is(score(findMetric('accuracy'), truth, outputs), 1);
});

test('ranking prefers the decision and takes probabilities where there is none', () => {
  const truth = Int32Array.of(0, 1, 1, 0);
  const proba = Float64Array.of(0.9, 0.1, 0.2, 0.8, 0.3, 0.7, 0.6, 0.4);
  assert.is(score(findMetric('roc_auc'), truth, { classes: 2, proba }), 1);
  const decision = Float64Array.of(2, 1, -1, -3);
  assert.is(score(findMetric('roc_auc'), truth, { classes: 2, proba, decision }), 0.5);
  assert.is(score(findMetric('roc_auc'), truth, { classes: 2 }), null);
});

test('no metric scores NaN; infinite values rank', () => {
  const truth = Int32Array.of(0, 1);
  for (const metric of classMetrics) {
    const hasNaN = Float64Array.of(NaN, 1, 0, 1);
    for (const outputs of [
      { classes: 2, decision: hasNaN.subarray(0, 2), proba: Float64Array.of(1, 0, 0, 1) },
      { classes: 2, proba: hasNaN },
      { classes: 2, proba: hasNaN, labels: truth },
    ]) {
      assert.throws(() => score(metric, truth, outputs), /NaN for some samples/, metric.name);
    }
  }
  const decision = Float64Array.of(-Infinity, Infinity);
  assert.is(score(findMetric('roc_auc'), truth, { classes: 2, decision }), 1);
});

test('rounding leads no metric out of its range', () => {
  for (let n = 2; n < 400; n += 3) {
    const truth = Int32Array.from({ length: n }, (_, i) => (i % 3 === 0 ? 0 : 1));
    const proba = Float64Array.from({ length: 2 * n }, (_, at) => {
      const first = truth[at >> 1] === 0 ? 0.6 + (at >> 1) / (3 * n) : 0.4 - (at >> 1) / (3 * n);
      return at % 2 === 0 ? first : 1 - first;
    });
    const outputs = { classes: 2, proba, labels: truth };
    for (const metric of classMetrics) {
      const found = score(metric, truth, outputs)!;
      if (metric.direction === 'max') assert.is(found, 1, metric.name);
      else assert.ok(found >= 0 && found < 1, metric.name);
    }
    assert.is(score(findMetric('mcc'), truth, { classes: 2, labels: truth.map(code => 1 - code) }), -1);
  }
});

test('labels come from the decision where they are not given', () => {
  const decision = Float64Array.of(-1, 0, 1);
  assert.is(score(findMetric('accuracy'), Int32Array.of(0, 0, 1), { classes: 2, decision }), 1);
});

test('an unknown metric is refused, with a suggestion', () => {
  const hintFor = (name: string): string | undefined => {
    try {
      findMetric(name);
    } catch (error) {
      return (error as InputError).complaint.hint;
    }
    return undefined;
  };
  assert.match(hintFor('neg_log_loss')!, /`log_loss`/);
  assert.match(hintFor('matthews_corrcoef')!, /`mcc`/);
  assert.match(hintFor('acuracy')!, /`accuracy`/);
});

test('a metric for two classes, or for probabilities, says so', () => {
  assert.is(metricProblem(findMetric('f1'), 3, true)?.code, 'binary-metric');
  assert.match(metricProblem(findMetric('f1'), 3, true)!.complaint.hint!, /f1_macro/);
  assert.is(metricProblem(findMetric('log_loss'), 2, false)?.code, 'no-probabilities');
  assert.is(metricProblem(findMetric('roc_auc'), 2, false), undefined);
});

test.run();
