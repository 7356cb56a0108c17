import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { scope } from '../src/kernels/memory.js';
import { mlpClassifier, stochasticOptions, wholeOptions } from '../src/ml/estimators/mlp.js';
import { rowsOf } from '../src/ml/network/rows.js';
import { type Training, trainStochastically } from '../src/ml/network/train.js';
import { trainWhole } from '../src/ml/network/train-whole.js';
import type { Problem } from '../src/ml/types.js';

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
  fittedIntercepts: number[][];
  proba: number[][];
}

const fixture = new URL('../../test/fixtures/mlp.json', import.meta.url);
const cases: Case[] = JSON.parse(readFileSync(fixture, 'utf8'));

function problemOf({ x, y }: { x: number[][]; y: number[] }): Problem {
  const data = Float64Array.from(x[0].flatMap((_, j) => x.map(row => row[j])));
  const matrix = { rows: x.length, columns: x[0].length, data };
  return { x: matrix, y: Int32Array.from(y), classes: Math.max(...y) + 1 };
}

const floats = (rows: number[][]): Float32Array[] => rows.map(row => Float32Array.from(row));

/** Every value within `tolerance`, relative to the larger of 1 and the expected value. */
function near(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  assert.is(actual.length, expected.length);
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i] - expected[i]) / Math.max(1, Math.abs(expected[i]));
    assert.ok(error <= tolerance, `value ${i}: ${actual[i]} is not ${expected[i]} (error ${error})`);
  }
}

function trainAsGiven(one: Case): Training {
  const problem = problemOf(one);
  const params = mlpClassifier.params.parse(one.parameters);
  const chosen = Int32Array.from(one.y, (_, i) => i);
  const train = rowsOf(problem, chosen.slice(one.heldOut));
  const heldOut = one.heldOut > 0 ? rowsOf(problem, chosen.slice(0, one.heldOut)) : undefined;
  const outputs = problem.classes === 2 ? 1 : problem.classes;
  const units = [problem.x.columns, ...[params.hidden_layer_sizes].flat(), outputs];
  const weights = { coefs: floats(one.coefs), intercepts: floats(one.intercepts) };
  if (params.solver === 'lbfgs') return trainWhole(units, weights, train, wholeOptions(params));
  return trainStochastically(units, weights, train, heldOut, stochasticOptions(params, train.count), epoch =>
    Int32Array.from({ length: train.count }, (_, i) => (i * 7 + epoch * 13) % train.count),
  );
}

const parity = suite('MLPClassifier follows scikit-learn');

for (const one of cases.filter(({ parameters }) => parameters.solver !== 'lbfgs')) {
  parity(one.name, () => {
    const training = scope(() => trainAsGiven(one));
    assert.is(training.epochs, one.epochs);
    near(training.lossCurve, one.lossCurve, 2e-6);
    near(training.validationScores, one.validationScores, 1e-12);
    one.fittedCoefs.forEach((coefs, layer) => near(training.weights.coefs[layer], coefs, 1e-5));
    one.fittedIntercepts.forEach((values, layer) => near(training.weights.intercepts[layer], values, 1e-5));
  });
}

for (const one of cases.filter(({ parameters }) => parameters.solver === 'lbfgs')) {
  parity(one.name, () => {
    const training = scope(() => trainAsGiven(one));
    assert.is(training.shortfall, undefined);
    near(training.lossCurve.slice(-1), one.lossCurve, 1e-6);
  });
}

parity.run();
