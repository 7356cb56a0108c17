// Written by scripts/kernel-interface.mjs from ../assembly/neighbors.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface NeighborsKernels {
  /**
   * Writes (x - mean of its column) scale, rounded to f32, for the columns of x (rows x columns, column-major, f64).
   * Adds the squares of these f32 values to the norms of the rows (f64), column after column.
   */
  narrowColumns(
    rows: number,
    columns: number,
    x: Pointer,
    means: Pointer,
    scale: number,
    out: Pointer,
    norms: Pointer,
  ): void;
  /** sums[i] += x[i], for `count` values of f32. */
  addSingles(count: number, x: Pointer, sums: Pointer): void;
  /**
   * Writes the `size` smallest of the n screens to `smallest` (f32), ascending. Returns the last of them, which is
   * Infinity if there are fewer.
   */
  smallestOf(n: number, norms: Pointer, products: Pointer, size: number, smallest: Pointer): number;
  /** Writes the places (i32, ascending) of the n screens that are not above the limit. Returns how many there are. */
  placesWithin(n: number, norms: Pointer, products: Pointer, limit: number, places: Pointer): number;
}
