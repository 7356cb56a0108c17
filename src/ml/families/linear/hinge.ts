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
import type { Rng } from '../../../base/rng.js';
import { GRAM_SCRATCH } from '../../../kernels/layouts/gram.js';
import { kernels } from '../../../kernels/loader.js';
import { float64, hold, scope, unsetFloat64 } from '../../../kernels/memory.js';
import { samplesOf } from './solve.js';
import { addresses, type Design } from './state.js';

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
/** From here on T is so far below A A^T, sample by sample, that what rounds A w is more than T a. */
const FREE = 1e5;
/** Rounding that is more than this share of the objective is told. */
const LARGEST_ROUNDING = 1e-6;
/** Steps without a smaller gap after which rounding is all that is left. */
const PATIENCE = 20;
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
    return { v: dual.w.slice(), gap, target: targetOf(dual, relative, objective), iterations };
  });
}

/**
 * All arrays are in kernel memory. Those of samples have an even length: an odd number gets one that costs nothing.
 */
interface Dual {
  design: Design;
  columns: Uint32Array;
  signs: Float64Array;
  costs: Float64Array;
  /** n: |x_i|^2. */
  squares: Float64Array;
  /** n values in [0, costs], and what they are below the costs. */
  alpha: Float64Array;
  rooms: Float64Array;
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
    rooms: perSample(design, costs),
    margins: perSample(design),
    signed: perSample(design),
  };
}

function partsOf(design: Design): Pick<Dual, 'design' | 'columns' | 'squares' | 'w'> {
  const { rows, columns, x } = design;
  const all = Int32Array.from({ length: columns }, (_, j) => j);
  const squares = new Float64Array(rows);
  for (let at = 0; at < x.length;) {
    for (let i = 0; i < rows; i++, at++) squares[i] += x[at] * x[at];
  }
  return { design, columns: addresses(design, all, false), squares, w: float64(columns) };
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
function gapOf({ alpha, costs, margins, rooms, w }: Dual): { gap: number; objective: number } {
  let gap = 0;
  let objective = 0;
  for (const value of w) objective += 0.5 * value * value;
  for (let i = 0; i < alpha.length; i++) {
    const lack = 1 - margins[i];
    gap += lack > 0 ? rooms[i] * lack : -alpha[i] * lack;
    objective += lack > 0 ? costs[i] * lack : 0;
  }
  return { gap, objective };
}

/**
 * The gap that counts as converged: no less than what rounding makes of it. w is a sum of alpha_i x_i, so a margin is known
 * up to a rounding of |x_i| times the sum of their sizes, and each costs its price.
 */
function targetOf({ alpha, costs, design, squares }: Dual, relative: number, objective: number): number {
  let [prices, terms] = [0, 0];
  for (let i = 0; i < design.rows; i++) {
    const size = Math.sqrt(squares[i]);
    prices += costs[i] * size;
    terms += alpha[i] * size;
  }
  const rounding = Math.min(4 * Number.EPSILON * prices * terms, LARGEST_ROUNDING * objective);
  return Math.max(relative * objective, rounding);
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

function interiorOf(dual: Dual): Interior {
  const { costs, design, w } = dual;
  const ones = costs.map(cost => (cost > 0 ? 1 : 0));
  begin(dual);
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

/** Puts alpha inside of its bounds, no further than to where the margins would be about 1. */
function begin(dual: Dual): void {
  const { alpha, costs, design, rooms } = dual;
  const { rows, columns, x } = design;
  const square = kernels().dot(rows * columns, x.byteOffset, x.byteOffset) / rows;
  for (let i = 0; i < alpha.length; i++) {
    alpha[i] = Math.min(costs[i] / 2, 1 / square);
    rooms[i] = costs[i] - alpha[i];
  }
}

/** Moves alpha to the optimum, from the middle of its bounds. Returns the number of steps. */
function interiorPoint(dual: Dual, relative: number, most: number): number {
  const state = interiorOf(dual);
  const best = { gap: Infinity, step: 0, alpha: dual.alpha.slice(), rooms: dual.rooms.slice() };
  for (let step = 0; ; step++) {
    primalOf(dual);
    const { gap, objective } = gapOf(dual);
    if (gap < best.gap) {
      Object.assign(best, { gap, step, alpha: dual.alpha.slice(), rooms: dual.rooms.slice() });
    }
    const isEnd = gap <= targetOf(dual, relative, objective) || step >= most || step > best.step + PATIENCE;
    if (isEnd || !scope(() => newtonStep(dual, state))) {
      dual.alpha.set(best.alpha);
      dual.rooms.set(best.rooms);
      return step;
    }
  }
}

/** One predictor and corrector. Returns whether the point moved. */
function newtonStep(dual: Dual, state: Interior): boolean {
  const { alpha, design, rooms } = dual;
  const { z, u, inverse, lower, upper, a, dz, du } = state;
  const n = design.rows;
  const { interiorCorrect, interiorProducts, interiorWeights } = kernels();
  const point = [alpha.byteOffset, rooms.byteOffset, z.byteOffset, u.byteOffset] as const;
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
  const system = systemOf(dual, inverse);
  const ratio = interiorProducts(n, ...point, ...step, direction(dual, state, system)) / before;
  const mu = (ratio * ratio * ratio * before) / state.products;
  interiorCorrect(n, mu, ...step, lower.byteOffset, upper.byteOffset);
  const length = Math.min(1, TO_BOUNDARY * direction(dual, state, system));
  if (!(length > 1e-12)) return false;
  for (const [share, change, values] of [
    [length, a, alpha],
    [-length, a, rooms],
    [length, dz, z],
    [length, du, u],
  ] as const) {
    kernels().axpy(n, share, change.byteOffset, values.byteOffset);
  }
  return true;
}

/**
 * What solves (A A^T + T) a = r. To find a from w = A^T a, as T^-1 (r - A w), is to lose what digits T is below A A^T: so
 * it is for the samples in `free`, which are about to stand between their bounds, where T ends at 0. They are solved for
 * themselves, after the others are eliminated:
 *
 *   M = I + A_o^T T_o^-1 A_o,   (A_f M^-1 A_f^T + T_f) a_f = r_f - A_f M^-1 A_o^T T_o^-1 r_o.
 */
interface System {
  /** The Cholesky factor of M. */
  factor: Float64Array;
  free: Int32Array;
  /** By free sample: its row of A, and that of A_f M^-1. */
  rows: Float64Array;
  solved: Float64Array;
  /** The Cholesky factor of A_f M^-1 A_f^T + T_f. */
  inner: Float64Array;
}

/** Takes the free samples' elements of T^-1 out of `inverse`. */
function systemOf(dual: Dual, inverse: Float64Array): System {
  const { columns, design } = dual;
  const size = design.columns;
  const free = freeOf(dual, inverse);
  const count = free.length;
  const diagonal = Float64Array.from(free, i => 1 / inverse[i]);
  for (const i of free) inverse[i] = 0;
  const factor = unsetFloat64(size * size);
  const scratch = unsetFloat64(GRAM_SCRATCH * size);
  const [weights, to] = [inverse.byteOffset, factor.byteOffset];
  kernels().weightedGram(design.rows, size, columns.byteOffset, weights, scratch.byteOffset, to, size);
  for (let j = 0; j < size; j++) factor[j * size + j] += 1;
  kernels().choleskyFactor(size, to, 0);
  const rows = rowsOf(dual, free);
  const solved = hold(rows.slice());
  const inner = unsetFloat64(count * count);
  for (let f = 0; f < count; f++) {
    kernels().choleskySolve(size, to, solved.byteOffset + 8 * f * size);
    const [own, out] = [solved.byteOffset + 8 * f * size, inner.byteOffset + 8 * f * count];
    kernels().transposedProduct(size, f + 1, rows.byteOffset, own, out);
    inner[f * count + f] += diagonal[f];
  }
  kernels().choleskyFactor(count, inner.byteOffset, 0);
  return { factor, free, rows, solved, inner };
}

/** The samples whose elements of T are far below those of A A^T; no more than there are features, those of the smallest. */
function freeOf({ design, squares }: Dual, inverse: Float64Array): Int32Array {
  const far: number[] = [];
  for (let i = 0; i < design.rows; i++) if (inverse[i] * squares[i] > FREE) far.push(i);
  if (far.length <= design.columns) return Int32Array.from(far);
  const sorted = far.sort((i, j) => inverse[j] * squares[j] - inverse[i] * squares[i] || i - j);
  return Int32Array.from(sorted.slice(0, design.columns)).sort();
}

/** The rows of A of the samples, one after the other. */
function rowsOf({ design, signs }: Dual, samples: Int32Array): Float64Array {
  const { rows, columns, x } = design;
  const out = unsetFloat64(samples.length * columns);
  for (let j = 0; j < columns; j++) {
    samples.forEach((i, f) => (out[f * columns + j] = signs[i] * x[j * rows + i]));
  }
  return out;
}

/** a of the free samples, and dw with their part in it; dw comes as M^-1 A_o^T T_o^-1 r_o. */
function solveFree({ a, dw, right }: Interior, { free, inner, rows, solved }: System): void {
  const size = dw.length;
  const own = unsetFloat64(free.length);
  kernels().transposedProduct(size, free.length, rows.byteOffset, dw.byteOffset, own.byteOffset);
  free.forEach((i, f) => (own[f] = right[i] - own[f]));
  kernels().choleskySolve(free.length, inner.byteOffset, own.byteOffset);
  kernels().addProduct(size, free.length, solved.byteOffset, own.byteOffset, dw.byteOffset);
  free.forEach((i, f) => (a[i] = own[f]));
}

/** Writes the Newton direction for the targets in the state; returns the longest step that stays inside of the bounds. */
function direction(dual: Dual, state: Interior, system: System): number {
  const { design, margins, signed, signs } = dual;
  const { a, along, dw } = state;
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
  kernels().choleskySolve(design.columns, system.factor.byteOffset, dw.byteOffset);
  a.fill(0);
  solveFree(state, system);
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
    a.byteOffset,
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
  const { alpha, costs, design, rooms, signs, w } = dual;
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
    const { gap, objective } = gapOf(dual);
    if (gap <= targetOf(dual, relative, objective) || sweeps >= most) return sweeps;
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
    for (let i = 0; i < alpha.length; i++) rooms[i] = costs[i] - alpha[i];
  }
}
