/** The parameters of MLPClassifier and MLPRegressor, with scikit-learn's names and defaults, and what they mean. */
import { z } from 'zod';
import { type Effective, unless, without } from '../../effective.js';
import { unusedParameters } from '../../parameters.js';
import { RANDOM_STATE } from '../../random-state.js';
import type { StochasticOptions } from './train.js';
import type { WholeOptions } from './train-whole.js';

const width = z.number().int().min(1);
const share = z.number().min(0).max(1);

export const networkParameters = z.strictObject({
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

export type MlpParams = z.infer<typeof networkParameters>;

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

export function effectiveNetwork(params: MlpParams): Effective {
  const { solver, learning_rate, early_stopping } = params;
  const read = { ...params, hidden_layer_sizes: [params.hidden_layer_sizes].flat() };
  if (solver === 'lbfgs') return without(read, ...OF_SGD, ...OF_ADAM, ...OF_EPOCHS);
  const own = without(read, ...(solver === 'adam' ? OF_SGD : OF_ADAM), 'max_fun');
  const held = unless(early_stopping, own, 'validation_fraction');
  return unless(learning_rate === 'invscaling', held, 'power_t');
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
