// Written by scripts/kernel-interface.mjs from ../assembly/vector.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface VectorKernels {
  /** The sum of x[i] y[i] over n values. */
  dot(n: number, x: Pointer, y: Pointer): number;
  /** The sum of x[i]. */
  sum(n: number, x: Pointer): number;
  /** The sum of w[i] x[i] y[i] over n values. Each term is (w[i] x[i]) y[i]. */
  weightedDot(n: number, w: Pointer, x: Pointer, y: Pointer): number;
  /** y[i] += a x[i], for n values. */
  axpy(n: number, a: number, x: Pointer, y: Pointer): void;
  /** out[j] = the dot product of column j of x (rows x columns, column-major) with v (rows). */
  transposedProduct(rows: number, columns: number, x: Pointer, v: Pointer, out: Pointer): void;
  /** out (rows) += x w, for x (rows x columns, column-major) and w (columns). Columns of weight zero are skipped. */
  addProduct(rows: number, columns: number, x: Pointer, w: Pointer, out: Pointer): void;
  /** out (rows) = x w, for x (rows x columns, column-major) and w (columns). */
  product(rows: number, columns: number, x: Pointer, w: Pointer, out: Pointer): void;
}
