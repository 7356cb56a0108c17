/**
 * Probabilities from margins: Platt's logistic curve, fitted as Lin, Lin and Weng do ("A note on Platt's probabilistic
 * outputs for support vector machines", Machine Learning 68, 2007), and the coupling of the pairs' probabilities (Wu,
 * Lin and Weng, "Probability estimates for multi-class classification by pairwise coupling", JMLR 2004, method 2).
 */
import { log1p, exp, sigmoid } from '../../../kernels/math.js';

/** P(positive | margin) = 1 / (1 + exp(slope margin + offset)). */
export interface Curve {
  slope: number;
  offset: number;
}

const MOST_STEPS = 100;
const SMALLEST_STEP = 1e-10;
const RIDGE = 1e-12;
const FLAT = 1e-5;

/** Fits the curve to margins and labels (+-1) by Newton's method with backtracking on the cross-entropy. */
export function fitCurve(margins: Float64Array, y: Float64Array): Curve {
  let positives = 0;
  for (const label of y) if (label > 0) positives++;
  const negatives = y.length - positives;
  // Platt's targets: the probability that the number of samples of a class suggests.
  const targets = y.map(label => (label > 0 ? (positives + 1) / (positives + 2) : 1 / (negatives + 2)));
  let curve: Curve = { slope: 0, offset: log1p(negatives) - log1p(positives) };
  let loss = crossEntropy(curve, margins, targets);
  for (let step = 0; step < MOST_STEPS; step++) {
    const { slopes, direction } = newton(curve, margins, targets);
    if (Math.abs(slopes.slope) < FLAT && Math.abs(slopes.offset) < FLAT) break;
    const descent = slopes.slope * direction.slope + slopes.offset * direction.offset;
    let length = 1;
    for (; length >= SMALLEST_STEP; length /= 2) {
      const next = {
        slope: curve.slope + length * direction.slope,
        offset: curve.offset + length * direction.offset,
      };
      const value = crossEntropy(next, margins, targets);
      if (value < loss + 0.0001 * length * descent) {
        curve = next;
        loss = value;
        break;
      }
    }
    if (length < SMALLEST_STEP) break;
  }
  return curve;
}

function crossEntropy({ slope, offset }: Curve, margins: Float64Array, targets: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < margins.length; i++) {
    const u = slope * margins[i] + offset;
    sum += (u >= 0 ? targets[i] * u : (targets[i] - 1) * u) + log1p(exp(-Math.abs(u)));
  }
  return sum;
}

/** The gradient of the cross-entropy, and minus the inverse Hessian times it. */
function newton(curve: Curve, margins: Float64Array, targets: Float64Array) {
  let [h11, h22, h21, g1, g2] = [RIDGE, RIDGE, 0, 0, 0];
  for (let i = 0; i < margins.length; i++) {
    const u = curve.slope * margins[i] + curve.offset;
    const p = sigmoid(-u);
    const spread = p * sigmoid(u);
    h11 += margins[i] * margins[i] * spread;
    h22 += spread;
    h21 += margins[i] * spread;
    g1 += margins[i] * (targets[i] - p);
    g2 += targets[i] - p;
  }
  const determinant = h11 * h22 - h21 * h21;
  const direction = {
    slope: -(h22 * g1 - h21 * g2) / determinant,
    offset: -(h11 * g2 - h21 * g1) / determinant,
  };
  return { slopes: { slope: g1, offset: g2 }, direction };
}

/** Probabilities of pairs are kept this far from 0 and 1. */
const LEAST_PROBABILITY = 1e-7;

/** The probability of the positive class of a pair. */
export function probabilityOf({ slope, offset }: Curve, margin: number): number {
  const p = sigmoid(-(slope * margin + offset));
  return Math.min(Math.max(p, LEAST_PROBABILITY), 1 - LEAST_PROBABILITY);
}

/**
 * The probabilities of k classes from those of the pairs: `pairs[a * k + b]` is P(a | a or b). Written to
 * `out[start .. start + k)`. Minimizes sum_(a < b) (r_ba p_a - r_ab p_b)^2 over the simplex.
 */
export function couple(pairs: Float64Array, k: number, out: Float64Array, start: number): void {
  const p = out.subarray(start, start + k);
  if (k === 2) {
    p[0] = pairs[1];
    p[1] = 1 - pairs[1];
    return;
  }
  const q = coupling(pairs, k);
  const qp = new Float64Array(k);
  p.fill(1 / k);
  for (let iteration = 0; iteration < MOST_STEPS; iteration++) {
    let pqp = 0;
    for (let t = 0; t < k; t++) {
      qp[t] = 0;
      for (let j = 0; j < k; j++) qp[t] += q[t * k + j] * p[j];
      pqp += p[t] * qp[t];
    }
    if (qp.every(value => Math.abs(value - pqp) < 0.005 / k)) break;
    for (let t = 0; t < k; t++) {
      const own = q[t * k + t];
      const change = (pqp - qp[t]) / own;
      const total = 1 + change;
      p[t] += change;
      pqp = (pqp + change * (change * own + 2 * qp[t])) / total / total;
      for (let j = 0; j < k; j++) {
        qp[j] = (qp[j] + change * q[t * k + j]) / total;
        p[j] /= total;
      }
    }
  }
}

/** The quadratic form that coupling minimizes, k x k. */
function coupling(pairs: Float64Array, k: number): Float64Array {
  const q = new Float64Array(k * k);
  for (let t = 0; t < k; t++) {
    for (let j = 0; j < k; j++) {
      if (j === t) continue;
      q[t * k + t] += pairs[j * k + t] * pairs[j * k + t];
      q[t * k + j] = -pairs[j * k + t] * pairs[t * k + j];
    }
  }
  return q;
}
