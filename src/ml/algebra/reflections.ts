/**
 * X = QR by Householder's reflections (Golub and Van Loan, "Matrix Computations", algorithm 5.2.1). Q is kept as the
 * reflections I - v v' / half, one a column.
 */
import type { Matrix } from '../../base/dataset.js';
import { kernels } from '../../kernels/loader.js';
import { unsetFloat64 } from '../../kernels/memory.js';
import { emptyMatrix } from './matrix.js';

export interface Reflections {
  /** R, p x p. */
  triangle: Matrix;
  /** Overwrites a vector of n values in the memory of the kernels by Q' times it. */
  turn(vector: Float64Array): void;
  /** Overwrites a vector of n values in the memory of the kernels by Q times it. */
  turnBack(vector: Float64Array): void;
}

/** The reflections of an n x p matrix, n >= p. They may be used inside of the caller's scope only. */
export function reflectionsOf(x: Matrix): Reflections {
  const { rows, columns } = x;
  const triangle = emptyMatrix(columns, columns);
  const data = unsetFloat64(rows * columns);
  data.set(x.data);
  const kernel = kernels();
  const halves = new Float64Array(columns);
  const place = (k: number): number => data.byteOffset + 8 * (k * rows + k);
  const reflect = (k: number, other: number): void => {
    if (halves[k] === 0) return;
    kernel.axpy(rows - k, -kernel.dot(rows - k, place(k), other) / halves[k], place(k), other);
  };
  for (let k = 0; k < columns; k++) {
    const pivot = k * rows + k;
    const squares = kernel.dot(rows - k, place(k), place(k));
    const length = data[pivot] > 0 ? -Math.sqrt(squares) : Math.sqrt(squares);
    for (let j = 0; j < k; j++) triangle.data[k * columns + j] = data[k * rows + j];
    triangle.data[k * columns + k] = length;
    if (squares === 0) continue;
    // v is what is left of the column, less the length at its head.
    halves[k] = squares - data[pivot] * length;
    data[pivot] -= length;
    for (let j = k + 1; j < columns; j++) reflect(k, place(k) + 8 * (j - k) * rows);
  }
  return {
    triangle,
    turn(vector) {
      for (let k = 0; k < columns; k++) reflect(k, vector.byteOffset + 8 * k);
    },
    turnBack(vector) {
      for (let k = columns - 1; k >= 0; k--) reflect(k, vector.byteOffset + 8 * k);
    },
  };
}
