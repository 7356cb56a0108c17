// Written by scripts/kernel-interface.mjs from ../assembly/network.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface NetworkKernels {
  /**
   * out (rows x 8 panels) = a (rows x fanIn, stride aStride) . the first fanIn rows of the panels, each of panelRows rows.
   * Strides count elements.
   */
  networkMultiply(
    a: Pointer,
    aStride: number,
    weights: Pointer,
    panelRows: number,
    out: Pointer,
    rows: number,
    fanIn: number,
    panels: number,
  ): void;
  /** out (rows) = a (rows x stride) . w (stride), four partial sums a row, added as (0 + 1) + (2 + 3). stride: a multiple of 4. */
  networkMultiplyVector(a: Pointer, stride: number, w: Pointer, out: Pointer, rows: number): void;
  /** The panels of the transpose: from fanOut columns over fromRows rows to panels of fanIn columns over fanOut rows. */
  networkTranspose(
    weights: Pointer,
    fromRows: number,
    to: Pointer,
    toRows: number,
    fanIn: number,
    fanOut: number,
  ): void;
  /** gradient (panels of fanIn rows) = transpose of a (rows x fanIn) . d (rows x 8 panels). fanIn: a multiple of 8, and a's stride. */
  networkGradient(
    a: Pointer,
    fanIn: number,
    d: Pointer,
    panels: number,
    gradient: Pointer,
    rows: number,
  ): void;
  /** gradient (stride) = transpose of a (rows x stride) . d (rows), added row by row. stride: a multiple of 4. */
  networkGradientVector(a: Pointer, stride: number, d: Pointer, gradient: Pointer, rows: number): void;
  /** out (rows x stride) = d (rows) x w (stride): what a single output unit sends back. */
  networkOuter(d: Pointer, w: Pointer, stride: number, out: Pointer, rows: number): void;
  /** sums (stride) = the sum of the rows of d (rows x stride), in turn. */
  networkColumnSums(d: Pointer, stride: number, sums: Pointer, rows: number): void;
  /** batch (count x stride) = the rows of x that `order` names. */
  networkGather(x: Pointer, stride: number, order: Pointer, batch: Pointer, count: number): void;
  /** Adds the bias (stride) to each row of z (rows x stride) and applies the activation to its first `width` columns. */
  networkActivate(kind: number, z: Pointer, stride: number, width: number, bias: Pointer, rows: number): void;
  /** Multiplies delta by the derivative of the activation, which all four kinds have as a function of their value a. */
  networkDerivative(kind: number, a: Pointer, delta: Pointer, count: number): void;
  /**
   * The log-loss of a logistic output unit, summed over `rows` logits z: log(1 + e^-m) with m = z for class 1 and -z for
   * class 0. Writes delta = p - y.
   */
  networkLogisticOutput(z: Pointer, y: Pointer, delta: Pointer, rows: number): number;
  /**
   * The log-loss of a softmax output, summed over `rows` rows of logits z (rows x stride):
   * log(sum e^(z_c - max)) - (z_y - max). Writes delta = p - [c = y], zero beyond `classes`.
   */
  networkSoftmaxOutput(
    z: Pointer,
    stride: number,
    classes: number,
    y: Pointer,
    delta: Pointer,
    rows: number,
  ): number;
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
