/** MLPRegressor beside scikit-learn's (fixtures/make_mlp.py). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Rng } from '../../../../src/base/rng.js';
import { scope } from '../../../../src/kernels/memory.js';
import { fromRows } from '../../../../src/ml/algebra/matrix.js';
import { mlpRegressor } from '../../../../src/ml/families/network/mlp-regressor.js';
import { stochasticOptions, wholeOptions } from '../../../../src/ml/families/network/parameters.js';
import { rowsOf } from '../../../../src/ml/families/network/rows.js';
import { type Training, trainStochastically } from '../../../../src/ml/families/network/train.js';
import { trainWhole } from '../../../../src/ml/families/network/train-whole.js';
import type { ValueProblem } from '../../../../src/ml/types.js';
import { fixture } from '../../../../support/fixture.js';

interface Case {
  name: string;
  parameters: { [name: string]: any };
  x: number[][];
  y: number[];
  heldOut: number;
  coefs: number[][];
  intercepts: number[][];
  lossCurve: number[];
  validationScores: number[];
  epochs: number;
  fittedCoefs: number[][];
  values: number[][];
}
interface Fixture {
  regressions: Case[];
  /** The mean squared error in the training with LONGER over 200 seeds, and the standard error of a mean of 20. */
  seededValues: { mean: number; error: number };
}
const { regressions, seededValues }: Fixture = fixture('mlp');
const LONGER = { hidden_layer_sizes: [10], max_iter: 60, batch_size: 16, learning_rate_init: 0.02 };

const problemOf = ({ x, y }: Case): ValueProblem => ({ x: fromRows(x), y: Float64Array.from(y) });

function near(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  assert.is(actual.length, expected.length);
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i] - expected[i]) / Math.max(1, Math.abs(expected[i]));
    assert.ok(error <= tolerance, `value ${i}: ${actual[i]} is not ${expected[i]} (error ${error})`);
  }
}

function trainAsGiven(one: Case): Training {
  const problem = problemOf(one);
  const params = mlpRegressor.params.parse(one.parameters);
  const chosen = Int32Array.from(one.y.keys());
  const train = rowsOf(problem, chosen.slice(one.heldOut));
  const heldOut = one.heldOut > 0 ? rowsOf(problem, chosen.slice(0, one.heldOut)) : undefined;
  const units = [problem.x.columns, ...[params.hidden_layer_sizes].flat(), 1];
  const floats = (rows: number[][]): Float32Array[] => rows.map(row => Float32Array.from(row));
  const weights = { coefs: floats(one.coefs), intercepts: floats(one.intercepts) };
  if (params.solver === 'lbfgs') return trainWhole(units, weights, train, wholeOptions(params));
  return trainStochastically(units, weights, train, heldOut, stochasticOptions(params, train.count), epoch =>
    Int32Array.from({ length: train.count }, (_, i) => (i * 7 + epoch * 13) % train.count),
  );
}

const test = suite('MLPRegressor');

for (const one of regressions) {
  test(`${one.name}: follows scikit-learn`, () => {
    const training = scope(() => trainAsGiven(one));
    if (one.parameters.solver === 'lbfgs') {
      assert.is(training.shortfall, undefined);
      near(training.lossCurve.slice(-1), one.lossCurve, 1e-6);
      return;
    }
    assert.is(training.epochs, one.epochs);
    near(training.lossCurve, one.lossCurve, 5e-6);
    near(training.validationScores, one.validationScores, 1e-5);
    one.fittedCoefs.forEach((coefs, layer) => near(training.weights.coefs[layer], coefs, 1e-5));
  });
}

test('says what the network of its document says', () => {
  const [one] = regressions;
  const [coefs, intercepts] = [one.coefs, one.intercepts].map(rows =>
    rows.map(row => Float32Array.from(row)),
  );
  const document = { activation: 'relu', units: Int32Array.of(4, 10, 1), coefs, intercepts };
  const [x] = one.x;
  let value = intercepts[1][0];
  for (let h = 0; h < 10; h++) {
    const sum = x.reduce((total, feature, j) => total + feature * coefs[0][j * 10 + h], intercepts[0][h]);
    value += Math.max(0, sum) * coefs[1][h];
  }
  near(mlpRegressor.load(document).predict(fromRows([x])), [value], 1e-6);
});

test('is as good as by scikit-learn, over many seeds', () => {
  const [one] = regressions;
  const problem = problemOf(one);
  const errors = Array.from({ length: 20 }, (_, seed) => {
    const context = { rng: Rng.from(`seed ${seed}`), warn: () => undefined };
    const found = mlpRegressor.fit(problem, mlpRegressor.params.parse(LONGER), context).predict(problem.x);
    return found.reduce((sum, value, i) => sum + (value - one.y[i]) ** 2, 0) / one.y.length;
  });
  const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
  assert.ok(
    Math.abs(mean - seededValues.mean) < 3 * seededValues.error,
    `${mean} is not ${seededValues.mean}`,
  );
});

test('holds samples out for early stopping, and learns', () => {
  const x = fromRows(Array.from({ length: 150 }, (_, i) => [Math.floor(i / 10) / 5 - 1.5, (i % 10) / 5 - 1]));
  const y = Float64Array.from({ length: 150 }, (_, i) => 3 + x.data[i] - 2 * x.data[150 + i]);
  const params = { early_stopping: true, learning_rate_init: 0.02, max_iter: 500, n_iter_no_change: 30 };
  const context = { rng: Rng.from('held'), warn: () => undefined };
  const found = mlpRegressor.fit({ x, y }, mlpRegressor.params.parse(params), context).predict(x);
  const error = found.reduce((sum, value, i) => sum + (value - y[i]) ** 2, 0) / 150;
  assert.ok(error < 0.05, `${error}`);
});

test.run();
