/**
 * Working sets for l1 penalties. Most coefficients of the optimum are zero. So the problem is solved on a few
 * features. The other features are looked at from time to time, and those that would move are added. Features that
 * cannot be in the optimum are dropped for good (gap-safe screening: Ndiaye, Fercoq, Gramfort and Salmon, "Gap safe
 * screening rules for sparsity enforcing penalties", 2017). The dual optimum lies in a ball around a dual point, and
 * the duality gap gives the radius of the ball. A feature whose product with every point of the ball is below l1 has
 * coefficient 0.
 */
import { kernels } from '../../../kernels/loader.js';
import { float64, scope } from '../../../kernels/memory.js';
import { minimizeOn, type Progress } from './newton.js';
import { addresses, dualityGap, type State } from './state.js';

/** The size of the first working set, and the smallest number of features that may be added. */
const SMALLEST_SET = 64;
/** A smaller number of features is solved without working sets. */
const SMALL_PROBLEM = 200;
/** A working set is solved to this share of the gap of the whole. */
const SUBPROBLEM_SHARE = 0.1;
/** A working set is solved at least to this share of the target. */
const TARGET_SHARE = 0.5;

/** Minimizes over all features until the duality gap is at most the state's target. */
export function minimizeByWorkingSets(state: State): Progress {
  const { columns } = state.design;
  let alive = Int32Array.from({ length: columns }, (_, j) => j);
  if (columns <= SMALL_PROBLEM) return minimizeOn(state, alive);
  const norms = centeredNorms(state, alive);
  let loosest = Infinity;
  for (;;) {
    const look = lookAt(state, alive);
    if (look.gap <= state.target || state.iterations >= state.maxIterations) {
      return { gap: look.gap, stuck: false };
    }
    alive = screen(state, alive, look, norms);
    loosest = Math.min(loosest, look.gap * SUBPROBLEM_SHARE);
    const set = workingSet(state, look);
    const before = state.iterations;
    const { stuck } = minimizeOn(state, set, loosest, TARGET_SHARE);
    const idle = state.iterations === before;
    if (stuck || (idle && loosest <= TARGET_SHARE * state.target)) {
      return { gap: lookAt(state, alive).gap, stuck: true };
    }
    if (idle) loosest *= SUBPROBLEM_SHARE;
  }
}

/**
 * The results of a pass over all features that are left. `strengths` are their largest |correlation| over the outputs.
 */
interface Look {
  features: Int32Array;
  strengths: Float64Array;
  gap: number;
  share: number;
}

function lookAt(state: State, features: Int32Array): Look {
  return scope(() => {
    const { coef, design, loss } = state;
    const { outputs, rows, residuals } = loss;
    const count = features.length;
    const columns = addresses(design, features, false);
    const correlations = float64(outputs * count);
    const values = new Float64Array(outputs * count);
    const strengths = new Float64Array(count);
    for (let k = 0; k < outputs; k++) {
      const [from, to] = [residuals.byteOffset + k * rows * 8, correlations.byteOffset + k * count * 8];
      kernels().dotsOfColumns(rows, count, columns.byteOffset, from, to);
      for (let a = 0; a < count; a++) {
        values[k * count + a] = coef[k * design.columns + features[a]];
        strengths[a] = Math.max(strengths[a], Math.abs(correlations[k * count + a]));
      }
    }
    return { features, strengths, ...dualityGap(state, values, correlations) };
  });
}

/**
 * The norms of the columns. With an intercept, the columns are taken less their means, because residuals then add up
 * to 0.
 */
function centeredNorms({ design, fitIntercept }: State, features: Int32Array): Float64Array {
  const { ones, rows, x } = design;
  return scope(() => {
    const sums = float64(features.length);
    if (fitIntercept) {
      const columns = addresses(design, features, false).byteOffset;
      kernels().dotsOfColumns(rows, features.length, columns, ones.byteOffset, sums.byteOffset);
    }
    const { dot } = kernels();
    return Float64Array.from(sums, (sum, j) => {
      const column = x.byteOffset + j * rows * 8;
      return Math.sqrt(Math.max(0, dot(rows, column, column) - (sum * sum) / rows));
    });
  });
}

/** Whether a feature has a coefficient that is not 0. */
function supports({ coef, design, loss }: State, j: number): boolean {
  for (let k = 0; k < loss.outputs; k++) if (coef[k * design.columns + j] !== 0) return true;
  return false;
}

/** The features that may be in the optimum. */
function screen(state: State, alive: Int32Array, look: Look, norms: Float64Array): Int32Array<ArrayBuffer> {
  const { loss, penalty } = state;
  let largestCost = 0;
  for (const cost of loss.costs) largestCost = Math.max(largestCost, cost);
  const radius = Math.sqrt(2 * look.gap * loss.smoothness * largestCost);
  const { share, strengths } = look;
  return chosen(
    alive,
    (j, a) => share * strengths[a] + radius * norms[j] >= penalty.l1 || supports(state, j),
  );
}

/** The features that may stay, by their number and their place in the list. */
function chosen(
  features: Int32Array,
  stays: (feature: number, place: number) => boolean,
): Int32Array<ArrayBuffer> {
  const list = new Int32Array(features.length);
  let count = 0;
  for (let a = 0; a < features.length; a++) if (stays(features[a], a)) list[count++] = features[a];
  return list.slice(0, count);
}

/** The features with coefficients, and as many again (or SMALLEST_SET) of those that would move most. */
function workingSet(state: State, { features, strengths }: Look): Int32Array {
  const { l1 } = state.penalty;
  const outside = new Float64Array(features.length);
  let [inside, candidates] = [0, 0];
  for (let a = 0; a < features.length; a++) {
    if (supports(state, features[a])) inside++;
    else if (strengths[a] > l1) outside[candidates++] = strengths[a];
  }
  const room = Math.max(SMALLEST_SET, inside);
  const sorted = outside.subarray(0, candidates).sort();
  const bar = candidates > room ? sorted[candidates - room] : 0;
  return chosen(features, (j, a) => (strengths[a] > l1 && strengths[a] >= bar) || supports(state, j));
}
