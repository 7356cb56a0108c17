// Written by scripts/kernel-interface.mjs from ../assembly/svm-products.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface SvmProductsKernels {
  /** out (4 panelCount) = the products of the vector v (features) with each sample of the panels. */
  svmProducts(panels: Pointer, panelCount: number, features: number, v: Pointer, out: Pointer): void;
  /** out (4 x stride, in elements) = the products of the 4 samples of panel a with each sample of the panels b. */
  svmProductsOfFour(
    a: Pointer,
    b: Pointer,
    panelCount: number,
    features: number,
    out: Pointer,
    stride: number,
  ): void;
  /**
   * values[j] = own + norms[j] - 2 values[j], at least 0: turns products with a sample of the squared norm `own` into
   * squared distances. count is a multiple of 2.
   */
  svmDistances(values: Pointer, norms: Pointer, own: number, count: number): void;
  /** Does what svmDistances does, and writes to `out` in f32. count is a multiple of 4. */
  svmRoundDistances(products: Pointer, norms: Pointer, own: number, out: Pointer, count: number): void;
  /** out (f32) = values (f64), rounded. count is a multiple of 4. */
  svmRound(values: Pointer, out: Pointer, count: number): void;
  /** out (f64) = values (f32). count is a multiple of 4. */
  svmWiden(values: Pointer, out: Pointer, count: number): void;
  /** Copies the upper triangle of a square matrix of f32 (stride x stride, a multiple of 4) to the lower one. */
  svmMirror(values: Pointer, stride: number): void;
}
