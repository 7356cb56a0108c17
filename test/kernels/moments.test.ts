/** The kernels of means, variances and ranges beside their plain form, bit by bit. */
import { suite } from 'uvu';
import { Rng } from '../../src/base/rng.js';
import { kernels } from '../../src/kernels/loader.js';
import { float64, hold, scope } from '../../src/kernels/memory.js';
import * as reference from '../../src/kernels/reference/moments.js';
import { fillings, sameBits } from '../../support/bits.js';

const test = suite('moments against their reference');

/** Rows and columns: odd and even of both, none, and more than one of each. */
const SHAPES = [
  [0, 3],
  [1, 1],
  [2, 1],
  [3, 2],
  [8, 5],
  [17, 4],
  [30, 7],
];

for (const fill of fillings) {
  test(`of columns of ${fill.name} numbers`, () => {
    for (const [rows, columns] of SHAPES) {
      scope(() => {
        const x = fill(float64(rows * columns), Rng.from('columns', fill.name, rows, columns));
        const [counts, means, variances] = [float64(columns), float64(columns), float64(columns)];
        const [count, mean, variance] = [counts.byteOffset, means.byteOffset, variances.byteOffset];
        kernels().columnMoments(rows, columns, x.byteOffset, count, mean, variance);
        const expected = reference.columnMoments(rows, columns, x);
        sameBits(counts, expected.counts, `counts ${rows} x ${columns}`);
        sameBits(means, expected.means, `means ${rows} x ${columns}`);
        sameBits(variances, expected.variances, `variances ${rows} x ${columns}`);
        kernels().columnRanges(rows, columns, x.byteOffset, mean, variance);
        const range = reference.columnRanges(rows, columns, x);
        sameBits(means, range.smallest, `smallest of ${rows} x ${columns}`);
        sameBits(variances, range.largest, `largest of ${rows} x ${columns}`);
      });
    }
  });

  test(`within classes, of ${fill.name} numbers`, () => {
    for (const [rows, columns] of SHAPES) {
      for (const classes of [1, 2, 5]) {
        scope(() => {
          const rng = Rng.from('classes', fill.name, rows, columns, classes);
          const x = fill(float64(rows * columns), rng);
          const weights = hold(new Float64Array(rows).map(() => rng.below(4) / 2));
          const y = hold(new Int32Array(rows).map(() => rng.below(classes)));
          const totals = hold(new Float64Array(classes).map((_, c) => c + 0.5));
          // The stride is wider than the block, because it is that of all columns.
          const stride = columns + 2;
          const [means, variances, scratch] = [stride, stride, 4].map(size => float64(classes * size));
          kernels().classMoments(
            rows,
            columns,
            x.byteOffset,
            y.byteOffset,
            weights.byteOffset,
            classes,
            totals.byteOffset,
            stride,
            scratch.byteOffset,
            means.byteOffset,
            variances.byteOffset,
          );
          const expected = reference.classMoments(rows, columns, x, y, weights, totals);
          for (let c = 0; c < classes; c++) {
            const own = (all: Float64Array, width: number): Float64Array =>
              all.slice(c * width, c * width + columns);
            const what = `${rows} x ${columns}, class ${c} of ${classes}`;
            sameBits(own(means, stride), own(expected.means, columns), `means ${what}`);
            sameBits(own(variances, stride), own(expected.variances, columns), `variances ${what}`);
          }
        });
      }
    }
  });

  test(`${fill.name} numbers less the means of classes, and scaled`, () => {
    for (const [rows, columns] of SHAPES) {
      scope(() => {
        const rng = Rng.from('center', fill.name, rows, columns);
        const [x, means] = [fill(float64(rows * columns), rng), fill(float64(3 * columns), rng)];
        const y = hold(new Int32Array(rows).map(() => rng.below(3)));
        const out = float64(rows * columns);
        const [from, own, middle] = [x.byteOffset, y.byteOffset, means.byteOffset];
        kernels().centerByClass(rows, columns, from, own, middle, columns, out.byteOffset);
        const expected = reference.centerByClass(rows, columns, x, y, means);
        sameBits(out, expected, `centered ${rows} x ${columns}`);
        kernels().scaleColumns(rows, columns, out.byteOffset, 0.3, middle);
        reference.scaleColumns(rows, expected, 0.3, means);
        sameBits(out, expected, `scaled ${rows} x ${columns}`);
      });
    }
  });

  test(`the log-likelihood of ${fill.name} numbers in normal columns`, () => {
    for (const [rows, columns] of SHAPES) {
      scope(() => {
        const rng = Rng.from('gaussians', fill.name, rows, columns);
        const [x, means, variances] = [rows * columns, columns, columns].map(size =>
          fill(float64(size), rng),
        );
        const logs = fill(float64(rows), rng);
        const expected = logs.slice();
        reference.takeGaussians(rows, columns, x, means, variances, expected);
        const [values, mean, variance] = [x.byteOffset, means.byteOffset, variances.byteOffset];
        kernels().takeGaussians(rows, columns, values, mean, variance, logs.byteOffset);
        sameBits(logs, expected, `${rows} x ${columns}`);
      });
    }
  });
}

test.run();
