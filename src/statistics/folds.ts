/**
 * What the scores of the folds of one cross-validation say: the error of their mean, and whether two configs differ.
 *
 * The training sets of folds overlap, so the scores of folds are not independent, and the usual s / sqrt(J) is too
 * small. Nadeau and Bengio ("Inference for the generalization error", Machine Learning 52, 2003) replace 1 / J by 1 / J
 * + n_test / n_train. For k folds the share is 1 / (k - 1), in time it is larger, and J counts the folds of all repeats
 * (Bouckaert and Frank 2004).
 */
import { meanOf, sampleDeviation } from './sample.js';
import { studentQuantile, twoSided } from './student.js';

/** How a mean was measured: by J scores, each on `share` times as many samples as it was trained on. */
export interface Folding {
  /** The number of scores: folds times repeats. At least 2. */
  scores: number;
  /** Samples to score for each sample of training: 1 / (k - 1) with k folds. */
  share: number;
}

/** A mean over folds and how well it is known. */
export interface FoldMean {
  mean: number;
  /** The standard deviation of the scores; its divisor is J - 1. */
  deviation: number;
  /** The corrected standard error of the mean. */
  error: number;
}

/** A paired comparison of two configs over the same folds. */
export interface Paired extends FoldMean {
  /** The mean difference over its error; +-Infinity where all differences are the same and not 0. */
  t: number;
  /** Two-sided. */
  p: number;
}

/** A log may tell any number of folds. More stretches of time than this are not summed. */
const MOST_STRETCHES = 1_000_000;

/** Two scores are one where they differ by their rounding only. */
const ROUNDING = 1e-12;

/** What J scores make of a standard deviation: the corrected standard error. */
export function errorOf(deviation: number, { scores, share }: Folding): number {
  return deviation * Math.sqrt(1 / scores + share);
}

/** The mean of scores of folds, with its corrected error. */
export function foldMean(values: ArrayLike<number>, folding: Folding): FoldMean {
  const deviation = sampleDeviation(values) ?? NaN;
  return { mean: meanOf(values), deviation, error: errorOf(deviation, folding) };
}

/** What is known of folds without the data. Another program may have written something else into a log. */
export interface Drawn {
  /** k: how many folds each drawing has. */
  folds?: number;
  type?: string;
}

/**
 * Samples to score for each sample of training, as a mean over the folds; undefined for less than two folds. In time,
 * fold i of k is fitted on i times as many samples as it scores, so the mean is (1 + 1/2 + ... + 1/k) / k.
 */
export function shareOf(drawn: Drawn | undefined): number | undefined {
  const { folds = 0, type } = drawn ?? {};
  if (!Number.isSafeInteger(folds) || folds < 2) return undefined;
  if (type !== 'time') return 1 / (folds - 1);
  let sum = 0;
  for (let stretch = 1; stretch <= Math.min(folds, MOST_STRETCHES); stretch++) sum += 1 / stretch;
  return sum / folds;
}

/**
 * The corrected standard error of the mean of scores, where their number and the folds tell all.
 * @param scores the scores of all folds of all repeats
 * @returns null for less than two scores or folds
 */
export function correctedError(scores: readonly number[], drawn: Drawn | undefined): number | null {
  const deviation = sampleDeviation(scores);
  const share = shareOf(drawn);
  if (deviation === null || share === undefined) return null;
  return errorOf(deviation, { scores: scores.length, share });
}

/** The corrected paired t test of `a - b` over the same folds. */
export function pairedTest(a: ArrayLike<number>, b: ArrayLike<number>, folding: Folding): Paired {
  const differences = Float64Array.from(a, (value, i) => {
    const largest = Math.max(Math.abs(value), Math.abs(b[i]));
    return Math.abs(value - b[i]) <= ROUNDING * largest ? 0 : value - b[i];
  });
  const found = foldMean(differences, folding);
  // Differences that are all the same have a deviation of rounding only.
  const isConstant = found.deviation <= ROUNDING * Math.abs(found.mean);
  const { mean, deviation, error } = isConstant ? { mean: found.mean, deviation: 0, error: 0 } : found;
  const t = mean === 0 ? 0 : mean / error;
  return { mean, deviation, error, t, p: twoSided(t, folding.scores - 1) };
}

/** The two-sided interval of level 1 - alpha around a mean, as its half width. */
export function halfWidth(error: number, alpha: number, { scores }: Folding): number {
  return studentQuantile(1 - alpha / 2, scores - 1) * error;
}

/**
 * Holm's adjusted p values ("A simple sequentially rejective multiple test procedure", 1979): those of at most alpha
 * are rejected, and the chance of any wrong rejection is at most alpha.
 * @param p the p values of all comparisons
 */
export function holm(p: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from({ length: p.length }, (_, i) => i).sort((i, j) => p[i] - p[j] || i - j);
  const adjusted = new Float64Array(p.length);
  let largest = 0;
  order.forEach((i, place) => {
    largest = Math.max(largest, Math.min(1, p[i] * (p.length - place)));
    adjusted[i] = largest;
  });
  return adjusted;
}
