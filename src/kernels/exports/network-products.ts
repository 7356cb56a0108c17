// Written by scripts/kernel-interface.mjs from ../assembly/network-products.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface NetworkProductsKernels {
  /**
   * out (rows x 8 panels) = a (rows x fanIn, stride aStride) . the first fanIn rows of the panels, which have panelRows
   * rows each.
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
  /**
   * out (rows) = a (rows x stride) . w (stride). Each row has four partial sums, added as (0 + 1) + (2 + 3). stride
   * is a multiple of 4.
   */
  networkMultiplyVector(a: Pointer, stride: number, w: Pointer, out: Pointer, rows: number): void;
  /** Transposes panels: from fanOut columns, in panels of fromRows rows, to fanIn columns, in panels of toRows rows. */
  networkTranspose(
    weights: Pointer,
    fromRows: number,
    to: Pointer,
    toRows: number,
    fanIn: number,
    fanOut: number,
  ): void;
  /**
   * gradient (panels of fanIn rows) = transpose of a (rows x fanIn) . d (rows x 8 panels). fanIn is a multiple of 8,
   * and the stride of a.
   */
  networkGradient(
    a: Pointer,
    fanIn: number,
    d: Pointer,
    panels: number,
    gradient: Pointer,
    rows: number,
  ): void;
  /** gradient (stride) = transpose of a (rows x stride) . d (rows), added row by row. stride is a multiple of 4. */
  networkGradientVector(a: Pointer, stride: number, d: Pointer, gradient: Pointer, rows: number): void;
  /** out (rows x stride) = d (rows) x w (stride): what a single output unit sends back. stride is a multiple of 4. */
  networkOuter(d: Pointer, w: Pointer, stride: number, out: Pointer, rows: number): void;
  /** sums (stride) = the sum of the rows of d (rows x stride), in turn. */
  networkColumnSums(d: Pointer, stride: number, sums: Pointer, rows: number): void;
  /** batch (count x stride) = the rows of x at the places `order` (i32[count]). */
  networkGather(x: Pointer, stride: number, order: Pointer, batch: Pointer, count: number): void;
}
