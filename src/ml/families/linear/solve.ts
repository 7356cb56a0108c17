/**
 * Chooses the way to the optimum of a penalized loss by the shape of the problem:
 *
 * - With an l1 penalty: proximal Newton on working sets (working-set.ts, newton.ts, quadratic.ts).
 * - Without one, and few features: Newton with the Hessian (newton.ts), unless the loss has kinks and there are fewer
 *   samples than features.
 * - Without one, and more features than samples: the optimum is a combination of the samples, W = A X, so the problem
 *   has n unknowns. With X X^T = L L^T, the rows of L take the place of the samples. The search ends at the same
 *   scores, and the scores give A.
 * - Otherwise: Newton with conjugate gradients (conjugate.ts).
 */
import { kernels } from '../../../kernels/loader.js';
import { float64, scope } from '../../../kernels/memory.js';
import { minimizeByConjugateGradients } from './conjugate.js';
import { minimizeOn, type Progress } from './newton.js';
import type { Design, State } from './state.js';
import { addresses, centerOutputs, gapTarget, penaltyOf, settleIntercepts } from './state.js';
import { minimizeByWorkingSets } from './working-set.js';

/** Up to this many unknowns a Hessian is cheaper than conjugate gradients. */
const LARGEST_NEWTON = 500;
/** Up to this many samples a wide problem is turned into one in as many features. */
const LARGEST_KERNEL = 3000;
/** Rows of X X^T that are computed together. */
const STRIP = 32;
/** This share of the largest element of X X^T is added to its diagonal, so that rounding leaves it positive. */
const JITTER = 1e-14;

/** Moves the state to the optimum. Returns how near it came. */
export function minimizeLoss(state: State): Progress {
  const progress = state.penalty.l1 > 0 ? minimizeByWorkingSets(state) : minimizeSmooth(state);
  centerOutputs(state);
  return progress;
}

function minimizeSmooth(state: State): Progress {
  const { design, loss, penalty } = state;
  const isWide = design.columns > design.rows;
  // With X X^T every step is exact. A loss with kinks needs exact steps.
  const isExact = loss.kinked && isWide;
  if (!isExact && loss.outputs * (design.columns + 1) <= LARGEST_NEWTON) {
    const all = Int32Array.from({ length: design.columns }, (_, j) => j);
    return minimizeOn(state, all);
  }
  if (isWide && design.rows <= LARGEST_KERNEL) {
    const progress = scope(() => minimizeAmongSamples(state));
    // With a penalty the solution is checked, and if need be corrected, in all features.
    if (progress && penalty.l2 === 0) return progress;
  }
  return minimizeByConjugateGradients(state);
}

/** L with X X^T = L L^T. */
interface Compact {
  /** L as a column-major matrix: the rows of L in place of the samples. */
  design: Design;
  /** L row-major, for solutions with it. */
  factor: Float64Array;
}

/** What takes the place of a wide matrix. Undefined where rounding forbids it. */
export function compactOf({ columns, ones, rows, x }: Design): Compact | undefined {
  const factor = float64(rows * rows);
  const [from, to] = [x.byteOffset, factor.byteOffset];
  // Only the lower triangle is needed. It is computed in strips of rows, each up to its diagonal.
  for (let i = 0; i < rows; i += STRIP) {
    const height = Math.min(STRIP, rows - i);
    const [left, out] = [from + 8 * i, to + 8 * i * rows];
    kernels().gemmF64(height, i + height, columns, left, 1, rows, from, rows, 1, out, rows, 0);
  }
  let largest = 0;
  for (let i = 0; i < rows; i++) largest = Math.max(largest, factor[i * rows + i]);
  for (let i = 0; i < rows; i++) factor[i * rows + i] += JITTER * largest;
  if (kernels().choleskyFactor(rows, to, 0) > 0) return undefined;
  const transposed = float64(rows * rows);
  for (let j = 0; j < rows; j++) {
    for (let i = j; i < rows; i++) transposed[j * rows + i] = factor[i * rows + j];
  }
  return { design: { rows, columns: rows, x: transposed, ones }, factor };
}

/**
 * Solves the problem with the rows of L in place of the samples, and sets the coefficients that have the same scores.
 */
function minimizeAmongSamples(state: State): Progress | undefined {
  const { coef, design, intercepts, loss, penalty } = state;
  const compact = compactOf(design);
  if (!compact) return undefined;
  const inner: State = { ...state, design: compact.design, coef: float64(loss.outputs * design.rows) };
  const progress = minimizeSmooth(inner);
  state.iterations = inner.iterations;
  const { rows, columns, x } = design;
  const every = Int32Array.from({ length: columns }, (_, j) => j);
  const all = addresses(design, every, false);
  for (let k = 0; k < loss.outputs; k++) {
    const part = combination(inner, compact, k);
    const own = coef.byteOffset + k * columns * 8;
    kernels().dotsOfColumns(rows, columns, all.byteOffset, part.byteOffset, own);
    const scores = state.scores.byteOffset + k * rows * 8;
    kernels().product(rows, columns, x.byteOffset, own, scores);
    for (let i = k * rows; i < (k + 1) * rows; i++) state.scores[i] += intercepts[k];
  }
  state.lossValue = loss.evaluate(state.scores);
  state.penaltyValue = penaltyOf(penalty, coef);
  state.target = gapTarget(state);
  settleIntercepts(state);
  return progress;
}

/** The combination of the samples, n values, that gives the scores of output k. */
function combination({ intercepts, loss, scores }: State, { factor }: Compact, k: number): Float64Array {
  const { rows } = loss;
  const part = float64(rows);
  for (let i = 0; i < rows; i++) part[i] = scores[k * rows + i] - intercepts[k];
  kernels().choleskySolve(rows, factor.byteOffset, part.byteOffset);
  return part;
}
