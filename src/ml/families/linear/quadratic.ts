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
import { dot } from '../../algebra/decomposition.js';

/** Pivots below this share of their diagonal element belong to columns that depend on others. */
const DEPENDENT = 1e-12;
/** A curvature below this share of a diagonal element is rounding. */
const FLAT = 1e-14;
const SWEEPS = 5;
const KKT_ROUNDING = 1e-9;

/** How a quadratic differs from the usual one. */
interface Special {
  /** The smallest value of a coordinate: 0, or -Infinity. */
  least: number;
  /**
   * Whether coordinates that are not zero, and whose columns depend on each other, are moved along that dependence
   * until one of them is zero. Without this, the one that comes last stays where it is. Steps then also follow each
   * other until one is whole, because sweeps would move a coordinate away from zero again.
   */
  untangle: boolean;
  /** The largest number of rounds of sweeps and a step. */
  rounds: number;
}

const USUAL: Special = { least: -Infinity, untangle: false, rounds: 200 };

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
  for (let round = 0; round < special.rounds; round++) {
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
    let step: Step;
    do step = scope(() => stepOnSupport(hessian, gradient, v, l1, special));
    while (special.untangle && step === 'cut');
    if (step === 'whole' && zerosStay(gradient, v, l1, special)) return;
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

/** A step was whole, or it was cut where it made a coordinate zero, or it was along a dependence without such an end. */
type Step = 'whole' | 'cut' | 'along';

/** Newton's step on the coordinates that are not zero, no further than to the first change of a sign. */
function stepOnSupport(
  hessian: Float64Array,
  gradient: Float64Array,
  v: Float64Array,
  l1: Float64Array,
  { least, untangle }: Special,
): Step {
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
  const rowOf = (a: number): Float64Array => Float64Array.from(support, j => hessian[support[a] * size + j]);
  let length = 1;
  if (isTangled) length = alongDependence(factor, slopes, step, rowOf);
  else kernels().choleskySolve(count, factor.byteOffset, step.byteOffset);
  let first = -1;
  support.forEach((j, a) => {
    const reach = -v[j] / step[a];
    if (!isFree(j) && reach >= 0 && reach < length) {
      length = reach;
      first = a;
    }
  });
  if (length === Infinity) return 'along';
  support.forEach((j, a) => {
    const value = a === first ? 0 : v[j] + length * step[a];
    kernels().axpy(size, value - v[j], hessian.byteOffset + j * size * 8, gradient.byteOffset);
    v[j] = value;
  });
  if (first >= 0) return 'cut';
  return isTangled ? 'along' : 'whole';
}

/**
 * Writes to `step` a direction of nearly no curvature in which the objective falls: the combination of columns that makes
 * up the first one that the factor has dropped, less that column. `rowOf` gives rows of the Hessian. Returns the length
 * of step with the smallest objective, where no sign changes.
 */
function alongDependence(
  factor: Float64Array,
  slopes: Float64Array,
  step: Float64Array,
  rowOf: (a: number) => Float64Array,
): number {
  const count = step.length;
  let dependent = 0;
  while (factor[dependent * count + dependent] !== DROPPED_PIVOT) dependent++;
  step.set(rowOf(dependent));
  kernels().choleskySolve(count, factor.byteOffset, step.byteOffset);
  step[dependent] = -1;
  let [slope, curvature] = [0, 0];
  for (let a = 0; a < count; a++) {
    slope += slopes[a] * step[a];
    curvature += step[a] * dot(rowOf(a), step);
  }
  if (slope > 0) for (let a = 0; a < count; a++) step[a] = -step[a];
  return curvature > FLAT * rowOf(dependent)[dependent] ? Math.abs(slope) / curvature : Infinity;
}
