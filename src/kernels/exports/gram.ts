// Written by scripts/kernel-interface.mjs from ../assembly/gram.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface GramKernels {
  /**
   * The weighted Gram matrix of `count` columns of n rows: `columns` holds their addresses as u32. `out` is row-major
   * with `stride` elements a row; all of it is written. `scratch` has room for GRAM_SCRATCH x count elements.
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
  /** out[a] = the sum over i of x_a[i] v[i], two lanes a column; `columns` holds addresses as u32. */
  dotsOfColumns(n: number, count: number, columns: Pointer, v: Pointer, out: Pointer): void;
  /** out[i] += the sum over a of factors[a] x_a[i], column after column; columns of factor 0 are passed over. */
  addColumns(n: number, count: number, columns: Pointer, factors: Pointer, out: Pointer): void;
}
