/**
 * Cholesky factors of symmetric positive semi-definite matrices, in place, and solutions with them (Golub and Van
 * Loan, "Matrix computations", section 4.2). Matrices are f64 and row-major; only the lower triangle is used. Sums
 * are those of `dot` in vector.ts. The plain form is ../reference/cholesky.ts.
 */
import { axpy, dot } from './vector';

/** Stands for a pivot that is as good as zero: the unknown of its row becomes 0. @public */
export const DROPPED_PIVOT: f64 = 1e150;

/**
 * Overwrites the lower triangle of `a` (size x size) by L, with L L^T = a. Where a pivot is at most `relative` times
 * its diagonal element, its row depends on the rows before it. The pivot is dropped, and solutions have 0 in its
 * place. Returns how many pivots are dropped.
 */
export function choleskyFactor(size: i32, a: usize, relative: f64): i32 {
  const rowBytes = (<usize>size) << 3;
  let dropped = 0;
  for (let i = 0; i < size; i++) {
    const row = a + <usize>i * rowBytes;
    let other = a;
    for (let j = 0; j < i; j++, other += rowBytes) {
      const at = row + ((<usize>j) << 3);
      store<f64>(at, (load<f64>(at) - dot(j, row, other)) / load<f64>(other + ((<usize>j) << 3)));
    }
    const at = row + ((<usize>i) << 3);
    const diagonal = load<f64>(at);
    const pivot = diagonal - dot(i, row, row);
    if (pivot > relative * diagonal) {
      store<f64>(at, sqrt<f64>(pivot));
    } else {
      memory.fill(row, 0, (<usize>i) << 3);
      store<f64>(at, DROPPED_PIVOT);
      dropped++;
    }
  }
  return dropped;
}

/** Overwrites x (size) by the solution of L L^T solution = x, for L from choleskyFactor. */
export function choleskySolve(size: i32, l: usize, x: usize): void {
  const rowBytes = (<usize>size) << 3;
  for (let i = 0; i < size; i++) {
    const row = l + <usize>i * rowBytes;
    const at = x + ((<usize>i) << 3);
    store<f64>(at, (load<f64>(at) - dot(i, row, x)) / load<f64>(row + ((<usize>i) << 3)));
  }
  for (let i = size - 1; i >= 0; i--) {
    const row = l + <usize>i * rowBytes;
    const at = x + ((<usize>i) << 3);
    const value = load<f64>(at) / load<f64>(row + ((<usize>i) << 3));
    store<f64>(at, value);
    axpy(i, -value, row, x);
  }
}
