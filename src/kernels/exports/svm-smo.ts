// Written by scripts/kernel-interface.mjs from ../assembly/svm-smo.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface SvmSmoKernels {
  /** out[k] = row[places[k]]. */
  svmGather(row: Pointer, places: Pointer, out: Pointer, count: number): void;
  /** sums[k] += factor * row[k]. count: a multiple of 2. */
  svmAddRow(row: Pointer, factor: number, sums: Pointer, count: number): void;
  /**
   * Sequential minimal optimisation of the dual of a support vector machine (libsvm's Solver::Solve; Fan, Chen and Lin,
   * "Working set selection using second order information", JMLR 2005, WSS 2):
   *
   *   min 1/2 a' Q a - e' a  subject to  y' a = 0,  0 <= a_t <= bound_t,  with Q_ts = y_t y_s K_ts.
   *
   * Given, each of `count` values, a multiple of 4: y (+-1), bound, alpha (feasible), the diagonal of K,
   * force_t = -y_t (Q a - e)_t, up_t = 0 where alpha_t y_t may grow and -infinity where not, low_t = 0 where it may
   * shrink and +infinity where not; padding has -infinity and +infinity. rows: for each t the pointer (u32) to row t of
   * K in f32, or 0 where it is not at hand; uses: for each t the iteration (u32) that used the row last.
   *
   * Works on alpha, force, up and low until max force over `up` - min force over `low` is below control's TOLERANCE
   * (OPTIMAL), until a row is WANTED (put it into rows, call again), or until ITERATIONS reaches PAUSE_AT. FIRST is the
   * first of the pair that was chosen for the next step, -1 if none was; set it to -1 after changing anything else.
   * Of equal candidates the last is taken.
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
    control: Pointer,
  ): number;
}
