/** Fits that are made again and have to give what the log has: what is said where they do not. */
import type { Config } from '../base/config.js';
import type { SplitData } from '../base/dataset.js';
import { Failure, InputError } from '../base/errors.js';
import type { Finished } from '../events/format/event.js';
import { firstDifference, type FoldPrediction, type ScoreDifference } from '../ml/predictions.js';
import { foldsOf, type Source } from '../predictions/proven.js';
import { printable } from '../terminal/printable.js';
import { VERSION } from './package.js';

/** The predictions of the folds of a config; undefined where their scores are not those of the log. */
export async function provenFolds(
  config: Config,
  finished: Finished,
  data: SplitData,
  source: Source,
): Promise<FoldPrediction[] | undefined> {
  const found = await foldsOf(config, finished, data, source);
  return found && !firstDifference({ cv: found.scores }, finished.scores) ? found.folds : undefined;
}

/**
 * The error for a model that is not the model of the log.
 * @param besides what else is known, for example: with equal scores
 */
export function otherModel(
  { config, digest: expected, versions }: Finished,
  digest: string,
  besides = '',
): Failure {
  const message =
    `config ${config} gave another model than before${besides && `, ${besides}`}: its digest is ${digest}, ` +
    `and the log has ${printable(expected, 80)}`;
  return new Failure('digest-differs', message, whyDifferent(versions, 'model'));
}

/** The error for scores that are not those of the log. */
export function otherScores(
  { config, versions }: Finished,
  { part, metric, of, here, logged }: ScoreDifference,
): Failure {
  const where = of === undefined ? part : typeof of === 'number' ? `fold ${of}` : `${of} over the folds`;
  const message =
    `config ${config} gave other scores than before: ${printable(metric, 60)} (${where}) is ${inWords(here)}, ` +
    `and the log has ${inWords(logged)}`;
  return new Failure('scores-differ', message, whyDifferent(versions, 'predictions'));
}

function inWords(value: unknown): string {
  return typeof value === 'number' ? String(value) : value === undefined ? 'none' : 'no defined score';
}

/** The failure of a config whose fits the data or the steps forbid here; any other error as it is. */
export function notTrainedAgain({ id }: Config, cause: unknown): unknown {
  if (!(cause instanceof InputError)) return cause;
  const message = `the config ${id} cannot be trained here: ${cause.message}`;
  return new Failure('not-trained-again', message, cause.complaint.hint, { cause });
}

/** What may be the reason, given the versions that trained a config before. */
function whyDifferent(versions: Finished['versions'], what: 'model' | 'predictions'): string {
  const before = printable(String(versions.spt), 40);
  return before === VERSION
    ? `The same version, spt ${VERSION}, trained it before, under Node ${printable(String(versions.node), 40)}. ` +
        'Engines other than the default may differ between machines.'
    : `spt ${before} trained it, and this is spt ${VERSION}. CHANGELOG.md names the steps whose models have ` +
        `changed since. spt ${before} gives the same ${what} again.`;
}
