/** Sequential minimal optimization of the dual of a support vector machine. The plain form is ../reference/svm.ts. */

/** out[k] = row[places[k]], for f32 rows and i32 places. */
export function svmGather(row: usize, places: usize, out: usize, count: i32): void {
  for (let k: usize = 0, bytes = (<usize>count) << 2; k < bytes; k += 4) {
    store<f32>(out + k, load<f32>(row + ((<usize>load<i32>(places + k)) << 2)));
  }
}

/** sums[k] (f64) += factor * row[k] (f32). count is a multiple of 2. */
export function svmAddRow(row: usize, factor: f64, sums: usize, count: i32): void {
  const factors = f64x2.splat(factor);
  for (let k: usize = 0, bytes = (<usize>count) << 3; k < bytes; k += 16) {
    const values = f64x2.promote_low_f32x4(v128.load64_zero(row + (k >> 1)));
    v128.store(sums + k, f64x2.add(v128.load(sums + k), f64x2.mul(factors, values)));
  }
}

/** svmIterate returns this at the optimum. @public */
export const OPTIMAL: i32 = 0;
/** svmIterate returns this when it needs a row of K that is not at hand. @public */
export const ROW_WANTED: i32 = 1;
/** svmIterate returns this when it has made the iterations that it was asked for. */
const PAUSE: i32 = 2;

/** What goes in and out of svmIterate. */
@unmanaged
class Control {
  /** How many steps have been made. */
  iterations: f64;
  /** At this number of iterations svmIterate returns PAUSE. */
  pauseAt: f64;
  /** The violation at which the search ends. */
  tolerance: f64;
  /** Which row of K is needed. */
  wanted: f64;
  /** How far the largest force over `up` exceeds the smallest one over `low`. */
  violation: f64;
  /** The first sample of the pair for the next step, or -1 before it is chosen. */
  first: f64;
  /** The force on the first sample. */
  highest: f64;
}

/** The least curvature of a pair: TAU of libsvm. */
const LEAST_CURVATURE: f64 = 1e-12;

/**
 * Sequential minimal optimization of the dual of a support vector machine (libsvm's Solver::Solve; Fan, Chen and Lin,
 * "Working set selection using second order information", JMLR 2005, WSS 2):
 *
 *   min 1/2 a' Q a - e' a  subject to  y' a = 0,  0 <= a_t <= bound_t,  with Q_ts = y_t y_s K_ts.
 *
 * Inputs with `count` values of f64 each (a multiple of 4): y (+-1); bound; alpha (feasible); the diagonal of K;
 * force_t = -y_t (Q a - e)_t; up_t = 0 where alpha_t y_t may grow, else -infinity; low_t = 0 where alpha_t y_t may
 * shrink, else +infinity. Padding has up -infinity and low +infinity. Other inputs: rows (u32[count]), for each t the
 * address of row t of K in f32, or 0 if it is not at hand; uses (u32[count]), for each t the iteration that used the
 * row last; `pointer`, an SVM_CONTROL.
 *
 * Updates alpha, force, up and low until one of three things happens. OPTIMAL: the largest force over `up` less the
 * smallest force over `low` is below the tolerance. ROW_WANTED: a row is needed; put it into rows and call again.
 * PAUSE: the number of iterations has reached pauseAt. Set control.first to -1 after changing anything but control.
 * Of equal candidates the last one is taken.
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
  pointer: usize,
): i32 {
  const control = changetype<Control>(pointer);
  if (control.first < 0) strongest(count, force, up, control);
  while (true) {
    const i = <i32>control.first;
    if (i < 0) {
      control.violation = 0;
      return OPTIMAL;
    }
    const rowI = <usize>load<u32>(rows + ((<usize>i) << 2));
    if (rowI == 0) return want(i, control);
    const iteration = <u32>control.iterations;
    store<u32>(uses + ((<usize>i) << 2), iteration + 1);
    const own = load<f64>(diagonal + ((<usize>i) << 3));
    const j = partner(count, rowI, own, diagonal, force, low, control);
    if (j < 0 || control.violation < control.tolerance) return OPTIMAL;
    const rowJ = <usize>load<u32>(rows + ((<usize>j) << 2));
    if (rowJ == 0) return want(j, control);
    store<u32>(uses + ((<usize>j) << 2), iteration + 1);
    if (<f64>iteration >= control.pauseAt) return PAUSE;
    control.iterations = <f64>iteration + 1;
    const bend = own + load<f64>(diagonal + ((<usize>j) << 3)) - 2 * <f64>load<f32>(rowI + ((<usize>j) << 2));
    const oldI = load<f64>(alpha + ((<usize>i) << 3)),
      oldJ = load<f64>(alpha + ((<usize>j) << 3));
    stepPair(i, j, max(bend, LEAST_CURVATURE), y, bound, alpha, force);
    markBounds(i, y, bound, alpha, up, low);
    markBounds(j, y, bound, alpha, up, low);
    const stepI = load<f64>(y + ((<usize>i) << 3)) * (load<f64>(alpha + ((<usize>i) << 3)) - oldI);
    const stepJ = load<f64>(y + ((<usize>j) << 3)) * (load<f64>(alpha + ((<usize>j) << 3)) - oldJ);
    update(count, rowI, stepI, rowJ, stepJ, force, up, control);
  }
}

/** Asks for a row. */
function want(row: i32, control: Control): i32 {
  control.wanted = <f64>row;
  return ROW_WANTED;
}

/** Elements are searched in parts of this size for the largest; only the best part is searched for its place. */
const PART: i32 = 64;

/** Sets `highest` to the largest force + up and `first` to its last place, or `first` to -1 if all are -infinity. */
function strongest(count: i32, force: usize, up: usize, control: Control): void {
  let best: f64 = -Infinity;
  let part = 0;
  for (let start = 0; start < count; start += PART) {
    const end = (<usize>min(start + PART, count)) << 3;
    let even = f64x2.splat(-Infinity);
    let odd = even;
    for (let k = (<usize>start) << 3; k < end; k += 32) {
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

/** The larger of two lanes. */
function largestLane(values: v128): f64 {
  return max(f64x2.extract_lane(values, 0), f64x2.extract_lane(values, 1));
}

/** Sets `highest`, and `first` to its last place within the part that starts at `part`. */
function settle(highest: f64, part: i32, count: i32, force: usize, up: usize, control: Control): void {
  let place = -1;
  if (highest > -Infinity) {
    place = min(part + PART, count) - 1;
    while (load<f64>(force + ((<usize>place) << 3)) + load<f64>(up + ((<usize>place) << 3)) != highest)
      place--;
  }
  control.highest = highest;
  control.first = <f64>place;
}

/**
 * The j of `low` that gains most with i, by (highest - force_j)^2 / curvature, or -1 if none gains. Sets the
 * violation. Candidates are compared by products, gap^2 >= best curvature, each with the best of its lane (even or
 * odd places). Only one that wins costs a division.
 */
function partner(
  count: i32,
  row: usize,
  own: f64,
  diagonal: usize,
  force: usize,
  low: usize,
  control: Control,
): i32 {
  const highest = f64x2.splat(control.highest);
  const owns = f64x2.splat(own);
  const zero = f64x2.splat(0);
  let best = zero;
  let place = f64x2.splat(-1);
  let widest = f64x2.splat(-Infinity);
  let widestToo = widest;
  for (let k: usize = 0, bytes = (<usize>count) << 3; k < bytes; k += 32) {
    // A gap is -infinity where j may not shrink, so it is never better.
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
  control.violation = largestLane(f64x2.pmax(widest, widestToo));
  const even = f64x2.extract_lane(best, 0);
  const odd = f64x2.extract_lane(best, 1);
  const evenPlace = f64x2.extract_lane(place, 0);
  const oddPlace = f64x2.extract_lane(place, 1);
  return <i32>(odd > even || (odd == even && oddPlace > evenPlace) ? oddPlace : evenPlace);
}

/** K_ii + K_jj - 2 K_ij, at least LEAST_CURVATURE. `inner` holds K_ij in f32. */
function curvature(owns: v128, diagonal: v128, inner: v128): v128 {
  const twice = f64x2.mul(f64x2.splat(2), f64x2.promote_low_f32x4(inner));
  return f64x2.pmax(f64x2.splat(LEAST_CURVATURE), f64x2.sub(f64x2.add(owns, diagonal), twice));
}

/** Changes alpha_i and alpha_j by the best step of the pair within its box (Solver::Solve of libsvm). */
function stepPair(i: i32, j: i32, curvature: f64, y: usize, bound: usize, alpha: usize, force: usize): void {
  const atI = (<usize>i) << 3,
    atJ = (<usize>j) << 3;
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
function markBounds(t: i32, y: usize, bound: usize, alpha: usize, up: usize, low: usize): void {
  const at = (<usize>t) << 3;
  const value = load<f64>(alpha + at),
    positive = load<f64>(y + at) > 0;
  const full = value >= load<f64>(bound + at),
    empty = value <= 0;
  store<f64>(up + at, (positive ? full : empty) ? -Infinity : 0);
  store<f64>(low + at, (positive ? empty : full) ? Infinity : 0);
}

/** force -= stepI rowI + stepJ rowJ. Chooses the next `first` on the way. */
function update(
  count: i32,
  rowI: usize,
  stepI: f64,
  rowJ: usize,
  stepJ: f64,
  force: usize,
  up: usize,
  control: Control,
): void {
  const factorI = f64x2.splat(stepI);
  const factorJ = f64x2.splat(stepJ);
  let best: f64 = -Infinity;
  let part = 0;
  for (let start = 0; start < count; start += PART) {
    const end = (<usize>min(start + PART, count)) << 3;
    let even = f64x2.splat(-Infinity);
    let odd = even;
    for (let k = (<usize>start) << 3; k < end; k += 32) {
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

/** a x + b y, for two values of x and y in f32. */
function pairOf(a: v128, x: v128, b: v128, y: v128): v128 {
  return f64x2.add(f64x2.mul(a, f64x2.promote_low_f32x4(x)), f64x2.mul(b, f64x2.promote_low_f32x4(y)));
}
