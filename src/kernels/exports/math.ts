// Written by scripts/kernel-interface.mjs from ../assembly/math.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface MathKernels {
  /** e^x. */
  exp(x: number): number;
  /** e^x - 1, without cancellation near 0. */
  expm1(x: number): number;
  /** The natural logarithm. */
  log(x: number): number;
  /** log(1 + x), without cancellation near 0. */
  log1p(x: number): number;
  /** The hyperbolic tangent. */
  tanh(x: number): number;
  /** The logistic function 1 / (1 + e^-x), without overflow. */
  sigmoid(x: number): number;
  /** log(1 + e^x), without overflow. */
  softplus(x: number): number;
  /** out[i] = e^x[i] for n values of f64. x and out may be the same. */
  expOfAll(n: number, x: Pointer, out: Pointer): void;
}
