/**
 * Weighted Gram matrices of the columns of a matrix, in f64: out[a][b] is the sum over rows i of (weights[i] x_a[i])
 * x_b[i]. Columns are given by their addresses, so that any choice of columns can take part, and columns from
 * elsewhere, such as the ones of an intercept.
 *
 * The sum runs over chunks of 256 rows. In a chunk, even and odd rows are summed apart and the two sums are added. In
 * a chunk of odd length, the last row is added to that. The sum of the chunk is then added to the element. The plain
 * form is ../reference/gram.ts.
 */

const CHUNK: i32 = 256;
/**
 * How many elements (f64) of scratch weightedGram needs for each column: a chunk and 2 more, because a power of two
 * would put all columns into a few sets of the cache. @public
 */
export const GRAM_SCRATCH: i32 = 258;
const COLUMN_BYTES: usize = (<usize>GRAM_SCRATCH) << 3;

/** The address of column a. */
function column(columns: usize, a: i32): usize {
  return <usize>load<u32>(columns + ((<usize>a) << 2));
}

/** The sum over one chunk of one pair of columns. */
function chunkDot(rows: i32, x: usize, y: usize): f64 {
  let lanes = f64x2.splat(0);
  const end = x + ((<usize>(rows & ~1)) << 3);
  for (; x < end; x += 16, y += 16) lanes = f64x2.add(lanes, f64x2.mul(v128.load(x), v128.load(y)));
  const total = f64x2.extract_lane(lanes, 0) + f64x2.extract_lane(lanes, 1);
  return rows & 1 ? total + load<f64>(x) * load<f64>(y) : total;
}

/** Adds the sums of even and odd rows, and the last row of an odd number of rows, to an element. */
function addTo(out: usize, lanes: v128, tail: f64, odd: i32): void {
  const total = f64x2.extract_lane(lanes, 0) + f64x2.extract_lane(lanes, 1);
  store<f64>(out, load<f64>(out) + (odd ? total + tail : total));
}

/**
 * Sums the products of four columns with two others over one chunk and adds them to a tile of `out`, whose rows are
 * `stride` bytes apart. `strip` holds the four columns: two rows of the first, of the second, third and fourth, then
 * the next two rows.
 */
function addTile(rows: i32, strip: usize, y0: usize, y1: usize, out: usize, stride: usize): void {
  let s00 = f64x2.splat(0);
  let s01 = s00;
  let s10 = s00;
  let s11 = s00;
  let s20 = s00;
  let s21 = s00;
  let s30 = s00;
  let s31 = s00;
  for (const end = y0 + ((<usize>(rows & ~1)) << 3); y0 < end; y0 += 16, y1 += 16, strip += 64) {
    const b0 = v128.load(y0);
    const b1 = v128.load(y1);
    let a = v128.load(strip);
    s00 = f64x2.add(s00, f64x2.mul(a, b0));
    s01 = f64x2.add(s01, f64x2.mul(a, b1));
    a = v128.load(strip, 16);
    s10 = f64x2.add(s10, f64x2.mul(a, b0));
    s11 = f64x2.add(s11, f64x2.mul(a, b1));
    a = v128.load(strip, 32);
    s20 = f64x2.add(s20, f64x2.mul(a, b0));
    s21 = f64x2.add(s21, f64x2.mul(a, b1));
    a = v128.load(strip, 48);
    s30 = f64x2.add(s30, f64x2.mul(a, b0));
    s31 = f64x2.add(s31, f64x2.mul(a, b1));
  }
  const odd = rows & 1;
  const t0 = odd ? load<f64>(y0) : 0;
  const t1 = odd ? load<f64>(y1) : 0;
  const u0 = odd ? load<f64>(strip) : 0;
  const u1 = odd ? load<f64>(strip, 16) : 0;
  const u2 = odd ? load<f64>(strip, 32) : 0;
  const u3 = odd ? load<f64>(strip, 48) : 0;
  addTo(out, s00, u0 * t0, odd);
  addTo(out + 8, s01, u0 * t1, odd);
  addTo(out + stride, s10, u1 * t0, odd);
  addTo(out + stride + 8, s11, u1 * t1, odd);
  addTo(out + 2 * stride, s20, u2 * t0, odd);
  addTo(out + 2 * stride + 8, s21, u2 * t1, odd);
  addTo(out + 3 * stride, s30, u3 * t0, odd);
  addTo(out + 3 * stride + 8, s31, u3 * t1, odd);
}

/** Writes weights[i] x[i] for the rows of a chunk. Each two rows start `step` bytes after the two before. */
function scaleChunk(rows: i32, weights: usize, x: usize, out: usize, step: usize): void {
  const end = x + ((<usize>(rows & ~1)) << 3);
  for (; x < end; x += 16, weights += 16, out += step) {
    v128.store(out, f64x2.mul(v128.load(weights), v128.load(x)));
  }
  if (rows & 1) store<f64>(out, load<f64>(weights) * load<f64>(x));
}

/** Adds to the diagonal element of a column that has no other column beside it. */
function addAlone(rows: i32, weights: usize, x: usize, out: usize): void {
  let lanes = f64x2.splat(0);
  const end = x + ((<usize>(rows & ~1)) << 3);
  for (; x < end; x += 16, weights += 16) {
    const value = v128.load(x);
    lanes = f64x2.add(lanes, f64x2.mul(f64x2.mul(v128.load(weights), value), value));
  }
  const odd = rows & 1;
  const last = odd ? load<f64>(x) : 0;
  addTo(out, lanes, odd ? load<f64>(weights) * last * last : 0, odd);
}

/**
 * Writes the weighted Gram matrix of `count` columns of n rows to `out`, which is row-major with `stride` elements a
 * row. `columns` holds the addresses of the columns (u32). `scratch` has room for GRAM_SCRATCH x count elements.
 */
export function weightedGram(
  n: i32,
  count: i32,
  columns: usize,
  weights: usize,
  scratch: usize,
  out: usize,
  stride: i32,
): void {
  const rowBytes = (<usize>stride) << 3;
  for (let a = 0; a < count; a++) memory.fill(out + <usize>a * rowBytes, 0, (<usize>count) << 3);
  // Strips end at the last column. The columns before the first strip are scaled one by one.
  const single = count & 3;
  for (let first = 0; first < n; first += CHUNK) {
    const rows = min(CHUNK, n - first);
    const offset = (<usize>first) << 3;
    for (let a = 0; a < count; a++) {
      const strip = scratch + (<usize>((a - single) & ~3) + single) * COLUMN_BYTES;
      const to = a < single ? scratch + <usize>a * COLUMN_BYTES : strip + ((<usize>((a - single) & 3)) << 4);
      scaleChunk(rows, weights + offset, column(columns, a) + offset, to, a < single ? 16 : 64);
    }
    for (let b = 0; b + 1 < count; b += 2) {
      const y0 = column(columns, b) + offset;
      const y1 = column(columns, b + 1) + offset;
      const to = out + ((<usize>b) << 3);
      // The first tile may begin above the diagonal. The mirror overwrites that part.
      for (let a = count - 4; a >= 0 && a + 4 > b; a -= 4) {
        addTile(rows, scratch + <usize>a * COLUMN_BYTES, y0, y1, to + <usize>a * rowBytes, rowBytes);
      }
      for (let a = b; a < single; a++) {
        const x = scratch + <usize>a * COLUMN_BYTES;
        const at = to + <usize>a * rowBytes;
        store<f64>(at, load<f64>(at) + chunkDot(rows, x, y0));
        store<f64>(at, load<f64>(at, 8) + chunkDot(rows, x, y1), 8);
      }
    }
    if (count & 1) {
      const last = count - 1;
      addAlone(rows, weights + offset, column(columns, last) + offset, out + <usize>last * (rowBytes + 8));
    }
  }
  mirror(count, out, rowBytes);
}

/** Copies the elements below the diagonal to their places above it. */
function mirror(count: i32, out: usize, rowBytes: usize): void {
  for (let a = 1; a < count; a++) {
    for (let b = 0; b < a; b++) {
      const value = load<f64>(out + <usize>a * rowBytes + ((<usize>b) << 3));
      store<f64>(out + <usize>b * rowBytes + ((<usize>a) << 3), value);
    }
  }
}

/**
 * out[a] = the sum over n rows i of x_a[i] v[i], for `count` columns at the addresses `columns` (u32). Even and odd
 * rows are summed apart.
 */
export function dotsOfColumns(n: i32, count: i32, columns: usize, v: usize, out: usize): void {
  let a = 0;
  for (; a + 4 <= count; a += 4, columns += 16, out += 32) dotsOfFour(n, columns, v, out);
  for (; a < count; a++, columns += 4, out += 8) store<f64>(out, chunkDot(n, load<u32>(columns), v));
}

function dotsOfFour(n: i32, columns: usize, v: usize, out: usize): void {
  const x0: usize = load<u32>(columns);
  const x1: usize = load<u32>(columns, 4);
  const x2: usize = load<u32>(columns, 8);
  const x3: usize = load<u32>(columns, 12);
  let s0 = f64x2.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let at: usize = 0;
  for (const end = (<usize>(n & ~1)) << 3; at < end; at += 16) {
    const y = v128.load(v + at);
    s0 = f64x2.add(s0, f64x2.mul(v128.load(x0 + at), y));
    s1 = f64x2.add(s1, f64x2.mul(v128.load(x1 + at), y));
    s2 = f64x2.add(s2, f64x2.mul(v128.load(x2 + at), y));
    s3 = f64x2.add(s3, f64x2.mul(v128.load(x3 + at), y));
  }
  const odd = n & 1;
  const y = odd ? load<f64>(v + at) : 0;
  store<f64>(out, total(s0, x0 + at, y, odd));
  store<f64>(out, total(s1, x1 + at, y, odd), 8);
  store<f64>(out, total(s2, x2 + at, y, odd), 16);
  store<f64>(out, total(s3, x3 + at, y, odd), 24);
}

function total(lanes: v128, x: usize, y: f64, odd: i32): f64 {
  const sum = f64x2.extract_lane(lanes, 0) + f64x2.extract_lane(lanes, 1);
  return odd ? sum + load<f64>(x) * y : sum;
}

/**
 * out[i] += the sum over a of factors[a] x_a[i], column after column, for `count` columns of n rows at the addresses
 * `columns` (u32). Columns of factor 0 are skipped.
 */
export function addColumns(n: i32, count: i32, columns: usize, factors: usize, out: usize): void {
  for (let a = 0; a < count; a++, columns += 4, factors += 8) {
    const factor = load<f64>(factors);
    if (factor != 0) addColumn(n, factor, load<u32>(columns), out);
  }
}

function addColumn(n: i32, factor: f64, x: usize, out: usize): void {
  const lanes = f64x2.splat(factor);
  const end = x + ((<usize>(n & ~1)) << 3);
  for (; x < end; x += 16, out += 16) {
    v128.store(out, f64x2.add(v128.load(out), f64x2.mul(lanes, v128.load(x))));
  }
  if (n & 1) store<f64>(out, load<f64>(out) + factor * load<f64>(x));
}
