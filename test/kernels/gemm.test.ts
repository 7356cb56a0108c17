/** The kernels of matrix products beside their plain form, bit by bit. */
import { suite } from 'uvu';
import { Rng } from '../../src/base/rng.js';
import { kernels } from '../../src/kernels/loader.js';
import { float32, float64, scope } from '../../src/kernels/memory.js';
import { gemm as reference } from '../../src/kernels/reference/gemm.js';
import { fillings, sameBits } from '../../support/bits.js';

const gemm = suite('matrix products against their reference');

type Allocate = (length: number) => Float32Array | Float64Array;
const KINDS: ['gemmF32' | 'gemmF64', Allocate][] = [
  ['gemmF32', float32],
  ['gemmF64', float64],
];

/** m, n, k: every remainder of the tiles, and sizes beyond the blocks of 64 rows, 256 columns and 256 terms. */
const SHAPES = [
  [0, 3, 2],
  [3, 0, 2],
  [2, 3, 0],
  [1, 1, 1],
  [4, 8, 4],
  [4, 4, 1],
  [5, 9, 3],
  [6, 10, 7],
  [7, 11, 2],
  [3, 15, 5],
  [9, 13, 17],
  [65, 5, 9],
  [66, 17, 257],
  [5, 258, 3],
  [2, 265, 300],
];

for (const [name, allocate] of KINDS) {
  for (const fill of fillings) {
    gemm(`${name} of ${fill.name} numbers, plain, transposed and added`, () => {
      for (const [m, n, k] of SHAPES) {
        for (const [aTransposed, bTransposed, accumulate] of [
          [0, 0, 0],
          [1, 0, 1],
          [0, 1, 0],
          [1, 1, 1],
        ]) {
          scope(() => {
            const rng = Rng.from(name, fill.name, m, n, k);
            const a = fill(allocate(m * k), rng);
            const b = fill(allocate(k * n), rng);
            const cRow = n + 3;
            const c = fill(allocate(m * cRow), rng);
            const expected = c.slice();
            const [aRow, aColumn] = aTransposed ? [1, m] : [k, 1];
            const [bRow, bColumn] = bTransposed ? [1, k] : [n, 1];
            reference(
              m,
              n,
              k,
              { data: a, rowStride: aRow, columnStride: aColumn },
              { data: b, rowStride: bRow, columnStride: bColumn },
              { data: expected, rowStride: cRow, columnStride: 1 },
              accumulate === 1,
            );
            const [ap, bp, cp] = [a.byteOffset, b.byteOffset, c.byteOffset];
            kernels()[name](m, n, k, ap, aRow, aColumn, bp, bRow, bColumn, cp, cRow, accumulate as 0 | 1);
            sameBits(c, expected, `${m} x ${n} x ${k}, transposed ${aTransposed}${bTransposed}`);
          });
        }
      }
    });
  }
}

gemm.run();
