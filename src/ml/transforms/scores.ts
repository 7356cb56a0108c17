import { type Matrix, classCounts } from '../../base/dataset.js';
import type { Rng } from '../../base/rng.js';
import { FeatureError } from '../checks.js';
import { column } from '../algebra/matrix.js';
import type { ClassProblem, ValueProblem } from '../types.js';
import { largestSize, unitFor } from '../algebra/units.js';
import { momentsInUnit } from '../algebra/statistics.js';
import { informationOfClasses, informationOfValues } from './information.js';

/**
 * Scores of single features against the target (sklearn/feature_selection/_univariate_selection.py). A larger score
 * means that the feature tells more of the target. A score is NaN where it is not defined.
 */

export type ClassScore = 'f_classif' | 'chi2' | 'mutual_info_classif';
export type ValueScore = 'f_regression' | 'r_regression' | 'mutual_info_regression';
export type ScoreFunction = ClassScore | ValueScore;

/** Scores of p features against classes. */
export const CLASS_SCORES: Record<ClassScore, (problem: ClassProblem, rng: Rng) => Float64Array> = {
  f_classif: fClassif,
  chi2,
  mutual_info_classif: informationOfClasses,
};

/** Scores of p features against values. */
export const VALUE_SCORES: Record<ValueScore, (problem: ValueProblem, rng: Rng) => Float64Array> = {
  f_regression: fRegression,
  r_regression: rRegression,
  mutual_info_regression: informationOfValues,
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

/** Sums of squares and of products of two columns, each less its mean and in a unit of its own, and the distances. */
function correlation(values: Float64Array, target: Float64Array) {
  const [a, b] = [values, target].map(all => {
    const { mean, unit } = momentsInUnit(all);
    return all.map(value => value * unit - mean);
  });
  let [aa, ab, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    aa += a[i] * a[i];
    ab += a[i] * b[i];
    bb += b[i] * b[i];
  }
  return { a, b, aa, ab, bb };
}

const isConstant = (values: Float64Array): boolean => values.every(value => value === values[0]);

/** Pearson's correlation with its sign, as in scikit-learn: a feature that falls with the target has a low score. */
function rRegression({ x, y }: ValueProblem): Float64Array {
  return Float64Array.from({ length: x.columns }, (_, j) => {
    const values = column(x, j);
    if (isConstant(values) || isConstant(y)) return 0;
    const { aa, ab, bb } = correlation(values, y);
    return Math.max(-1, Math.min(1, ab / Math.sqrt(aa) / Math.sqrt(bb)));
  });
}

/**
 * F of a regression of the values on one feature: r^2 / (1 - r^2) (n - 2). It is computed from residuals, so a feature
 * that tells nearly all keeps its digits. A feature that does not vary has 0, and one without residuals the largest
 * number, as in scikit-learn.
 */
function fRegression({ x, y }: ValueProblem): Float64Array {
  return Float64Array.from({ length: x.columns }, (_, j) => {
    const values = column(x, j);
    if (isConstant(values) || isConstant(y) || y.length < 3) return 0;
    const { a, b, aa, ab } = correlation(values, y);
    const slope = ab / aa;
    let rest = 0;
    for (let i = 0; i < a.length; i++) rest += (b[i] - slope * a[i]) * (b[i] - slope * a[i]);
    return Math.min(Number.MAX_VALUE, ((slope * ab) / rest) * (y.length - 2));
  });
}
