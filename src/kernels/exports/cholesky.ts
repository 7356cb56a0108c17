// Written by scripts/kernel-interface.mjs from ../assembly/cholesky.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface CholeskyKernels {
  /**
   * Overwrites the lower triangle of `a` (size x size) by L with L L^T = a. A pivot of at most `relative` times its
   * diagonal element depends on the rows before it: it is dropped, and solutions have 0 in its place. Returns how many.
   */
  choleskyFactor(size: number, a: Pointer, relative: number): number;
  /** x = the solution of L L^T x = x, in place, for L from choleskyFactor. */
  choleskySolve(size: number, l: Pointer, x: Pointer): void;
}
