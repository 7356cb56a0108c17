/**
 * Statistics of columns. Missing values (NaN) are left out. Values are summed in the order of the samples. Every
 * statistic of a column without values is NaN.
 */
import type { Matrix } from '../../base/dataset.js';
import { kernels } from '../../kernels/loader.js';
import { float64, hold, scope } from '../../kernels/memory.js';
import { eachBlock } from './blocks.js';
import { moments } from '../../kernels/reference/moments.js';
import { column } from './matrix.js';
import { largestSize, unitFor } from './units.js';

export { moments };

/** The values that are not missing, in ascending order. */
export function sortedPresent(values: Float64Array): Float64Array {
  // A typed array sorts NaN last.
  const ascending = values.slice().sort();
  let count = ascending.length;
  while (count > 0 && Number.isNaN(ascending[count - 1])) count--;
  return ascending.subarray(0, count);
}

/** The moments of the columns of an n x p matrix, p values of each kind. */
export interface ColumnMoments {
  counts: Float64Array;
  means: Float64Array;
  variances: Float64Array;
  /** The square roots of the variances. They are exact also where a variance overflows or underflows. */
  deviations: Float64Array;
}

/** The moments of every column. They have the bits of `moments` where the squares of a column are finite. */
export function columnMoments(x: Matrix): ColumnMoments {
  const found = momentsByKernel(x);
  const { counts, means, variances } = found;
  const deviations = variances.map(variance => Math.sqrt(variance));
  for (let j = 0; j < x.columns; j++) {
    if (counts[j] === 0 || (variances[j] > LEAST_VARIANCE && variances[j] < Infinity)) continue;
    const { mean, variance, unit } = momentsInUnit(column(x, j));
    if (unit === 1) continue;
    means[j] = mean / unit;
    deviations[j] = Math.sqrt(variance) / unit;
    variances[j] = variance / unit / unit;
  }
  return { ...found, deviations };
}

/** The moments of every column by n weights of the samples, as numpy would average them. Counts are sums of weights. */
export function weightedMoments(x: Matrix, weights: Float64Array): ColumnMoments {
  const all = Array.from({ length: x.columns }, (_, j) => weightedColumn(column(x, j), weights));
  const each = (of: (found: (typeof all)[number]) => number): Float64Array => Float64Array.from(all, of);
  return {
    counts: each(({ count }) => count),
    means: each(({ mean }) => mean),
    variances: each(({ deviation }) => deviation * deviation),
    deviations: each(({ deviation }) => deviation),
  };
}

/** One column of `weightedMoments`, in the two passes of `moments`. */
function weightedColumn(values: Float64Array, weights: Float64Array) {
  const unit = unitFor(largestSize(values));
  let [count, sum] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) continue;
    count += weights[i];
    sum += weights[i] * (values[i] * unit);
  }
  const rough = sum / count;
  let [rest, squares] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) continue;
    const distance = values[i] * unit - rough;
    rest += weights[i] * distance;
    squares += weights[i] * distance * distance;
  }
  const variance = Math.max(0, (squares - (rest * rest) / count) / count);
  return { count, mean: (rough + rest / count) / unit, deviation: Math.sqrt(variance) / unit };
}

/** A variance below this has lost digits. */
const LEAST_VARIANCE = 2 ** -960;

/** The moments of values times `unit`, which makes their squares finite; `unit` is 1 for ordinary values. */
export function momentsInUnit(values: Float64Array) {
  const unit = unitFor(largestSize(values));
  return { ...moments(unit === 1 ? values : values.map(value => value * unit)), unit };
}

function momentsByKernel(x: Matrix): Omit<ColumnMoments, 'deviations'> {
  return scope(() => {
    const [counts, means, variances] = [float64(x.columns), float64(x.columns), float64(x.columns)];
    eachBlock(x, block => {
      const results = [counts, means, variances].map(array => array.byteOffset + 8 * block.first);
      kernels().columnMoments(x.rows, block.columns, block.x, results[0], results[1], results[2]);
    });
    return { counts: counts.slice(), means: means.slice(), variances: variances.slice() };
  });
}

/** The mean and the variance of each feature within each class: k x p values, row-major. */
export interface ClassMoments {
  mean: Float64Array;
  variance: Float64Array;
}

/** Samples with n codes of their classes, in [0, classes), and n weights; absent weights are 1 each. */
interface CodedSamples {
  x: Matrix;
  y: Int32Array;
  classes: number;
  weights?: Float64Array;
}

/** Means and variances by the weights of the samples. They are zeros for a class without samples. */
export function classMoments({ x, y, classes, weights }: CodedSamples): ClassMoments {
  const { rows, columns } = x;
  return scope(() => {
    const codes = hold(y);
    const own = weights ? hold(weights) : float64(rows).fill(1);
    const totals = float64(classes);
    for (let i = 0; i < rows; i++) totals[y[i]] += own[i];
    for (let c = 0; c < classes; c++) totals[c] ||= 1;
    const [mean, variance, scratch] = [columns, columns, 4].map(size => float64(classes * size));
    eachBlock(x, block => {
      kernels().classMoments(
        rows,
        block.columns,
        block.x,
        codes.byteOffset,
        own.byteOffset,
        classes,
        totals.byteOffset,
        columns,
        scratch.byteOffset,
        mean.byteOffset + 8 * block.first,
        variance.byteOffset + 8 * block.first,
      );
    });
    return { mean: mean.slice(), variance: variance.slice() };
  });
}

/**
 * The smallest and the largest value of each column, p of each; NaN for a column without values, and for an infinite
 * one.
 */
export function columnRanges(x: Matrix): { smallest: Float64Array; largest: Float64Array } {
  return scope(() => {
    const [smallest, largest] = [float64(x.columns), float64(x.columns)];
    eachBlock(x, ({ first, columns, x: block }) => {
      const [least, most] = [smallest.byteOffset + 8 * first, largest.byteOffset + 8 * first];
      kernels().columnRanges(x.rows, columns, block, least, most);
    });
    const present = (value: number): number => (Math.abs(value) === Infinity ? NaN : value);
    return { smallest: smallest.map(present), largest: largest.map(present) };
  });
}

/**
 * The value in the middle of the weights: the one at which the sum of the weights, in the order of the values, passes
 * the half of all of them. Where the sum is exactly the half, it is the mean of that value and the next one. So a value
 * of weight 2 counts as two values.
 */
export function weightedMedian(values: Float64Array, weights?: Float64Array): number {
  const order = Int32Array.from(values.keys())
    .filter(i => !weights || weights[i] > 0)
    .sort((a, b) => values[a] - values[b]);
  const weightOf = (i: number): number => weights?.[i] ?? 1;
  const half = order.reduce((sum, i) => sum + weightOf(i), 0) / 2;
  let passed = 0;
  for (let at = 0; at < order.length; at++) {
    passed += weightOf(order[at]);
    if (passed > half) return values[order[at]];
    if (passed === half) return (values[order[at]] + values[order[at + 1]]) / 2;
  }
  return NaN;
}

/** The q-quantile, 0 <= q <= 1, of ascending values, with the linear interpolation of numpy's percentile. */
export function quantile(ascending: Float64Array, q: number): number {
  if (ascending.length === 0) return NaN;
  const place = q * (ascending.length - 1);
  const below = Math.min(Math.floor(place), ascending.length - 1);
  const above = Math.min(below + 1, ascending.length - 1);
  const share = place - below;
  // A share of an infinite step is not a number.
  if (share === 0 || ascending[above] === ascending[below]) return ascending[below];
  const step = ascending[above] - ascending[below];
  return share < 0.5 ? ascending[below] + step * share : ascending[above] - step * (1 - share);
}

/** `count` numbers from `start` to `stop`, equally far apart, as numpy's linspace gives them. */
export function linspace(start: number, stop: number, count: number): Float64Array {
  const step = count > 1 ? (stop - start) / (count - 1) : 0;
  const values = Float64Array.from({ length: count }, (_, i) => i * step + start);
  if (count > 1) values[count - 1] = stop;
  return values;
}

/** The most frequent of ascending values. Of equally frequent values, the smallest. */
export function mode(ascending: Float64Array): number {
  let [best, bestCount] = [NaN, 0];
  for (let start = 0, end = 0; start < ascending.length; start = end) {
    while (end < ascending.length && ascending[end] === ascending[start]) end++;
    if (end - start > bestCount) [best, bestCount] = [ascending[start], end - start];
  }
  return best;
}

/** A scale of (nearly) zero would blow up noise. A column of this scale is divided by 1, as in scikit-learn. */
export function safeScale(scale: number): number {
  return scale < 10 * Number.EPSILON ? 1 : scale;
}

/**
 * Whether a deviation is no larger than the rounding of `count` equal values makes it (sklearn `_is_constant_feature`).
 */
export function isConstant(deviation: number, mean: number, count: number): boolean {
  const rounding = count * Number.EPSILON;
  return deviation * Math.sqrt(1 - rounding) <= rounding * Math.abs(mean);
}
