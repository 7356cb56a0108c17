/**
 * Categories of columns, which the encoders share. A category is a code of a column of categories, or a number of a
 * column of numbers. Missing values (NaN) are a category of their own, as in scikit-learn's encoders
 * (sklearn/preprocessing/_encoders.py, sklearn/utils/_encode.py).
 */
import type { DataColumn, Matrix } from '../../base/dataset.js';
import { column } from '../algebra/matrix.js';
import { FeatureError } from '../checks.js';
import type { Problem } from '../types.js';

/**
 * The categories of each of p columns, in their order: numbers ascending, levels by their name, and the levels of an
 * ordered column as they stand. NaN is the last one.
 */
export function categoriesOf({ x, columns }: Pick<Problem, 'x' | 'columns'>): Float64Array[] {
  return Array.from({ length: x.columns }, (_, j) => {
    const found = Float64Array.from(new Set(column(x, j))).sort();
    const about = columns?.[j];
    if (about?.kind !== 'category' || about.ordered) return found;
    const isMissing = Number.isNaN(found.at(-1));
    const codes = [...(isMissing ? found.subarray(0, -1) : found)];
    const named = codes.sort((a, b) => compare(about.levels[a], about.levels[b]));
    return Float64Array.from(isMissing ? [...named, NaN] : named);
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The place of a value among categories, or -1. */
export function placeIn(categories: Float64Array): (value: number) => number {
  // A map takes NaN for equal to itself, and -0 for equal to 0.
  const places = new Map(Array.from(categories, (value, place) => [value, place]));
  return value => places.get(value) ?? -1;
}

/** For each of p columns the places of its values among its categories; -1 for values that are none of them. */
export function placesOf(x: Matrix, categories: readonly Float64Array[]): Int32Array[] {
  return categories.map((own, j) => {
    const place = placeIn(own);
    return Int32Array.from(column(x, j), place);
  });
}

/** What a category of a column is called: its level, or its number. A missing value is `nan`. */
export function categoryName(value: number, about: DataColumn): string {
  if (Number.isNaN(value)) return 'nan';
  return about.kind === 'category' ? (about.levels[value] ?? 'unseen') : String(value);
}

/** The error for a value of a column that is none of the categories of the fit. */
export function unknownCategory(j: number, value: number, hint: string): FeatureError {
  return new FeatureError(
    'unknown-category',
    j,
    (feature, about) => {
      const name = about ? categoryName(value, about) : String(value);
      return `${feature} has the category ${name}, which no training sample of this fit has`;
    },
    { value, expected: 'a category of the training samples', hint },
  );
}
