import { axpy, weightedDot } from './vector.js';

/** The plain form of assembly/coordinate-descent.ts: the same steps and sums in the same order. */

function shrink(target: number, l1: number, least: number, h: number): number {
  if (target > l1) return (target - l1) / h;
  if (target < -l1) return Math.max(least, (target + l1) / h);
  return 0;
}

/** Coordinate descent with the Hessian (size x size, row-major). Updates `gradient` and `v`. */
export function descendByHessian(
  hessian: Float64Array,
  gradient: Float64Array,
  v: Float64Array,
  l1: Float64Array,
  least: number,
  sweeps: number,
  tolerance: number,
): number {
  const size = v.length;
  let largest = 0;
  for (let sweep = 0; sweep < sweeps; sweep++) {
    largest = 0;
    for (let j = 0; j < size; j++) {
      const h = hessian[j * size + j];
      if (!(h > 0)) continue;
      const value = shrink(h * v[j] - gradient[j], l1[j], least, h);
      const change = value - v[j];
      if (change === 0) continue;
      v[j] = value;
      axpy(change, hessian.subarray(j * size, (j + 1) * size), gradient);
      largest = Math.max(largest, h * change * change);
    }
    if (largest <= tolerance) break;
  }
  return largest;
}

/** Coordinate descent with the columns that make the Hessian. Updates `v` and `moved`. */
export function descendByColumns(
  columns: Float64Array[],
  weights: Float64Array,
  diagonal: Float64Array,
  l1: Float64Array,
  l2: Float64Array,
  start: Float64Array,
  v0: Float64Array,
  v: Float64Array,
  moved: Float64Array,
  least: number,
  sweeps: number,
  tolerance: number,
): number {
  let largest = 0;
  for (let sweep = 0; sweep < sweeps; sweep++) {
    largest = 0;
    for (let j = 0; j < v.length; j++) {
      const h = diagonal[j];
      if (!(h > 0)) continue;
      const gradient = start[j] + weightedDot(weights, columns[j], moved) + l2[j] * (v[j] - v0[j]);
      const value = shrink(h * v[j] - gradient, l1[j], least, h);
      const change = value - v[j];
      if (change === 0) continue;
      v[j] = value;
      axpy(change, columns[j], moved);
      largest = Math.max(largest, h * change * change);
    }
    if (largest <= tolerance) break;
  }
  return largest;
}
