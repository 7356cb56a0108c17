/** MLPClassifier beside scikit-learn's (fixtures/make_mlp.py), and at its edges. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FitWarning } from '../../../../src/base/config.js';
import { Rng } from '../../../../src/base/rng.js';
import { scope } from '../../../../src/kernels/memory.js';
import { mlpClassifier } from '../../../../src/ml/families/network/mlp.js';
import { stochasticOptions, wholeOptions } from '../../../../src/ml/families/network/parameters.js';
import { rowsOf } from '../../../../src/ml/families/network/rows.js';
import { type Training, trainStochastically } from '../../../../src/ml/families/network/train.js';
import { trainWhole } from '../../../../src/ml/families/network/train-whole.js';
import { holdOut } from '../../../../src/ml/targets/held-out.js';
import { digest, fromText, toText } from '../../../../src/ml/serialize.js';
import type { Classifier, ClassProblem } from '../../../../src/ml/types.js';
import { blobs } from '../../../../support/datasets.js';
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
  fittedIntercepts: number[][];
  proba: number[][];
}

interface Fixture {
  cases: Case[];
  /** The mean training loss of the case with tanh over 200 seeds, and the standard error of a mean of 20. */
  seeded: { mean: number; error: number };
}

/** Digests that stay what they are on every machine; a change of one is a change of users' models. */
const GOLDEN = [
  'b07fa6169ca71ea511563d67c622c3cf',
  '64249c009928191c1f182324444e6ea6',
  'b2f63cc5927d31ad21a8bec2518c30c6',
  '2aba8f7885f68283055131071c1f1758',
  'd7d5b24a20a5765683ce7aa468ed8e43',
  '1c83d94ac47b8e9bb6ed08a42ee19ca4',
  'b7de81687dad30a4624a0bc4f2dc9d7a',
  'c0975e3b9ddc6b0d3fd494edd6d699e6',
];

const { cases, seeded }: Fixture = fixture('mlp');

function problemOf({ x, y }: { x: number[][]; y: number[] }): ClassProblem {
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

const behavior = suite('MLPClassifier');

function fit(problem: ClassProblem, params: object, warnings: FitWarning[] = [], seed = 'mlp'): Classifier {
  const context = { rng: Rng.from(seed), warn: (warning: FitWarning) => warnings.push(warning) };
  return mlpClassifier.fit(problem, mlpClassifier.params.parse(params), context);
}

function shareRight(model: Classifier, { x, y }: ClassProblem): number {
  return model.predict(x).filter((code, i) => code === y[i]).length / y.length;
}

behavior('learns with every solver, activation and schedule', () => {
  for (const params of [
    { max_iter: 400, learning_rate_init: 0.01 },
    { activation: 'tanh', early_stopping: true, learning_rate_init: 0.02 },
    { activation: 'logistic', solver: 'sgd', learning_rate_init: 0.3, max_iter: 300 },
    { activation: 'identity', solver: 'sgd', learning_rate: 'adaptive', learning_rate_init: 0.1 },
    { solver: 'sgd', learning_rate: 'invscaling', learning_rate_init: 0.5, shuffle: false },
    { solver: 'lbfgs', alpha: 1, hidden_layer_sizes: [5, 5] },
    { hidden_layer_sizes: 7, batch_size: 13, learning_rate_init: 0.02 },
    { hidden_layer_sizes: [], learning_rate_init: 0.05 },
  ]) {
    for (const classes of [2, 3]) {
      const share = shareRight(fit(blobs(120, 9, classes, 2.5), params), blobs(120, 9, classes, 2.5, 2));
      assert.ok(share > 0.85, `${JSON.stringify(params)}, ${classes} classes: ${share}`);
    }
  }
});

behavior('is as good as by scikit-learn, over many seeds', () => {
  const one = cases.find(({ name }) => name === 'adam, tanh, three classes')!;
  const problem = problemOf(one);
  const losses = Array.from({ length: 20 }, (_, seed) => {
    const proba = fit(problem, one.parameters, [], `seed ${seed}`).proba!(problem.x);
    return one.y.reduce((sum, label, i) => sum - Math.log(proba[3 * i + label]), 0) / one.y.length;
  });
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  assert.ok(Math.abs(mean - seeded.mean) < 3 * seeded.error, `${mean} is not ${seeded.mean}`);
});

behavior('says that it has not converged, by how much, and what to try', () => {
  for (const [params, expected] of [
    [{ max_iter: 3 }, /not converged after 3 iterations: the loss is .* tol is 0.0001\. Raise max_iter/],
    [
      { max_iter: 3, solver: 'lbfgs', tol: 1e-9 },
      /after 3 iterations: the largest slope is .*\. Raise max_iter/,
    ],
    [{ max_fun: 4, solver: 'lbfgs', tol: 1e-9 }, /the largest slope is .*\. Raise max_fun/],
  ] as [object, RegExp][]) {
    const warnings: FitWarning[] = [];
    fit(blobs(60, 5), params, warnings);
    assert.is(warnings.length, 1);
    assert.is(warnings[0].code, 'not-converged');
    assert.match(warnings[0].message, expected);
  }
});

behavior('early stopping holds samples of both classes out, or says why it cannot', () => {
  const problem = blobs(50, 4);
  const { train, heldOut } = holdOut(problem, 0.1, Rng.from('held out'));
  assert.is(heldOut.length, 5);
  assert.equal(
    [...train, ...heldOut].sort((a, b) => a - b),
    Array.from({ length: 50 }, (_, i) => i),
  );
  const ones = heldOut.filter(i => problem.y[i] === 1).length;
  assert.ok(ones === 2 || ones === 3, `${ones} of class 1`);
  assert.throws(
    () => fit(blobs(9, 4), { early_stopping: true }),
    (error: any) => error.code === 'too-few-samples' && /hold out 1 of 9/.test(error.message),
  );
});

behavior('follows its generator and random_state, and comes back from its document', () => {
  const problem = blobs(70, 6, 3);
  const params = { hidden_layer_sizes: [9, 4], max_iter: 20, early_stopping: true };
  const model = fit(problem, params);
  const digestOf = (more: object, seed: string): string =>
    digest(fit(problem, { ...params, ...more }, [], seed).serialize());
  assert.is(digestOf({}, 'mlp'), digest(model.serialize()));
  assert.is.not(digestOf({}, 'another'), digestOf({}, 'mlp'));
  assert.is.not(digestOf({ random_state: 1 }, 'mlp'), digestOf({}, 'mlp'));
  const loaded = mlpClassifier.load(fromText(toText(model.serialize())));
  assert.equal(loaded.proba!(problem.x), model.proba!(problem.x));
  assert.equal(loaded.predict(problem.x), model.predict(problem.x));
  assert.is(digest(loaded.serialize()), digest(model.serialize()));
});

behavior('golden digests', () => {
  const found = [
    { max_iter: 15 },
    { max_iter: 15, activation: 'tanh', hidden_layer_sizes: [7, 5], batch_size: 9, early_stopping: true },
    { max_iter: 15, activation: 'logistic', solver: 'sgd', learning_rate: 'invscaling' },
    { max_iter: 15, solver: 'lbfgs', hidden_layer_sizes: [4] },
  ].flatMap(params =>
    [blobs(80, 6, 2), blobs(30, 50, 3)].map(problem => digest(fit(problem, params).serialize())),
  );
  assert.equal(found, GOLDEN);
});

behavior.run();
