/** XGBRegressor beside xgboost's (fixtures/make_xgb_values.py), and at its edges. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Matrix } from '../../../../src/base/dataset.js';
import { Rng } from '../../../../src/base/rng.js';
import { fromRows } from '../../../../src/ml/algebra/matrix.js';
import { fitBoostedValues } from '../../../../src/ml/families/trees/boosted-regressor.js';
import { type Boosted, marginsOf } from '../../../../src/ml/families/trees/boosting.js';
import { xgbRegressor as kind } from '../../../../src/ml/families/trees/xgb-regressor.js';
import { digest } from '../../../../src/ml/serialize.js';
import type { Regressor, ValueProblem } from '../../../../src/ml/types.js';
import { sameBits } from '../../../../support/bits.js';
import { fixture } from '../../../../support/fixture.js';
import { assertSameMeans, type SeedScores } from '../../../../support/seeds.js';

interface Params {
  objective?: string;
  [name: string]: unknown;
}

interface Fixture {
  x: number[][];
  y: number[];
  weights: number[];
  xNew: number[][];
  yNew: number[];
  /** Per sample: the features that are missing where a model is fitted on missing values. */
  holes: number[][];
  holesNew: number[][];
  models: {
    params: Params;
    missing: boolean;
    weighted: boolean;
    predictions: number[];
    importances: number[];
  }[];
  sweep: [params: Params, missing: boolean, weighted: boolean, predictions: number[]][];
  quantiles: { params: Params; weighted: boolean; predictions: number[] }[];
  sampled: { params: Params; scores: SeedScores }[];
}

const peer: Fixture = fixture('xgb-values');

const test = suite('xgb regressor');

function fit(params: object, problem: ValueProblem, seed: string | number = 0): Regressor {
  return kind.fit(problem, kind.params.parse(params), { rng: Rng.from('xgb', seed), warn: () => undefined });
}

function matrixOf(rows: number[][], holes?: number[][]): Matrix {
  return fromRows(rows.map((row, i) => row.map((value, j) => (holes?.[i].includes(j) ? NaN : value))));
}

/** The target of make_xgb_values.py. */
function targetOf(values: number[], { objective }: Params): Float64Array {
  if (objective === 'count:poisson') return Float64Array.from(values, y => Math.floor(2 * y));
  if (objective === 'reg:gamma') return Float64Array.from(values);
  const even = (y: number): number => (y % 1 === 0.5 ? 2 * Math.round(y / 2) : Math.round(y));
  return Float64Array.from(values, y => (y > 2 ? even(y) : y - 1));
}

function problemOf(params: Params, missing = false, weighted = false): ValueProblem {
  const x = matrixOf(peer.x, missing ? peer.holes : undefined);
  const y = targetOf(peer.y, params);
  return { x, y, ...(weighted ? { weights: Float64Array.from(peer.weights) } : {}) };
}

/** The samples that xgboost was asked about: see `predictions` of make_xgb_values.py. */
function askedOf(params: Params, missing: boolean, rows: number): Matrix {
  const known = missing && params.tree_method === 'exact';
  const holes = known ? peer.holes : peer.holesNew;
  return matrixOf((known ? peer.x : peer.xNew).slice(0, rows), missing ? holes : undefined);
}

function boostedOf(model: Regressor): Boosted {
  return model.serialize() as unknown as Boosted;
}

function assertPredictions(found: ArrayLike<number>, theirs: number[], what: string): void {
  theirs.forEach((value, i) => {
    const off = Math.abs(found[i] - value) / Math.max(1, Math.abs(value));
    assert.ok(off < 1e-5, `${what}: ${i} is ${found[i]}, xgboost has ${value}`);
  });
}

test("without sampling the predictions are xgboost's", () => {
  assert.is(peer.models.length, 268);
  for (const { params, missing, weighted, predictions, importances } of peer.models) {
    const what = JSON.stringify({ params, missing, weighted });
    const model = fit(params, problemOf(params, missing, weighted));
    const found = model.predict(askedOf(params, missing, predictions.length));
    sameBits(found, Float64Array.from(found, Math.fround), 'f32');
    assertPredictions(found, predictions, what);
    importances.forEach((share, j) => {
      const ours = boostedOf(model).importances[j];
      assert.ok(Math.abs(ours - share) < 1e-4, `${what}: importance ${j} is ${ours}, xgboost has ${share}`);
    });
  }
});

test("every parameter with others gives xgboost's predictions", () => {
  assert.is(peer.sweep.length, 300);
  for (const [params, missing, weighted, predictions] of peer.sweep) {
    const model = fit(params, problemOf(params, missing, weighted));
    const found = model.predict(askedOf(params, missing, predictions.length));
    assertPredictions(found, predictions, JSON.stringify({ params, missing, weighted }));
  }
});

test('quantiles are those of xgboost 2', () => {
  for (const { params, weighted, predictions } of peer.quantiles) {
    const model = fit(params, problemOf(params, false, weighted));
    assertPredictions(model.predict(matrixOf(peer.xNew)), predictions, JSON.stringify({ params, weighted }));
  }
});

test("with sampling the scores are xgboost's, over 20 seeds", () => {
  const xNew = matrixOf(peer.xNew);
  for (const { params, scores } of peer.sampled) {
    const truth = targetOf(peer.yNew, params);
    const found = Array.from({ length: 20 }, (_, seed) => {
      const errors = fit(params, problemOf(params), seed)
        .predict(xNew)
        .map((value, i) => value - truth[i]);
      const mean = (of: (error: number) => number): number =>
        errors.reduce((sum, error) => sum + of(error), 0) / errors.length;
      return { rmse: Math.sqrt(mean(error => error * error)), mae: mean(Math.abs) };
    });
    assertSameMeans(found, scores, JSON.stringify(params));
  }
});

test('the first rounds are the smaller model, and sizes boosted together are those boosted alone', () => {
  const context = { rng: Rng.from('prefix'), warn: () => undefined };
  for (const objective of ['reg:squarederror', 'reg:absoluteerror', 'reg:gamma']) {
    const params = kind.params.parse({ objective, subsample: 0.6, colsample_bylevel: 0.5, n_estimators: 9 });
    const problem = problemOf({ objective }, true);
    const [small, all] = fitBoostedValues(problem, params, [4, 9], context);
    const alone = fitBoostedValues(problem, params, [4], context)[0];
    assert.is(digest(small.serialize()), digest(alone.serialize()));
    const [prefix, whole] = [small, all].map(boostedOf);
    sameBits(whole.value.subarray(0, prefix.value.length), prefix.value, 'value');
  }
});

test('early stopping keeps the best round of the samples held out, by the metric of the objective', () => {
  for (const objective of ['reg:squarederror', 'reg:quantileerror', 'count:poisson']) {
    const problem = problemOf({ objective });
    const params = {
      objective,
      n_estimators: 200,
      max_depth: 2,
      early_stopping_rounds: 5,
      validation_fraction: 0.3,
    };
    const stopped = boostedOf(fit(params, problem));
    const rounds = stopped.roots.length;
    assert.ok(rounds > 1 && rounds < 290, `${objective}: ${rounds} rounds`);
    const shorter = boostedOf(fit({ ...params, n_estimators: rounds + 3 }, problem));
    assert.is(digest({ ...shorter }), digest({ ...stopped }), 'what comes after the best round is not kept');
    const short = boostedOf(fit({ ...params, n_estimators: 1 }, problem));
    assert.ok(short.best_score! > stopped.best_score!);
  }
  const refused = kind.params.safeParse({ early_stopping_rounds: 3, eval_metric: 'mae' });
  assert.match(String(refused.error), 'goes by rmse');
});

test('a base score is where boosting starts, and what a model of constants predicts', () => {
  const x = fromRows([[1], [1], [1], [1]]);
  const y = Float64Array.of(1, 2, 4, 9);
  const base = (params: Params): number =>
    marginsOf({ ...boostedOf(fit({ n_estimators: 1, ...params }, { x, y })), roots: new Int32Array() }, x)[0];
  assert.is(base({}), 0.5);
  assert.is(base({ base_score: 3 }), 3);
  assert.is(base({ objective: 'reg:absoluteerror' }), 3);
  assert.is(base({ objective: 'reg:quantileerror', quantile_alpha: 0.4 }), 2);
  assert.is(base({ objective: 'reg:gamma', base_score: 1 }), 0);
});

test('values that an objective cannot learn are refused', () => {
  const problem = { ...problemOf({}), y: Float64Array.from(peer.y, (_, i) => i - 3) };
  for (const objective of ['count:poisson', 'reg:gamma']) {
    assert.throws(() => fit({ objective }, problem), /has the value -3 in sample 0/);
    assert.not.ok(kind.params.safeParse({ objective, base_score: 0 }).success);
  }
  assert.throws(() => fit({ objective: 'reg:gamma' }, { ...problem, y: problem.y.map(Math.abs) }), /value 0/);
  assert.throws(() => fit({}, { ...problem, y: problem.y.map(() => 1e39) }), /too large/);
});

test('golden digests', () => {
  const golden: [Params, string][] = [
    [{ n_estimators: 10 }, 'c29301b4ea8e8d06b897e4a59a8846ec'],
    [
      { n_estimators: 10, objective: 'reg:absoluteerror', subsample: 0.7 },
      '3584fbe2ab33ef2f12f6ae32f6774e62',
    ],
    [
      { n_estimators: 10, objective: 'reg:pseudohubererror', tree_method: 'exact' },
      '939bb1c88b0232f913fcb35cd2a6d55f',
    ],
    [
      { n_estimators: 10, objective: 'reg:quantileerror', quantile_alpha: 0.3, max_bin: 20 },
      'f6f0c083f1489c275c243b353967399f',
    ],
    [
      { n_estimators: 10, objective: 'count:poisson', early_stopping_rounds: 3 },
      'ca9c4adc481564e6dcb8487223cdc1b5',
    ],
    [{ n_estimators: 10, objective: 'reg:gamma', colsample_bynode: 0.6 }, 'bde0d619778782a4e39f277a39714f25'],
  ];
  for (const [params, expected] of golden) {
    const found = digest(fit(params, problemOf(params, true, true)).serialize());
    assert.is(found, expected, JSON.stringify(params));
  }
});

test.run();
