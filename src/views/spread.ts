/** How far the scores of folds are from each other, and what that says of their mean. */

/**
 * The sample deviation of scores: it divides by n - 1. The `std` of the log divides by n, as numpy does.
 * @returns null for less than two scores
 */
export function sampleDeviation(scores: readonly number[]): number | null {
  const n = scores.length;
  if (n < 2) return null;
  // Differences to the first score are exact where all scores are equal, so their deviation is exactly 0.
  const apart = scores.map(score => score - scores[0]);
  const mean = apart.reduce((sum, one) => sum + one, 0) / n;
  return Math.sqrt(apart.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (n - 1));
}

/**
 * The corrected standard error of the mean over folds: `s * sqrt(1/J + test/train)`. J is the number of fold scores
 * with all repeats, and s their sample deviation. The fits of k folds share their samples, so the usual `s / sqrt(J)`
 * is too small. The share of samples in a fold is taken as 1 of k, so `test/train` is `1 / (k - 1)`. Source: Nadeau
 * and Bengio 2003, Inference for the generalization error, equation 9.
 * @param folds k: how many folds each drawing has
 * @returns null for less than two scores or folds
 */
export function correctedError(scores: readonly number[], folds: number): number | null {
  const deviation = sampleDeviation(scores);
  if (deviation === null || !Number.isSafeInteger(folds) || folds < 2) return null;
  return deviation * Math.sqrt(1 / scores.length + 1 / (folds - 1));
}
