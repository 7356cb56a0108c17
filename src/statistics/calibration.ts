/**
 * How far probabilities are from what happens (Cox, "Two further applications of a model for binary regression",
 * Biometrika 45, 1958; Van Calster and others, "Calibration: the Achilles heel of predictive analytics", 2019). The
 * probabilities must come from samples that took no part in learning them. Pure.
 */
import { calibrationOf, type FoldValues } from './curves.js';
import { normalQuantile } from './normal.js';

export interface Recalibration {
  /** Of logit(share) = a + slope logit(p): 1 is right, and less means that the probabilities are too extreme. */
  slope: number;
  /** The interval of the slope by Wald, of level 1 - alpha. */
  low: number;
  high: number;
  /** The same a with the slope kept at 1: 0 is right, and less means that the probabilities are too high. */
  intercept: number;
}

const MOST_STEPS = 50;
/** A slope of more standard units than this has no maximum of the likelihood: the probabilities part the classes. */
const LARGEST = 1e3;

/**
 * Slope and intercept by maximum likelihood, as `glm` of R. Undefined where they do not exist: without samples of both
 * classes, where a probability is 0 or 1, because its logit is infinite, and where the probabilities part the classes.
 */
export function recalibrationOf({ truth, values }: FoldValues, alpha: number): Recalibration | undefined {
  const logits = Array.from(values, p => Math.log(p / (1 - p)));
  const y = Array.from(truth, code => (code === 1 ? 1 : 0));
  const isMixed = y.includes(0) && y.includes(1);
  if (!isMixed || !logits.every(Number.isFinite)) return undefined;
  const intercept = maximum(y, logits, false);
  const joint = maximum(y, logits, true);
  if (!intercept || !joint) return undefined;
  const { slope, error } = joint;
  const spread = normalQuantile(1 - alpha / 2) * error;
  return { slope, low: slope - spread, high: slope + spread, intercept: intercept.offset };
}

interface Maximum {
  offset: number;
  slope: number;
  /** The standard error of the slope. */
  error: number;
}

/** Newton's method for the likelihood of offset + slope x logit; undefined where it does not settle. */
function maximum(y: readonly number[], logits: readonly number[], isSlopeFree: boolean): Maximum | undefined {
  let [offset, slope] = [0, 1];
  let last = Infinity;
  for (let step = 0; step < MOST_STEPS; step++) {
    let [g0, g1, h00, h01, h11] = [0, 0, 0, 0, 0];
    for (let i = 0; i < y.length; i++) {
      const x = logits[i];
      const p = 1 / (1 + Math.exp(-(offset + slope * x)));
      const weight = p * (1 - p);
      g0 += y[i] - p;
      g1 += (y[i] - p) * x;
      h00 += weight;
      h01 += weight * x;
      h11 += weight * x * x;
    }
    const determinant = isSlopeFree ? h00 * h11 - h01 * h01 : h00;
    const change = isSlopeFree
      ? [(h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant]
      : [g0 / determinant, 0];
    // Far from the maximum a whole step may lead away.
    const size = Math.max(Math.abs(change[0]), Math.abs(change[1]));
    const length = Math.min(1, 2 / size);
    offset += length * change[0];
    slope += length * change[1];
    if (!Number.isFinite(offset + slope) || Math.abs(slope) > LARGEST) return undefined;
    const isSettled = size <= 1e-9 * (1 + Math.abs(offset) + Math.abs(slope));
    if (isSettled || (size >= last && size < 1e-6))
      return { offset, slope, error: Math.sqrt(h00 / determinant) };
    last = size;
  }
  return undefined;
}

/**
 * The expected calibration error in ten bins of equal width: the mean distance of the share of positives from the mean
 * probability, weighted by the samples of a bin (Naeini, Cooper and Hauskrecht, 2015).
 */
export function calibrationErrorOf(values: FoldValues): number {
  const bins = calibrationOf(values);
  const samples = bins.reduce((sum, [, , n]) => sum + n, 0);
  return bins.reduce((sum, [p, share, n]) => sum + n * Math.abs(share - p), 0) / samples;
}
