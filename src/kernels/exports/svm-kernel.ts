// Written by scripts/kernel-interface.mjs from ../assembly/svm-kernel.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface SvmKernelKernels {
  /**
   * Computes the kernel function of `count` values (f64) in place. For rbf the values are squared distances u, else
   * products u. linear: u. rbf: exp(-gamma u). poly: (gamma u + coef0)^degree. sigmoid: tanh(gamma u + coef0). count is
   * a multiple of 4. `kind` is one of the constants above.
   */
  svmKernel(kind: number, values: Pointer, count: number, gamma: number, coef0: number, degree: number): void;
}
