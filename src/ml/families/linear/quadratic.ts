/**
 * Minimizes a quadratic model with an l1 penalty, as exactly as rounding allows:
 *
 *   minimize over v:  gradient . (v - v0) + (v - v0) . H (v - v0) / 2 + sum of l1[j] |v[j]|
 *
 * Coordinate descent finds the coordinates that are zero and the signs of the others. It creeps where features are
 * correlated. So Newton's step on the other coordinates makes the result exact. This step is a Cholesky solution, cut
 * where the first coordinate would change its sign.
 */
import { kernels } from '../../../kernels/loader.js';
import { float64, scope } from '../../../kernels/memory.js';

/** Pivots below this share of their diagonal element belong to columns that depend on others. */
const DEPENDENT = 1e-12;
const SWEEPS = 5;
const ROUNDS = 200;
const KKT_ROUNDING = 1e-9;

/** The smallest value of a coordinate: 0, or -Infinity. */
type Least = number;

/**
 * `v` is v0 at the start and the minimizer at the end, among the v of at least `least`. `gradient` is kept up to date.
 * All arrays live in kernel memory. `hessian` is size x size, row-major. Small moves of coordinate descent prove nothing
 * where features are correlated. So the search ends with a whole step of Newton after which no zero coordinate wants to
 * move.
 */
export function minimizeQuadratic(
  hessian: Float64Array,
  gradient: Float64Array,
  v: Float64Array,
  l1: Float64Array,
  least: Least = -Infinity,
): void {
  for (let round = 0; round < ROUNDS; round++) {
    const moved = kernels().descendByHessian(
      v.length,
      hessian.byteOffset,
      gradient.byteOffset,
      v.byteOffset,
      l1.byteOffset,
      least,
      SWEEPS,
      0,
    );
    if (moved === 0) return;
    const whole = scope(() => stepOnSupport(hessian, gradient, v, l1, least));
    if (whole && zerosStay(gradient, v, l1, least)) return;
  }
}

/** Whether every coordinate that is zero stays zero, up to rounding. */
function zerosStay(gradient: Float64Array, v: Float64Array, l1: Float64Array, least: Least): boolean {
  for (let j = 0; j < v.length; j++) {
    const pull = least === 0 ? -gradient[j] : Math.abs(gradient[j]);
    if (v[j] === 0 && pull > l1[j] * (1 + KKT_ROUNDING)) return false;
  }
  return true;
}

/** The minimizer without an l1 penalty: v0 - H^-1 gradient. */
export function solveQuadratic(hessian: Float64Array, gradient: Float64Array, v: Float64Array): void {
  kernels().choleskyFactor(v.length, hessian.byteOffset, DEPENDENT);
  kernels().choleskySolve(v.length, hessian.byteOffset, gradient.byteOffset);
  for (let j = 0; j < v.length; j++) v[j] -= gradient[j];
}

/**
 * Newton's step on the coordinates that are not zero, no further than to the first change of a sign. Returns whether it
 * was a whole one.
 */
function stepOnSupport(
  hessian: Float64Array,
  gradient: Float64Array,
  v: Float64Array,
  l1: Float64Array,
  least: Least,
): boolean {
  const size = v.length;
  const isFree = (j: number): boolean => l1[j] === 0 && least < 0;
  const support: number[] = [];
  for (let j = 0; j < size; j++) if (v[j] !== 0 || isFree(j)) support.push(j);
  const count = support.length;
  const factor = float64(count * count);
  const step = float64(count);
  support.forEach((j, a) => {
    step[a] = -(gradient[j] + l1[j] * Math.sign(v[j]));
    for (let b = 0; b <= a; b++) factor[a * count + b] = hessian[j * size + support[b]];
  });
  kernels().choleskyFactor(count, factor.byteOffset, DEPENDENT);
  kernels().choleskySolve(count, factor.byteOffset, step.byteOffset);
  let length = 1;
  let first = -1;
  support.forEach((j, a) => {
    const reach = -v[j] / step[a];
    if (!isFree(j) && reach >= 0 && reach < length) {
      length = reach;
      first = a;
    }
  });
  support.forEach((j, a) => {
    const value = a === first ? 0 : v[j] + length * step[a];
    kernels().axpy(size, value - v[j], hessian.byteOffset + j * size * 8, gradient.byteOffset);
    v[j] = value;
  });
  return first < 0;
}
