/**
 * The common parts of the solvers of
 *
 *   minimize over W (outputs x p) and b (outputs):  loss(W X^T + b) + l1 |W|_1 + l2 |W|^2 / 2
 *
 * These are the current point, a step with its line search, the optimum of the intercepts alone, and the duality gap,
 * which bounds the distance from the optimum.
 */
import type { Matrix } from '../../../base/dataset.js';
import { kernels } from '../../../kernels/loader.js';
import { float64, hold, scope } from '../../../kernels/memory.js';
import type { Loss } from './loss.js';

export interface Penalty {
  l1: number;
  l2: number;
}

/**
 * The matrix in kernel memory. Solvers take each feature by its address, so that a column of ones can stand beside
 * the features.
 */
export interface Design {
  rows: number;
  columns: number;
  x: Float64Array;
  ones: Float64Array;
}

/**
 * The current point of a solver, with its scores, loss and penalty. Arrays live in kernel memory. `scores` are those of
 * `coef` and `intercepts`.
 */
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
  /** outputs x n: the scores at the point that a line search evaluated last. */
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

/** The gap that counts as converged is this number times tol times the objective. */
export const GAP_PER_TOLERANCE = 1e-4;
/** A gap below this share of the objective is rounding. */
const SMALLEST_GAP = 1e-13;
/** A step must give at least this share of the decrease that its slope promises (Armijo). */
const SUFFICIENT = 1e-4;
/** A step goes on while its slope is steeper than this share of the slope at its start. */
const STEEP = 0.1;
/** A step goes at most to this many times its present length at once. */
const FURTHEST = 8;
/** The line search stops after six evaluations. */
const MOST_LOOKS = 6;
/** Where a loss has kinks, a step ends where its slope is this share of the slope at its start. */
const FLAT = 0.1;
/** The search for that place stops after this many evaluations, and stays between these lengths. */
const MOST_CUTS = 60;
const SHORTEST = 1e-10;
const FARTHEST = 1e10;
/** Differences of objectives below this share of them are rounding. */
const ROUNDING = 1e-14;

export function designOf(x: Matrix): Design {
  return { rows: x.rows, columns: x.columns, x: hold(x.data), ones: float64(x.rows).fill(1) };
}

/** A mean of at most this share of the root of the mean square counts as 0, because rounding may have made it. */
const CENTERED = 1e-12;

/**
 * The matrix with the mean of each feature at 0, and these means. A free intercept absorbs the shift, so the problem
 * stays the same. The rounding is smaller, because features that are far from 0 are nearly parallel to the ones of the
 * intercept.
 */
export function centeredDesign(x: Matrix): { design: Design; means: Float64Array } {
  const { rows, columns } = x;
  const means = new Float64Array(columns);
  const design = designOf(x);
  const values = design.x === x.data ? hold(x.data.slice()) : design.x;
  for (let j = 0; j < columns; j++) {
    const start = values.byteOffset + 8 * j * rows;
    const mean = kernels().sum(rows, start) / rows;
    if (mean * mean * rows <= CENTERED * CENTERED * kernels().dot(rows, start, start)) continue;
    const column = values.subarray(j * rows, (j + 1) * rows);
    for (let i = 0; i < rows; i++) column[i] -= mean;
    // The mean of values far from 0 is rounded. The mean of the centered values is small, so it is exact enough.
    const rest = kernels().sum(rows, start) / rows;
    for (let i = 0; i < rows; i++) column[i] -= rest;
    means[j] = mean + rest;
  }
  return { design: { ...design, x: values }, means };
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
 * The gap that counts as converged, for the objective at this point. Without a penalty, the objective of separable
 * classes falls without end, so the objective of the null model is taken.
 */
export function gapTarget({ relative, nullLoss, lossValue, penalty, penaltyValue }: State): number {
  const penalized = penalty.l1 > 0 || penalty.l2 > 0;
  const objective = penalized ? lossValue + penaltyValue : nullLoss;
  return Math.max(relative, SMALLEST_GAP) * objective;
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

/** The change of a penalty along a step, as a function of the step's length. */
export interface PenaltyAlong {
  /** Its change from the start of the step. */
  change(length: number): number;
  /** Its derivative, to the right where there are two. */
  slope(length: number): number;
}

/**
 * Looks along `slope` for a length of step that lowers the objective enough, by halving from 1. `expected` (< 0) is
 * the change that the slope promises at length 1. On success it moves the scores and returns the length. It returns 0
 * if it finds no length.
 *
 * Far from the optimum a quadratic model of the loss is too steep, and its minimum at length 1 is too near. From
 * there the search goes on as long as the objective falls, because one evaluation on the line costs little compared
 * with another model. Where the loss has kinks, the model says little about its minimum along the line, so the
 * minimum is searched for.
 */
export function searchLine(state: State, expected: number, penalty: PenaltyAlong): number {
  if (state.loss.kinked) return searchMinimum(state, expected, penalty);
  const slack = ROUNDING * Math.abs(state.lossValue);
  for (let length = 1; length > 1e-10; length /= 2) {
    const found = lookAlong(state, length, penalty);
    if (found.change > SUFFICIENT * length * expected + slack) continue;
    return moveTo(state, length === 1 ? goOn(state, expected, found, penalty) : found);
  }
  state.lossValue = state.loss.evaluate(state.scores);
  return 0;
}

/** Moves the scores to where the line was looked at last. Returns the length. */
function moveTo(state: State, found: Found): number {
  [state.trial, state.scores] = [state.scores, state.trial];
  state.lossValue = found.value;
  state.penaltyValue += found.penaltyStep;
  state.target = gapTarget(state);
  return found.length;
}

/**
 * Finds where the derivative along a step is about zero, for `searchLine`. The derivative rises, so a bracket is cut by
 * halving and by the secant in turn.
 */
function searchMinimum(state: State, expected: number, penalty: PenaltyAlong): number {
  let found = lookAlong(state, 1, penalty);
  let [low, high] = [
    { length: 0, steepness: expected },
    { length: Infinity, steepness: NaN },
  ];
  for (let look = 0; look < MOST_CUTS; look++) {
    const steepness = steepnessAt(state, found.length, penalty);
    if (Math.abs(steepness) <= -FLAT * expected) break;
    const { length } = found;
    if (steepness < 0) low = { length, steepness };
    else high = { length, steepness };
    const secant =
      (high.steepness * low.length - low.steepness * high.length) / (high.steepness - low.steepness);
    const middle = (low.length + high.length) / 2;
    const next =
      high.length === Infinity ? 2 * length : look % 2 === 0 && secant > low.length ? secant : middle;
    if (next === length || next < SHORTEST || next > FARTHEST) break;
    found = lookAlong(state, next, penalty);
  }
  if (found.change <= ROUNDING * Math.abs(state.lossValue)) return moveTo(state, found);
  state.lossValue = state.loss.evaluate(state.scores);
  return 0;
}

/** A point on the line of a step: the loss, the change of the penalty, and the change of both together. */
interface Found {
  length: number;
  value: number;
  penaltyStep: number;
  change: number;
}

/** Evaluates the loss at a length, with the scores there in `trial`. */
function lookAlong(
  { loss, lossValue, scores, slope, trial }: State,
  length: number,
  penalty: PenaltyAlong,
): Found {
  for (let i = 0; i < scores.length; i++) trial[i] = scores[i] + length * slope[i];
  const value = loss.evaluate(trial);
  const penaltyStep = penalty.change(length);
  return { length, value, penaltyStep, change: value - lossValue + penaltyStep };
}

/**
 * Goes on from length 1 while the objective is still steep there. The next length is where the derivative would be zero
 * if it changed at the same rate. The slope of a logistic loss changes ever more slowly, so this length lies before the
 * minimum.
 */
function goOn(state: State, expected: number, start: Found, penalty: PenaltyAlong): Found {
  let found = start;
  let [before, steepness] = [{ length: 0, steepness: expected }, steepnessAt(state, start.length, penalty)];
  for (let look = 0; look < MOST_LOOKS && steepness < STEEP * expected; look++) {
    const flattening = (steepness - before.steepness) / (found.length - before.length);
    const further = found.length - steepness / flattening;
    if (!(further <= FURTHEST * found.length)) break;
    const next = lookAlong(state, further, penalty);
    if (!(next.change < found.change)) return lookAlong(state, found.length, penalty);
    before = { length: found.length, steepness };
    found = next;
    steepness = steepnessAt(state, found.length, penalty);
  }
  return found;
}

/** The derivative of the objective along the step, at the length where it was evaluated last. */
function steepnessAt({ loss, slope }: State, length: number, penalty: PenaltyAlong): number {
  const { residuals } = loss;
  return penalty.slope(length) - kernels().dot(slope.length, residuals.byteOffset, slope.byteOffset);
}

/** The sum of the residuals of output k: the negative derivative by its intercept. */
function residualSum({ loss }: State, k: number): number {
  return kernels().sum(loss.rows, loss.residuals.byteOffset + k * loss.rows * 8);
}

/** The intercepts have no penalty. */
const NO_PENALTY: PenaltyAlong = { change: () => 0, slope: () => 0 };

/**
 * Newton's method on the intercepts alone, until the possible gain is far below the target. Where the possible gain is
 * above `most`, the optimum is at least that far, and nothing is done. Returns whether the intercepts are at their
 * optimum.
 */
export function settleIntercepts(state: State, most = Infinity): boolean {
  if (!state.fitIntercept) return true;
  const { rows } = state.loss;
  return scope(() => {
    for (let round = 0; round < 50; round++) {
      const { step, gain } = interceptStep(state);
      if (gain > most) return false;
      if (!(gain > Math.max(1e-3 * state.target, 1e-16 * state.lossValue))) return true;
      step.forEach((change, k) => state.slope.fill(change, k * rows, (k + 1) * rows));
      const length = searchLine(state, -2 * gain, NO_PENALTY);
      if (length === 0) return true;
      step.forEach((change, k) => (state.intercepts[k] += length * change));
    }
    return true;
  });
}

/** Newton's step in the intercepts, and what it promises. */
function interceptStep(state: State): { step: Float64Array; gain: number } {
  const { loss } = state;
  const { outputs, rows } = loss;
  return scope(() => {
    const hessian = float64(outputs * outputs);
    const step = float64(outputs);
    const curvature = float64(rows);
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
    return { step: step.slice(), gain };
  });
}

/**
 * A softmax stays the same if all scores of a sample change by the same number. So intercepts get mean 0 over the
 * classes. Coefficients without a penalty get mean 0, too.
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

function largestSize(values: Float64Array): number {
  let largest = 0;
  for (let j = 0; j < values.length; j++) {
    const size = Math.abs(values[j]);
    if (size > largest) largest = size;
  }
  return largest;
}

/**
 * The duality gap of the problem whose coefficients are `values`, by Fenchel and Young. `correlations` are the
 * products of the problem's columns with the residuals. For dual points share * residuals it is
 *
 *   divergence(share) + sum over the coefficients of  r(w) + r*(share v) - share w v,
 *
 * where r is the penalty and r* its conjugate. With the intercepts at their optimum the residuals of each output add
 * up to 0, as a dual point requires. Without a penalty there is no gap, and the result is NaN.
 */
export function dualityGap(
  { loss, penalty: { l1, l2 } }: State,
  values: Float64Array,
  correlations: Float64Array,
): { gap: number; share: number } {
  if (l1 === 0 && l2 === 0) return { gap: NaN, share: 1 };
  const share = l2 > 0 ? 1 : Math.min(1, l1 / largestSize(correlations));
  let gap = share === 1 ? 0 : loss.divergence(share);
  for (let j = 0; j < values.length; j++) {
    const w = values[j];
    // Without a coefficient, and without an l2 penalty that lets a correlation go beyond l1, there is no gap.
    if (w === 0 && (l2 === 0 || Math.abs(correlations[j]) <= l1)) continue;
    const v = share * correlations[j];
    const beyond = Math.abs(v) - l1;
    const conjugate = l2 > 0 && beyond > 0 ? (beyond * beyond) / (2 * l2) : 0;
    gap += l1 * Math.abs(w) + 0.5 * l2 * w * w + conjugate - w * v;
  }
  return { gap: Math.max(gap, 0), share };
}
