/**
 * The dual problem of a support vector machine, solved by sequential minimal optimization as libsvm
 * does it (Chang and Lin, "LIBSVM", 2011, sections 4.1 and 4.2): working sets by second-order information, shrinking,
 * and a cache of kernel rows.
 *
 *   min 1/2 a' Q a + p' a   subject to  y' a = 0,  0 <= a_t <= bound_t,   Q_ts = y_t y_s K_ts
 *
 * The inputs are y (+-1), p, bound, the diagonal of K and its rows. The results are a and rho. The margin of a sample x
 * is sum_t a_t y_t K(x_t, x) - rho. The force on a sample is -y_t (Q a + p)_t. a is optimal to within `tolerance` when
 * the largest force on a sample that may go up is less than `tolerance` above the smallest force on a sample that may
 * go down.
 *
 * Samples that lie at a bound and look settled are left out (shrinking). The remaining samples are the active ones.
 * They are copied together, with their parts of the kernel rows. Before the end, the forces on all samples are
 * computed again from the rows of the support vectors, and the optimum is checked on all samples.
 */
import type { Pointer } from '../../../kernels/exports.js';
import { OPTIMAL, ROW_WANTED, SVM_CONTROL } from '../../../kernels/layouts/svm.js';
import { kernels } from '../../../kernels/loader.js';
import { float64, int32, scope } from '../../../kernels/memory.js';
import { allocate, type StructOf } from '../../../kernels/struct.js';
import { type RowCache, claimRow, createCache, resetCache } from './rows.js';
import { padded } from './samples.js';

export interface DualProblem {
  y: Float64Array;
  /** p; absent means -1 each, as for two classes. */
  linear?: Float64Array;
  bound: Float64Array;
  diagonal: Float64Array;
  /** Writes row i of K, in f32, to `out`: as many values as samples, rounded up to a multiple of 4. */
  writeRow(i: number, out: Pointer): void;
}

export interface SolverOptions {
  tolerance: number;
  shrinking: boolean;
  /** Infinity for no limit. */
  maxIterations: number;
  /** Memory for rows of K. */
  cacheBytes: number;
}

export interface Solution {
  alpha: Float64Array;
  rho: number;
  /** The value of the objective. */
  objective: number;
  iterations: number;
  /** How far the largest force exceeds the smallest; below the tolerance where it converged. */
  violation: number;
  converged: boolean;
}

/** The largest number of steps between two attempts at shrinking. */
const STEPS_TOGETHER = 1000;
/** Shrinking copies everything, so it waits until this share of the active samples can go. */
const LEAST_SHRINKAGE = 0.1;

/** The active samples' part of the problem, in the kernels' memory. */
interface Active {
  /** The active samples: `count` places among all samples, ascending. */
  places: Int32Array;
  count: number;
  y: Float64Array;
  bound: Float64Array;
  alpha: Float64Array;
  diagonal: Float64Array;
  force: Float64Array;
  up: Float64Array;
  low: Float64Array;
  control: StructOf<typeof SVM_CONTROL>;
}

interface SolverState {
  problem: DualProblem;
  options: SolverOptions;
  count: number;
  /** The values of all samples. `active` has the newer values of the active samples. */
  alpha: Float64Array;
  force: Float64Array;
  active: Active;
  rows: RowCache;
  activeRows: RowCache;
  /** Where forces are summed up; in the kernels' memory. */
  sums: Float64Array;
  /** Whether all samples have been brought back once, near the optimum. */
  reconsidered: boolean;
}

export function solveDual(problem: DualProblem, options: SolverOptions): Solution {
  return scope(() => {
    const state = begin(problem, options);
    activate(state, everySample(state));
    const converged = run(state);
    return solutionOf(state, converged);
  });
}

function begin(problem: DualProblem, options: SolverOptions): SolverState {
  const count = problem.y.length;
  const length = padded(count);
  const floats = options.cacheBytes / 4 / (options.shrinking ? 2 : 1);
  const active: Active = {
    places: int32(length),
    count: 0,
    y: float64(length),
    bound: float64(length),
    alpha: float64(length),
    diagonal: float64(length),
    force: float64(length),
    up: float64(length),
    low: float64(length),
    control: allocate(SVM_CONTROL, {
      iterations: 0,
      pauseAt: nextPause(options, 0, count),
      tolerance: options.tolerance,
      wanted: 0,
      violation: 0,
      first: -1,
      highest: 0,
    }),
  };
  return {
    problem,
    options,
    count,
    alpha: new Float64Array(count),
    // Where all of a is zero, the force -y (Q a + p) is -y p.
    force: problem.y.map((_, t) => forceAtZero(problem, t)),
    active,
    rows: createCache(count, length, floats),
    activeRows: createCache(count, length, floats),
    sums: float64(length),
    reconsidered: false,
  };
}

/** -y p of a sample, where p is -1 unless it is given. */
function forceAtZero({ y, linear }: DualProblem, t: number): number {
  return linear ? -y[t] * linear[t] : y[t];
}

/** Steps until the optimum (true) or the limit (false). */
function run(state: SolverState): boolean {
  const { active, options, count } = state;
  const { control } = active;
  for (;;) {
    const rows = rowsInUse(state);
    const status = kernels().svmIterate(
      padded(active.count),
      active.y.byteOffset,
      active.bound.byteOffset,
      active.alpha.byteOffset,
      active.diagonal.byteOffset,
      active.force.byteOffset,
      active.up.byteOffset,
      active.low.byteOffset,
      rows.pointers.byteOffset,
      rows.uses.byteOffset,
      control.pointer,
    );
    if (status === ROW_WANTED) {
      provide(state, control.get('wanted'));
    } else if (status === OPTIMAL) {
      if (active.count === count) return true;
      // This is the optimum for the active samples. It may not be the optimum for all.
      reactivate(state);
      control.set('pauseAt', Math.min(control.get('iterations') + 1, options.maxIterations));
    } else if (control.get('iterations') >= options.maxIterations) {
      if (active.count < count) reactivate(state);
      return false;
    } else {
      shrink(state);
      control.set('pauseAt', nextPause(options, control.get('iterations'), count));
    }
  }
}

function nextPause(options: SolverOptions, iterations: number, count: number): number {
  if (!options.shrinking) return options.maxIterations;
  return Math.min(iterations + Math.min(count, STEPS_TOGETHER), options.maxIterations);
}

function everySample({ count }: SolverState): Int32Array {
  const places = new Int32Array(count);
  for (let t = 0; t < count; t++) places[t] = t;
  return places;
}

function rowsInUse(state: SolverState): RowCache {
  return state.active.count === state.count ? state.rows : state.activeRows;
}

/** Puts the row of an active sample where the kernel looks for it. */
function provide(state: SolverState, wanted: number): void {
  const { active, rows, activeRows } = state;
  const time = active.control.get('iterations') + 1;
  // The row of the second sample must not replace that of the first.
  const kept = active.control.get('first');
  if (active.count === state.count) {
    wholeRow(state, wanted, time, kept);
    return;
  }
  const row = rows.pointers[active.places[wanted]] || wholeRow(state, active.places[wanted], time);
  const out = claimRow(activeRows, wanted, time, kept);
  kernels().svmGather(row, active.places.byteOffset, out, padded(active.count));
}

/** The row of K of a sample, with all samples; made if it is not at hand. */
function wholeRow({ problem, rows }: SolverState, i: number, time: number, kept?: number): Pointer {
  const out = claimRow(rows, i, time, kept);
  problem.writeRow(i, out);
  return out;
}

/** Makes the given samples the active ones. */
function activate(state: SolverState, places: Int32Array): void {
  const { active, problem, count } = state;
  const length = padded(places.length);
  active.count = places.length;
  active.places.fill(0);
  active.places.set(places);
  for (let k = 0; k < places.length; k++) {
    const t = places[k];
    active.y[k] = problem.y[t];
    active.bound[k] = problem.bound[t];
    active.diagonal[k] = problem.diagonal[t];
    active.alpha[k] = state.alpha[t];
    active.force[k] = state.force[t];
    const full = state.alpha[t] >= problem.bound[t];
    const empty = state.alpha[t] <= 0;
    active.up[k] = (problem.y[t] > 0 ? full : empty) ? -Infinity : 0;
    active.low[k] = (problem.y[t] > 0 ? empty : full) ? Infinity : 0;
  }
  for (let k = places.length; k < length; k++) {
    active.force[k] = 0;
    active.up[k] = -Infinity;
    active.low[k] = Infinity;
  }
  active.control.set('first', -1);
  if (places.length < count) resetCache(state.activeRows, length);
}

/** Copies the values of the active samples back to those of all samples. */
function collect({ active, alpha, force }: SolverState): void {
  for (let k = 0; k < active.count; k++) {
    alpha[active.places[k]] = active.alpha[k];
    force[active.places[k]] = active.force[k];
  }
}

/** Computes the forces on the samples that were left out, and makes all active. */
function reactivate(state: SolverState): void {
  const { active, alpha, count, force, problem, rows, sums } = state;
  collect(state);
  sums.fill(0);
  for (let s = 0; s < count; s++) {
    if (alpha[s] === 0) continue;
    const row = rows.pointers[s] || wholeRow(state, s, active.control.get('iterations') + 1);
    kernels().svmAddRow(row, alpha[s] * problem.y[s], sums.byteOffset, sums.length);
  }
  const kept = new Uint8Array(count);
  for (let k = 0; k < active.count; k++) kept[active.places[k]] = 1;
  for (let t = 0; t < count; t++) if (kept[t] === 0) force[t] = forceAtZero(problem, t) - sums[t];
  activate(state, everySample(state));
}

/** Leaves out the samples at a bound whose force says that they will stay there (libsvm's Solver::do_shrinking). */
function shrink(state: SolverState): void {
  const { active, count, options } = state;
  if (!state.reconsidered && active.control.get('violation') <= 10 * options.tolerance) {
    state.reconsidered = true;
    if (active.count < count) reactivate(state);
  }
  let highest = -Infinity;
  let lowest = Infinity;
  for (let k = 0; k < active.count; k++) {
    if (active.up[k] === 0 && active.force[k] > highest) highest = active.force[k];
    if (active.low[k] === 0 && active.force[k] < lowest) lowest = active.force[k];
  }
  const remaining = new Int32Array(active.count);
  let left = 0;
  for (let k = 0; k < active.count; k++) {
    const settled =
      (active.up[k] !== 0 && active.force[k] > highest) || (active.low[k] !== 0 && active.force[k] < lowest);
    if (!settled) remaining[left++] = active.places[k];
  }
  if (left > (1 - LEAST_SHRINKAGE) * active.count) return;
  collect(state);
  activate(state, remaining.subarray(0, left));
}

function solutionOf(state: SolverState, converged: boolean): Solution {
  const { active, alpha, force, problem } = state;
  collect(state);
  let objective = 0;
  for (let t = 0; t < alpha.length; t++)
    objective += 0.5 * alpha[t] * (-problem.y[t] * force[t] + (problem.linear?.[t] ?? -1));
  return {
    alpha,
    rho: rhoOf(state),
    objective,
    iterations: active.control.get('iterations'),
    violation: active.control.get('violation'),
    converged,
  };
}

/**
 * Minus the mean force on the samples between their bounds. Without these samples, the middle of the possible values.
 */
function rhoOf({ alpha, force, problem }: SolverState): number {
  const { y, bound } = problem;
  let [upper, lower, sum, free] = [Infinity, -Infinity, 0, 0];
  for (let t = 0; t < alpha.length; t++) {
    const value = -force[t];
    const full = alpha[t] >= bound[t];
    if (!full && alpha[t] > 0) {
      sum += value;
      free++;
    } else if (full === y[t] < 0) {
      upper = Math.min(upper, value);
    } else {
      lower = Math.max(lower, value);
    }
  }
  return free > 0 ? sum / free : (upper + lower) / 2;
}
