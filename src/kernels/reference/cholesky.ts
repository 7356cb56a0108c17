import { axpy, dot } from './vector.js';

/** The plain form of assembly/cholesky.ts: the same sums in the same order. */

const DROPPED = 1e150;

/**
 * Overwrites the lower triangle of `a` (size x size, row-major) by its Cholesky factor. Returns how many pivots
 * drop.
 */
export function choleskyFactor(size: number, a: Float64Array, relative: number): number {
  let dropped = 0;
  for (let i = 0; i < size; i++) {
    const row = a.subarray(i * size, (i + 1) * size);
    for (let j = 0; j < i; j++) {
      const other = a.subarray(j * size, (j + 1) * size);
      row[j] = (row[j] - dot(row.subarray(0, j), other.subarray(0, j))) / other[j];
    }
    const pivot = row[i] - dot(row.subarray(0, i), row.subarray(0, i));
    if (pivot > relative * row[i]) {
      row[i] = Math.sqrt(pivot);
    } else {
      row.fill(0, 0, i);
      row[i] = DROPPED;
      dropped++;
    }
  }
  return dropped;
}

/** x = the solution of L L^T x = x, in place. */
export function choleskySolve(size: number, l: Float64Array, x: Float64Array): void {
  for (let i = 0; i < size; i++) {
    const row = l.subarray(i * size, i * size + i);
    x[i] = (x[i] - dot(row, x.subarray(0, i))) / l[i * size + i];
  }
  for (let i = size - 1; i >= 0; i--) {
    x[i] /= l[i * size + i];
    axpy(-x[i], l.subarray(i * size, i * size + i), x.subarray(0, i));
  }
}
