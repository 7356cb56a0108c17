// Written by scripts/kernel-interface.mjs from ../assembly/gram.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface GramKernels {
  /**
   * Writes the weighted Gram matrix of `count` columns of n rows to `out`, which is row-major with `stride` elements a
   * row. `columns` holds the addresses of the columns (u32). `scratch` has room for GRAM_SCRATCH x count elements.
   */
  weightedGram(
    n: number,
    count: number,
    columns: Pointer,
    weights: Pointer,
    scratch: Pointer,
    out: Pointer,
    stride: number,
  ): void;
  /**
   * out[a] = the sum over n rows i of x_a[i] v[i], for `count` columns at the addresses `columns` (u32). Even and odd
   * rows are summed apart.
   */
  dotsOfColumns(n: number, count: number, columns: Pointer, v: Pointer, out: Pointer): void;
  /**
   * out[i] += the sum over a of factors[a] x_a[i], column after column, for `count` columns of n rows at the addresses
   * `columns` (u32). Columns of factor 0 are skipped.
   */
  addColumns(n: number, count: number, columns: Pointer, factors: Pointer, out: Pointer): void;
}
