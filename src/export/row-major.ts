/** How matrices lie: row by row in files and other programs, and column by column here. */
import type { Matrix } from '../base/dataset.js';
import { emptyMatrix } from '../ml/algebra/matrix.js';

/** The matrix whose rows lie one after the other. */
export function columnMajor(rows: Float64Array, columns: number): Matrix {
  const matrix = emptyMatrix(rows.length / columns, columns);
  rows.forEach((value, at) => {
    matrix.data[(at % columns) * matrix.rows + Math.floor(at / columns)] = value;
  });
  return matrix;
}

/** The rows of a matrix, one after the other. */
export function rowMajor({ rows, columns, data }: Matrix): Float64Array {
  const all = new Float64Array(data.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) all[i * columns + j] = data[j * rows + i];
  return all;
}
