/** Intervals for a score on one set of samples that took no part in choosing the model. */
import { Rng } from '../base/rng.js';
import { normalQuantile } from './normal.js';
import { meanOf, quantileOf, sampleDeviation } from './sample.js';

export interface Interval {
  low: number;
  high: number;
}

/**
 * The interval of level 1 - alpha of a proportion (Wilson, "Probable inference, the law of succession, and statistical
 * inference", 1927).
 * @param hits how many of the n samples
 */
export function wilson(hits: number, n: number, alpha: number): Interval {
  const z = normalQuantile(1 - alpha / 2);
  const share = hits / n;
  const centre = share + (z * z) / (2 * n);
  const spread = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  const whole = 1 + (z * z) / n;
  // Rounding takes no proportion out of its range.
  const low = hits === 0 ? 0 : (centre - spread) / whole;
  return { low, high: hits === n ? 1 : (centre + spread) / whole };
}

export interface AreaInterval extends Interval {
  area: number;
  /** DeLong's standard error of the area. */
  error: number;
}

/**
 * The area under the ROC curve with DeLong's error (DeLong, DeLong and Clarke-Pearson 1988; by midranks as Sun and Xu
 * 2014), and its interval of level 1 - alpha on the scale of the logit, which stays within 0 and 1. Undefined with less
 * than two samples of a class, and where the area is 0 or 1, because its error is then 0.
 * @param values n values; larger ones speak for the positive class
 * @param truth n class codes, 1 for the positive class
 */
export function delong(
  values: ArrayLike<number>,
  truth: ArrayLike<number>,
  alpha: number,
): AreaInterval | undefined {
  const rows = Array.from(values, (_, i) => i);
  const [positives, negatives] = [1, 0].map(code => rows.filter(i => Number(truth[i] === 1) === code));
  const [m, n] = [positives.length, negatives.length];
  if (m < 2 || n < 2) return undefined;
  const all = midranks(values, rows);
  const [ownPositives, ownNegatives] = [midranks(values, positives), midranks(values, negatives)];
  const above = positives.map(i => (all.get(i)! - ownPositives.get(i)!) / n);
  const below = negatives.map(i => 1 - (all.get(i)! - ownNegatives.get(i)!) / m);
  const area = meanOf(above);
  const error = Math.sqrt(sampleDeviation(above)! ** 2 / m + sampleDeviation(below)! ** 2 / n);
  if (!(area > 0 && area < 1) || error === 0) return undefined;
  const centre = Math.log(area / (1 - area));
  const spread = (normalQuantile(1 - alpha / 2) * error) / (area * (1 - area));
  return { area, error, low: logistic(centre - spread), high: logistic(centre + spread) };
}

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** The ranks of rows by their values, from 1; equal values share the mean of their ranks. */
function midranks(values: ArrayLike<number>, rows: readonly number[]): Map<number, number> {
  const order = [...rows].sort((i, j) => values[i] - values[j]);
  const ranks = new Map<number, number>();
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && values[order[end]] === values[order[start]]) end++;
    for (let at = start; at < end; at++) ranks.set(order[at], (start + 1 + end) / 2);
    start = end;
  }
  return ranks;
}

/**
 * The percentile interval of level 1 - alpha of any score, by drawing samples with replacement within each class (Efron
 * and Tibshirani 1993, chapter 13). Draws for which the score is not defined are left out. Undefined where fewer than
 * half of the draws have a score.
 * @param truth n class codes
 * @param score the score of some rows; a row may occur several times. null where it is not defined.
 */
export function bootstrapInterval(
  truth: ArrayLike<number>,
  score: (rows: Int32Array) => number | null,
  { alpha, draws, seed }: { alpha: number; draws: number; seed: number },
): Interval | undefined {
  const classes = new Map<number, number[]>();
  for (let i = 0; i < truth.length; i++) {
    const members = classes.get(truth[i]) ?? [];
    members.push(i);
    classes.set(truth[i], members);
  }
  const strata = [...classes.values()];
  const rng = Rng.from('spt', 'bootstrap-interval', seed);
  const found: number[] = [];
  for (let draw = 0; draw < draws; draw++) {
    const rows = strata.flatMap(members => members.map(() => members[rng.below(members.length)]));
    const value = score(Int32Array.from(rows));
    if (value !== null && !Number.isNaN(value)) found.push(value);
  }
  if (2 * found.length < draws) return undefined;
  const sorted = Float64Array.from(found).sort();
  return { low: quantileOf(sorted, alpha / 2), high: quantileOf(sorted, 1 - alpha / 2) };
}
