// Written by scripts/kernel-interface.mjs from ../assembly/moments.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface MomentsKernels {
  /**
   * For each column the number of its values that are not NaN, their mean and their variance (by that number), in two
   * passes; the second corrects the first's rounding.
   */
  columnMoments(
    rows: number,
    columns: number,
    x: Pointer,
    counts: Pointer,
    means: Pointer,
    variances: Pointer,
  ): void;
  /** The smallest and the largest value of each column that are not NaN; Infinity and -Infinity where there are none. */
  columnRanges(rows: number, columns: number, x: Pointer, smallest: Pointer, largest: Pointer): void;
  /**
   * The weighted mean and variance of each column within each class: `y` holds the rows' codes (i32), `weights` their
   * weights, `totals` the sum of the weights of each class, and 1 for a class that has none. Class c's results for column
   * j go to place c * stride + j. `scratch` has room for 4 values a class.
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
  /** out = x less the mean of the row's class; `means` are as classMoments writes them. */
  centerByClass(
    rows: number,
    columns: number,
    x: Pointer,
    y: Pointer,
    means: Pointer,
    stride: number,
    out: Pointer,
  ): void;
  /** x = (factor x) / divisor of its column, in place. */
  scaleColumns(rows: number, columns: number, x: Pointer, factor: number, divisors: Pointer): void;
  /**
   * Takes from the log-likelihood of each row what normal columns of these means and variances cost it, column after column:
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
