// Written by scripts/kernel-interface.mjs from ../assembly/network-activations.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface NetworkActivationsKernels {
  /**
   * Adds the bias (stride) to each row of z (rows x stride) and applies the activation to its first `width` columns.
   * `stride` is in elements. `kind` is one of the constants above.
   */
  networkActivate(kind: number, z: Pointer, stride: number, width: number, bias: Pointer, rows: number): void;
  /**
   * Multiplies delta (count values) by the derivative of the activation. Each of the four kinds has it as a function of
   * its value a.
   */
  networkDerivative(kind: number, a: Pointer, delta: Pointer, count: number): void;
}
