/**
 * The predictions behind the scores of a config: those that a worker kept, where they give the scores of the log, and
 * otherwise those of the same fits, made again. Whoever needs predictions asks here.
 */
import type { Config } from '../base/config.js';
import type { SplitData } from '../base/dataset.js';
import type { Finished } from '../events/format/event.js';
import { ready } from '../ml/evaluate.js';
import {
  firstDifference,
  heldOut,
  outOfFold,
  scoredFolds,
  scoredValidation,
  type HeldOut,
  type OutOfFold,
} from '../ml/predictions.js';
import type { StageCache } from '../ml/stages.js';
import { readKept, type Kept } from './kept.js';

export interface Source {
  /** The folder of kept predictions; without it, the fits are made again. */
  kept?: string;
  /** Shared by the configs that are fitted again on the same data. */
  cache?: StageCache;
}

/**
 * The predictions of the folds; undefined without cross-validation. Where the fits were made again, their scores can
 * differ from the log's, and `firstDifference` tells it. Throws what `outOfFold` throws.
 */
export async function foldsOf(
  config: Config,
  finished: Finished,
  data: SplitData,
  source: Source,
): Promise<Pick<OutOfFold, 'folds' | 'scores'> | undefined> {
  const kept = keptOf(finished, source);
  const found = kept && scoredFolds(config, data, kept.folds);
  if (found && !firstDifference({ cv: found.scores }, finished.scores)) return found;
  await ready(config.steps);
  return outOfFold(config, data, { cache: source.cache });
}

/** The predictions of the validation samples, and the digest of the model; see `foldsOf` and `heldOut`. */
export async function validationOf(
  config: Config,
  finished: Finished,
  data: SplitData,
  source: Source,
): Promise<Pick<HeldOut, 'validate' | 'digest'>> {
  const kept = keptOf(finished, source);
  const found = kept?.validate && scoredValidation(config, data, kept.validate);
  if (found && !firstDifference({ validate: found.scores }, finished.scores))
    return { validate: found, digest: kept.digest };
  await ready(config.steps);
  return heldOut(config, data, { cache: source.cache });
}

/** What was kept beside the model of the log. */
function keptOf({ config, digest }: Finished, { kept: folder }: Source): Kept | undefined {
  const kept = folder === undefined ? undefined : readKept(folder, config);
  return kept?.digest === digest ? kept : undefined;
}
