/**
 * The types of a data set, which data/ makes and ml/ learns from. Shapes: n samples, p features, k classes.
 */
import { InputError } from './errors.js';

/**
 * A matrix of f64, column-major: the value of sample i and feature j is `data[j * rows + i]`. NaN is a missing value.
 */
export interface Matrix {
  rows: number;
  columns: number;
  data: Float64Array;
}

/** A target of classes: n codes in [0, k). Of two classes, 1 is the positive class. */
export interface ClassTarget {
  kind: 'classes';
  codes: Int32Array;
  k: number;
}

/** A target of numbers: n values. */
export interface ValueTarget {
  kind: 'values';
  values: Float64Array;
}

/** What is to be predicted, sample by sample. */
export type Target = ClassTarget | ValueTarget;

/** What a target means: the name of each class (a class's code is its place in the list), or the unit of the values. */
export type TargetMeaning = { kind: 'classes'; names: string[] } | { kind: 'values'; unit?: string };

/** The samples of one filter. A model is fitted on them, or validated on them. */
export interface Samples {
  /** n ids, in the order of the rows. */
  index: string[];
  x: Matrix;
  target: Target;
  /** n weights >= 0 of the samples, in fits and in scores. Absent where no column is named. */
  weights?: Float64Array;
  /** n codes of the column whose equal values stay in one fold. Absent where no column is named. */
  groups?: Int32Array;
  /** n values of the column that orders the samples in time. Absent where no column is named. */
  times?: Float64Array;
  /** n numbers of folds, from 0; -1 is in no fold. Absent where no column is named. */
  folds?: Int32Array;
}

/**
 * What a column of the features holds: numbers, or codes of categories. The code of a category is the place of its name
 * in `levels`, as f64 in the matrix. The levels are those of the training samples. A level that these do not have has
 * the code `levels.length`, and NaN is a missing value. `ordered` levels stand in their order. `boolean` tells that
 * tables write 1 and 0 as words of truth.
 */
export type DataColumn =
  | { name: string; kind: 'number'; boolean?: true }
  | { name: string; kind: 'category'; levels: string[]; ordered?: true };

/** The data of one split. `train` and `validate` have the same columns, and targets of one meaning. */
export interface SplitData {
  /** The p columns of `x`. */
  columns: DataColumn[];
  target: TargetMeaning;
  train: Samples;
  validate?: Samples;
}

/** Columns of numbers with these names. */
export function numberColumns(names: readonly string[]): DataColumn[] {
  return names.map(name => ({ name, kind: 'number' }));
}

/** The names of the columns that hold codes of categories. */
export function categoryNames(columns: readonly DataColumn[]): string[] {
  return columns.flatMap(({ kind, name }) => (kind === 'category' ? [name] : []));
}

/** The names of the p features. */
export function featureNames({ columns }: SplitData): string[] {
  return columns.map(({ name }) => name);
}

/** A target that must be classes. Throws InputError `not-classes` for values. */
export function classesOf(target: Target): ClassTarget {
  if (target.kind === 'classes') return target;
  throw notClasses();
}

/** A target that must be values. Throws InputError `not-values` for classes. */
export function valuesOf(target: Target): ValueTarget {
  if (target.kind === 'values') return target;
  throw new InputError('not-values', 'the target holds classes, and only values can be learned', {
    expected: 'a target of values',
  });
}

/** The names of the classes of a target. Throws InputError `not-classes` for values. */
export function classNames(target: TargetMeaning): string[] {
  if (target.kind === 'classes') return target.names;
  throw notClasses();
}

/** The names of the classes of a target; none of values. */
export function classNamesIn(target: TargetMeaning): string[] {
  return target.kind === 'classes' ? target.names : [];
}

function notClasses(): InputError {
  return new InputError('not-classes', 'the target holds values, and only classes can be learned', {
    expected: 'a target of classes',
  });
}

/** How many samples each of k classes has. */
export function classCounts(codes: Int32Array, k: number): Int32Array {
  const counts = new Int32Array(k);
  for (const code of codes) counts[code]++;
  return counts;
}
