import { axpy, dot } from './vector.js';

/** The plain form of assembly/hinge.ts: the same operations in the same order. */

/** The sum of costs[i] max(0, 1 - signs[i] scores[i])^2. Writes residuals and curvatures. */
export function squaredHingeLoss(
  scores: Float64Array,
  signs: Float64Array,
  costs: Float64Array,
  residuals: Float64Array,
  curvatures: Float64Array,
): number {
  let total = 0;
  for (let i = 0; i < scores.length; i++) {
    const lack = 1 - signs[i] * scores[i];
    residuals[i] = signs[i] * (lack > 0 ? 2 * costs[i] * lack : 0);
    curvatures[i] = lack > 0 ? 2 * costs[i] : 0;
    if (lack > 0) total += costs[i] * lack * lack;
  }
  return total;
}

/** One sweep of dual coordinate descent for the hinge loss. `rows` is row-major with w.length values a sample. */
export function descendHingeDual(
  order: Int32Array,
  rows: Float64Array,
  signs: Float64Array,
  squares: Float64Array,
  upper: Float64Array,
  alpha: Float64Array,
  w: Float64Array,
): void {
  const p = w.length;
  for (const i of order) {
    if (!(squares[i] > 0)) continue;
    const x = rows.subarray(i * p, (i + 1) * p);
    const old = alpha[i];
    const slope = signs[i] * dot(x, w) - 1;
    const value = Math.min(Math.max(old - slope / squares[i], 0), upper[i]);
    if (value === old) continue;
    alpha[i] = value;
    axpy(signs[i] * (value - old), x, w);
  }
}
