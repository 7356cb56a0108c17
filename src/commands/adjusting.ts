/**
 * What `--calibrate` and `--threshold` ask of a config: calibrated probabilities and a threshold, learned from the
 * predictions behind its scores, and what both change.
 */
import { Option, type Command } from 'commander';
import type { Config } from '../base/config.js';
import { classesOf, featureNames, type SplitData } from '../base/dataset.js';
import { InputError } from '../base/errors.js';
import type { Finished } from '../events/format/event.js';
import { predictionsOf } from '../ml/apply.js';
import {
  adjusted,
  crossFitted,
  learn,
  pooled,
  refuseAsked,
  type Adjusted,
  type Adjustment,
  type Asked,
} from '../ml/calibration/adjustment.js';
import { METHODS, scoresFor, type Known, type Method } from '../ml/calibration/calibration.js';
import { countsOf, ruleOf, sensitivityOf, specificityOf, type Counts } from '../ml/calibration/threshold.js';
import type { ClassPipeline, FittedPipeline } from '../ml/pipeline.js';
import { firstDifference, ofClasses } from '../ml/predictions.js';
import { findMetric, score } from '../ml/scoring/metrics.js';
import { foldsOf } from '../predictions/proven.js';
import { calibrationErrorOf, recalibrationOf } from '../statistics/calibration.js';
import { refuseUnscored } from './scored-before.js';
import { otherScores } from './other-bits.js';

const ALPHA = 0.05;

export interface AdjustOptions {
  calibrate?: Method;
  threshold?: string;
}

/** Adds the options that ask for an adjustment. */
export function withAdjustment(command: Command): Command {
  return command
    .addOption(
      new Option('--calibrate <method>', 'learn calibrated probabilities from the folds').choices(METHODS),
    )
    .option(
      '--threshold <rule>',
      'learn from the folds where the positive class begins: f1, cost:FP=1,FN=5, ..',
    );
}

/** The options as a person would type them, by name. */
export const adjustWords = ({ calibrate, threshold }: AdjustOptions) => ({
  '--calibrate': calibrate,
  '--threshold': threshold,
});

/** What the options ask for; undefined where they ask for nothing. Throws InputError `bad-threshold`. */
export function askedOf({ calibrate, threshold }: AdjustOptions): Asked | undefined {
  if (calibrate === undefined && threshold === undefined) return undefined;
  return {
    ...(calibrate !== undefined && { method: calibrate }),
    ...(threshold !== undefined && { rule: ruleOf(threshold) }),
  };
}

/** A number, null where it is not defined, and its interval of 95% where one is told. */
export interface Told {
  value: number | null;
  low?: number;
  high?: number;
}

/** A number that an adjustment may change. */
export interface Change {
  name: string;
  before: Told;
  after: Told;
}

/** What an adjustment is and does. */
export interface Lesson extends Adjustment {
  /** How many samples it was learned from. */
  samples: number;
  /** On the samples of the folds, each adjusted by what the other folds teach. */
  folds: Change[];
  /** On the validation samples, where there are any. */
  validate?: Change[];
  /** What it does not improve on the samples of the folds. */
  notes: string[];
}

/** Throws InputError where it is known before any fit that the config does not teach it. */
export function refuseUnlearnable(asked: Asked, config: Config, data: SplitData): void {
  const word = asked.method ? '--calibrate' : '--threshold';
  if (data.target.kind === 'values') {
    const message = `the model of ${config.id} predicts values, and ${word} is for classes`;
    throw new InputError('not-classes', message, { value: word, hint: `Leave ${word} out.` });
  }
  refuseUnscored(config, 'oof', word);
  if (data.train.weights) {
    const message = `${word} counts samples, and the samples of ${config.split} have weights`;
    throw new InputError('weights-ignored', message, {
      value: word,
      expected: 'samples without weights',
      hint: `Leave ${word} out. The model and its scores take the weights into account.`,
    });
  }
  refuseAsked(asked, data.target.names.length, data.train.x.rows);
}

/**
 * Learns an adjustment from the out-of-fold predictions of a config, which must give the scores of the log. Throws
 * InputError `nothing-to-calibrate`, and Failure `scores-differ`.
 * @param model the config's model, fitted on the whole split
 * @param kept the folder of kept predictions
 */
export async function learned(
  asked: Asked,
  config: Config,
  finished: Finished,
  data: SplitData,
  model: FittedPipeline,
  kept: string,
): Promise<Lesson> {
  const predicted = (await foldsOf(config, finished, data, { kept }))!;
  const different = firstDifference({ cv: predicted.scores }, finished.scores);
  if (different) throw otherScores(finished, different);
  const folds = ofClasses(predicted.folds);
  const adjustment = learn(asked, folds);
  const after = crossFitted(asked, folds).map((outputs, i) => ({ ...folds[i], outputs }));
  const changed = changes(asked, config, folds, after);
  const before = data.validate && [validationOf(data, model as ClassPipeline)];
  const adjustedParts = before?.map(part => ({ ...part, outputs: adjusted(adjustment, part.outputs) }));
  return {
    ...adjustment,
    samples: new Set(folds.flatMap(({ rows }) => Array.from(rows))).size,
    folds: changed,
    ...(before && { validate: changes(asked, config, before, adjustedParts!) }),
    notes: notesOn(asked, changed),
  };
}

/** Tells where an adjustment is of no use. Each part is judged by what it was learned for. */
function notesOn({ method, rule }: Asked, changed: readonly Change[]): string[] {
  const notes: string[] = [];
  const gainOf = (name: string): number | undefined => {
    const { before, after } = changed.find(change => change.name === name)!;
    return before.value === null || after.value === null ? undefined : after.value - before.value;
  };
  if (method && gainOf('log_loss')! >= 0)
    notes.push(
      `The ${method} calibration does not make the log loss of the folds smaller. Leave --calibrate out.`,
    );
  const gain = rule?.measure !== undefined ? gainOf(rule.measure) : undefined;
  if (rule && gain !== undefined && (rule.direction === 'max' ? gain <= 0 : gain >= 0))
    notes.push(`The threshold does not make the ${rule.measure} of the folds better. Leave --threshold out.`);
  return notes;
}

function validationOf(data: SplitData, model: ClassPipeline): Labelled {
  const { x, target } = data.validate!;
  const { codes: labels, ...outputs } = predictionsOf(model, x, featureNames(data));
  const { classes, singles } = model;
  return { truth: classesOf(target).codes, outputs: { classes, singles, labels, ...outputs } };
}

type Labelled = Known & { outputs: Adjusted };

function changes(
  asked: Asked,
  config: Config,
  before: readonly Labelled[],
  after: readonly Labelled[],
): Change[] {
  const first = numbersOf(asked, config, before);
  return [...numbersOf(asked, config, after)].map(([name, number]) => ({
    name,
    before: first.get(name)!,
    after: number,
  }));
}

/**
 * What is told of predictions, by name: scores and rates as means over the folds, as everywhere; slope, intercept and
 * calibration error of all samples together, because a fold has too few for them.
 */
function numbersOf(
  { method, rule }: Asked,
  { scoring, metrics }: Config,
  parts: readonly Labelled[],
): Map<string, Told> {
  const numbers = new Map<string, Told>();
  const isBinary = parts[0].outputs.classes === 2;
  const addMean = (name: string, of: (part: Labelled) => number | null): void => {
    if (!numbers.has(name)) numbers.set(name, { value: meanOf(parts.map(of)) });
  };
  const addMetric = (name: string): void =>
    addMean(name, ({ truth, outputs }) => score(findMetric(name), truth, outputs));
  const addCut = (name: string, of: (counts: Counts) => number): void =>
    addMean(name, ({ truth, outputs }) => of(countsOf(truth, outputs.labels)));
  if (method) addMetric('log_loss');
  if (method && isBinary) {
    addMetric('brier_score');
    for (const [name, told] of calibrationNumbers(parts)) numbers.set(name, told);
  }
  if (rule) {
    if (rule.measure !== undefined) addCut(rule.measure, rule.valueOf);
    addCut('sensitivity', sensitivityOf);
    addCut('specificity', specificityOf);
  }
  for (const name of [scoring, ...metrics]) addMetric(name);
  return numbers;
}

/** Of two classes: whether the probabilities are too extreme or too high, and how far they are from the shares. */
function calibrationNumbers(parts: readonly Labelled[]): [string, Told][] {
  const { truth, outputs } = pooled(parts);
  const values = outputs.proba && scoresFor(outputs, 'probability', 1);
  const found = values && recalibrationOf({ truth, values }, ALPHA);
  const slope = found && { value: found.slope, low: found.low, high: found.high };
  return [
    ['calibration_slope', slope ?? { value: null }],
    ['calibration_intercept', { value: found?.intercept ?? null }],
    ['calibration_error', { value: values ? calibrationErrorOf({ truth, values }) : null }],
  ];
}

/** null where a part has no number. */
function meanOf(values: readonly (number | null)[]): number | null {
  const sum = values.reduce<number>((total, value) => total + (value ?? NaN), 0);
  return Number.isNaN(sum) ? null : sum / values.length;
}
