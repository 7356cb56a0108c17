/**
 * Means, variances and ranges of the columns of a column-major matrix in f64, two columns in the lanes of a register.
 * Every sum runs over the rows in their order, whatever column is beside it. The plain form is
 * ../reference/moments.ts.
 */

/** The values at two places. */
function two(first: usize, second: usize): v128 {
  return v128.load64_lane(second, v128.load64_zero(first), 1);
}

function storeTwo(first: usize, second: usize, values: v128): void {
  v128.store64_lane(first, values, 0);
  v128.store64_lane(second, values, 1);
}

/**
 * Writes for each column of x (rows x columns) the number of its values that are not NaN, their mean and their
 * variance (divided by that number). There are two passes; the second one corrects the rounding of the first.
 */
export function columnMoments(
  rows: i32,
  columns: i32,
  x: usize,
  counts: usize,
  means: usize,
  variances: usize,
): void {
  const bytes = (<usize>rows) << 3;
  const zero = f64x2.splat(0);
  const one = f64x2.splat(1);
  for (let j = 0; j < columns; j += 2) {
    const k = min(j + 1, columns - 1);
    const x0 = x + <usize>j * bytes;
    const x1 = x + <usize>k * bytes;
    let count = zero;
    let sum = zero;
    for (let at: usize = 0; at < bytes; at += 8) {
      const values = two(x0 + at, x1 + at);
      const present = f64x2.eq(values, values);
      count = f64x2.add(count, v128.and(one, present));
      sum = f64x2.add(sum, v128.and(values, present));
    }
    const rough = f64x2.div(sum, count);
    let rest = zero;
    let squares = zero;
    for (let at: usize = 0; at < bytes; at += 8) {
      const values = two(x0 + at, x1 + at);
      const distance = v128.and(f64x2.sub(values, rough), f64x2.eq(values, values));
      rest = f64x2.add(rest, distance);
      squares = f64x2.add(squares, f64x2.mul(distance, distance));
    }
    const corrected = f64x2.sub(squares, f64x2.div(f64x2.mul(rest, rest), count));
    const first = (<usize>j) << 3;
    const second = (<usize>k) << 3;
    storeTwo(counts + first, counts + second, count);
    storeTwo(means + first, means + second, f64x2.add(rough, f64x2.div(rest, count)));
    storeTwo(variances + first, variances + second, f64x2.max(zero, f64x2.div(corrected, count)));
  }
}

/**
 * Writes the smallest and the largest value of each column of x (rows x columns) that is not NaN. They are Infinity
 * and -Infinity in a column without values.
 */
export function columnRanges(rows: i32, columns: i32, x: usize, smallest: usize, largest: usize): void {
  const bytes = (<usize>rows) << 3;
  for (let j = 0; j < columns; j += 2) {
    const k = min(j + 1, columns - 1);
    const x0 = x + <usize>j * bytes;
    const x1 = x + <usize>k * bytes;
    let least = f64x2.splat(f64.POSITIVE_INFINITY);
    let most = f64x2.neg(least);
    for (let at: usize = 0; at < bytes; at += 8) {
      const values = two(x0 + at, x1 + at);
      least = f64x2.pmin(least, values);
      most = f64x2.pmax(most, values);
    }
    const first = (<usize>j) << 3;
    const second = (<usize>k) << 3;
    storeTwo(smallest + first, smallest + second, least);
    storeTwo(largest + first, largest + second, most);
  }
}

/**
 * Writes the weighted mean and variance of each column of x (rows x columns) within each class. `y` holds the class
 * codes of the rows (i32), `weights` their weights, `totals` (classes) the sum of the weights of each class, or 1 for
 * a class without weight. Class c's results for column j go to place c * stride + j. `scratch` has room for 4 values
 * a class.
 */
export function classMoments(
  rows: i32,
  columns: i32,
  x: usize,
  y: usize,
  weights: usize,
  classes: i32,
  totals: usize,
  stride: i32,
  scratch: usize,
  means: usize,
  variances: usize,
): void {
  const bytes = (<usize>rows) << 3;
  const sumBytes = (<usize>classes) << 4;
  const middles = scratch;
  const sums = scratch + sumBytes;
  for (let j = 0; j < columns; j += 2) {
    const k = min(j + 1, columns - 1);
    const x0 = x + <usize>j * bytes;
    const x1 = x + <usize>k * bytes;
    memory.fill(scratch, 0, 2 * sumBytes);
    for (let at: usize = 0; at < bytes; at += 8) {
      const own = middles + ((<usize>load<i32>(y + (at >> 1))) << 4);
      const weighted = f64x2.mul(v128.load64_splat(weights + at), two(x0 + at, x1 + at));
      v128.store(own, f64x2.add(v128.load(own), weighted));
    }
    divideByClass(classes, middles, totals, stride, means + ((<usize>j) << 3), means + ((<usize>k) << 3));
    for (let at: usize = 0; at < bytes; at += 8) {
      const code = (<usize>load<i32>(y + (at >> 1))) << 4;
      const distance = f64x2.sub(two(x0 + at, x1 + at), v128.load(middles + code));
      const weighted = f64x2.mul(f64x2.mul(v128.load64_splat(weights + at), distance), distance);
      v128.store(sums + code, f64x2.add(v128.load(sums + code), weighted));
    }
    divideByClass(
      classes,
      sums,
      totals,
      stride,
      variances + ((<usize>j) << 3),
      variances + ((<usize>k) << 3),
    );
  }
}

/** Divides the sums of each class, for two columns, by its total, in place and into the results. */
function divideByClass(
  classes: i32,
  sums: usize,
  totals: usize,
  stride: i32,
  first: usize,
  second: usize,
): void {
  for (let c = 0; c < classes; c++, sums += 16, totals += 8) {
    const mean = f64x2.div(v128.load(sums), v128.load64_splat(totals));
    v128.store(sums, mean);
    const at = (<usize>c * <usize>stride) << 3;
    storeTwo(first + at, second + at, mean);
  }
}

/**
 * out = x less the mean of the row's class (rows x columns). `y` holds the class codes (i32); `means` and `stride`
 * are those of classMoments.
 */
export function centerByClass(
  rows: i32,
  columns: i32,
  x: usize,
  y: usize,
  means: usize,
  stride: i32,
  out: usize,
): void {
  const rowBytes = (<usize>stride) << 3;
  const end = y + ((<usize>rows) << 2);
  for (let j = 0; j < columns; j++, means += 8) {
    for (let code = y; code < end; code += 4, x += 8, out += 8) {
      store<f64>(out, load<f64>(x) - load<f64>(means + <usize>load<i32>(code) * rowBytes));
    }
  }
}

/** x = (factor x) / divisor of its column, in place, for x (rows x columns). */
export function scaleColumns(rows: i32, columns: i32, x: usize, factor: f64, divisors: usize): void {
  const lanes = f64x2.splat(factor);
  const bytes = (<usize>rows) << 3;
  for (let j = 0; j < columns; j++, divisors += 8) {
    const divisor = v128.load64_splat(divisors);
    const end = x + bytes;
    for (; x + 16 <= end; x += 16) v128.store(x, f64x2.div(f64x2.mul(lanes, v128.load(x)), divisor));
    if (rows & 1) {
      store<f64>(x, (factor * load<f64>(x)) / load<f64>(divisors));
      x += 8;
    }
  }
}

/**
 * Subtracts from logs (rows) what normal columns with these means and variances (columns) cost: column after column,
 * logs[i] -= 0.5 (x - mean)^2 / variance.
 */
export function takeGaussians(
  rows: i32,
  columns: i32,
  x: usize,
  means: usize,
  variances: usize,
  logs: usize,
): void {
  const bytes = (<usize>rows) << 3;
  const pairs = (<usize>(rows & ~1)) << 3;
  const half = f64x2.splat(0.5);
  for (let j = 0; j < columns; j++, x += bytes, means += 8, variances += 8) {
    const mean = v128.load64_splat(means);
    const variance = v128.load64_splat(variances);
    for (let at: usize = 0; at < pairs; at += 16) {
      const distance = f64x2.sub(v128.load(x + at), mean);
      const cost = f64x2.div(f64x2.mul(f64x2.mul(half, distance), distance), variance);
      v128.store(logs + at, f64x2.sub(v128.load(logs + at), cost));
    }
    if (rows & 1) {
      const distance = load<f64>(x + pairs) - load<f64>(means);
      const cost = (0.5 * distance * distance) / load<f64>(variances);
      store<f64>(logs + pairs, load<f64>(logs + pairs) - cost);
    }
  }
}
