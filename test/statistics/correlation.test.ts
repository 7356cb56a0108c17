/** The column that says nearly the same as another one. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { closestPartner } from '../../src/statistics/correlation.js';

const Correlation = suite('correlation');

const matrix = (...columns: number[][]) => ({
  rows: columns[0].length,
  columns: columns.length,
  data: Float64Array.from(columns.flat()),
});

Correlation('the strongest of either sign, over the samples that have both values', () => {
  const own = [1, 2, 3, 4, 5];
  // By hand: deviations (-2, -1, 0, 1, 2) and (-1, -1, 0, 3, -1) give 4 / sqrt(10 * 12).
  const weak = [0, 0, 1, 4, 0];
  const falling = [10, 8, NaN, 4, 2];
  const far = own.map(value => 1e9 + value ** 2);
  const found = closestPartner(matrix(own, weak, falling, [7, 7, 7, 7, 7]), 0)!;
  assert.is(found.column, 2);
  assert.ok(Math.abs(found.correlation + 1) < 1e-12);
  assert.ok(Math.abs(closestPartner(matrix(own, weak), 0)!.correlation - 4 / Math.sqrt(120)) < 1e-12);
  // A large mean costs no digits: deviations of the squares are (-10, -7, -2, 5, 14), and their squares add up to 374.
  assert.ok(Math.abs(closestPartner(matrix(own, far), 0)!.correlation - 60 / Math.sqrt(3740)) < 1e-7);
  assert.is(closestPartner(matrix(own, [7, 7, 7, 7, 7]), 0)!.correlation, 0);
  assert.is(closestPartner(matrix(own), 0), undefined);
});

Correlation.run();
