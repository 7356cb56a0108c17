/**
 * Elementary functions inside the module, in f64. They are the same operations in the same order as in ../math.ts,
 * and so give the same bits. ../math.ts names the sources.
 */

const LN2_HIGH: f64 = 6.9314718036912381649e-1;
const LN2_LOW: f64 = 1.90821492927058770002e-10;
const INVERSE_LN2: f64 = 1.442695040888963387;

function powerOfTwo(k: i64): f64 {
  return reinterpret<f64>((1023 + k) << 52);
}

function scale(x: f64, k: i64): f64 {
  const half = k >> 1;
  return x * powerOfTwo(half) * powerOfTwo(k - half);
}

/** e^x. */
export function exp(x: f64): f64 {
  if (x != x) return x;
  const bounded = min<f64>(max<f64>(x, -746), 710);
  const k = floor<f64>(bounded * INVERSE_LN2 + 0.5);
  const high = bounded - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const r2 = r * r;
  const r4 = r2 * r2;
  const c =
    r -
    (r2 * 1.66666666666666019037e-1 +
      r4 *
        (-2.77777777770155933842e-3 +
          r2 * 6.61375632143793436117e-5 +
          r4 * (-1.6533902205465251539e-6 + r2 * 4.13813679705723846039e-8)));
  return scale(1 + ((r * c) / (2 - c) - low + high), <i64>k);
}

function times(a: v128, b: f64): v128 {
  return f64x2.mul(a, f64x2.splat(b));
}

function plus(a: v128, b: f64): v128 {
  return f64x2.add(a, f64x2.splat(b));
}

/** e^x of two numbers at once: the bits of `exp`. */
export function expOfTwo(x: v128): v128 {
  const bounded = f64x2.min(f64x2.max(x, f64x2.splat(-746)), f64x2.splat(710));
  const k = f64x2.floor(plus(times(bounded, INVERSE_LN2), 0.5));
  const high = f64x2.sub(bounded, times(k, LN2_HIGH));
  const low = times(k, LN2_LOW);
  const r = f64x2.sub(high, low);
  const r2 = f64x2.mul(r, r);
  const r4 = f64x2.mul(r2, r2);
  const tail = f64x2.mul(r4, plus(times(r2, 4.13813679705723846039e-8), -1.6533902205465251539e-6));
  const middle = f64x2.add(plus(times(r2, 6.61375632143793436117e-5), -2.77777777770155933842e-3), tail);
  const c = f64x2.sub(r, f64x2.add(times(r2, 1.66666666666666019037e-1), f64x2.mul(r4, middle)));
  const quotient = f64x2.div(f64x2.mul(r, c), f64x2.sub(f64x2.splat(2), c));
  const y = plus(f64x2.add(f64x2.sub(quotient, low), high), 1);
  // A sum with 1.5 * 2^52 has the integer k in its low bits.
  const integers = i64x2.sub(plus(k, 6755399441055744), i64x2.splat(0x4338000000000000));
  const half = i64x2.shr_s(integers, 1);
  const bias = i64x2.splat(1023);
  const first = i64x2.shl(i64x2.add(half, bias), 52);
  const second = i64x2.shl(i64x2.add(i64x2.sub(integers, half), bias), 52);
  return f64x2.mul(f64x2.mul(y, first), second);
}

/** e^x - 1, without cancellation near 0. */
export function expm1(x: f64): f64 {
  if (!(x <= 709.8)) return x != x ? x : Infinity;
  if (x < -56.1) return -1;
  if (abs(x) < 5.6e-17) return x;
  const k: f64 = abs(x) <= 0.34657359027997264 ? 0 : floor<f64>(x * INVERSE_LN2 + 0.5);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const correction = high - r - low;
  const halfR = 0.5 * r;
  const h = r * halfR;
  const h2 = h * h;
  const r1 =
    1 +
    h * -3.33333333333331316428e-2 +
    h2 *
      (1.58730158725481460165e-3 +
        h * -7.93650757867487942473e-5 +
        h2 * (4.00821782732936239552e-6 + h * -2.01099218183624371326e-7));
  const t = 3 - r1 * halfR;
  const quotient = h * ((r1 - t) / (6 - r * t));
  if (k == 0) return r - (r * quotient - h);
  const e = r * (quotient - correction) - correction - h;
  if (k == -1) return 0.5 * (r - e) - 0.5;
  if (k == 1) return r < -0.25 ? -2 * (e - (r + 0.5)) : 1 + 2 * (r - e);
  if (k < 0 || k > 56) return scale(r - e + 1, <i64>k) - 1;
  const inverse = powerOfTwo(-(<i64>k));
  return (k < 20 ? r + (1 - inverse - e) : r + (1 - (e + inverse))) * powerOfTwo(<i64>k);
}

function logRemainder(f: f64): f64 {
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1));
  const odd =
    z *
    (6.66666666666673513e-1 +
      w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1)));
  return s * (0.5 * f * f + (odd + even));
}

/** The k of `fraction`, for a normal x. */
function exponent(x: f64): i64 {
  return ((reinterpret<i64>(x) + ((<i64>(0x3ff00000 - 0x3fe6a09e)) << 32)) >> 52) - 1023;
}

/** f with x = 2^k (1 + f) and sqrt(1/2) <= 1 + f < sqrt(2), for normal x. */
function fraction(x: f64): f64 {
  const shifted = reinterpret<i64>(x) + ((<i64>(0x3ff00000 - 0x3fe6a09e)) << 32);
  return reinterpret<f64>((shifted & 0xfffffffffffff) + ((<i64>0x3fe6a09e) << 32)) - 1;
}

/** The natural logarithm. */
export function log(x: f64): f64 {
  if (!(x > 0 && x < Infinity)) return x == 0 ? -Infinity : x < 0 ? NaN : x;
  const denormal = x < 2.2250738585072014e-308;
  const normal = denormal ? x * 18014398509481984 : x;
  const f = fraction(normal);
  const k = <f64>(exponent(normal) - (denormal ? 54 : 0));
  return logRemainder(f) + k * LN2_LOW - 0.5 * f * f + f + k * LN2_HIGH;
}

/** log(1 + x), without cancellation near 0. */
export function log1p(x: f64): f64 {
  if (!(x > -1 && x < Infinity)) return x == -1 ? -Infinity : x < -1 ? NaN : x;
  if (abs(x) < 1.1e-16) return x;
  if (x > -0.2928 && x < 0.4142) return logRemainder(x) - 0.5 * x * x + x;
  const sum = 1 + x;
  const f = fraction(sum);
  const k = <f64>exponent(sum);
  const lost: f64 = k >= 54 ? 0 : (k >= 2 ? 1 - (sum - x) : x - (sum - 1)) / sum;
  return logRemainder(f) + (k * LN2_LOW + lost) - 0.5 * f * f + f + k * LN2_HIGH;
}

/** log(1 + x) of two numbers between 0 and 1 at once: the bits of `log1p`. */
export function log1pOfUnits(x: v128): v128 {
  const one = f64x2.splat(1);
  const sum = f64x2.add(x, one);
  const direct = f64x2.lt(x, f64x2.splat(0.4142));
  // 1 + x is halved unless its high word is below that of sqrt(2).
  const halve = i64x2.gt_s(sum, i64x2.splat(0x3ff6a09dffffffff));
  const shifted = f64x2.sub(v128.bitselect(times(sum, 0.5), sum, halve), one);
  const f = v128.bitselect(x, shifted, direct);
  const s = f64x2.div(f, plus(f, 2));
  const z = f64x2.mul(s, s);
  const w = f64x2.mul(z, z);
  const high = plus(times(w, 1.531383769920937332e-1), 2.222219843214978396e-1);
  const even = f64x2.mul(w, plus(f64x2.mul(w, high), 3.999999999940941908e-1));
  const middle = plus(times(w, 1.479819860511658591e-1), 1.818357216161805012e-1);
  const low = plus(f64x2.mul(w, middle), 2.857142874366239149e-1);
  const odd = f64x2.mul(z, plus(f64x2.mul(w, low), 6.66666666666673513e-1));
  const square = f64x2.mul(times(f, 0.5), f);
  const remainder = f64x2.mul(s, f64x2.add(square, f64x2.add(odd, even)));
  const straight = f64x2.add(f64x2.sub(remainder, square), f);
  const k = v128.and(halve, one);
  const lost = f64x2.div(f64x2.sub(x, f64x2.sub(sum, one)), sum);
  const corrected = f64x2.add(remainder, f64x2.add(times(k, LN2_LOW), lost));
  const reduced = f64x2.add(f64x2.add(f64x2.sub(corrected, square), f), times(k, LN2_HIGH));
  return v128.bitselect(straight, reduced, direct);
}

/** The hyperbolic tangent. */
export function tanh(x: f64): f64 {
  const size = abs(x);
  if (x != x || size < 1e-300) return x;
  let value: f64 = 1;
  if (size > 0.25541281188299536) {
    if (size < 22) value = 1 - 2 / (expm1(2 * size) + 2);
  } else {
    const t = expm1(-2 * size);
    value = -t / (t + 2);
  }
  return x < 0 ? -value : value;
}

/** The logistic function 1 / (1 + e^-x), without overflow. */
export function sigmoid(x: f64): f64 {
  const e = exp(-abs(x));
  return (x >= 0 ? 1 : e) / (1 + e);
}

/** log(1 + e^x), without overflow. */
export function softplus(x: f64): f64 {
  return (x > 0 ? x : 0) + log1p(exp(-abs(x)));
}

/** out[i] = e^x[i] for n values of f64. x and out may be the same. */
export function expOfAll(n: i32, x: usize, out: usize): void {
  let i = 0;
  for (; i < n - 1; i += 2) {
    v128.store(out + ((<usize>i) << 3), expOfTwo(v128.load(x + ((<usize>i) << 3))));
  }
  if (i < n) store<f64>(out + ((<usize>i) << 3), exp(load<f64>(x + ((<usize>i) << 3))));
}
