/**
 * Elementary functions that give the same bits on every machine. They use only + - * /, sqrt, floor and the bits of a
 * double. `Math.exp` and its relatives are the engine's own and may change with it, so no model may use them.
 *
 * The methods and coefficients are those of fdlibm (Sun Microsystems, 1993: e_exp.c, s_expm1.c, e_log.c, s_log1p.c,
 * e_pow.c, s_tanh.c), arranged so that the usual path has no branch. The range is reduced by multiples of ln 2 in two
 * parts; then come a minimax polynomial and a scaling by a power of two in two steps, which rounds only once in the
 * denormal range too. The error is below 1 ulp for exp, log, log1p, expm1, log2 and pow, and below 3 ulp for tanh,
 * sigmoid and softplus. Special values are those of the ECMAScript functions of the same name.
 *
 * assembly/math.ts is the twin of exp, expm1, log, log1p, tanh, sigmoid and softplus inside the WebAssembly module. A
 * test holds the two to the same bits, so change them together.
 */

const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;
const INVERSE_LN2 = 1.442695040888963387;

const double = new Float64Array(1);
/** The two halves of `double`: the low word, then the high one, because every platform of Node is little-endian. */
const words = new Int32Array(double.buffer);

function highWord(x: number): number {
  double[0] = x;
  return words[1];
}

/** x with another high word: its sign, its exponent and the upper 20 bits of its fraction. */
function withHighWord(x: number, high: number): number {
  double[0] = x;
  words[1] = high;
  return double[0];
}

/** x rounded towards zero to its upper 21 bits, so that products of two of them are exact. */
function upperHalf(x: number): number {
  double[0] = x;
  words[0] = 0;
  return double[0];
}

/** 2^k for -1022 <= k <= 1023. */
function powerOfTwo(k: number): number {
  words[0] = 0;
  words[1] = (1023 + k) << 20;
  return double[0];
}

/** x * 2^k for |k| <= 2044, rounded once if |x| is near 1. */
function scale(x: number, k: number): number {
  const half = k >> 1;
  return x * powerOfTwo(half) * powerOfTwo(k - half);
}

/** e^x. */
export function exp(x: number): number {
  const bounded = Math.min(Math.max(x, -746), 710);
  if (x !== x) return x;
  const k = Math.floor(bounded * INVERSE_LN2 + 0.5);
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
  return scale(1 + ((r * c) / (2 - c) - low + high), k);
}

/** e^x - 1, without cancellation near 0. */
export function expm1(x: number): number {
  if (!(x <= 709.8)) return x !== x ? x : Infinity;
  if (x < -56.1) return -1;
  if (Math.abs(x) < 5.6e-17) return x;
  const k = Math.abs(x) <= 0.34657359027997264 ? 0 : Math.floor(x * INVERSE_LN2 + 0.5);
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
  if (k === 0) return r - (r * quotient - h);
  const e = r * (quotient - correction) - correction - h;
  if (k === -1) return 0.5 * (r - e) - 0.5;
  if (k === 1) return r < -0.25 ? -2 * (e - (r + 0.5)) : 1 + 2 * (r - e);
  if (k < 0 || k > 56) return scale(r - e + 1, k) - 1;
  const inverse = powerOfTwo(-k);
  return (k < 20 ? r + (1 - inverse - e) : r + (1 - (e + inverse))) * powerOfTwo(k);
}

/** log(1 + f) - f + f^2/2 for sqrt(1/2) <= 1 + f < sqrt(2). */
function logRemainder(f: number): number {
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

/** The exponent that `fraction` took from its argument. */
let exponent = 0;

/** f and (in `exponent`) k with x = 2^k (1 + f) and sqrt(1/2) <= 1 + f < sqrt(2), for finite x > 0. */
function fraction(x: number): number {
  const denormal = x < 2.2250738585072014e-308;
  const normal = denormal ? x * 18014398509481984 : x;
  const shifted = highWord(normal) + (0x3ff00000 - 0x3fe6a09e);
  exponent = (shifted >> 20) - 1023 - (denormal ? 54 : 0);
  return withHighWord(normal, (shifted & 0xfffff) + 0x3fe6a09e) - 1;
}

/** The logarithm of an x that is no finite positive number. */
function logOutside(x: number): number {
  return x === 0 ? -Infinity : x < 0 ? NaN : x;
}

/** The natural logarithm. */
export function log(x: number): number {
  if (!(x > 0 && x < Infinity)) return logOutside(x);
  const f = fraction(x);
  const k = exponent;
  return logRemainder(f) + k * LN2_LOW - 0.5 * f * f + f + k * LN2_HIGH;
}

/** log(1 + x), without cancellation near 0. */
export function log1p(x: number): number {
  if (!(x > -1 && x < Infinity)) return x === -1 ? -Infinity : x < -1 ? NaN : x;
  if (Math.abs(x) < 1.1e-16) return x;
  if (x > -0.2928 && x < 0.4142) return logRemainder(x) - 0.5 * x * x + x;
  const sum = 1 + x;
  const f = fraction(sum);
  const k = exponent;
  const lost = k >= 54 ? 0 : (k >= 2 ? 1 - (sum - x) : x - (sum - 1)) / sum;
  return logRemainder(f) + (k * LN2_LOW + lost) - 0.5 * f * f + f + k * LN2_HIGH;
}

/** The logarithm to the base 2; exact for powers of 2. */
export function log2(x: number): number {
  if (!(x > 0 && x < Infinity)) return logOutside(x);
  const f = fraction(x);
  const k = exponent;
  const square = 0.5 * f * f;
  const high = upperHalf(f - square);
  const low = f - high - square + logRemainder(f);
  const main = high * 1.44269504072144627571;
  const rest = (low + high) * 1.67517131648865118353e-10 + low * 1.44269504072144627571;
  const sum = k + main;
  return rest + (k - sum + main) + sum;
}

/** The lower part of the last result of `log2InParts`. */
let log2Low = 0;

/** Does what `log2InParts` does for |x - 1| < 2^-20, by the first terms of the series. */
function log2NearOne(x: number): number {
  const t = x - 1;
  const rest = t * t * (0.5 - t * (0.3333333333333333 - t * 0.25));
  const tHigh = upperHalf(t);
  const u = tHigh * 1.44269502162933349609;
  const v =
    (t - tHigh) * 1.44269502162933349609 + (t * 1.92596299112661746887e-8 - rest * 1.442695040888963387);
  const result = upperHalf(u + v);
  log2Low = v - (result - u);
  return result;
}

/** log2(x) for finite x > 0 to about 75 bits. Returns the upper 21 bits; `log2Low` is the rest. */
function log2InParts(x: number): number {
  const denormal = x < 2.2250738585072014e-308;
  const normal = denormal ? x * 9007199254740992 : x;
  const high = highWord(normal);
  const digits = high & 0xfffff;
  let k = (high >> 20) - 1023 - (denormal ? 53 : 0);
  let mantissaHigh = digits | 0x3ff00000;
  const nearTwo = digits >= 0xbb67a;
  const nearOneAndAHalf = !nearTwo && digits > 0x3988e;
  if (nearTwo) {
    k += 1;
    mantissaHigh -= 0x100000;
  }
  const a = withHighWord(normal, mantissaHigh);
  const b = nearOneAndAHalf ? 1.5 : 1;
  const inverse = 1 / (a + b);
  const s = (a - b) * inverse;
  const sHigh = upperHalf(s);
  const sumHigh = withHighWord(
    0,
    ((mantissaHigh >> 1) | 0x20000000) + 0x80000 + (nearOneAndAHalf ? 1 << 18 : 0),
  );
  const sumLow = a - (sumHigh - b);
  const sLow = inverse * (a - b - sHigh * sumHigh - sHigh * sumLow);
  const s2 = s * s;
  const series =
    s2 *
      s2 *
      (5.99999999999994648725e-1 +
        s2 *
          (4.28571428578550184252e-1 +
            s2 *
              (3.33333329818377432918e-1 +
                s2 *
                  (2.72728123808534006489e-1 +
                    s2 * (2.30660745775561754067e-1 + s2 * 2.06975017800338417784e-1))))) +
    sLow * (sHigh + s);
  const sHigh2 = sHigh * sHigh;
  const cubicHigh = upperHalf(3 + sHigh2 + series);
  const cubicLow = series - (cubicHigh - 3 - sHigh2);
  const u = sHigh * cubicHigh;
  const v = sLow * cubicHigh + cubicLow * s;
  const pHigh = upperHalf(u + v);
  const pLow = v - (pHigh - u);
  const zHigh = 9.61796700954437255859e-1 * pHigh;
  const zLow =
    -7.02846165095275826516e-9 * pHigh +
    pLow * 9.61796693925975554329e-1 +
    (nearOneAndAHalf ? 1.35003920212974897128e-8 : 0);
  const offset = nearOneAndAHalf ? 5.84962487220764160156e-1 : 0;
  const result = upperHalf(zHigh + zLow + offset + k);
  log2Low = zLow - (result - k - offset - zHigh);
  return result;
}

/** 2^(high + low) for |high + low| < 1100, where low is small beside high. */
function exp2OfParts(high: number, low: number): number {
  const k = Math.floor(high + low + 0.5);
  const rest = high - k;
  const sum = upperHalf(rest + low);
  const u = sum * 6.93147182464599609375e-1;
  const v = (low - (sum - rest)) * 6.93147180559945286227e-1 + sum * -1.90465429995776804525e-9;
  const z = u + v;
  const w = v - (z - u);
  const z2 = z * z;
  const c =
    z -
    z2 *
      (1.66666666666666019037e-1 +
        z2 *
          (-2.77777777770155933842e-3 +
            z2 *
              (6.61375632143793436117e-5 +
                z2 * (-1.6533902205465251539e-6 + z2 * 4.13813679705723846039e-8))));
  const r = (z * c) / (c - 2) - (w + z * w);
  return scale(1 - (r - z), k);
}

/** x^y, with the special values of ECMAScript: x^0 is 1; NaN if y is NaN, or if |x| is 1 and y is infinite. */
export function pow(x: number, y: number): number {
  if (y === 0) return 1;
  if (x !== x || y !== y) return NaN;
  const size = Math.abs(x);
  if (size === 1 && Math.abs(y) === Infinity) return NaN;
  const whole = Math.floor(y) === y;
  const odd = whole && Math.abs(y) < 9007199254740992 && Math.abs(y % 2) === 1;
  const negative = x < 0 || Object.is(x, -0);
  if (x < 0 && x !== -Infinity && !whole) return NaN;
  const sign = negative && odd ? -1 : 1;
  if (size === 0 || size === Infinity) return sign * ((size === 0) === y > 0 ? 0 : Infinity);
  if (size === 1) return sign;
  if (y === 1) return x;
  if (y === 2) return x * x;
  if (y === -1) return 1 / x;
  if (y === 0.5) return Math.sqrt(x);
  if (Math.abs(y) > 1e20) return sign * (size > 1 === y > 0 ? Infinity : 0);
  const logarithm = Math.abs(size - 1) < 9.5e-7 ? log2NearOne(size) : log2InParts(size);
  const yHigh = upperHalf(y);
  const productLow = (y - yHigh) * logarithm + y * log2Low;
  const productHigh = yHigh * logarithm;
  const product = productHigh + productLow;
  if (product > 1025) return sign * Infinity;
  if (product < -1080) return sign * 0;
  return sign * exp2OfParts(productHigh, productLow);
}

/** The hyperbolic tangent. */
export function tanh(x: number): number {
  const size = Math.abs(x);
  if (x !== x || size < 1e-300) return x;
  let value = 1;
  if (size > 0.25541281188299536) {
    if (size < 22) value = 1 - 2 / (expm1(2 * size) + 2);
  } else {
    const t = expm1(-2 * size);
    value = -t / (t + 2);
  }
  return x < 0 ? -value : value;
}

/** The logistic function 1 / (1 + e^-x), without overflow: scipy's expit. */
export function sigmoid(x: number): number {
  const e = exp(-Math.abs(x));
  return (x >= 0 ? 1 : e) / (1 + e);
}

/** log(1 + e^x), without overflow. */
export function softplus(x: number): number {
  return (x > 0 ? x : 0) + log1p(exp(-Math.abs(x)));
}
