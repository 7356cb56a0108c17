/** Logs of searches with scores over folds, for the commands that choose and compare. */
import type { Config, ModelSize } from '../src/base/config.js';
import { readPrepared } from '../src/data/store.js';
import type { Draft, Finished } from '../src/events/format/event.js';
import { evaluate, ready } from '../src/ml/evaluate.js';
import { claim, finish } from './log-helpers.js';
import type { Search } from './search.js';
import { writeLog } from './written-log.js';

/** The parts of an outcome that a test names. */
export interface Outcome extends Partial<Pick<Finished, 'scores' | 'size' | 'digest' | 'unranked'>> {
  /** The scores of the folds, for the metric of the config. */
  folds?: number[];
}

/** A size of a model. */
export const sizeWith = (features: number, parts: number): ModelSize => ({ features, coefficients: parts });

/** Writes a log in which the i-th config finished with the i-th outcome. */
export function writeOutcomes(
  search: Search,
  configs: readonly Config[],
  outcomes: readonly Outcome[],
): void {
  const epoch = configs.length + 1;
  const finished = outcomes.map(({ folds, ...rest }, i): Draft => {
    const mean = (folds ?? []).reduce((sum, score) => sum + score, 0) / (folds?.length ?? 1);
    const cv = folds && { cv: { [configs[i].scoring]: { mean, std: 0, folds } } };
    return { ...finish(i, epoch), config: configs[i].id, scores: cv ?? {}, ...rest };
  });
  writeLog(search, [
    ...configs.map((config): Draft => ({ type: 'enqueued', config })),
    { ...claim('w1'), configs: configs.map(({ id }) => id) },
    ...finished,
  ]);
}

/** Enqueues with these options, and finishes every config with what a worker would find. */
export async function trainHere(search: Search, ...options: string[]): Promise<Config[]> {
  const { code, err } = await search.sptHere('enqueue', ...options);
  if (code !== 0) throw new Error(err);
  const configs: Config[] = search.events().map(({ config }) => config);
  const outcomes: Outcome[] = [];
  for (const config of configs) {
    await ready(config.steps);
    const data = readPrepared(`${search.root}/data/.prepared`, config.data);
    const { scores, digest, size } = evaluate(config, data);
    outcomes.push({ scores, digest, size });
  }
  writeOutcomes(search, configs, outcomes);
  return configs;
}
