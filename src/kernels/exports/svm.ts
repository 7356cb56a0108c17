// Written by scripts/kernel-interface.mjs from ../assembly/svm.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface SvmKernels {
  /** out[0..4 panels) = the products of the vector v (features) with each sample of the panels. */
  svmProducts(panels: Pointer, panelCount: number, features: number, v: Pointer, out: Pointer): void;
  /** out (4 rows x stride) = the products of the 4 samples of panel a with each sample of the panels b. */
  svmProductsOfFour(
    a: Pointer,
    b: Pointer,
    panelCount: number,
    features: number,
    out: Pointer,
    stride: number,
  ): void;
  /** values[j] = own + norms[j] - 2 values[j], at least 0: from products with a sample of the norm `own` to squared distances. */
  svmDistances(values: Pointer, norms: Pointer, own: number, count: number): void;
  /** svmDistances, written to `out` in f32. count: a multiple of 4. */
  svmRoundDistances(products: Pointer, norms: Pointer, own: number, out: Pointer, count: number): void;
  /** out (f32) = values (f64), rounded. count: a multiple of 4. */
  svmRound(values: Pointer, out: Pointer, count: number): void;
  /** out (f64) = values (f32). count: a multiple of 4. */
  svmWiden(values: Pointer, out: Pointer, count: number): void;
  /**
   * The kernel of each value, in place: of products u, or for rbf of squared distances u.
   * linear: u. rbf: exp(-gamma u). poly: (gamma u + coef0)^degree. sigmoid: tanh(gamma u + coef0). count: a multiple of 4.
   */
  svmKernel(kind: number, values: Pointer, count: number, gamma: number, coef0: number, degree: number): void;
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
  /** Copies the upper triangle of a square matrix of f32 (stride x stride, a multiple of 4) to the lower one. */
  svmMirror(values: Pointer, stride: number): void;
}
