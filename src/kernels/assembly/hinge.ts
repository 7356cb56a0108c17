/** The losses of linear support vector machines, in f64. The plain form is ../reference/hinge.ts. */
import { axpy, dot } from './vector';

/**
 * Returns the sum of costs[i] max(0, 1 - m)^2 over the n samples in order, with the margins m = signs[i] scores[i].
 * Writes its `residuals`, the negative derivatives by the scores, and its `curvatures`, the second derivatives, which
 * are 0 from margin 1 on. Arrays have n values.
 */
export function squaredHingeLoss(
  n: i32,
  scores: usize,
  signs: usize,
  costs: usize,
  residuals: usize,
  curvatures: usize,
): f64 {
  let total: f64 = 0;
  const end = (<usize>n) << 3;
  for (let at: usize = 0; at < end; at += 8) {
    const sign = load<f64>(signs + at);
    const cost = load<f64>(costs + at);
    const lack = 1 - sign * load<f64>(scores + at);
    const inside = lack > 0;
    const slope: f64 = inside ? 2 * cost * lack : 0;
    store<f64>(residuals + at, sign * slope);
    store<f64>(curvatures + at, inside ? 2 * cost : 0);
    if (inside) total += cost * lack * lack;
  }
  return total;
}

/**
 * One sweep of dual coordinate descent for the hinge loss (Hsieh, Chang, Lin, Keerthi and Sundararajan, "A dual
 * coordinate descent method for large-scale linear SVM", 2008). It minimizes |w|^2 / 2 - sum alpha over 0 <= alpha <=
 * upper, with w = the sum of alpha[i] signs[i] x_i, sample by sample in the order of `order` (i32[count]). `rows` is
 * row-major with p values a sample; `squares` holds |x_i|^2. Updates alpha and w (p).
 */
export function descendHingeDual(
  count: i32,
  p: i32,
  order: usize,
  rows: usize,
  signs: usize,
  squares: usize,
  upper: usize,
  alpha: usize,
  w: usize,
): void {
  const stride = (<usize>p) << 3;
  for (let k = 0; k < count; k++) {
    const i = <usize>load<i32>(order + ((<usize>k) << 2));
    const at = i << 3;
    const square = load<f64>(squares + at);
    if (!(square > 0)) continue;
    const x = rows + i * stride;
    const sign = load<f64>(signs + at);
    const old = load<f64>(alpha + at);
    const slope = sign * dot(p, x, w) - 1;
    const value = min<f64>(max<f64>(old - slope / square, 0), load<f64>(upper + at));
    if (value == old) continue;
    store<f64>(alpha + at, value);
    axpy(p, sign * (value - old), x, w);
  }
}
