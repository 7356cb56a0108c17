import { EigenvalueDecomposition, Matrix as DenseMatrix, SingularValueDecomposition } from 'ml-matrix';
import type { Matrix } from '../../base/dataset.js';
import { GRAM_SCRATCH } from '../../kernels/layouts/gram.js';
import { kernels } from '../../kernels/loader.js';
import { float64, hold, scope, uint32, unsetFloat64 } from '../../kernels/memory.js';
import { column, emptyMatrix } from './matrix.js';
import { product } from './products.js';
import { reflectionsOf } from './reflections.js';

/**
 * Decompositions of dense matrices, by ml-matrix. The parts of it that are called use + - * / and sqrt only, in a
 * fixed order, so the results are the same bits everywhere. (Its eigenvectors of matrices that are not symmetric are
 * not used.)
 */

export interface RightSingular {
  /** min(n, p) singular values, descending. */
  singular: Float64Array;
  /** The wanted vectors, p values each, orthonormal. A vector is zero where its singular value is negligible. */
  vectors: Float64Array[];
}

/** How many vectors are wanted of those with these singular values. */
export type Wanted = (singular: Float64Array) => number;

/**
 * The right singular vectors of an n x p matrix X.
 *
 * - p <= n: Householder's reflections give the triangle R of X = QR. The method of Golub and Reinsch gives the
 *   singular value decomposition of R.
 * - p > n: tred2 and tql2 give the eigenvectors u of the n x n Gram matrix X X'. The singular vectors are X'u /
 *   |X'u|. Each one is made orthogonal to those before it, because the small ones carry the rounding of the large
 *   ones.
 */
export function rightSingularVectors(x: Matrix, wanted: Wanted = all => all.length): RightSingular {
  return x.columns <= x.rows ? bySingularValues(triangleOf(x), wanted) : byGramMatrix(x, wanted);
}

/**
 * Squares of singular values carry a rounding of about 1e-16 of the largest square. Where the least of the squares
 * that count is above this share of their sum, what is computed from the squares has at least eight right digits.
 */
const LEAST_SHARE = 1e-8;

/**
 * Vectors s(1), s(2), ... with sum_c s(c) s(c)' = the pseudo-inverse of X'X, so that the X s(c) are orthonormal.
 * There are many sets of these vectors. Each set is a rotation of the others.
 */
export interface Whitening {
  count: number;
  /** The products of each s(c) with a vector of p values. */
  project(vector: Float64Array): Float64Array;
  /** sum_c weights[c] s(c), p values. */
  combine(weights: ArrayLike<number>): Float64Array;
}

/**
 * The whitening of X. Singular values up to `tolerance` count as none. It may read X as long as it is used. Where the
 * singular values are far enough from the tolerance and from each other, matrix products find the whitening. That is
 * many times faster than the singular value decomposition, which serves otherwise.
 *
 * - p <= n, and no singular value negligible: with X'X = L L', the whitening is the rows of L^-1, because (L L')^-1 =
 *   L^-T L^-1. No eigenvalue of X'X is less than 1 / trace (X'X)^-1, and this trace is the sum of the squares in
 *   L^-1.
 * - p > n: X'u / v, for the eigenvectors u and the eigenvalues v = |X'u|^2 of X X'.
 */
export function whitening(x: Matrix, tolerance: number): Whitening {
  if (x.columns > x.rows) {
    const found = byGramEigen(x, tolerance);
    if (found) return found;
  } else {
    const found = byFactor(x, tolerance);
    if (found) return byVectors(found, x.columns);
  }
  const { singular, vectors } = rightSingularVectors(x, all => all.filter(value => value > tolerance).length);
  const kept = vectors.filter((_, c) => singular[c] > tolerance);
  return byVectors(
    kept.map((vector, c) => vector.map(value => value / singular[c])),
    x.columns,
  );
}

function byVectors(vectors: readonly Float64Array[], length: number): Whitening {
  return {
    count: vectors.length,
    project: other => Float64Array.from(vectors, vector => dot(vector, other)),
    combine: weights => combination(weights, vectors, length),
  };
}

/** The rows of L^-1 for X'X = L L'; undefined where an eigenvalue of X'X may not count. */
function byFactor(x: Matrix, tolerance: number): Float64Array[] | undefined {
  const p = x.columns;
  const gram = gramOfColumns(x);
  const least = 2 * Math.max(tolerance * tolerance, LEAST_SHARE * traceOf(gram, p));
  return scope(() => {
    const factor = hold(gram);
    if (kernels().choleskyFactor(p, factor.byteOffset, 0) > 0) return undefined;
    const inverse = invertTriangle(factor, p);
    let trace = 0;
    for (const row of inverse) trace += dot(row, row);
    return 1 / trace > least ? inverse : undefined;
  });
}

/** The rows of the inverse of a lower triangle, given row by row: L M = I, row after row of M. */
function invertTriangle(triangle: Float64Array, size: number): Float64Array[] {
  const inverse: Float64Array[] = [];
  for (let i = 0; i < size; i++) {
    const row = new Float64Array(size);
    for (let k = 0; k < i; k++) {
      const [share, other] = [triangle[i * size + k], inverse[k]];
      for (let j = 0; j <= k; j++) row[j] -= share * other[j];
    }
    row[i] = 1;
    for (let j = 0; j <= i; j++) row[j] /= triangle[i * size + i];
    inverse.push(row);
  }
  return inverse;
}

/** By the eigenvectors of X X' that count; undefined where it is not certain which do. */
function byGramEigen(x: Matrix, tolerance: number): Whitening | undefined {
  const { rows, columns, data } = x;
  const gram = product({ matrix: x }, { matrix: x, transposed: true }).data;
  const { values, vectors } = symmetricEigen(gram, rows);
  const sum = traceOf(gram, rows);
  const limit = tolerance * tolerance;
  const counts = (value: number): boolean => value > 2 * Math.max(limit, LEAST_SHARE * sum);
  // What is no more than the rounding of zero counts as zero if the tolerance is clear of it.
  const rounding = rows * Number.EPSILON * sum;
  const none = (value: number): boolean => value <= rounding && 4 * rounding <= limit;
  if (!values.every(value => counts(value) || none(value))) return undefined;
  const kept = vectors.filter((_, at) => counts(values[at]));
  const own = values.filter(counts);
  return {
    count: kept.length,
    project: vector =>
      scope(() => {
        const image = float64(rows);
        kernels().product(rows, columns, hold(data).byteOffset, hold(vector).byteOffset, image.byteOffset);
        return Float64Array.from(kept, (u, c) => dot(u, image) / own[c]);
      }),
    combine: weights =>
      scope(() => {
        const shares = own.map((value, c) => weights[c] / value);
        const [image, out] = [hold(combination(shares, kept, rows)), float64(columns)];
        kernels().transposedProduct(rows, columns, hold(data).byteOffset, image.byteOffset, out.byteOffset);
        return out.slice();
      }),
  };
}

/** X'X by the kernel of Gram matrices. */
export function gramOfColumns({ rows, columns, data }: Matrix): Float64Array {
  return scope(() => {
    const x = hold(data);
    const places = uint32(columns);
    for (let j = 0; j < columns; j++) places[j] = x.byteOffset + j * rows * 8;
    const ones = float64(rows).fill(1);
    const scratch = unsetFloat64(GRAM_SCRATCH * columns);
    const out = unsetFloat64(columns * columns);
    kernels().weightedGram(
      rows,
      columns,
      places.byteOffset,
      ones.byteOffset,
      scratch.byteOffset,
      out.byteOffset,
      columns,
    );
    return out.slice();
  });
}

function traceOf(square: Float64Array, size: number): number {
  let trace = 0;
  for (let j = 0; j < size; j++) trace += square[j * size + j];
  return trace;
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

/** The p x p triangle R of X = QR, n >= p. */
function triangleOf(x: Matrix): Matrix {
  return scope(() => reflectionsOf(x).triangle);
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
 * Makes a vector orthogonal to others and of length 1, in place. Returns its length before. A negligible vector
 * becomes zero. Where little of the vector is left, the rest is made orthogonal once more (Kahan's "twice is
 * enough").
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

/** sum_i weights[i] * vectors[i]. */
export function combination(
  weights: ArrayLike<number>,
  vectors: readonly Float64Array[],
  length: number,
): Float64Array {
  const sum = new Float64Array(length);
  vectors.forEach((vector, at) => {
    const weight = weights[at];
    for (let j = 0; j < length; j++) sum[j] += weight * vector[j];
  });
  return sum;
}
