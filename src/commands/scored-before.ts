/** What is asked of a config whose samples are predicted again: that the log has their scores. */
import type { Config } from '../base/config.js';
import { Failure, InputError } from '../base/errors.js';
import type { Finished } from '../events/format/event.js';
import { printable } from '../terminal/printable.js';
import type { Journal } from '../log/journal.js';

/** Which samples: those of the folds, or the validation samples. */
export type Which = 'oof' | 'validate';

/** The outcome of a config that has finished. Throws Failure `no-scores`. */
export async function finishedOutcome(journal: Journal, row: number, { id }: Config): Promise<Finished> {
  const outcome = (await journal.readOutcome(row))?.event;
  if (outcome?.type === 'finished') return outcome;
  const message = journal.state.statusOf(row) === 'failed' ? outcome?.message : undefined;
  const why = message === undefined ? 'it has not finished' : `it failed: ${printable(message, 400)}`;
  const hint =
    message === undefined
      ? 'Run spt work first.'
      : `spt show ${id} tells more, and spt retry ${id} tries it again.`;
  throw new Failure('no-scores', `the log has no scores of the config ${id}, because ${why}`, hint);
}

/**
 * Refuses samples that the config was not scored on. Throws InputError `not-asked`.
 * @param option what asks for the samples: `--oof`
 */
export function refuseUnscored({ id, cv, validate }: Config, which: Which, option = `--${which}`): void {
  if (which === 'oof' ? cv : validate) return;
  const other = which === 'oof' ? validate && '--validate' : cv && '--oof';
  const what = which === 'oof' ? 'was not cross-validated' : 'has no validation samples';
  const needed = which === 'oof' ? '--cv' : '--validate';
  throw new InputError('not-asked', `the config ${id} ${what}`, {
    value: option,
    ...(option === `--${which}` && other !== undefined && { expected: other }),
    hint: `Run spt enqueue with ${needed}, and then spt work. This makes other configs, with such scores.`,
  });
}
