/**
 * The inner loops of support vector machines: products of samples, kernels of them, and sequential minimal
 * optimisation.
 *
 * Samples lie in panels of 4: feature f of sample i is at `((i >> 2) * features + f) * 4 + (i & 3)`, in f64; samples
 * beyond the last are zero. A product of two samples is the sum over the features in turn, whoever computes it, so that
 * it has the same bits in a row, in a block and with its two samples exchanged.
 */

import { tanh } from './math';

/** out[0..4 panels) = the products of the vector v (features) with each sample of the panels. */
export function svmProducts(panels: usize, panelCount: i32, features: i32, v: usize, out: usize): void {
  const panelBytes = <usize>features << 5,
    end = v + (<usize>features << 3);
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
    const to = out + (<usize>panel << 5);
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
    v128.store(out + (<usize>panel << 5), a0);
    v128.store(out + (<usize>panel << 5), a1, 16);
  }
}

/** out (4 rows x stride) = the products of the 4 samples of panel a with each sample of the panels b. */
export function svmProductsOfFour(
  a: usize,
  b: usize,
  panelCount: i32,
  features: i32,
  out: usize,
  stride: i32,
): void {
  const panelBytes = <usize>features << 5,
    row = <usize>stride << 3;
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

/** values[j] = own + norms[j] - 2 values[j], at least 0: from products with a sample of the norm `own` to squared distances. */
export function svmDistances(values: usize, norms: usize, own: f64, count: i32): void {
  const norm = f64x2.splat(own), two = f64x2.splat(2), zero = f64x2.splat(0);
  for (let k: usize = 0, bytes = <usize>count << 3; k < bytes; k += 16) {
    const both = f64x2.add(norm, v128.load(norms + k));
    v128.store(values + k, f64x2.max(zero, f64x2.sub(both, f64x2.mul(two, v128.load(values + k)))));
  }
}

/** svmDistances, written to `out` in f32. count: a multiple of 4. */
export function svmRoundDistances(products: usize, norms: usize, own: f64, out: usize, count: i32): void {
  const norm = f64x2.splat(own), two = f64x2.splat(2), zero = f64x2.splat(0);
  for (let k: usize = 0, bytes = <usize>count << 2; k < bytes; k += 8) {
    const both = f64x2.add(norm, v128.load(norms + 2 * k));
    const distances = f64x2.max(zero, f64x2.sub(both, f64x2.mul(two, v128.load(products + 2 * k))));
    v128.store64_lane(out + k, f32x4.demote_f64x2_zero(distances), 0);
  }
}

/** out (f32) = values (f64), rounded. count: a multiple of 4. */
export function svmRound(values: usize, out: usize, count: i32): void {
  for (let k: usize = 0, bytes = <usize>count << 2; k < bytes; k += 8) {
    v128.store64_lane(out + k, f32x4.demote_f64x2_zero(v128.load(values + 2 * k)), 0);
  }
}

/** out (f64) = values (f32). count: a multiple of 4. */
export function svmWiden(values: usize, out: usize, count: i32): void {
  for (let k: usize = 0, bytes = <usize>count << 2; k < bytes; k += 8) {
    v128.store(out + 2 * k, f64x2.promote_low_f32x4(v128.load64_zero(values + k)));
  }
}

const LINEAR: i32 = 0;
const RBF: i32 = 1;
const POLY: i32 = 2;

/**
 * The kernel of each value, in place: of products u, or for rbf of squared distances u.
 * linear: u. rbf: exp(-gamma u). poly: (gamma u + coef0)^degree. sigmoid: tanh(gamma u + coef0). count: a multiple of 4.
 */
export function svmKernel(kind: i32, values: usize, count: i32, gamma: f64, coef0: f64, degree: i32): void {
  const end = values + (<usize>count << 3);
  if (kind == LINEAR) return;
  if (kind == RBF) {
    decayAll(values, end, gamma);
    return;
  }
  for (; values < end; values += 8) {
    const u = gamma * load<f64>(values) + coef0;
    store<f64>(values, kind == POLY ? power(u, degree) : tanh(u));
  }
}

/** 1 / log 2; 1.5 * 2^52; log 2 in two parts; and 1 / n! for n from 12 down to 2. */
const CONSTANTS: usize = memory.data<f64>([
  1.442695040888963387,
  6755399441055744,
  6.9314718036912381649e-1,
  1.90821492927058770002e-10,
  1.0 / 479001600,
  1.0 / 39916800,
  1.0 / 3628800,
  1.0 / 362880,
  1.0 / 40320,
  1.0 / 5040,
  1.0 / 720,
  1.0 / 120,
  1.0 / 24,
  1.0 / 6,
  1.0 / 2,
]);

function constant(place: usize): v128 {
  return v128.load64_splat(CONSTANTS + (place << 3));
}

/**
 * Puts e^z, z = -gamma u <= 0, in the place of each u up to `end`; below -708, z counts as -708. z = k log 2 + r with
 * |r| <= log 2 / 2, and e^r by its Taylor polynomial of degree 12, whose remainder is below 2^-52; 2^k is added to the
 * exponent. The error is below 2 units in the last place. Two vectors share the loading of a constant, which otherwise
 * costs as much as the arithmetic.
 */
function decayAll(values: usize, end: usize, gamma: f64): void {
  const factor = f64x2.splat(-gamma);
  const least = f64x2.splat(-708);
  const one = f64x2.splat(1);
  for (; values < end; values += 32) {
    const z = f64x2.pmax(f64x2.mul(factor, v128.load(values)), least);
    const zToo = f64x2.pmax(f64x2.mul(factor, v128.load(values, 16)), least);
    // Adding 1.5 * 2^52 rounds to a whole number and leaves it in the low bits.
    const inverse = constant(0);
    const magic = constant(1);
    const shifted = f64x2.add(f64x2.mul(z, inverse), magic);
    const shiftedToo = f64x2.add(f64x2.mul(zToo, inverse), magic);
    const k = f64x2.sub(shifted, magic);
    const kToo = f64x2.sub(shiftedToo, magic);
    const high = constant(2);
    const low = constant(3);
    const r = f64x2.sub(f64x2.sub(z, f64x2.mul(k, high)), f64x2.mul(k, low));
    const rToo = f64x2.sub(f64x2.sub(zToo, f64x2.mul(kToo, high)), f64x2.mul(kToo, low));
    const square = f64x2.mul(r, r);
    const squareToo = f64x2.mul(rToo, rToo);
    // The even and the odd terms, by Horner's rule in the square.
    let even = constant(4);
    let evenToo = even;
    let odd = constant(5);
    let oddToo = odd;
    for (let place: usize = 6; place < 14; place += 2) {
      const nextEven = constant(place);
      const nextOdd = constant(place + 1);
      even = f64x2.add(f64x2.mul(even, square), nextEven);
      evenToo = f64x2.add(f64x2.mul(evenToo, squareToo), nextEven);
      odd = f64x2.add(f64x2.mul(odd, square), nextOdd);
      oddToo = f64x2.add(f64x2.mul(oddToo, squareToo), nextOdd);
    }
    const half = constant(14);
    even = f64x2.add(f64x2.mul(even, square), half);
    evenToo = f64x2.add(f64x2.mul(evenToo, squareToo), half);
    const rest = f64x2.mul(square, f64x2.add(even, f64x2.mul(r, odd)));
    const restToo = f64x2.mul(squareToo, f64x2.add(evenToo, f64x2.mul(rToo, oddToo)));
    const p = f64x2.add(one, f64x2.add(r, rest));
    const pToo = f64x2.add(one, f64x2.add(rToo, restToo));
    v128.store(values, i64x2.add(p, i64x2.shl(shifted, 52)));
    v128.store(values, i64x2.add(pToo, i64x2.shl(shiftedToo, 52)), 16);
  }
}

/** base^exponent by repeated squaring, for whole exponents >= 0. */
function power(base: f64, exponent: i32): f64 {
  let result: f64 = 1;
  for (; exponent > 0; exponent >>= 1) {
    if ((exponent & 1) == 1) result *= base;
    base *= base;
  }
  return result;
}

/** out[k] = row[places[k]]. */
export function svmGather(row: usize, places: usize, out: usize, count: i32): void {
  for (let k: usize = 0, bytes = <usize>count << 2; k < bytes; k += 4) {
    store<f32>(out + k, load<f32>(row + (<usize>load<i32>(places + k) << 2)));
  }
}

/** sums[k] += factor * row[k]. count: a multiple of 2. */
export function svmAddRow(row: usize, factor: f64, sums: usize, count: i32): void {
  const factors = f64x2.splat(factor);
  for (let k: usize = 0, bytes = <usize>count << 3; k < bytes; k += 16) {
    const values = f64x2.promote_low_f32x4(v128.load64_zero(row + (k >> 1)));
    v128.store(sums + k, f64x2.add(v128.load(sums + k), f64x2.mul(factors, values)));
  }
}

/** Why svmIterate comes back. */
const OPTIMAL: i32 = 0;
const ROW_WANTED: i32 = 1;
const PAUSE: i32 = 2;

/** Where `control` (f64) holds what goes in and out of svmIterate. */
const ITERATIONS: usize = 0;
const PAUSE_AT: usize = 8;
const TOLERANCE: usize = 16;
const WANTED: usize = 24;
const VIOLATION: usize = 32;
const FIRST: usize = 40;
const HIGHEST: usize = 48;

/** The least curvature of a pair, as libsvm's TAU. */
const LEAST_CURVATURE: f64 = 1e-12;

/**
 * Sequential minimal optimisation of the dual of a support vector machine (libsvm's Solver::Solve; Fan, Chen and Lin,
 * "Working set selection using second order information", JMLR 2005, WSS 2):
 *
 *   min 1/2 a' Q a - e' a  subject to  y' a = 0,  0 <= a_t <= bound_t,  with Q_ts = y_t y_s K_ts.
 *
 * Given, each of `count` values, a multiple of 4: y (+-1), bound, alpha (feasible), the diagonal of K,
 * force_t = -y_t (Q a - e)_t, up_t = 0 where alpha_t y_t may grow and -infinity where not, low_t = 0 where it may
 * shrink and +infinity where not; padding has -infinity and +infinity. rows: for each t the pointer (u32) to row t of
 * K in f32, or 0 where it is not at hand; uses: for each t the iteration (u32) that used the row last.
 *
 * Works on alpha, force, up and low until max force over `up` - min force over `low` is below control's TOLERANCE
 * (OPTIMAL), until a row is WANTED (put it into rows, call again), or until ITERATIONS reaches PAUSE_AT. FIRST is the
 * first of the pair that was chosen for the next step, -1 if none was; set it to -1 after changing anything else.
 * Of equal candidates the last is taken.
 */
export function svmIterate(
  count: i32,
  y: usize,
  bound: usize,
  alpha: usize,
  diagonal: usize,
  force: usize,
  up: usize,
  low: usize,
  rows: usize,
  uses: usize,
  control: usize,
): i32 {
  if (load<f64>(control + FIRST) < 0) strongest(count, force, up, control);
  while (true) {
    const i = <i32>load<f64>(control + FIRST);
    if (i < 0) {
      store<f64>(control + VIOLATION, 0);
      return OPTIMAL;
    }
    const rowI = <usize>load<u32>(rows + (<usize>i << 2));
    if (rowI == 0) return want(i, control);
    const iteration = <u32>load<f64>(control + ITERATIONS);
    store<u32>(uses + (<usize>i << 2), iteration + 1);
    const own = load<f64>(diagonal + (<usize>i << 3));
    const j = partner(count, rowI, own, diagonal, force, low, control);
    if (j < 0 || load<f64>(control + VIOLATION) < load<f64>(control + TOLERANCE)) return OPTIMAL;
    const rowJ = <usize>load<u32>(rows + (<usize>j << 2));
    if (rowJ == 0) return want(j, control);
    store<u32>(uses + (<usize>j << 2), iteration + 1);
    if (<f64>iteration >= load<f64>(control + PAUSE_AT)) return PAUSE;
    store<f64>(control + ITERATIONS, <f64>iteration + 1);
    const bend = own + load<f64>(diagonal + (<usize>j << 3)) - 2 * <f64>load<f32>(rowI + (<usize>j << 2));
    const oldI = load<f64>(alpha + (<usize>i << 3)),
      oldJ = load<f64>(alpha + (<usize>j << 3));
    stepPair(i, j, max(bend, LEAST_CURVATURE), y, bound, alpha, force);
    mark(i, y, bound, alpha, up, low);
    mark(j, y, bound, alpha, up, low);
    const stepI = load<f64>(y + (<usize>i << 3)) * (load<f64>(alpha + (<usize>i << 3)) - oldI);
    const stepJ = load<f64>(y + (<usize>j << 3)) * (load<f64>(alpha + (<usize>j << 3)) - oldJ);
    update(count, rowI, stepI, rowJ, stepJ, force, up, control);
  }
}

function want(row: i32, control: usize): i32 {
  store<f64>(control + WANTED, <f64>row);
  return ROW_WANTED;
}

/** Elements among which the largest is looked for together; only the best such part is searched for its place. */
const PART: i32 = 64;

/** Sets FIRST to the last of the largest force + up, and HIGHEST to that; FIRST is -1 if all are -infinity. */
function strongest(count: i32, force: usize, up: usize, control: usize): void {
  let best: f64 = -Infinity;
  let part = 0;
  for (let start = 0; start < count; start += PART) {
    const end = <usize>min(start + PART, count) << 3;
    let even = f64x2.splat(-Infinity);
    let odd = even;
    for (let k = <usize>start << 3; k < end; k += 32) {
      even = f64x2.pmax(even, f64x2.add(v128.load(force + k), v128.load(up + k)));
      odd = f64x2.pmax(odd, f64x2.add(v128.load(force + k, 16), v128.load(up + k, 16)));
    }
    const highest = largestLane(f64x2.pmax(even, odd));
    if (highest >= best) {
      best = highest;
      part = start;
    }
  }
  settle(best, part, count, force, up, control);
}

function largestLane(values: v128): f64 {
  return max(f64x2.extract_lane(values, 0), f64x2.extract_lane(values, 1));
}

/** Sets HIGHEST, and FIRST to its last place within the part that starts at `part`. */
function settle(highest: f64, part: i32, count: i32, force: usize, up: usize, control: usize): void {
  let place = -1;
  if (highest > -Infinity) {
    place = min(part + PART, count) - 1;
    while (load<f64>(force + (<usize>place << 3)) + load<f64>(up + (<usize>place << 3)) != highest) place--;
  }
  store<f64>(control + HIGHEST, highest);
  store<f64>(control + FIRST, <f64>place);
}

/**
 * The j of `low` that gains most with i, by (highest - force_j)^2 / curvature; -1 if none gains. Sets VIOLATION. A
 * candidate is compared by products, gap^2 >= best curvature, each with the best of its lane (even or odd places), and only
 * one that wins costs a division.
 */
function partner(
  count: i32,
  row: usize,
  own: f64,
  diagonal: usize,
  force: usize,
  low: usize,
  control: usize,
): i32 {
  const highest = f64x2.splat(load<f64>(control + HIGHEST));
  const owns = f64x2.splat(own);
  const zero = f64x2.splat(0);
  let best = zero;
  let place = f64x2.splat(-1);
  let widest = f64x2.splat(-Infinity);
  let widestToo = widest;
  for (let k: usize = 0, bytes = <usize>count << 3; k < bytes; k += 32) {
    // A gap is -infinity where j may not shrink, and then never better.
    const gap = f64x2.sub(highest, f64x2.add(v128.load(force + k), v128.load(low + k)));
    const gapToo = f64x2.sub(highest, f64x2.add(v128.load(force + k, 16), v128.load(low + k, 16)));
    widest = f64x2.pmax(widest, gap);
    widestToo = f64x2.pmax(widestToo, gapToo);
    const bends = curvature(owns, v128.load(diagonal + k), v128.load64_zero(row + (k >> 1)));
    const bendsToo = curvature(owns, v128.load(diagonal + k, 16), v128.load64_zero(row + (k >> 1), 8));
    const square = f64x2.mul(gap, gap);
    const squareToo = f64x2.mul(gapToo, gapToo);
    const better = v128.and(f64x2.ge(square, f64x2.mul(best, bends)), f64x2.gt(gap, zero));
    const betterToo = v128.and(f64x2.ge(squareToo, f64x2.mul(best, bendsToo)), f64x2.gt(gapToo, zero));
    if (v128.any_true(v128.or(better, betterToo))) {
      const here = f64x2.add(f64x2.splat(<f64>(<i32>(k >> 3))), f64x2(0, 1));
      best = v128.bitselect(f64x2.div(square, bends), best, better);
      place = v128.bitselect(here, place, better);
      const still = v128.and(f64x2.ge(squareToo, f64x2.mul(best, bendsToo)), betterToo);
      best = v128.bitselect(f64x2.div(squareToo, bendsToo), best, still);
      place = v128.bitselect(f64x2.add(here, f64x2.splat(2)), place, still);
    }
  }
  store<f64>(control + VIOLATION, largestLane(f64x2.pmax(widest, widestToo)));
  const even = f64x2.extract_lane(best, 0);
  const odd = f64x2.extract_lane(best, 1);
  const evenPlace = f64x2.extract_lane(place, 0);
  const oddPlace = f64x2.extract_lane(place, 1);
  return <i32>(odd > even || (odd == even && oddPlace > evenPlace) ? oddPlace : evenPlace);
}

/** K_ii + K_jj - 2 K_ij, at least LEAST_CURVATURE; `inner` holds K_ij in f32. */
function curvature(owns: v128, diagonal: v128, inner: v128): v128 {
  const twice = f64x2.mul(f64x2.splat(2), f64x2.promote_low_f32x4(inner));
  return f64x2.pmax(f64x2.splat(LEAST_CURVATURE), f64x2.sub(f64x2.add(owns, diagonal), twice));
}

/** The best step of the pair within its box (Solver::Solve of libsvm), as changes of alpha_i and alpha_j. */
function stepPair(i: i32, j: i32, curvature: f64, y: usize, bound: usize, alpha: usize, force: usize): void {
  const atI = <usize>i << 3,
    atJ = <usize>j << 3;
  const signI = load<f64>(y + atI),
    boundI = load<f64>(bound + atI),
    boundJ = load<f64>(bound + atJ);
  const step = (load<f64>(force + atI) - load<f64>(force + atJ)) / curvature;
  let a = load<f64>(alpha + atI),
    b = load<f64>(alpha + atJ);
  if (signI != load<f64>(y + atJ)) {
    const difference = a - b;
    a += signI * step;
    b += signI * step;
    if (difference > 0) {
      if (b < 0) {
        b = 0;
        a = difference;
      }
    } else if (a < 0) {
      a = 0;
      b = -difference;
    }
    if (difference > boundI - boundJ) {
      if (a > boundI) {
        a = boundI;
        b = boundI - difference;
      }
    } else if (b > boundJ) {
      b = boundJ;
      a = boundJ + difference;
    }
  } else {
    const sum = a + b;
    a += signI * step;
    b -= signI * step;
    if (sum > boundI) {
      if (a > boundI) {
        a = boundI;
        b = sum - boundI;
      }
    } else if (b < 0) {
      b = 0;
      a = sum;
    }
    if (sum > boundJ) {
      if (b > boundJ) {
        b = boundJ;
        a = sum - boundJ;
      }
    } else if (a < 0) {
      a = 0;
      b = sum;
    }
  }
  store<f64>(alpha + atI, a);
  store<f64>(alpha + atJ, b);
}

/** Sets up and low of t by where alpha_t lies in its box. */
function mark(t: i32, y: usize, bound: usize, alpha: usize, up: usize, low: usize): void {
  const at = <usize>t << 3;
  const value = load<f64>(alpha + at),
    positive = load<f64>(y + at) > 0;
  const full = value >= load<f64>(bound + at),
    empty = value <= 0;
  store<f64>(up + at, (positive ? full : empty) ? -Infinity : 0);
  store<f64>(low + at, (positive ? empty : full) ? Infinity : 0);
}

/** force -= stepI rowI + stepJ rowJ, and the choice of the next FIRST on the way. */
function update(
  count: i32,
  rowI: usize,
  stepI: f64,
  rowJ: usize,
  stepJ: f64,
  force: usize,
  up: usize,
  control: usize,
): void {
  const factorI = f64x2.splat(stepI);
  const factorJ = f64x2.splat(stepJ);
  let best: f64 = -Infinity;
  let part = 0;
  for (let start = 0; start < count; start += PART) {
    const end = <usize>min(start + PART, count) << 3;
    let even = f64x2.splat(-Infinity);
    let odd = even;
    for (let k = <usize>start << 3; k < end; k += 32) {
      const atI = rowI + (k >> 1);
      const atJ = rowJ + (k >> 1);
      const change = pairOf(factorI, v128.load64_zero(atI), factorJ, v128.load64_zero(atJ));
      const changeToo = pairOf(factorI, v128.load64_zero(atI, 8), factorJ, v128.load64_zero(atJ, 8));
      const changed = f64x2.sub(v128.load(force + k), change);
      const changedToo = f64x2.sub(v128.load(force + k, 16), changeToo);
      v128.store(force + k, changed);
      v128.store(force + k, changedToo, 16);
      even = f64x2.pmax(even, f64x2.add(changed, v128.load(up + k)));
      odd = f64x2.pmax(odd, f64x2.add(changedToo, v128.load(up + k, 16)));
    }
    const highest = largestLane(f64x2.pmax(even, odd));
    if (highest >= best) {
      best = highest;
      part = start;
    }
  }
  settle(best, part, count, force, up, control);
}

/** a x + b y, of two values of x and y in f32. */
function pairOf(a: v128, x: v128, b: v128, y: v128): v128 {
  return f64x2.add(f64x2.mul(a, f64x2.promote_low_f32x4(x)), f64x2.mul(b, f64x2.promote_low_f32x4(y)));
}

/** Rows and columns of the square that are mirrored together, so that their lines and pages stay at hand. */
const TILE: i32 = 64;

/** Copies the upper triangle of a square matrix of f32 (stride x stride, a multiple of 4) to the lower one. */
export function svmMirror(values: usize, stride: i32): void {
  const row = <usize>stride << 2;
  for (let top = 0; top < stride; top += TILE) {
    const bottom = min(top + TILE, stride);
    for (let left = 0; left <= top; left += TILE) {
      for (let i = top; i < bottom; i += 4) {
        const right = min(left + TILE, i);
        for (let j = left; j < right; j += 4) {
          const from = values + <usize>j * row + (<usize>i << 2);
          mirrorFour(from, values + <usize>i * row + (<usize>j << 2), row);
        }
      }
    }
  }
}

/** Writes the transpose of the 4 x 4 values at `from` to `to`; rows lie `row` bytes apart. */
function mirrorFour(from: usize, to: usize, row: usize): void {
  const a = v128.load(from), b = v128.load(from + row);
  const c = v128.load(from + 2 * row), d = v128.load(from + 3 * row);
  const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5), abHigh = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5), cdHigh = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<i64>(ab, cd, 0, 2));
  v128.store(to + row, v128.shuffle<i64>(ab, cd, 1, 3));
  v128.store(to + 2 * row, v128.shuffle<i64>(abHigh, cdHigh, 0, 2));
  v128.store(to + 3 * row, v128.shuffle<i64>(abHigh, cdHigh, 1, 3));
}
