/** The activations of a multi-layer perceptron, in f32. ./network-products.ts explains layouts. */

/** The numbers of the activations. @public */
export const IDENTITY: i32 = 0;
/** @public */
export const LOGISTIC: i32 = 1;
/** @public */
export const TANH: i32 = 2;
/** @public */
export const RELU: i32 = 3;

/**
 * Adds the bias (stride) to each row of z (rows x stride) and applies the activation to its first `width` columns.
 * `stride` is in elements. `kind` is one of the constants above.
 */
export function networkActivate(kind: i32, z: usize, stride: i32, width: i32, bias: usize, rows: i32): void {
  const bytes = (<usize>stride) << 2;
  for (let i = 0; i < rows; i++) {
    if (stride == 1) {
      store<f32>(z, load<f32>(z) + load<f32>(bias));
    } else {
      for (let k: usize = 0; k < bytes; k += 16) {
        v128.store(z + k, activation(kind, f32x4.add(v128.load(z + k), v128.load(bias + k))));
      }
      if (kind == LOGISTIC) memory.fill(z + ((<usize>width) << 2), 0, (<usize>(stride - width)) << 2);
    }
    z += bytes;
  }
}

/** The activation of four values. */
function activation(kind: i32, z: v128): v128 {
  if (kind == IDENTITY) return z;
  if (kind == LOGISTIC) return logisticOfFour(z);
  if (kind == TANH) return tanhOfFour(z);
  return f32x4.max(z, f32x4.splat(0));
}

/**
 * Multiplies delta (count values) by the derivative of the activation. Each of the four kinds has it as a function of
 * its value a.
 */
export function networkDerivative(kind: i32, a: usize, delta: usize, count: i32): void {
  const one = f32x4.splat(1),
    zero = f32x4.splat(0);
  for (let k: usize = 0, bytes = (<usize>count) << 2; k < bytes; k += 16) {
    const value = v128.load(a + k);
    let d = v128.load(delta + k);
    if (kind == LOGISTIC) d = f32x4.mul(f32x4.mul(d, value), f32x4.sub(one, value));
    else if (kind == TANH) d = f32x4.mul(d, f32x4.sub(one, f32x4.mul(value, value)));
    else if (kind != IDENTITY) d = v128.and(d, f32x4.ne(value, zero));
    v128.store(delta + k, d);
  }
}

/**
 * e^z of four values, cut off at -87.3 and 88.3: z = n log 2 + r, and a polynomial in r (Cephes, expf.c; Moshier
 * 1992). The error is below 2 units in the last place.
 */
function exponentialOfFour(z: v128): v128 {
  z = f32x4.min(f32x4.max(z, f32x4.splat(-87.3)), f32x4.splat(88.3));
  const n = f32x4.nearest(f32x4.mul(z, f32x4.splat(1.44269504)));
  let r = f32x4.sub(z, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.1219444e-4)));
  let p = f32x4.splat(1.98756915e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  p = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(p, r), r), r), f32x4.splat(1));
  return f32x4.mul(p, i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23));
}

/** 1 / (1 + e^-z) of four values. */
function logisticOfFour(z: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exponentialOfFour(f32x4.neg(z))));
}

/**
 * tanh of four values as a rational function of degree 13 over 6 (Eigen, MathFunctionsImpl.h). Beyond +-7.9 it is 1
 * to the last place.
 */
function tanhOfFour(z: v128): v128 {
  z = f32x4.min(f32x4.max(z, f32x4.splat(-7.90531110763549805)), f32x4.splat(7.90531110763549805));
  const s = f32x4.mul(z, z);
  let p = f32x4.splat(-2.76076847742355e-16);
  p = f32x4.add(f32x4.mul(p, s), f32x4.splat(2.00018790482477e-13));
  p = f32x4.add(f32x4.mul(p, s), f32x4.splat(-8.60467152213735e-11));
  p = f32x4.add(f32x4.mul(p, s), f32x4.splat(5.12229709037114e-8));
  p = f32x4.add(f32x4.mul(p, s), f32x4.splat(1.48572235717979e-5));
  p = f32x4.add(f32x4.mul(p, s), f32x4.splat(6.37261928875436e-4));
  p = f32x4.add(f32x4.mul(p, s), f32x4.splat(4.89352455891786e-3));
  let q = f32x4.splat(1.19825839466702e-6);
  q = f32x4.add(f32x4.mul(q, s), f32x4.splat(1.18534705686654e-4));
  q = f32x4.add(f32x4.mul(q, s), f32x4.splat(2.268434632439e-3));
  q = f32x4.add(f32x4.mul(q, s), f32x4.splat(4.89352518554385e-3));
  return f32x4.div(f32x4.mul(z, p), q);
}
