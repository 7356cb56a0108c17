// Written by scripts/kernel-interface.mjs from ../assembly/network-steps.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface NetworkStepsKernels {
  /**
   * One step of Adam (Kingma and Ba 2014, algorithm 1, with the step size rate = rate_0 sqrt(1 - beta_2^t) / (1 - beta_1^t)
   * of its section 2) on `count` parameters w, a multiple of 4, with the gradient (g + decay w) * scale.
   * Gives the sum of the squares of w before the step.
   */
  networkAdam(
    w: Pointer,
    g: Pointer,
    m: Pointer,
    v: Pointer,
    count: number,
    decay: number,
    scale: number,
    rate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
  ): number;
  /**
   * One step of gradient descent with momentum on `count` parameters w, a multiple of 4, with the velocities v and the
   * gradient (g + decay w) * scale: v = momentum v - rate gradient, w = w + v, or with Nesterov's look ahead
   * w = w + momentum v - rate gradient (Sutskever et al. 2013). Gives the sum of the squares of w before the step.
   */
  networkDescend(
    w: Pointer,
    g: Pointer,
    v: Pointer,
    count: number,
    decay: number,
    scale: number,
    rate: number,
    momentum: number,
    nesterov: boolean,
  ): number;
}
