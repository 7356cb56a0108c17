// Written by scripts/kernel-interface.mjs from ../assembly/hinge.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface HingeKernels {
  /**
   * The sum of costs[i] max(0, 1 - m)^2 over the samples in order, m = signs[i] scores[i] being the margin. Writes its
   * `residuals` (negative derivatives by the scores) and `curvatures` (second derivatives; 0 from margin 1 on).
   */
  squaredHingeLoss(
    n: number,
    scores: Pointer,
    signs: Pointer,
    costs: Pointer,
    residuals: Pointer,
    curvatures: Pointer,
  ): number;
  /**
   * One sweep of dual coordinate descent for the hinge loss (Hsieh, Chang, Lin, Keerthi and Sundararajan, "A dual
   * coordinate descent method for large-scale linear SVM", 2008): minimizes |w|^2 / 2 - sum alpha over 0 <= alpha <=
   * upper with w = sum of alpha[i] signs[i] x_i, coordinate by coordinate in the given order of `count` samples. `rows` is
   * row-major with p values a sample, `squares` holds |x_i|^2. Keeps alpha and w up to date.
   */
  descendHingeDual(
    count: number,
    p: number,
    order: Pointer,
    rows: Pointer,
    signs: Pointer,
    squares: Pointer,
    upper: Pointer,
    alpha: Pointer,
    w: Pointer,
  ): void;
}
