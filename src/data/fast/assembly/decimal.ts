/**
 * Decimal numbers in text to the nearest double: `1`, `+1`, `-.5`, `1.`, `1e5`. A number that this cannot read exactly
 * is NaN, as is any other text. Then ../../numbers.ts reads it.
 */
import { product, shifted } from './product';

const PLUS: u8 = 43;
const MINUS: u8 = 45;
const ZERO: u8 = 48;
/** `e`, and `E` with its bit of 32 set. */
const EXPONENT: u8 = 101;
/** More digits may not fit into 64 bits. */
const MOST_DIGITS = 19;

/** The mark before the decimals: a point or a comma. */
let point: u8 = 46;

export function setPoint(mark: u8): void {
  point = mark;
}

/** The number in the first `length` of 16 bytes, of 1 to 15: digits with at most one point and a minus sign. */
export function shortDecimal(bytes: v128, length: i32): f64 {
  const isNegative = i8x16.extract_lane_u(bytes, 0) == MINUS;
  const points = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(point))) & ((1 << length) - 1);
  const hasPoint = points != 0;
  const before = hasPoint ? ctz(points) : -128;
  if ((points & (points - 1)) != 0 || length == <i32>isNegative + <i32>hasPoint) return NaN;
  // The digits move to the end of the 16 bytes. Those before the point move one byte further.
  const ends = i8x16.splat(<i8>(length - 16));
  let places = i8x16.add(i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), ends);
  places = i8x16.add(places, i8x16.le_s(places, i8x16.splat(<i8>before)));
  places = v128.or(places, i8x16.lt_s(places, i8x16.splat(<i8>isNegative)));
  const digits = i8x16.swizzle(i8x16.sub(bytes, i8x16.splat(ZERO)), places);
  if (v128.any_true(i8x16.gt_u(digits, i8x16.splat(9)))) return NaN;
  const value = shifted(wholeOf(digits), hasPoint ? length - 1 - before : 0);
  return isNegative ? -value : value;
}

/** The integer of 16 digits. */
function wholeOf(digits: v128): u64 {
  const tens = i8x16(10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1);
  const low = i32x4.extadd_pairwise_i16x8_u(i16x8.extmul_low_i8x16_u(digits, tens));
  const high = i32x4.extadd_pairwise_i16x8_u(i16x8.extmul_high_i8x16_u(digits, tens));
  const pairs = i16x8.narrow_i32x4_u(low, high);
  const fours = i32x4.dot_i16x8_s(pairs, i16x8(100, 1, 100, 1, 100, 1, 100, 1));
  const eights = i32x4.dot_i16x8_s(
    i16x8.narrow_i32x4_u(fours, fours),
    i16x8(10000, 1, 10000, 1, 10000, 1, 10000, 1),
  );
  const first: u64 = i32x4.extract_lane(eights, 0);
  return first * 100000000 + <u64>i32x4.extract_lane(eights, 1);
}

/** The number in memory[from..to), of any length. */
export function decimal(from: usize, to: usize): f64 {
  if (from == to) return NaN;
  let place = from;
  const isNegative = load<u8>(place) == MINUS;
  if (isNegative || load<u8>(place) == PLUS) place++;
  let whole: u64 = 0;
  let digits = 0;
  let mark: usize = 0;
  let count = 0;
  for (; place < to; place++) {
    const byte = load<u8>(place);
    if (byte == point && mark == 0) {
      mark = place;
      continue;
    }
    const digit = <u32>byte - ZERO;
    if (digit > 9) break;
    whole = 10 * whole + digit;
    count++;
    // Zeros in front are no digits. `whole` is 0 again after the 20 digits of 2^64.
    if ((digits > 0 || whole != 0) && ++digits > MOST_DIGITS) return NaN;
  }
  if (count == 0) return NaN;
  const decimals = mark == 0 ? 0 : <i32>(place - mark) - 1;
  const exponent = exponentAt(place, to);
  if (exponent == i32.MIN_VALUE) return NaN;
  const value = product(whole, exponent - decimals);
  return isNegative ? -value : value;
}

/** The exponent in memory[from..to): 0 where that is empty, and the smallest integer where it is no short exponent. */
function exponentAt(from: usize, to: usize): i32 {
  if (from == to) return 0;
  let place = from + 1;
  if ((load<u8>(from) | 32) != EXPONENT || place == to) return i32.MIN_VALUE;
  const sign = load<u8>(place);
  if (sign == MINUS || sign == PLUS) place++;
  if (place == to || to - place > 4) return i32.MIN_VALUE;
  let exponent = 0;
  for (; place < to; place++) {
    const digit = <u32>load<u8>(place) - ZERO;
    if (digit > 9) return i32.MIN_VALUE;
    exponent = 10 * exponent + digit;
  }
  return sign == MINUS ? -exponent : exponent;
}
