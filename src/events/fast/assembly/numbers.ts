/**
 * Decimal numbers to the nearest double, in three steps, where these suffice.
 *
 * 1. Read the digits as an integer D, and the number of decimals as a power of ten P. Up to 10^22, P is exact as a
 *    double (Clinger, "How to read floating point numbers accurately", 1990).
 * 2. Split D = H + L, where H is the double nearest to D, and divide: Q = H / P. The remainder H - Q P is a double
 *    (Dekker, "A floating-point technique for extending the available precision", 1971). So D / P is Q plus a
 *    correction, (remainder + L) / P, which is known to 2^-50 of itself.
 * 3. Add the correction with and without this margin. If both sums are the same double, it is the nearest one.
 *
 * Otherwise `number` returns NaN with `isBeyond`, and the line goes to JSON.parse.
 */
import { at, end, moveTo } from './walker';

const MINUS: u8 = 45;
const POINT: u8 = 46;
const POWERS = memory.data<f64>([
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
  1e20, 1e21, 1e22,
]);
const MOST_DECIMALS = 22;
/** One more digit fits behind these into an i64. */
const LARGEST: i64 = 99999999999999999;
/** 2^-50. */
const MARGIN: f64 = 8.881784197001252e-16;
/** 2^27 + 1. */
const SPLITTER: f64 = 134217729;

/**
 * Whether the last number is one that `number` cannot read: it has more digits, or an exponent, or lies too close
 * to the middle between two doubles.
 */
export let isBeyond: bool = false;

/** The number that starts at the next byte. It is NaN if there is none, or if it `isBeyond`. */
export function number(): f64 {
  isBeyond = false;
  let place = at;
  const isNegative = place < end && load<u8>(place) == MINUS;
  if (isNegative) place++;
  const first = place;
  let whole: i64 = 0;
  for (; whole <= LARGEST && isDigit(place); place++) whole = 10 * whole + (load<u8>(place) - 48);
  const before = <i32>(place - first);
  let decimals = 0;
  if (before > 0 && load<u8>(place) == POINT) {
    const point = place++;
    for (; whole <= LARGEST && isDigit(place); place++) whole = 10 * whole + (load<u8>(place) - 48);
    decimals = <i32>(place - point) - 1;
    if (decimals == 0) return beyond(before);
  }
  if (before == 0 || (before > 1 && load<u8>(first) == 48) || decimals > MOST_DECIMALS || isDigit(place))
    return beyond(before);
  if (place < end && (load<u8>(place) | 32) == 101) return beyond(before);
  const result = quotient(whole, load<f64>(POWERS + ((<usize>decimals) << 3)));
  if (isNaN(result)) return beyond(before);
  moveTo(place);
  return isNegative ? -result : result;
}

function beyond(digits: i32): f64 {
  isBeyond = digits > 0;
  return NaN;
}

function isDigit(place: usize): bool {
  return place < end && <u32>load<u8>(place) - 48 <= 9;
}

/** The double nearest to whole / power, or NaN if three steps do not tell. */
function quotient(whole: i64, power: f64): f64 {
  const high = <f64>whole;
  const low = <f64>(whole - <i64>high);
  const q = high / power;
  const product = q * power;
  const q1 = upperHalf(q);
  const q2 = q - q1;
  const p1 = upperHalf(power);
  const p2 = power - p1;
  const error = q1 * p1 - product + q1 * p2 + q2 * p1 + q2 * p2;
  const correction = (high - product - error + low) / power;
  const margin = Math.abs(correction) * MARGIN;
  const result = q + (correction - margin);
  return result == q + (correction + margin) ? result : NaN;
}

/** The upper 26 bits of the significand (Veltkamp). */
function upperHalf(x: f64): f64 {
  const scaled = SPLITTER * x;
  return scaled - (scaled - x);
}
