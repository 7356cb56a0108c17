/** The kernels of vectors beside their plain form, bit by bit. */
import { suite } from 'uvu';
import { Rng } from '../../src/base/rng.js';
import { kernels } from '../../src/kernels/loader.js';
import { float64, scope } from '../../src/kernels/memory.js';
import * as reference from '../../src/kernels/reference/vector.js';
import { fillings, sameBits } from '../../support/bits.js';

const vector = suite('vector kernels against their reference');

const LENGTHS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 31, 63, 64, 65, 127, 1000];

for (const fill of fillings) {
  vector(`dot, sum, weightedDot and axpy of ${fill.name} numbers at every remainder`, () => {
    for (const n of LENGTHS) {
      scope(() => {
        const rng = Rng.from('vector', fill.name, n);
        const [w, x, y] = [fill(float64(n), rng), fill(float64(n), rng), fill(float64(n), rng)];
        const { dot, sum, weightedDot, axpy } = kernels();
        sameBits([dot(n, x.byteOffset, y.byteOffset)], [reference.dot(x, y)], `dot ${n}`);
        sameBits([sum(n, x.byteOffset)], [reference.sum(x)], `sum ${n}`);
        const weighted = weightedDot(n, w.byteOffset, x.byteOffset, y.byteOffset);
        sameBits([weighted], [reference.weightedDot(w, x, y)], `weightedDot ${n}`);
        const expected = y.slice();
        reference.axpy(-1.7, x, expected);
        axpy(n, -1.7, x.byteOffset, y.byteOffset);
        sameBits(y, expected, `axpy ${n}`);
      });
    }
  });

  vector(`products of a matrix of ${fill.name} numbers with vectors`, () => {
    for (const [rows, columns] of [
      [1, 1],
      [3, 7],
      [8, 5],
      [17, 4],
      [30, 31],
    ]) {
      scope(() => {
        const rng = Rng.from('matrix', fill.name, rows, columns);
        const x = fill(float64(rows * columns), rng);
        const v = fill(float64(rows), rng);
        const w = fill(float64(columns), rng);
        const out = float64(Math.max(rows, columns));
        kernels().transposedProduct(rows, columns, x.byteOffset, v.byteOffset, out.byteOffset);
        sameBits(
          out.slice(0, columns),
          reference.transposedProduct(rows, columns, x, v),
          'transposedProduct',
        );
        kernels().product(rows, columns, x.byteOffset, w.byteOffset, out.byteOffset);
        sameBits(out.slice(0, rows), reference.product(rows, columns, x, w), 'product');
        const expected = out.slice(0, rows);
        reference.addProduct(rows, columns, x, w, expected);
        kernels().addProduct(rows, columns, x.byteOffset, w.byteOffset, out.byteOffset);
        sameBits(out.slice(0, rows), expected, 'addProduct');
      });
    }
  });
}

vector.run();
