/**
 * Cyclic coordinate descent on a quadratic with an l1 penalty (Friedman, Hastie and Tibshirani, "Regularization paths for
 * generalized linear models via coordinate descent", 2010): with the Hessian at hand ("covariance updates"), or with
 * the columns that make it ("naive updates"), for more columns than a Hessian should have. The plain form is
 * ../reference/coordinate-descent.ts.
 */
import { axpy, weightedDot } from './vector';

/** The minimizer of h (v - target / h)^2 / 2 + l1 |v|. */
function shrink(target: f64, l1: f64, h: f64): f64 {
  if (target > l1) return (target - l1) / h;
  if (target < -l1) return (target + l1) / h;
  return 0;
}

/**
 * Minimizes q(v) + sum l1[j] |v[j]| over v (size), q being quadratic with Hessian `hessian` (size x size, row-major) and
 * with `gradient` at v. Both v and gradient are kept up to date. Coordinates without curvature stay as they are.
 * Sweeps until no coordinate of a sweep moved by more than hessian[j][j] d^2 <= tolerance, at most `sweeps` times;
 * returns the largest such value of the last sweep.
 */
export function descendByHessian(
  size: i32,
  hessian: usize,
  gradient: usize,
  v: usize,
  l1: usize,
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
      const value = shrink(h * old - load<f64>(gradient + j), load<f64>(l1 + j), h);
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
 * The same with the Hessian X^T diag(weights) X + diag(l2), X being n x count with its columns at the addresses
 * `columns` (u32): `diagonal` is its diagonal, `start` the gradient and `v0` the coordinates at the start, and
 * `moved` (n, zeros at the start) becomes X (v - v0).
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
      const value = shrink(h * old - gradient, load<f64>(l1 + j), h);
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
