import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Matrix } from '../../src/base/dataset.js';
import { InputError } from '../../src/base/errors.js';
import { Rng } from '../../src/base/rng.js';
import { fromRows, toRows } from '../../src/ml/algebra/matrix.js';
import { kNeighborsRegressor } from '../../src/ml/families/neighbors/k-neighbors-regressor.js';
import { findStep } from '../../src/ml/registry.js';
import type { ClassifierKind, Classifier, ClassProblem } from '../../src/ml/types.js';
import { fixture } from '../../support/fixture.js';

/** Estimators with a closed form against scikit-learn's (fixtures/make_classic.py). */

interface Fixture {
  tables: { [name: string]: { x: number[][]; y: number[]; fresh: number[][]; classes: number } };
  cases: {
    name: string;
    params: object;
    table: string;
    weights?: number[];
    proba: number[][];
    decision?: number[] | number[][];
  }[];
  /** KNeighborsRegressor: values of the fresh samples, and of the first two samples of the fit. */
  regressions: { params: object; table: string; z: number[]; values: number[] }[];
  /** Decisions of fresh samples of the table `wide` by the pseudo-inverse of its covariance. */
  pseudoInverse: number[][];
  /** Decisions of fresh samples of the table `wide`, whose classes have covariances that are shrunk by 0.2. */
  regularized: number[][];
}

const { tables, cases, regressions, pseudoInverse, regularized }: Fixture = fixture('classic');
const test = suite('classic');

function fit(name: string, params: object, problem: ClassProblem): Classifier {
  const kind = findStep(name) as ClassifierKind;
  return kind.fit(problem, kind.params.parse(params), { rng: Rng.from('test'), warn: () => undefined });
}

function problemOf(name: string, weights?: number[]): ClassProblem {
  const { x, y, classes } = tables[name];
  const problem: ClassProblem = { x: fromRows(x), y: Int32Array.from(y), classes };
  return weights ? { ...problem, weights: Float64Array.from(weights) } : problem;
}

/** Weights of samples that grow with every tree carry their rounding along. */
const toleranceOf = (name: string): number => (name === 'AdaBoostClassifier' ? 1e-6 : 1e-9);

function assertNear(found: Float64Array, expected: number[], what: string, tolerance = 1e-9): void {
  assert.is(found.length, expected.length);
  expected.forEach((value, at) => {
    assert.ok(
      Math.abs(found[at] - value) <= tolerance * Math.max(1, Math.abs(value)),
      `${what} ${at}: ${found[at]} is not ${value}`,
    );
  });
}

cases.forEach(({ name, params, table, weights, proba, decision }, at) => {
  const title = `${name} ${JSON.stringify(params)} on ${table}${weights ? ', weighted,' : ''} (case ${at})`;
  test(`${title} is scikit-learn's`, () => {
    const model = fit(name, params, problemOf(table, weights));
    const fresh = fromRows(tables[table].fresh);
    assertNear(model.proba!(fresh), proba.flat(), 'probability', toleranceOf(name));
    if (decision) assertNear(model.decision!(fresh), decision.flat(), 'decision', toleranceOf(name));
  });
});

regressions.forEach(({ params, table, z, values }) => {
  test(`KNeighborsRegressor ${JSON.stringify(params)} on ${table} is scikit-learn's`, () => {
    const { x, fresh } = tables[table];
    const context = { rng: Rng.from('test'), warn: () => undefined };
    const problem = { x: fromRows(x), y: Float64Array.from(z) };
    const model = kNeighborsRegressor.fit(problem, kNeighborsRegressor.params.parse(params), context);
    assertNear(model.predict(fromRows([...fresh, ...x.slice(0, 2)])), values, 'value');
  });
});

const refusals: [string, object, string][] = [
  ['GaussianNB', { priors: [0.5, 0.2] }, 'bad-priors'],
  ['GaussianNB', { priors: [0.5, 0.2, 0.3] }, 'bad-priors'],
  ['KNeighborsClassifier', { n_neighbors: 51 }, 'too-few-samples'],
  ['MultinomialNB', {}, 'negative-value'],
  ['BernoulliNB', { binarize: null }, 'not-binary'],
  ['BernoulliNB', { alpha: 0 }, 'not-learned'],
  ['QuadraticDiscriminantAnalysis', { priors: [0.5, 0.2] }, 'bad-priors'],
];
for (const [name, params, code] of refusals) {
  test(`${name} ${JSON.stringify(params)} is refused with ${code}`, () => {
    assert.throws(
      () => fit(name, params, problemOf('two')),
      (error: InputError) => error instanceof InputError && error.code === code,
    );
  });
}

test('with weights by distance, a sample at distance 0 outvotes the others', () => {
  const problem = { x: fromRows([[0], [0.1], [0.2], [5]]), y: Int32Array.of(1, 0, 0, 0), classes: 2 };
  const model = fit('KNeighborsClassifier', { n_neighbors: 3, weights: 'distance' }, problem);
  assert.equal(model.proba!(fromRows([[0]])), Float64Array.of(0, 1));
});

test('of equally near samples the earlier one is taken', () => {
  const problem = { x: fromRows([[1], [-1], [1], [9]]), y: Int32Array.of(1, 0, 0, 0), classes: 2 };
  assert.equal(
    fit('KNeighborsClassifier', { n_neighbors: 1 }, problem).predict(fromRows([[0]])),
    Int32Array.of(1),
  );
});

test('the screen of euclidean distances changes no result', () => {
  // Many equal distances, far from the origin: the hardest case for a screen by products.
  const rng = Rng.from('grid');
  const rows = Array.from({ length: 400 }, () => Array.from({ length: 3 }, () => 1e6 + rng.below(4)));
  const problem = { x: fromRows(rows), y: Int32Array.from(rows, () => rng.below(2)), classes: 2 };
  const queries = fromRows(rows.slice(0, 300).map(row => row.map(value => value + rng.below(2) / 2)));
  const near = (params: object) =>
    fit('KNeighborsClassifier', { n_neighbors: 9, ...params }, problem).proba!(queries);
  assert.equal(near({}), nearestByHand(problem, queries, 9));
  assert.equal(near({ metric: 'euclidean' }), near({ p: 2 }));
});

for (const [size, columns] of [
  [1, 600],
  [1e-30, 5],
  [1e-170, 5],
  [1e30, 5],
]) {
  test(`the screen changes nothing among twins, outliers and far queries of size ${size}, ${columns} features`, () => {
    const rng = Rng.from('pairs', columns);
    const random = (length: number): number[] => Array.from({ length: columns }, () => length * rng.float());
    const rows = Array.from({ length: 40 }, (_, i) => random(i === 7 ? 1e4 * size : size));
    const twins = rows.map(row => row.map(value => value * (1 + 1e-8 * (rng.float() - 0.5))));
    const samples = [...rows, ...twins];
    const problem = { x: fromRows(samples), y: Int32Array.from(samples, () => rng.below(2)), classes: 2 };
    const queries = fromRows([
      ...rows.slice(0, 30),
      ...Array.from({ length: 30 }, () => random(size)),
      random(1e60),
    ]);
    const model = fit('KNeighborsClassifier', { n_neighbors: 9 }, problem);
    // Where squares are no numbers, a power of two makes them some without rounding.
    const unit = size < 1e-100 ? 2 ** 500 : 1;
    const measured = (x: Matrix): Matrix => ({ ...x, data: x.data.map(value => value * unit) });
    const byHand = nearestByHand({ ...problem, x: measured(problem.x) }, measured(queries), 9);
    assert.equal(model.proba!(queries), byHand);
  });
}

/** Shares of class 1 and 0 among the k nearest, by sorting all distances. */
function nearestByHand({ x, y }: ClassProblem, queries: Matrix, k: number): Float64Array {
  const [stored, asked] = [toRows(x), toRows(queries)];
  return Float64Array.from(
    asked.flatMap(query => {
      const distances = stored.map(row =>
        row.reduce((sum, value, j) => sum + (value - query[j]) * (value - query[j]), 0),
      );
      const order = [...distances.keys()].sort((a, b) => distances[a] - distances[b]);
      const ones = order.slice(0, k).filter(i => y[i] === 1).length;
      return [(k - ones) / k, ones / k];
    }),
  );
}

/** 18 samples of 30 features. */
const wide = (): ClassProblem => problemOf('wide');

test('eigen refuses a covariance without an inverse, lsqr says so', () => {
  const solver = (name: string): object => ({ solver: name });
  assert.throws(
    () => fit('LinearDiscriminantAnalysis', solver('eigen'), wide()),
    (error: InputError) =>
      error.code === 'singular-covariance' && /30 features has rank 15/.test(error.message),
  );
  const kind = findStep('LinearDiscriminantAnalysis') as ClassifierKind;
  const codes: string[] = [];
  const context = { rng: Rng.from('test'), warn: ({ code }: { code: string }) => codes.push(code) };
  const model = kind.fit(wide(), kind.params.parse(solver('lsqr')), context);
  assert.equal(codes, ['singular-covariance']);
  const decision = model.decision!(fromRows(tables.wide.fresh));
  assertNear(decision, pseudoInverse.flat(), 'decision');
});

for (const factor of [1e-200, 1e-100, 1e80, 1e150, 1e200]) {
  test(`a table times ${factor} has the probabilities of the table`, () => {
    for (const [name, params] of [
      ['GaussianNB', {}],
      ['QuadraticDiscriminantAnalysis', {}],
      ['KNeighborsClassifier', { p: 3, weights: 'distance' }],
      ['LinearDiscriminantAnalysis', {}],
      ['LinearDiscriminantAnalysis', { solver: 'lsqr', shrinkage: 'auto' }],
      ['LinearDiscriminantAnalysis', { solver: 'eigen', shrinkage: 0.3 }],
    ] as const) {
      const given = problemOf('three');
      const fresh = fromRows(tables.three.fresh);
      const scaled = (x: Matrix): Matrix => ({ ...x, data: x.data.map(value => value * factor) });
      const found = fit(name, params, { ...given, x: scaled(given.x) }).proba!(scaled(fresh));
      const expected = fit(name, params, given).proba!(fresh);
      expected.forEach((value, at) =>
        assert.ok(Math.abs(found[at] - value) < 1e-7, `${name}: ${found[at]}, ${value}`),
      );
    }
  });
}

test('classes of fewer samples than features have shrunk covariances with an inverse', () => {
  const model = fit('QuadraticDiscriminantAnalysis', { reg_param: 0.2 }, wide());
  assertNear(model.decision!(fromRows(tables.wide.fresh)), regularized.flat(), 'decision');
});

test('directions in which a class does not vary are left out, with a warning', () => {
  const given = problemOf('three');
  const fresh = fromRows(tables.three.fresh);
  // Each feature once more: the same classes, seen from twice as many directions.
  const twice = (x: Matrix): Matrix => ({
    ...x,
    columns: 2 * x.columns,
    data: Float64Array.of(...x.data, ...x.data),
  });
  const kind = findStep('QuadraticDiscriminantAnalysis') as ClassifierKind;
  const codes: string[] = [];
  const context = { rng: Rng.from('test'), warn: ({ code }: { code: string }) => codes.push(code) };
  const model = kind.fit({ ...given, x: twice(given.x) }, kind.params.parse({}), context);
  assert.equal(codes, ['singular-covariance']);
  const expected = fit('QuadraticDiscriminantAnalysis', {}, given);
  assertNear(model.proba!(twice(fresh)), [...expected.proba!(fresh)], 'probability');
});

test('a first tree of SAMME that is no better than chance stands alone, with a warning', () => {
  const x = fromRows([[1], [1], [1], [1]]);
  const kind = findStep('AdaBoostClassifier') as ClassifierKind;
  const codes: string[] = [];
  const context = { rng: Rng.from('test'), warn: ({ code }: { code: string }) => codes.push(code) };
  const problem = { x, y: Int32Array.of(0, 1, 0, 1), classes: 2 };
  const model = kind.fit(problem, kind.params.parse({ algorithm: 'SAMME' }), context);
  assert.equal(codes, ['no-better-than-chance']);
  assert.equal(model.proba!(fromRows([[1]])), Float64Array.of(0.5, 0.5));
});

test('solver svd has no shrinkage', () => {
  const { params } = findStep('LinearDiscriminantAnalysis');
  assert.not.ok(params.safeParse({ shrinkage: 0.5 }).success);
});

test.run();
