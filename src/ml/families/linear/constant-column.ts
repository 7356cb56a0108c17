import type { Matrix } from '../../../base/dataset.js';

/**
 * The matrix with one more column, which has that value everywhere. Its coefficient, times the value, is an intercept
 * that is penalized like the other coefficients, as in liblinear.
 */
export function withConstant({ rows, columns, data }: Matrix, value: number): Matrix {
  const wider = new Float64Array(rows * (columns + 1)).fill(value, rows * columns);
  wider.set(data);
  return { rows, columns: columns + 1, data: wider };
}
