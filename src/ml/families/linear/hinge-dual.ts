/**
 * The dual problem of a linear support vector machine with the hinge loss:
 *
 *   minimize over alpha:  |A^T alpha|^2 / 2 - sum_i alpha_i,  0 <= alpha_i <= c_i,  A = diag(y) X,  w = A^T alpha
 *
 * This file has the point that the two solvers move (interior-point.ts, hinge.ts), and the duality gap at this point.
 */
import { kernels } from '../../../kernels/loader.js';
import { float64 } from '../../../kernels/memory.js';
import { addresses, type Design } from './state.js';

/**
 * The largest gap that is excused as rounding, as a share of the objective. A search with more rounding counts as not
 * converged.
 */
const LARGEST_ROUNDING = 1e-6;

/**
 * All arrays live in kernel memory. Arrays of samples have an even length. Where the number of samples is odd, the
 * last element stands for no sample and costs nothing.
 */
export interface Dual {
  design: Design;
  columns: Uint32Array;
  signs: Float64Array;
  costs: Float64Array;
  /** n: |x_i|^2. */
  squares: Float64Array;
  /** n values in [0, costs]. */
  alpha: Float64Array;
  /** n: costs less alpha. */
  rooms: Float64Array;
  /** p values: A^T alpha. */
  w: Float64Array;
  /** n: A w, plus the shift. */
  margins: Float64Array;
  /** n: by how much a margin stands higher, 1 - p where the loss is max(0, p - a_i . w). Absent where it is 0. */
  shift?: Float64Array;
  /** n: room for vectors with their signs. 0 for samples that cost nothing. */
  signed: Float64Array;
}

/** An array of the samples: of zeros, or of the given values. */
export function perSample({ rows }: Design, values?: ArrayLike<number>): Float64Array {
  const array = float64(rows + (rows % 2));
  if (values) array.set(values);
  return array;
}

export function dualOf(design: Design, signs: Float64Array, costs: Float64Array): Dual {
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

export function partsOf(design: Design): Pick<Dual, 'design' | 'columns' | 'squares' | 'w'> {
  const { rows, columns, x } = design;
  const all = Int32Array.from({ length: columns }, (_, j) => j);
  const squares = new Float64Array(rows);
  for (let at = 0; at < x.length;) {
    for (let i = 0; i < rows; i++, at++) squares[i] += x[at] * x[at];
  }
  return { design, columns: addresses(design, all, false), squares, w: float64(columns) };
}

/** out (p) = X^T v for v (n). */
export function backward({ design, columns }: Dual, v: Float64Array, out: Float64Array): void {
  const [from, to] = [v.byteOffset, out.byteOffset];
  kernels().dotsOfColumns(design.rows, design.columns, columns.byteOffset, from, to);
}

/** out (n) = X d for d (p). */
export function forward({ design, columns }: Dual, d: Float64Array, out: Float64Array): void {
  out.fill(0);
  kernels().addColumns(design.rows, design.columns, columns.byteOffset, d.byteOffset, out.byteOffset);
}

/** w and the margins of alpha. */
export function primalOf(dual: Dual): void {
  const { alpha, signs, signed, w, margins } = dual;
  for (let i = 0; i < alpha.length; i++) signed[i] = signs[i] * alpha[i];
  backward(dual, signed, w);
  forward(dual, w, margins);
  for (let i = 0; i < margins.length; i++) margins[i] = signs[i] * margins[i] + (dual.shift?.[i] ?? 0);
}

/**
 * The objective, and how far it is above the dual objective, for the w and the margins of alpha. The gap is summed
 * term by term, so that little cancels.
 */
export function gapOf({ alpha, costs, margins, rooms, w }: Dual): { gap: number; objective: number } {
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
 * The gap that counts as converged. It is at least as large as the rounding of the gap. w is a sum of alpha_i x_i. So a
 * margin is known up to a rounding of |x_i| times the sum of the sizes of these terms, and each margin costs its price.
 */
export function targetOf(
  { alpha, costs, design, squares }: Dual,
  relative: number,
  objective: number,
): number {
  let [prices, terms] = [0, 0];
  for (let i = 0; i < design.rows; i++) {
    const size = Math.sqrt(squares[i]);
    prices += costs[i] * size;
    terms += alpha[i] * size;
  }
  const rounding = Math.min(4 * Number.EPSILON * prices * terms, LARGEST_ROUNDING * objective);
  return Math.max(relative * objective, rounding);
}
