// Written by scripts/kernel-interface.mjs from ../assembly/coordinate-descent.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface CoordinateDescentKernels {
  /**
   * Minimizes q(v) + sum l1[j] |v[j]| over v (size), q being quadratic with Hessian `hessian` (size x size, row-major) and
   * with `gradient` at v. Both v and gradient are kept up to date. Coordinates without curvature stay as they are.
   * Sweeps until no coordinate of a sweep moved by more than hessian[j][j] d^2 <= tolerance, at most `sweeps` times;
   * returns the largest such value of the last sweep.
   */
  descendByHessian(
    size: number,
    hessian: Pointer,
    gradient: Pointer,
    v: Pointer,
    l1: Pointer,
    sweeps: number,
    tolerance: number,
  ): number;
  /**
   * The same with the Hessian X^T diag(weights) X + diag(l2), X being n x count with its columns at the addresses
   * `columns` (u32): `diagonal` is its diagonal, `start` the gradient and `v0` the coordinates at the start, and
   * `moved` (n, zeros at the start) becomes X (v - v0).
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
    sweeps: number,
    tolerance: number,
  ): number;
}
