/**
 * The dual of the hinge loss by a primal-dual interior point with Mehrotra's predictor and corrector (Ferris and
 * Munson, "Interior-point methods for massive support vector machines", 2002). With multipliers z of 0 <= alpha and u
 * of alpha <= c, it follows
 *
 *   A A^T alpha - 1 - z + u = 0,   z_i alpha_i = mu,   u_i (c_i - alpha_i) = mu,   mu -> 0.
 *
 * A Newton step solves (A A^T + T) d = r with a diagonal T. That is a system of the size of w: (I + X^T T^-1 X) A^T d
 * = A^T T^-1 r.
 */
import { GRAM_SCRATCH } from '../../../kernels/layouts/gram.js';
import { kernels } from '../../../kernels/loader.js';
import { float64, hold, scope, unsetFloat64 } from '../../../kernels/memory.js';
import { backward, type Dual, forward, gapOf, perSample, primalOf, targetOf } from './hinge-dual.js';

/** The largest number of steps that are worth while. An interior point converges in few steps or not at all. */
export const LARGEST_STEPS = 200;
/** A step goes this share of the way to the boundary. */
const TO_BOUNDARY = 0.995;
/** A sample is free where A A^T is this many times T. There the rounding of A w is larger than T a. */
const FREE = 1e5;
/** The search ends after this number of steps without a smaller gap, because only rounding is left. */
const PATIENCE = 20;

/** The parts of a Newton step: n values each, named as in kernels/assembly/interior.ts. */
interface Interior {
  /** How many products z alpha and u (c - alpha) there are. */
  products: number;
  z: Float64Array;
  u: Float64Array;
  toLow: Float64Array;
  toHigh: Float64Array;
  /** The diagonal of T^-1. */
  inverse: Float64Array;
  /** The targets of z alpha and u (c - alpha), less their present values. */
  lower: Float64Array;
  upper: Float64Array;
  right: Float64Array;
  /** The direction of alpha, z and u, and the change of the margins and of w along it. */
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

/** Puts alpha inside its bounds, but no further than to where the margins would be about 1. */
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
export function interiorPoint(dual: Dual, relative: number, most: number): number {
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
 * A solver of (A A^T + T) a = r. The sum T^-1 (r - A w) with w = A^T a gives a, but loses the digits by which T is
 * below A A^T. So it is not used for the samples in `free`, which are about to stand between their bounds, where T
 * ends at 0. The other samples are eliminated, and the free ones are solved for by themselves:
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
  const rows = signedRows(dual, free);
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

/**
 * The samples whose elements of T are far below those of A A^T. They are at most as many as the features; then those
 * with the smallest elements are taken.
 */
function freeOf({ design, squares }: Dual, inverse: Float64Array): Int32Array {
  const far: number[] = [];
  for (let i = 0; i < design.rows; i++) if (inverse[i] * squares[i] > FREE) far.push(i);
  if (far.length <= design.columns) return Int32Array.from(far);
  const sorted = far.sort((i, j) => inverse[j] * squares[j] - inverse[i] * squares[i] || i - j);
  return Int32Array.from(sorted.slice(0, design.columns)).sort();
}

/** The rows of A of the samples, one after the other. */
function signedRows({ design, signs }: Dual, samples: Int32Array): Float64Array {
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

/**
 * Writes the Newton direction for the targets in the state. Returns the length of the longest step that stays inside
 * the bounds.
 */
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
