/** Normal random numbers. */
import type { Rng } from '../base/rng.js';

/** A number from the standard normal distribution (Box and Muller 1958). */
export function normal(rng: Rng): number {
  return Math.sqrt(-2 * Math.log(1 - rng.float())) * Math.cos(2 * Math.PI * rng.float());
}
