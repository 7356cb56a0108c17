/** The plain form of assembly/exact.ts. */

/** Six times the largest power of two that is not above the sum, or 0 for 0. */
export function rounderOf(sum: number): number {
  if (sum === 0) return 0;
  let power = 1;
  while (power > sum) power /= 2;
  while (power * 2 <= sum) power *= 2;
  return 6 * power;
}
