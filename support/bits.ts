import * as assert from 'uvu/assert';
import { Rng } from '../src/base/rng.js';

/** What the differential tests of the kernels share: awkward numbers, and a comparison of bits. */

type FloatArray = Float64Array | Float32Array;

const AWKWARD = [
  0,
  -0,
  NaN,
  Infinity,
  -Infinity,
  5e-324,
  -5e-324,
  1e-310,
  1e-45,
  -1e-40,
  1e308,
  -1e308,
  1e38,
  1,
];

/** Random numbers of many sizes in (-2^9, 2^9). */
export function ordinary<T extends FloatArray>(array: T, rng: Rng): T {
  for (let i = 0; i < array.length; i++) array[i] = (rng.float() - 0.5) * 2 ** (rng.below(20) - 10);
  return array;
}

/** The same, with a tenth of the places taken by zeros, NaN, infinities, denormals and huge values. */
export function awkward<T extends FloatArray>(array: T, rng: Rng): T {
  ordinary(array, rng);
  for (let i = 0; i < array.length; i++) {
    if (rng.below(10) === 0) array[i] = AWKWARD[rng.below(AWKWARD.length)];
  }
  return array;
}

/** The same, with a tenth of the places taken by zeros of both signs and denormals, so that sums stay finite. */
export function tiny<T extends FloatArray>(array: T, rng: Rng): T {
  ordinary(array, rng);
  const values = [0, -0, 5e-324, -1e-310, 1e-45, -1e-40];
  for (let i = 0; i < array.length; i++) {
    if (rng.below(10) === 0) array[i] = values[rng.below(values.length)];
  }
  return array;
}

/** The three ways to fill an array for a differential test. */
export const fillings = [ordinary, awkward, tiny];

/** Asserts the same bits in each element; every NaN is the same NaN. */
export function sameBits(actual: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  assert.is(actual.length, expected.length, `${what}: length`);
  for (let i = 0; i < expected.length; i++) {
    if (!Object.is(actual[i], expected[i])) {
      assert.unreachable(`${what}: element ${i} is ${actual[i]}, the reference says ${expected[i]}`);
    }
  }
}
