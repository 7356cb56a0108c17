/** Trees and forests of values beside scikit-learn's (fixtures/make_value_trees.py), and at their edges. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Rng } from '../../../../src/base/rng.js';
import { fromRows } from '../../../../src/ml/algebra/matrix.js';
import { decisionTreeRegressor } from '../../../../src/ml/families/trees/decision-tree-regressor.js';
import type { Forest } from '../../../../src/ml/families/trees/forest.js';
import { fitValueForests } from '../../../../src/ml/families/trees/forest-regressor.js';
import {
  extraTreesRegressor,
  randomForestRegressor,
} from '../../../../src/ml/families/trees/value-forests.js';
import { digest } from '../../../../src/ml/serialize.js';
import type { Regressor, RegressorKind, ValueProblem } from '../../../../src/ml/types.js';
import { sameBits } from '../../../../support/bits.js';
import { fixture } from '../../../../support/fixture.js';
import { assertSameMeans, type SeedScores } from '../../../../support/seeds.js';

interface Fixture {
  x: number[][];
  y: number[];
  weights: number[];
  xNew: number[][];
  yNew: number[];
  trees: {
    params: object;
    columns: number;
    weighted: boolean;
    predictions: number[];
    importances: number[] | null;
    leaves: number;
  }[];
  sweep: [name: string, params: object, columns: number, weighted: boolean, first: number[]][];
  forests: { name: string; params: object; scores: SeedScores }[];
}

const peer: Fixture = fixture('value-trees');

const KINDS: { [name: string]: RegressorKind } = {
  DecisionTreeRegressor: decisionTreeRegressor,
  RandomForestRegressor: randomForestRegressor,
  ExtraTreesRegressor: extraTreesRegressor,
};

const test = suite('trees of values');

function fit(name: string, params: object, problem: ValueProblem, seed: string | number = 0): Regressor {
  const kind = KINDS[name];
  return kind.fit(problem, kind.params.parse(params), {
    rng: Rng.from('trees', seed),
    warn: () => undefined,
  });
}

function problemOf(columns = 6, weighted = false): ValueProblem {
  const x = fromRows(peer.x.map(row => row.slice(0, columns)));
  const y = Float64Array.from(peer.y);
  return { x, y, ...(weighted ? { weights: Float64Array.from(peer.weights) } : {}) };
}

function forestOf(model: Regressor): Forest {
  return model.serialize() as unknown as Forest;
}

function assertPredictions(found: Float64Array, theirs: number[], what: string): void {
  theirs.forEach((value, i) => {
    assert.ok(Math.abs(found[i] - value) < 1e-9, `${what}: ${i} is ${found[i]}, scikit-learn has ${value}`);
  });
}

test("a tree without chance is scikit-learn's, sample by sample", () => {
  assert.is(peer.trees.length, 90);
  for (const { params, columns, weighted, predictions, importances, leaves } of peer.trees) {
    const what = JSON.stringify({ params, columns, weighted });
    const model = fit('DecisionTreeRegressor', params, problemOf(columns, weighted));
    assertPredictions(
      model.predict(fromRows(peer.xNew.map(row => row.slice(0, columns)))),
      predictions,
      what,
    );
    const forest = forestOf(model);
    assert.is(forest.feature.filter(j => j < 0).length, leaves, what);
    importances?.forEach((share, j) => assert.ok(Math.abs(forest.importances[j] - share) < 1e-8, what));
  }
});

test("every parameter with others gives scikit-learn's tree, and a forest of it without chance", () => {
  assert.is(peer.sweep.length, 277);
  for (const [name, params, columns, weighted, first] of peer.sweep) {
    const model = fit(name, params, problemOf(columns, weighted));
    const xNew = fromRows(peer.xNew.slice(0, first.length).map(row => row.slice(0, columns)));
    assertPredictions(model.predict(xNew), first, JSON.stringify({ name, params, columns, weighted }));
  }
});

function scoresOf(model: Regressor): { [score: string]: number } {
  const errors = model.predict(fromRows(peer.xNew)).map((value, i) => value - peer.yNew[i]);
  const mean = (of: (error: number) => number): number =>
    errors.reduce((sum, error) => sum + of(error), 0) / errors.length;
  const { feature, importances, oob_score } = forestOf(model);
  return {
    rmse: Math.sqrt(mean(error => error * error)),
    mae: mean(Math.abs),
    nodes: feature.length,
    importance: importances[0],
    oob_score: oob_score ?? 0,
  };
}

test("forests score as scikit-learn's do, over 20 seeds", () => {
  for (const { name, params, scores } of peer.forests) {
    const found = Array.from({ length: 20 }, (_, seed) => scoresOf(fit(name, params, problemOf(), seed)));
    assertSameMeans(found, scores, `${name} ${JSON.stringify(params)}`);
  }
});

test('a small forest is the start of a large one, and sizes grown together are those grown alone', () => {
  const context = { rng: Rng.from('prefix'), warn: () => undefined };
  const params = randomForestRegressor.params.parse({ oob_score: true, n_estimators: 12 });
  const kind = { splitter: 'best', inOrder: false } as const;
  const [small, all] = fitValueForests(problemOf(), params, kind, [5, 12], context);
  const alone = fitValueForests(problemOf(), { ...params, n_estimators: 5 }, kind, [5], context)[0];
  assert.is(digest(small.serialize()), digest(alone.serialize()));
  const [prefix, whole] = [forestOf(small), forestOf(all)];
  for (const name of ['roots', 'feature', 'threshold', 'next', 'leaves'] as const) {
    sameBits(whole[name].subarray(0, prefix[name].length), prefix[name], name);
  }
});

test('values far from 0, or close to each other, are told apart', () => {
  const x = fromRows(Array.from({ length: 40 }, (_, i) => [i]));
  for (const offset of [0, 1e9, -1e12]) {
    const y = Float64Array.from({ length: 40 }, (_, i) => offset + [0, 5, 6, 1][i >> 3]!);
    const problem = { x, y: y.map(value => (Number.isNaN(value) ? offset + 9 : value)) };
    const model = fit('DecisionTreeRegressor', {}, problem);
    sameBits(model.predict(x), problem.y, `around ${offset}`);
    assert.is(forestOf(model).feature.length, 9, `around ${offset}`);
  }
});

test('equal values are one leaf, whatever they are', () => {
  for (const value of [0, 0.1, 1000.1, -3e9]) {
    const problem = { ...problemOf(), y: new Float64Array(peer.y.length).fill(value) };
    const model = fit('DecisionTreeRegressor', {}, problem);
    assert.is(forestOf(model).feature.length, 1);
    assert.ok(model.predict(problem.x).every(each => each === value));
  }
});

test('a sample out of the bag is scored by the trees that have not seen it', () => {
  const y = Float64Array.from(peer.y, (_, i) => Rng.from('noise', i).float());
  const noise = { ...problemOf(), y };
  const { oob_score } = forestOf(fit('RandomForestRegressor', { oob_score: true, n_estimators: 60 }, noise));
  assert.ok(oob_score! < 0.1, `r2 of noise: ${oob_score}`);
  assert.is(forestOf(fit('RandomForestRegressor', { n_estimators: 2 }, noise)).oob_score, null);
});

test('criteria that are not here are refused by name', () => {
  for (const criterion of ['absolute_error', 'poisson', 'gini']) {
    const { error } = randomForestRegressor.params.safeParse({ criterion });
    assert.match(String(error), /squared_error/, criterion);
  }
  assert.throws(
    () => fit('ExtraTreesRegressor', { oob_score: true }, problemOf()),
    /needs `bootstrap: true`/,
  );
});

test('golden digests', () => {
  const golden: [string, object, string][] = [
    ['DecisionTreeRegressor', {}, '1d8c5d64ca1048e565040e510a9c2095'],
    ['DecisionTreeRegressor', { splitter: 'random', max_leaf_nodes: 9 }, '2c4765a7bfa0fed3ec1f9ee35b8f893b'],
    [
      'DecisionTreeRegressor',
      { criterion: 'friedman_mse', min_impurity_decrease: 300 },
      '8e97a063dc5eda572344b523fd993ace',
    ],
    ['RandomForestRegressor', { n_estimators: 10, oob_score: true }, '36dd3e88660ef89cdcaf9f44e0cd7468'],
    ['ExtraTreesRegressor', { n_estimators: 10, max_features: 'sqrt' }, 'e8f3620fda75982a220da72b5d78be2f'],
  ];
  for (const [name, params, expected] of golden) {
    const found = digest(fit(name, params, problemOf(6, true)).serialize());
    assert.is(found, expected, `${name} ${JSON.stringify(params)}`);
  }
});

test.run();
