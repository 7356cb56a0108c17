// Written by scripts/kernel-interface.mjs from ../assembly/coordinate-descent.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface CoordinateDescentKernels {
  /**
   * Minimizes q(v) + sum l1[j] |v[j]| over v (size). q is quadratic with the Hessian `hessian` (size x size, row-major)
   * and with `gradient` at v. Both v and gradient are updated. Coordinates without curvature keep their values. The others
   * are at least `least`, which is 0 or -Infinity.
   *
   * Sweeps until hessian[j][j] d^2 <= tolerance for the change d of each coordinate of a sweep, at most `sweeps` times.
   * Returns the largest of these values in the last sweep.
   */
  descendByHessian(
    size: number,
    hessian: Pointer,
    gradient: Pointer,
    v: Pointer,
    l1: Pointer,
    least: number,
    sweeps: number,
    tolerance: number,
  ): number;
  /**
   * Does what descendByHessian does with the Hessian X^T diag(weights) X + diag(l2). X is n x count; its columns lie at
   * the addresses `columns` (u32[count]). `diagonal` is the diagonal of the Hessian. `start` is the gradient and `v0`
   * are the coordinates at the start. `moved` (n, zeros at the start) becomes X (v - v0).
   */
  descendByColumns(
    n: number,
    count: number,
    columns: Pointer,
    weights: Pointer,
    diagonal: Pointer,
    l1: Pointer,
    l2: Pointer,
    start: Pointer,
    v0: Pointer,
    v: Pointer,
    moved: Pointer,
    least: number,
    sweeps: number,
    tolerance: number,
  ): number;
}
