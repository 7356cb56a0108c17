/**
 * The inner loops of a multi-layer perceptron, in f32.
 *
 * Layouts. A layer of `width` units has the stride `s = width` rounded up to a multiple of 8, or 1 where the width is 1;
 * a batch of activations or deltas is row-major, `rows x s`. The weights of a layer, fanIn x fanOut, lie in panels of 8
 * columns: weight (i, j) is at `((j >> 3) * s_in + i) * 8 + (j & 7)`, so that the inner loops read them in a straight
 * line; where fanOut is 1 they are a plain vector of s_in values. All that is padding is zero and stays zero.
 *
 * Order of sums: every element of a product is the sum, in turn, of the partial sums of DEPTH terms each, and each
 * partial sum starts at zero and adds its terms in turn. Tiles only say which elements are computed together. There is
 * no fused multiply-add in these instructions, so that the bits are the same everywhere.
 */

import { exp, log, log1p } from './math';

/** Terms of a partial sum; a panel of this depth (8 KiB) stays in the first cache. */
const DEPTH: i32 = 256;
/** Rows of a gradient that are computed together, so that their inputs stay in the first cache. */
const STRIP: i32 = 64;

/** out[0..3][0..7] (+)= a[0..3][0..depth) . panel[0..depth)[0..7]; strides in bytes. */
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

/** One row of what `tileFour` does for four. */
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

function put(out: usize, left: v128, right: v128, first: bool): void {
  if (!first) {
    left = f32x4.add(v128.load(out), left);
    right = f32x4.add(v128.load(out, 16), right);
  }
  v128.store(out, left);
  v128.store(out, right, 16);
}

/**
 * out (rows x 8 panels) = a (rows x fanIn, stride aStride) . the first fanIn rows of the panels, each of panelRows rows.
 * Strides count elements.
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

/** out (rows) = a (rows x stride) . w (stride), four partial sums a row, added as (0 + 1) + (2 + 3). stride: a multiple of 4. */
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

/** The panels of the transpose: from fanOut columns over fromRows rows to panels of fanIn columns over fanOut rows. */
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

/** gradient (panels of fanIn rows) = transpose of a (rows x fanIn) . d (rows x 8 panels). fanIn: a multiple of 8, and a's stride. */
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

/** gradient (stride) = transpose of a (rows x stride) . d (rows), added row by row. stride: a multiple of 4. */
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

/** out (rows x stride) = d (rows) x w (stride): what a single output unit sends back. */
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

/** batch (count x stride) = the rows of x that `order` names. */
export function networkGather(x: usize, stride: i32, order: usize, batch: usize, count: i32): void {
  const bytes = (<usize>stride) << 2;
  for (let i = 0; i < count; i++) {
    memory.copy(batch, x + <usize>load<i32>(order + ((<usize>i) << 2)) * bytes, bytes);
    batch += bytes;
  }
}

const IDENTITY: i32 = 0;
const LOGISTIC: i32 = 1;
const TANH: i32 = 2;

/** Adds the bias (stride) to each row of z (rows x stride) and applies the activation to its first `width` columns. */
export function networkActivate(kind: i32, z: usize, stride: i32, width: i32, bias: usize, rows: i32): void {
  const bytes = (<usize>stride) << 2;
  for (let i = 0; i < rows; i++) {
    if (stride == 1) {
      store<f32>(z, load<f32>(z) + load<f32>(bias));
    } else {
      for (let k: usize = 0; k < bytes; k += 16) {
        v128.store(z + k, activation(kind, f32x4.add(v128.load(z + k), v128.load(bias + k))));
      }
      if (kind == LOGISTIC) memory.fill(z + ((<usize>width) << 2), 0, (<usize>(stride - width)) << 2);
    }
    z += bytes;
  }
}

function activation(kind: i32, z: v128): v128 {
  if (kind == IDENTITY) return z;
  if (kind == LOGISTIC) return logistic(z);
  if (kind == TANH) return tanh(z);
  return f32x4.max(z, f32x4.splat(0));
}

/** Multiplies delta by the derivative of the activation, which all four kinds have as a function of their value a. */
export function networkDerivative(kind: i32, a: usize, delta: usize, count: i32): void {
  const one = f32x4.splat(1),
    zero = f32x4.splat(0);
  for (let k: usize = 0, bytes = (<usize>count) << 2; k < bytes; k += 16) {
    const value = v128.load(a + k);
    let d = v128.load(delta + k);
    if (kind == LOGISTIC) d = f32x4.mul(f32x4.mul(d, value), f32x4.sub(one, value));
    else if (kind == TANH) d = f32x4.mul(d, f32x4.sub(one, f32x4.mul(value, value)));
    else if (kind != IDENTITY) d = v128.and(d, f32x4.ne(value, zero));
    v128.store(delta + k, d);
  }
}

/**
 * e^z for four values between -87.3 and 88.3, where it is cut off: z = n log 2 + r, and a polynomial in r (Cephes,
 * expf.c; Moshier 1992). The error is below 2 units in the last place.
 */
function exponential(z: v128): v128 {
  z = f32x4.min(f32x4.max(z, f32x4.splat(-87.3)), f32x4.splat(88.3));
  const n = f32x4.nearest(f32x4.mul(z, f32x4.splat(1.44269504)));
  let r = f32x4.sub(z, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.1219444e-4)));
  let p = f32x4.splat(1.98756915e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  p = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(p, r), r), r), f32x4.splat(1));
  return f32x4.mul(p, i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23));
}

function logistic(z: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exponential(f32x4.neg(z))));
}

/** tanh as a rational function of degree 13 over 6 (Eigen, MathFunctionsImpl.h); 1 to the last place beyond +-7.9. */
function tanh(z: v128): v128 {
  z = f32x4.min(f32x4.max(z, f32x4.splat(-7.90531110763549805)), f32x4.splat(7.90531110763549805));
  const s = f32x4.mul(z, z);
  let p = f32x4.splat(-2.76076847742355e-16);
  p = f32x4.add(f32x4.mul(p, s), f32x4.splat(2.00018790482477e-13));
  p = f32x4.add(f32x4.mul(p, s), f32x4.splat(-8.60467152213735e-11));
  p = f32x4.add(f32x4.mul(p, s), f32x4.splat(5.12229709037114e-8));
  p = f32x4.add(f32x4.mul(p, s), f32x4.splat(1.48572235717979e-5));
  p = f32x4.add(f32x4.mul(p, s), f32x4.splat(6.37261928875436e-4));
  p = f32x4.add(f32x4.mul(p, s), f32x4.splat(4.89352455891786e-3));
  let q = f32x4.splat(1.19825839466702e-6);
  q = f32x4.add(f32x4.mul(q, s), f32x4.splat(1.18534705686654e-4));
  q = f32x4.add(f32x4.mul(q, s), f32x4.splat(2.268434632439e-3));
  q = f32x4.add(f32x4.mul(q, s), f32x4.splat(4.89352518554385e-3));
  return f32x4.div(f32x4.mul(z, p), q);
}

/**
 * The log-loss of a logistic output unit, summed over `rows` logits z: log(1 + e^-m) with m = z for class 1 and -z for
 * class 0. Writes delta = p - y.
 */
export function networkLogisticOutput(z: usize, y: usize, delta: usize, rows: i32): f64 {
  let loss: f64 = 0;
  for (let i: usize = 0, bytes = (<usize>rows) << 2; i < bytes; i += 4) {
    const logit = <f64>load<f32>(z + i);
    const positive = load<i32>(y + i) == 1;
    const small = exp(-abs(logit));
    const likely = logit >= 0 == positive;
    const inverse = 1 / (1 + small);
    const p = logit >= 0 ? inverse : small * inverse;
    loss += log1p(small) + (likely ? 0 : abs(logit));
    store<f32>(delta + i, <f32>(positive ? p - 1 : p));
  }
  return loss;
}

/**
 * The log-loss of a softmax output, summed over `rows` rows of logits z (rows x stride):
 * log(sum e^(z_c - max)) - (z_y - max). Writes delta = p - [c = y], zero beyond `classes`.
 */
export function networkSoftmaxOutput(
  z: usize,
  stride: i32,
  classes: i32,
  y: usize,
  delta: usize,
  rows: i32,
): f64 {
  let loss: f64 = 0;
  const bytes = (<usize>stride) << 2;
  for (let i = 0; i < rows; i++) {
    const label = load<i32>(y + ((<usize>i) << 2));
    let top = load<f32>(z);
    for (let c = 1; c < classes; c++) top = max(top, load<f32>(z + ((<usize>c) << 2)));
    let sum: f64 = 0;
    for (let c = 0; c < classes; c++) sum += exp(<f64>load<f32>(z + ((<usize>c) << 2)) - <f64>top);
    loss += log(sum) - (<f64>load<f32>(z + ((<usize>label) << 2)) - <f64>top);
    for (let c = 0; c < classes; c++) {
      const p = exp(<f64>load<f32>(z + ((<usize>c) << 2)) - <f64>top) / sum;
      store<f32>(delta + ((<usize>c) << 2), <f32>(c == label ? p - 1 : p));
    }
    memory.fill(delta + ((<usize>classes) << 2), 0, (<usize>(stride - classes)) << 2);
    z += bytes;
    delta += bytes;
  }
  return loss;
}

/**
 * One step of Adam (Kingma and Ba 2014, algorithm 1, with the step size rate = rate_0 sqrt(1 - beta_2^t) / (1 - beta_1^t)
 * of its section 2) on `count` parameters w, a multiple of 4, with the gradient (g + decay w) * scale.
 * Gives the sum of the squares of w before the step.
 */
export function networkAdam(
  w: usize,
  g: usize,
  m: usize,
  v: usize,
  count: i32,
  decay: f32,
  scale: f32,
  rate: f32,
  beta1: f64,
  beta2: f64,
  epsilon: f32,
): f64 {
  const keep1 = f32x4.splat(<f32>beta1);
  const take1 = f32x4.splat(<f32>(1 - beta1));
  const keep2 = f32x4.splat(<f32>beta2);
  const take2 = f32x4.splat(<f32>(1 - beta2));
  const decays = f32x4.splat(decay),
    scales = f32x4.splat(scale);
  const rates = f32x4.splat(rate),
    epsilons = f32x4.splat(epsilon);
  let squares = f64x2.splat(0);
  for (let k: usize = 0, bytes = (<usize>count) << 2; k < bytes; k += 16) {
    const weight = v128.load(w + k);
    squares = addSquares(squares, weight);
    const gradient = f32x4.mul(f32x4.add(v128.load(g + k), f32x4.mul(decays, weight)), scales);
    const mean = f32x4.add(f32x4.mul(keep1, v128.load(m + k)), f32x4.mul(take1, gradient));
    const square = f32x4.mul(take2, f32x4.mul(gradient, gradient));
    const variance = f32x4.add(f32x4.mul(keep2, v128.load(v + k)), square);
    v128.store(m + k, mean);
    v128.store(v + k, variance);
    const step = f32x4.div(f32x4.mul(rates, mean), f32x4.add(f32x4.sqrt(variance), epsilons));
    v128.store(w + k, f32x4.sub(weight, step));
  }
  return f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1);
}

/**
 * One step of gradient descent with momentum on `count` parameters w, a multiple of 4, with the velocities v and the
 * gradient (g + decay w) * scale: v = momentum v - rate gradient, w = w + v, or with Nesterov's look ahead
 * w = w + momentum v - rate gradient (Sutskever et al. 2013). Gives the sum of the squares of w before the step.
 */
export function networkDescend(
  w: usize,
  g: usize,
  v: usize,
  count: i32,
  decay: f32,
  scale: f32,
  rate: f32,
  momentum: f32,
  nesterov: bool,
): f64 {
  const decays = f32x4.splat(decay),
    scales = f32x4.splat(scale);
  const rates = f32x4.splat(rate),
    keep = f32x4.splat(momentum);
  let squares = f64x2.splat(0);
  for (let k: usize = 0, bytes = (<usize>count) << 2; k < bytes; k += 16) {
    const weight = v128.load(w + k);
    squares = addSquares(squares, weight);
    const gradient = f32x4.mul(f32x4.add(v128.load(g + k), f32x4.mul(decays, weight)), scales);
    const fall = f32x4.mul(rates, gradient);
    const velocity = f32x4.sub(f32x4.mul(keep, v128.load(v + k)), fall);
    v128.store(v + k, velocity);
    const step = nesterov ? f32x4.sub(f32x4.mul(keep, velocity), fall) : velocity;
    v128.store(w + k, f32x4.add(weight, step));
  }
  return f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1);
}

/** Adds the squares of four values, in f64: of the first and third to one sum, of the others to another. */
function addSquares(sums: v128, values: v128): v128 {
  const low = f64x2.promote_low_f32x4(values);
  const high = f64x2.promote_low_f32x4(v128.shuffle<i32>(values, values, 2, 3, 2, 3));
  return f64x2.add(f64x2.add(sums, f64x2.mul(low, low)), f64x2.mul(high, high));
}
