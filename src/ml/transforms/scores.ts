import { type Matrix, classCounts } from '../../base/dataset.js';
import type { Rng } from '../../base/rng.js';
import { FeatureError } from '../checks.js';
import { column } from '../algebra/matrix.js';
import type { ClassProblem } from '../types.js';
import { largestSize, unitFor } from '../algebra/units.js';
import { momentsInUnit } from '../algebra/statistics.js';

/**
 * Scores of single features against the classes (sklearn/feature_selection/_univariate_selection.py, _mutual_info.py).
 * A larger score means that the feature tells more of the class. A score is NaN where it is not defined.
 */

export type ScoreFunction = 'f_classif' | 'chi2' | 'mutual_info_classif';

export const SCORE_FUNCTIONS: Record<ScoreFunction, (problem: ClassProblem, rng: Rng) => Float64Array> = {
  f_classif: fClassif,
  chi2,
  mutual_info_classif: mutualInformation,
};

/**
 * F of a one-way analysis of variance: (variance between the means of the classes) / (variance within the classes). It
 * is computed from deviations, so a large mean costs no digits. scikit-learn subtracts sums of squares.
 */
function fClassif({ x, y, classes }: ClassProblem): Float64Array {
  const counts = classCounts(y, classes);
  const means = new Float64Array(classes);
  return Float64Array.from({ length: x.columns }, (_, j) => fOf(column(x, j), y, counts, means));
}

/** F of one column. The means of the classes are written to `means`, k values. */
function fOf(values: Float64Array, y: Int32Array, counts: Int32Array, means: Float64Array): number {
  if (!values.some(value => value !== values[0])) return NaN;
  const found = analysis(values, y, counts, means);
  if (found.squares > LEAST_SQUARES && found.squares < Infinity) return found.ratio;
  const unit = unitFor(largestSize(values));
  if (unit === 1) return found.ratio;
  return analysis(
    values.map(value => value * unit),
    y,
    counts,
    means,
  ).ratio;
}

/** A sum of squares below this has lost digits. */
const LEAST_SQUARES = 2 ** -960;

/** The analysis of variance of one column: F, and the sum of the squared distances from the mean. */
function analysis(values: Float64Array, y: Int32Array, counts: Int32Array, means: Float64Array) {
  const n = values.length;
  let total = 0;
  for (let i = 0; i < n; i++) total += values[i];
  const middle = total / n;
  means.fill(0);
  for (let i = 0; i < n; i++) means[y[i]] += values[i] - middle;
  let [grand, present, between, within] = [0, 0, 0, 0];
  for (let c = 0; c < means.length; c++) {
    means[c] /= counts[c];
    if (counts[c] === 0) continue;
    present++;
    grand += means[c] * counts[c];
  }
  grand /= n;
  for (let c = 0; c < means.length; c++) {
    if (counts[c] > 0) between += counts[c] * (means[c] - grand) * (means[c] - grand);
  }
  for (let i = 0; i < n; i++) {
    const distance = values[i] - middle - means[y[i]];
    within += distance * distance;
  }
  return { ratio: between / (present - 1) / (within / (n - present)), squares: between + within };
}

/** The sum of a column within each class, k values. */
function sumsByClass(values: Float64Array, y: Int32Array, classes: number): Float64Array {
  const sums = new Float64Array(classes);
  for (let i = 0; i < y.length; i++) sums[y[i]] += values[i];
  return sums;
}

/**
 * Chi-squared of the sums of the classes against their expectation by the sizes of the classes. Values are at least 0.
 */
function chi2({ x, y, classes }: ClassProblem): Float64Array {
  refuseNegative(x);
  const counts = classCounts(y, classes);
  return Float64Array.from({ length: x.columns }, (_, j) => {
    const sums = sumsByClass(column(x, j), y, classes);
    // The score of a column is proportional to the column's unit.
    const unit = unitFor(sums.reduce((sum, value) => sum + value, 0));
    const observed = sums.map(value => value * unit);
    const total = observed.reduce((sum, value) => sum + value, 0);
    let score = 0;
    for (let c = 0; c < classes; c++) {
      const expected = (counts[c] / x.rows) * total;
      if (counts[c] > 0) score += ((observed[c] - expected) * (observed[c] - expected)) / expected;
    }
    return score / unit;
  });
}

/** Refuses values below 0. Throws FeatureError `negative-value`, which tells the first feature that has one. */
export function refuseNegative({ rows, data }: Matrix): void {
  const negative = data.findIndex(value => value < 0);
  if (negative < 0) return;
  const says = (feature: string): string =>
    `${feature} has the value ${data[negative]}, and chi2 takes no negative values`;
  throw new FeatureError('negative-value', Math.floor(negative / rows), says, {
    value: data[negative],
    expected: 'values of at least 0',
    hint: 'Put a MinMaxScaler before this step, or write score_func: f_classif.',
  });
}

/** How many neighbors the estimate looks at, as in scikit-learn. */
const NEIGHBORS = 3;

/**
 * Mutual information by nearest neighbors (Ross, "Mutual information between discrete and continuous data sets", PLoS
 * ONE 2014). Values get a random jitter of 1e-10 of their size, as in scikit-learn, so that equal values have an order.
 */
function mutualInformation({ x, y, classes }: ClassProblem, rng: Rng): Float64Array {
  const harmonic = harmonicNumbers(x.rows);
  return Float64Array.from({ length: x.columns }, (_, j) => {
    const values = jittered(column(x, j), rng.child('jitter', j));
    return informationOf(values, y, classes, harmonic);
  });
}

/** H(0) .. H(n). digamma(k) = H(k - 1) - 0.5772...; the constant cancels in the estimate. */
function harmonicNumbers(n: number): Float64Array {
  const harmonic = new Float64Array(n + 1);
  for (let k = 1; k <= n; k++) harmonic[k] = harmonic[k - 1] + 1 / k;
  return harmonic;
}

/**
 * A column scaled to standard deviation 1, with the jitter added. A mean of more than FAR deviations is subtracted
 * first, because the jitter is relative to the values and would hide their differences.
 */
function jittered(values: Float64Array, rng: Rng): Float64Array {
  const { mean, variance, unit } = momentsInUnit(values);
  const deviation = Math.sqrt(variance);
  const scale = deviation < 10 * Number.EPSILON * Math.max(1, Math.abs(mean)) ? 1 : deviation;
  const middle = Math.abs(mean) > FAR * deviation ? mean : 0;
  const scaled = values.map(value => (value * unit - middle) / scale);
  let size = 0;
  for (const value of scaled) size += Math.abs(value);
  const jitter = 1e-10 * Math.max(1, size / values.length);
  return scaled.map(value => value + jitter * 2 * (rng.float() - 0.5));
}

/** The largest mean that is kept, in standard deviations. */
const FAR = 1024;

/**
 * psi(n) + mean psi(k) - mean psi(size of the class) - mean psi(samples nearer than the k-th neighbor of the same
 * class), and at least 0. psi is the digamma function.
 */
function informationOf(values: Float64Array, y: Int32Array, classes: number, harmonic: Float64Array): number {
  const counts = classCounts(y, classes);
  const order = Int32Array.from(values.keys())
    .filter(i => counts[y[i]] > 1)
    .sort((a, b) => values[a] - values[b]);
  const all = Float64Array.from(order, i => values[i]);
  const psi = (k: number): number => harmonic[k - 1];
  let sum = 0;
  for (let c = 0; c < classes; c++) {
    if (counts[c] < 2) continue;
    const own = Float64Array.from(
      order.filter(i => y[i] === c),
      i => values[i],
    );
    const k = Math.min(NEIGHBORS, own.length - 1);
    for (let at = 0; at < own.length; at++) {
      const radius = neighborDistance(own, at, k);
      sum += psi(k) - psi(own.length) - psi(within(all, own[at], radius));
    }
  }
  return Math.max(0, psi(all.length) + sum / all.length);
}

/** The distance from ascending[at] to its k-th nearest neighbor. */
function neighborDistance(ascending: Float64Array, at: number, k: number): number {
  let [left, right, distance] = [at, at, 0];
  for (let step = 0; step < k; step++) {
    const toLeft = left > 0 ? ascending[at] - ascending[left - 1] : Infinity;
    const toRight = right < ascending.length - 1 ? ascending[right + 1] - ascending[at] : Infinity;
    if (toLeft <= toRight) left--;
    else right++;
    distance = Math.min(toLeft, toRight);
  }
  return distance;
}

/** How many ascending values are nearer to the center than the radius. The center is one of them. */
function within(ascending: Float64Array, center: number, radius: number): number {
  const low = firstWhere(ascending, value => center - value < radius);
  const high = firstWhere(ascending, value => value - center >= radius);
  return Math.max(1, high - low);
}

/** The first place of an ascending array where a condition holds. It must hold for all places after that. */
function firstWhere(ascending: Float64Array, holds: (value: number) => boolean): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(ascending[middle])) high = middle;
    else low = middle + 1;
  }
  return low;
}
