/**
 * Products of the layers of a multi-layer perceptron, in f32.
 *
 * Layouts. A layer of `width` units has the stride `s = width` rounded up to a multiple of 8, or 1 where the width is
 * 1. A batch of activations or deltas is row-major, `rows x s`. The weights of a layer, fanIn x fanOut, lie in panels
 * of 8 columns: weight (i, j) is at `((j >> 3) * s_in + i) * 8 + (j & 7)`, so that the inner loops read them in a
 * straight line. Where fanOut is 1, they are a plain vector of s_in values. All padding is zero and stays zero.
 *
 * Order of sums. Every element of a product is the sum, in turn, of partial sums of DEPTH terms each. Each partial
 * sum starts at zero and adds its terms in turn. Tiles only decide which elements are computed together. These
 * instructions have no fused multiply-add, so the bits are the same everywhere.
 *
 * Strides of exported kernels are in elements, those of the others in bytes. The plain form is
 * ../reference/network.ts.
 */

/** How many terms a partial sum has. A panel of this depth (8 KiB) stays in the first cache. */
const DEPTH: i32 = 256;
/** How many rows of a gradient are computed together, so that their inputs stay in the first cache. */
const STRIP: i32 = 64;

/** out[0..3][0..7] (+)= a[0..3][0..depth) . panel[0..depth)[0..7]. */
function tileFour(
  a: usize,
  aStride: usize,
  panel: usize,
  out: usize,
  outStride: usize,
  depth: i32,
  first: bool,
): void {
  let c00 = f32x4.splat(0),
    c01 = c00,
    c10 = c00,
    c11 = c00,
    c20 = c00,
    c21 = c00,
    c30 = c00,
    c31 = c00;
  const a1 = a + aStride,
    a2 = a1 + aStride,
    a3 = a2 + aStride;
  for (let k: usize = 0, end = (<usize>depth) << 2; k < end; k += 4) {
    const w0 = v128.load(panel),
      w1 = v128.load(panel, 16);
    const x0 = v128.load32_splat(a + k),
      x1 = v128.load32_splat(a1 + k);
    c00 = f32x4.add(c00, f32x4.mul(x0, w0));
    c01 = f32x4.add(c01, f32x4.mul(x0, w1));
    c10 = f32x4.add(c10, f32x4.mul(x1, w0));
    c11 = f32x4.add(c11, f32x4.mul(x1, w1));
    const x2 = v128.load32_splat(a2 + k),
      x3 = v128.load32_splat(a3 + k);
    c20 = f32x4.add(c20, f32x4.mul(x2, w0));
    c21 = f32x4.add(c21, f32x4.mul(x2, w1));
    c30 = f32x4.add(c30, f32x4.mul(x3, w0));
    c31 = f32x4.add(c31, f32x4.mul(x3, w1));
    panel += 32;
  }
  put(out, c00, c01, first);
  put(out + outStride, c10, c11, first);
  put(out + 2 * outStride, c20, c21, first);
  put(out + 3 * outStride, c30, c31, first);
}

/** Does for one row what tileFour does for four. */
function tileOne(a: usize, panel: usize, out: usize, depth: i32, first: bool): void {
  let c0 = f32x4.splat(0),
    c1 = c0;
  for (let end = a + ((<usize>depth) << 2); a < end; a += 4) {
    const x = v128.load32_splat(a);
    c0 = f32x4.add(c0, f32x4.mul(x, v128.load(panel)));
    c1 = f32x4.add(c1, f32x4.mul(x, v128.load(panel, 16)));
    panel += 32;
  }
  put(out, c0, c1, first);
}

/** Stores 8 values, or adds them if they are not the first partial sum. */
function put(out: usize, left: v128, right: v128, first: bool): void {
  if (!first) {
    left = f32x4.add(v128.load(out), left);
    right = f32x4.add(v128.load(out, 16), right);
  }
  v128.store(out, left);
  v128.store(out, right, 16);
}

/**
 * out (rows x 8 panels) = a (rows x fanIn, stride aStride) . the first fanIn rows of the panels, which have panelRows
 * rows each.
 */
export function networkMultiply(
  a: usize,
  aStride: i32,
  weights: usize,
  panelRows: i32,
  out: usize,
  rows: i32,
  fanIn: i32,
  panels: i32,
): void {
  const aBytes = (<usize>aStride) << 2,
    outBytes = (<usize>panels) << 5,
    panelBytes = (<usize>panelRows) << 5;
  for (let k = 0; k < fanIn; k += DEPTH) {
    const depth = min(DEPTH, fanIn - k);
    for (let j = 0; j < panels; j++) {
      const panel = weights + <usize>j * panelBytes + ((<usize>k) << 5);
      let from = a + ((<usize>k) << 2),
        to = out + ((<usize>j) << 5);
      let i = 0;
      for (; i + 4 <= rows; i += 4) {
        tileFour(from, aBytes, panel, to, outBytes, depth, k == 0);
        from += 4 * aBytes;
        to += 4 * outBytes;
      }
      for (; i < rows; i++) {
        tileOne(from, panel, to, depth, k == 0);
        from += aBytes;
        to += outBytes;
      }
    }
  }
}

/**
 * out (rows) = a (rows x stride) . w (stride). Each row has four partial sums, added as (0 + 1) + (2 + 3). stride
 * is a multiple of 4.
 */
export function networkMultiplyVector(a: usize, stride: i32, w: usize, out: usize, rows: i32): void {
  const bytes = (<usize>stride) << 2;
  for (let i = 0; i < rows; i++) {
    let sum = f32x4.splat(0);
    for (let k: usize = 0; k < bytes; k += 16)
      sum = f32x4.add(sum, f32x4.mul(v128.load(a + k), v128.load(w + k)));
    const low = f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1);
    store<f32>(out, low + (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3)));
    a += bytes;
    out += 4;
  }
}

/** Transposes panels: from fanOut columns, in panels of fromRows rows, to fanIn columns, in panels of toRows rows. */
export function networkTranspose(
  weights: usize,
  fromRows: i32,
  to: usize,
  toRows: i32,
  fanIn: i32,
  fanOut: i32,
): void {
  for (let j = 0; j < fanOut; j++) {
    let from = weights + ((<usize>(j >> 3) * <usize>fromRows) << 5) + ((<usize>(j & 7)) << 2);
    for (let i = 0; i < fanIn; i++) {
      store<f32>(
        to + ((<usize>(i >> 3) * <usize>toRows + <usize>j) << 5) + ((<usize>(i & 7)) << 2),
        load<f32>(from),
      );
      from += 32;
    }
  }
}

/** gradient[0..3][0..7] (+)= the sum over `depth` rows of a[.][0..3] x d[.][0..7]. */
function outerTile(
  a: usize,
  aStride: usize,
  d: usize,
  dStride: usize,
  out: usize,
  depth: i32,
  first: bool,
): void {
  let c00 = f32x4.splat(0),
    c01 = c00,
    c10 = c00,
    c11 = c00,
    c20 = c00,
    c21 = c00,
    c30 = c00,
    c31 = c00;
  for (let k = 0; k < depth; k++) {
    const d0 = v128.load(d),
      d1 = v128.load(d, 16);
    const x0 = v128.load32_splat(a),
      x1 = v128.load32_splat(a, 4);
    c00 = f32x4.add(c00, f32x4.mul(x0, d0));
    c01 = f32x4.add(c01, f32x4.mul(x0, d1));
    c10 = f32x4.add(c10, f32x4.mul(x1, d0));
    c11 = f32x4.add(c11, f32x4.mul(x1, d1));
    const x2 = v128.load32_splat(a, 8),
      x3 = v128.load32_splat(a, 12);
    c20 = f32x4.add(c20, f32x4.mul(x2, d0));
    c21 = f32x4.add(c21, f32x4.mul(x2, d1));
    c30 = f32x4.add(c30, f32x4.mul(x3, d0));
    c31 = f32x4.add(c31, f32x4.mul(x3, d1));
    a += aStride;
    d += dStride;
  }
  put(out, c00, c01, first);
  put(out + 32, c10, c11, first);
  put(out + 64, c20, c21, first);
  put(out + 96, c30, c31, first);
}

/**
 * gradient (panels of fanIn rows) = transpose of a (rows x fanIn) . d (rows x 8 panels). fanIn is a multiple of 8,
 * and the stride of a.
 */
export function networkGradient(
  a: usize,
  fanIn: i32,
  d: usize,
  panels: i32,
  gradient: usize,
  rows: i32,
): void {
  const aBytes = (<usize>fanIn) << 2,
    dBytes = (<usize>panels) << 5,
    panelBytes = (<usize>fanIn) << 5;
  for (let k = 0; k < rows; k += DEPTH) {
    const depth = min(DEPTH, rows - k);
    const aRows = a + <usize>k * aBytes,
      dRows = d + <usize>k * dBytes;
    for (let strip = 0; strip < fanIn; strip += STRIP) {
      const end = min(strip + STRIP, fanIn);
      for (let j = 0; j < panels; j++) {
        const panel = gradient + <usize>j * panelBytes,
          delta = dRows + ((<usize>j) << 5);
        for (let i = strip; i < end; i += 4) {
          outerTile(
            aRows + ((<usize>i) << 2),
            aBytes,
            delta,
            dBytes,
            panel + ((<usize>i) << 5),
            depth,
            k == 0,
          );
        }
      }
    }
  }
}

/** gradient (stride) = transpose of a (rows x stride) . d (rows), added row by row. stride is a multiple of 4. */
export function networkGradientVector(a: usize, stride: i32, d: usize, gradient: usize, rows: i32): void {
  const bytes = (<usize>stride) << 2;
  memory.fill(gradient, 0, bytes);
  for (let i = 0; i < rows; i++) {
    const x = v128.load32_splat(d + ((<usize>i) << 2));
    for (let k: usize = 0; k < bytes; k += 16) {
      v128.store(gradient + k, f32x4.add(v128.load(gradient + k), f32x4.mul(x, v128.load(a + k))));
    }
    a += bytes;
  }
}

/** out (rows x stride) = d (rows) x w (stride): what a single output unit sends back. stride is a multiple of 4. */
export function networkOuter(d: usize, w: usize, stride: i32, out: usize, rows: i32): void {
  const bytes = (<usize>stride) << 2;
  for (let i = 0; i < rows; i++) {
    const x = v128.load32_splat(d + ((<usize>i) << 2));
    for (let k: usize = 0; k < bytes; k += 16) v128.store(out + k, f32x4.mul(x, v128.load(w + k)));
    out += bytes;
  }
}

/** sums (stride) = the sum of the rows of d (rows x stride), in turn. */
export function networkColumnSums(d: usize, stride: i32, sums: usize, rows: i32): void {
  const bytes = (<usize>stride) << 2;
  memory.fill(sums, 0, bytes);
  for (let i = 0; i < rows; i++) {
    for (let k: usize = 0; k < bytes; k += 4) store<f32>(sums + k, load<f32>(sums + k) + load<f32>(d + k));
    d += bytes;
  }
}

/** batch (count x stride) = the rows of x at the places `order` (i32[count]). */
export function networkGather(x: usize, stride: i32, order: usize, batch: usize, count: i32): void {
  const bytes = (<usize>stride) << 2;
  for (let i = 0; i < count; i++) {
    memory.copy(batch, x + <usize>load<i32>(order + ((<usize>i) << 2)) * bytes, bytes);
    batch += bytes;
  }
}
