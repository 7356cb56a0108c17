/**
 * What `spt select --bootstrap` adds: BBC-CV over the best configs, and the interval of the chosen one's score on the
 * validation samples. Both need predictions, so these configs are trained again. The predictions are those of the log
 * only where their scores are, bit for bit.
 */
import type { Config } from '../base/config.js';
import type { SplitData } from '../base/dataset.js';
import { rankingDirection } from '../base/direction.js';
import { InputError } from '../base/errors.js';
import { readPrepared } from '../data/store.js';
import type { Finished } from '../events/format/event.js';
import type { FoldPrediction } from '../ml/predictions.js';
import { findMetric, score } from '../ml/scoring/metrics.js';
import type { Scorable } from '../ml/scored.js';
import type { Metric, Outputs } from '../ml/scoring/types.js';
import { StageCache } from '../ml/stages.js';
import { validationOf } from '../predictions/proven.js';
import { bagged, RankedFold, strataOf, type Bagged, type Strata } from '../statistics/bagging.js';
import { bootstrapInterval, delong, wilson, type Interval } from '../statistics/intervals.js';
import type { Search } from '../views/search.js';
import { provenFolds } from './other-bits.js';

/** How many configs BBC-CV begins with. They are doubled until the estimate stands still. */
const FIRST_CONFIGS = 32;
/** The estimate stands still where it moves by less than this share of its deviation. */
const STILL = 0.1;
const DRAWS = 1000;
const INTERVAL_DRAWS = 2000;

/** BBC-CV over the best configs of a setting. */
export interface Corrected extends Omit<Bagged, 'chosen'> {
  /** How many of the best configs took part. */
  configs: number;
  /** How many others have a score, and were not trained again. */
  others: number;
  /** Whether more configs moved the estimate by less than a tenth of its deviation, or there are no more. */
  isStill: boolean;
  /** The configs that were the best of some draws, with their share of the draws, the most frequent first. */
  winners: { id: string; share: number }[];
  /** Configs whose scores here are not those of the log. They are left out. */
  differing: string[];
}

/** The score of one config on the validation samples, with its interval. */
export interface Validated extends Partial<Interval> {
  score: number;
  samples: number;
  method?: 'DeLong' | 'Wilson' | 'bootstrap';
  /** Why there is no interval. */
  why?: string;
}

/** A config with the predictions of its folds. */
type Predicted = { row: number; id: string; folds: FoldPrediction[] };

export interface BootstrapOptions {
  /** The folders of the prepared data and of kept predictions. */
  prepared: string;
  kept: string;
  alpha: number;
  /** The most configs that are trained again. */
  most: number;
  /** Called after each config. */
  onConfig?(done: number): void;
}

/**
 * BBC-CV over the best of some rows of one setting. The best 32 are trained again, then twice as many, until the
 * estimate stands still. Throws InputError where a fold has too few samples of a class to draw from, and where no
 * config gives the scores of the log.
 * @param rows those with a score over folds
 */
export async function corrected(
  search: Search,
  rows: readonly number[],
  { prepared, kept, alpha, most, onConfig }: BootstrapOptions,
): Promise<Corrected> {
  const { state } = search;
  const sign = rankingDirection(state.groupOf(rows[0])) === 'max' ? 1 : -1;
  const byScore = [...rows].sort((a, b) => sign * (state.cv[b] - state.cv[a]) || a - b);
  const wanted = byScore.slice(0, most);
  const predicted: Predicted[] = [];
  const differing: string[] = [];
  let seen = 0;
  let last: (Bagged & { isStill: boolean }) | undefined;
  let source: { config: Config; data: SplitData } | undefined;
  const cache = new StageCache();
  for (let size = FIRST_CONFIGS; seen < wanted.length; size *= 2) {
    for await (const batch of search.results(wanted.slice(seen, size)))
      for (const { row, config, finished } of batch) {
        seen++;
        onConfig?.(seen);
        if (!config || !finished) continue;
        source ??= { config, data: readPrepared(prepared, config.data) };
        const folds = await provenFolds(config, finished, source.data, { kept, cache });
        if (folds) predicted.push({ row, id: config.id, folds });
        else differing.push(config.id);
      }
    if (!source || predicted.length === 0) continue;
    // Of equal scores in a draw, the config that was enqueued first is the best.
    predicted.sort((a, b) => a.row - b.row);
    const found = bag(predicted, source, sign, alpha);
    const isStill = last !== undefined && Math.abs(found.estimate - last.estimate) < STILL * found.deviation;
    last = { ...found, isStill };
    if (isStill) break;
  }
  if (!last) throw nothingEqual(differing);
  const { chosen, ...rest } = last;
  const winners = predicted.map(({ id }, i) => ({ id, share: chosen[i] / rest.draws }));
  return {
    ...rest,
    configs: predicted.length,
    others: rows.length - seen,
    isStill: last.isStill || seen === rows.length,
    winners: winners.filter(({ share }) => share > 0).sort((a, b) => b.share - a.share),
    differing,
  };
}

/** The error where no config can be predicted again. */
export function nothingEqual(differing: readonly string[]): InputError {
  const hint =
    differing.length > 0
      ? `spt show ${differing[0]} prints the version of spt that trained it.`
      : 'Run spt doctor: the records of the best configs could not be read.';
  return new InputError('no-predictions', 'no config gives the scores again that the log has', { hint });
}

function bag(
  predicted: readonly Predicted[],
  { config, data }: { config: Config; data: SplitData },
  sign: 1 | -1,
  alpha: number,
): Bagged {
  const scorers = predicted.map(({ folds }) => folds.map(fold => scorerOf(fold, findMetric(config.scoring))));
  const samples = data.train.index.length;
  const predictions = {
    ...{ configs: predicted.length, folds: predicted[0].folds.length, samples, sign },
    score: (one: number, fold: number, weights: Int32Array) => scorers[one][fold](weights),
  };
  const strata = strataFor(config, data, predicted[0].folds);
  const found = bagged(predictions, strata, { draws: DRAWS, seed: config.seed, alpha });
  if (found) return found;
  throw tooFew(`${config.scoring} is not defined for most draws`);
}

/**
 * The samples in the sets that are drawn from: those of one fold and class, or the groups of a fold. With repeats, a
 * sample is in several folds, so only the class is kept. Values count as one class.
 */
export function strataFor({ cv }: Config, { train }: SplitData, folds: readonly FoldPrediction[]): Strata {
  const { target } = train;
  const n = train.index.length;
  const [codes, k] = target.kind === 'classes' ? [target.codes, target.k] : [new Int32Array(n), 1];
  const foldOf = new Int32Array(n);
  const hasRepeats = folds.some(({ repeat }) => repeat > 0);
  if (!hasRepeats) for (const { fold, rows } of folds) for (const row of rows) foldOf[row] = fold;
  const groups = cv?.group === undefined ? undefined : train.groups;
  const strata = strataOf(n, i => (groups ? foldOf[i] : foldOf[i] * k + codes[i]), groups);
  const fewest = Math.min(...strata.map(units => units.length));
  if (fewest < 2)
    throw tooFew(`a fold has one ${groups ? 'group' : k > 1 ? 'sample of a class' : 'sample'} only`);
  return strata;
}

/** The error for folds that the bootstrap cannot draw from. */
export function tooFew(why: string): InputError {
  return new InputError('too-few-to-draw', `the bootstrap cannot draw from these folds: ${why}`, {
    expected: 'at least two to draw from in each fold',
    hint: 'Ask for no bootstrap, or search again with fewer folds.',
  });
}

/** A function of weights that scores one config in one fold; NaN where the metric is not defined. */
export function scorerOf(fold: FoldPrediction, metric: Metric): (weights: Int32Array) => number {
  const { rows, truth, outputs } = fold;
  const values = metric.name === 'roc_auc' && !fold.weights ? rankingValues(outputs) : undefined;
  if (values) {
    const ranked = new RankedFold(
      rows,
      values,
      Array.from(truth, code => code === 1),
    );
    return weights => ranked.area(weights);
  }
  return weights => {
    const places: number[] = [];
    rows.forEach((row, place) => {
      for (let times = weights[row]; times > 0; times--) places.push(place);
    });
    return scoreOf(metric, fold, Int32Array.from(places)) ?? NaN;
  };
}

/** The values by which the metric orders samples of two classes. */
function rankingValues(outputs: Outputs): Float64Array | undefined {
  if (outputs.classes !== 2) return undefined;
  return outputs.decision ?? outputs.proba?.filter((_, i) => i % 2 === 1);
}

/** The score of some places among samples; a place may occur several times. */
export function scoreOf(
  metric: Metric,
  { truth, outputs, weights }: Scorable,
  places: Int32Array,
): number | null {
  if (places.length === 0) return null;
  const pick = <T extends Int32Array | Float64Array>(all: T): T => {
    const width = all.length / truth.length;
    const picked = all.slice(0, 0).constructor as new (length: number) => T;
    const found = new picked(places.length * width);
    places.forEach((place, i) => found.set(all.subarray(place * width, (place + 1) * width), i * width));
    return found;
  };
  return score(metric, pick(truth), pickOutputs(outputs, pick), weights && pick(weights));
}

/** The outputs for some samples, given what picks these samples from an array. */
function pickOutputs(outputs: Outputs, pick: <T extends Int32Array | Float64Array>(all: T) => T): Outputs {
  if (outputs.classes === undefined) return { values: pick(outputs.values) };
  const { decision, proba, labels } = outputs;
  return {
    ...outputs,
    decision: decision && pick(decision),
    proba: proba && pick(proba),
    labels: labels && pick(labels),
  };
}

/**
 * The score of a config on the validation samples with its interval: DeLong for the area under the ROC curve, Wilson
 * for the share of right labels, and the bootstrap for the rest. Undefined where the split has no validation samples.
 */
export async function validated(
  config: Config,
  finished: Finished,
  { prepared, kept, alpha }: BootstrapOptions,
): Promise<Validated | undefined> {
  const data = readPrepared(prepared, config.data);
  const { validate, digest } = await validationOf(config, finished, data, { kept });
  const metric = findMetric(config.scoring);
  const value = validate?.scores[metric.name];
  if (!validate || value === null || value === undefined) return undefined;
  const known = { score: value, samples: validate.rows.length };
  if (digest !== finished.digest)
    return { ...known, why: 'the model is not that of the log (spt rebuild tells more)' };
  return { ...known, ...intervalOf(metric, validate, value, alpha, config.seed) };
}

/** The interval of a score on the validation samples, or why there is none. */
export function intervalOf(
  metric: Metric,
  samples: Scorable,
  value: number,
  alpha: number,
  seed: number,
): Omit<Validated, 'score' | 'samples'> {
  const { truth, outputs, weights } = samples;
  const values = metric.name === 'roc_auc' && !weights ? rankingValues(outputs) : undefined;
  if (values) {
    const found = delong(values, truth, alpha);
    if (found) return { low: found.low, high: found.high, method: 'DeLong' };
    return { why: 'DeLong needs two samples of each class, and an area that is neither 0 nor 1' };
  }
  if (metric.name === 'accuracy' && !weights)
    return { ...wilson(Math.round(value * truth.length), truth.length, alpha), method: 'Wilson' };
  const draws = INTERVAL_DRAWS;
  const scored = (rows: Int32Array): number | null => scoreOf(metric, samples, rows);
  const strata = truth instanceof Int32Array ? truth : new Int32Array(truth.length);
  const found = bootstrapInterval(strata, scored, { alpha, draws, seed });
  if (found) return { ...found, method: 'bootstrap' };
  return { why: `${metric.name} is not defined for most draws` };
}
