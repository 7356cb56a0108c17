/** Scores of features, and the transforms that keep the best ones. */
import { namesAfter } from '../../../src/ml/pipeline.js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Rng } from '../../../src/base/rng.js';
import { fromRows, toRows } from '../../../src/ml/algebra/matrix.js';
import { CLASS_SCORES, VALUE_SCORES, type ValueScore } from '../../../src/ml/transforms/scores.js';
import { findStep } from '../../../src/ml/registry.js';
import type { Transform, ValueProblem } from '../../../src/ml/types.js';
import { fit, isNear, peer, problem } from '../../../support/transforms.js';

const test = suite('selection');

for (const [name, on] of [
  ['f_classif', 'plain'],
  ['chi2', 'counts'],
] as const) {
  test(`${name} is scikit-learn's`, () => {
    const found = CLASS_SCORES[name](problem(on, 'y3'), Rng.from('test'));
    peer.known[name].forEach((expected, j) =>
      assert.ok(isNear(found[j], expected, Math.abs(expected), 1e-9)),
    );
  });
}

test("mutual information is scikit-learn's", () => {
  const { table: name, target, scores } = peer.information;
  const found = CLASS_SCORES.mutual_info_classif(problem(name, target), Rng.from('test'));
  scores.forEach((expected, j) =>
    assert.ok(Math.abs(found[j] - expected) < 1e-9, `${found[j]} is not ${expected}`),
  );
});

const valueProblem = (): ValueProblem => ({
  x: fromRows(peer.values.x),
  y: Float64Array.from(peer.values.y),
});

for (const [name, expected] of Object.entries(peer.values.scores) as [ValueScore, number[]][]) {
  test(`${name} is scikit-learn's, and a feature that does not vary has 0`, () => {
    const found = VALUE_SCORES[name](valueProblem(), Rng.from('test'));
    const [constant] = found.subarray(5);
    assert.ok(constant >= 0 && constant < 1e-9, `${constant}`);
    expected.forEach((score, at) => {
      // The last feature gives the values, so what is left of them for F is rounding.
      const isExact = name === 'f_regression' && at === 5;
      const own = found[at < 5 ? at : 6];
      assert.ok(isExact ? own > 1e12 : Math.abs(own - score) < 1e-9 * Math.max(1, score), `${own}, ${score}`);
    });
  });
}

test('of values, the features are kept that scikit-learn keeps', () => {
  const { x, y } = valueProblem();
  const problem = {
    x: { ...x, columns: 5, data: x.data.slice(0, 5 * x.rows) },
    target: { kind: 'values' as const, values: y },
  };
  for (const { name, kept, ...params } of peer.values.kept) {
    const kind = findStep(name) as Transform;
    const fitted = kind.fit(problem, kind.params.parse(params), {
      rng: Rng.from('test'),
      warn: () => undefined,
    });
    const flow = fitted.flow();
    assert.equal(flow.kind === 'each' && [...flow.from], kept, JSON.stringify({ name, ...params }));
  }
});

test('scores of values know no unit, and few samples give numbers', () => {
  const { x, y } = valueProblem();
  const far = (factor: number): ValueProblem => ({
    x: { ...x, data: x.data.map(value => value * factor) },
    y: y.map(value => value * factor),
  });
  for (const name of ['f_regression', 'r_regression', 'mutual_info_regression'] as const) {
    const score = (given: ValueProblem) => VALUE_SCORES[name](given, Rng.from('test')).slice(0, 6);
    const expected = score({ x, y });
    for (const factor of [1e-200, 1e-160, 1e150, 1e200])
      score(far(factor)).forEach((one, j) =>
        assert.ok(Math.abs(one - expected[j]) < 1e-7 * Math.max(1, expected[j]), `${name} ${factor} ${one}`),
      );
    for (const n of [1, 2, 3])
      assert.ok(
        score({ x: fromRows(peer.values.x.slice(0, n)), y: y.slice(0, n) }).every(Number.isFinite),
        `${name} of ${n}`,
      );
  }
});

test('f_classif loses no digits to a large mean', () => {
  const y = Int32Array.from({ length: 20 }, (_, i) => i % 2);
  const rows = Array.from(y, (code, i) => [code + i / 8]);
  const near = CLASS_SCORES.f_classif({ x: fromRows(rows), y, classes: 2 }, Rng.from('test'))[0];
  const far = CLASS_SCORES.f_classif(
    { x: fromRows(rows.map(([v]) => [v + 2 ** 40])), y, classes: 2 },
    Rng.from('test'),
  )[0];
  assert.ok(Math.abs(near - far) < 1e-9 * near, `${near}, ${far}`);
});

test('SelectKBest keeps the later of equal features', () => {
  const given = problem('plain', 'y2');
  const x = fromRows(toRows(given.x).map(([a, b]) => [a, a, b, a]));
  const fitted = fit('SelectKBest', { k: 2 }, { ...given, x });
  const kept = namesAfter(fitted, ['first', 'second', 'other', 'third']);
  const alike = CLASS_SCORES.f_classif({ ...given, x }, Rng.from('test'));
  assert.equal(kept, alike[0] > alike[2] ? ['second', 'third'] : ['other', 'third']);
});

test('SelectPercentile keeps the first of features with infinite scores, as many as fit', () => {
  const y = Int32Array.from({ length: 24 }, (_, i) => i % 2);
  const rows = Array.from(y, (code, i) =>
    Array.from({ length: 40 }, (_, j) => (j < 6 ? code : (i * (j + 1)) % 7)),
  );
  for (const [percentile, count] of [
    [5, 2],
    [10, 4],
    [15, 6],
  ]) {
    const fitted = fit('SelectPercentile', { percentile }, { x: fromRows(rows), y, classes: 2 });
    const kept = namesAfter(
      fitted,
      Array.from({ length: 40 }, (_, j) => `f${j}`),
    );
    assert.equal(
      kept,
      Array.from({ length: count }, (_, j) => `f${j}`),
    );
  }
});

test('VarianceThreshold keeps a feature whose variance is too large or too small for a number', () => {
  const x = fromRows([
    [1e200, 0, 1, 1e-200],
    [0, 0, 1, 0],
    [0, 0, 1, 0],
  ]);
  const y = Int32Array.of(0, 1, 0);
  assert.equal(namesAfter(fit('VarianceThreshold', {}, { x, y, classes: 2 }), ['a', 'b', 'c', 'd']), [
    'a',
    'd',
  ]);
  assert.equal(
    namesAfter(fit('VarianceThreshold', { threshold: 2 }, { x, y, classes: 2 }), ['a', 'b', 'c', 'd']),
    ['a'],
  );
});

test('mutual information knows no shift', () => {
  const given = problem('plain', 'y2');
  const far = { ...given, x: { ...given.x, data: given.x.data.map(value => value + 2 ** 33) } };
  const [found, expected] = [far, given].map(one => CLASS_SCORES.mutual_info_classif(one, Rng.from('test')));
  expected.forEach((score, j) => assert.ok(Math.abs(found[j] - score) < 0.1, `${found[j]} is not ${score}`));
});

test.run();
