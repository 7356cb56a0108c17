/** The kernels of the network beside their plain form, bit by bit. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Rng } from '../../src/base/rng.js';
import { kernels } from '../../src/kernels/loader.js';
import { float32, hold, scope } from '../../src/kernels/memory.js';
import * as reference from '../../src/kernels/reference/network.js';
import { fillings, ordinary, sameBits } from '../../support/bits.js';

const test = suite('kernels of the network against their reference');

type Fill = (typeof fillings)[number];

/**
 * rows, units in, units out: every remainder of the tiles, and sizes beyond the parts of 256 terms and strips of 64.
 */
const SHAPES = [
  [0, 3, 5],
  [1, 1, 1],
  [2, 8, 8],
  [3, 5, 9],
  [4, 9, 7],
  [5, 17, 16],
  [6, 70, 3],
  [7, 257, 11],
  [9, 300, 20],
  [258, 6, 10],
];

const padded = (width: number): number => Math.ceil(width / 8) * 8;

/** A matrix in kernel memory whose padding is zero. */
function matrix(rows: number, width: number, fill: Fill, rng: Rng): Float32Array {
  const stride = padded(width);
  const data = fill(float32(rows * stride), rng);
  for (let i = 0; i < rows; i++) data.fill(0, i * stride + width, (i + 1) * stride);
  return data;
}

for (const fill of fillings) {
  test(`products, gradients and sums of ${fill.name} numbers`, () => {
    for (const [rows, fanIn, fanOut] of SHAPES) {
      scope(() => {
        const rng = Rng.from('network', fill.name, rows, fanIn, fanOut);
        const what = `${rows} rows, ${fanIn} to ${fanOut}`;
        const [inStride, outStride] = [padded(fanIn), padded(fanOut)];
        const panels = outStride / 8;
        const a = matrix(rows, fanIn, fill, rng);
        const d = matrix(rows, fanOut, fill, rng);
        const weights = fill(float32(inStride * outStride), rng);
        const inputs = { data: a, stride: inStride };
        const at = (array: Float32Array): number => array.byteOffset;

        const out = float32(rows * outStride);
        const expected = out.slice();
        kernels().networkMultiply(at(a), inStride, at(weights), inStride, at(out), rows, fanIn, panels);
        reference.multiply(inputs, weights, inStride, expected, rows, fanIn, panels);
        sameBits(out, expected, `product, ${what}`);

        const slopes = float32(inStride * outStride);
        const expectedSlopes = slopes.slice();
        kernels().networkGradient(at(a), inStride, at(d), panels, at(slopes), rows);
        reference.gradient(inputs, d, panels, expectedSlopes, rows);
        sameBits(slopes, expectedSlopes, `gradient, ${what}`);

        const turned = float32(inStride * outStride);
        const expectedTurned = turned.slice();
        kernels().networkTranspose(at(weights), inStride, at(turned), outStride, inStride, fanOut);
        reference.transpose(weights, inStride, expectedTurned, outStride, inStride, fanOut);
        sameBits(turned, expectedTurned, `transpose, ${what}`);

        const sums = float32(outStride);
        const expectedSums = sums.slice();
        kernels().networkColumnSums(at(d), outStride, at(sums), rows);
        reference.columnSums({ data: d, stride: outStride }, expectedSums, rows);
        sameBits(sums, expectedSums, `column sums, ${what}`);
      });
    }
  });

  test(`a single output unit, of ${fill.name} numbers`, () => {
    for (const [rows, fanIn] of SHAPES) {
      scope(() => {
        const rng = Rng.from('single', fill.name, rows, fanIn);
        const stride = padded(fanIn);
        const a = matrix(rows, fanIn, fill, rng);
        const w = fill(float32(stride), rng);
        const d = fill(float32(rows), rng);
        const inputs = { data: a, stride };

        const out = float32(rows);
        const expected = out.slice();
        kernels().networkMultiplyVector(a.byteOffset, stride, w.byteOffset, out.byteOffset, rows);
        reference.multiplyVector(inputs, w, expected, rows);
        sameBits(out, expected, `product, ${rows} x ${fanIn}`);

        const slopes = float32(stride);
        const expectedSlopes = slopes.slice();
        kernels().networkGradientVector(a.byteOffset, stride, d.byteOffset, slopes.byteOffset, rows);
        reference.gradientVector(inputs, d, expectedSlopes, rows);
        sameBits(slopes, expectedSlopes, `gradient, ${rows} x ${fanIn}`);

        const back = float32(rows * stride);
        const expectedBack = back.slice();
        kernels().networkOuter(d.byteOffset, w.byteOffset, stride, back.byteOffset, rows);
        reference.outer(d, w, expectedBack, rows);
        sameBits(back, expectedBack, `outer product, ${rows} x ${fanIn}`);
      });
    }
  });

  for (const [name, kind] of Object.entries(reference.kinds)) {
    test(`${name} and its derivative, of ${fill.name} numbers`, () => {
      scope(() => {
        const rng = Rng.from(name, fill.name);
        const [rows, width, stride] = [37, 13, 16];
        const activation = name as keyof typeof reference.kinds;
        const z = matrix(rows, width, fill, rng);
        const bias = matrix(1, width, fill, rng);
        const expected = z.slice();
        kernels().networkActivate(kind, z.byteOffset, stride, width, bias.byteOffset, rows);
        reference.activate(activation, { data: expected, stride }, width, bias, rows);
        sameBits(z, expected, 'values');
        const delta = fill(float32(rows * stride), rng);
        const expectedDelta = delta.slice();
        kernels().networkDerivative(kind, z.byteOffset, delta.byteOffset, rows * stride);
        reference.derivative(activation, z, expectedDelta);
        sameBits(delta, expectedDelta, 'derivatives');
      });
    });
  }

  test(`losses of ${fill.name} logits`, () => {
    scope(() => {
      const rng = Rng.from('loss', fill.name);
      const [rows, classes, stride] = [41, 5, 8];
      const z = matrix(rows, classes, fill, rng);
      const labels = hold(Int32Array.from({ length: rows }, () => rng.below(classes)));
      const delta = fill(float32(rows * stride), rng);
      const expected = delta.slice();
      const [zp, yp, dp] = [z.byteOffset, labels.byteOffset, delta.byteOffset];
      const loss = kernels().networkSoftmaxOutput(zp, stride, classes, yp, dp, rows);
      sameBits([loss], [reference.softmaxOutput({ data: z, stride }, classes, labels, expected)], 'softmax');
      sameBits(delta, expected, 'softmax, deltas');

      const single = fill(float32(rows), rng);
      const sides = hold(Int32Array.from({ length: rows }, () => rng.below(2)));
      const own = float32(rows);
      const expectedOwn = own.slice();
      const found = kernels().networkLogisticOutput(
        single.byteOffset,
        sides.byteOffset,
        own.byteOffset,
        rows,
      );
      sameBits([found], [reference.logisticOutput(single, sides, expectedOwn)], 'logistic');
      sameBits(own, expectedOwn, 'logistic, deltas');
    });
  });

  test(`steps of adam and of gradient descent, of ${fill.name} numbers`, () => {
    scope(() => {
      const rng = Rng.from('steps', fill.name);
      const arrays = Array.from({ length: 4 }, () => fill(float32(44), rng));
      const [w, , m, v] = arrays;
      v.forEach((value, k) => (v[k] = Math.abs(value)));
      const [ew, eg, em, ev] = arrays.map(array => array.slice());
      const [wp, gp, mp, vp] = arrays.map(array => array.byteOffset);
      const step = { decay: 0.01, scale: 0.005, rate: 0.03, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
      const { decay, scale, rate, beta1, beta2, epsilon } = step;
      const squares = kernels().networkAdam(wp, gp, mp, vp, 44, decay, scale, rate, beta1, beta2, epsilon);
      sameBits([squares], [reference.adam(ew, eg, em, ev, step)], 'squares');
      sameBits(w, ew, 'adam, parameters');
      sameBits(m, em, 'adam, means');
      sameBits(v, ev, 'adam, mean squares');
      for (const nesterov of [true, false]) {
        const descent = { decay, scale, rate, momentum: 0.9, nesterov };
        const sum = kernels().networkDescend(wp, gp, mp, 44, decay, scale, rate, 0.9, nesterov);
        sameBits([sum], [reference.descend(ew, eg, em, descent)], 'squares');
        sameBits(w, ew, 'descent, parameters');
        sameBits(m, em, 'descent, velocities');
      }
    });
  });
}

test('rows are gathered in the given order', () => {
  scope(() => {
    const rng = Rng.from('gather');
    const x = ordinary(float32(10 * 8), rng);
    const order = hold(Int32Array.from([3, 9, 0, 3, 1]));
    const batch = float32(5 * 8);
    const expected = batch.slice();
    kernels().networkGather(x.byteOffset, 8, order.byteOffset, batch.byteOffset, 5);
    reference.gather({ data: x, stride: 8 }, order, expected);
    sameBits(batch, expected, 'batch');
  });
});

test('logistic and tanh are exact to some units in the last place of f32', () => {
  scope(() => {
    const count = 4000;
    const ramp = Float32Array.from({ length: count }, (_, k) => (k - count / 2) / 100);
    const bias = float32(count);
    for (const [kind, exact] of [
      [1, (z: number) => 1 / (1 + Math.exp(-z))],
      [2, Math.tanh],
    ] as [number, (z: number) => number][]) {
      const z = hold(ramp.slice());
      kernels().networkActivate(kind, z.byteOffset, count, count, bias.byteOffset, 1);
      z.forEach((value, k) => {
        const wanted = exact(ramp[k]);
        assert.ok(Math.abs(value - wanted) <= 4e-7 * Math.abs(wanted) + 1e-38, `${kind} of ${ramp[k]}`);
      });
    }
  });
});

test.run();
