// Written by scripts/kernel-interface.mjs from ../assembly/logistic.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface LogisticKernels {
  /**
   * Two classes. The loss of a sample is costs[i] log(1 + e^-m), with the margin m = signs[i] scores[i]; signs are +1
   * or -1. Writes `residuals`, the negative derivatives by the scores; `curvatures`, the second derivatives; and
   * `misses`, the probabilities of the class that is not the sample's. Returns the sum of the losses.
   */
  logisticLoss(
    n: number,
    scores: Pointer,
    signs: Pointer,
    costs: Pointer,
    residuals: Pointer,
    curvatures: Pointer,
    misses: Pointer,
  ): number;
  /**
   * k classes. The loss of a sample is costs[i] (log of the sum of e^scores - the score of its class). Writes
   * `probabilities` (k x n); `residuals` (k x n), which are costs[i] ([the class is that of the sample] - probability);
   * and `misses` (n), the probabilities of all classes that are not the sample's. Returns the sum of the losses.
   */
  softmaxLoss(
    n: number,
    k: number,
    scores: Pointer,
    labels: Pointer,
    costs: Pointer,
    probabilities: Pointer,
    residuals: Pointer,
    misses: Pointer,
  ): number;
  /** Writes to `out` (n) the second derivatives of the softmax losses by the scores of classes a and b. */
  softmaxCurvature(
    n: number,
    a: number,
    b: number,
    probabilities: Pointer,
    costs: Pointer,
    out: Pointer,
  ): void;
  /**
   * The loss's part of a duality gap: the sum of costs[i] times the Kullback-Leibler divergence between the predicted
   * distributions and those drawn towards the true classes. The drawn ones have misses of `share` (0 < share <= 1) of
   * the predicted ones.
   */
  divergence(n: number, costs: Pointer, misses: Pointer, share: number): number;
}
