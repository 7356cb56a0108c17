/**
 * The losses of linear models, as the solvers use them: functions of scores (outputs x n, one output after the
 * other), with residuals (negative first derivatives) and curvatures (second derivatives).
 */
import { kernels } from '../../../kernels/loader.js';
import { float64, hold } from '../../../kernels/memory.js';

/** All arrays live in kernel memory. `evaluate` overwrites the results of its last call. */
export interface Loss {
  rows: number;
  /** One for two classes, k for k > 2. */
  outputs: number;
  /** n: the price of a sample, C times its weight. */
  costs: Float64Array;
  /** outputs x n. */
  residuals: Float64Array;
  /** The loss at these scores. It also updates all other facts of this loss. */
  evaluate(scores: Float64Array): number;
  /** Writes the n second derivatives by outputs a and b. */
  curvature(a: number, b: number, out: Float64Array): void;
  /** The loss's part of the duality gap when the dual point is `share` of the residuals. */
  divergence(share: number): number;
  /** Whether every sample is on the side of its class. */
  separated(): boolean;
  /** The largest second derivative of a sample's loss, over its cost. */
  smoothness: number;
  /** Whether the second derivatives jump. Then a step may be far too long or too short. */
  kinked: boolean;
}

/** Two classes: sum of costs[i] log(1 + e^(-signs[i] score[i])). n signs, 1 for class 1 and -1 for class 0. */
export function binaryLoss(signs: Float64Array, costs: Float64Array): Loss {
  const rows = costs.length;
  const heldSigns = hold(signs);
  const held = hold(costs);
  const residuals = float64(rows);
  const curvatures = float64(rows);
  const misses = float64(rows);
  return {
    rows,
    outputs: 1,
    costs: held,
    residuals,
    smoothness: 0.25,
    kinked: false,
    evaluate: scores =>
      kernels().logisticLoss(
        rows,
        scores.byteOffset,
        heldSigns.byteOffset,
        held.byteOffset,
        residuals.byteOffset,
        curvatures.byteOffset,
        misses.byteOffset,
      ),
    curvature: (_a, _b, out) => out.set(curvatures),
    divergence: share => kernels().divergence(rows, held.byteOffset, misses.byteOffset, share),
    separated: () => misses.every(miss => miss < 0.5),
  };
}

/** Two classes: sum of costs[i] max(0, 1 - signs[i] score[i])^2. n signs, 1 for class 1 and -1 for class 0. */
export function squaredHingeLoss(signs: Float64Array, costs: Float64Array): Loss {
  const rows = costs.length;
  const heldSigns = hold(signs);
  const held = hold(costs);
  const residuals = float64(rows);
  const curvatures = float64(rows);
  const [sign, cost] = [heldSigns.byteOffset, held.byteOffset];
  const [to, second] = [residuals.byteOffset, curvatures.byteOffset];
  let value = 0;
  return {
    rows,
    outputs: 1,
    costs: held,
    residuals,
    smoothness: 2,
    kinked: true,
    evaluate: scores => (value = kernels().squaredHingeLoss(rows, scores.byteOffset, sign, cost, to, second)),
    curvature: (_a, _b, out) => out.set(curvatures),
    divergence: share => value * (1 - share) * (1 - share),
    separated: () => value === 0,
  };
}

/** Values: sum of costs[i] max(0, |values[i] - score[i]| - epsilon)^2. */
export function squaredTubeLoss(values: Float64Array, costs: Float64Array, epsilon: number): Loss {
  const rows = costs.length;
  const residuals = float64(rows);
  const curvatures = float64(rows);
  let value = 0;
  return {
    rows,
    outputs: 1,
    costs: hold(costs),
    residuals,
    smoothness: 2,
    kinked: true,
    evaluate(scores) {
      value = 0;
      for (let i = 0; i < rows; i++) {
        const error = values[i] - scores[i];
        const beyond = Math.max(0, Math.abs(error) - epsilon);
        value += costs[i] * beyond * beyond;
        residuals[i] = 2 * costs[i] * beyond * Math.sign(error);
        curvatures[i] = beyond > 0 ? 2 * costs[i] : 0;
      }
      return value;
    },
    curvature: (_a, _b, out) => out.set(curvatures),
    divergence: share => value * (1 - share) * (1 - share),
    separated: () => value === 0,
  };
}

/** k classes: sum of costs[i] (log of the sum of e^scores - the score of the class of i). */
export function softmaxLoss(labels: Int32Array, classes: number, costs: Float64Array): Loss {
  const rows = costs.length;
  const heldLabels = hold(labels);
  const held = hold(costs);
  const probabilities = float64(classes * rows);
  const residuals = float64(classes * rows);
  const misses = float64(rows);
  return {
    rows,
    outputs: classes,
    costs: held,
    residuals,
    smoothness: 0.5,
    kinked: false,
    evaluate: scores =>
      kernels().softmaxLoss(
        rows,
        classes,
        scores.byteOffset,
        heldLabels.byteOffset,
        held.byteOffset,
        probabilities.byteOffset,
        residuals.byteOffset,
        misses.byteOffset,
      ),
    curvature: (a, b, out) =>
      kernels().softmaxCurvature(rows, a, b, probabilities.byteOffset, held.byteOffset, out.byteOffset),
    divergence: share => kernels().divergence(rows, held.byteOffset, misses.byteOffset, share),
    separated: () => misses.every(miss => miss < 0.5),
  };
}
