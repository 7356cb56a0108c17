/**
 * Minimizes a quadratic model with an l1 penalty, as exactly as rounding allows:
 *
 *   minimize over v:  gradient . (v - v0) + (v - v0) . H (v - v0) / 2 + sum of l1[j] |v[j]|
 *
 * Coordinate descent finds the coordinates that are zero and the signs of the others. It creeps where features are
 * correlated. So Newton's step on the other coordinates makes the result exact. This step is a Cholesky solution, cut
 * where the first coordinate would change its sign.
 */
import { DROPPED_PIVOT } from '../../../kernels/layouts/cholesky.js';
import { kernels } from '../../../kernels/loader.js';
import { float64, scope } from '../../../kernels/memory.js';

/** Pivots below this share of their diagonal element belong to columns that depend on others. */
const DEPENDENT = 1e-12;
const SWEEPS = 5;
const ROUNDS = 200;
const KKT_ROUNDING = 1e-9;

/** How a quadratic differs from the usual one. */
interface Special {
  /** The smallest value of a coordinate: 0, or -Infinity. */
  least: number;
  /**
   * Whether coordinates that are not zero, and whose columns depend on each other, are moved along that dependence
   * until one of them is zero. Without this, the one that comes last stays where it is.
   */
  untangle: boolean;
}

const USUAL: Special = { least: -Infinity, untangle: false };

/**
 * `v` is v0 at the start and the minimizer at the end. `gradient` is kept up to date. All arrays live in kernel
 * memory. `hessian` is size x size, row-major. Small moves of coordinate descent prove nothing where features are
 * correlated. So the search ends with a whole step of Newton after which no zero coordinate wants to move.
 */
export function minimizeQuadratic(
  hessian: Float64Array,
  gradient: Float64Array,
  v: Float64Array,
  l1: Float64Array,
  special = USUAL,
): void {
  for (let round = 0; round < ROUNDS; round++) {
    const moved = kernels().descendByHessian(
      v.length,
      hessian.byteOffset,
      gradient.byteOffset,
      v.byteOffset,
      l1.byteOffset,
      special.least,
      SWEEPS,
      0,
    );
    if (moved === 0) return;
    const whole = scope(() => stepOnSupport(hessian, gradient, v, l1, special));
    if (whole && zerosStay(gradient, v, l1, special)) return;
  }
}

/** Whether every coordinate that is zero stays zero, up to rounding. */
function zerosStay(gradient: Float64Array, v: Float64Array, l1: Float64Array, { least }: Special): boolean {
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
  { least, untangle }: Special,
): boolean {
  const size = v.length;
  const isFree = (j: number): boolean => l1[j] === 0 && least < 0;
  const support: number[] = [];
  for (let j = 0; j < size; j++) if (v[j] !== 0 || isFree(j)) support.push(j);
  const count = support.length;
  const factor = float64(count * count);
  const step = float64(count);
  const slopes = float64(count);
  support.forEach((j, a) => {
    slopes[a] = gradient[j] + l1[j] * Math.sign(v[j]);
    step[a] = -slopes[a];
    for (let b = 0; b <= a; b++) factor[a * count + b] = hessian[j * size + support[b]];
  });
  const dropped = kernels().choleskyFactor(count, factor.byteOffset, DEPENDENT);
  const isTangled = untangle && dropped > 0;
  const columnOf = (a: number): Float64Array =>
    Float64Array.from(support, j => hessian[support[a] * size + j]);
  if (isTangled) alongDependence(factor, slopes, step, columnOf);
  else kernels().choleskySolve(count, factor.byteOffset, step.byteOffset);
  let length = isTangled ? Infinity : 1;
  let first = -1;
  support.forEach((j, a) => {
    const reach = -v[j] / step[a];
    if (!isFree(j) && reach >= 0 && reach < length) {
      length = reach;
      first = a;
    }
  });
  if (length === Infinity) return false;
  support.forEach((j, a) => {
    const value = a === first ? 0 : v[j] + length * step[a];
    kernels().axpy(size, value - v[j], hessian.byteOffset + j * size * 8, gradient.byteOffset);
    v[j] = value;
  });
  return first < 0 && !isTangled;
}

/**
 * Writes to `step` a direction in which the quadratic has no curvature and the objective does not rise: the combination
 * of columns that makes up the first one that the factor has dropped, less that column. `column` is that of the Hessian.
 */
function alongDependence(
  factor: Float64Array,
  slopes: Float64Array,
  step: Float64Array,
  column: (a: number) => Float64Array,
): void {
  const count = step.length;
  let dependent = 0;
  while (factor[dependent * count + dependent] !== DROPPED_PIVOT) dependent++;
  step.set(column(dependent));
  kernels().choleskySolve(count, factor.byteOffset, step.byteOffset);
  step[dependent] = -1;
  let slope = 0;
  for (let a = 0; a < count; a++) slope += slopes[a] * step[a];
  if (slope > 0) for (let a = 0; a < count; a++) step[a] = -step[a];
}
