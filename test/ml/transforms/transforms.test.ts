import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FitWarning } from '../../../src/base/config.js';
import { InputError } from '../../../src/base/errors.js';
import { Rng } from '../../../src/base/rng.js';
import type { FeatureError } from '../../../src/ml/checks.js';
import { fromRows, toRows } from '../../../src/ml/algebra/matrix.js';
import { findStep } from '../../../src/ml/registry.js';
import { SCORE_FUNCTIONS } from '../../../src/ml/transforms/scores.js';
import type { FittedTransform, ClassProblem, Transform } from '../../../src/ml/types.js';
import { problemOf } from '../../../support/datasets.js';
import { fixture } from '../../../support/fixture.js';

/** Transforms against scikit-learn's (fixtures/make_transforms.py), and where they go their own way. */

type Rows = (number | null)[][];
interface Fixture {
  tables: { [name: string]: Rows };
  targets: { [name: string]: number[] };
  cases: { name: string; params: object; fit: string; target: string; apply: string; out: Rows }[];
  information: { table: string; target: string; scores: number[] };
  known: { f_classif: number[]; chi2: number[] };
}

const peer: Fixture = fixture('transforms');
const test = suite('transforms');

const table = (name: string) => fromRows(peer.tables[name].map(row => row.map(value => value ?? NaN)));

function problem(tableName: string, targetName: string): ClassProblem {
  const y = Int32Array.from(peer.targets[targetName]);
  return { x: table(tableName), y, classes: Math.max(...y) + 1 };
}

function fit(
  name: string,
  params: object,
  given: ClassProblem,
  warnings: FitWarning[] = [],
): FittedTransform {
  const kind = findStep(name) as Transform;
  const context = { rng: Rng.from('test'), warn: (warning: FitWarning) => warnings.push(warning) };
  return kind.fit(problemOf(given), kind.params.parse(params), context);
}

/** How near is near: exact algorithms to rounding, the power's exponent to the tolerance of its search. */
const tolerance = (name: string): number => (name === 'PowerTransformer' ? 2e-5 : 1e-9);

function isNear(found: number, expected: number | null, scale: number, within: number): boolean {
  if (expected === null) return Number.isNaN(found);
  return Math.abs(found - expected) <= within * Math.max(1e-3, scale);
}

peer.cases.forEach(({ name, params, fit: fitted, target, apply, out }, at) => {
  test(`${name} ${JSON.stringify(params)} on ${fitted} (case ${at}) is scikit-learn's`, () => {
    const found = toRows(fit(name, params, problem(fitted, target)).transform(table(apply)));
    assert.is(found.length, out.length);
    assert.is(found[0].length, out[0].length);
    for (let j = 0; j < out[0].length; j++) {
      const scale = Math.max(...out.map(row => Math.abs(row[j] ?? 0)));
      out.forEach((row, i) => {
        assert.ok(
          isNear(found[i][j], row[j], scale, tolerance(name)),
          `[${i}, ${j}]: ${found[i][j]} is not ${row[j]}`,
        );
      });
    }
  });
});

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

test('the variance of large equal values is taken for none', () => {
  const x = fromRows([[1e9 + 0.1], [1e9 + 0.1], [1e9 + 0.1]]);
  const scaled = fit('StandardScaler', {}, { x, y: Int32Array.of(0, 1, 0), classes: 2 }).transform(x);
  assert.ok(Math.abs(scaled.data[0]) < 1e-6);
});

test('SelectKBest keeps the later of equal features', () => {
  const given = problem('plain', 'y2');
  const x = fromRows(toRows(given.x).map(([a, b]) => [a, a, b, a]));
  const fitted = fit('SelectKBest', { k: 2 }, { ...given, x });
  const kept = fitted.names!(['first', 'second', 'other', 'third']);
  const alike = SCORE_FUNCTIONS.f_classif({ ...given, x }, Rng.from('test'));
  assert.equal(kept, alike[0] > alike[2] ? ['second', 'third'] : ['other', 'third']);
});

test('names follow the features', () => {
  const x = fromRows([
    [1, NaN, 3],
    [2, NaN, NaN],
    [4, NaN, 5],
  ]);
  const warnings: FitWarning[] = [];
  const fitted = fit(
    'SimpleImputer',
    { add_indicator: true },
    { x, y: Int32Array.of(0, 1, 0), classes: 2 },
    warnings,
  );
  assert.equal(fitted.names!(['a', 'b', 'c']), ['a', 'c', 'missingindicator_b', 'missingindicator_c']);
  assert.equal(
    warnings.map(({ code }) => code),
    ['empty-feature'],
  );
  assert.equal(toRows(fitted.transform(x))[1], [2, 4, 1, 1]);
});

test('PCA of a wide table has orthonormal components that rebuild the centered table', () => {
  const x = table('wide');
  const { learned } = fit('PCA', {}, problem('wide', 'wide')).serialize() as {
    learned: { [name: string]: Float64Array };
  };
  const components = Array.from({ length: x.rows }, (_, c) =>
    learned.components.subarray(c * x.columns, (c + 1) * x.columns),
  );
  const dot = (a: Float64Array, b: Float64Array): number =>
    a.reduce((sum, value, j) => sum + value * b[j], 0);
  components.slice(0, -1).forEach((a, c) => {
    components.slice(0, -1).forEach((b, d) => assert.ok(Math.abs(dot(a, b) - (c === d ? 1 : 0)) < 1e-12));
  });
  const total = toRows(x).flatMap(row => row.map((value, j) => (value - learned.mean[j]) ** 2));
  const kept = learned.variance.reduce((sum, value) => sum + value * (x.rows - 1), 0);
  const all = total.reduce((sum, value) => sum + value, 0);
  assert.ok(Math.abs(kept - all) < 1e-12 * all);
});

/** What the column becomes; its own y is of no account. */
function transformed(name: string, params: object, values: number[]): number[] {
  const x = fromRows(values.map(value => [value]));
  const y = Int32Array.from(values, (_, i) => i % 2);
  return [...fit(name, params, { x, y, classes: 2 }).transform(x).data];
}

function assertClose(found: number[], expected: number[], within: number): void {
  expected.forEach((value, i) =>
    assert.ok(Math.abs(found[i] - value) <= within, `${found[i]} is not ${value}`),
  );
}

const POWERS = [{ method: 'yeo-johnson' }, { method: 'box-cox' }];

for (const params of POWERS) {
  test(`a power makes the standard scores of two values: ${params.method}`, () => {
    const pairs = [
      [2019, 2020],
      [1e6, 1e6 + 1],
      [1e12, 1e12 + 1],
      [1e-9, 2e-9],
      [1e-150, 3e-150],
      [1e150, 1.5e150],
      [1, 1e6],
    ];
    for (const [one, other] of pairs) {
      const codes = Array.from({ length: 21 }, (_, i) => (i % 3 === 0 ? 0 : 1));
      const found = transformed(
        'PowerTransformer',
        params,
        codes.map(code => (code ? other : one)),
      );
      assertClose(found, transformed('StandardScaler', {}, codes), 1e-9);
    }
  });

  test(`a narrow column far from 0 keeps its shape: ${params.method}`, () => {
    const rng = Rng.from('narrow');
    const noise = Array.from({ length: 60 }, () => rng.float() + rng.float() + rng.float());
    for (const [middle, width] of [
      [1e6, 10],
      [1e9, 100],
      [1e12, 1],
    ]) {
      const values = noise.map(value => middle + width * value);
      assertClose(
        transformed('PowerTransformer', params, values),
        transformed('StandardScaler', {}, values),
        1e-3,
      );
    }
  });
}

test('the power of skewed values is found where scikit-learn loses them to rounding', () => {
  // A power of Box and Cox knows no unit, and neither does what it makes of the values.
  const rng = Rng.from('skewed');
  const values = Array.from({ length: 50 }, () => 1 + 9 * rng.float() ** 4);
  const expected = transformed('PowerTransformer', { method: 'box-cox' }, values);
  for (const factor of [1e-150, 1e-20, 1e20, 1e150]) {
    const scaled = values.map(value => value * factor);
    assertClose(transformed('PowerTransformer', { method: 'box-cox' }, scaled), expected, 1e-6);
  }
  // Negative values are the mirror image.
  const mirrored = transformed(
    'PowerTransformer',
    {},
    values.map(value => -1e3 - value),
  );
  assertClose(
    mirrored.map(value => -value),
    transformed(
      'PowerTransformer',
      {},
      values.map(value => 1e3 + value),
    ),
    1e-9,
  );
});

test('what a power makes of new values on the other side of 0 joins what it makes of 0', () => {
  const x = fromRows([[3], [4], [9], [2], [5]]);
  const fitted = fit('PowerTransformer', {}, { x, y: Int32Array.of(0, 1, 0, 1, 0), classes: 2 });
  const [below, zero, above] = fitted.transform(fromRows([[-1e-9], [0], [1e-9]])).data;
  assert.ok(below < zero && zero < above && above - below < 1e-7, `${below}, ${zero}, ${above}`);
});

test('a power learned before there were references is the plain one', () => {
  const learned = {
    method: 'yeo-johnson',
    lambda: Float64Array.of(0.5),
    shift: Float64Array.of(1),
    scale: Float64Array.of(2),
  };
  const loaded = (findStep('PowerTransformer') as Transform).load({ features: 1, learned });
  assertClose(
    [...loaded.transform(fromRows([[3], [-1]])).data],
    [(2 - 1) / 2, (-(2 ** 1.5 - 1) / 1.5 - 1) / 2],
    1e-12,
  );
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
    const kept = fitted.names!(Array.from({ length: 40 }, (_, j) => `f${j}`));
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
  assert.equal(fit('VarianceThreshold', {}, { x, y, classes: 2 }).names!(['a', 'b', 'c', 'd']), ['a', 'd']);
  assert.equal(
    fit('VarianceThreshold', { threshold: 2 }, { x, y, classes: 2 }).names!(['a', 'b', 'c', 'd']),
    ['a'],
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
      const [found, expected] = [scaled, given].map(one => SCORE_FUNCTIONS[name](one, Rng.from('test')));
      expected.forEach((score, j) =>
        assert.ok(Math.abs(found[j] - score) <= 1e-9 * (1 + score), `${found[j]}, ${score}`),
      );
    }
  });
}

test('mutual information knows no shift', () => {
  const given = problem('plain', 'y2');
  const far = { ...given, x: { ...given.x, data: given.x.data.map(value => value + 2 ** 33) } };
  const [found, expected] = [far, given].map(one =>
    SCORE_FUNCTIONS.mutual_info_classif(one, Rng.from('test')),
  );
  expected.forEach((score, j) => assert.ok(Math.abs(found[j] - score) < 0.1, `${found[j]} is not ${score}`));
});

test('Normalizer scales samples whose squares overflow', () => {
  const x = fromRows([
    [3e200, 4e200],
    [3, 4],
  ]);
  const out = fit('Normalizer', {}, { x, y: Int32Array.of(0, 1), classes: 2 }).transform(x);
  assertClose([...out.data], [0.6, 0.6, 0.8, 0.8], 1e-15);
});

test('RobustScaler refuses unit_variance with quantiles that are infinite', () => {
  const { params } = findStep('RobustScaler');
  assert.not.ok(params.safeParse({ unit_variance: true, quantile_range: [0, 90] }).success);
  assert.ok(params.safeParse({ quantile_range: [0, 100] }).success);
});

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
        (error as FeatureError).naming(['age', 'weight']),
        /feature "weight" has the value -2, and (chi2|box-cox) takes/,
      );
    }
  }
});

const refusals: [string, object, string, number[][]][] = [
  [
    'PCA',
    { n_components: 5 },
    'too-many-components',
    [
      [1, 2],
      [3, 5],
      [4, 4],
    ],
  ],
  [
    'VarianceThreshold',
    {},
    'no-features',
    [
      [1, 2],
      [1, 2],
      [1, 2],
    ],
  ],
  [
    'SelectKBest',
    { score_func: 'chi2', k: 1 },
    'negative-value',
    [
      [1, -2],
      [1, 2],
      [1, 2],
    ],
  ],
  [
    'SelectKBest',
    { score_func: 'chi2', k: 2 },
    'negative-value',
    [
      [1, -2],
      [1, 2],
      [1, 2],
    ],
  ],
  [
    'SelectKBest',
    { k: 3 },
    'k-too-large',
    [
      [1, 2],
      [2, 2],
      [1, 3],
    ],
  ],
  [
    'SelectPercentile',
    { score_func: 'chi2', percentile: 100 },
    'negative-value',
    [
      [1, -2],
      [1, 2],
      [1, 2],
    ],
  ],
  [
    'SelectPercentile',
    { percentile: 10 },
    'no-features',
    [
      [1, 1],
      [1, 1],
      [1, 1],
    ],
  ],
  [
    'PowerTransformer',
    { method: 'box-cox' },
    'not-positive',
    [
      [1, 0],
      [1, 2],
      [1, 2],
    ],
  ],
  [
    'PCA',
    {},
    'not-finite',
    [
      [1, NaN],
      [1, 2],
      [1, 2],
    ],
  ],
  [
    'StandardScaler',
    {},
    'not-finite',
    [
      [1, Infinity],
      [1, 2],
      [1, 2],
    ],
  ],
];
for (const [name, params, code, rows] of refusals) {
  test(`${name} ${JSON.stringify(params)} refuses with ${code}`, () => {
    const given = { x: fromRows(rows), y: Int32Array.of(0, 1, 0), classes: 2 };
    assert.throws(
      () => fit(name, params, given),
      (error: InputError) => error instanceof InputError && error.code === code,
    );
  });
}

test.run();
