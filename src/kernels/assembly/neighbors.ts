/**
 * The screen of a search for nearest samples, in f32. The screen of sample i is norms[i] - 2 products[i]: its squared
 * distance from a query, less what is the same for all samples. The caller has to allow for its rounding. The plain
 * form is ../reference/neighbors.ts.
 */

/**
 * Writes (x - mean of its column) scale, rounded to f32, for the columns of x (rows x columns, column-major, f64).
 * Adds the squares of these f32 values to the norms of the rows (f64), column after column.
 */
export function narrowColumns(
  rows: i32,
  columns: i32,
  x: usize,
  means: usize,
  scale: f64,
  out: usize,
  norms: usize,
): void {
  const lanes = f64x2.splat(scale);
  const pairs = (<usize>(rows & ~1)) << 3;
  for (let j = 0; j < columns; j++, means += 8) {
    const mean = v128.load64_splat(means);
    for (let at: usize = 0; at < pairs; at += 16, out += 8, x += 16) {
      const narrow = f32x4.demote_f64x2_zero(f64x2.mul(f64x2.sub(v128.load(x), mean), lanes));
      v128.store64_lane(out, narrow, 0);
      const wide = f64x2.promote_low_f32x4(narrow);
      v128.store(norms + at, f64x2.add(v128.load(norms + at), f64x2.mul(wide, wide)));
    }
    if (rows & 1) {
      const narrow = <f32>((load<f64>(x) - load<f64>(means)) * scale);
      store<f32>(out, narrow);
      store<f64>(norms + pairs, load<f64>(norms + pairs) + <f64>narrow * <f64>narrow);
      out += 4;
      x += 8;
    }
  }
}

/** sums[i] += x[i], for `count` values of f32. */
export function addSingles(count: i32, x: usize, sums: usize): void {
  const end = x + ((<usize>count) << 2);
  const blocks = x + ((<usize>(count & ~3)) << 2);
  for (; x < blocks; x += 16, sums += 16) v128.store(sums, f32x4.add(v128.load(sums), v128.load(x)));
  for (; x < end; x += 4, sums += 4) store<f32>(sums, load<f32>(sums) + load<f32>(x));
}

/** Inserts a value into `size` ascending values (f32) and drops the last of them. Returns the new last one. */
function insert(value: f32, size: i32, smallest: usize): f32 {
  let at = smallest + ((<usize>size) << 2) - 4;
  for (; at > smallest && value < load<f32>(at - 4); at -= 4) store<f32>(at, load<f32>(at - 4));
  store<f32>(at, value);
  return load<f32>(smallest + ((<usize>size) << 2) - 4);
}

/**
 * Writes the `size` smallest of the n screens to `smallest` (f32), ascending. Returns the last of them, which is
 * Infinity if there are fewer.
 */
export function smallestOf(n: i32, norms: usize, products: usize, size: i32, smallest: usize): f32 {
  for (let i = 0; i < size; i++) store<f32>(smallest + ((<usize>i) << 2), f32.POSITIVE_INFINITY);
  let last = f32.POSITIVE_INFINITY;
  const end = norms + ((<usize>n) << 2);
  const blocks = norms + ((<usize>(n & ~3)) << 2);
  for (; norms < blocks; norms += 16, products += 16) {
    const product = v128.load(products);
    const values = f32x4.sub(v128.load(norms), f32x4.add(product, product));
    if (!v128.any_true(f32x4.lt(values, f32x4.splat(last)))) continue;
    for (let k: usize = 0; k < 16; k += 4) {
      const value = load<f32>(norms + k) - 2 * load<f32>(products + k);
      if (value < last) last = insert(value, size, smallest);
    }
  }
  for (; norms < end; norms += 4, products += 4) {
    const value = load<f32>(norms) - 2 * load<f32>(products);
    if (value < last) last = insert(value, size, smallest);
  }
  return last;
}

/** Writes the places (i32, ascending) of the n screens that are not above the limit. Returns how many there are. */
export function placesWithin(n: i32, norms: usize, products: usize, limit: f32, places: usize): i32 {
  const lanes = f32x4.splat(limit);
  let to = places;
  for (let i = 0; i < n;) {
    if (i + 4 <= n) {
      const product = v128.load(products);
      const values = f32x4.sub(v128.load(norms), f32x4.add(product, product));
      if (i32x4.all_true(f32x4.gt(values, lanes))) {
        i += 4;
        norms += 16;
        products += 16;
        continue;
      }
    }
    for (const end = min(i + 4, n); i < end; i++, norms += 4, products += 4) {
      if (load<f32>(norms) - 2 * load<f32>(products) > limit) continue;
      store<i32>(to, i);
      to += 4;
    }
  }
  return <i32>((to - places) >> 2);
}
