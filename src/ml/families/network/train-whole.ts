/**
 * Training of a network by L-BFGS on all samples at once. The network computes in f32, the method's own vectors and the
 * penalty are f64.
 */
import { hold, scope } from '../../../kernels/memory.js';
import { type LbfgsOptions, type Minimum, type Point, minimizeByLbfgs } from './lbfgs.js';
import { type Activation, allocateNetwork, backpropagate } from './network.js';
import type { Rows } from './rows.js';
import type { Training } from './train.js';
import { type Weights, pack, shapeOf, unpack } from './shape.js';

export interface WholeOptions extends LbfgsOptions {
  activation: Activation;
  /** The factor of the L2 penalty. */
  alpha: number;
}

/** Trains from the given weights. `units` are the layers' widths, u_0 to u_L. */
export function trainWhole(units: number[], initial: Weights, rows: Rows, options: WholeOptions): Training {
  return scope(() => {
    const network = allocateNetwork(shapeOf(units), options.activation, rows.count);
    const { shape, parameters, gradient } = network;
    const y = hold(rows.y);
    const total = rows.count;
    const evaluate = (x: Float64Array): Point => {
      parameters.set(x);
      const batch = { x: rows.x.byteOffset, y, rows: total };
      let value = backpropagate(network, batch);
      for (let i = 0; i < shape.coefCount; i++) value += 0.5 * options.alpha * x[i] * x[i];
      const slope = new Float64Array(shape.count);
      for (let i = 0; i < shape.count; i++) {
        slope[i] = (gradient[i] + (i < shape.coefCount ? options.alpha * x[i] : 0)) / total;
      }
      return { x, value: value / total, gradient: slope };
    };
    pack(shape, initial, parameters);
    const minimum = minimizeByLbfgs(evaluate, Float64Array.from(parameters), options);
    parameters.set(minimum.x);
    return {
      weights: unpack(shape, parameters),
      lossCurve: minimum.values,
      validationScores: [],
      epochs: minimum.values.length,
      shortfall: shortfallOf(minimum, options),
    };
  });
}

function shortfallOf(minimum: Minimum, options: WholeOptions): string | undefined {
  if (minimum.end === 'converged') return undefined;
  const slope = `the largest slope is ${minimum.slope.toExponential(2)}, and tol is ${options.tolerance}`;
  if (minimum.end === 'iterations') return `${slope}. Raise max_iter.`;
  if (minimum.end === 'evaluations') return `${slope}. Raise max_fun.`;
  return `no lower loss was found along the gradient, ${slope}. Scale the features, or raise tol.`;
}
