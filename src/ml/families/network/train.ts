/**
 * Training of a network by stochastic gradient descent or Adam, step by step as scikit-learn's MLPs do it
 * (sklearn/neural_network/_multilayer_perceptron.py and _stochastic_optimizers.py, version 1.2). It computes in f32,
 * and losses in f64. An epoch goes through the samples in a given order, in batches. The loss of an epoch is the mean
 * loss of its batches, each taken before the batch's step. Training stops when the loss, or the score on held-out
 * samples (the accuracy, or r2), has not improved by `tolerance` for more than `patience` epochs.
 */
import type { Pointer } from '../../../kernels/exports.js';
import { kernels } from '../../../kernels/loader.js';
import { pow } from '../../../kernels/math.js';
import { float32, float64, int32, scope } from '../../../kernels/memory.js';
import {
  type Activation,
  type Network,
  allocateNetwork,
  backpropagate,
  classesOf,
  logitsOf,
} from './network.js';
import type { Learnt, Rows } from './rows.js';
import { type Weights, pack, shapeOf, unpack } from './shape.js';

export interface StochasticOptions {
  activation: Activation;
  solver: 'adam' | 'sgd';
  /** The factor of the L2 penalty. */
  alpha: number;
  batchSize: number;
  schedule: 'constant' | 'invscaling' | 'adaptive';
  learningRate: number;
  powerT: number;
  maxEpochs: number;
  tolerance: number;
  momentum: number;
  nesterov: boolean;
  beta1: number;
  beta2: number;
  epsilon: number;
  /** The largest number of epochs without improvement before training ends. */
  patience: number;
}

export interface Training {
  weights: Weights;
  /** The mean loss of each epoch. */
  lossCurve: number[];
  /** The accuracy, or r2, on the held-out samples after each epoch; empty where none are held out. */
  validationScores: number[];
  epochs: number;
  /** Why it did not converge, and what to do about it. Undefined where it converged. */
  shortfall?: string;
}

/** The state that is carried from step to step. */
interface TrainingState {
  network: Network;
  options: StochasticOptions;
  /** Adam's mean and mean square of the gradient, or the velocities: pointers to as many floats as parameters. */
  first: Pointer;
  second: Pointer;
  learningRate: number;
  /** beta1^t and beta2^t after t steps. */
  power1: number;
  power2: number;
}

/** The order of an epoch in the kernels' memory: sample numbers, and the samples' classes or values. */
interface Order {
  samples: Int32Array;
  y: Learnt;
}

/**
 * Trains from the given weights. `units` are the layers' widths, u_0 to u_L; `orderOf` gives each epoch's order of the
 * samples. With `heldOut`, the result is the weights of the best score on it, otherwise the last ones.
 */
export function trainStochastically(
  units: number[],
  initial: Weights,
  rows: Rows,
  heldOut: Rows | undefined,
  options: StochasticOptions,
  orderOf: (epoch: number) => Int32Array,
): Training {
  return scope(() => {
    const network = allocateNetwork(shapeOf(units), options.activation, options.batchSize);
    pack(network.shape, initial, network.parameters);
    const first = float32(network.shape.count).byteOffset;
    const second = float32(network.shape.count).byteOffset;
    const state = {
      network,
      options,
      first,
      second,
      learningRate: options.learningRate,
      power1: 1,
      power2: 1,
    };
    const order = {
      samples: int32(rows.count),
      y: rows.y instanceof Int32Array ? int32(rows.count) : float64(rows.count),
    };
    const trainOnce = (epoch: number): number =>
      trainEpoch(state, rows, arrange(order, rows, orderOf(epoch)));
    const score = heldOut && ((): number => scoreOf(network, heldOut));
    return untilNoBetter(state, rows.count, trainOnce, score);
  });
}

/** Runs epochs until the stopping rule or `maxEpochs` ends it. */
function untilNoBetter(
  state: TrainingState,
  samples: number,
  trainOnce: (epoch: number) => number,
  score: (() => number) | undefined,
): Training {
  const { network, options } = state;
  const lossCurve: number[] = [];
  const validationScores: number[] = [];
  // This is maximized: the score, or minus the loss.
  let best = -Infinity;
  let bestParameters: Float32Array | undefined;
  let worse = 0;
  let converged = false;
  for (let epoch = 0; epoch < options.maxEpochs && !converged; epoch++) {
    lossCurve.push(trainOnce(epoch));
    if (score) validationScores.push(score());
    const merit = score ? validationScores[epoch] : -lossCurve[epoch];
    worse = merit < best + options.tolerance ? worse + 1 : 0;
    if (merit > best) {
      best = merit;
      if (score) bestParameters = network.parameters.slice();
    }
    if (options.solver === 'sgd' && options.schedule === 'invscaling') {
      state.learningRate = options.learningRate / pow((epoch + 1) * samples + 1, options.powerT);
    }
    if (worse > options.patience) {
      worse = 0;
      converged = !slowDown(state);
    }
  }
  const weights = unpack(network.shape, bestParameters ?? network.parameters);
  const shortfall = converged ? undefined : shortfallOf(lossCurve, options);
  return { weights, lossCurve, validationScores, epochs: lossCurve.length, shortfall };
}

function shortfallOf(lossCurve: number[], options: StochasticOptions): string {
  const loss = lossCurve[lossCurve.length - 1];
  const change = loss - (lossCurve[lossCurve.length - 2] ?? NaN);
  return (
    `the loss is ${loss.toPrecision(6)} and changed by ${change.toExponential(2)} in the last epoch, ` +
    `and tol is ${options.tolerance}. ` +
    'Raise max_iter or learning_rate_init.'
  );
}

/** Divides an adaptive learning rate by five; false where it is not adaptive or small enough to stop. */
function slowDown(state: TrainingState): boolean {
  const { solver, schedule } = state.options;
  if (solver !== 'sgd' || schedule !== 'adaptive' || state.learningRate <= 1e-6) return false;
  state.learningRate /= 5;
  return true;
}

function arrange(order: Order, rows: Rows, samples: Int32Array): Order {
  order.samples.set(samples);
  for (let i = 0; i < samples.length; i++) order.y[i] = rows.y[samples[i]];
  return order;
}

/** Goes once through the samples in the given order. Gives the mean loss. */
function trainEpoch(state: TrainingState, rows: Rows, order: Order): number {
  const { network, options } = state;
  const stride = network.shape.strides[0];
  let loss = 0;
  for (let start = 0; start < rows.count; start += options.batchSize) {
    const taken = Math.min(options.batchSize, rows.count - start);
    const samples = order.samples.byteOffset + 4 * start;
    kernels().networkGather(rows.x.byteOffset, stride, samples, network.batch, taken);
    const y = order.y.subarray(start, start + taken);
    const batchLoss = backpropagate(network, { x: network.batch, y, rows: taken });
    loss += batchLoss + 0.5 * options.alpha * step(state, 1 / taken);
  }
  return loss / rows.count;
}

/** Moves the parameters against the gradient times `scale`. Gives the sum of the squared weights before the step. */
function step(state: TrainingState, scale: number): number {
  const { network, options, first, second } = state;
  const { coefCount, count } = network.shape;
  const w = network.parameters.byteOffset;
  const g = network.gradient.byteOffset;
  // The intercepts, which are not penalized, come after the weights.
  const after = 4 * coefCount;
  const rest = count - coefCount;
  const { alpha, momentum, nesterov, beta1, beta2, epsilon } = options;
  if (options.solver === 'sgd') {
    const { networkDescend } = kernels();
    const rate = state.learningRate;
    networkDescend(w + after, g + after, first + after, rest, 0, scale, rate, momentum, nesterov);
    return networkDescend(w, g, first, coefCount, alpha, scale, rate, momentum, nesterov);
  }
  state.power1 *= beta1;
  state.power2 *= beta2;
  const rate = (state.learningRate * Math.sqrt(1 - state.power2)) / (1 - state.power1);
  const adam = (from: number, length: number, decay: number): number => {
    const [m, v] = [first + from, second + from];
    return kernels().networkAdam(w + from, g + from, m, v, length, decay, scale, rate, beta1, beta2, epsilon);
  };
  adam(after, rest, 0);
  return adam(0, coefCount, alpha);
}

/** The share of the rows that are put into their class, or r2 of their values. */
function scoreOf(network: Network, { x, y, count }: Rows): number {
  const logits = logitsOf(network, x.byteOffset, count);
  if (y instanceof Float64Array) return explainedBy(logits, y);
  const predicted = classesOf(logits, count);
  let right = 0;
  for (let i = 0; i < count; i++) if (predicted[i] === y[i]) right++;
  return right / count;
}

/** r2, as scikit-learn's r2_score: of values that are all equal it is 1 for no error, else 0. */
function explainedBy(found: Float64Array, y: Float64Array): number {
  const mean = y.reduce((sum, value) => sum + value, 0) / y.length;
  let [left, total] = [0, 0];
  for (let i = 0; i < y.length; i++) {
    left += (y[i] - found[i]) * (y[i] - found[i]);
    total += (y[i] - mean) * (y[i] - mean);
  }
  if (total === 0) return left === 0 ? 1 : 0;
  return 1 - left / total;
}
