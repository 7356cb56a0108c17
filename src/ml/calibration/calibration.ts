/**
 * Calibration: from the scores of a classifier to probabilities that are as frequent as they say. It is learned from
 * predictions of samples that the models had not seen, as scikit-learn's CalibratedClassifierCV with `ensemble=False`
 * does (sklearn/calibration.py, version 1.2). Shapes: m samples, k classes.
 */
import { InputError } from '../../base/errors.js';
import { sigmoid } from '../../kernels/math.js';
import { fitCurve, type Curve } from '../outputs/platt.js';
import type { ClassOutputs } from '../scoring/types.js';
import { fitSteps, heightAt, type Steps } from './isotonic.js';

export const METHODS = ['sigmoid', 'isotonic'] as const;

export type Method = (typeof METHODS)[number];

/** What is learned. For two classes there is one curve, of class 1. For more, each class has one against the rest. */
export type Calibration = {
  /** What the curves read: the decision where the classifier has one, else its probability of the class. */
  of: 'decision' | 'probability';
} & ({ method: 'sigmoid'; curves: Curve[] } | { method: 'isotonic'; curves: Steps[] });

/** With fewer samples, scikit-learn's manual advises against isotonic calibration, because it overfits. */
export const LEAST_FOR_ISOTONIC = 1000;

/** Predictions of samples with their true codes. */
export interface Known {
  /** m true class codes. */
  truth: Int32Array;
  outputs: ClassOutputs;
}

/**
 * Learns the curves.
 * @param times how often each sample occurs in `known`, once for each repeat of the cross-validation
 */
export function learnCalibration(method: Method, { truth, outputs }: Known, times = 1): Calibration {
  const { classes } = outputs;
  const codes = classes === 2 ? [1] : Array.from({ length: classes }, (_, code) => code);
  const of = outputs.decision ? 'decision' : 'probability';
  const scoresOf = (code: number): Float64Array => scoresFor(outputs, of, code);
  const labelsOf = (code: number): Float64Array => Float64Array.from(truth, one => (one === code ? 1 : -1));
  if (method === 'sigmoid') {
    const curves = codes.map(code => fitScaled(scoresOf(code), labelsOf(code), times));
    return { method, of, curves };
  }
  return { method, of, curves: codes.map(code => fitSteps(scoresOf(code), labelsOf(code))) };
}

/** Platt's curve. Scores are centred and scaled first, so that scores of any size are fitted to the same digits. */
function fitScaled(scores: Float64Array, labels: Float64Array, times: number): Curve {
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const squares = scores.reduce((sum, score) => sum + (score - mean) * (score - mean), 0);
  const spread = Math.sqrt(squares / scores.length) || 1;
  const scaled = scores.map(score => (score - mean) / spread);
  const { slope, offset } = fitCurve(scaled, labels, { exact: true, times });
  return { slope: slope / spread, offset: offset - (slope / spread) * mean };
}

/** m scores of a class; of two classes, those of class 1. Throws InputError `no-scores-of-samples`. */
export function scoresFor(
  { classes, decision, proba }: ClassOutputs,
  of: Calibration['of'],
  code: number,
): Float64Array {
  const values = of === 'decision' ? decision : proba;
  if (!values) {
    throw new InputError('nothing-to-calibrate', `the model gives no ${of} of a sample, only its class`, {
      hint: 'Choose a pipeline whose classifier has a decision or probabilities.',
    });
  }
  if (of === 'decision' && classes === 2) return values;
  return Float64Array.from({ length: values.length / classes }, (_, i) => values[i * classes + code]);
}

/** m x k calibrated probabilities, row-major; rows add up to 1. */
export function calibrated(calibration: Calibration, outputs: ClassOutputs): Float64Array {
  const { of, curves } = calibration;
  const heights = curves.map((_, at) => {
    const scores = scoresFor(outputs, of, curves.length === 1 ? 1 : at);
    return scores.map(heightOf(calibration, at));
  });
  return curves.length === 1 ? bothSides(heights[0]) : normalised(heights);
}

function heightOf(calibration: Calibration, at: number): (score: number) => number {
  if (calibration.method === 'isotonic') return score => heightAt(calibration.curves[at], score);
  const { slope, offset } = calibration.curves[at];
  return score => sigmoid(-(slope * score + offset));
}

function bothSides(positive: Float64Array): Float64Array {
  const proba = new Float64Array(2 * positive.length);
  positive.forEach((p, i) => proba.set([1 - p, p], 2 * i));
  return proba;
}

/** The heights of k curves divided by their sum. Where all are 0, no class is likelier than another. */
function normalised(heights: readonly Float64Array[]): Float64Array {
  const classes = heights.length;
  const proba = new Float64Array(classes * heights[0].length);
  for (let i = 0; i < heights[0].length; i++) {
    let total = 0;
    for (let c = 0; c < classes; c++) total += heights[c][i];
    for (let c = 0; c < classes; c++)
      proba[i * classes + c] = total > 0 ? heights[c][i] / total : 1 / classes;
  }
  return proba;
}
