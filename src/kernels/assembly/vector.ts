/**
 * Sums and updates of f64 vectors, and products of a column-major matrix with a vector. A sum of n terms runs in
 * eight lanes, term i in lane i mod 8, over the largest multiple of 8. The lanes are added as ((0 + 2) + (4 + 6)) +
 * ((1 + 3) + (5 + 7)), and then the remaining terms one after the other. The plain form is ../reference/vector.ts.
 */

function addLanes(a: v128, b: v128, c: v128, d: v128): f64 {
  /** The sum of x[i] over n values. */
  const sum = f64x2.add(f64x2.add(a, b), f64x2.add(c, d));
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** The sum of x[i] y[i] over n values. */
export function dot(n: i32, x: usize, y: usize): f64 {
  let s0 = f64x2.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  const end = x + ((<usize>n) << 3);
  const blocks = x + ((<usize>(n & ~7)) << 3);
  for (; x < blocks; x += 64, y += 64) {
    s0 = f64x2.add(s0, f64x2.mul(v128.load(x), v128.load(y)));
    s1 = f64x2.add(s1, f64x2.mul(v128.load(x, 16), v128.load(y, 16)));
    s2 = f64x2.add(s2, f64x2.mul(v128.load(x, 32), v128.load(y, 32)));
    s3 = f64x2.add(s3, f64x2.mul(v128.load(x, 48), v128.load(y, 48)));
  }
  let total = addLanes(s0, s1, s2, s3);
  for (; x < end; x += 8, y += 8) total += load<f64>(x) * load<f64>(y);
  return total;
}

/** The sum of x[i]. */
export function sum(n: i32, x: usize): f64 {
  let s0 = f64x2.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  const end = x + ((<usize>n) << 3);
  const blocks = x + ((<usize>(n & ~7)) << 3);
  for (; x < blocks; x += 64) {
    s0 = f64x2.add(s0, v128.load(x));
    s1 = f64x2.add(s1, v128.load(x, 16));
    s2 = f64x2.add(s2, v128.load(x, 32));
    s3 = f64x2.add(s3, v128.load(x, 48));
  }
  let total = addLanes(s0, s1, s2, s3);
  for (; x < end; x += 8) total += load<f64>(x);
  return total;
}

/** The sum of w[i] x[i] y[i] over n values. Each term is (w[i] x[i]) y[i]. */
export function weightedDot(n: i32, w: usize, x: usize, y: usize): f64 {
  let s0 = f64x2.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  const end = x + ((<usize>n) << 3);
  const blocks = x + ((<usize>(n & ~7)) << 3);
  for (; x < blocks; x += 64, y += 64, w += 64) {
    s0 = f64x2.add(s0, f64x2.mul(f64x2.mul(v128.load(w), v128.load(x)), v128.load(y)));
    s1 = f64x2.add(s1, f64x2.mul(f64x2.mul(v128.load(w, 16), v128.load(x, 16)), v128.load(y, 16)));
    s2 = f64x2.add(s2, f64x2.mul(f64x2.mul(v128.load(w, 32), v128.load(x, 32)), v128.load(y, 32)));
    s3 = f64x2.add(s3, f64x2.mul(f64x2.mul(v128.load(w, 48), v128.load(x, 48)), v128.load(y, 48)));
  }
  let total = addLanes(s0, s1, s2, s3);
  for (; x < end; x += 8, y += 8, w += 8) total += load<f64>(w) * load<f64>(x) * load<f64>(y);
  return total;
}

/** y[i] += a x[i], for n values. */
export function axpy(n: i32, a: f64, x: usize, y: usize): void {
  const factor = f64x2.splat(a);
  const end = x + ((<usize>n) << 3);
  const blocks = x + ((<usize>(n & ~3)) << 3);
  for (; x < blocks; x += 32, y += 32) {
    v128.store(y, f64x2.add(v128.load(y), f64x2.mul(factor, v128.load(x))));
    v128.store(y, f64x2.add(v128.load(y, 16), f64x2.mul(factor, v128.load(x, 16))), 16);
  }
  for (; x < end; x += 8, y += 8) store<f64>(y, load<f64>(y) + a * load<f64>(x));
}

/** out[j] = the dot product of column j of x (rows x columns, column-major) with v (rows). */
export function transposedProduct(rows: i32, columns: i32, x: usize, v: usize, out: usize): void {
  const stride = (<usize>rows) << 3;
  for (let j = 0; j < columns; j++, x += stride, out += 8) store<f64>(out, dot(rows, x, v));
}

/** out (rows) += x w, for x (rows x columns, column-major) and w (columns). Columns of weight zero are skipped. */
export function addProduct(rows: i32, columns: i32, x: usize, w: usize, out: usize): void {
  const stride = (<usize>rows) << 3;
  for (let j = 0; j < columns; j++, x += stride, w += 8) {
    const weight = load<f64>(w);
    if (weight != 0) axpy(rows, weight, x, out);
  }
}

/** out (rows) = x w, for x (rows x columns, column-major) and w (columns). */
export function product(rows: i32, columns: i32, x: usize, w: usize, out: usize): void {
  memory.fill(out, 0, (<usize>rows) << 3);
  addProduct(rows, columns, x, w, out);
}
