// Written by scripts/kernel-interface.mjs from ../assembly/svm-smo.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface SvmSmoKernels {
  /** out[k] = row[places[k]], for f32 rows and i32 places. */
  svmGather(row: Pointer, places: Pointer, out: Pointer, count: number): void;
  /** sums[k] (f64) += factor * row[k] (f32). count is a multiple of 2. */
  svmAddRow(row: Pointer, factor: number, sums: Pointer, count: number): void;
  /**
   * Sequential minimal optimization of the dual of a support vector machine (libsvm's Solver::Solve; Fan, Chen and Lin,
   * "Working set selection using second order information", JMLR 2005, WSS 2):
   *
   *   min 1/2 a' Q a - e' a  subject to  y' a = 0,  0 <= a_t <= bound_t,  with Q_ts = y_t y_s K_ts.
   *
   * Inputs with `count` values of f64 each (a multiple of 4): y (+-1); bound; alpha (feasible); the diagonal of K;
   * force_t = -y_t (Q a - e)_t; up_t = 0 where alpha_t y_t may grow, else -infinity; low_t = 0 where alpha_t y_t may
   * shrink, else +infinity. Padding has up -infinity and low +infinity. Other inputs: rows (u32[count]), for each t the
   * address of row t of K in f32, or 0 if it is not at hand; uses (u32[count]), for each t the iteration that used the
   * row last; `pointer`, an SVM_CONTROL.
   *
   * Updates alpha, force, up and low until one of three things happens. OPTIMAL: the largest force over `up` less the
   * smallest force over `low` is below the tolerance. ROW_WANTED: a row is needed; put it into rows and call again.
   * PAUSE: the number of iterations has reached pauseAt. Set control.first to -1 after changing anything but control.
   * Of equal candidates the last one is taken.
   */
  svmIterate(
    count: number,
    y: Pointer,
    bound: Pointer,
    alpha: Pointer,
    diagonal: Pointer,
    force: Pointer,
    up: Pointer,
    low: Pointer,
    rows: Pointer,
    uses: Pointer,
    pointer: Pointer,
  ): number;
}
