/** The fit of a network to a problem, and the fitted network as a document. */
import type { ModelSize } from '../../../base/config.js';
import type { Matrix } from '../../../base/dataset.js';
import type { Rng } from '../../../base/rng.js';
import { scope } from '../../../kernels/memory.js';
import { checkNewData, checkProblem, refuseWeights } from '../../checks.js';
import { ownGenerator } from '../../random-state.js';
import { holdOut } from '../../targets/held-out.js';
import type { ClassProblem, Document, FitContext, ValueProblem } from '../../types.js';
import { type Activation, allocateNetwork, logitsOf } from './network.js';
import { type MlpParams, stochasticOptions, wholeOptions } from './parameters.js';
import { float32Rows, rowsOf } from './rows.js';
import { pack, shapeOf, type Weights } from './shape.js';
import { type Training, trainStochastically } from './train.js';
import { trainWhole } from './train-whole.js';

/**
 * A fitted network. The weights are plain arrays, as in shape.ts. `units` are the widths of all layers, with the
 * features first and the outputs last.
 */
export interface FittedNetwork {
  activation: Activation;
  units: number[];
  weights: Weights;
}

/** Rows of a prediction that go through the network together. */
const PREDICTED_TOGETHER = 256;

/** The network of that many outputs. `step` is the name for a warning. */
export function fitNetwork(
  step: string,
  problem: ClassProblem | ValueProblem,
  outputs: number,
  params: MlpParams,
  context: FitContext,
): FittedNetwork {
  checkProblem(problem);
  refuseWeights(problem);
  const rng = ownGenerator(context.rng, params.random_state);
  const units = [problem.x.columns, ...[params.hidden_layer_sizes].flat(), outputs];
  const weights = initialWeights(units, params.activation, rng.child('weights'));
  const training = scope(() => train(problem, params, units, weights, rng));
  if (training.shortfall !== undefined) {
    context.warn({
      code: 'not-converged',
      step,
      message: `not converged after ${training.epochs} iterations: ${training.shortfall}`,
    });
  }
  return { activation: params.activation, units, weights: training.weights };
}

function train(
  problem: ClassProblem | ValueProblem,
  params: MlpParams,
  units: number[],
  weights: Weights,
  rng: Rng,
): Training {
  const all = Int32Array.from(problem.y.keys());
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

/** What a document has of a network. */
export function documentOf({ activation, units, weights }: FittedNetwork) {
  const { coefs, intercepts } = weights;
  return { activation, units: Int32Array.from(units), coefs, intercepts };
}

/** The network of a document. */
export function fromDocument(document: Document): FittedNetwork {
  const { activation, units, coefs, intercepts } = document as unknown as ReturnType<typeof documentOf>;
  return { activation, units: [...units], weights: { coefs, intercepts } };
}

export function sizeOf({ units, weights }: FittedNetwork): ModelSize {
  return { features: units[0], weights: countOf(weights.coefs) + countOf(weights.intercepts) };
}

function countOf(arrays: Float32Array[]): number {
  return arrays.reduce((sum, array) => sum + array.length, 0);
}

/** The outputs of the last layer for m samples: m x outputs, row-major. */
export function logitsOfMatrix(fitted: FittedNetwork, x: Matrix): Float64Array {
  checkNewData(x, fitted.units[0]);
  const together = Math.min(PREDICTED_TOGETHER, Math.max(1, x.rows));
  return scope(() => {
    const network = allocateNetwork(shapeOf(fitted.units), fitted.activation, together);
    pack(network.shape, fitted.weights, network.parameters);
    return logitsOf(network, float32Rows(x).byteOffset, x.rows);
  });
}
