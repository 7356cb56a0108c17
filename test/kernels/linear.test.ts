/** The kernels of the linear models beside their plain forms, bit by bit. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Rng } from '../../src/base/rng.js';
import { kernels } from '../../src/kernels/loader.js';
import { float64, hold, int32, scope } from '../../src/kernels/memory.js';
import * as cholesky from '../../src/kernels/reference/cholesky.js';
import * as descent from '../../src/kernels/reference/coordinate-descent.js';
import * as gram from '../../src/kernels/reference/gram.js';
import * as logistic from '../../src/kernels/reference/logistic.js';
import { awkward, fillings, ordinary, sameBits } from '../../support/bits.js';

const test = suite('kernels of the linear models against their reference');

/** Columns in kernel memory and the array of their addresses. */
function columnsOf(count: number, n: number, fill: (column: Float64Array) => Float64Array) {
  const columns = Array.from({ length: count }, () => fill(float64(n)));
  return { columns, addresses: hold(Uint32Array.from(columns, column => column.byteOffset)).byteOffset };
}

for (const fill of fillings) {
  test(`Gram matrices, dots and sums of columns of ${fill.name} numbers`, () => {
    for (const [n, count] of [
      [0, 2],
      [1, 1],
      [2, 4],
      [5, 7],
      [6, 9],
      [255, 2],
      [256, 5],
      [257, 6],
      [700, 10],
    ]) {
      scope(() => {
        const rng = Rng.from('gram', fill.name, n, count);
        const { columns, addresses } = columnsOf(count, n, column => fill(column, rng));
        const weights = fill(float64(n), rng);
        const stride = count + 2;
        const out = float64(count * stride).fill(7);
        const scratch = float64(258 * count).byteOffset;
        kernels().weightedGram(n, count, addresses, weights.byteOffset, scratch, out.byteOffset, stride);
        const expected = gram.weightedGram(columns, weights);
        for (let a = 0; a < count; a++) {
          const row = expected.subarray(a * count, (a + 1) * count);
          sameBits(out.slice(a * stride, a * stride + count), row, `Gram ${n} x ${count}`);
        }
        const dots = float64(count);
        kernels().dotsOfColumns(n, count, addresses, weights.byteOffset, dots.byteOffset);
        sameBits(dots, gram.dotsOfColumns(columns, weights), `dots ${n} x ${count}`);
        const sums = weights.slice();
        gram.addColumns(columns, dots, sums);
        kernels().addColumns(n, count, addresses, dots.byteOffset, weights.byteOffset);
        sameBits(weights, sums, `sums ${n} x ${count}`);
      });
    }
  });
}

/** X^T X of random columns: size x size, of rank at most n. */
function positive(size: number, n: number, rng: Rng): Float64Array {
  const columns = Array.from({ length: size }, () => ordinary(new Float64Array(n), rng));
  return gram.weightedGram(columns, new Float64Array(n).fill(1));
}

test('Cholesky factors and solutions, of full rank and less', () => {
  for (const [size, n] of [
    [1, 3],
    [2, 5],
    [9, 20],
    [17, 30],
    [17, 6],
  ]) {
    scope(() => {
      const matrix = positive(size, n, Rng.from('cholesky', size, n));
      const right = Float64Array.from({ length: size }, (_, i) => i - 3);
      const [l, x] = [hold(matrix), hold(right)];
      const [l2, x2] = [matrix.slice(), right.slice()];
      const dropped = kernels().choleskyFactor(size, l.byteOffset, 1e-12);
      assert.is(dropped, cholesky.choleskyFactor(size, l2, 1e-12));
      assert.is(dropped, Math.max(0, size - n));
      sameBits(l, l2, 'factor');
      kernels().choleskySolve(size, l.byteOffset, x.byteOffset);
      cholesky.choleskySolve(size, l2, x2);
      sameBits(x, x2, 'solution');
      if (dropped > 0) return;
      for (let i = 0; i < size; i++) {
        const sum = x.reduce((total, value, j) => total + matrix[i * size + j] * value, 0);
        assert.ok(Math.abs(sum - right[i]) < 1e-5, `row ${i} of the equations: ${sum} for ${right[i]}`);
      }
    });
  }
});

test('coordinate descent by Hessian, to a minimum', () => {
  for (const [size, least] of [1, 2, 5, 12].flatMap(size => [-Infinity, 0].map(least => [size, least]))) {
    scope(() => {
      const rng = Rng.from('descent', size);
      const hessian = hold(positive(size, 40, rng));
      const gradient = ordinary(float64(size), rng);
      const v = ordinary(float64(size), rng);
      const l1 = float64(size).map((_, j) => (j % 3 === 0 ? 0 : 5));
      const held = hold(l1);
      const [gradient2, v2] = [gradient.slice(), v.slice()];
      const moved = kernels().descendByHessian(
        size,
        hessian.byteOffset,
        gradient.byteOffset,
        v.byteOffset,
        held.byteOffset,
        least,
        3000,
        1e-18,
      );
      assert.is(moved, descent.descendByHessian(hessian, gradient2, v2, l1, least, 3000, 1e-18));
      sameBits(v, v2, 'v');
      sameBits(gradient, gradient2, 'gradient');
      v.forEach((value, j) => {
        const pull = least === 0 ? -gradient[j] : Math.abs(gradient[j]);
        const slack = value === 0 ? Math.max(0, pull - l1[j]) : gradient[j] + Math.sign(value) * l1[j];
        assert.ok(value >= least);
        assert.ok(Math.abs(slack) < 1e-3 * Math.sqrt(hessian[j * size + j]), `optimality of ${j}: ${slack}`);
      });
    });
  }
});

test('coordinate descent by columns', () => {
  for (const [n, count, least] of [
    [3, 2, -Infinity],
    [17, 5, 0],
    [40, 9, -Infinity],
    [40, 9, 0],
  ]) {
    scope(() => {
      const rng = Rng.from('columns', n, count);
      const { columns, addresses } = columnsOf(count, n, column => ordinary(column, rng));
      const weights = hold(ordinary(float64(n), rng).map(Math.abs));
      const l2 = float64(count).fill(0.5);
      const diagonal = hold(
        Float64Array.from(
          columns,
          (x, j) => x.reduce((sum, value, i) => sum + weights[i] * value * value, 0) + l2[j],
        ),
      );
      const l1 = float64(count).fill(2);
      const [start, v0] = [ordinary(float64(count), rng), ordinary(float64(count), rng)];
      const [v, moved] = [hold(v0.slice()), float64(n)];
      const [v2, moved2] = [v.slice(), moved.slice()];
      const last = kernels().descendByColumns(
        n,
        count,
        addresses,
        weights.byteOffset,
        diagonal.byteOffset,
        l1.byteOffset,
        l2.byteOffset,
        start.byteOffset,
        v0.byteOffset,
        v.byteOffset,
        moved.byteOffset,
        least,
        25,
        1e-9,
      );
      const expected = descent.descendByColumns(
        columns,
        weights,
        diagonal,
        l1,
        l2,
        start,
        v0,
        v2,
        moved2,
        least,
        25,
        1e-9,
      );
      assert.is(last, expected);
      sameBits(v, v2, 'v');
      sameBits(moved, moved2, 'moved');
    });
  }
});

/** Scores s at which log(1 + e^-|s|) is computed in another way: e^-|s| near 0.4142 and sqrt(2) - 1; and 0. */
function turning(array: Float64Array, rng: Rng): Float64Array {
  return array.map(
    () => (rng.below(2) - 0.5) * 2 * (rng.below(10) === 0 ? 0 : 0.88136 + rng.below(1000) * 6e-8),
  );
}

for (const fill of [ordinary, awkward, turning]) {
  test(`losses of ${fill.name} scores`, () => {
    for (const n of [0, 1, 2, 3, 8, 51]) {
      scope(() => {
        const rng = Rng.from('losses', fill.name, n);
        const scores = hold(fill(float64(3 * n), rng));
        const costs = hold(ordinary(float64(n), rng).map(Math.abs));
        const labels = int32(n).map(() => rng.below(3));
        const signs = hold(Float64Array.from(labels, label => (label === 0 ? -1 : 1)));
        const out = Array.from({ length: 3 }, () => float64(n));
        const expected = out.map(array => array.slice());
        const [residuals, curvatures, misses] = out.map(array => array.byteOffset);
        const loss = kernels().logisticLoss(
          n,
          scores.byteOffset,
          signs.byteOffset,
          costs.byteOffset,
          residuals,
          curvatures,
          misses,
        );
        const [r, c, m] = expected;
        sameBits([loss], [logistic.logisticLoss(scores.subarray(0, n), signs, costs, r, c, m)], 'loss');
        out.forEach((array, i) => sameBits(array, expected[i], `output ${i} of two classes`));
        const wide = [float64(3 * n), float64(3 * n), float64(n)];
        const wide2 = wide.map(array => array.slice());
        const [probabilities, residuals3, misses3] = wide.map(array => array.byteOffset);
        const loss3 = kernels().softmaxLoss(
          n,
          3,
          scores.byteOffset,
          hold(labels).byteOffset,
          costs.byteOffset,
          probabilities,
          residuals3,
          misses3,
        );
        const [p2, r2, m2] = wide2;
        sameBits([loss3], [logistic.softmaxLoss(3, scores, labels, costs, p2, r2, m2)], 'loss of three');
        wide.forEach((array, i) => sameBits(array, wide2[i], `output ${i} of three classes`));
        const curvature = float64(n);
        for (const [a, b] of [
          [1, 1],
          [0, 2],
        ]) {
          kernels().softmaxCurvature(n, a, b, probabilities, costs.byteOffset, curvature.byteOffset);
          sameBits(curvature, logistic.softmaxCurvature(a, b, p2, costs), `curvature ${a} ${b}`);
        }
        for (const share of [1, 0.7, 1e-3]) {
          const apart = kernels().divergence(n, costs.byteOffset, misses3, share);
          sameBits([apart], [logistic.divergence(costs, m2, share)], 'divergence');
        }
      });
    }
  });
}

test.run();
