// Written by scripts/kernel-interface.mjs from ../assembly/svm-kernel.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface SvmKernelKernels {
  /**
   * The kernel of each value, in place: of products u, or for rbf of squared distances u.
   * linear: u. rbf: exp(-gamma u). poly: (gamma u + coef0)^degree. sigmoid: tanh(gamma u + coef0). count: a multiple of 4.
   */
  svmKernel(kind: number, values: Pointer, count: number, gamma: number, coef0: number, degree: number): void;
}
