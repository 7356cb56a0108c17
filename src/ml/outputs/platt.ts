/**
 * Platt's logistic curve from scores to probabilities (Platt, "Probabilistic outputs for support vector machines and
 * comparisons to regularized likelihood methods", 1999), fitted as Lin, Lin and Weng do ("A note on Platt's
 * probabilistic outputs for support vector machines", Machine Learning 68, 2007).
 */
import { log1p, exp, sigmoid } from '../../kernels/math.js';

/** P(positive | margin) = 1 / (1 + exp(slope margin + offset)). */
export interface Curve {
  slope: number;
  offset: number;
}

const MOST_STEPS = 100;
const SMALLEST_STEP = 1e-10;
const RIDGE = 1e-12;
const FLAT = 1e-5;

export interface CurveOptions {
  /** Whether to go on to the last digits. libsvm stops where both slopes of the cross-entropy are below 1e-5. */
  exact?: boolean;
  /** How often each sample occurs among the margins. The targets count samples. */
  times?: number;
}

/** Fits the curve to m margins and labels (+-1) by Newton's method with backtracking on the cross-entropy. */
export function fitCurve(
  margins: Float64Array,
  y: Float64Array,
  { exact = false, times = 1 }: CurveOptions = {},
): Curve {
  let positives = 0;
  for (const label of y) if (label > 0) positives++;
  const negatives = (y.length - positives) / times;
  positives /= times;
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
  return exact ? polished(curve, margins, targets) : curve;
}

/**
 * Whole steps of Newton's method as long as the slopes become flatter. They do not look at the cross-entropy, because
 * its rounding hides the last eight digits of the curve.
 */
function polished(start: Curve, margins: Float64Array, targets: Float64Array): Curve {
  let [curve, next, steepest] = [start, start, Infinity];
  for (let step = 0; step < MOST_STEPS; step++) {
    const { slopes, direction } = newton(next, margins, targets);
    const steepness = Math.max(Math.abs(slopes.slope), Math.abs(slopes.offset));
    if (!(steepness < steepest)) break;
    [curve, steepest] = [next, steepness];
    next = { slope: next.slope + direction.slope, offset: next.offset + direction.offset };
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
