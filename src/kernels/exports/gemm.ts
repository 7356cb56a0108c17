// Written by scripts/kernel-interface.mjs from ../assembly/gemm.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface GemmKernels {
  /**
   * C = A B in f32, or C += A B if `accumulate` is not 0. A is m x k, B is k x n, C is m x n and row-major. All strides
   * are in elements.
   */
  gemmF32(
    m: number,
    n: number,
    k: number,
    a: Pointer,
    aRow: number,
    aColumn: number,
    b: Pointer,
    bRow: number,
    bColumn: number,
    c: Pointer,
    cRow: number,
    accumulate: number,
  ): void;
  /**
   * C = A B in f64, or C += A B if `accumulate` is not 0. A is m x k, B is k x n, C is m x n and row-major. All strides
   * are in elements.
   */
  gemmF64(
    m: number,
    n: number,
    k: number,
    a: Pointer,
    aRow: number,
    aColumn: number,
    b: Pointer,
    bRow: number,
    bColumn: number,
    c: Pointer,
    cRow: number,
    accumulate: number,
  ): void;
}
