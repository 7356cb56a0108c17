/** The plain form of assembly/interior.ts. All arrays have the same even length. */

/** The bounded variables and their multipliers. */
export interface Point {
  alpha: Float64Array;
  /** The costs less alpha. */
  rooms: Float64Array;
  z: Float64Array;
  u: Float64Array;
}

/** The start of a Newton step. */
export interface Newton {
  toLow: Float64Array;
  toHigh: Float64Array;
  inverse: Float64Array;
  lower: Float64Array;
  upper: Float64Array;
  right: Float64Array;
}

export interface Direction {
  a: Float64Array;
  dz: Float64Array;
  du: Float64Array;
}

/** Fills all of `newton` but the right-hand side. Returns the sum of z alpha and u room. */
export function interiorWeights({ alpha, rooms, z, u }: Point, newton: Newton): number {
  const sums = [0, 0];
  for (let i = 0; i < alpha.length; i++) {
    const isBought = rooms[i] > 0;
    newton.toLow[i] = isBought ? 1 / alpha[i] : 0;
    newton.toHigh[i] = isBought ? 1 / rooms[i] : 0;
    newton.inverse[i] = isBought ? 1 / (z[i] * newton.toLow[i] + u[i] * newton.toHigh[i]) : 0;
    newton.lower[i] = -(z[i] * alpha[i]);
    newton.upper[i] = -(u[i] * rooms[i]);
    sums[i % 2] += z[i] * alpha[i] + u[i] * rooms[i];
  }
  return sums[0] + sums[1];
}

/** Fills the right-hand side and `signed`. */
export function interiorRight(
  signs: Float64Array,
  margins: Float64Array,
  { z, u }: Point,
  { toLow, toHigh, inverse, lower, upper, right }: Newton,
  signed: Float64Array,
): void {
  for (let i = 0; i < right.length; i++) {
    const residual = margins[i] - 1 + (u[i] - z[i]);
    right[i] = lower[i] * toLow[i] - upper[i] * toHigh[i] - residual;
    signed[i] = signs[i] * (inverse[i] * right[i]);
  }
}

/**
 * Adds to `a`, fills the rest of the direction and multiplies `along` by the signs. Returns the reciprocal of the
 * longest step, or `least` if that is more.
 */
export function interiorDirection(
  signs: Float64Array,
  { z, u }: Point,
  { toLow, toHigh, inverse, lower, upper, right }: Newton,
  along: Float64Array,
  { a, dz, du }: Direction,
  least: number,
): number {
  const most = [least, least];
  for (let i = 0; i < a.length; i++) {
    along[i] *= signs[i];
    a[i] += inverse[i] * (right[i] - along[i]);
    dz[i] = (lower[i] - z[i] * a[i]) * toLow[i];
    du[i] = (upper[i] + u[i] * a[i]) * toHigh[i];
    for (const ratio of [-(a[i] * toLow[i]), a[i] * toHigh[i], -(dz[i] / z[i]), -(du[i] / u[i])]) {
      if (most[i % 2] < ratio) most[i % 2] = ratio;
    }
  }
  return Math.max(most[0], most[1]);
}

/** The sum of z alpha and u room after a step of this length. */
export function interiorProducts(
  { alpha, rooms, z, u }: Point,
  { a, dz, du }: Direction,
  length: number,
): number {
  const sums = [0, 0];
  for (let i = 0; i < a.length; i++) {
    const change = length * a[i];
    const [below, above] = [z[i] + length * dz[i], u[i] + length * du[i]];
    sums[i % 2] += below * (alpha[i] + change) + above * (rooms[i] - change);
  }
  return sums[0] + sums[1];
}

/** lower += mu - a dz, upper += mu + a du. */
export function interiorCorrect(mu: number, { a, dz, du }: Direction, { lower, upper }: Newton): void {
  for (let i = 0; i < a.length; i++) {
    lower[i] += mu - a[i] * dz[i];
    upper[i] += mu + a[i] * du[i];
  }
}
