/**
 * Ridge regression: the mean and the coefficients b that minimize |y - mean - Zb|² + penalty |b|², where Z are the
 * columns of X minus their means (Hoerl and Kennard 1970). The mean is not penalized: a large penalty gives the mean.
 *
 * The penalty is chosen by the exact errors of leaving one row out (Allen's PRESS, 1974), which one decomposition of
 * ZᵀZ gives for every penalty.
 */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { meanOf } from '../statistics/sample.js';

/**
 * Penalties that are tried, for each column. The columns have deviation 1, so the first one says that all columns
 * together move y by about three times its noise.
 */
const PENALTIES = [0.1, 0.3, 1, 3, 10, 30, 100];
/** With fewer rows, the small penalties are not tried: chance would choose among them. */
const ENOUGH_ROWS = 8;
/** A row that pulls a fit to itself almost alone says little of errors. At most this part of its pull is taken out. */
const MOST_LEVERAGE = 0.9;

export interface Ridge {
  mean: number;
  /** One for each column. */
  coefficients: Float64Array;
  penalty: number;
  /** For each row: y minus the fit, over the root of what a row of this leverage shows of its error. */
  errors: Float64Array;
  /** The eigenvectors of ZᵀZ with their eigenvalues: how much the rows say of each direction. */
  directions: { value: number; vector: Float64Array }[];
}

/**
 * A fit of rows with equally many columns, which should have about the same deviation. Without a penalty, the best of
 * some is taken.
 */
export function ridge(given: readonly Float64Array[], y: ArrayLike<number>, penalty?: number): Ridge {
  const n = given.length;
  const columns = n > 0 ? given[0].length : 0;
  const mean = meanOf(y);
  if (columns === 0 || n < 2) {
    const factor = n > 1 ? Math.sqrt(n / (n - 1)) : 1;
    const errors = Float64Array.from({ length: n }, (_, i) => (y[i] - mean) * factor);
    const directions = Array.from({ length: columns }, (_, k) => ({ value: 0, vector: unit(columns, k) }));
    return { mean, coefficients: new Float64Array(columns), penalty: Infinity, errors, directions };
  }
  const centre = Float64Array.from({ length: columns }, (_, j) => meanOf(given.map(row => row[j])));
  const rows = given.map(row => row.map((value, j) => value - centre[j]));
  const { values, vectors, scores } = decomposed(rows, columns);
  const along = new Float64Array(columns);
  for (let i = 0; i < n; i++) for (let k = 0; k < columns; k++) along[k] += scores[i][k] * (y[i] - mean);
  const errorsWith = (by: number, power: number): Float64Array =>
    Float64Array.from({ length: n }, (_, i) => {
      let fitted = 0;
      let leverage = 1 / n;
      for (let k = 0; k < columns; k++) {
        fitted += (scores[i][k] * along[k]) / (values[k] + by);
        leverage += scores[i][k] ** 2 / (values[k] + by);
      }
      return (y[i] - mean - fitted) / (1 - Math.min(leverage, MOST_LEVERAGE)) ** power;
    });
  const tried = (n < ENOUGH_ROWS ? PENALTIES.filter(each => each >= 1) : PENALTIES).map(
    each => each * columns,
  );
  const leftOut = (by: number): number => squares(errorsWith(by, 1));
  const best = penalty ?? tried.reduce((a, b) => (leftOut(b) < leftOut(a) ? b : a));
  const coefficients = new Float64Array(columns);
  for (let k = 0; k < columns; k++)
    for (let j = 0; j < columns; j++) coefficients[j] += (vectors[k][j] * along[k]) / (values[k] + best);
  const directions = vectors.map((vector, k) => ({ value: values[k], vector }));
  return { mean, coefficients, penalty: best, errors: errorsWith(best, 0.5), directions };
}

/** The eigenvalues and eigenvectors of ZᵀZ, and each row of Z along the eigenvectors. */
function decomposed(
  rows: readonly Float64Array[],
  columns: number,
): { values: number[]; vectors: Float64Array[]; scores: Float64Array[] } {
  const products = Matrix.zeros(columns, columns);
  for (const row of rows)
    for (let a = 0; a < columns; a++)
      for (let b = 0; b < columns; b++) products.set(a, b, products.get(a, b) + row[a] * row[b]);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(products, {
    assumeSymmetric: true,
  });
  const vectors = realEigenvalues.map((_, k) => Float64Array.from(eigenvectorMatrix.getColumn(k)));
  const values = realEigenvalues.map(value => Math.max(0, value));
  const scores = rows.map(row => Float64Array.from(vectors, vector => dot(row, vector)));
  return { values, vectors, scores };
}

function unit(length: number, place: number): Float64Array {
  const vector = new Float64Array(length);
  vector[place] = 1;
  return vector;
}

/** The sum of products of two vectors of one length. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function squares(values: Float64Array): number {
  return dot(values, values);
}
