/**
 * The curves of a report: the best model of each pipeline is trained on the folds again, and what it says of the
 * samples that it did not see becomes curves, confusions, and a list of samples that most of these models get wrong.
 */
import type { Config } from '../base/config.js';
import { classNames, type SplitData } from '../base/dataset.js';
import { Failure, InputError } from '../base/errors.js';
import { counted } from '../base/listing.js';
import { readPrepared } from '../data/store.js';
import { ofClasses, type ClassFoldPrediction, type FoldPrediction } from '../ml/predictions.js';
import { StageCache } from '../ml/stages.js';
import type { Curves, ModelCurves, WrongSample } from '../page/document.js';
import type { Choice } from '../report/document.js';
import type { Gathered, Gathering } from '../report/gather.js';
import {
  areaUnder,
  brierOf,
  calibrationOf,
  meanPrecisionRecall,
  meanRoc,
  rocCurve,
  type FoldValues,
} from '../statistics/curves.js';
import { duration } from '../terminal/units.js';
import { provenFolds } from './other-bits.js';
import { predictedValues } from './report-values.js';

/** The most models whose curves are drawn, and the most samples that are listed. */
const MOST_MODELS = 6;
const MOST_SAMPLES = 30;

export interface CurveOptions {
  /** The folders of the prepared data and of kept predictions. */
  prepared: string;
  kept: string;
  /** For how many seconds models may be trained, by the times in the log: the same log gives the same curves. */
  seconds: number;
}

/** Why a setting has no curves, and what to do about it on this machine. */
export interface NoCurves {
  why: string;
  hint?: string;
}

/** The curves of each setting, or why there are none, by number of the setting. */
export async function curvesOf(
  gathering: Gathering,
  choices: ReadonlyMap<number, Choice>,
  options: CurveOptions,
): Promise<Map<number, Curves | NoCurves>> {
  const found = new Map<number, Curves | NoCurves>();
  for (const gathered of gathering.settings) {
    const choice = choices.get(gathered.setting);
    // Other settings than those of this search are shown without curves.
    if (!choice || gathered.differs.length > 0) continue;
    found.set(gathered.setting, await curvesFor(gathering, gathered, choice, options));
  }
  return found;
}

/** Curves count samples. They would not be those of the scores, which weigh them. */
const WEIGHTLESS: NoCurves = {
  why: 'There are no curves, because curves count samples, and the scores of this search weigh them.',
};

/** A config with what its models say of each fold. */
interface Predicted {
  config: Config;
  folds: FoldPrediction[];
}

async function curvesFor(
  { search }: Gathering,
  { rows, setting }: Gathered,
  choice: Choice,
  { prepared, kept, seconds }: CurveOptions,
): Promise<Curves | NoCurves> {
  if (seconds === 0) return { why: 'Curves were not asked for (--refit 0).' };
  if (!search.setting(setting).cv) {
    const why = 'There are no curves, because the configs have no folds.';
    return { why, hint: 'Enqueue with --cv to have them.' };
  }
  const wanted = rows.bestOfPipelines(choice.row, MOST_MODELS);
  const affordable = withinTime(wanted, row => rows.secondsOf(row), seconds);
  if (affordable.length === 0) {
    const needed = duration(rows.secondsOf(choice.row));
    return {
      why: `There are no curves, because the chosen config took ${needed} to train.`,
      hint: '--refit SECONDS allows more.',
    };
  }
  let data: SplitData;
  const predicted: Predicted[] = [];
  const differing: string[] = [];
  const cache = new StageCache();
  try {
    for await (const batch of search.results(affordable))
      for (const { config, finished } of batch) {
        if (!config || !finished) continue;
        data ??= readPrepared(prepared, config.data);
        if (data.train.weights) return WEIGHTLESS;
        const folds = await provenFolds(config, finished, data, { kept, cache });
        if (folds) predicted.push({ config, folds });
        else differing.push(config.id);
      }
  } catch (error) {
    if (!(error instanceof Failure || error instanceof InputError)) throw error;
    const hint = error instanceof Failure ? error.hint : error.complaint.hint;
    return { why: `There are no curves: ${error.message}.`, ...(hint !== undefined && { hint }) };
  }
  if (predicted.length === 0) {
    const which = counted(differing.length, 'config');
    const why = `${which} did not give the scores of the log again`;
    return { why: `There are no curves, because ${why}. Another version of spt trained them.` };
  }
  return data!.target.kind === 'values'
    ? { models: [], predicted: predicted.map(({ config, folds }) => predictedValues(config, folds)) }
    : classCurves(
        predicted.map(({ config, folds }) => ({ config, folds: ofClasses(folds) })),
        data!,
      );
}

/** A config of classes with what its models say of each fold. */
interface PredictedClasses {
  config: Config;
  folds: ClassFoldPrediction[];
}

function classCurves(predicted: readonly PredictedClasses[], data: SplitData): Curves {
  const models = predicted.map(one => modelCurves(one, data));
  return { models, ...(models.length > 1 && { samples: wrongSamples(predicted, data) }) };
}

/** The first rows whose times together are within the limit. */
function withinTime(rows: readonly number[], secondsOf: (row: number) => number, limit: number): number[] {
  let sum = 0;
  return rows.filter(row => (sum += secondsOf(row)) <= limit);
}

function modelCurves({ config, folds }: PredictedClasses, { target }: SplitData): ModelCurves {
  const classes = classNames(target);
  const confusion = classes.map(() => classes.map(() => 0));
  for (const { repeat, truth, outputs } of folds)
    if (repeat === 0) truth.forEach((code, i) => confusion[code][outputs.labels[i]]++);
  const model = { id: config.id, pipeline: config.pipeline, classes, confusion };
  if (classes.length !== 2) return model;
  const ranked = folds.map(rankingOf);
  const hasRanking = ranked.every(fold => fold !== undefined);
  const likely = folds.map(probabilitiesOf);
  const hasLikely = likely.every(fold => fold !== undefined);
  const pooled = hasLikely ? joined(likely as FoldValues[]) : undefined;
  const areas = (ranked as FoldValues[]).map(fold => {
    const curve = hasRanking ? rocCurve(fold) : undefined;
    return curve ? rounded(areaUnder(curve)) : null;
  });
  return {
    ...model,
    ...(hasRanking && {
      roc: roundedPoints(meanRoc(ranked as FoldValues[])),
      precisionRecall: roundedPoints(meanPrecisionRecall(ranked as FoldValues[])),
      areas,
    }),
    ...(pooled && {
      calibration: calibrationOf(pooled).map(([p, share, n]) => [rounded(p), rounded(share), n]),
      brier: rounded(brierOf(pooled)),
    }),
  };
}

const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;

const roundedPoints = (points: [number, number][] | undefined): [number, number][] | undefined =>
  points?.map(([x, y]) => [rounded(x), rounded(y)]);

/** The probability of the positive class of each sample; undefined where the model gives none. */
function probabilitiesOf({ truth, outputs }: ClassFoldPrediction): FoldValues | undefined {
  const { proba } = outputs;
  return proba && { truth, values: Float64Array.from(truth, (_, i) => proba[2 * i + 1]) };
}

/** What orders the samples: the decision, or the probability. */
function rankingOf(fold: ClassFoldPrediction): FoldValues | undefined {
  const { decision } = fold.outputs;
  return decision ? { truth: fold.truth, values: decision } : probabilitiesOf(fold);
}

function joined(folds: readonly FoldValues[]): FoldValues {
  return {
    truth: folds.flatMap(({ truth }) => Array.from(truth)),
    values: folds.flatMap(({ values }) => Array.from(values)),
  };
}

/** How the models stand to one sample. */
interface Standing {
  wrong: number;
  labels: number[];
  /** The sum of the probabilities of its own class, and how many models give one. */
  probability: number;
  probable: number;
}

/** The samples that more than half of the models get wrong, in the first drawing of the folds. */
function wrongSamples(
  predicted: readonly PredictedClasses[],
  { target, train }: SplitData,
): Curves['samples'] {
  const classes = classNames(target);
  const standings = new Map<number, Standing & { truth: number }>();
  for (const { folds } of predicted)
    for (const { repeat, rows, truth, outputs } of folds) {
      if (repeat > 0) continue;
      rows.forEach((row, i) => {
        const none = { truth: truth[i], wrong: 0, labels: classes.map(() => 0), probability: 0, probable: 0 };
        const standing = standings.get(row) ?? none;
        standings.set(row, standing);
        const label = outputs.labels[i];
        standing.labels[label]++;
        if (label !== truth[i]) standing.wrong++;
        if (!outputs.proba) return;
        standing.probability += outputs.proba[classes.length * i + truth[i]];
        standing.probable++;
      });
    }
  const lines = [...standings]
    .filter(([, { wrong }]) => wrong > predicted.length / 2)
    .map(([row, { truth, wrong, labels, probability, probable }]): WrongSample => {
      const label = classes[labels.indexOf(Math.max(...labels))];
      const mean = probable > 0 ? { probability: rounded(probability / probable) } : {};
      return { sample: train.index[row], truth: classes[truth], label, wrong, ...mean };
    });
  lines.sort((a, b) => b.wrong - a.wrong || (a.probability ?? 0) - (b.probability ?? 0));
  return { models: predicted.length, total: lines.length, lines: lines.slice(0, MOST_SAMPLES) };
}
