// Written by scripts/kernel-interface.mjs from ../assembly/logistic.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface LogisticKernels {
  /**
   * Two classes. The loss of a sample is costs[i] log(1 + e^-m) with its margin m = signs[i] scores[i], signs being +1 or
   * -1. Writes `residuals`, the negative derivatives by the scores, `curvatures`, the second ones, and `misses`, the
   * probabilities of the class that it is not. Returns the sum of the losses.
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
   * `probabilities` and `residuals` (k x n each; the residual is costs[i] ([the class is k] - probability)) and `misses`
   * (n). Returns the sum of the losses.
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
  /** out[i] = the second derivative of a softmax loss by the scores of classes a and b. */
  softmaxCurvature(
    n: number,
    a: number,
    b: number,
    probabilities: Pointer,
    costs: Pointer,
    out: Pointer,
  ): void;
  /**
   * How far, in costs[i] times the Kullback-Leibler divergence, the predicted distributions are from those drawn towards
   * the true classes until their misses are `share` (0 < share <= 1) of what they were: the loss's part of a duality gap.
   */
  divergence(n: number, costs: Pointer, misses: Pointer, share: number): number;
}
