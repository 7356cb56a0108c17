import type { Matrix } from '../../base/dataset.js';
import { kernels } from '../../kernels/loader.js';
import { float64, hold, scope } from '../../kernels/memory.js';
import { eachBlock } from './blocks.js';

/**
 * Products of column-major matrices by the kernel `gemmF64`. Each element is summed over the inner dimension in
 * rising order. So it has the same bits whatever the other rows and columns are.
 */

/** A factor of a product: a matrix as it is, or its transpose. */
export interface Factor {
  matrix: Matrix;
  transposed?: boolean;
}

/** The product of two factors, in new storage. */
export function product(left: Factor, right: Factor): Matrix {
  const rows = left.transposed ? left.matrix.columns : left.matrix.rows;
  const inner = left.transposed ? left.matrix.rows : left.matrix.columns;
  const columns = right.transposed ? right.matrix.rows : right.matrix.columns;
  return scope(() => {
    const [a, b] = [hold(left.matrix.data), hold(right.matrix.data)];
    const out = float64(rows * columns);
    // The kernel is row-major: it makes the transpose of the product, right' left', which is the product column-major.
    const [rightRow, rightColumn] = strides(right);
    const [leftRow, leftColumn] = strides(left);
    kernels().gemmF64(
      columns,
      rows,
      inner,
      b.byteOffset,
      rightColumn,
      rightRow,
      a.byteOffset,
      leftColumn,
      leftRow,
      out.byteOffset,
      rows,
      0,
    );
    return { rows, columns, data: out.slice() };
  });
}

/**
 * X W' + b for rows of weights W (outputs x p) and b (outputs): m x outputs, row-major. Sums run over the features in
 * order.
 */
export function scoresByRow(x: Matrix, weights: Float64Array, constants: Float64Array): Float64Array {
  const { rows, columns } = x;
  const outputs = constants.length;
  return scope(() => {
    const [w, sums] = [hold(weights), float64(outputs * rows)];
    eachBlock(x, block => {
      for (let k = 0; k < outputs; k++) {
        const own = w.byteOffset + 8 * (k * columns + block.first);
        kernels().addProduct(rows, block.columns, block.x, own, sums.byteOffset + 8 * k * rows);
      }
    });
    const scores = new Float64Array(rows * outputs);
    for (let k = 0; k < outputs; k++) {
      for (let i = 0; i < rows; i++) scores[i * outputs + k] = sums[k * rows + i] + constants[k];
    }
    return scores;
  });
}

/** How far apart the neighbors in a column, and those in a row, of a factor lie. */
function strides({ matrix, transposed }: Factor): [row: number, column: number] {
  return transposed ? [matrix.rows, 1] : [1, matrix.rows];
}
