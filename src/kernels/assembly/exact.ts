/**
 * Exact sums, which are the same in any order (pre-rounding: Demmel and Nguyen, "Fast reproducible floating-point
 * summation", 2013). Numbers whose magnitudes add up to S are rounded to multiples of a power of two between S 2^-51
 * and S 2^-50. f64 holds every sum of the rounded numbers. The error has the same bound as a sum in f64 of the
 * numbers themselves.
 */

/** The rounder of numbers x whose magnitudes add up to `sum`: x + rounder - rounder is the rounded x. */
export function rounderOf(sum: f64): f64 {
  return 6 * reinterpret<f64>(reinterpret<u64>(sum) & 0x7ff0000000000000);
}
