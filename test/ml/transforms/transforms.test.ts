/** Transforms against scikit-learn's (fixtures/make_transforms.py), at extreme scales, and what they refuse. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { numberColumns } from '../../../src/base/dataset.js';
import { InputError } from '../../../src/base/errors.js';
import { Rng } from '../../../src/base/rng.js';
import type { FeatureError } from '../../../src/ml/checks.js';
import { fromRows, toRows } from '../../../src/ml/algebra/matrix.js';
import { holdsSteps } from '../../../src/ml/definition.js';
import { registry } from '../../../src/ml/registry.js';
import { CLASS_SCORES } from '../../../src/ml/transforms/scores.js';
import { assertClose, fit, isNear, peer, problem, table } from '../../../support/transforms.js';

const test = suite('transforms');

/** How near is near: exact algorithms to rounding, the power's exponent to the tolerance of its search. */
const toleranceOf = (name: string): number => (name === 'PowerTransformer' ? 2e-5 : 1e-9);

peer.cases.forEach(({ name, params, fit: fitted, target, apply, out }, at) => {
  test(`${name} ${JSON.stringify(params)} on ${fitted} (case ${at}) is scikit-learn's`, () => {
    const found = toRows(fit(name, params, problem(fitted, target)).transform(table(apply)));
    assert.is(found.length, out.length);
    assert.is(found[0].length, out[0].length);
    for (let j = 0; j < out[0].length; j++) {
      const scale = Math.max(...out.map(row => Math.abs(row[j] ?? 0)));
      out.forEach((row, i) => {
        assert.ok(
          isNear(found[i][j], row[j], scale, toleranceOf(name)),
          `[${i}, ${j}]: ${found[i][j]} is not ${row[j]}`,
        );
      });
    }
  });
});

test('every transform has a case, apart from those that hold steps', () => {
  // TargetEncoder is younger than the scikit-learn of these cases, and has a suite of its own.
  const covered = [...peer.cases.map(({ name }) => name), 'TargetEncoder'];
  const transforms = [...registry.values()].filter(
    ({ kind, params }) => kind === 'transform' && !holdsSteps(params),
  );
  assert.equal(
    transforms.map(({ name }) => name).filter(name => !covered.includes(name)),
    [],
  );
});

for (const factor of [1e-200, 1e-160, 1e150, 1e200]) {
  test(`scores, components and standard scores of a table times ${factor} are those of the table`, () => {
    const given = problem('plain', 'y2');
    const scaled = { ...given, x: { ...given.x, data: given.x.data.map(value => value * factor) } };
    for (const [name, params] of [
      ['StandardScaler', {}],
      ['PCA', { whiten: true, n_components: 3 }],
    ] as const) {
      const expected = fit(name, params, given).transform(given.x).data;
      const found = fit(name, params, scaled).transform(scaled.x).data;
      assertClose([...found], [...expected], 1e-7);
    }
    for (const name of ['f_classif', 'mutual_info_classif'] as const) {
      const [found, expected] = [scaled, given].map(one => CLASS_SCORES[name](one, Rng.from('test')));
      expected.forEach((score, j) =>
        assert.ok(Math.abs(found[j] - score) <= 1e-9 * (1 + score), `${found[j]}, ${score}`),
      );
    }
  });
}

test('a value that a power or chi2 cannot take is told by the name of its feature', () => {
  for (const [name, params] of [
    ['PowerTransformer', { method: 'box-cox' }],
    ['SelectKBest', { score_func: 'chi2', k: 1 }],
  ] as const) {
    const x = fromRows([
      [1, -2],
      [1, 2],
      [3, 4],
    ]);
    try {
      fit(name, params, { x, y: Int32Array.of(0, 1, 0), classes: 2 });
      assert.unreachable();
    } catch (error) {
      assert.match(
        (error as FeatureError).naming(numberColumns(['age', 'weight'])),
        /feature "weight" has the value -2, and (chi2|box-cox) takes/,
      );
    }
  }
});

/** The rows of a table that is written as `1 2 | 3 4`. */
const rowsOf = (text: string): number[][] => text.split(' | ').map(row => row.split(' ').map(Number));

const REFUSALS: [step: string, params: object, code: string, table: string][] = [
  ['PCA', { n_components: 5 }, 'too-many-components', '1 2 | 3 5 | 4 4'],
  ['VarianceThreshold', {}, 'no-features', '1 2 | 1 2 | 1 2'],
  ['SelectKBest', { score_func: 'chi2', k: 1 }, 'negative-value', '1 -2 | 1 2 | 1 2'],
  ['SelectKBest', { score_func: 'chi2', k: 2 }, 'negative-value', '1 -2 | 1 2 | 1 2'],
  ['SelectKBest', { k: 3 }, 'k-too-large', '1 2 | 2 2 | 1 3'],
  ['SelectPercentile', { score_func: 'chi2', percentile: 100 }, 'negative-value', '1 -2 | 1 2 | 1 2'],
  ['SelectPercentile', { percentile: 10 }, 'no-features', '1 1 | 1 1 | 1 1'],
  ['PowerTransformer', { method: 'box-cox' }, 'not-positive', '1 0 | 1 2 | 1 2'],
  ['PCA', {}, 'not-finite', '1 NaN | 1 2 | 1 2'],
  ['StandardScaler', {}, 'not-finite', '1 Infinity | 1 2 | 1 2'],
];

for (const [name, params, code, rows] of REFUSALS) {
  test(`${name} ${JSON.stringify(params)} refuses with ${code}`, () => {
    const given = { x: fromRows(rowsOf(rows)), y: Int32Array.of(0, 1, 0), classes: 2 };
    assert.throws(
      () => fit(name, params, given),
      (error: InputError) => error instanceof InputError && error.code === code,
    );
  });
}

test.run();
