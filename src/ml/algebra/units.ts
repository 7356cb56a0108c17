import type { Matrix } from '../../base/dataset.js';

/**
 * Units in which squares, and products of a few squares, stay finite numbers. A unit is a power of two, so the
 * multiplication by it is exact. A table of extreme values gives in its unit what the same table would give if it had
 * been measured in that unit. A table of ordinary values keeps the unit 1.
 */

/** A table is ordinary if its largest size is 0 or between these. */
const SMALLEST_ORDINARY = 2 ** -32;
const LARGEST_ORDINARY = 2 ** 64;

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

/**
 * The power of two by which values up to `largest` in size are multiplied. It is 1 where the values are ordinary or
 * all 0.
 */
export function unitFor(largest: number): number {
  if (largest === 0 || (largest >= SMALLEST_ORDINARY && largest <= LARGEST_ORDINARY)) return 1;
  if (!(largest < Infinity)) return 1;
  // The exponent of the number. A number below 2^-1000 comes to 2^-74 or more, which is enough.
  double[0] = largest;
  const exponent = Math.min(1000, Math.max(-1000, ((words[1] >>> 20) & 0x7ff) - 1023));
  return powerOfTwo(-exponent);
}

/** 2^k for -1022 <= k <= 1023. */
function powerOfTwo(k: number): number {
  words[0] = 0;
  words[1] = (1023 + k) << 20;
  return double[0];
}

/**
 * The largest size of a value that is not NaN, or 0 where there is none. Four maxima take turns, because each
 * comparison with one of them waits for the comparison before.
 */
export function largestSize(values: Float64Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const end = values.length - (values.length % 4);
  for (let at = 0; at < end; at += 4) {
    const [va, vb] = [Math.abs(values[at]), Math.abs(values[at + 1])];
    const [vc, vd] = [Math.abs(values[at + 2]), Math.abs(values[at + 3])];
    if (va > a) a = va;
    if (vb > b) b = vb;
    if (vc > c) c = vc;
    if (vd > d) d = vd;
  }
  for (let at = end; at < values.length; at++) if (Math.abs(values[at]) > a) a = Math.abs(values[at]);
  return Math.max(a, b, c, d);
}

/** The matrix times a unit. It is the same matrix where the unit is 1, else a new one. */
export function inUnit(x: Matrix, unit: number): Matrix {
  return unit === 1 ? x : { ...x, data: x.data.map(value => value * unit) };
}
