// Written by scripts/kernel-interface.mjs from ../assembly/network-steps.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface NetworkStepsKernels {
  /**
   * One step of Adam (Kingma and Ba 2014, algorithm 1) on `count` parameters w, with the moments m and v and the
   * gradient (g + decay w) * scale. The step size is rate = rate_0 sqrt(1 - beta_2^t) / (1 - beta_1^t), as in its
   * section 2. count is a multiple of 4. Returns the sum of the squares of w before the step.
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
   * One step of gradient descent with momentum on `count` parameters w, with the velocities v and the gradient (g +
   * decay w) * scale: v = momentum v - rate gradient, then w = w + v, or with Nesterov's look ahead w = w + momentum v
   * - rate gradient (Sutskever et al. 2013). count is a multiple of 4. Returns the sum of the squares of w before the
   * step.
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
