/**
 * The shortest solutions of least squares, W = X^+ T, from the singular values of X itself (Golub and Van Loan, "Matrix
 * Computations", section 5.5). They have the condition of X, and not its square, as solutions from Gram matrices have.
 * The singular values are those of the triangle of X = QR, or of X' = QR where X has more columns than rows. Those of at
 * most max(n, p) times the rounding of the largest one count as 0.
 */
import { Matrix as DenseMatrix, SingularValueDecomposition } from 'ml-matrix';
import type { Matrix } from '../../base/dataset.js';
import { float64, scope } from '../../kernels/memory.js';
import { column, emptyMatrix } from './matrix.js';
import { product } from './products.js';
import { reflectionsOf } from './reflections.js';

/** W, p x k, in new storage, for an n x p matrix and n x k targets. */
export function leastNorm(x: Matrix, targets: Matrix): Matrix {
  const { rows, columns } = x;
  const isWide = columns > rows;
  const found = emptyMatrix(columns, targets.columns);
  return scope(() => {
    const { triangle, turn, turnBack } = reflectionsOf(isWide ? transposed(x) : x);
    const invert = pseudoInverseOf(isWide ? transposed(triangle) : triangle, Math.max(rows, columns));
    for (let k = 0; k < targets.columns; k++) {
      const vector = float64(Math.max(rows, columns));
      if (isWide) {
        vector.set(invert(column(targets, k)));
        turnBack(vector);
      } else {
        vector.set(column(targets, k));
        turn(vector);
        vector.set(invert(vector.slice(0, columns)));
      }
      column(found, k).set(vector.subarray(0, columns));
    }
    return found;
  });
}

/** Multiplies a vector by the pseudo-inverse of a square matrix: V S^+ U' v for the matrix U S V'. */
function pseudoInverseOf(square: Matrix, terms: number): (vector: Float64Array) => Float64Array {
  const size = square.columns;
  const dense = new DenseMatrix(size, size);
  for (let j = 0; j < size; j++) column(square, j).forEach((value, i) => dense.set(i, j, value));
  const { diagonal, leftSingularVectors, rightSingularVectors } = new SingularValueDecomposition(dense);
  const [u, v] = [leftSingularVectors, rightSingularVectors].map(vectors => {
    const plain = emptyMatrix(size, size);
    for (let j = 0; j < size; j++) column(plain, j).set(vectors.getColumn(j));
    return plain;
  });
  const least = terms * Number.EPSILON * diagonal[0];
  return vector => {
    const shares = product(
      { matrix: u, transposed: true },
      { matrix: { rows: size, columns: 1, data: vector } },
    );
    shares.data.forEach((share, c) => (shares.data[c] = diagonal[c] > least ? share / diagonal[c] : 0));
    return product({ matrix: v }, { matrix: shares }).data;
  };
}

function transposed({ rows, columns, data }: Matrix): Matrix {
  const turned = emptyMatrix(columns, rows);
  for (let j = 0, at = 0; j < columns; j++) {
    for (let i = 0; i < rows; i++, at++) turned.data[i * columns + j] = data[at];
  }
  return turned;
}
