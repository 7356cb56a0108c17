/**
 * The one setting that a command means, because only scores of one setting may be compared (split, data, folds,
 * metric). If the options leave several, the user is asked to choose among commands to copy.
 */
import { InputError } from '../base/errors.js';
import { counted, someOf } from '../base/listing.js';
import { shellWord } from '../base/shell.js';
import { foldsText, type Setting } from '../events/ask/setting.js';
import { isFirst, type Beside } from '../events/ask/summary.js';
import { FINISHED, type State } from '../events/state/state.js';
import { isNamed, refuseUnknownNames, type Names } from './journal.js';
import type { Moment } from './moment.js';
import type { PlaceOptions } from './place.js';
import { rowsWhere, unscoredText, type Unscored } from './failures.js';

/** The options that choose among the configs, and how the commands to copy are written. */
export interface Asking extends Names {
  /** Pipelines as well, which the commands to copy name already. */
  among?: readonly string[];
  scoring?: string;
  /** The row of a config: only configs whose scores may be compared with its scores. */
  like?: number;
  /** What needs one setting. The message begins with it: `--best`. */
  what: string;
  /** The beginning of a command to copy: `spt rebuild --best`. */
  command: string;
  /** The command that means the setting of this config, where split and metric do not tell it from others. */
  byId(id: string): string;
  /** The other options as they were written, because the commands to copy repeat them. */
  rest: string;
}

/** The rows that the options name, of one setting. */
export interface OneSetting {
  setting: number;
  rows: number[];
}

/** The rows of the one setting that is meant. Throws InputError if there are several, or if nothing fits. */
export function oneSetting(state: State, beside: Beside, asking: Asking): OneSetting {
  const { split, pipelines, among, scoring, like } = asking;
  if (state.size > 0) refuseUnknownNames(state, { split, pipeline: pipelines, scoring: [scoring] });
  const rows = rowsWhere(state, row => {
    const group = state.groupOf(row);
    if (scoring !== undefined && group.scoring !== scoring) return false;
    if (among && !among.includes(group.pipeline)) return false;
    if (like !== undefined && beside.settings.of(row) !== beside.settings.of(like)) return false;
    return isNamed(state, row, asking);
  });
  if (rows.length === 0) throw nothingThere(state, '--split, --pipelines and --scoring');
  const setting = theOne(state, rows, beside, asking);
  return { setting, rows: rows.filter(row => beside.settings.of(row) === setting) };
}

/** The error where no row is left. @param options those that left none, as words */
export function nothingThere(state: State, options: string): InputError {
  if (state.size === 0)
    return new InputError('nothing-finished', 'the log has no configs', { hint: 'Run spt enqueue first.' });
  return new InputError('nothing-fits', `no config matches ${options} together`, {
    hint: 'spt replay --summary lists the pipelines and splits.',
  });
}

/** The row that ranks first; -1 if none has a score. */
export function firstOf(state: State, rows: readonly number[]): number {
  return rows.reduce((first, row) => (isFirst(state, row, first) ? row : first), -1);
}

/** The settings of rows in which each of these pipelines has configs. Throws InputError if there is none. */
function withEach(state: State, rows: readonly number[], beside: Beside, among: readonly string[]): number[] {
  const pipelines = new Map<number, Set<string>>();
  for (const row of rows) {
    const setting = beside.settings.of(row);
    const known = pipelines.get(setting) ?? new Set<string>();
    pipelines.set(setting, known.add(state.groupOf(row).pipeline));
  }
  const found = [...pipelines].filter(([, known]) => among.every(pipeline => known.has(pipeline)));
  if (found.length > 0) return found.map(([setting]) => setting);
  throw new InputError('not-comparable', `no split has configs of ${someOf(among)} that can be compared`, {
    expected: 'pipelines with configs of the same split, data, folds and metric',
    hint: 'spt replay --summary lists the pipelines of each split.',
  });
}

/** The number of the one setting that is left: of this search, or of all if this search has no configs. */
function theOne(state: State, rows: readonly number[], beside: Beside, asking: Asking): number {
  const all = withEach(state, rows, beside, asking.among ?? []);
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
  const lines = settings.map((setting, i) => wordsFor(state, setting, settings, bests[i], asking));
  throw new InputError(
    'several-bests',
    `${asking.what} needs one split, metric, data and folds, because only their scores can be compared; ` +
      'the log has several',
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
  { pipelines, command, byId, rest }: Asking,
): string {
  const about = `  # ${setting.scoring}, ${foldsText(setting.cv)}`;
  const needsMetric = all.some(({ scoring }) => scoring !== setting.scoring);
  const alike = all.filter(({ split, scoring }) => split === setting.split && scoring === setting.scoring);
  if (alike.length > 1) return best < 0 ? '' : `${byId(state.id(best))}${rest}${about}, ${setting.split}`;
  const words = [`${command} --split ${shellWord(setting.split)}`];
  if (needsMetric) words.push(`--scoring ${shellWord(setting.scoring)}`);
  if (pipelines) words.push(`--pipelines ${pipelines.map(shellWord).join(' ')}`);
  return `${words.join(' ')}${rest}${about}`;
}

/** Why no config has a score that ranks. */
export function nothingBest(
  state: State,
  rows: readonly number[],
  unscored: Unscored,
  scoring: string,
): InputError {
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

/** A sentence about the finished configs that could not take part, if there are any. */
export function leftOutNotes(unscored: Unscored, scoring: string): string[] {
  const left = unscored.notAsked + unscored.notConverged + unscored.undefined;
  if (left === 0) return [];
  const words = left === 1 ? 'config is left out' : 'configs are left out';
  return [`${left} ${words}, because ${unscoredText(unscored, scoring).join(', or ')}.`];
}

/** The options of the place and the moment, as a person would type them, each with a space in front. */
export function placeWords({ root, log, config, at }: PlaceOptions & { at?: Moment }): string {
  const moment = at && String(at.n ?? at.time);
  const named = {
    '--root': root === '.' ? undefined : root,
    '--log': log,
    '--config': config,
    '--at': moment,
  };
  return optionWords(named);
}

/** Options with values as a person would type them, each with a space in front. */
export function optionWords(named: { [option: string]: string | undefined }): string {
  const words = Object.entries(named).flatMap(([name, value]) =>
    value === undefined ? [] : [` ${name} ${shellWord(value)}`],
  );
  return words.join('');
}
