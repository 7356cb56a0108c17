import type { Config, CrossValidation } from '../base/config.js';
import type { SplitData } from '../base/dataset.js';
import { toldRanking } from '../base/direction.js';
import { InputError } from '../base/errors.js';
import { defaultFoldType, foldTypeFacts, foldTypeOf } from '../base/fold-types.js';
import { Rng } from '../base/rng.js';
import { didYouMean, oneOf } from '../base/suggest.js';
import { countFolds } from '../ml/folds.js';
import { findMetric } from '../ml/scoring/metrics.js';
import { DEFAULT_CV, DEFAULT_SCORING } from './defaults.js';
import type { WrittenFolds } from './fold-keys.js';
import { identified } from './identity.js';
import type { Experiment } from './load.js';
import { lazyPermutation } from './permutation.js';
import { MAX_SPACE, type Pipeline } from './pipeline.js';
import type { SplitNames } from './splits.js';

/**
 * All configs of some pipelines on some splits. They are made one after the other, and none is kept in memory.
 *
 * The order is random but reproducible. Each pipeline goes through its configs on all splits in a separate permutation.
 * The pipelines take turns so that all of them have done about the same share of their configs. So every pipeline has
 * early results, and a search that is stopped halfway has done half of each pipeline.
 */
export interface Enumeration {
  total: number;
  /** Per pipeline and split, in the order asked for. */
  counts: { pipeline: string; split: string; configs: number }[];
  /** The pipelines that were asked for, in that order. */
  pipelines: readonly Pipeline[];
  iterate(): Generator<Config, void>;
}

/** What a user asked for, besides splits. */
export interface Selection {
  /** Absent: all of them. */
  pipelines?: readonly string[];
}

/** A split whose data is prepared. */
export interface PreparedNames extends SplitNames {
  /** The digest of the prepared data. */
  data: string;
  /** How it is cross-validated; absent without cross-validation. */
  cv?: CrossValidation;
}

/** The cross-validation that `--cv` asks for. `folds` is absent where the data tells how many there are. */
export function crossValidation({ cv }: Pick<Experiment, 'cv'>): WrittenFolds {
  if (cv?.type !== undefined && foldTypeFacts(cv.type).isCounted) return cv;
  return { ...cv, folds: cv?.folds ?? DEFAULT_CV.folds };
}

/**
 * The cross-validation of a split, as its configs have it: with the number of folds, and without a type that is the
 * default. So a default that is written down trains nothing again.
 */
export function foldsOfSplit({ type, outer: _, ...cv }: WrittenFolds, { train }: SplitData): CrossValidation {
  const isDefault = type === undefined || type === defaultFoldType(cv, train.target.kind);
  const folds = cv.folds ?? countFolds(foldTypeOf({ ...cv, type }, train.target.kind), train);
  return { ...cv, folds, ...(!isDefault && { type }) };
}

const unique = (names: readonly string[]): string[] => [...new Set(names)];

const BLANKS = 'Separate names by blanks, not by commas.';

/** The pipelines with these names. Throws InputError `no-such-pipeline`. */
function pipelinesOf({ pipelines }: Experiment, names: readonly string[] | undefined): Pipeline[] {
  return unique(names ?? [...pipelines.keys()]).map(name => {
    const found = pipelines.get(name);
    if (found) return found;
    const hint = name.includes(',') ? BLANKS : didYouMean(name, pipelines.keys());
    const complaint = { value: name, expected: oneOf(pipelines.keys()), hint };
    throw new InputError('no-such-pipeline', 'there is no such pipeline', complaint);
  });
}

/**
 * The configs of a selection on some splits. Throws InputError when the name of a pipeline is unknown, or when there
 * are more than 50 million configs.
 */
export function configsOf(
  experiment: Experiment,
  selection: Selection,
  splits: readonly PreparedNames[],
): Enumeration {
  const pipelines = pipelinesOf(experiment, selection.pipelines);
  const counts = pipelines.flatMap(({ name, space }) =>
    splits.map(({ split }) => ({ pipeline: name, split, configs: space.size })),
  );
  const total = counts.reduce((sum, { configs }) => sum + configs, 0);
  if (total > MAX_SPACE) {
    const complaint = { value: `${total} configs`, expected: `at most ${MAX_SPACE}` };
    throw new InputError('too-many-configs', 'the search is too large', complaint);
  }
  const configAt = contents(experiment, splits);
  return {
    total,
    counts,
    pipelines,
    iterate: () => interleaved(pipelines, splits.length, experiment.seed, configAt),
  };
}

type ConfigAt = (pipeline: Pipeline, split: number, i: number) => Config;

/** The metric that ranks: the one that the file names, or else the usual one of the task. */
export function scoringOf({ scoring, source }: Pick<Experiment, 'scoring' | 'source'>): string {
  return scoring ?? DEFAULT_SCORING[source.task ?? 'classification'];
}

/** How a pipeline, a split and a place in the pipeline's space become a config. */
function contents(experiment: Experiment, splits: readonly PreparedNames[]): ConfigAt {
  const { seed } = experiment;
  const scoring = scoringOf(experiment);
  const ranking = toldRanking(scoring, experiment.direction ?? findMetric(scoring).direction);
  const metrics = unique([scoring, ...experiment.metrics]);
  return (pipeline, which, i) => {
    const { data, ...rest } = splits[which];
    const steps = pipeline.space.at(i);
    return identified({ pipeline: pipeline.name, steps, ...rest, ...ranking, metrics, seed, data });
  };
}

function* interleaved(
  pipelines: Pipeline[],
  splits: number,
  seed: number,
  configAt: ConfigAt,
): Generator<Config, void> {
  const streams = pipelines.map(pipeline => {
    const { name, space } = pipeline;
    const size = space.size * splits;
    const order = lazyPermutation(size, Rng.from('order', seed, name));
    return { pipeline, size, order, done: 0 };
  });
  for (;;) {
    let next = streams[0];
    for (const stream of streams) if (stream.done * next.size < next.done * stream.size) next = stream;
    if (next === undefined || next.done === next.size) return;
    const place = next.order(next.done++);
    yield configAt(next.pipeline, place % splits, Math.floor(place / splits));
  }
}
