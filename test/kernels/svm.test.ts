/** The kernels of support vector machines beside their plain form, bit by bit. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Rng } from '../../src/base/rng.js';
import { kernels } from '../../src/kernels/loader.js';
import { float32, float64, hold, scope, uint32 } from '../../src/kernels/memory.js';
import * as reference from '../../src/kernels/reference/svm.js';
import { fillings, ordinary, sameBits } from '../../support/bits.js';

const test = suite('kernels of the support vector machine against their reference');

for (const fill of fillings) {
  test(`products and distances of ${fill.name} numbers`, () => {
    for (const [panels, features] of [
      [1, 1],
      [2, 3],
      [3, 0],
      [4, 2],
      [5, 7],
      [9, 33],
    ]) {
      scope(() => {
        const rng = Rng.from('products', fill.name, panels, features);
        const what = `${panels} panels of ${features} features`;
        const count = 4 * panels;
        const x = fill(float64(count * features), rng);
        const v = fill(float64(features), rng);
        const row = float64(count);
        const expected = row.slice();
        kernels().svmProducts(x.byteOffset, panels, features, v.byteOffset, row.byteOffset);
        reference.products(x, v, expected);
        sameBits(row, expected, `products, ${what}`);

        const rows = float64(4 * (count + 2));
        const expectedRows = rows.slice();
        const panel = x.subarray(4 * features * (panels - 1));
        const [ap, bp, out] = [panel.byteOffset, x.byteOffset, rows.byteOffset];
        kernels().svmProductsOfFour(ap, bp, panels, features, out, count + 2);
        reference.productsOfFour(panel, x, panels, features, expectedRows, count + 2);
        sameBits(rows, expectedRows, `products of four, ${what}`);

        const norms = fill(float64(count), rng);
        const rounded = float32(count);
        const own = norms[0];
        kernels().svmRoundDistances(row.byteOffset, norms.byteOffset, own, rounded.byteOffset, count);
        kernels().svmDistances(row.byteOffset, norms.byteOffset, own, count);
        reference.distances(expected, norms, own);
        sameBits(row, expected, `distances, ${what}`);
        sameBits(rounded, reference.round(expected), `rounded distances, ${what}`);
        kernels().svmRound(row.byteOffset, rounded.byteOffset, count);
        sameBits(rounded, reference.round(expected), `rounded, ${what}`);
        kernels().svmWiden(rounded.byteOffset, row.byteOffset, count);
        sameBits(row, Float64Array.from(reference.round(expected)), `widened, ${what}`);
      });
    }
  });

  test(`kernel functions of ${fill.name} numbers`, () => {
    for (const kind of ['linear', 'rbf', 'poly', 'sigmoid'] as const) {
      for (const degree of [0, 1, 3, 6]) {
        scope(() => {
          const values = fill(float64(60), Rng.from(kind, fill.name));
          // Squared distances are not negative.
          if (kind === 'rbf') values.forEach((value, k) => (values[k] = Math.abs(value)));
          const expected = values.slice();
          kernels().svmKernel(reference.kinds[kind], values.byteOffset, 60, 0.37, 0.5, degree);
          reference.kernel(kind, expected, 0.37, 0.5, degree);
          sameBits(values, expected, `${kind} ${degree}`);
        });
      }
    }
  });

  test(`rows of ${fill.name} numbers gathered, added and mirrored`, () => {
    for (const stride of [4, 8, 60, 64, 68, 140]) {
      scope(() => {
        const rng = Rng.from('rows', fill.name, stride);
        const values = fill(float32(stride * stride), rng);
        const expected = values.slice();
        kernels().svmMirror(values.byteOffset, stride);
        reference.mirror(expected, stride);
        sameBits(values, expected, `mirror ${stride}`);
        const places = hold(Int32Array.from({ length: stride }, () => rng.below(stride)));
        const out = float32(stride);
        const expectedOut = out.slice();
        kernels().svmGather(values.byteOffset, places.byteOffset, out.byteOffset, stride);
        reference.gather(values, places, expectedOut);
        sameBits(out, expectedOut, `gather ${stride}`);
        const sums = fill(float64(stride), rng);
        const expectedSums = sums.slice();
        kernels().svmAddRow(out.byteOffset, -0.7, sums.byteOffset, stride);
        reference.addRow(expectedOut, -0.7, expectedSums);
        sameBits(sums, expectedSums, `sums ${stride}`);
      });
    }
  });
}

test('the exponential of rbf is exact to two units in the last place', () => {
  scope(() => {
    const values = float64(5000);
    values.forEach((_, k) => (values[k] = (k * k) / 36000));
    const exact = values.map(value => Math.exp(-value));
    kernels().svmKernel(1, values.byteOffset, 5000, 1, 0, 0);
    assert.is(values[0], 1);
    values.forEach((value, k) => assert.ok(Math.abs(value - exact[k]) <= 4.5e-16 * exact[k], `${k}`));
  });
});

/** A random two-class problem in kernel memory, at its start. */
function dualOf(count: number, rng: Rng): reference.Dual {
  const length = Math.ceil(count / 4) * 4;
  const points = ordinary(new Float64Array(3 * length), rng).map(value => value / 100);
  const place = (t: number): number[] => [points[3 * t], points[3 * t + 1], points[3 * t + 2]];
  const near = (s: number, t: number): number =>
    Math.exp(-place(s).reduce((sum, value, d) => sum + (value - place(t)[d]) ** 2, 0));
  const rows = Array.from({ length: count }, (_, s) =>
    hold(Float32Array.from({ length }, (_, t) => (t < count ? near(s, t) : 7))),
  );
  const filled = (of: (t: number) => number, rest: number): Float64Array =>
    hold(Float64Array.from({ length }, (_, t) => (t < count ? of(t) : rest)));
  const y = filled(() => (rng.below(2) === 0 ? 1 : -1), 1);
  const bound = filled(() => [0, 0.5, 1, 10][rng.below(4)], 0);
  return {
    y,
    bound,
    alpha: filled(() => 0, 0),
    diagonal: filled(() => 1, 0),
    force: filled(t => y[t], 0),
    up: filled(t => (y[t] > 0 && bound[t] > 0 ? 0 : -Infinity), -Infinity),
    low: filled(t => (y[t] < 0 && bound[t] > 0 ? 0 : Infinity), Infinity),
    rows,
    control: hold(Float64Array.from([0, 100000, 1e-6, 0, 0, -1, 0])),
  };
}

test('sequential minimal optimization makes the steps of its reference, to the optimum', () => {
  let steps = 0;
  for (let count = 1; count <= 40; count++) {
    scope(() => {
      const dual = dualOf(count, Rng.from('smo', count));
      const copied = { ...dual };
      for (const name of ['alpha', 'force', 'up', 'low', 'control'] as const) {
        copied[name] = dual[name].slice();
      }
      const pointers = uint32(dual.y.length);
      dual.rows.forEach((row, t) => (pointers[t] = row.byteOffset));
      const uses = uint32(dual.y.length);
      const { y, bound, alpha, diagonal, force, up, low, control } = dual;
      const iterate = (): number =>
        kernels().svmIterate(
          y.length,
          ...([y, bound, alpha, diagonal, force, up, low].map(({ byteOffset }) => byteOffset) as [
            number,
            number,
            number,
            number,
            number,
            number,
            number,
          ]),
          pointers.byteOffset,
          uses.byteOffset,
          control.byteOffset,
        );
      for (const pause of [0, 3, 100000]) {
        control[1] = pause;
        copied.control[1] = pause;
        assert.is(iterate(), reference.iterate(copied), `${count} samples: end`);
        for (const name of ['alpha', 'force', 'up', 'low', 'control'] as const) {
          sameBits(dual[name], copied[name], `${count} samples: ${name}`);
        }
      }
      steps += control[0];
      const balance = alpha.reduce((sum, value, t) => sum + value * y[t], 0);
      assert.ok(Math.abs(balance) < 1e-9);
      alpha.forEach((value, t) => assert.ok(value >= 0 && value <= bound[t]));
    });
  }
  assert.ok(steps > 1000, `${steps} steps`);
});

test('a row that is not at hand is asked for', () => {
  scope(() => {
    const { y, bound, alpha, diagonal, force, up, low, control, rows } = dualOf(8, Rng.from('wanted'));
    const pointers = uint32(y.length);
    const uses = uint32(y.length);
    const asked: number[] = [];
    for (let turn = 0; turn < 20; turn++) {
      const end = kernels().svmIterate(
        y.length,
        y.byteOffset,
        bound.byteOffset,
        alpha.byteOffset,
        diagonal.byteOffset,
        force.byteOffset,
        up.byteOffset,
        low.byteOffset,
        pointers.byteOffset,
        uses.byteOffset,
        control.byteOffset,
      );
      if (end === 0) break;
      assert.is(end, 1);
      asked.push(control[3]);
      pointers[control[3]] = rows[control[3]].byteOffset;
    }
    assert.ok(asked.length > 1);
    assert.is(new Set(asked).size, asked.length);
    assert.ok(control[4] < 1e-6);
    assert.ok(asked.every(t => uses[t] > 0));
  });
});

test.run();
