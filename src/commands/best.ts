/**
 * Finds the config that `spt rebuild --best` means. Scores are compared only within one setting (split, data, folds,
 * metric). If the options leave several settings, the user is asked to choose among commands to copy.
 */
import { InputError } from '../base/errors.js';
import { shellWord } from '../base/shell.js';
import { counted } from '../base/listing.js';
import { foldsText, type Setting } from '../events/ask/setting.js';
import { FINISHED, type State } from '../events/state/state.js';
import { isFirst, type Beside } from '../events/ask/summary.js';
import type { Host } from '../log/host.js';
import type { Journal } from '../log/journal.js';
import { refuseUnknownNames } from './journal.js';
import { rowsWhere, unscoredOf, unscoredText, type Unscored } from './failures.js';

/** The options that choose among the configs. */
export interface Choice {
  split?: string;
  pipelines?: string[];
  scoring?: string;
  /** The other options as they were written, because the commands to copy repeat them. */
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
  choice: Choice,
): Promise<Chosen> {
  const { state } = journal;
  const asked = { split: [choice.split], pipeline: choice.pipelines, scoring: [choice.scoring] };
  if (state.size > 0) refuseUnknownNames(state, asked);
  const fits = (row: number): boolean => {
    const { split, pipeline, scoring } = state.groupOf(row);
    if (choice.split !== undefined && split !== choice.split) return false;
    if (choice.scoring !== undefined && scoring !== choice.scoring) return false;
    return choice.pipelines?.includes(pipeline) ?? true;
  };
  const rows = rowsWhere(state, fits);
  if (rows.length === 0) throw nothingThere(state);
  const setting = oneSetting(state, rows, beside, choice);
  const own = rows.filter(row => beside.settings.of(row) === setting);
  const best = firstOf(state, own);
  const unscored = await unscoredOf(state, log, host, own);
  const { scoring } = beside.settings.all[setting];
  if (best < 0) throw nothingBest(state, own, unscored, scoring);
  const why = unscoredText(unscored, scoring);
  const left = unscored.notAsked + unscored.notConverged + unscored.undefined;
  const words = left === 1 ? 'config is left out' : 'configs are left out';
  return { row: best, notes: left > 0 ? [`${left} ${words}, because ${why.join(', or ')}.`] : [] };
}

function nothingThere(state: State): InputError {
  if (state.size === 0)
    return new InputError('nothing-finished', 'the log has no configs', { hint: 'Run spt enqueue first.' });
  return new InputError('nothing-fits', 'no config matches --split, --pipelines and --scoring together', {
    hint: 'spt replay --summary lists the pipelines and splits.',
  });
}

/** The row that ranks first; -1 if none has a score. */
function firstOf(state: State, rows: readonly number[]): number {
  return rows.reduce((first, row) => (isFirst(state, row, first) ? row : first), -1);
}

/** The number of the one setting that is left: of this search, or of all if this search has no configs. */
function oneSetting(state: State, rows: readonly number[], beside: Beside, choice: Choice): number {
  const all = [...new Set(rows.map(row => beside.settings.of(row)))];
  const own = all.filter(setting => beside.differs[setting].length === 0);
  const left = own.length > 0 ? own : all;
  if (left.length === 1) return left[0];
  const settings = left.map(setting => beside.settings.all[setting]);
  const bests = left.map(setting =>
    firstOf(
      state,
      rows.filter(row => beside.settings.of(row) === setting),
    ),
  );
  const lines = settings.map((setting, i) => wordsFor(state, setting, settings, bests[i], choice));
  throw new InputError(
    'several-bests',
    '--best needs one split, metric, data and folds, because only their scores can be compared; the log has several',
    {
      expected: 'options that leave one of them',
      hint: 'Choose with one of these commands:',
      commands: lines.filter(line => line !== ''),
    },
  );
}

/** The command that means a setting: by options if they suffice, else by the id of its best config. */
function wordsFor(
  state: State,
  setting: Setting,
  all: readonly Setting[],
  best: number,
  { pipelines, rest }: Choice,
): string {
  const about = `  # ${setting.scoring}, ${foldsText(setting.cv)}`;
  const needsMetric = all.some(({ scoring }) => scoring !== setting.scoring);
  const alike = all.filter(({ split, scoring }) => split === setting.split && scoring === setting.scoring);
  if (alike.length > 1)
    return best < 0 ? '' : `spt rebuild ${state.id(best)}${rest}${about}, ${setting.split}`;
  const words = [`spt rebuild --best --split ${shellWord(setting.split)}`];
  if (needsMetric) words.push(`--scoring ${shellWord(setting.scoring)}`);
  if (pipelines) words.push(`--pipelines ${pipelines.map(shellWord).join(' ')}`);
  return `${words.join(' ')}${rest}${about}`;
}

/** Why there is no best one. */
function nothingBest(state: State, rows: readonly number[], unscored: Unscored, scoring: string): InputError {
  const finished = rows.filter(row => state.status[row] === FINISHED).length;
  const failed = rows.filter(row => state.statusOf(row) === 'failed').length;
  if (finished === 0 && failed === rows.length) {
    return new InputError(
      'nothing-finished',
      failed === 1 ? 'the only config failed' : `all ${counted(failed, 'config')} failed`,
      {
        hint: 'spt replay --summary shows why.',
      },
    );
  }
  if (finished === 0)
    return new InputError('nothing-finished', 'no config has finished yet', { hint: 'Run spt work first.' });
  const why = unscoredText(unscored, scoring).join(', or ');
  const lacks =
    finished === 1
      ? 'the only finished config has no score'
      : `none of the ${counted(finished, 'finished config')} has a score`;
  const message = `${lacks} that ranks: ${why}`;
  const hint =
    unscored.undefined > 0
      ? 'In configs/config.yaml, write another metric as `scoring:`, or other folds. Then run spt enqueue again.'
      : unscored.notAsked > 0
        ? 'Run spt enqueue again with --cv or --validate, then spt work.'
        : 'spt show ID prints the warnings of a config.';
  return new InputError('nothing-scored', message, { hint });
}
