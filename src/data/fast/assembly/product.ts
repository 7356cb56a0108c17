/**
 * The double that is nearest to an integer times a power of ten. Where both are exact doubles, one division or
 * multiplication gives it (Clinger, "How to read floating point numbers accurately", 1990). Else the product with the
 * 128 upper bits of a power of five gives it (Lemire, "Number parsing at a gigabyte per second", 2021, algorithm 1).
 * Where this product cannot tell, the result is NaN.
 */

/** The powers of ten that a double holds exactly. */
const TENS = memory.data<f64>([
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
  1e20, 1e21, 1e22,
]);
const MOST_TENS = 22;
/** 2^53. */
const MOST_EXACT: u64 = 9007199254740992;

/** The powers of five have exponents from -MOST_POWER to MOST_POWER. As in ../powers.ts, which writes them. */
const MOST_POWER = 60;
/** For each exponent, the upper and the lower 64 bits. */
export const POWERS_OF_FIVE: usize = memory.data(1936, 8);

/** `whole` / 10^decimals for up to 22 decimals, where `whole` is at most 2^53. */
export function shifted(whole: u64, decimals: i32): f64 {
  // Processors convert signed integers in one step.
  return <f64>(<i64>whole) / load<f64>(TENS + ((<usize>decimals) << 3));
}

/** The double nearest to whole * 10^power, or NaN. */
export function product(whole: u64, power: i32): f64 {
  if (whole == 0) return 0;
  if (whole <= MOST_EXACT && power <= 0 && power >= -MOST_TENS) return shifted(whole, -power);
  if (whole <= MOST_EXACT && power > 0 && power <= MOST_TENS)
    return <f64>(<i64>whole) * load<f64>(TENS + ((<usize>power) << 3));
  if (power < -MOST_POWER || power > MOST_POWER) return NaN;
  return rounded(whole, power);
}

/** The lower 64 bits of the product that `upperProduct` computed last. */
let lower: u64 = 0;

/** The upper 64 bits of a * b. */
function upperProduct(a: u64, b: u64): u64 {
  const a0 = a & 0xffffffff;
  const a1 = a >> 32;
  const b0 = b & 0xffffffff;
  const b1 = b >> 32;
  const middle = a1 * b0 + ((a0 * b0) >> 32);
  const other = a0 * b1 + (middle & 0xffffffff);
  lower = a * b;
  return a1 * b1 + (middle >> 32) + (other >> 32);
}

function rounded(whole: u64, power: i32): f64 {
  const five = POWERS_OF_FIVE + ((<usize>(power + MOST_POWER)) << 4);
  const zeros = clz(whole);
  const factor = whole << zeros;
  let upper = upperProduct(factor, load<u64>(five));
  let low = lower;
  // The lower half of the power counts only where the upper bits are all ones.
  if ((upper & 0x1ff) == 0x1ff) {
    const carried = upperProduct(factor, load<u64>(five, 8));
    low += carried;
    if (low < carried) upper++;
  }
  if (low == 0xffffffffffffffff && (power < -27 || power > 55)) return NaN;
  const top = upper >> 63;
  const shift = top + 9;
  let digits = upper >> shift;
  // floor(power * log2(10)), and what the shifts have moved.
  let exponent: i64 = ((<i64>power * 217706) >> 16) + 63 + <i64>top - <i64>zeros;
  // Halfway between two doubles, the even one is the nearest.
  if (low <= 1 && power >= -4 && power <= 23 && (digits & 3) == 1 && digits << shift == upper) digits &= ~1;
  digits = (digits + (digits & 1)) >> 1;
  if (digits == 9007199254740992) {
    digits >>= 1;
    exponent++;
  }
  return reinterpret<f64>((digits & 0xfffffffffffff) | ((<u64>(exponent + 1023)) << 52));
}
