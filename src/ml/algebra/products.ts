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

/** How many rows of a Gram matrix are computed at a time. */
const GRAM_ROWS = 64;

/**
 * X X', n x n, for an n x p matrix X. The half above the diagonal is copied. It has the bits that `product` gives.
 */
export function gramOfRows({ rows, columns, data }: Matrix): Float64Array {
  return scope(() => {
    const x = hold(data);
    const out = float64(rows * rows);
    for (let first = 0; first < rows; first += GRAM_ROWS) {
      const [count, last] = [Math.min(GRAM_ROWS, rows - first), Math.min(rows, first + GRAM_ROWS)];
      const [from, to] = [x.byteOffset + 8 * first, out.byteOffset + 8 * first * rows];
      kernels().gemmF64(count, last, columns, from, 1, rows, x.byteOffset, rows, 1, to, rows, 0);
    }
    const gram = out.slice();
    for (let i = 0; i < rows; i++) for (let j = 0; j < i; j++) gram[j * rows + i] = gram[i * rows + j];
    return gram;
  });
}

/** X w for a vector w of p values (or, transposed, X' w for n values). */
export function timesVector(x: Matrix, w: Float64Array, transposed = false): Float64Array {
  const { rows, columns } = x;
  return scope(() => {
    const [data, vector] = [hold(x.data), hold(w)];
    const out = float64(transposed ? columns : rows);
    const run = transposed ? kernels().transposedProduct : kernels().product;
    run(rows, columns, data.byteOffset, vector.byteOffset, out.byteOffset);
    return out.slice();
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
