/**
 * Decimal numbers to the nearest double, where that can be had with a few operations. The digits are an integer D and
 * the decimals a power of ten P <= 10^22, which is exact (Clinger, "How to read floating point numbers accurately",
 * 1990). With D = H + L, H its nearest double, the quotient Q = H / P leaves a remainder that is a double as well
 * (Dekker, "A floating-point technique for extending the available precision", 1971); so Q + (remainder + L) / P is
 * known to 2^-50 of the correction. If that margin does not change the sum, the sum is the nearest double.
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

/** Whether `number` has met a number that it cannot tell: of more digits, with an exponent, or between two doubles. */
export let isBeyond: bool = false;

/** The number that starts here; NaN if there is none, or if it `isBeyond`. */
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

/** The nearest double to whole / power; NaN if it cannot be told. */
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
