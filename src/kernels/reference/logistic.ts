import { exp, log, log1p } from '../math.js';

/** The plain form of assembly/logistic.ts: the same operations in the same order. */

/** Two classes: writes residuals, curvatures and misses. Returns the sum of the losses. */
export function logisticLoss(
  scores: Float64Array,
  signs: Float64Array,
  costs: Float64Array,
  residuals: Float64Array,
  curvatures: Float64Array,
  misses: Float64Array,
): number {
  let total = 0;
  for (let i = 0; i < scores.length; i++) {
    const margin = signs[i] * scores[i];
    const e = exp(-Math.abs(scores[i]));
    const inverse = 1 / (1 + e);
    misses[i] = (margin >= 0 ? e : 1) * inverse;
    residuals[i] = signs[i] * (costs[i] * misses[i]);
    curvatures[i] = costs[i] * (e * inverse * inverse);
    total += costs[i] * ((margin < 0 ? -margin : 0) + log1p(e));
  }
  return total;
}

/** k classes (k x n arrays hold one class after the other): writes probabilities, residuals and misses. */
export function softmaxLoss(
  k: number,
  scores: Float64Array,
  labels: Int32Array,
  costs: Float64Array,
  probabilities: Float64Array,
  residuals: Float64Array,
  misses: Float64Array,
): number {
  const n = labels.length;
  let total = 0;
  for (let i = 0; i < n; i++) {
    let largest = -Infinity;
    for (let c = 0; c < k; c++) largest = Math.max(largest, scores[c * n + i]);
    let own = 0;
    let others = 0;
    for (let c = 0; c < k; c++) {
      const e = exp(scores[c * n + i] - largest);
      probabilities[c * n + i] = e;
      if (c === labels[i]) own = e;
      else others += e;
    }
    const inverse = 1 / (own + others);
    for (let c = 0; c < k; c++) {
      probabilities[c * n + i] *= inverse;
      residuals[c * n + i] = -(costs[i] * probabilities[c * n + i]);
    }
    misses[i] = others * inverse;
    residuals[labels[i] * n + i] = costs[i] * misses[i];
    const gap = largest - scores[labels[i] * n + i];
    total += costs[i] * (gap + (own === 1 ? log1p(others) : log(own + others)));
  }
  return total;
}

/** out[i] = the second derivative of a softmax loss by the scores of classes a and b. */
export function softmaxCurvature(
  a: number,
  b: number,
  probabilities: Float64Array,
  costs: Float64Array,
): Float64Array {
  const n = costs.length;
  return costs.map((cost, i) => {
    const p = probabilities[a * n + i];
    return cost * (a === b ? p * (1 - p) : -(p * probabilities[b * n + i]));
  });
}

/** The loss's part of a duality gap: see assembly/logistic.ts. */
export function divergence(costs: Float64Array, misses: Float64Array, share: number): number {
  const logShare = log(share);
  let total = 0;
  for (let i = 0; i < costs.length; i++) {
    const drawn = share * misses[i];
    total += costs[i] * ((1 - drawn) * (log1p(-drawn) - log1p(-misses[i])) + drawn * logShare);
  }
  return total;
}
