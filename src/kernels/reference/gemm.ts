/** The plain form of assembly/gemm.ts: every element of C summed over k in rising order. */

/** A matrix by its strides, in elements: element (i, j) is `data[i * rowStride + j * columnStride]`. */
export interface Strided<T> {
  data: T;
  rowStride: number;
  columnStride: number;
}

/** C = A B, or C += A B, for A (m x k), B (k x n) and C (m x n). Every operation rounds to the elements' type. */
export function gemm<T extends Float32Array | Float64Array>(
  m: number,
  n: number,
  k: number,
  a: Strided<T>,
  b: Strided<T>,
  c: Strided<T>,
  accumulate: boolean,
): void {
  const product = new (c.data.constructor as new (length: number) => T)(1);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      const place = i * c.rowStride + j * c.columnStride;
      if (!accumulate) c.data[place] = 0;
      for (let l = 0; l < k; l++) {
        product[0] =
          a.data[i * a.rowStride + l * a.columnStride] * b.data[l * b.rowStride + j * b.columnStride];
        c.data[place] += product[0];
      }
    }
  }
}
