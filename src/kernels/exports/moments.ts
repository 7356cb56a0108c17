// Written by scripts/kernel-interface.mjs from ../assembly/moments.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface MomentsKernels {
  /**
   * Writes for each column of x (rows x columns) the number of its values that are not NaN, their mean and their
   * variance (divided by that number). There are two passes; the second one corrects the rounding of the first.
   */
  columnMoments(
    rows: number,
    columns: number,
    x: Pointer,
    counts: Pointer,
    means: Pointer,
    variances: Pointer,
  ): void;
  /**
   * Writes the smallest and the largest value of each column of x (rows x columns) that is not NaN. They are Infinity
   * and -Infinity in a column without values.
   */
  columnRanges(rows: number, columns: number, x: Pointer, smallest: Pointer, largest: Pointer): void;
  /**
   * Writes the weighted mean and variance of each column of x (rows x columns) within each class. `y` holds the class
   * codes of the rows (i32), `weights` their weights, `totals` (classes) the sum of the weights of each class, or 1 for
   * a class without weight. Class c's results for column j go to place c * stride + j. `scratch` has room for 4 values
   * a class.
   */
  classMoments(
    rows: number,
    columns: number,
    x: Pointer,
    y: Pointer,
    weights: Pointer,
    classes: number,
    totals: Pointer,
    stride: number,
    scratch: Pointer,
    means: Pointer,
    variances: Pointer,
  ): void;
  /**
   * out = x less the mean of the row's class (rows x columns). `y` holds the class codes (i32); `means` and `stride`
   * are those of classMoments.
   */
  centerByClass(
    rows: number,
    columns: number,
    x: Pointer,
    y: Pointer,
    means: Pointer,
    stride: number,
    out: Pointer,
  ): void;
  /** x = (factor x) / divisor of its column, in place, for x (rows x columns). */
  scaleColumns(rows: number, columns: number, x: Pointer, factor: number, divisors: Pointer): void;
  /**
   * Subtracts from logs (rows) what normal columns with these means and variances (columns) cost: column after column,
   * logs[i] -= 0.5 (x - mean)^2 / variance.
   */
  takeGaussians(
    rows: number,
    columns: number,
    x: Pointer,
    means: Pointer,
    variances: Pointer,
    logs: Pointer,
  ): void;
}
