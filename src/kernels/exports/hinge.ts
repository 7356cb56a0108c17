// Written by scripts/kernel-interface.mjs from ../assembly/hinge.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface HingeKernels {
  /**
   * Returns the sum of costs[i] max(0, 1 - m)^2 over the n samples in order, with the margins m = signs[i] scores[i].
   * Writes its `residuals`, the negative derivatives by the scores, and its `curvatures`, the second derivatives, which
   * are 0 from margin 1 on. Arrays have n values.
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
   * coordinate descent method for large-scale linear SVM", 2008). It minimizes |w|^2 / 2 - sum alpha over 0 <= alpha <=
   * upper, with w = the sum of alpha[i] signs[i] x_i, sample by sample in the order of `order` (i32[count]). `rows` is
   * row-major with p values a sample; `squares` holds |x_i|^2. Updates alpha and w (p).
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
