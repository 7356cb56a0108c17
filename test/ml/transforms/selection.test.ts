/** Scores of features, and the transforms that keep the best ones. */
import { namesAfter } from '../../../src/ml/pipeline.js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Rng } from '../../../src/base/rng.js';
import { fromRows, toRows } from '../../../src/ml/algebra/matrix.js';
import { SCORE_FUNCTIONS } from '../../../src/ml/transforms/scores.js';
import { fit, isNear, peer, problem } from '../../../support/transforms.js';

const test = suite('selection');

for (const [name, on] of [
  ['f_classif', 'plain'],
  ['chi2', 'counts'],
] as const) {
  test(`${name} is scikit-learn's`, () => {
    const found = SCORE_FUNCTIONS[name](problem(on, 'y3'), Rng.from('test'));
    peer.known[name].forEach((expected, j) =>
      assert.ok(isNear(found[j], expected, Math.abs(expected), 1e-9)),
    );
  });
}

test("mutual information is scikit-learn's", () => {
  const { table: name, target, scores } = peer.information;
  const found = SCORE_FUNCTIONS.mutual_info_classif(problem(name, target), Rng.from('test'));
  scores.forEach((expected, j) =>
    assert.ok(Math.abs(found[j] - expected) < 1e-9, `${found[j]} is not ${expected}`),
  );
});

test('f_classif loses no digits to a large mean', () => {
  const y = Int32Array.from({ length: 20 }, (_, i) => i % 2);
  const rows = Array.from(y, (code, i) => [code + i / 8]);
  const near = SCORE_FUNCTIONS.f_classif({ x: fromRows(rows), y, classes: 2 }, Rng.from('test'))[0];
  const far = SCORE_FUNCTIONS.f_classif(
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
  const alike = SCORE_FUNCTIONS.f_classif({ ...given, x }, Rng.from('test'));
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
  const [found, expected] = [far, given].map(one =>
    SCORE_FUNCTIONS.mutual_info_classif(one, Rng.from('test')),
  );
  expected.forEach((score, j) => assert.ok(Math.abs(found[j] - score) < 0.1, `${found[j]} is not ${score}`));
});

test.run();
