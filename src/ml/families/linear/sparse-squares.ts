/**
 * Least squares with an l1 and an l2 penalty (Zou and Hastie, "Regularization and variable selection via the elastic
 * net", 2005):
 *
 *   minimize over w >= least:  |t - A w|^2 / 2 + l1 |w|_1 + l2 |w|^2 / 2
 *
 * Most coefficients of the optimum are zero. So the problem is solved on a working set of features (quadratic.ts). Then
 * all features are looked at: those that would move are added to the set, and those that cannot be in the optimum are
 * dropped for good (gap-safe screening: Ndiaye, Fercoq, Gramfort and Salmon, "Gap safe screening rules for sparsity
 * enforcing penalties", 2017). The dual optimum lies in a ball around a dual point, and the duality gap gives the
 * radius of the ball. The search starts from w = 0.
 */
import type { Matrix } from '../../../base/dataset.js';
import { GRAM_SCRATCH } from '../../../kernels/layouts/gram.js';
import { kernels } from '../../../kernels/loader.js';
import { float64, hold, scope, uint32, unsetFloat64 } from '../../../kernels/memory.js';
import { minimizeQuadratic } from './quadratic.js';
import type { Ended } from './shortfall.js';

export interface SparseProblem {
  /** n x p, in the memory of the kernels. */
  a: Matrix;
  /** n targets. */
  t: Float64Array;
  /** The penalties. One of them is above 0; l2 is above 0 where `least` is 0 and l1 is 0. */
  l1: number;
  l2: number;
  /** The smallest value of a coefficient: 0, or -Infinity. */
  least: number;
}

export interface SparseSolution extends Ended {
  /** p values, in new storage. */
  w: Float64Array;
}

/** The size of the first working set, and the smallest number of features that may be added. */
const SMALLEST_SET = 64;
/** A smaller number of features is solved without working sets. */
const SMALL_PROBLEM = 200;
/**
 * A set has a Gram matrix up to this size, and without an l2 penalty up to this many features a sample. Larger sets
 * descend by columns.
 */
const LARGEST_GRAM = 1200;
const ALWAYS_GRAM = 200;
const GRAM_PER_SAMPLE = 2;
/** Sweeps by columns between two looks at all features. */
const COLUMN_SWEEPS = 30;
/** After this number of rounds without progress, sets descend by columns, whose rounding is smaller. */
const STALLED = 3;
/** The search ends after this number of rounds without progress. */
const PATIENCE = 60;
/** Progress is a gap of at most this share of the one that was the last progress. */
const PROGRESS = 0.9;
/** The largest gap that is excused as rounding, as a share of the loss of w = 0. */
const LARGEST_ROUNDING = 1e-10;

/** The point of a search. Arrays live in the memory of the kernels. */
interface Point {
  /** The addresses of the p columns. */
  places: Uint32Array;
  /** The norms of the p columns. */
  norms: Float64Array;
  w: Float64Array;
  /** n: t - A w. */
  residuals: Float64Array;
}

/** Minimizes until the duality gap is at most `relative` times the objective, in at most `most` rounds. */
export function sparseSquares(problem: SparseProblem, relative: number, most: number): SparseSolution {
  return scope(() => {
    const point = startOf(problem);
    let alive: Int32Array = Int32Array.from(point.norms.keys()).filter(j => point.norms[j] > 0);
    const best = { gap: Infinity, target: 0, w: point.w.slice() };
    let progress = { gap: Infinity, round: 0 };
    for (let round = 0; ; round++) {
      const look = lookAt(problem, point, alive, relative);
      const { gap, target } = look;
      if (gap < best.gap) Object.assign(best, { gap, target, w: point.w.slice() });
      if (gap <= PROGRESS * progress.gap) progress = { gap, round };
      const idle = round - progress.round;
      if (gap <= target || round >= most || idle > PATIENCE) return { ...best, iterations: round };
      alive = screened(problem, point, alive, look);
      const set = alive.length <= SMALL_PROBLEM ? alive : workingSet(problem, point, alive, look);
      scope(() => minimizeOn(problem, point, set, look, idle <= STALLED));
    }
  });
}

function startOf({ a, t }: SparseProblem): Point {
  const { rows, columns, data } = a;
  const places = uint32(columns);
  for (let j = 0; j < columns; j++) places[j] = data.byteOffset + 8 * j * rows;
  const norms = Float64Array.from(places, place => Math.sqrt(kernels().dot(rows, place, place)));
  return { places, norms, w: float64(columns), residuals: hold(t.slice()) };
}

/** The results of a pass over all features that are left. */
interface Look {
  /** The products of all p features with the residuals; those that were dropped have 0. */
  correlations: Float64Array;
  gap: number;
  /** The gap that counts as converged. */
  target: number;
  /** The dual point is this share of the residuals. */
  share: number;
}

function lookAt(problem: SparseProblem, point: Point, alive: Int32Array, relative: number): Look {
  const correlations = new Float64Array(problem.a.columns);
  scope(() => {
    const columns = hold(Uint32Array.from(alive, j => point.places[j]));
    const products = float64(alive.length);
    const [from, to] = [point.residuals.byteOffset, products.byteOffset];
    kernels().dotsOfColumns(problem.a.rows, alive.length, columns.byteOffset, from, to);
    alive.forEach((j, place) => (correlations[j] = products[place]));
  });
  return { correlations, ...gapOf(problem, point, alive, correlations, relative) };
}

/** How strongly a coefficient of 0 is pulled away from 0. */
function pull({ least }: SparseProblem, correlation: number): number {
  return least === 0 ? correlation : Math.abs(correlation);
}

/**
 * The duality gap by Fenchel and Young, summed term by term. For the dual point share * residuals it is
 *
 *   (1 - share)^2 |t - A w|^2 / 2 + sum over the coefficients of  r(w) + r*(share c) - share w c,
 *
 * where r is the penalty, r* its conjugate and c the correlation. The share is 1 or the largest one for which no
 * correlation is beyond l1, whichever has the smaller gap. Without an l2 penalty it is the latter.
 */
function gapAt(
  { a, l1, l2, least }: SparseProblem,
  { w, residuals }: Point,
  alive: Int32Array,
  correlations: Float64Array,
  share: number,
): number {
  const squares = kernels().dot(a.rows, residuals.byteOffset, residuals.byteOffset);
  let gap = ((1 - share) * (1 - share) * squares) / 2;
  for (const j of alive) {
    const pulled = share * (least === 0 ? correlations[j] : Math.abs(correlations[j]));
    const beyond = Math.max(0, pulled - l1);
    gap += l1 * Math.abs(w[j]) + (l2 * w[j] * w[j]) / 2 - share * w[j] * correlations[j];
    if (l2 > 0) gap += (beyond * beyond) / (2 * l2);
  }
  return Math.max(0, gap);
}

/**
 * The gap, and the one that counts as converged. That is at least as large as the rounding of the gap. The residuals are
 * known up to a rounding of |t| + sum |w_j| |a_j|.
 */
function gapOf(
  problem: SparseProblem,
  point: Point,
  alive: Int32Array,
  correlations: Float64Array,
  relative: number,
): Omit<Look, 'correlations'> {
  const { a, t, l1, l2 } = problem;
  const { norms, residuals, w } = point;
  const strongest = alive.reduce((most, j) => Math.max(most, pull(problem, correlations[j])), 0);
  const inside = strongest <= l1 ? 1 : l1 / strongest;
  const looks = (l2 > 0 && inside < 1 ? [1, inside] : [inside]).map(share => ({
    share,
    gap: gapAt(problem, point, alive, correlations, share),
  }));
  const { share, gap } = looks.reduce((best, look) => (look.gap < best.gap ? look : best));
  const start = t.reduce((sum, value) => sum + value * value, 0);
  let [penalty, terms] = [0, Math.sqrt(start)];
  for (const j of alive) {
    penalty += l1 * Math.abs(w[j]) + (l2 * w[j] * w[j]) / 2;
    terms += Math.abs(w[j]) * norms[j];
  }
  const objective = kernels().dot(a.rows, residuals.byteOffset, residuals.byteOffset) / 2 + penalty;
  const rounding = Math.min(4 * Number.EPSILON * terms * terms, (LARGEST_ROUNDING * start) / 2);
  return { gap, share, target: Math.max(relative * objective, rounding) };
}

/** The features that may be in the optimum. */
function screened(problem: SparseProblem, { norms, w }: Point, alive: Int32Array, look: Look): Int32Array {
  const { correlations, gap, share } = look;
  const radius = Math.sqrt(2 * gap);
  return alive.filter(
    j => w[j] !== 0 || share * pull(problem, correlations[j]) + radius * norms[j] >= problem.l1,
  );
}

/** The features with coefficients, and as many again (or SMALLEST_SET) of those that would move most. */
function workingSet(problem: SparseProblem, { w }: Point, alive: Int32Array, look: Look): Int32Array {
  const strength = (j: number): number => pull(problem, look.correlations[j]);
  const inside = alive.filter(j => w[j] !== 0);
  const outside = alive.filter(j => w[j] === 0 && strength(j) > problem.l1);
  const room = Math.max(SMALLEST_SET, inside.length);
  const sorted = Float64Array.from(outside, strength).sort();
  const bar = outside.length > room ? sorted[outside.length - room] : 0;
  return alive.filter(j => w[j] !== 0 || (strength(j) > problem.l1 && strength(j) >= bar));
}

/** What the quadratic of a working set may do. It need not be exact, because the next round goes on from there. */
const INSIDE = { untangle: true, rounds: 30 };

/**
 * Minimizes over the coefficients of some features, and computes the residuals anew. `isQuick` says whether the Gram
 * matrix may serve.
 */
function minimizeOn(
  problem: SparseProblem,
  point: Point,
  set: Int32Array,
  look: Look,
  isQuick: boolean,
): void {
  const { a, t, l1, l2, least } = problem;
  const { places, residuals, w } = point;
  const columns = hold(Uint32Array.from(set, j => places[j]));
  const v = hold(Float64Array.from(set, j => w[j]));
  const gradient = hold(Float64Array.from(set, j => l2 * w[j] - look.correlations[j]));
  const penalties = float64(set.length).fill(l1);
  const perSample = l2 > 0 ? Infinity : GRAM_PER_SAMPLE * a.rows;
  const isSmall = set.length <= Math.max(ALWAYS_GRAM, Math.min(LARGEST_GRAM, perSample));
  if (isSmall && isQuick) {
    minimizeQuadratic(gramOf(a.rows, columns, l2), gradient, v, penalties, { least, ...INSIDE });
  } else descend(problem, columns, gradient, v, penalties, look);
  set.forEach((j, place) => (w[j] = v[place]));
  residuals.set(t);
  const negative = hold(v.map(value => -value));
  kernels().addColumns(a.rows, set.length, columns.byteOffset, negative.byteOffset, residuals.byteOffset);
}

/** The Gram matrix of some columns, with l2 added to its diagonal. */
function gramOf(rows: number, columns: Uint32Array, l2: number): Float64Array {
  const size = columns.length;
  const gram = unsetFloat64(size * size);
  scope(() => {
    const [ones, scratch] = [float64(rows).fill(1), unsetFloat64(GRAM_SCRATCH * size)];
    const [from, to] = [columns.byteOffset, gram.byteOffset];
    kernels().weightedGram(rows, size, from, ones.byteOffset, scratch.byteOffset, to, size);
  });
  for (let j = 0; j < size; j++) gram[j * size + j] += l2;
  return gram;
}

/** Some sweeps of coordinate descent over many columns. */
function descend(
  { a, l2, least }: SparseProblem,
  columns: Uint32Array,
  gradient: Float64Array,
  v: Float64Array,
  penalties: Float64Array,
  { target }: Look,
): void {
  const { rows } = a;
  const diagonal = hold(Float64Array.from(columns, place => kernels().dot(rows, place, place) + l2));
  const [ones, squares] = [float64(rows).fill(1), float64(v.length).fill(l2)];
  const [start, moved] = [hold(v.slice()), float64(rows)];
  kernels().descendByColumns(
    rows,
    v.length,
    columns.byteOffset,
    ones.byteOffset,
    diagonal.byteOffset,
    penalties.byteOffset,
    squares.byteOffset,
    gradient.byteOffset,
    start.byteOffset,
    v.byteOffset,
    moved.byteOffset,
    least,
    COLUMN_SWEEPS,
    (1e-3 * target) / v.length,
  );
}
