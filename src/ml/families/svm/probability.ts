/**
 * Probabilities from margins: Platt's logistic curve, and the coupling of the pairs' probabilities (Wu, Lin and Weng,
 * "Probability estimates for multi-class classification by pairwise coupling", JMLR 2004, method 2).
 */
import { sigmoid } from '../../../kernels/math.js';
import type { Curve } from '../../outputs/platt.js';

/** The most rounds of the coupling. */
const MOST_STEPS = 100;

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
