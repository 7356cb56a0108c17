/** What a sample of numbers comes to: its mean, its deviation, its quantiles. */

/** NaN for no values. */
export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/**
 * The sample deviation: it divides by n - 1. The `std` of the log divides by n, as numpy does.
 * @returns null for less than two values
 */
export function sampleDeviation(values: ArrayLike<number>): number | null {
  const n = values.length;
  if (n < 2) return null;
  // Differences to the first value are exact where all values are equal, so their deviation is exactly 0.
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i] - values[0];
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (values[i] - values[0] - mean) ** 2;
  return Math.sqrt(squares / (n - 1));
}

/**
 * The quantile p of sorted values, with the straight line between neighbours that numpy takes (Hyndman and Fan's
 * seventh).
 */
export function quantileOf(sorted: ArrayLike<number>, p: number): number {
  const place = (sorted.length - 1) * p;
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
}
