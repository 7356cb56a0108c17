/**
 * What the solvers of
 *
 *   minimize over W (outputs x p) and b (outputs):  loss(W X^T + b) + l1 |W|_1 + l2 |W|^2 / 2
 *
 * share: the point they are at, a step with its line search, the intercepts' own optimum, and the duality gap that says
 * how far the optimum can be.
 */
import { kernels } from '../../kernels/loader.js';
import { float64, hold, scope } from '../../kernels/memory.js';
import type { Matrix } from '../types.js';
import type { Loss } from './loss.js';

export interface Penalty {
  l1: number;
  l2: number;
}

/** The matrix in kernel memory; each feature by its address, so that a column of ones can stand beside them. */
export interface Design {
  rows: number;
  columns: number;
  x: Float64Array;
  ones: Float64Array;
}

/** A point and what is known there. Arrays live in kernel memory; `scores` are those of `coef` and `intercepts`. */
export interface State {
  design: Design;
  loss: Loss;
  penalty: Penalty;
  fitIntercept: boolean;
  /** outputs x p. */
  coef: Float64Array;
  intercepts: Float64Array;
  /** outputs x n. */
  scores: Float64Array;
  /** outputs x n: where a line search looks. */
  trial: Float64Array;
  /** outputs x n: how the scores change along a step. */
  slope: Float64Array;
  /** The loss at `scores`. */
  lossValue: number;
  /** The penalty of `coef`. */
  penaltyValue: number;
  /** The loss of the null model. */
  nullLoss: number;
  /** The gap at which the search may end, over the objective. */
  relative: number;
  /** The gap at which the search may end, for the objective at this point. */
  target: number;
  iterations: number;
  maxIterations: number;
}

/** How many elements of scratch the kernel `weightedGram` needs for a column. */
export const GRAM_SCRATCH = 258;
/** The gap that counts as converged, over the objective, is tol times this. */
export const GAP_PER_TOLERANCE = 1e-4;
/** Below this share of the null model's loss a gap is rounding. */
export const SMALLEST_GAP = 1e-13;
/** A step must give this share of the decrease that its slope promises (Armijo). */
const SUFFICIENT = 1e-4;
/** Differences of objectives below this share of them are rounding. */
const ROUNDING = 1e-14;

export function designOf(x: Matrix): Design {
  return { rows: x.rows, columns: x.columns, x: hold(x.data), ones: float64(x.rows).fill(1) };
}

/** The addresses of the given features (all, if none are given), then, if asked for, that of the ones. */
export function addresses(design: Design, features: Int32Array, ones: boolean): Uint32Array {
  const bytes = design.rows * 8;
  const list = new Uint32Array(features.length + (ones ? 1 : 0));
  features.forEach((j, a) => (list[a] = design.x.byteOffset + j * bytes));
  if (ones) list[features.length] = design.ones.byteOffset;
  return hold(list);
}

/**
 * The gap that counts as converged, for the objective where the search is. Without a penalty the objective of separable
 * classes falls without end, so it is that of the null model.
 */
export function gapTarget({ relative, nullLoss, lossValue, penalty, penaltyValue }: State): number {
  const penalized = penalty.l1 > 0 || penalty.l2 > 0;
  const objective = penalized ? lossValue + penaltyValue : nullLoss;
  return Math.max(relative * objective, SMALLEST_GAP * nullLoss);
}

/** The null model: no coefficients, the intercepts at their optimum. */
export function startAtNull(
  design: Design,
  loss: Loss,
  penalty: Penalty,
  fitIntercept: boolean,
  tol: number,
  maxIterations: number,
): State {
  const { outputs, rows } = loss;
  const state: State = {
    design,
    loss,
    penalty,
    fitIntercept,
    coef: float64(outputs * design.columns),
    intercepts: float64(outputs),
    scores: float64(outputs * rows),
    trial: float64(outputs * rows),
    slope: float64(outputs * rows),
    lossValue: 0,
    penaltyValue: 0,
    nullLoss: 0,
    relative: tol * GAP_PER_TOLERANCE,
    target: 0,
    iterations: 0,
    maxIterations,
  };
  state.lossValue = loss.evaluate(state.scores);
  settleIntercepts(state);
  state.nullLoss = state.lossValue;
  state.target = gapTarget(state);
  return state;
}

/** The penalty of a list of coefficients. */
export function penaltyOf({ l1, l2 }: Penalty, values: Float64Array): number {
  let absolute = 0;
  let squared = 0;
  for (const value of values) {
    absolute += Math.abs(value);
    squared += value * value;
  }
  return l1 * absolute + 0.5 * l2 * squared;
}

/**
 * Looks along `slope` for a length of step that lowers the objective enough, halving from 1; the objective's change by
 * the penalty is `penaltyChange(length)`, and `expected` (< 0) is the change that the slope promises at length 1. On
 * success the scores are moved and the length is returned; 0 if there is none.
 */
export function searchLine(
  state: State,
  expected: number,
  penaltyChange: (length: number) => number,
): number {
  const { loss, scores, slope, trial, lossValue } = state;
  const slack = ROUNDING * Math.abs(lossValue);
  for (let length = 1; length > 1e-10; length /= 2) {
    for (let i = 0; i < scores.length; i++) trial[i] = scores[i] + length * slope[i];
    const value = loss.evaluate(trial);
    const penaltyStep = penaltyChange(length);
    const change = value - lossValue + penaltyStep;
    if (change <= SUFFICIENT * length * expected + slack) {
      state.trial = scores;
      state.scores = trial;
      state.lossValue = value;
      state.penaltyValue += penaltyStep;
      state.target = gapTarget(state);
      return length;
    }
  }
  state.lossValue = loss.evaluate(scores);
  return 0;
}

/** The sum of the residuals of output k: the negative derivative by its intercept. */
function residualSum({ loss }: State, k: number): number {
  return kernels().sum(loss.rows, loss.residuals.byteOffset + k * loss.rows * 8);
}

/** Newton's method on the intercepts alone, until what is left to gain is far below the target. */
export function settleIntercepts(state: State): void {
  if (!state.fitIntercept) return;
  const { loss } = state;
  const { outputs, rows } = loss;
  scope(() => {
    const hessian = float64(outputs * outputs);
    const step = float64(outputs);
    const curvature = float64(rows);
    for (let round = 0; round < 50; round++) {
      for (let a = 0; a < outputs; a++) {
        step[a] = residualSum(state, a);
        for (let b = 0; b <= a; b++) {
          loss.curvature(a, b, curvature);
          hessian[a * outputs + b] = kernels().sum(rows, curvature.byteOffset);
        }
      }
      const gradient = step.slice();
      kernels().choleskyFactor(outputs, hessian.byteOffset, 1e-10);
      kernels().choleskySolve(outputs, hessian.byteOffset, step.byteOffset);
      const gain = gradient.reduce((sum, value, k) => sum + value * step[k], 0) / 2;
      if (!(gain > Math.max(1e-3 * state.target, 1e-16 * state.lossValue))) return;
      for (let k = 0; k < outputs; k++) state.slope.fill(step[k], k * rows, (k + 1) * rows);
      const length = searchLine(state, -2 * gain, () => 0);
      if (length === 0) return;
      for (let k = 0; k < outputs; k++) state.intercepts[k] += length * step[k];
    }
  });
}

/**
 * The scores of a softmax are free up to what they share: intercepts with mean 0 are taken and, where no penalty says
 * otherwise, coefficients with mean 0 over the classes.
 */
export function centerOutputs({ coef, design: { columns }, intercepts, penalty }: State): void {
  const outputs = intercepts.length;
  if (outputs === 1) return;
  const center = (values: Float64Array, start: number, stride: number): void => {
    let mean = 0;
    for (let k = 0; k < outputs; k++) mean += values[start + k * stride] / outputs;
    for (let k = 0; k < outputs; k++) values[start + k * stride] -= mean;
  };
  center(intercepts, 0, 1);
  if (penalty.l1 > 0 || penalty.l2 > 0) return;
  for (let j = 0; j < columns; j++) center(coef, j, columns);
}

/**
 * The duality gap of the problem whose coefficients are `values`, `correlations` being the products of their columns
 * with the residuals, by Fenchel and Young: for dual points share * residuals,
 *
 *   divergence(share) + sum over the coefficients of  r(w) + r*(share v) - share w v,
 *
 * r being the penalty and r* its conjugate. With the intercepts at their optimum the residuals of each output add up to
 * 0, as the dual asks. Without a penalty there is no gap to tell: NaN.
 */
export function dualityGap(
  { loss, penalty: { l1, l2 } }: State,
  values: Float64Array,
  correlations: Float64Array,
): { gap: number; share: number } {
  if (l1 === 0 && l2 === 0) return { gap: NaN, share: 1 };
  let largest = 0;
  for (const v of correlations) largest = Math.max(largest, Math.abs(v));
  const share = l2 > 0 || largest <= l1 ? 1 : l1 / largest;
  let gap = share === 1 ? 0 : loss.divergence(share);
  for (let j = 0; j < values.length; j++) {
    const w = values[j];
    const v = share * correlations[j];
    const beyond = Math.abs(v) - l1;
    const conjugate = l2 > 0 && beyond > 0 ? (beyond * beyond) / (2 * l2) : 0;
    gap += l1 * Math.abs(w) + 0.5 * l2 * w * w + conjugate - w * v;
  }
  return { gap: Math.max(gap, 0), share };
}
