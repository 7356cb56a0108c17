import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { findMetric, metricProblem, score } from '../../../src/ml/scoring/metrics.js';
import { valueMetrics } from '../../../src/ml/scoring/values.js';
import { fixture } from '../../../support/fixture.js';

/** Metrics of values against scikit-learn's (fixtures/make_value_metrics.py) and at their edges. */

interface Case {
  y: number[];
  values: number[];
  weights?: number[];
  scores: { [metric: string]: number | null };
}

const cases: Case[] = fixture('value-metrics');
const test = suite('metrics of values');

cases.forEach(({ y, values, weights, scores }, at) => {
  const given = weights ? 'weights' : 'no weights';
  test(`the scores of case ${at} (${y.length} samples, ${given}) are scikit-learn's`, () => {
    const truth = Float64Array.from(y);
    const outputs = { values: Float64Array.from(values) };
    for (const [name, expected] of Object.entries(scores)) {
      const found = score(findMetric(name), truth, outputs, weights && Float64Array.from(weights));
      if (expected === null) assert.is(found, null, name);
      else {
        // A share is 1 less a ratio, so its digits are those of 1.
        const size = findMetric(name).direction === 'max' ? 1 : 0;
        const off = 1e-12 * Math.max(size, Math.abs(expected));
        assert.ok(
          found !== null && Math.abs(found - expected) <= off,
          `${name}: ${found} is not ${expected}`,
        );
      }
    }
  });
});

test('every metric has a fixture, with weights and without', () => {
  for (const isWeighted of [true, false]) {
    const some = cases.filter(({ weights }) => (weights !== undefined) === isWeighted);
    const covered = new Set(some.flatMap(({ scores }) => Object.keys(scores)));
    assert.equal(
      valueMetrics.map(({ name }) => name).filter(name => !covered.has(name)),
      [],
    );
  }
});

test('weights are repetitions, samples of weight 0 do not count, and weights of 1 change nothing', () => {
  const [truth, values] = [Float64Array.of(1, 4, 2, 8, 5, 7), Float64Array.of(1.5, 3, 2, 6, 7, 7)];
  const times = [2, 0, 1, 3, 1, 1];
  const repeat = (all: Float64Array): Float64Array =>
    Float64Array.from(times.flatMap((count, i) => new Array<number>(count).fill(all[i])));
  for (const metric of valueMetrics) {
    const plain = metric.score(truth, values)!;
    assert.ok(
      Math.abs(metric.score(truth, values, new Float64Array(6).fill(1))! - plain) < 1e-14,
      metric.name,
    );
    const weighted = metric.score(truth, values, Float64Array.from(times))!;
    const repeated = metric.score(repeat(truth), repeat(values))!;
    assert.ok(Math.abs(weighted - repeated) < 1e-14, `${metric.name}: ${weighted}, ${repeated}`);
    const scaled = metric.score(
      truth,
      values,
      Float64Array.from(times, count => count / 8),
    )!;
    assert.ok(Math.abs(scaled - weighted) < 1e-14, `${metric.name}: ${scaled}, ${weighted}`);
  }
});

test('no metric scores NaN or infinity, and none scores without samples or weights', () => {
  const [two, huge] = [Float64Array.of(1, 2), Float64Array.of(1e300, 3e300)];
  for (const metric of valueMetrics) {
    assert.throws(() => score(metric, two, { values: Float64Array.of(NaN, 1) }), /NaN for some samples/);
    assert.is(score(metric, new Float64Array(0), { values: new Float64Array(0) }), null, metric.name);
    assert.is(score(metric, two, { values: two }, new Float64Array(2)), null, metric.name);
    const found = score(metric, huge, { values: huge.map(value => -value) });
    assert.ok(found === null || Number.isFinite(found), metric.name);
  }
});

test('a metric of the other task is refused, with one that fits', () => {
  const problem = (name: string, classes?: number) => metricProblem(findMetric(name), classes, true);
  assert.is(problem('rmse', 2)?.code, 'other-task');
  assert.match(problem('rmse', 2)!.message, /rmse is a metric of values, and the target holds classes/);
  assert.match(problem('accuracy')!.complaint.hint!, /r2/);
  assert.is(problem('rmse'), undefined);
  assert.throws(() =>
    score(findMetric('r2'), Int32Array.of(0, 1), { classes: 2, labels: Int32Array.of(0, 1) }),
  );
  assert.throws(() => findMetric('neg_mean_squared_error'), /there is no metric/);
});

test.run();
