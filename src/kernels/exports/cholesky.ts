// Written by scripts/kernel-interface.mjs from ../assembly/cholesky.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface CholeskyKernels {
  /**
   * Overwrites the lower triangle of `a` (size x size) by L, with L L^T = a. Where a pivot is at most `relative` times
   * its diagonal element, its row depends on the rows before it. The pivot is dropped, and solutions have 0 in its
   * place. Returns how many pivots are dropped.
   */
  choleskyFactor(size: number, a: Pointer, relative: number): number;
  /** Overwrites x (size) by the solution of L L^T solution = x, for L from choleskyFactor. */
  choleskySolve(size: number, l: Pointer, x: Pointer): void;
}
