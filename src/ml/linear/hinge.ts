/**
 * The linear support vector machine with the hinge loss, by its dual:
 *
 *   minimize over w:      |w|^2 / 2 + sum_i c_i max(0, 1 - y_i x_i . w)
 *   minimize over alpha:  |A^T alpha|^2 / 2 - sum_i alpha_i,  0 <= alpha_i <= c_i,  A = diag(y) X,  w = A^T alpha
 *
 * by a primal-dual interior point with Mehrotra's predictor and corrector (Ferris and Munson, "Interior-point methods for
 * massive support vector machines", 2002): with multipliers z of 0 <= alpha and u of alpha <= c,
 *
 *   A A^T alpha - 1 - z + u = 0,   z_i alpha_i = mu,   u_i (c_i - alpha_i) = mu,   mu -> 0.
 *
 * A Newton step needs the solution of (A A^T + T) d = r with a diagonal T, which is one of the size of w:
 * (I + X^T T^-1 X) A^T d = A^T T^-1 r. Wide problems take the rows of a Cholesky factor of X X^T for samples (solve.ts).
 * Where both samples and features are many: dual coordinate descent.
 */
import type { Rng } from '../../base/rng.js';
import { kernels } from '../../kernels/loader.js';
import { float64, hold, scope } from '../../kernels/memory.js';
import { DEPENDENT } from './quadratic.js';
import { samplesOf } from './solve.js';
import { addresses, GRAM_SCRATCH, type Design } from './state.js';

export interface HingeFit {
  /** p values, outside of kernel memory. */
  v: Float64Array;
  gap: number;
  /** The gap that was asked for. */
  target: number;
  iterations: number;
}

/** Up to this many features (or samples, if fewer) the interior point is the faster way. */
const LARGEST_INTERIOR = 700;
/** A step goes this share of the way to the boundary. */
const TO_BOUNDARY = 0.995;
/** Interior points need few steps or do not get there at all. */
const LARGEST_STEPS = 200;

/** Minimizes until the duality gap is at most `relative` times the objective, in at most `most` iterations. */
export function minimizeHinge(
  design: Design,
  signs: Float64Array,
  costs: Float64Array,
  relative: number,
  most: number,
  rng: Rng,
  largestInterior = LARGEST_INTERIOR,
): HingeFit {
  const wide = design.columns > design.rows;
  return scope(() => {
    const dual = dualOf(design, signs, costs);
    let iterations = 0;
    if (Math.min(design.rows, design.columns) <= largestInterior) {
      const compact = wide ? samplesOf(design)?.design : undefined;
      const inner = compact ? { ...dual, ...partsOf(compact) } : dual;
      iterations = scope(() => interiorPoint(inner, relative, Math.min(most, LARGEST_STEPS)));
    } else {
      iterations = coordinateDescent(dual, relative, most, rng);
    }
    primalOf(dual);
    const { gap, objective } = gapOf(dual);
    return { v: dual.w.slice(), gap, target: relative * objective, iterations };
  });
}

/** All arrays live in kernel memory. */
interface Dual {
  design: Design;
  columns: Uint32Array;
  signs: Float64Array;
  costs: Float64Array;
  /** n values in [0, costs]. */
  alpha: Float64Array;
  /** p values: A^T alpha. */
  w: Float64Array;
  /** n: A w. */
  margins: Float64Array;
  /** n: where vectors get their signs. 0 for samples that cost nothing. */
  signed: Float64Array;
}

function dualOf(design: Design, signs: Float64Array, costs: Float64Array): Dual {
  return {
    ...partsOf(design),
    signs: hold(signs),
    costs: hold(costs),
    alpha: float64(design.rows),
    margins: float64(design.rows),
    signed: float64(design.rows),
  };
}

function partsOf(design: Design): Pick<Dual, 'design' | 'columns' | 'w'> {
  const all = Int32Array.from({ length: design.columns }, (_, j) => j);
  return { design, columns: addresses(design, all, false), w: float64(design.columns) };
}

/** out (p) = X^T v for v (n). */
function backward({ design, columns }: Dual, v: Float64Array, out: Float64Array): void {
  const [from, to] = [v.byteOffset, out.byteOffset];
  kernels().dotsOfColumns(design.rows, design.columns, columns.byteOffset, from, to);
}

/** out (n) = A d for d (p). */
function forward({ design, columns, signs }: Dual, d: Float64Array, out: Float64Array): void {
  out.fill(0);
  kernels().addColumns(design.rows, design.columns, columns.byteOffset, d.byteOffset, out.byteOffset);
  for (let i = 0; i < out.length; i++) out[i] *= signs[i];
}

/** w and the margins of alpha. */
function primalOf(dual: Dual): void {
  const { alpha, signs, signed, w, margins } = dual;
  for (let i = 0; i < alpha.length; i++) signed[i] = signs[i] * alpha[i];
  backward(dual, signed, w);
  forward(dual, w, margins);
}

/** The objective, and what it is above the dual one, for w and margins of alpha; term by term so that little cancels. */
function gapOf({ alpha, costs, margins, w }: Dual): { gap: number; objective: number } {
  let gap = 0;
  let objective = 0;
  for (const value of w) objective += 0.5 * value * value;
  for (let i = 0; i < alpha.length; i++) {
    const lack = 1 - margins[i];
    gap += lack > 0 ? (costs[i] - alpha[i]) * lack : -alpha[i] * lack;
    objective += lack > 0 ? costs[i] * lack : 0;
  }
  return { gap, objective };
}

function converged(dual: Dual, relative: number): boolean {
  const { gap, objective } = gapOf(dual);
  return gap <= relative * objective;
}

/** The multipliers of the bounds, and the right-hand sides and the result of a Newton step; n values each. */
interface Interior {
  z: Float64Array;
  u: Float64Array;
  /** The diagonal of T^-1; 0 for samples that cost nothing. */
  inverse: Float64Array;
  /** What z alpha and u (c - alpha) are to become, less what they are. */
  lower: Float64Array;
  upper: Float64Array;
  step: Float64Array;
}

/** Moves alpha to the optimum, from the middle of its bounds. Returns the number of steps. */
function interiorPoint(dual: Dual, relative: number, most: number): number {
  const { alpha, costs, design } = dual;
  const make = (value: number): Float64Array => float64(design.rows).fill(value);
  const state: Interior = {
    z: make(1),
    u: make(1),
    inverse: make(0),
    lower: make(0),
    upper: make(0),
    step: make(0),
  };
  for (let i = 0; i < alpha.length; i++) alpha[i] = costs[i] / 2;
  for (let steps = 0; ; steps++) {
    primalOf(dual);
    if (converged(dual, relative) || steps >= most) return steps;
    if (!scope(() => newtonStep(dual, state))) return steps;
  }
}

/** The mean of z alpha and u (c - alpha), after a step of the given lengths if there is one. */
function meanProduct({ alpha, costs }: Dual, { z, u }: Interior, steps?: Steps): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < alpha.length; i++) {
    if (costs[i] === 0) continue;
    const a = alpha[i] + (steps ? steps.length * steps.a[i] : 0);
    const below = z[i] + (steps ? steps.length * steps.z[i] : 0);
    const above = u[i] + (steps ? steps.length * steps.u[i] : 0);
    sum += below * a + above * (costs[i] - a);
    count += 2;
  }
  return sum / count;
}

/** Directions of alpha, z and u, and how far they may be gone. */
interface Steps {
  a: Float64Array;
  z: Float64Array;
  u: Float64Array;
  length: number;
}

/** One predictor and corrector. Returns whether the point moved. */
function newtonStep(dual: Dual, state: Interior): boolean {
  const { alpha, costs, design } = dual;
  const { z, u, inverse, lower, upper } = state;
  const size = design.columns;
  for (let i = 0; i < alpha.length; i++) {
    inverse[i] = costs[i] > 0 ? 1 / (z[i] / alpha[i] + u[i] / (costs[i] - alpha[i])) : 0;
    lower[i] = -z[i] * alpha[i];
    upper[i] = -u[i] * (costs[i] - alpha[i]);
  }
  const factor = float64(size * size);
  const scratch = float64(GRAM_SCRATCH * size);
  const [columns, weights, to] = [dual.columns.byteOffset, inverse.byteOffset, factor.byteOffset];
  kernels().weightedGram(design.rows, size, columns, weights, scratch.byteOffset, to, size);
  for (let j = 0; j < size; j++) factor[j * size + j] += 1;
  kernels().choleskyFactor(size, to, DEPENDENT);
  const before = meanProduct(dual, state);
  const predicted = direction(dual, state, factor);
  const ratio = meanProduct(dual, state, predicted) / before;
  const mu = ratio * ratio * ratio * before;
  for (let i = 0; i < alpha.length; i++) {
    lower[i] += mu - predicted.a[i] * predicted.z[i];
    upper[i] += mu + predicted.a[i] * predicted.u[i];
  }
  const corrected = direction(dual, state, factor);
  const length = Math.min(1, TO_BOUNDARY * corrected.length);
  if (!(length > 1e-12)) return false;
  for (let i = 0; i < alpha.length; i++) {
    if (costs[i] === 0) continue;
    alpha[i] += length * corrected.a[i];
    z[i] += length * corrected.z[i];
    u[i] += length * corrected.u[i];
  }
  return true;
}

/** The Newton direction for the right-hand sides in the state, and the longest step that stays inside. */
function direction(dual: Dual, { z, u, inverse, lower, upper }: Interior, factor: Float64Array): Steps {
  const { alpha, costs, design, margins, signed, signs } = dual;
  const [right, d, along] = [float64(design.rows), float64(design.columns), float64(design.rows)];
  for (let i = 0; i < right.length; i++) {
    if (costs[i] === 0) continue;
    const residual = margins[i] - 1 - z[i] + u[i];
    right[i] = -residual + lower[i] / alpha[i] - upper[i] / (costs[i] - alpha[i]);
    signed[i] = signs[i] * inverse[i] * right[i];
  }
  backward(dual, signed, d);
  kernels().choleskySolve(design.columns, factor.byteOffset, d.byteOffset);
  forward(dual, d, along);
  const [a, dz, du] = [float64(design.rows), float64(design.rows), float64(design.rows)];
  let length = 1 / TO_BOUNDARY;
  for (let i = 0; i < a.length; i++) {
    if (costs[i] === 0) continue;
    a[i] = inverse[i] * (right[i] - along[i]);
    dz[i] = (lower[i] - z[i] * a[i]) / alpha[i];
    du[i] = (upper[i] + u[i] * a[i]) / (costs[i] - alpha[i]);
    if (a[i] < 0) length = Math.min(length, -alpha[i] / a[i]);
    if (a[i] > 0) length = Math.min(length, (costs[i] - alpha[i]) / a[i]);
    if (dz[i] < 0) length = Math.min(length, -z[i] / dz[i]);
    if (du[i] < 0) length = Math.min(length, -u[i] / du[i]);
  }
  return { a, z: dz, u: du, length };
}

/** Sweeps between two looks at the gap. */
const SWEEPS_A_LOOK = 10;

/** Moves alpha towards the optimum by dual coordinate descent. Returns the number of sweeps. */
function coordinateDescent(dual: Dual, relative: number, most: number, rng: Rng): number {
  const { alpha, costs, design, signs, w } = dual;
  const { rows: samples, columns: features, x } = design;
  const rows = float64(samples * features);
  for (let j = 0; j < features; j++) {
    for (let i = 0; i < samples; i++) rows[i * features + j] = x[j * samples + i];
  }
  const squares = float64(samples);
  for (let i = 0; i < samples; i++) {
    const row = rows.byteOffset + i * features * 8;
    squares[i] = kernels().dot(features, row, row);
  }
  const order = hold(Int32Array.from({ length: samples }, (_, i) => i));
  for (let sweeps = 0; ;) {
    primalOf(dual);
    if (converged(dual, relative) || sweeps >= most) return sweeps;
    for (let k = 0; k < SWEEPS_A_LOOK && sweeps < most; k++, sweeps++) {
      rng.shuffle(order);
      kernels().descendHingeDual(
        samples,
        features,
        order.byteOffset,
        rows.byteOffset,
        signs.byteOffset,
        squares.byteOffset,
        costs.byteOffset,
        alpha.byteOffset,
        w.byteOffset,
      );
    }
  }
}
