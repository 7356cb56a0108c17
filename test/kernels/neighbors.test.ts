/** The kernels of nearest samples beside their plain form, bit by bit. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Rng } from '../../src/base/rng.js';
import { kernels } from '../../src/kernels/loader.js';
import { float32, float64, int32, scope } from '../../src/kernels/memory.js';
import * as reference from '../../src/kernels/reference/neighbors.js';
import { fillings, sameBits } from '../../support/bits.js';

const test = suite('the screen of nearest samples against its reference');

const LENGTHS = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 64, 203];

for (const fill of fillings) {
  test(`${fill.name} numbers, centered and narrowed`, () => {
    for (const rows of LENGTHS) {
      scope(() => {
        const columns = 3;
        const rng = Rng.from('narrow', fill.name, rows);
        const [x, means] = [fill(float64(rows * columns), rng), fill(float64(columns), rng)];
        const [out, norms] = [float32(rows * columns), fill(float64(rows), rng)];
        const expected = norms.slice();
        const values = reference.narrowColumns(rows, columns, x, means, 0.3, expected);
        const [from, mean] = [x.byteOffset, means.byteOffset];
        kernels().narrowColumns(rows, columns, from, mean, 0.3, out.byteOffset, norms.byteOffset);
        sameBits(out, values, `values of ${rows} rows`);
        sameBits(norms, expected, `norms of ${rows} rows`);
      });
    }
  });

  test(`sums, least values and places of ${fill.name} numbers`, () => {
    for (const n of LENGTHS) {
      scope(() => {
        const rng = Rng.from('screen', fill.name, n);
        // Norms have zeros of one sign. Which of two zeros is the smaller one is not defined.
        const norms = fill(float32(n), rng);
        for (let i = 0; i < n; i++) norms[i] = Math.abs(norms[i]);
        const products = fill(float32(n), rng);
        const [norm, product] = [norms.byteOffset, products.byteOffset];
        for (const size of [1, 2, 5]) {
          const smallest = float32(size);
          const expected = reference.smallestOf(norms, products, size);
          const last = kernels().smallestOf(n, norm, product, size, smallest.byteOffset);
          sameBits(smallest, expected, `the ${size} least of ${n}`);
          assert.is(last, expected[size - 1]);
        }
        const places = int32(n);
        for (const limit of [-Infinity, -1, 0, 3, Infinity, NaN]) {
          const found = kernels().placesWithin(n, norm, product, limit, places.byteOffset);
          const expected = reference.placesWithin(norms, products, limit);
          assert.equal([...places.subarray(0, found)], expected, `${n} within ${limit}`);
        }
        const sums = products.slice();
        reference.addSingles(norms, sums);
        kernels().addSingles(n, norm, product);
        sameBits(products, sums, `sums of ${n}`);
      });
    }
  });
}

test.run();
