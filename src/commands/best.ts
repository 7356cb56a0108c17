/** The best config of the one setting that the options name: what `--best` means. */
import type { Beside } from '../events/ask/summary.js';
import type { Host } from '../log/host.js';
import type { Journal } from '../log/journal.js';
import { unscoredOf } from './failures.js';
import { firstOf, leftOutNotes, nothingBest, oneSetting } from './one-setting.js';

/** The options that choose among the configs. */
export interface Choice {
  split?: string;
  pipelines?: string[];
  scoring?: string;
  /** The command that asks, and its other options as they were written, because the commands to copy repeat them. */
  command?: string;
  rest: string;
}

export interface Chosen {
  row: number;
  /** The finished configs that could not take part, as sentences. */
  notes: string[];
}

/** The best config of the one setting that is meant. Throws InputError if there are several, or if none has a score. */
export async function bestRow(
  journal: Journal,
  host: Host,
  log: string,
  beside: Beside,
  { split, pipelines, scoring, command = 'rebuild', rest }: Choice,
): Promise<Chosen> {
  const { state } = journal;
  const { setting, rows } = oneSetting(state, beside, {
    ...{ split: split === undefined ? undefined : [split], pipelines, scoring, rest },
    ...{ what: '--best', command: `spt ${command} --best`, byId: id => `spt ${command} ${id}` },
  });
  const best = firstOf(state, rows);
  const unscored = await unscoredOf(state, log, host, rows);
  const ranking = beside.settings.all[setting].scoring;
  if (best < 0) throw nothingBest(state, rows, unscored, ranking);
  return { row: best, notes: leftOutNotes(unscored, ranking) };
}
