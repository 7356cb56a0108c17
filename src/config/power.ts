/**
 * Powers of ten, rounded correctly: 10^y for a double y is computed in integers of a few hundred bits and rounded once.
 * The results of Math.pow may differ between engines in the last place, and then the ids of configs would differ.
 *
 * A double y is an exact fraction. With y = k + f, k whole and |f| <= 1/2, 10^y = 10^k exp(f ln 10). exp is computed by
 * its Taylor series in fixed point of BITS bits.
 */

/** Bits behind the point. A double keeps 53 of them. The others decide the rounding near the middle of two doubles. */
const BITS = 256n;
const ONE = 1n << BITS;

/** ln 10 = 3 ln 2 + ln(5/4) = 6 artanh(1/3) + 2 artanh(1/9), in fixed point. */
const LN_10 = 6n * inverseHyperbolicTangent(3n) + 2n * inverseHyperbolicTangent(9n);

/** artanh(1/n) = 1/n + 1/(3 n^3) + 1/(5 n^5) + ... */
function inverseHyperbolicTangent(n: bigint): bigint {
  let sum = 0n;
  for (let power = ONE / n, odd = 1n; power > 0n; power /= n * n, odd += 2n) sum += power / odd;
  return sum;
}

/** exp(x) for x in fixed point, |x| <= 2. */
function exponential(x: bigint): bigint {
  let sum = 0n;
  for (let term = ONE, i = 1n; term !== 0n && term !== -1n; i++) {
    sum += term;
    term = (term * x) / (i << BITS);
  }
  return sum;
}

/** Beyond these exponents, 10^y is infinite or zero. Near the ends of the doubles, rounding decides. */
const LARGEST = 310;
const SMALLEST = -325;

/** 10^y, correctly rounded; the double nearest to the decimal `1e-3` for y = -3. y is finite. */
export function powerOfTen(y: number): number {
  if (y > LARGEST) return Infinity;
  if (y < SMALLEST) return 0;
  const whole = Math.round(y);
  // Both are exact: y - whole has no more bits than y, and a double below 1/2 times 2^256 is a whole number or tiny.
  const fraction = toFixedPoint(y - whole);
  if (fraction === 0n) return Number(`1e${whole}`);
  const mantissa = exponential((fraction * LN_10) >> BITS);
  // Enough decimal digits of the mantissa for one correct rounding, done by the number parser.
  const digits = (mantissa * 10n ** 40n) >> BITS;
  return Number(`${digits}e${whole - 40}`);
}

/** A double of at most 1 as a fraction of 2^256, exact down to 2^-256. */
function toFixedPoint(x: number): bigint {
  let scaled = x;
  let bits = 0;
  // Doubling a double is exact.
  while (!Number.isInteger(scaled) && bits < Number(BITS)) {
    scaled *= 2;
    bits++;
  }
  return BigInt(Math.trunc(scaled)) << (BITS - BigInt(bits));
}
