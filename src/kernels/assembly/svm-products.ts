/**
 * Products of samples and squared distances between them, for support vector machines.
 *
 * Samples lie in panels of 4: feature f of sample i is at `((i >> 2) * features + f) * 4 + (i & 3)`, in f64. Samples
 * beyond the last are zero. A product of two samples is the sum over the features in turn, whichever kernel computes
 * it. So it has the same bits in a row, in a block and with its two samples exchanged.
 *
 * The plain form is ../reference/svm.ts.
 */

/** out (4 panelCount) = the products of the vector v (features) with each sample of the panels. */
export function svmProducts(panels: usize, panelCount: i32, features: i32, v: usize, out: usize): void {
  const panelBytes = (<usize>features) << 5,
    end = v + ((<usize>features) << 3);
  let panel = 0;
  for (; panel + 4 <= panelCount; panel += 4) {
    let a = panels + <usize>panel * panelBytes,
      b = a + panelBytes,
      c = b + panelBytes,
      d = c + panelBytes;
    let a0 = f64x2.splat(0),
      a1 = a0,
      b0 = a0,
      b1 = a0,
      c0 = a0,
      c1 = a0,
      d0 = a0,
      d1 = a0;
    for (let k = v; k < end; k += 8) {
      const x = v128.load64_splat(k);
      a0 = f64x2.add(a0, f64x2.mul(x, v128.load(a)));
      a1 = f64x2.add(a1, f64x2.mul(x, v128.load(a, 16)));
      b0 = f64x2.add(b0, f64x2.mul(x, v128.load(b)));
      b1 = f64x2.add(b1, f64x2.mul(x, v128.load(b, 16)));
      c0 = f64x2.add(c0, f64x2.mul(x, v128.load(c)));
      c1 = f64x2.add(c1, f64x2.mul(x, v128.load(c, 16)));
      d0 = f64x2.add(d0, f64x2.mul(x, v128.load(d)));
      d1 = f64x2.add(d1, f64x2.mul(x, v128.load(d, 16)));
      a += 32;
      b += 32;
      c += 32;
      d += 32;
    }
    const to = out + ((<usize>panel) << 5);
    v128.store(to, a0);
    v128.store(to, a1, 16);
    v128.store(to, b0, 32);
    v128.store(to, b1, 48);
    v128.store(to, c0, 64);
    v128.store(to, c1, 80);
    v128.store(to, d0, 96);
    v128.store(to, d1, 112);
  }
  for (; panel < panelCount; panel++) {
    let a = panels + <usize>panel * panelBytes;
    let a0 = f64x2.splat(0),
      a1 = a0;
    for (let k = v; k < end; k += 8) {
      const x = v128.load64_splat(k);
      a0 = f64x2.add(a0, f64x2.mul(x, v128.load(a)));
      a1 = f64x2.add(a1, f64x2.mul(x, v128.load(a, 16)));
      a += 32;
    }
    v128.store(out + ((<usize>panel) << 5), a0);
    v128.store(out + ((<usize>panel) << 5), a1, 16);
  }
}

/** out (4 x stride, in elements) = the products of the 4 samples of panel a with each sample of the panels b. */
export function svmProductsOfFour(
  a: usize,
  b: usize,
  panelCount: i32,
  features: i32,
  out: usize,
  stride: i32,
): void {
  const panelBytes = (<usize>features) << 5,
    row = (<usize>stride) << 3;
  for (let panel = 0; panel < panelCount; panel++) {
    let c00 = f64x2.splat(0),
      c01 = c00,
      c10 = c00,
      c11 = c00,
      c20 = c00,
      c21 = c00,
      c30 = c00,
      c31 = c00;
    let x = a;
    for (let end = b + panelBytes; b < end; b += 32) {
      const w0 = v128.load(b),
        w1 = v128.load(b, 16);
      const x0 = v128.load64_splat(x),
        x1 = v128.load64_splat(x, 8);
      c00 = f64x2.add(c00, f64x2.mul(x0, w0));
      c01 = f64x2.add(c01, f64x2.mul(x0, w1));
      c10 = f64x2.add(c10, f64x2.mul(x1, w0));
      c11 = f64x2.add(c11, f64x2.mul(x1, w1));
      const x2 = v128.load64_splat(x, 16),
        x3 = v128.load64_splat(x, 24);
      c20 = f64x2.add(c20, f64x2.mul(x2, w0));
      c21 = f64x2.add(c21, f64x2.mul(x2, w1));
      c30 = f64x2.add(c30, f64x2.mul(x3, w0));
      c31 = f64x2.add(c31, f64x2.mul(x3, w1));
      x += 32;
    }
    v128.store(out, c00);
    v128.store(out, c01, 16);
    v128.store(out + row, c10);
    v128.store(out + row, c11, 16);
    v128.store(out + 2 * row, c20);
    v128.store(out + 2 * row, c21, 16);
    v128.store(out + 3 * row, c30);
    v128.store(out + 3 * row, c31, 16);
    out += 32;
  }
}

/**
 * values[j] = own + norms[j] - 2 values[j], at least 0: turns products with a sample of the squared norm `own` into
 * squared distances. count is a multiple of 2.
 */
export function svmDistances(values: usize, norms: usize, own: f64, count: i32): void {
  const norm = f64x2.splat(own),
    two = f64x2.splat(2),
    zero = f64x2.splat(0);
  for (let k: usize = 0, bytes = (<usize>count) << 3; k < bytes; k += 16) {
    const both = f64x2.add(norm, v128.load(norms + k));
    v128.store(values + k, f64x2.max(zero, f64x2.sub(both, f64x2.mul(two, v128.load(values + k)))));
  }
}

/** Does what svmDistances does, and writes to `out` in f32. count is a multiple of 4. */
export function svmRoundDistances(products: usize, norms: usize, own: f64, out: usize, count: i32): void {
  const norm = f64x2.splat(own),
    two = f64x2.splat(2),
    zero = f64x2.splat(0);
  for (let k: usize = 0, bytes = (<usize>count) << 2; k < bytes; k += 8) {
    const both = f64x2.add(norm, v128.load(norms + 2 * k));
    const distances = f64x2.max(zero, f64x2.sub(both, f64x2.mul(two, v128.load(products + 2 * k))));
    v128.store64_lane(out + k, f32x4.demote_f64x2_zero(distances), 0);
  }
}

/** out (f32) = values (f64), rounded. count is a multiple of 4. */
export function svmRound(values: usize, out: usize, count: i32): void {
  for (let k: usize = 0, bytes = (<usize>count) << 2; k < bytes; k += 8) {
    v128.store64_lane(out + k, f32x4.demote_f64x2_zero(v128.load(values + 2 * k)), 0);
  }
}

/** out (f64) = values (f32). count is a multiple of 4. */
export function svmWiden(values: usize, out: usize, count: i32): void {
  for (let k: usize = 0, bytes = (<usize>count) << 2; k < bytes; k += 8) {
    v128.store(out + 2 * k, f64x2.promote_low_f32x4(v128.load64_zero(values + k)));
  }
}

/** How many rows and columns are mirrored together, so that their lines and pages stay in the caches. */
const TILE: i32 = 64;

/** Copies the upper triangle of a square matrix of f32 (stride x stride, a multiple of 4) to the lower one. */
export function svmMirror(values: usize, stride: i32): void {
  const row = (<usize>stride) << 2;
  for (let top = 0; top < stride; top += TILE) {
    const bottom = min(top + TILE, stride);
    for (let left = 0; left <= top; left += TILE) {
      for (let i = top; i < bottom; i += 4) {
        const right = min(left + TILE, i);
        for (let j = left; j < right; j += 4) {
          const from = values + <usize>j * row + ((<usize>i) << 2);
          mirrorFour(from, values + <usize>i * row + ((<usize>j) << 2), row);
        }
      }
    }
  }
}

/** Writes the transpose of the 4 x 4 values at `from` to `to`. Rows are `row` bytes apart. */
function mirrorFour(from: usize, to: usize, row: usize): void {
  const a = v128.load(from),
    b = v128.load(from + row);
  const c = v128.load(from + 2 * row),
    d = v128.load(from + 3 * row);
  const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5),
    abHigh = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5),
    cdHigh = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<i64>(ab, cd, 0, 2));
  v128.store(to + row, v128.shuffle<i64>(ab, cd, 1, 3));
  v128.store(to + 2 * row, v128.shuffle<i64>(abHigh, cdHigh, 0, 2));
  v128.store(to + 3 * row, v128.shuffle<i64>(abHigh, cdHigh, 1, 3));
}
