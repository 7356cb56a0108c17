// Written by scripts/kernel-interface.mjs from ../assembly/network-products.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface NetworkProductsKernels {
  /**
   * out (rows x 8 panels) = a (rows x fanIn, stride aStride) . the first fanIn rows of the panels, each of panelRows rows.
   * Strides count elements.
   */
  networkMultiply(
    a: Pointer,
    aStride: number,
    weights: Pointer,
    panelRows: number,
    out: Pointer,
    rows: number,
    fanIn: number,
    panels: number,
  ): void;
  /** out (rows) = a (rows x stride) . w (stride), four partial sums a row, added as (0 + 1) + (2 + 3). stride: a multiple of 4. */
  networkMultiplyVector(a: Pointer, stride: number, w: Pointer, out: Pointer, rows: number): void;
  /** The panels of the transpose: from fanOut columns over fromRows rows to panels of fanIn columns over fanOut rows. */
  networkTranspose(
    weights: Pointer,
    fromRows: number,
    to: Pointer,
    toRows: number,
    fanIn: number,
    fanOut: number,
  ): void;
  /** gradient (panels of fanIn rows) = transpose of a (rows x fanIn) . d (rows x 8 panels). fanIn: a multiple of 8, and a's stride. */
  networkGradient(
    a: Pointer,
    fanIn: number,
    d: Pointer,
    panels: number,
    gradient: Pointer,
    rows: number,
  ): void;
  /** gradient (stride) = transpose of a (rows x stride) . d (rows), added row by row. stride: a multiple of 4. */
  networkGradientVector(a: Pointer, stride: number, d: Pointer, gradient: Pointer, rows: number): void;
  /** out (rows x stride) = d (rows) x w (stride): what a single output unit sends back. */
  networkOuter(d: Pointer, w: Pointer, stride: number, out: Pointer, rows: number): void;
  /** sums (stride) = the sum of the rows of d (rows x stride), in turn. */
  networkColumnSums(d: Pointer, stride: number, sums: Pointer, rows: number): void;
  /** batch (count x stride) = the rows of x that `order` names. */
  networkGather(x: Pointer, stride: number, order: Pointer, batch: Pointer, count: number): void;
}
