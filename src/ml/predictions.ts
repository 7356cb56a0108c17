import type { Config, FitWarning, FoldScores, Scores } from '../base/config.js';
import type { SplitData, Target } from '../base/dataset.js';
import { InputError } from '../base/errors.js';
import { takeTarget, takeValues } from './algebra/matrix.js';
import { ConfigFits, metricsOf, type Fit } from './evaluate.js';
import { pipelineDigest, planSteps } from './pipeline.js';
import {
  complete,
  knownOf,
  scoresOf,
  scoresOverFolds,
  type AllOutputs,
  type Known,
  type KnownClasses,
  type SampleScores,
} from './scored.js';
import { foldSources, refitSource, type FoldSource, type Held, type StageCache } from './stages.js';

/**
 * The predictions behind the scores of a config. The fits are made again, with the same samples, generators and bits as
 * in `evaluate`. So the scores of the predictions equal those of `evaluate`, and `firstDifference` proves it against
 * the scores of a log. Await `ready` once before.
 */

/** Which samples are predicted by which fit. */
interface OfSamples {
  /** The fit: `fold 0`, `fold 0.2` (the third fold of the first repeat), `refit`. */
  where: string;
  /** m numbers of rows of the samples, ascending: rows of `data.train`, or of `data.validate`. */
  rows: Int32Array;
  /** Every metric of the config, computed from the outputs. */
  scores: SampleScores;
}

/** What a model says of samples that it did not see in its fit (or, of `train`, that it did). */
export type Prediction = OfSamples & Known;

/** Which fold of which drawing a prediction is of. */
interface Drawn {
  /** The place of the fold's drawing among the repeats, from 0. */
  repeat: number;
  /** The place of the fold in its drawing, from 0. */
  fold: number;
}

/** What the model of one fold says of the fold's samples. */
export type FoldPrediction = Prediction & Drawn;

/** What the classifier of one fold says of the fold's samples. */
export type ClassFoldPrediction = OfSamples & KnownClasses & Drawn;

export interface OutOfFold {
  /** The folds in the order of the scores. In each repeat, every sample of the split is in exactly one fold. */
  folds: FoldPrediction[];
  /** Mean, deviation and folds of each metric, as `evaluate` gives them. */
  scores: NonNullable<Scores['cv']>;
  warnings: FitWarning[];
  /** Whether a fit of a fold did not reach its optimum. */
  unranked: boolean;
}

export interface HeldOut {
  /** On the validation samples; absent where the split has none. */
  validate?: Prediction;
  /** On the samples of the fit; absent where they were not asked for. */
  train?: Prediction;
  /** The digest of the model. It is the digest of the log, if the model is the same. */
  digest: string;
  warnings: FitWarning[];
}

/** Folds that a classifier predicted. Throws InputError `not-classes` for folds of values. */
export function ofClasses(folds: readonly FoldPrediction[]): ClassFoldPrediction[] {
  return folds.map(fold => {
    if (fold.kind === 'classes') return fold;
    throw new InputError('not-classes', 'the target holds values, and only classes can be had here', {
      expected: 'a target of classes',
    });
  });
}

/** What the models of a config said of samples that they had not seen, in the order of the folds. */
export interface Said {
  /** The digest of the model that was fitted on the whole split. */
  digest: string;
  folds: AllOutputs[];
  validate?: AllOutputs;
}

export interface PredictOptions {
  /** Shared by the configs that are predicted on the same data, as in `evaluate`. */
  cache?: StageCache;
}

/**
 * The out-of-fold predictions of a config; undefined without cross-validation. Throws InputError for what the data or
 * the steps forbid, and `not-a-number` for a model whose decision or probabilities are NaN.
 */
export function outOfFold(
  config: Config,
  data: SplitData,
  options: PredictOptions = {},
): OutOfFold | undefined {
  const fits = new ConfigFits(config, data, options.cache);
  const folds: FoldPrediction[] = [];
  const scores = fits.overFolds('all', ({ outputs, scores }, source) => {
    folds.push(foldPrediction(data, source, complete(outputs), () => scores));
  });
  if (!scores) return undefined;
  return { folds, scores, warnings: fits.warnings, unranked: fits.unranked };
}

/**
 * The predictions of the model that is fitted on the whole split, for the validation samples, and with `train` for the
 * samples of the fit. Throws InputError as `outOfFold` does.
 */
export function heldOut(
  config: Config,
  data: SplitData,
  options: PredictOptions & { train?: boolean } = {},
): HeldOut {
  const fits = new ConfigFits(config, data, options.cache);
  const fitted = fits.fit(refitSource(data));
  const { held, problem } = fitted.stage;
  return {
    ...(held && { validate: predictionOf(fits, fitted, held) }),
    ...(options.train && { train: predictionOf(fits, fitted, problem) }),
    digest: pipelineDigest(fitted.pipeline().serialize()),
    warnings: fits.warnings,
  };
}

/**
 * The predictions of the folds from outputs that were kept; undefined where the outputs do not have the form of the
 * config's folds.
 */
export function scoredFolds(
  config: Config,
  data: SplitData,
  kept: readonly AllOutputs[],
): Pick<OutOfFold, 'folds' | 'scores'> | undefined {
  const sources = foldSources(config, data);
  const { target } = data.train;
  const fits = sources.every(({ fold: { test } }, i) => hasForm(kept[i], test.length, target));
  if (sources.length === 0 || sources.length !== kept.length || !fits) return undefined;
  const metrics = metricsOf(config, planSteps(config.steps), data.target);
  const folds = sources.map((source, i) =>
    foldPrediction(data, source, kept[i], known => scoresOf(metrics, known)),
  );
  return {
    folds,
    scores: scoresOverFolds(
      folds.map(({ scores }) => scores),
      metrics,
    ),
  };
}

/** The predictions of the validation samples from outputs that were kept; undefined as for `scoredFolds`. */
export function scoredValidation(config: Config, data: SplitData, kept: AllOutputs): Prediction | undefined {
  if (!data.validate) return undefined;
  const { target, weights, index } = data.validate;
  if (!hasForm(kept, index.length, target)) return undefined;
  const known = knownOf(target, kept, weights);
  const scores = scoresOf(metricsOf(config, planSteps(config.steps), data.target), known);
  return { where: 'refit', rows: Int32Array.from(index.keys()), ...known, scores };
}

function hasForm(kept: AllOutputs | undefined, samples: number, target: Target): boolean {
  if (!kept || target.kind === 'values')
    return kept?.classes === undefined && kept?.values.length === samples;
  const classes = target.k;
  if (kept.classes !== classes || kept.labels.length !== samples) return false;
  const { labels, decision, proba } = kept;
  const values = classes === 2 ? samples : samples * classes;
  if (decision && decision.length !== values) return false;
  if (proba && proba.length !== samples * classes) return false;
  return labels.every(code => code >= 0 && code < classes);
}

function predictionOf(fits: ConfigFits, fitted: Fit, samples: Held): Prediction {
  const { outputs, scores } = fits.scored(fitted, samples, 'all');
  const known = knownOf(samples.target, complete(outputs), samples.weights);
  const rows = Int32Array.from(known.truth.keys());
  return { where: fitted.stage.where, rows, ...known, scores };
}

/** The prediction of a fold's samples, with the scores that `score` gives. */
function foldPrediction(
  { train }: SplitData,
  { where, fold: { repeat, fold, test } }: FoldSource,
  outputs: AllOutputs,
  score: (known: Known) => SampleScores,
): FoldPrediction {
  const weights = train.weights && takeValues(train.weights, test);
  const known = knownOf(takeTarget(train.target, test), outputs, weights);
  return { where, repeat, fold, rows: test, ...known, scores: score(known) };
}

/** A score, or all that is known of a metric over folds. */
type AnyScore = FoldScores | number | null | undefined;

/** A score that is not what the log has. */
export interface ScoreDifference {
  part: 'cv' | 'validate' | 'train';
  metric: string;
  /** The fold, from 0, counted over all repeats, or what is made of all folds. Absent where there are no folds. */
  of?: number | 'mean' | 'std';
  /** The score here, and the score in the log. null: not defined; undefined: absent. */
  here: number | null | undefined;
  logged: number | null | undefined;
}

/**
 * The first score that differs from the log's; undefined if all are equal, bit for bit. Every metric of either side is
 * compared, in every fold, and so are the mean and the deviation over the folds. Only the parts of `here` are compared.
 * `logged` may hold anything, because others can write to a log.
 */
export function firstDifference(here: Scores, logged: Scores): ScoreDifference | undefined {
  for (const part of ['cv', 'validate', 'train'] as const) {
    const ours: { [metric: string]: AnyScore } | undefined = here[part];
    const theirs: { [metric: string]: AnyScore } = Object(logged[part]);
    if (!ours) continue;
    for (const metric of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
      const found = firstOf(ours[metric], theirs[metric]);
      if (found) return { part, metric, ...found };
    }
  }
  return undefined;
}

function firstOf(
  here: AnyScore,
  logged: AnyScore,
): Pick<ScoreDifference, 'of' | 'here' | 'logged'> | undefined {
  if (!isOverFolds(here) || !isOverFolds(logged)) {
    if (here === logged) return undefined;
    return { here: isOverFolds(here) ? here.mean : here, logged: isOverFolds(logged) ? logged.mean : logged };
  }
  const folds = Math.max(here.folds.length, logged.folds.length);
  for (let fold = 0; fold < folds; fold++) {
    const [a, b] = [here.folds[fold], logged.folds[fold]];
    if (a !== b) return { of: fold, here: a, logged: b };
  }
  for (const of of ['mean', 'std'] as const)
    if (here[of] !== logged[of]) return { of, here: here[of], logged: logged[of] };
  return undefined;
}

function isOverFolds(score: AnyScore): score is FoldScores {
  return Array.isArray((score as FoldScores | null | undefined)?.folds);
}
