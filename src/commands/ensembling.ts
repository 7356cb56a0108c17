/**
 * What `spt ensemble` computes: a weighted mean of the best configs that have probabilities or values, chosen by their
 * out-of-fold predictions, what the bootstrap says of it beside the best single config, and both on the validation
 * samples. The predictions are those of the log only where their scores are, bit for bit.
 */
import type { Config } from '../base/config.js';
import type { SplitData } from '../base/dataset.js';
import { rankingDirection } from '../base/direction.js';
import { InputError } from '../base/errors.js';
import { readPrepared } from '../data/store.js';
import type { Finished } from '../events/format/event.js';
import { weightedMean } from '../ml/ensemble.js';
import type { FoldPrediction } from '../ml/predictions.js';
import type { Scorable } from '../ml/scored.js';
import { findMetric, score } from '../ml/scoring/metrics.js';
import type { Metric, Outputs } from '../ml/scoring/types.js';
import { StageCache } from '../ml/stages.js';
import { validationOf } from '../predictions/proven.js';
import { chooseEnsemble, ensembleScore, type Library, type Scorer } from '../statistics/ensemble.js';
import { estimateEnsemble, type EnsembleEstimate } from '../statistics/ensemble-estimate.js';
import { WeightedArea } from '../statistics/weighted-area.js';
import type { Search } from '../views/search.js';
import {
  intervalOf,
  nothingEqual,
  scoreOf,
  scorerOf,
  strataFor,
  tooFew,
  type Validated,
} from './bootstrapping.js';
import { provenFolds } from './other-bits.js';

/** A config whose folds were predicted again. */
interface Predicted {
  row: number;
  config: Config;
  finished: Finished;
  folds: FoldPrediction[];
}

/** A member of the ensemble. */
export interface Chosen {
  id: string;
  pipeline: string;
  weight: number;
  /** Its mean score over the folds. */
  score: number;
  digest: string;
}

/** An ensemble, the best single config, and what is known of both. */
export interface Ensembled {
  /** With the largest weight first. */
  members: Chosen[];
  /** How many configs could be mixed. */
  library: number;
  /** The score over the folds of the samples that chose it. */
  naive: number;
  /** The best single config, with or without probabilities. */
  single: { id: string; pipeline: string; score: number };
  estimate?: EnsembleEstimate;
  /** The scores on the validation samples, where there are any. */
  validation?: { ensemble?: Validated; single?: number; why?: string };
  /** Classifiers without probabilities, and how many configs of each were left out. */
  unmixed: { name: string; configs: number }[];
  /** Configs whose scores here are not those of the log. They are left out. */
  differing: string[];
  /** The digest of the prepared data, and the seed of the search. */
  data: string;
  seed: number;
}

export interface EnsembleOptions {
  /** The folders of the prepared data and of kept predictions. */
  prepared: string;
  kept: string;
  alpha: number;
  /** How many of the best configs are trained again. */
  from: number;
  size: number;
  bags: number;
  /** Draws of the bootstrap; 0 for none. */
  draws: number;
  /** Called after each piece of work. */
  onStep?(what: string, done: number, of: number): void;
}

/**
 * The ensemble of the best of some rows of one setting, whose scores over folds are known. Throws InputError where
 * fewer than two configs can be mixed, and where the folds have too few samples to draw from.
 */
export async function ensembled(
  search: Search,
  rows: readonly number[],
  options: EnsembleOptions,
): Promise<Ensembled> {
  const { state } = search;
  const sign = rankingDirection(state.groupOf(rows[0])) === 'max' ? 1 : -1;
  const best = [...rows].sort((a, b) => sign * (state.cv[b] - state.cv[a]) || a - b).slice(0, options.from);
  const { predicted, differing, data } = await predictedAgain(search, best, options);
  if (!data) throw nothingEqual(differing);
  const mixable = predicted.filter(({ folds }) => folds.every(({ outputs }) => numbersOf(outputs)));
  const unmixed = unmixedOf(predicted.filter(one => !mixable.includes(one)));
  if (mixable.length < 2) throw nothingToMix(mixable.length, unmixed);
  const [{ config }] = mixable;
  const metric = findMetric(config.scoring);
  const library = libraryOf(mixable, metric, sign);
  const growth = { size: options.size, bags: options.bags, seed: config.seed };
  const ones = new Int32Array(data.train.index.length).fill(1);
  const shares = chooseEnsemble(library, ones, growth);
  if (!shares) throw nothingEqual(differing);
  const members = mixable
    .map((one, place) => ({ ...one, weight: shares[place] }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight || a.row - b.row);
  const first = predicted.reduce((found, one) =>
    sign * (state.cv[one.row] - state.cv[found.row]) > 0 ? one : found,
  );
  const validation = await validated(members, first, { metric, data, options });
  return {
    members: members.map(({ row, config: { id, pipeline }, finished: { digest }, weight }) => ({
      ...{ id, pipeline, weight, score: state.cv[row], digest },
    })),
    library: mixable.length,
    naive: ensembleScore(library, shares, ones),
    single: { id: first.config.id, pipeline: first.config.pipeline, score: state.cv[first.row] },
    ...(options.draws > 0 && { estimate: estimated(library, predicted, { metric, data, growth, options }) }),
    ...(validation && { validation }),
    ...{ unmixed, differing, data: config.data, seed: config.seed },
  };
}

/** The rows whose predictions could be had, in the order in which they were enqueued. */
async function predictedAgain(
  search: Search,
  rows: readonly number[],
  { prepared, kept, onStep }: EnsembleOptions,
): Promise<{ predicted: Predicted[]; differing: string[]; data?: SplitData }> {
  const predicted: Predicted[] = [];
  const differing: string[] = [];
  let data: SplitData | undefined;
  let seen = 0;
  const cache = new StageCache();
  for await (const batch of search.results(rows))
    for (const { row, config, finished } of batch) {
      onStep?.('configs trained again', ++seen, rows.length);
      if (!config || !finished) continue;
      data ??= readPrepared(prepared, config.data);
      const folds = await provenFolds(config, finished, data, { kept, cache });
      if (folds) predicted.push({ row, config, finished, folds });
      else differing.push(config.id);
    }
  return {
    predicted: predicted.sort((a, b) => a.row - b.row),
    differing,
    ...(predicted.length > 0 && { data }),
  };
}

/** The configs that cannot be mixed, by their classifiers. */
function unmixedOf(predicted: readonly Predicted[]): Ensembled['unmixed'] {
  const counts = new Map<string, number>();
  for (const { config } of predicted) {
    const [name] = Object.keys(config.steps.at(-1)!);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, configs]) => ({ name, configs }));
}

function nothingToMix(configs: number, unmixed: Ensembled['unmixed']): InputError {
  const names = unmixed.map(({ name }) => name).join(', ');
  const why = names === '' ? '' : `: ${names} has no probabilities here`;
  const found = configs === 1 ? 'there is one' : 'there is none';
  const message = `an ensemble needs two configs with probabilities, and ${found}${why}`;
  return new InputError('nothing-to-mix', message, {
    expected: 'classifiers with probabilities',
    hint: 'Name more pipelines or raise --from. SVC has probabilities with probability: true.',
  });
}

/** The numbers that are averaged: probabilities, or values. Undefined for a classifier without probabilities. */
const numbersOf = (outputs: Outputs): Float64Array | undefined =>
  outputs.classes === undefined ? outputs.values : outputs.proba;

/** Averaged numbers as a metric reads them. */
const outputsWith = (numbers: Float64Array, { classes }: Outputs): Outputs =>
  classes === undefined ? { values: numbers } : { classes, proba: numbers };

/** Mean probabilities as the metric reads them: of two classes, the area needs those of the positive class only. */
function libraryOf(mixable: readonly Predicted[], metric: Metric, sign: 1 | -1): Library {
  const [{ folds }] = mixable;
  const isArea = metric.name === 'roc_auc' && folds[0].outputs.classes === 2 && !folds[0].weights;
  const values = mixable.map(one =>
    one.folds.map(({ outputs }) => {
      const numbers = numbersOf(outputs)!;
      return isArea ? numbers.filter((_, i) => i % 2 === 1) : numbers.slice();
    }),
  );
  return {
    ...{ members: mixable.length, folds: folds.length, sign },
    values: (member, fold) => values[member][fold],
    scorer: (fold, weights) =>
      isArea ? areaScorer(folds[fold], weights) : metricScorer(folds[fold], weights, metric),
  };
}

function areaScorer({ rows, truth }: FoldPrediction, weights: Int32Array): Scorer {
  const area = new WeightedArea(
    Array.from(rows, row => weights[row]),
    Array.from(truth, code => code === 1),
  );
  return values => area.of(values);
}

function metricScorer(fold: FoldPrediction, draws: Int32Array, metric: Metric): Scorer {
  const { rows, truth, outputs, weights } = fold;
  const places = Int32Array.from(
    Array.from(rows).flatMap((row, place) => new Array<number>(draws[row]).fill(place)),
  );
  return numbers =>
    scoreOf(metric, { truth, outputs: outputsWith(numbers, outputs), weights }, places) ?? NaN;
}

interface Asked {
  metric: Metric;
  data: SplitData;
  options: EnsembleOptions;
}

function estimated(
  library: Library,
  predicted: readonly Predicted[],
  {
    metric,
    data,
    growth,
    options: { draws, alpha, onStep },
  }: Asked & { growth: { size: number; bags: number; seed: number } },
): EnsembleEstimate {
  const [{ config, folds }] = predicted;
  const scorers = predicted.map(one => one.folds.map(fold => scorerOf(fold, metric)));
  const singles = {
    ...{
      configs: predicted.length,
      folds: folds.length,
      samples: data.train.index.length,
      sign: library.sign,
    },
    score: (one: number, fold: number, weights: Int32Array) => scorers[one][fold](weights),
  };
  const onDraw = (done: number): void => onStep?.('draws', done, draws);
  const found = estimateEnsemble(library, singles, strataFor(config, data, folds), {
    ...{ ...growth, draws, alpha, onDraw },
  });
  if (found) return found;
  throw tooFew(`${config.scoring} is not defined for most draws`);
}

/** The scores on the validation samples; undefined where the split has none. */
async function validated(
  members: readonly (Predicted & { weight: number })[],
  single: Predicted,
  { metric, data, options: { kept, alpha, onStep } }: Asked,
): Promise<Ensembled['validation']> {
  if (!data.validate) return undefined;
  const cache = new StageCache();
  const said: Float64Array[] = [];
  let known: Scorable | undefined;
  for (const [place, { config, finished }] of members.entries()) {
    const { validate, digest } = await validationOf(config, finished, data, { kept, cache });
    onStep?.('members trained again', place + 1, members.length);
    if (!validate) return undefined;
    if (digest !== finished.digest) {
      const why = `the model of ${config.id} is not that of the log (spt rebuild tells more)`;
      return { why };
    }
    said.push(numbersOf(validate.outputs)!);
    known = validate;
  }
  const numbers = weightedMean(
    members.map(({ weight }) => weight),
    said,
  );
  const { truth, weights } = known!;
  const mixed = { truth, weights, outputs: outputsWith(numbers, known!.outputs) };
  const value = score(metric, truth, mixed.outputs, weights);
  if (value === null) return undefined;
  const { config, finished } = single;
  const logged = finished.scores.validate?.[metric.name];
  const interval = intervalOf(metric, mixed, value, alpha, config.seed);
  return {
    ensemble: { score: value, samples: truth.length, ...interval },
    ...(typeof logged === 'number' && { single: logged }),
  };
}
