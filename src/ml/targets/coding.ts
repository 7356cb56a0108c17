import { codesOfDecision } from '../algebra/matrix.js';

/**
 * How columns of scores stand for classes. Two classes share one column, which is positive for class 1. More classes
 * have a column each, and the largest wins.
 */
export interface Coding {
  classes: number;
  /** Whether one column stands for two classes. */
  binary: boolean;
  /** How many columns there are: 1 for two classes, else one a class. */
  columns: number;
  /** The class that a column is positive for. */
  classOf(column: number): number;
  /** m class codes from m x columns scores, row-major. Throws InputError `not-a-number` for NaN. */
  codes(scores: Float64Array): Int32Array;
}

/** The coding of that many classes. */
export function codingOf(classes: number): Coding {
  const binary = classes === 2;
  return {
    classes,
    binary,
    columns: binary ? 1 : classes,
    classOf: column => (binary ? 1 : column),
    codes: scores => codesOfDecision(scores, classes),
  };
}

/** n signs: 1 for the samples of a class, -1 for the others. */
export function signsOf(y: Int32Array, code: number): Float64Array {
  return Float64Array.from(y, label => (label === code ? 1 : -1));
}
