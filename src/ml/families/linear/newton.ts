/**
 * The proximal Newton method on some of the features (Lee, Sun and Saunders, "Proximal Newton-type methods", 2014;
 * Yuan, Ho and Lin, "An improved GLMNET for l1-regularized logistic regression", 2012). It replaces the loss by its
 * quadratic model at the current point, minimizes this model with the penalty, and searches along the line to the
 * minimum.
 */
import { GRAM_SCRATCH } from '../../../kernels/layouts/gram.js';
import { kernels } from '../../../kernels/loader.js';
import { float64, hold, scope } from '../../../kernels/memory.js';
import { minimizeQuadratic, solveQuadratic } from './quadratic.js';
import {
  addresses,
  dualityGap,
  penaltyOf,
  searchLine,
  settleIntercepts,
  type Penalty,
  type PenaltyAlong,
  type State,
} from './state.js';

/**
 * The number of rows of the largest Hessian. The rank of a Hessian is at most a few times the number of samples.
 * Where there are more coefficients than either, each output descends by its columns, one output after the other.
 */
const LARGEST_HESSIAN = 1200;
const ALWAYS_HESSIAN = 200;
const HESSIAN_PER_SAMPLE = 2;
const COLUMN_SWEEPS = 30;

/** The features and intercepts of a state that one call works on. */
interface Restriction {
  features: Int32Array;
  /** Addresses of the features, then of the ones if there is an intercept. */
  columns: Uint32Array;
  /** Coefficients of one output: the features, and the intercept. */
  width: number;
}

/**
 * The distance from the restricted optimum: the duality gap of the restricted problem. Without a penalty: half the last
 * slope.
 */
export interface Progress {
  gap: number;
  /** The line search found nothing lower, so only rounding is left. */
  stuck: boolean;
}

/**
 * Minimizes over the intercepts and the coefficients of the given features, until the gap is at most `loosest` or at
 * most `share` of the state's target.
 */
export function minimizeOn(state: State, features: Int32Array, loosest = 0, share = 1): Progress {
  return scope(() => {
    const { fitIntercept, loss } = state;
    const columns = addresses(state.design, features, fitIntercept);
    const part: Restriction = { features, columns, width: columns.length };
    const size = part.width * loss.outputs;
    const byHessian =
      features.length * loss.outputs <= ALWAYS_HESSIAN ||
      size <= Math.min(LARGEST_HESSIAN, HESSIAN_PER_SAMPLE * loss.rows);
    const correlations = float64(loss.outputs * features.length);
    // Without a penalty there is no gap that asks for intercepts at their optimum.
    const penalized = state.penalty.l1 > 0 || state.penalty.l2 > 0;
    let slope = Infinity;
    let stuck = false;
    for (;;) {
      const target = Math.max(loosest, share * state.target);
      const last = stuck || state.iterations >= state.maxIterations;
      const settled = !penalized || settleIntercepts(state, last ? Infinity : target);
      correlate(state, part, correlations);
      if (settled) {
        const left = penalized ? dualityGap(state, valuesOf(state, part), correlations).gap : slope;
        if (last || left <= target) return { gap: left, stuck };
      }
      state.iterations++;
      const expected = scope(() =>
        byHessian
          ? stepByHessian(state, part, correlations)
          : stepByColumns(state, part, correlations, target),
      );
      stuck = expected === 0;
      if (!stuck) slope = -expected / 2;
    }
  });
}

/** outputs x features: the products of the columns with the residuals. */
function correlate({ loss }: State, { features, columns }: Restriction, out: Float64Array): void {
  const { rows, outputs, residuals } = loss;
  for (let k = 0; k < outputs; k++) {
    kernels().dotsOfColumns(
      rows,
      features.length,
      columns.byteOffset,
      residuals.byteOffset + k * rows * 8,
      out.byteOffset + k * features.length * 8,
    );
  }
}

/** outputs x features: the coefficients. */
function valuesOf({ coef, design, loss }: State, { features }: Restriction): Float64Array {
  const values = new Float64Array(loss.outputs * features.length);
  for (let k = 0; k < loss.outputs; k++) {
    features.forEach((j, a) => (values[k * features.length + a] = coef[k * design.columns + j]));
  }
  return values;
}

/** Coefficients, gradient and l1 penalties of outputs [from, to), each output's features and then its intercept. */
function localProblem(state: State, part: Restriction, correlations: Float64Array, from: number, to: number) {
  const { coef, design, fitIntercept, intercepts, loss, penalty } = state;
  const { features, width } = part;
  const size = (to - from) * width;
  const [v, gradient, l1, l2] = [float64(size), float64(size), float64(size), float64(size)];
  for (let k = from; k < to; k++) {
    const start = (k - from) * width;
    features.forEach((j, a) => {
      v[start + a] = coef[k * design.columns + j];
      gradient[start + a] = penalty.l2 * v[start + a] - correlations[k * features.length + a];
      l1[start + a] = penalty.l1;
      l2[start + a] = penalty.l2;
    });
    if (!fitIntercept) continue;
    v[start + width - 1] = intercepts[k];
    const residuals = loss.residuals.byteOffset + k * loss.rows * 8;
    gradient[start + width - 1] = -kernels().sum(loss.rows, residuals);
  }
  return { v, gradient, l1, l2 };
}

/** The Hessian of the loss and the l2 penalty in all outputs together, size x size. */
function hessianOf(
  { design, fitIntercept, loss, penalty }: State,
  { columns, width }: Restriction,
): Float64Array {
  const { outputs, rows } = loss;
  const size = outputs * width;
  const hessian = float64(size * size);
  scope(() => {
    const scratch = float64(GRAM_SCRATCH * width);
    const curvature = float64(rows);
    for (let a = 0; a < outputs; a++) {
      for (let b = 0; b <= a; b++) {
        loss.curvature(a, b, curvature);
        const block = a * width * size + b * width;
        kernels().weightedGram(
          design.rows,
          width,
          columns.byteOffset,
          curvature.byteOffset,
          scratch.byteOffset,
          hessian.byteOffset + block * 8,
          size,
        );
        for (let i = 0; a !== b && i < width; i++) {
          const row = block + i * size;
          hessian.copyWithin((b * width + i) * size + a * width, row, row + width);
        }
      }
    }
  });
  for (let j = 0; j < size; j++) {
    if (!fitIntercept || j % width !== width - 1) hessian[j * size + j] += penalty.l2;
  }
  return hessian;
}

/** A step with the whole Hessian. Returns the change of the objective that its slope promised, or 0 if it failed. */
function stepByHessian(state: State, part: Restriction, correlations: Float64Array): number {
  const { outputs } = state.loss;
  const { v, gradient, l1 } = localProblem(state, part, correlations, 0, outputs);
  const v0 = v.slice();
  const gradient0 = gradient.slice();
  const hessian = hessianOf(state, part);
  if (state.penalty.l1 === 0) solveQuadratic(hessian, gradient, v);
  else minimizeQuadratic(hessian, gradient, v, l1);
  if (state.penalty.l1 > 0 && state.penalty.l2 === 0) shrinkShared(part, outputs, v);
  return move(state, part, 0, outputs, v0, v, gradient0);
}

/**
 * The part that all outputs' coefficients of a feature share changes no softmax, but it changes the l1 penalty. The
 * penalty is least where a median of the coefficients is 0. The Hessian has no curvature in that direction, so
 * Newton's step does not go there.
 */
function shrinkShared({ features, width }: Restriction, outputs: number, v: Float64Array): void {
  if (outputs === 1) return;
  for (let a = 0; a < features.length; a++) {
    const sorted = Float64Array.from({ length: outputs }, (_, k) => v[k * width + a]).sort();
    const [low, high] = [sorted[(outputs - 1) >> 1], sorted[outputs >> 1]];
    const shared = low > 0 ? low : high < 0 ? high : 0;
    if (shared === 0) continue;
    for (let k = 0; k < outputs; k++) v[k * width + a] -= shared;
  }
}

/** A step in one output after the other, each with its own curvatures only. */
function stepByColumns(state: State, part: Restriction, correlations: Float64Array, target: number): number {
  const { loss, design } = state;
  const { columns, width } = part;
  let expected = 0;
  const curvature = float64(loss.rows);
  for (let k = 0; k < loss.outputs; k++) {
    if (k > 0) correlate(state, part, correlations);
    expected += scope(() => {
      const { v, gradient, l1, l2 } = localProblem(state, part, correlations, k, k + 1);
      loss.curvature(k, k, curvature);
      const weights = curvature.byteOffset;
      const diagonal = float64(width);
      columns.forEach((x, a) => (diagonal[a] = kernels().weightedDot(design.rows, weights, x, x) + l2[a]));
      const moved = float64(loss.rows);
      const v0 = hold(v.slice());
      kernels().descendByColumns(
        design.rows,
        width,
        columns.byteOffset,
        weights,
        diagonal.byteOffset,
        l1.byteOffset,
        l2.byteOffset,
        gradient.byteOffset,
        v0.byteOffset,
        v.byteOffset,
        moved.byteOffset,
        -Infinity,
        COLUMN_SWEEPS,
        (1e-3 * target) / width,
      );
      return move(state, part, k, k + 1, v0.slice(), v, gradient.slice());
    });
  }
  return expected;
}

/**
 * Goes from v0 towards v in outputs [from, to). Returns the change that the slope promised, or 0 if the line search
 * found nothing lower.
 */
function move(
  state: State,
  part: Restriction,
  from: number,
  to: number,
  v0: Float64Array,
  v: Float64Array,
  gradient: Float64Array,
): number {
  const { coef, design, fitIntercept, intercepts, loss, penalty, slope } = state;
  const { columns, features, width } = part;
  const step = hold(v.map((value, j) => value - v0[j]));
  slope.fill(0);
  for (let k = from; k < to; k++) {
    const [steps, scores] = [step.byteOffset + (k - from) * width * 8, slope.byteOffset + k * loss.rows * 8];
    kernels().addColumns(loss.rows, width, columns.byteOffset, steps, scores);
  }
  const penalized = (values: Float64Array): Float64Array =>
    fitIntercept ? values.filter((_, j) => j % width !== width - 1) : values;
  const [before, change] = [penalized(v0), penalized(step)];
  // The gradient holds the l2 penalty's slope; the l1 penalty is convex, so its change at length 1 bounds its slope.
  let expected = 0;
  for (let j = 0; j < step.length; j++) expected += gradient[j] * step[j];
  for (let j = 0; j < before.length; j++) {
    expected += penalty.l1 * (Math.abs(before[j] + change[j]) - Math.abs(before[j]));
  }
  if (!(expected < 0)) return 0;
  const length = searchLine(state, expected, penaltyAlong(penalty, before, change));
  if (length === 0) return 0;
  for (let k = from; k < to; k++) {
    const at = (k - from) * width;
    features.forEach((j, a) => {
      coef[k * design.columns + j] = length === 1 ? v[at + a] : v0[at + a] + length * step[at + a];
    });
    if (fitIntercept) intercepts[k] = v0[at + width - 1] + length * step[at + width - 1];
  }
  return expected;
}

/** The penalty along a step of `change` from the coefficients `before`. */
function penaltyAlong({ l1, l2 }: Penalty, before: Float64Array, change: Float64Array): PenaltyAlong {
  const at = (length: number): Float64Array => before.map((value, j) => value + length * change[j]);
  const start = penaltyOf({ l1, l2 }, before);
  return {
    change: length => penaltyOf({ l1, l2 }, at(length)) - start,
    slope: length =>
      at(length).reduce((sum, value, j) => {
        const ofSize = value === 0 ? Math.abs(change[j]) : Math.sign(value) * change[j];
        return sum + l1 * ofSize + l2 * value * change[j];
      }, 0),
  };
}
