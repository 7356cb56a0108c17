// Written by scripts/kernel-interface.mjs from ../assembly/neighbors.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface NeighborsKernels {
  /**
   * Writes (x - mean of its column) scale, rounded to f32, for the columns of x (rows x columns, column-major, f64), and
   * adds the squares of what is written to the rows' norms (f64), column after column.
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
  /** sums[i] += x[i], in f32. */
  addSingles(count: number, x: Pointer, sums: Pointer): void;
  /**
   * Writes the `size` smallest values of the screen, ascending, and returns the last of them: Infinity if fewer are less
   * than it.
   */
  smallestOf(n: number, norms: Pointer, products: Pointer, size: number, smallest: Pointer): number;
  /** Writes the places (i32, rising) of the screen's values that are not above the limit; returns how many there are. */
  placesWithin(n: number, norms: Pointer, products: Pointer, limit: number, places: Pointer): number;
}
