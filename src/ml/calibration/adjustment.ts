/**
 * What is put behind a fitted pipeline: calibrated probabilities, and a threshold for the label. Both are learned from
 * out-of-fold predictions, and scored on predictions that took no part in learning them.
 */
import { InputError } from '../../base/errors.js';
import { codesOfDecision, codesOfProba } from '../algebra/matrix.js';
import type { ClassOutputs } from '../scoring/types.js';
import {
  calibrated,
  LEAST_FOR_ISOTONIC,
  learnCalibration,
  scoresFor,
  type Calibration,
  type Known,
  type Method,
} from './calibration.js';
import { bestThreshold, type Rule, type Threshold } from './threshold.js';

export interface Adjustment {
  calibration?: Calibration;
  threshold?: Threshold;
}

/** What the user asks to learn: a calibration by a method, a threshold by a rule, or both. */
export interface Asked {
  method?: Method;
  rule?: Rule;
}

/** The predictions of one fold. Each repeat of a cross-validation has every sample in one of its folds. */
export interface FoldOutputs extends Known {
  repeat: number;
}

/** ClassOutputs after an adjustment. They always have labels. */
export type Adjusted = ClassOutputs & { labels: Int32Array };

/**
 * The adjustment that the folds teach. Throws InputError: `too-few-for-isotonic`, `threshold-classes`,
 * `nothing-to-calibrate`.
 */
export function learn(asked: Asked, folds: readonly FoldOutputs[]): Adjustment {
  const repeats = new Set(folds.map(({ repeat }) => repeat)).size;
  const known = pooled(folds);
  refuseAsked(asked, known.outputs.classes, known.truth.length / repeats);
  return learnFrom(asked, known, repeats);
}

/** Refuses what that many classes and samples cannot teach. */
export function refuseAsked({ method, rule }: Asked, classes: number, samples: number): void {
  if (rule && classes !== 2) {
    throw new InputError(
      'threshold-classes',
      `a threshold is for two classes, and the target has ${classes}`,
      {
        value: rule.text,
        hint: 'Leave --threshold out. The label is the class with the largest probability.',
      },
    );
  }
  if (method === 'isotonic' && samples < LEAST_FOR_ISOTONIC) {
    const message = `isotonic calibration overfits with few samples, and there are ${samples}`;
    throw new InputError('too-few-for-isotonic', message, {
      value: method,
      expected: `at least ${LEAST_FOR_ISOTONIC} samples`,
      hint: 'Write --calibrate sigmoid. It learns two numbers only.',
    });
  }
}

function learnFrom({ method, rule }: Asked, known: Known, repeats: number): Adjustment {
  const calibration = method && learnCalibration(method, known, repeats);
  if (!rule) return { calibration };
  const outputs = withCalibration(calibration, known.outputs);
  const of = outputs.proba ? 'probability' : 'decision';
  const value = bestThreshold(rule, scoresFor(outputs, of, 1), known.truth, usualOf(of));
  return { calibration, threshold: { of, value, rule: rule.text } };
}

/** The threshold of a classifier that has none of its own. */
const usualOf = (of: Threshold['of']): number => (of === 'probability' ? 0.5 : 0);

/**
 * The outputs of each fold after an adjustment that the other folds of its repeat taught. So no sample is scored by
 * what was learned from it.
 */
export function crossFitted(asked: Asked, folds: readonly FoldOutputs[]): Adjusted[] {
  return folds.map(fold => {
    const others = folds.filter(other => other !== fold && other.repeat === fold.repeat);
    return adjusted(learnFrom(asked, pooled(others), 1), fold.outputs);
  });
}

/** All folds as one. */
export function pooled(folds: readonly Known[]): Known {
  const { classes, singles } = folds[0].outputs;
  const join = (of: 'decision' | 'proba'): Float64Array | undefined =>
    folds[0].outputs[of] && Float64Array.from(folds.flatMap(({ outputs }) => Array.from(outputs[of]!)));
  const [decision, proba] = [join('decision'), join('proba')];
  const truth = Int32Array.from(folds.flatMap(fold => Array.from(fold.truth)));
  return { truth, outputs: { classes, singles, ...(decision && { decision }), ...(proba && { proba }) } };
}

function withCalibration(calibration: Calibration | undefined, outputs: ClassOutputs): ClassOutputs {
  // A calibrated model ranks by its probabilities, as in scikit-learn.
  return calibration ? { classes: outputs.classes, proba: calibrated(calibration, outputs) } : outputs;
}

/**
 * ClassOutputs with calibrated probabilities, and with the labels of the threshold, or else of the largest probability.
 * Without an adjustment, the labels stay.
 */
export function adjusted({ calibration, threshold }: Adjustment, raw: ClassOutputs): Adjusted {
  const outputs = withCalibration(calibration, raw);
  return { ...outputs, labels: labelsOf(outputs, threshold) };
}

function labelsOf(outputs: ClassOutputs, threshold: Threshold | undefined): Int32Array {
  const { classes, decision, proba, labels } = outputs;
  if (threshold) {
    const { of, value } = threshold;
    return Int32Array.from(scoresFor(outputs, of, 1), score => (score >= value ? 1 : 0));
  }
  if (labels) return labels;
  return decision ? codesOfDecision(decision, classes) : codesOfProba(proba!, classes);
}
