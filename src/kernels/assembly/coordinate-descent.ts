/**
 * Cyclic coordinate descent on a quadratic with an l1 penalty (Friedman, Hastie and Tibshirani, "Regularization paths
 * for generalized linear models via coordinate descent", 2010). descendByHessian has the Hessian ("covariance
 * updates"). descendByColumns has the columns from which it is made ("naive updates"), for more columns than a
 * Hessian should have. All values are f64. The plain form is ../reference/coordinate-descent.ts.
 */
import { axpy, weightedDot } from './vector';

/** The minimizer of h (v - target / h)^2 / 2 + l1 |v| among the v of at least `least`, which is 0 or -Infinity. */
function shrink(target: f64, l1: f64, least: f64, h: f64): f64 {
  if (target > l1) return (target - l1) / h;
  if (target < -l1) return max<f64>(least, (target + l1) / h);
  return 0;
}

/**
 * Minimizes q(v) + sum l1[j] |v[j]| over v (size). q is quadratic with the Hessian `hessian` (size x size, row-major)
 * and with `gradient` at v. Both v and gradient are updated. Coordinates without curvature keep their values. The others
 * are at least `least`, which is 0 or -Infinity.
 *
 * Sweeps until hessian[j][j] d^2 <= tolerance for the change d of each coordinate of a sweep, at most `sweeps` times.
 * Returns the largest of these values in the last sweep.
 */
export function descendByHessian(
  size: i32,
  hessian: usize,
  gradient: usize,
  v: usize,
  l1: usize,
  least: f64,
  sweeps: i32,
  tolerance: f64,
): f64 {
  const rowBytes = (<usize>size) << 3;
  let largest: f64 = 0;
  for (let sweep = 0; sweep < sweeps; sweep++) {
    largest = 0;
    let row = hessian;
    for (let j: usize = 0; j < rowBytes; j += 8, row += rowBytes) {
      const h = load<f64>(row + j);
      if (!(h > 0)) continue;
      const old = load<f64>(v + j);
      const value = shrink(h * old - load<f64>(gradient + j), load<f64>(l1 + j), least, h);
      const change = value - old;
      if (change == 0) continue;
      store<f64>(v + j, value);
      axpy(size, change, row, gradient);
      largest = max(largest, h * change * change);
    }
    if (largest <= tolerance) break;
  }
  return largest;
}

/**
 * Does what descendByHessian does with the Hessian X^T diag(weights) X + diag(l2). X is n x count; its columns lie at
 * the addresses `columns` (u32[count]). `diagonal` is the diagonal of the Hessian. `start` is the gradient and `v0`
 * are the coordinates at the start. `moved` (n, zeros at the start) becomes X (v - v0).
 */
export function descendByColumns(
  n: i32,
  count: i32,
  columns: usize,
  weights: usize,
  diagonal: usize,
  l1: usize,
  l2: usize,
  start: usize,
  v0: usize,
  v: usize,
  moved: usize,
  least: f64,
  sweeps: i32,
  tolerance: f64,
): f64 {
  let largest: f64 = 0;
  const end = (<usize>count) << 3;
  for (let sweep = 0; sweep < sweeps; sweep++) {
    largest = 0;
    for (let j: usize = 0; j < end; j += 8) {
      const h = load<f64>(diagonal + j);
      if (!(h > 0)) continue;
      const x: usize = load<u32>(columns + (j >> 1));
      const old = load<f64>(v + j);
      const gradient =
        load<f64>(start + j) +
        weightedDot(n, weights, x, moved) +
        load<f64>(l2 + j) * (old - load<f64>(v0 + j));
      const value = shrink(h * old - gradient, load<f64>(l1 + j), least, h);
      const change = value - old;
      if (change == 0) continue;
      store<f64>(v + j, value);
      axpy(n, change, x, moved);
      largest = max(largest, h * change * change);
    }
    if (largest <= tolerance) break;
  }
  return largest;
}
