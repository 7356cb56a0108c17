/**
 * MLPClassifier: a multi-layer perceptron trained by Adam, by stochastic gradient descent or by L-BFGS, with
 * scikit-learn's parameters, defaults and stopping rules. The arithmetic is f32 and losses are f64, as scikit-learn's
 * are for f32 features. network.ts states what is minimized.
 */
import { z } from 'zod';
import type { Matrix } from '../../../base/dataset.js';
import { type Effective, unless, without } from '../../effective.js';
import { PENALIZED } from '../../invariances.js';
import type { Rng } from '../../../base/rng.js';
import { scope } from '../../../kernels/memory.js';
import { codingOf } from '../../targets/coding.js';
import { sigmoidRows, softmaxRows } from '../../outputs/probabilities.js';
import { ownGenerator, RANDOM_STATE } from '../../random-state.js';
import { type Activation, allocateNetwork, logitsOf } from './network.js';
import { pack, shapeOf, type Weights } from './shape.js';
import { holdOut } from '../../targets/held-out.js';
import { float32Rows, rowsOf } from './rows.js';
import { type StochasticOptions, type Training, trainStochastically } from './train.js';
import { type WholeOptions, trainWhole } from './train-whole.js';
import { checkNewData, checkProblem, refuseWeights } from '../../checks.js';
import { codesOfProba } from '../../algebra/matrix.js';
import { unusedParameters } from '../../parameters.js';
import type { Document, ClassifierKind, FitContext, Classifier, ClassProblem } from '../../types.js';

const width = z.number().int().min(1);
const share = z.number().min(0).max(1);

const PARAMETERS = z.strictObject({
  hidden_layer_sizes: z
    .union([width, z.array(width)])
    .default([100])
    .describe('the number of units of each hidden layer'),
  activation: z
    .enum(['identity', 'logistic', 'tanh', 'relu'])
    .default('relu')
    .describe('the function of the hidden units'),
  solver: z.enum(['lbfgs', 'sgd', 'adam']).default('adam').describe('how the loss is minimized'),
  alpha: z.number().min(0).default(0.0001).describe('the factor of the L2 penalty'),
  batch_size: z
    .union([z.literal('auto'), width])
    .default('auto')
    .describe('the number of samples in a batch; auto is 200, or all if there are fewer'),
  learning_rate: z
    .enum(['constant', 'invscaling', 'adaptive'])
    .default('constant')
    .describe('how the learning rate changes, for sgd'),
  learning_rate_init: z.number().positive().default(0.001).describe('the learning rate at the start'),
  power_t: z.number().min(0).default(0.5).describe('the exponent of invscaling, for sgd'),
  max_iter: z
    .number()
    .int()
    .min(1)
    .default(200)
    .describe('the largest number of epochs, or of iterations for lbfgs'),
  shuffle: z.boolean().default(true).describe('whether the samples are shuffled before each epoch'),
  random_state: z.number().int().nullable().default(null).describe(RANDOM_STATE),
  tol: z
    .number()
    .min(0)
    .default(0.0001)
    .describe(
      'the smallest improvement of the loss or score that counts; for lbfgs the largest slope at the end',
    ),
  momentum: share.default(0.9).describe('the share of a step that the next step keeps, for sgd'),
  nesterovs_momentum: z
    .boolean()
    .default(true)
    .describe('whether the gradient is taken at the place that momentum leads to, for sgd'),
  early_stopping: z
    .boolean()
    .default(false)
    .describe('whether samples are held out, and training stops when their score no longer improves'),
  validation_fraction: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.1)
    .describe('the share of the samples held out for early_stopping'),
  beta_1: z.number().min(0).lt(1).default(0.9).describe('the decay of the mean gradient, for adam'),
  beta_2: z.number().min(0).lt(1).default(0.999).describe('the decay of the mean squared gradient, for adam'),
  epsilon: z.number().positive().default(1e-8).describe('the number that keeps divisors above 0, for adam'),
  n_iter_no_change: width
    .default(10)
    .describe('training stops after this number of epochs without improvement'),
  max_fun: width.default(15000).describe('the largest number of evaluations of the loss, for lbfgs'),
  verbose: unusedParameters.verbosely,
  warm_start: unusedParameters.warm_start,
});

type MlpParams = z.infer<typeof PARAMETERS>;

/**
 * The weights are plain arrays, as in shape.ts. `units` are the widths of all layers, with the features first and the
 * outputs last.
 */
interface FittedNetwork {
  classes: number;
  activation: Activation;
  units: number[];
  weights: Weights;
}

/** Rows of a prediction that go through the network together. */
const PREDICTED_TOGETHER = 256;

/** The parameters that only some solvers read. */
const OF_SGD = ['learning_rate', 'power_t', 'momentum', 'nesterovs_momentum'] as const;
const OF_ADAM = ['beta_1', 'beta_2', 'epsilon'] as const;
const OF_EPOCHS = [
  'batch_size',
  'learning_rate_init',
  'shuffle',
  'early_stopping',
  'validation_fraction',
  'n_iter_no_change',
] as const;

function effective(params: MlpParams): Effective {
  const { solver, learning_rate, early_stopping } = params;
  const read = { ...params, hidden_layer_sizes: [params.hidden_layer_sizes].flat() };
  if (solver === 'lbfgs') return without(read, ...OF_SGD, ...OF_ADAM, ...OF_EPOCHS);
  const own = without(read, ...(solver === 'adam' ? OF_SGD : OF_ADAM), 'max_fun');
  const held = unless(early_stopping, own, 'validation_fraction');
  return unless(learning_rate === 'invscaling', held, 'power_t');
}

export const mlpClassifier: ClassifierKind<MlpParams> = {
  kind: 'estimator',
  task: 'classification',
  name: 'MLPClassifier',
  summary: 'a neural network of dense layers, trained by adam, sgd or lbfgs',
  params: PARAMETERS,
  // Training starts from random weights, so it depends on the units and the order of the features.
  invariances: () => ({ ...PENALIZED, shift: 'no', featureOrder: 'no', sampleOrder: 'no' }),
  effective,
  tags: {
    missing: false,
    weights: () => 'none',
    deterministic: () => false,
    ordersFeatures: true,
    decision: false,
    proba: () => true,
  },
  fit,
  load: document => networkModel(fromDocument(document)),
};

function fit(problem: ClassProblem, params: MlpParams, context: FitContext): Classifier {
  checkProblem(problem);
  refuseWeights(problem);
  const rng = ownGenerator(context.rng, params.random_state);
  const hidden = [params.hidden_layer_sizes].flat();
  const units = [problem.x.columns, ...hidden, codingOf(problem.classes).columns];
  const weights = initialWeights(units, params.activation, rng.child('weights'));
  const training = scope(() => train(problem, params, units, weights, rng));
  if (training.shortfall !== undefined) {
    context.warn({
      code: 'not-converged',
      step: 'MLPClassifier',
      message: `not converged after ${training.epochs} iterations: ${training.shortfall}`,
    });
  }
  return networkModel({
    classes: problem.classes,
    activation: params.activation,
    units,
    weights: training.weights,
  });
}

function train(
  problem: ClassProblem,
  params: MlpParams,
  units: number[],
  weights: Weights,
  rng: Rng,
): Training {
  const all = problem.y.map((_, i) => i);
  if (params.solver === 'lbfgs')
    return trainWhole(units, weights, rowsOf(problem, all), wholeOptions(params));
  const parts = params.early_stopping
    ? holdOut(problem, params.validation_fraction, rng.child('held out'))
    : { train: all, heldOut: undefined };
  const rows = rowsOf(problem, parts.train);
  const heldOut = parts.heldOut && rowsOf(problem, parts.heldOut);
  const order = parts.train.map((_, i) => i);
  const shuffling = rng.child('order');
  const nextOrder = (): Int32Array => (params.shuffle ? shuffling.shuffle(order) : order);
  const options = stochasticOptions(params, rows.count);
  return trainStochastically(units, weights, rows, heldOut, options, nextOrder);
}

/** The options of `train`, from the parameters and the number of samples. */
export function stochasticOptions(params: MlpParams, samples: number): StochasticOptions {
  return {
    activation: params.activation,
    solver: params.solver as 'adam' | 'sgd',
    alpha: params.alpha,
    batchSize: Math.min(params.batch_size === 'auto' ? 200 : params.batch_size, samples),
    schedule: params.learning_rate,
    learningRate: params.learning_rate_init,
    powerT: params.power_t,
    maxEpochs: params.max_iter,
    tolerance: params.tol,
    momentum: params.momentum,
    nesterov: params.nesterovs_momentum,
    beta1: params.beta_1,
    beta2: params.beta_2,
    epsilon: params.epsilon,
    patience: params.n_iter_no_change,
  };
}

/** The options of L-BFGS, from the parameters. */
export function wholeOptions(params: MlpParams): WholeOptions {
  return {
    activation: params.activation,
    alpha: params.alpha,
    tolerance: params.tol,
    maxIterations: params.max_iter,
    maxEvaluations: params.max_fun,
  };
}

/**
 * Uniform weights and intercepts within sqrt(factor / (fan in + fan out)), as in scikit-learn (Glorot and Bengio
 * 2010).
 */
function initialWeights(units: number[], activation: Activation, rng: Rng): Weights {
  const factor = activation === 'logistic' ? 2 : 6;
  const weights: Weights = { coefs: [], intercepts: [] };
  for (let layer = 0; layer + 1 < units.length; layer++) {
    const [fanIn, fanOut] = [units[layer], units[layer + 1]];
    const bound = Math.sqrt(factor / (fanIn + fanOut));
    weights.coefs.push(uniform(fanIn * fanOut, bound, rng));
    weights.intercepts.push(uniform(fanOut, bound, rng));
  }
  return weights;
}

/** Numbers in [-bound, bound). */
function uniform(count: number, bound: number, rng: Rng): Float32Array {
  const drawn = new Float32Array(count);
  for (let i = 0; i < count; i++) drawn[i] = bound * (rng.uint32() / 2147483648 - 1);
  return drawn;
}

function networkModel(fitted: FittedNetwork): Classifier {
  const { classes, activation, units, weights } = fitted;
  const { binary } = codingOf(classes);
  const proba = (x: Matrix): Float64Array => {
    const logits = logitsOfMatrix(fitted, x);
    return binary ? sigmoidRows(logits) : softmaxRows(logits, classes);
  };
  return {
    classes,
    predict: x => codesOfProba(proba(x), classes),
    proba,
    size: () => ({ features: units[0], weights: countOf(weights.coefs) + countOf(weights.intercepts) }),
    serialize: () => ({
      classes,
      activation,
      units: Int32Array.from(units),
      coefs: weights.coefs,
      intercepts: weights.intercepts,
    }),
  };
}

function countOf(arrays: Float32Array[]): number {
  return arrays.reduce((sum, array) => sum + array.length, 0);
}

function fromDocument(document: Document): FittedNetwork {
  const saved = document as {
    classes: number;
    activation: Activation;
    units: Int32Array;
    coefs: Float32Array[];
    intercepts: Float32Array[];
  };
  const { classes, activation, coefs, intercepts } = saved;
  return { classes, activation, units: [...saved.units], weights: { coefs, intercepts } };
}

function logitsOfMatrix(fitted: FittedNetwork, x: Matrix): Float64Array {
  checkNewData(x, fitted.units[0]);
  const together = Math.min(PREDICTED_TOGETHER, Math.max(1, x.rows));
  return scope(() => {
    const network = allocateNetwork(shapeOf(fitted.units), fitted.activation, together);
    pack(network.shape, fitted.weights, network.parameters);
    return logitsOf(network, float32Rows(x).byteOffset, x.rows);
  });
}
