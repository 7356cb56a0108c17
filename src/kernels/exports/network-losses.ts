// Written by scripts/kernel-interface.mjs from ../assembly/network-losses.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface NetworkLossesKernels {
  /**
   * Returns the log-loss of a logistic output unit, summed over `rows` logits z: log(1 + e^-m), with m = z for class 1
   * and -z for class 0. `y` holds the classes (i32). Writes delta = p - y.
   */
  networkLogisticOutput(z: Pointer, y: Pointer, delta: Pointer, rows: number): number;
  /**
   * Returns the log-loss of a softmax output, summed over `rows` rows of logits z (rows x stride, in elements): log(sum
   * e^(z_c - max)) - (z_y - max). `y` holds the classes (i32). Writes delta = p - [c = y], and zero beyond `classes`.
   */
  networkSoftmaxOutput(
    z: Pointer,
    stride: number,
    classes: number,
    y: Pointer,
    delta: Pointer,
    rows: number,
  ): number;
}
