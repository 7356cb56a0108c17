import { classCounts } from '../../base/dataset.js';
import type { Rng } from '../../base/rng.js';
import { column } from '../algebra/matrix.js';
import { momentsInUnit } from '../algebra/statistics.js';
import type { ClassProblem, ValueProblem } from '../types.js';

/** Mutual information of single features and the target (sklearn/feature_selection/_mutual_info.py). */

/** How many neighbors the estimate looks at, as in scikit-learn. */
const NEIGHBORS = 3;

/**
 * Mutual information of each feature and the classes by nearest neighbors (Ross, "Mutual information between discrete
 * and continuous data sets", PLoS ONE 2014). Values get a random jitter of 1e-10 of their size, as in scikit-learn, so
 * that equal values have an order.
 */
export function informationOfClasses({ x, y, classes }: ClassProblem, rng: Rng): Float64Array {
  const harmonic = harmonicNumbers(x.rows);
  return Float64Array.from({ length: x.columns }, (_, j) => {
    const values = jittered(column(x, j), rng.child('jitter', j));
    return withClasses(values, y, classes, harmonic);
  });
}

/**
 * Mutual information of each feature and the values by nearest neighbors (Kraskov, Stoegbauer and Grassberger,
 * "Estimating mutual information", Phys. Rev. E 2004, the first estimator). Feature and values get a jitter as above.
 */
export function informationOfValues({ x, y }: ValueProblem, rng: Rng): Float64Array {
  const harmonic = harmonicNumbers(x.rows);
  const target = jittered(y, rng.child('jitter', 'target'));
  return Float64Array.from({ length: x.columns }, (_, j) =>
    withValues(jittered(column(x, j), rng.child('jitter', j)), target, harmonic),
  );
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
function withClasses(values: Float64Array, y: Int32Array, classes: number, harmonic: Float64Array): number {
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

/**
 * psi(n) + psi(k) - mean psi(samples of which the feature is nearer than the k-th neighbor, the sample itself among
 * them) - mean psi(the same of the values), and at least 0. A distance is the larger one of feature and values.
 */
function withValues(values: Float64Array, target: Float64Array, harmonic: Float64Array): number {
  const n = values.length;
  if (n < 2) return 0;
  const k = Math.min(NEIGHBORS, n - 1);
  const order = Int32Array.from(values.keys()).sort((a, b) => values[a] - values[b]);
  const [own, other] = [values, target].map(all => Float64Array.from(order, i => all[i]));
  const sorted = other.slice().sort();
  const psi = (count: number): number => harmonic[count - 1];
  let sum = 0;
  for (let at = 0; at < n; at++) {
    const radius = distanceInPlane(own, other, at, k);
    sum += psi(within(own, own[at], radius)) + psi(within(sorted, other[at], radius));
  }
  return Math.max(0, psi(n) + psi(k) - sum / n);
}

/**
 * The distance from the point `at` to its k-th nearest neighbor, where a distance is the larger one of both
 * coordinates. The points stand by their ascending first coordinates.
 */
function distanceInPlane(ascending: Float64Array, other: Float64Array, at: number, k: number): number {
  // The k smallest distances so far, ascending.
  const nearest = new Float64Array(k).fill(Infinity);
  let [left, right] = [at - 1, at + 1];
  for (;;) {
    const toLeft = left >= 0 ? ascending[at] - ascending[left] : Infinity;
    const toRight = right < ascending.length ? ascending[right] - ascending[at] : Infinity;
    const along = Math.min(toLeft, toRight);
    if (along >= nearest[k - 1]) return nearest[k - 1];
    const next = toLeft <= toRight ? left-- : right++;
    const distance = Math.max(along, Math.abs(other[next] - other[at]));
    let place = k;
    while (place > 0 && nearest[place - 1] > distance) place--;
    if (place === k) continue;
    nearest.copyWithin(place + 1, place, k - 1);
    nearest[place] = distance;
  }
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
