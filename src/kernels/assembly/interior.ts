/**
 * The steps of an interior point (src/ml/families/linear/hinge.ts) that go over the samples one by one.
 *
 * Each sample has a variable alpha in [0, cost]; its room, cost - alpha; the multipliers z and u of the two bounds;
 * and a direction (a, dz, du) of alpha, z and u. The room is stored because the difference would round to 0 near the
 * upper bound. toLow and toHigh are the reciprocals of alpha and of the room. A sample that costs nothing has zeros
 * in all of these.
 *
 * All arrays are f64 with room for an even number of samples. Where n is odd, the sample beyond the last costs
 * nothing. Sums run in two lanes, sample i in lane i mod 2, which are added at the end. The plain form is
 * ../reference/interior.ts.
 */

/** The bytes of n values, one more if n is odd. */
function bytesOf(n: i32): usize {
  return (<usize>((n + 1) & ~1)) << 3;
}

function addLanes(sums: v128): f64 {
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
}

/** Values where the mask is set, and 0 elsewhere. */
function where(mask: v128, values: v128): v128 {
  return v128.and(mask, values);
}

/**
 * Writes toLow, toHigh, `inverse` = 1 / (z / alpha + u / room), and in `lower` and `upper` what takes the products z
 * alpha and u room to 0. Returns the sum of these products.
 */
export function interiorWeights(
  n: i32,
  alpha: usize,
  rooms: usize,
  z: usize,
  u: usize,
  toLow: usize,
  toHigh: usize,
  inverse: usize,
  lower: usize,
  upper: usize,
): f64 {
  const one = f64x2.splat(1);
  let sums = f64x2.splat(0);
  for (let at: usize = 0, end = bytesOf(n); at < end; at += 16) {
    const value = v128.load(alpha + at);
    const room = v128.load(rooms + at);
    const mask = f64x2.gt(room, f64x2.splat(0));
    const low = where(mask, f64x2.div(one, value));
    const high = where(mask, f64x2.div(one, room));
    const below = v128.load(z + at);
    const above = v128.load(u + at);
    const weight = f64x2.add(f64x2.mul(below, low), f64x2.mul(above, high));
    const lowProduct = f64x2.mul(below, value);
    const highProduct = f64x2.mul(above, room);
    v128.store(toLow + at, low);
    v128.store(toHigh + at, high);
    v128.store(inverse + at, where(mask, f64x2.div(one, weight)));
    v128.store(lower + at, f64x2.neg(lowProduct));
    v128.store(upper + at, f64x2.neg(highProduct));
    sums = f64x2.add(sums, f64x2.add(lowProduct, highProduct));
  }
  return addLanes(sums);
}

/**
 * Writes to `right` the right-hand side of the Newton step, lower / alpha - upper / room - (margin - 1 - z + u).
 * Writes to `signed` the right-hand side times `inverse` times the sample's sign.
 */
export function interiorRight(
  n: i32,
  signs: usize,
  margins: usize,
  z: usize,
  u: usize,
  toLow: usize,
  toHigh: usize,
  inverse: usize,
  lower: usize,
  upper: usize,
  right: usize,
  signed: usize,
): void {
  const one = f64x2.splat(1);
  for (let at: usize = 0, end = bytesOf(n); at < end; at += 16) {
    const multipliers = f64x2.sub(v128.load(u + at), v128.load(z + at));
    const residual = f64x2.add(f64x2.sub(v128.load(margins + at), one), multipliers);
    const below = f64x2.mul(v128.load(lower + at), v128.load(toLow + at));
    const above = f64x2.mul(v128.load(upper + at), v128.load(toHigh + at));
    const value = f64x2.sub(f64x2.sub(below, above), residual);
    v128.store(right + at, value);
    v128.store(signed + at, f64x2.mul(v128.load(signs + at), f64x2.mul(v128.load(inverse + at), value)));
  }
}

/**
 * Adds to `a`, and writes to dz and du, the direction for a right-hand side. `along` holds how the scores change
 * along it, and is multiplied by the samples' signs, which makes it the change of the margins. Returns the reciprocal
 * of the longest step that stays inside of the bounds, or `least` if that is more.
 */
export function interiorDirection(
  n: i32,
  signs: usize,
  z: usize,
  u: usize,
  toLow: usize,
  toHigh: usize,
  inverse: usize,
  lower: usize,
  upper: usize,
  right: usize,
  along: usize,
  a: usize,
  dz: usize,
  du: usize,
  least: f64,
): f64 {
  let most = f64x2.splat(least);
  for (let at: usize = 0, end = bytesOf(n); at < end; at += 16) {
    const margin = f64x2.mul(v128.load(signs + at), v128.load(along + at));
    const rest = f64x2.mul(v128.load(inverse + at), f64x2.sub(v128.load(right + at), margin));
    const step = f64x2.add(v128.load(a + at), rest);
    const below = v128.load(z + at);
    const above = v128.load(u + at);
    const low = v128.load(toLow + at);
    const high = v128.load(toHigh + at);
    const down = f64x2.mul(f64x2.sub(v128.load(lower + at), f64x2.mul(below, step)), low);
    const up = f64x2.mul(f64x2.add(v128.load(upper + at), f64x2.mul(above, step)), high);
    v128.store(along + at, margin);
    v128.store(a + at, step);
    v128.store(dz + at, down);
    v128.store(du + at, up);
    // A sample that costs nothing gives NaN (0 / 0), which pmax never takes.
    most = f64x2.pmax(most, f64x2.neg(f64x2.mul(step, low)));
    most = f64x2.pmax(most, f64x2.mul(step, high));
    most = f64x2.pmax(most, f64x2.neg(f64x2.div(down, below)));
    most = f64x2.pmax(most, f64x2.neg(f64x2.div(up, above)));
  }
  return max<f64>(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1));
}

/** The sum of z alpha and u room after a step of this length. */
export function interiorProducts(
  n: i32,
  alpha: usize,
  rooms: usize,
  z: usize,
  u: usize,
  a: usize,
  dz: usize,
  du: usize,
  length: f64,
): f64 {
  const lanes = f64x2.splat(length);
  let sums = f64x2.splat(0);
  for (let at: usize = 0, end = bytesOf(n); at < end; at += 16) {
    const change = f64x2.mul(lanes, v128.load(a + at));
    const value = f64x2.add(v128.load(alpha + at), change);
    const room = f64x2.sub(v128.load(rooms + at), change);
    const below = f64x2.add(v128.load(z + at), f64x2.mul(lanes, v128.load(dz + at)));
    const above = f64x2.add(v128.load(u + at), f64x2.mul(lanes, v128.load(du + at)));
    sums = f64x2.add(sums, f64x2.add(f64x2.mul(below, value), f64x2.mul(above, room)));
  }
  return addLanes(sums);
}

/**
 * Adds to `lower` and `upper` the target mu of the products and the second-order terms that the direction left out.
 */
export function interiorCorrect(
  n: i32,
  mu: f64,
  a: usize,
  dz: usize,
  du: usize,
  lower: usize,
  upper: usize,
): void {
  const target = f64x2.splat(mu);
  for (let at: usize = 0, end = bytesOf(n); at < end; at += 16) {
    const step = v128.load(a + at);
    const below = f64x2.sub(target, f64x2.mul(step, v128.load(dz + at)));
    const above = f64x2.add(target, f64x2.mul(step, v128.load(du + at)));
    v128.store(lower + at, f64x2.add(v128.load(lower + at), below));
    v128.store(upper + at, f64x2.add(v128.load(upper + at), above));
  }
}
