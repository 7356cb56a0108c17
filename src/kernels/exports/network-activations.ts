// Written by scripts/kernel-interface.mjs from ../assembly/network-activations.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface NetworkActivationsKernels {
  /** Adds the bias (stride) to each row of z (rows x stride) and applies the activation to its first `width` columns. */
  networkActivate(kind: number, z: Pointer, stride: number, width: number, bias: Pointer, rows: number): void;
  /** Multiplies delta by the derivative of the activation, which all four kinds have as a function of their value a. */
  networkDerivative(kind: number, a: Pointer, delta: Pointer, count: number): void;
}
