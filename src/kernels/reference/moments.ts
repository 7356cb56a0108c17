/** The plain form of assembly/moments.ts: the same sums in the same order. */

export interface Moments {
  count: number;
  mean: number;
  /** The variance of a population: divided by the count. */
  variance: number;
}

/**
 * Mean and variance of the values that are not NaN, in two passes. The second pass corrects the rounding of the first
 * (Chan, Golub and LeVeque 1983). Both are NaN without values.
 */
export function moments(values: Float64Array): Moments {
  let [count, sum] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value !== value) continue;
    count++;
    sum += value;
  }
  const rough = sum / count;
  let [rest, squares] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value !== value) continue;
    const distance = value - rough;
    rest += distance;
    squares += distance * distance;
  }
  const variance = Math.max(0, (squares - (rest * rest) / count) / count);
  return { count, mean: rough + rest / count, variance };
}

/** The moments of the columns of x (rows x columns, column-major), each kind in an array of its own. */
export function columnMoments(
  rows: number,
  columns: number,
  x: Float64Array,
): { counts: Float64Array; means: Float64Array; variances: Float64Array } {
  const all = Array.from({ length: columns }, (_, j) => moments(x.subarray(j * rows, (j + 1) * rows)));
  return {
    counts: Float64Array.from(all, ({ count }) => count),
    means: Float64Array.from(all, ({ mean }) => mean),
    variances: Float64Array.from(all, ({ variance }) => variance),
  };
}

/** The smallest and the largest value of each column, or Infinity and -Infinity in a column without values. */
export function columnRanges(
  rows: number,
  columns: number,
  x: Float64Array,
): { smallest: Float64Array; largest: Float64Array } {
  const smallest = new Float64Array(columns).fill(Infinity);
  const largest = new Float64Array(columns).fill(-Infinity);
  for (let at = 0; at < rows * columns; at++) {
    const j = Math.floor(at / rows);
    if (x[at] < smallest[j]) smallest[j] = x[at];
    if (x[at] > largest[j]) largest[j] = x[at];
  }
  return { smallest, largest };
}

/** Weighted means and variances within classes, by totals of weights that are not 0; class after class. */
export function classMoments(
  rows: number,
  columns: number,
  x: Float64Array,
  y: Int32Array,
  weights: Float64Array,
  totals: Float64Array,
): { means: Float64Array; variances: Float64Array } {
  const means = new Float64Array(totals.length * columns);
  const variances = new Float64Array(totals.length * columns);
  for (let j = 0; j < columns; j++) {
    const values = x.subarray(j * rows, (j + 1) * rows);
    for (let i = 0; i < rows; i++) means[y[i] * columns + j] += weights[i] * values[i];
    for (let c = 0; c < totals.length; c++) means[c * columns + j] /= totals[c];
    for (let i = 0; i < rows; i++) {
      const distance = values[i] - means[y[i] * columns + j];
      variances[y[i] * columns + j] += weights[i] * distance * distance;
    }
    for (let c = 0; c < totals.length; c++) variances[c * columns + j] /= totals[c];
  }
  return { means, variances };
}

/** x less the mean of the row's class. */
export function centerByClass(
  rows: number,
  columns: number,
  x: Float64Array,
  y: Int32Array,
  means: Float64Array,
): Float64Array {
  return x.map((value, at) => value - means[y[at % rows] * columns + Math.floor(at / rows)]);
}

/** x = (factor x) / divisor of its column, in place. */
export function scaleColumns(rows: number, x: Float64Array, factor: number, divisors: Float64Array): void {
  for (let at = 0; at < x.length; at++) x[at] = (factor * x[at]) / divisors[Math.floor(at / rows)];
}

/** logs[i] -= 0.5 (x - mean)^2 / variance, column after column. */
export function takeGaussians(
  rows: number,
  columns: number,
  x: Float64Array,
  means: Float64Array,
  variances: Float64Array,
  logs: Float64Array,
): void {
  for (let j = 0; j < columns; j++) {
    for (let i = 0; i < rows; i++) {
      const distance = x[j * rows + i] - means[j];
      logs[i] -= (0.5 * distance * distance) / variances[j];
    }
  }
}
