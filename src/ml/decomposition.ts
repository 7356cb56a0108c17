import { EigenvalueDecomposition, Matrix as DenseMatrix, SingularValueDecomposition } from 'ml-matrix';
import { column } from './matrix.js';
import type { Matrix } from './types.js';

/**
 * Decompositions of dense matrices, by ml-matrix. What is called of it uses + - * / and sqrt only, in a fixed order, so
 * the results are the same bits everywhere.
 */

export interface RightSingular {
  /** min(n, p) singular values, descending. */
  singular: Float64Array;
  /** As many vectors of p values, orthonormal; a vector of zeros where its singular value is negligible. */
  vectors: Float64Array[];
}

/**
 * The right singular vectors of an n x p matrix X. Not more columns than rows: the singular value decomposition of Golub
 * and Reinsch. More columns than rows: the eigenvectors u of the n x n Gram matrix X X' (tred2 and tql2), and X'u / |X'u|,
 * made orthogonal to those before them, since the small ones carry the rounding of the large.
 */
export function rightSingularVectors(x: Matrix): RightSingular {
  return x.columns <= x.rows ? bySingularValues(x) : byGramMatrix(x);
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

function bySingularValues(x: Matrix): RightSingular {
  const { rows, columns } = x;
  const dense = new DenseMatrix(rows, columns);
  for (let j = 0; j < columns; j++) column(x, j).forEach((value, i) => dense.set(i, j, value));
  const found = new SingularValueDecomposition(dense, { computeLeftSingularVectors: false });
  const matrix = found.rightSingularVectors;
  const vectors = Array.from({ length: columns }, (_, c) => Float64Array.from(matrix.getColumn(c)));
  return { singular: Float64Array.from(found.diagonal.slice(0, columns)), vectors };
}

/** X X', whole, column by column. */
function gramMatrix(x: Matrix): Float64Array {
  const { rows, columns } = x;
  const gram = new Float64Array(rows * rows);
  for (let j = 0; j < columns; j++) {
    const values = column(x, j);
    for (let a = 0; a < rows; a++) for (let b = a; b < rows; b++) gram[a * rows + b] += values[a] * values[b];
  }
  for (let a = 0; a < rows; a++) for (let b = 0; b < a; b++) gram[a * rows + b] = gram[b * rows + a];
  return gram;
}

function byGramMatrix(x: Matrix): RightSingular {
  const { rows, columns } = x;
  const eigen = symmetricEigen(gramMatrix(x), rows);
  const negligible = Math.sqrt(Math.max(0, eigen.values[rows - 1])) * rows * Number.EPSILON;
  const singular = new Float64Array(rows);
  const vectors: Float64Array[] = [];
  for (let c = 0; c < rows; c++) {
    const left = eigen.vectors[rows - 1 - c];
    const vector = new Float64Array(columns);
    for (let j = 0; j < columns; j++) {
      for (let i = 0; i < rows; i++) vector[j] += x.data[j * rows + i] * left[i];
    }
    singular[c] = makeOrthonormal(vector, vectors, negligible);
    vectors.push(vector);
  }
  return { singular, vectors };
}

/** Makes a vector orthogonal to others and of length 1, in place; returns its length before. Zero if it is negligible. */
function makeOrthonormal(vector: Float64Array, others: readonly Float64Array[], negligible: number): number {
  const length = Math.sqrt(dot(vector, vector));
  for (let pass = 0; pass < 2; pass++) {
    for (const other of others) {
      const share = dot(vector, other);
      for (let j = 0; j < vector.length; j++) vector[j] -= share * other[j];
    }
  }
  const rest = Math.sqrt(dot(vector, vector));
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
