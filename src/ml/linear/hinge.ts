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
import { float64, hold, scope, unsetFloat64 } from '../../kernels/memory.js';
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

/**
 * All arrays live in kernel memory. Those of samples have an even length; where the number of samples is odd, the last of
 * them stands for none and costs nothing.
 */
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

/** An array of the samples: of zeros, or of the given values. */
function perSample({ rows }: Design, values?: ArrayLike<number>): Float64Array {
  const array = float64(rows + (rows % 2));
  if (values) array.set(values);
  return array;
}

function dualOf(design: Design, signs: Float64Array, costs: Float64Array): Dual {
  return {
    ...partsOf(design),
    signs: perSample(design, signs),
    costs: perSample(design, costs),
    alpha: perSample(design),
    margins: perSample(design),
    signed: perSample(design),
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

/** out (n) = X d for d (p). */
function forward({ design, columns }: Dual, d: Float64Array, out: Float64Array): void {
  out.fill(0);
  kernels().addColumns(design.rows, design.columns, columns.byteOffset, d.byteOffset, out.byteOffset);
}

/** w and the margins of alpha. */
function primalOf(dual: Dual): void {
  const { alpha, signs, signed, w, margins } = dual;
  for (let i = 0; i < alpha.length; i++) signed[i] = signs[i] * alpha[i];
  backward(dual, signed, w);
  forward(dual, w, margins);
  for (let i = 0; i < margins.length; i++) margins[i] *= signs[i];
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

/** What a Newton step is made of; n values each, in the words of kernels/assembly/interior.ts. */
interface Interior {
  /** How many products z alpha and u (c - alpha) there are. */
  products: number;
  z: Float64Array;
  u: Float64Array;
  toLow: Float64Array;
  toHigh: Float64Array;
  /** The diagonal of T^-1. */
  inverse: Float64Array;
  /** What z alpha and u (c - alpha) are to become, less what they are. */
  lower: Float64Array;
  upper: Float64Array;
  right: Float64Array;
  /** The direction of alpha, z and u, and what it is made of: how margins and w change along it. */
  a: Float64Array;
  dz: Float64Array;
  du: Float64Array;
  along: Float64Array;
  /** p values. */
  dw: Float64Array;
}

function interiorOf({ alpha, costs, design, w }: Dual): Interior {
  const ones = costs.map(cost => (cost > 0 ? 1 : 0));
  for (let i = 0; i < alpha.length; i++) alpha[i] = costs[i] / 2;
  const make = (): Float64Array => perSample(design);
  return {
    products: 2 * ones.reduce((sum, one) => sum + one, 0),
    z: perSample(design, ones),
    u: perSample(design, ones),
    toLow: make(),
    toHigh: make(),
    inverse: make(),
    lower: make(),
    upper: make(),
    right: make(),
    a: make(),
    dz: make(),
    du: make(),
    along: make(),
    dw: float64(w.length),
  };
}

/** Moves alpha to the optimum, from the middle of its bounds. Returns the number of steps. */
function interiorPoint(dual: Dual, relative: number, most: number): number {
  const state = interiorOf(dual);
  for (let steps = 0; ; steps++) {
    primalOf(dual);
    if (converged(dual, relative) || steps >= most) return steps;
    if (!scope(() => newtonStep(dual, state))) return steps;
  }
}

/** One predictor and corrector. Returns whether the point moved. */
function newtonStep(dual: Dual, state: Interior): boolean {
  const { alpha, costs, design } = dual;
  const { z, u, inverse, lower, upper, a, dz, du } = state;
  const n = design.rows;
  const { interiorCorrect, interiorProducts, interiorWeights } = kernels();
  const point = [costs.byteOffset, alpha.byteOffset, z.byteOffset, u.byteOffset] as const;
  const step = [a.byteOffset, dz.byteOffset, du.byteOffset] as const;
  const before = interiorWeights(
    n,
    ...point,
    state.toLow.byteOffset,
    state.toHigh.byteOffset,
    inverse.byteOffset,
    lower.byteOffset,
    upper.byteOffset,
  );
  const factor = factorOf(dual, inverse);
  const ratio = interiorProducts(n, ...point, ...step, direction(dual, state, factor)) / before;
  const mu = (ratio * ratio * ratio * before) / state.products;
  interiorCorrect(n, mu, ...step, lower.byteOffset, upper.byteOffset);
  const length = Math.min(1, TO_BOUNDARY * direction(dual, state, factor));
  if (!(length > 1e-12)) return false;
  for (const [change, values] of [
    [a, alpha],
    [dz, z],
    [du, u],
  ]) {
    kernels().axpy(n, length, change.byteOffset, values.byteOffset);
  }
  return true;
}

/** The Cholesky factor of I + X^T T^-1 X. */
function factorOf({ columns, design }: Dual, inverse: Float64Array): Float64Array {
  const size = design.columns;
  const factor = unsetFloat64(size * size);
  const scratch = unsetFloat64(GRAM_SCRATCH * size);
  const [weights, to] = [inverse.byteOffset, factor.byteOffset];
  kernels().weightedGram(design.rows, size, columns.byteOffset, weights, scratch.byteOffset, to, size);
  for (let j = 0; j < size; j++) factor[j * size + j] += 1;
  kernels().choleskyFactor(size, to, DEPENDENT);
  return factor;
}

/** Writes the Newton direction for the targets in the state; returns the longest step that stays inside of the bounds. */
function direction(dual: Dual, state: Interior, factor: Float64Array): number {
  const { design, margins, signed, signs } = dual;
  const { along, dw } = state;
  const [low, high] = [state.toLow.byteOffset, state.toHigh.byteOffset];
  const [z, u, inverse] = [state.z.byteOffset, state.u.byteOffset, state.inverse.byteOffset];
  const [lower, upper, right] = [state.lower.byteOffset, state.upper.byteOffset, state.right.byteOffset];
  const { interiorDirection, interiorRight } = kernels();
  interiorRight(
    design.rows,
    signs.byteOffset,
    margins.byteOffset,
    z,
    u,
    low,
    high,
    inverse,
    lower,
    upper,
    right,
    signed.byteOffset,
  );
  backward(dual, signed, dw);
  kernels().choleskySolve(design.columns, factor.byteOffset, dw.byteOffset);
  forward(dual, dw, along);
  const bound = interiorDirection(
    design.rows,
    signs.byteOffset,
    z,
    u,
    low,
    high,
    inverse,
    lower,
    upper,
    right,
    along.byteOffset,
    state.a.byteOffset,
    state.dz.byteOffset,
    state.du.byteOffset,
    TO_BOUNDARY,
  );
  return 1 / bound;
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
