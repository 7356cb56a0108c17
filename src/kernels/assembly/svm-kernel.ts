/** The kernel functions of support vector machines. The plain form is ../reference/svm.ts. */
import { tanh } from './math';

/** The numbers of the kernel functions. @public */
export const LINEAR: i32 = 0;
/** @public */
export const RBF: i32 = 1;
/** @public */
export const POLY: i32 = 2;
/** @public */
export const SIGMOID: i32 = 3;

/**
 * Computes the kernel function of `count` values (f64) in place. For rbf the values are squared distances u, else
 * products u. linear: u. rbf: exp(-gamma u). poly: (gamma u + coef0)^degree. sigmoid: tanh(gamma u + coef0). count is
 * a multiple of 4. `kind` is one of the constants above.
 */
export function svmKernel(kind: i32, values: usize, count: i32, gamma: f64, coef0: f64, degree: i32): void {
  const end = values + ((<usize>count) << 3);
  if (kind == LINEAR) return;
  if (kind == RBF) {
    decayAll(values, end, gamma);
    return;
  }
  for (; values < end; values += 8) {
    const u = gamma * load<f64>(values) + coef0;
    store<f64>(values, kind == POLY ? power(u, degree) : tanh(u));
  }
}

/** 1 / log 2; 1.5 * 2^52; log 2 in two parts; and 1 / n! for n from 12 down to 2. */
const CONSTANTS: usize = memory.data<f64>([
  1.442695040888963387,
  6755399441055744,
  6.9314718036912381649e-1,
  1.90821492927058770002e-10,
  1.0 / 479001600,
  1.0 / 39916800,
  1.0 / 3628800,
  1.0 / 362880,
  1.0 / 40320,
  1.0 / 5040,
  1.0 / 720,
  1.0 / 120,
  1.0 / 24,
  1.0 / 6,
  1.0 / 2,
]);

function constant(place: usize): v128 {
  return v128.load64_splat(CONSTANTS + (place << 3));
}

/**
 * Overwrites each u up to `end` by e^z, with z = -gamma u <= 0. Below -708, z counts as -708.
 *
 * z = k log 2 + r with |r| <= log 2 / 2. e^r is its Taylor polynomial of degree 12, whose remainder is below 2^-52.
 * 2^k is added to the exponent. The error is below 2 units in the last place. Two vectors share the load of each
 * constant, because it costs as much as the arithmetic.
 */
function decayAll(values: usize, end: usize, gamma: f64): void {
  const factor = f64x2.splat(-gamma);
  const least = f64x2.splat(-708);
  const one = f64x2.splat(1);
  for (; values < end; values += 32) {
    const z = f64x2.pmax(f64x2.mul(factor, v128.load(values)), least);
    const zToo = f64x2.pmax(f64x2.mul(factor, v128.load(values, 16)), least);
    // A sum with 1.5 * 2^52 is rounded to a whole number, which is in its low bits.
    const inverse = constant(0);
    const magic = constant(1);
    const shifted = f64x2.add(f64x2.mul(z, inverse), magic);
    const shiftedToo = f64x2.add(f64x2.mul(zToo, inverse), magic);
    const k = f64x2.sub(shifted, magic);
    const kToo = f64x2.sub(shiftedToo, magic);
    const high = constant(2);
    const low = constant(3);
    const r = f64x2.sub(f64x2.sub(z, f64x2.mul(k, high)), f64x2.mul(k, low));
    const rToo = f64x2.sub(f64x2.sub(zToo, f64x2.mul(kToo, high)), f64x2.mul(kToo, low));
    const square = f64x2.mul(r, r);
    const squareToo = f64x2.mul(rToo, rToo);
    // The even and the odd terms, by Horner's rule in the square.
    let even = constant(4);
    let evenToo = even;
    let odd = constant(5);
    let oddToo = odd;
    for (let place: usize = 6; place < 14; place += 2) {
      const nextEven = constant(place);
      const nextOdd = constant(place + 1);
      even = f64x2.add(f64x2.mul(even, square), nextEven);
      evenToo = f64x2.add(f64x2.mul(evenToo, squareToo), nextEven);
      odd = f64x2.add(f64x2.mul(odd, square), nextOdd);
      oddToo = f64x2.add(f64x2.mul(oddToo, squareToo), nextOdd);
    }
    const half = constant(14);
    even = f64x2.add(f64x2.mul(even, square), half);
    evenToo = f64x2.add(f64x2.mul(evenToo, squareToo), half);
    const rest = f64x2.mul(square, f64x2.add(even, f64x2.mul(r, odd)));
    const restToo = f64x2.mul(squareToo, f64x2.add(evenToo, f64x2.mul(rToo, oddToo)));
    const p = f64x2.add(one, f64x2.add(r, rest));
    const pToo = f64x2.add(one, f64x2.add(rToo, restToo));
    v128.store(values, i64x2.add(p, i64x2.shl(shifted, 52)));
    v128.store(values, i64x2.add(pToo, i64x2.shl(shiftedToo, 52)), 16);
  }
}

/** base^exponent by repeated squaring, for whole exponents >= 0. */
function power(base: f64, exponent: i32): f64 {
  let result: f64 = 1;
  for (; exponent > 0; exponent >>= 1) {
    if ((exponent & 1) == 1) result *= base;
    base *= base;
  }
  return result;
}
