/**
 * The logistic losses of two and of more classes, with the derivatives for Newton's method. There are n samples and k
 * classes. Values are f64, labels i32. Arrays of k x n hold one class after the other. Sums run over the samples in
 * order. The plain form is ../reference/logistic.ts.
 */
import { exp, expOfTwo, log, log1p, log1pOfUnits } from './math';

/**
 * Two classes. The loss of a sample is costs[i] log(1 + e^-m), with the margin m = signs[i] scores[i]; signs are +1
 * or -1. Writes `residuals`, the negative derivatives by the scores; `curvatures`, the second derivatives; and
 * `misses`, the probabilities of the class that is not the sample's. Returns the sum of the losses.
 */
export function logisticLoss(
  n: i32,
  scores: usize,
  signs: usize,
  costs: usize,
  residuals: usize,
  curvatures: usize,
  misses: usize,
): f64 {
  let total: f64 = 0;
  const end = (<usize>n) << 3;
  const pairs = (<usize>(n & ~1)) << 3;
  const one = f64x2.splat(1);
  const zero = f64x2.splat(0);
  let at: usize = 0;
  for (; at < pairs; at += 16) {
    const sign = v128.load(signs + at);
    const cost = v128.load(costs + at);
    const score = v128.load(scores + at);
    const margin = f64x2.mul(sign, score);
    const e = expOfTwo(f64x2.neg(f64x2.abs(score)));
    const inverse = f64x2.div(one, f64x2.add(one, e));
    const miss = f64x2.mul(v128.bitselect(e, one, f64x2.ge(margin, zero)), inverse);
    v128.store(misses + at, miss);
    v128.store(residuals + at, f64x2.mul(sign, f64x2.mul(cost, miss)));
    v128.store(curvatures + at, f64x2.mul(cost, f64x2.mul(f64x2.mul(e, inverse), inverse)));
    const beyond = v128.bitselect(f64x2.neg(margin), zero, f64x2.lt(margin, zero));
    const loss = f64x2.mul(cost, f64x2.add(beyond, log1pOfUnits(e)));
    total += f64x2.extract_lane(loss, 0);
    total += f64x2.extract_lane(loss, 1);
  }
  if (at < end) {
    const sign = load<f64>(signs + at);
    const cost = load<f64>(costs + at);
    const margin = sign * load<f64>(scores + at);
    const e = exp(-abs(load<f64>(scores + at)));
    const inverse = 1 / (1 + e);
    const miss = (margin >= 0 ? e : 1) * inverse;
    store<f64>(misses + at, miss);
    store<f64>(residuals + at, sign * (cost * miss));
    store<f64>(curvatures + at, cost * (e * inverse * inverse));
    total += cost * ((margin < 0 ? -margin : 0) + log1p(e));
  }
  return total;
}

/**
 * k classes. The loss of a sample is costs[i] (log of the sum of e^scores - the score of its class). Writes
 * `probabilities` (k x n); `residuals` (k x n), which are costs[i] ([the class is that of the sample] - probability);
 * and `misses` (n), the probabilities of all classes that are not the sample's. Returns the sum of the losses.
 */
export function softmaxLoss(
  n: i32,
  k: i32,
  scores: usize,
  labels: usize,
  costs: usize,
  probabilities: usize,
  residuals: usize,
  misses: usize,
): f64 {
  let total: f64 = 0;
  const stride = (<usize>n) << 3;
  for (let i: usize = 0; i < <usize>n; i++) {
    const at = i << 3;
    const label = <usize>load<i32>(labels + (i << 2)) * stride + at;
    const cost = load<f64>(costs + at);
    let largest = -Infinity;
    for (let c = 0, to = at; c < k; c++, to += stride) largest = max(largest, load<f64>(scores + to));
    let others: f64 = 0;
    for (let c = 0, to = at; c < k; c++, to += stride) {
      const e = exp(load<f64>(scores + to) - largest);
      store<f64>(probabilities + to, e);
      if (to != label) others += e;
    }
    const own = load<f64>(probabilities + label);
    const inverse = 1 / (own + others);
    for (let c = 0, to = at; c < k; c++, to += stride) {
      const probability = load<f64>(probabilities + to) * inverse;
      store<f64>(probabilities + to, probability);
      store<f64>(residuals + to, -(cost * probability));
    }
    const miss = others * inverse;
    store<f64>(residuals + label, cost * miss);
    store<f64>(misses + at, miss);
    const gap = largest - load<f64>(scores + label);
    total += cost * (gap + (own == 1 ? log1p(others) : log(own + others)));
  }
  return total;
}

/** Writes to `out` (n) the second derivatives of the softmax losses by the scores of classes a and b. */
export function softmaxCurvature(
  n: i32,
  a: i32,
  b: i32,
  probabilities: usize,
  costs: usize,
  out: usize,
): void {
  const stride = (<usize>n) << 3;
  const pa = probabilities + <usize>a * stride;
  const pb = probabilities + <usize>b * stride;
  for (let at: usize = 0; at < stride; at += 8) {
    const p = load<f64>(pa + at);
    store<f64>(out + at, load<f64>(costs + at) * (a == b ? p * (1 - p) : -(p * load<f64>(pb + at))));
  }
}

/**
 * The loss's part of a duality gap: the sum of costs[i] times the Kullback-Leibler divergence between the predicted
 * distributions and those drawn towards the true classes. The drawn ones have misses of `share` (0 < share <= 1) of
 * the predicted ones.
 */
export function divergence(n: i32, costs: usize, misses: usize, share: f64): f64 {
  let total: f64 = 0;
  const logShare = log(share);
  const end = (<usize>n) << 3;
  for (let at: usize = 0; at < end; at += 8) {
    const miss = load<f64>(misses + at);
    const drawn = share * miss;
    total += load<f64>(costs + at) * ((1 - drawn) * (log1p(-drawn) - log1p(-miss)) + drawn * logShare);
  }
  return total;
}
