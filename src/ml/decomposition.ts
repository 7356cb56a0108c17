import { EigenvalueDecomposition, Matrix as DenseMatrix, SingularValueDecomposition } from 'ml-matrix';
import { column, emptyMatrix } from './matrix.js';
import { product } from './products.js';
import type { Matrix } from './types.js';

/**
 * Decompositions of dense matrices, by ml-matrix. What is called of it uses + - * / and sqrt only, in a fixed order, so
 * the results are the same bits everywhere. (Its eigenvectors of matrices that are not symmetric are not used.)
 */

export interface RightSingular {
  /** min(n, p) singular values, descending. */
  singular: Float64Array;
  /** The wanted vectors of p values, orthonormal; zeros where the singular value is negligible. */
  vectors: Float64Array[];
}

/** How many vectors are wanted of those with these singular values. */
export type Wanted = (singular: Float64Array) => number;

/**
 * The right singular vectors of an n x p matrix X. Not more columns than rows: the triangle R of X = QR by Householder's
 * reflections, then the singular value decomposition of R by Golub and Reinsch. More columns than rows: the eigenvectors u
 * of the n x n Gram matrix X X' (tred2 and tql2), and X'u / |X'u|, made orthogonal to those before them, since the small
 * ones carry the rounding of the large.
 */
export function rightSingularVectors(x: Matrix, wanted: Wanted = all => all.length): RightSingular {
  return x.columns <= x.rows ? bySingularValues(triangleOf(x), wanted) : byGramMatrix(x, wanted);
}

/** Eigenvalues, ascending, and for each its vector, of a symmetric n x n matrix given column by column. */
export function symmetricEigen(
  values: Float64Array,
  n: number,
): { values: number[]; vectors: Float64Array[] } {
  const dense = new DenseMatrix(n, n);
  for (let a = 0; a < n; a++) for (let b = 0; b < n; b++) dense.set(a, b, values[a * n + b]);
  const found = new EigenvalueDecomposition(dense, { assumeSymmetric: true });
  const vectors = found.eigenvectorMatrix;
  return {
    values: found.realEigenvalues,
    vectors: Array.from({ length: n }, (_, c) => Float64Array.from(vectors.getColumn(c))),
  };
}

/** The p x p triangle R of X = QR, n >= p (Golub and Van Loan, "Matrix Computations", algorithm 5.2.1). */
function triangleOf(x: Matrix): Matrix {
  const { rows, columns } = x;
  const data = x.data.slice();
  const triangle = emptyMatrix(columns, columns);
  for (let k = 0; k < columns; k++) {
    const pivot = k * rows + k;
    let squares = 0;
    for (let at = pivot; at < (k + 1) * rows; at++) squares += data[at] * data[at];
    const length = data[pivot] > 0 ? -Math.sqrt(squares) : Math.sqrt(squares);
    for (let j = 0; j < k; j++) triangle.data[k * columns + j] = data[k * rows + j];
    triangle.data[k * columns + k] = length;
    if (squares === 0) continue;
    // The reflection is I - v v' / half, with v what is left of the column, less the length at its head.
    const half = squares - data[pivot] * length;
    data[pivot] -= length;
    for (let j = k + 1; j < columns; j++) {
      const from = (j - k) * rows;
      let share = 0;
      for (let at = pivot; at < (k + 1) * rows; at++) share += data[at] * data[at + from];
      share /= half;
      for (let at = pivot; at < (k + 1) * rows; at++) data[at + from] -= share * data[at];
    }
  }
  return triangle;
}

function bySingularValues(x: Matrix, wanted: Wanted): RightSingular {
  const { rows, columns } = x;
  const dense = new DenseMatrix(rows, columns);
  for (let j = 0; j < columns; j++) column(x, j).forEach((value, i) => dense.set(i, j, value));
  const found = new SingularValueDecomposition(dense, { computeLeftSingularVectors: false });
  const singular = Float64Array.from(found.diagonal.slice(0, columns));
  const matrix = found.rightSingularVectors;
  const vectors = Array.from({ length: wanted(singular) }, (_, c) => Float64Array.from(matrix.getColumn(c)));
  return { singular, vectors };
}

function byGramMatrix(x: Matrix, wanted: Wanted): RightSingular {
  const { rows, columns } = x;
  const eigen = symmetricEigen(product({ matrix: x }, { matrix: x, transposed: true }).data, rows);
  const singular = Float64Array.from(eigen.values, value => Math.sqrt(Math.max(0, value))).reverse();
  const negligible = singular[0] * rows * Number.EPSILON;
  const left = emptyMatrix(rows, wanted(singular));
  for (let c = 0; c < left.columns; c++) column(left, c).set(eigen.vectors[rows - 1 - c]);
  const projected = product({ matrix: x, transposed: true }, { matrix: left });
  const vectors: Float64Array[] = [];
  for (let c = 0; c < left.columns; c++) {
    const vector = projected.data.slice(c * columns, (c + 1) * columns);
    singular[c] = makeOrthonormal(vector, vectors, negligible);
    vectors.push(vector);
  }
  return { singular, vectors };
}

/**
 * Makes a vector orthogonal to others and of length 1, in place; returns its length before. Zero if it is negligible. Where
 * little of it is left, what is left is made orthogonal again (Kahan's "twice is enough").
 */
function makeOrthonormal(vector: Float64Array, others: readonly Float64Array[], negligible: number): number {
  const length = Math.sqrt(dot(vector, vector));
  let [before, rest] = [Infinity, length];
  for (let pass = 0; pass < 2 && rest < 0.7 * before; pass++) {
    for (const other of others) {
      const share = dot(vector, other);
      for (let j = 0; j < vector.length; j++) vector[j] -= share * other[j];
    }
    [before, rest] = [rest, Math.sqrt(dot(vector, vector))];
  }
  if (!(rest > negligible)) {
    vector.fill(0);
    return 0;
  }
  for (let j = 0; j < vector.length; j++) vector[j] /= rest;
  return length;
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j];
  return sum;
}
