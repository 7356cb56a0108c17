import type { Matrix, Target } from '../../base/dataset.js';
import { InputError } from '../../base/errors.js';

/**
 * Small tools for column-major matrices. Each function returns new storage or a view of a column. No function writes
 * into an argument unless its comment says so.
 */

/** A matrix of zeros. */
export function emptyMatrix(rows: number, columns: number): Matrix {
  return { rows, columns, data: new Float64Array(rows * columns) };
}

/** Column j as a view: writing to it writes to the matrix. */
export function column(x: Matrix, j: number): Float64Array {
  return x.data.subarray(j * x.rows, (j + 1) * x.rows);
}

/** The matrix whose rows are given, for tests and small tables. */
export function fromRows(rows: readonly (readonly number[])[]): Matrix {
  const matrix = emptyMatrix(rows.length, rows.length === 0 ? 0 : rows[0].length);
  for (let i = 0; i < matrix.rows; i++) {
    for (let j = 0; j < matrix.columns; j++) matrix.data[j * matrix.rows + i] = rows[i][j];
  }
  return matrix;
}

/** The rows of a matrix as arrays, as the ml-* packages take them. */
export function toRows(x: Matrix): number[][] {
  return Array.from({ length: x.rows }, (_, i) => {
    const row = new Array<number>(x.columns);
    for (let j = 0; j < x.columns; j++) row[j] = x.data[j * x.rows + i];
    return row;
  });
}

/** The samples of the given rows, in the given order. */
export function takeRows(x: Matrix, rows: Int32Array): Matrix {
  const taken = emptyMatrix(rows.length, x.columns);
  const [source, target] = [x.data, taken.data];
  let to = 0;
  for (let from = 0; from < source.length; from += x.rows) {
    for (let i = 0; i < rows.length; i++) target[to++] = source[from + rows[i]];
  }
  return taken;
}

/** The features of the given columns, in the given order. */
export function takeColumns(x: Matrix, columns: Int32Array): Matrix {
  const taken = emptyMatrix(x.rows, columns.length);
  for (let j = 0; j < columns.length; j++) column(taken, j).set(column(x, columns[j]));
  return taken;
}

/** The codes of the given rows. */
export function takeCodes(y: Int32Array, rows: Int32Array): Int32Array {
  const taken = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) taken[i] = y[rows[i]];
  return taken;
}

/** The values of the given rows. */
export function takeValues(values: Float64Array, rows: Int32Array): Float64Array {
  return Float64Array.from(rows, row => values[row]);
}

/** The target of the given rows, in the given order. */
export function takeTarget(target: Target, rows: Int32Array): Target {
  if (target.kind === 'classes') return { ...target, codes: takeCodes(target.codes, rows) };
  return { ...target, values: takeValues(target.values, rows) };
}

/** Applies `change` to each value of each column and returns the new matrix. */
export function mapColumns(x: Matrix, change: (value: number, j: number) => number): Matrix {
  const changed = emptyMatrix(x.rows, x.columns);
  for (let j = 0; j < x.columns; j++) {
    const end = (j + 1) * x.rows;
    for (let at = j * x.rows; at < end; at++) changed.data[at] = change(x.data[at], j);
  }
  return changed;
}

/** The place of the largest value of `values[start .. start + length)`, relative to start; the first among equals. */
export function largestAt(values: ArrayLike<number>, start: number, length: number): number {
  let best = 0;
  for (let c = 1; c < length; c++) if (values[start + c] > values[start + best]) best = c;
  return best;
}

/**
 * Refuses NaN in what a model says of samples, because the model was not learned. Throws InputError `not-a-number`.
 */
export function requireNumbers(values: Float64Array): void {
  for (let at = 0; at < values.length; at++) {
    if (values[at] === values[at]) continue;
    throw new InputError('not-a-number', 'the fitted model gives NaN for some samples', {
      expected: 'a finite number for every sample',
      hint: 'Scale the features (StandardScaler), or change the parameters.',
    });
  }
}

/** Class codes from what `Classifier.decision` returns: the sign for two classes, the largest for more. Refuses NaN. */
export function codesOfDecision(decision: Float64Array, classes: number): Int32Array {
  if (classes > 2) return codesOfProba(decision, classes);
  requireNumbers(decision);
  const codes = new Int32Array(decision.length);
  for (let i = 0; i < codes.length; i++) codes[i] = decision[i] > 0 ? 1 : 0;
  return codes;
}

/** Class codes from m x k row-major probabilities: the largest, and the first among equals. Refuses NaN. */
export function codesOfProba(proba: Float64Array, classes: number): Int32Array {
  requireNumbers(proba);
  const codes = new Int32Array(proba.length / classes);
  for (let i = 0; i < codes.length; i++) codes[i] = largestAt(proba, i * classes, classes);
  return codes;
}
