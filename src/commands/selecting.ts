/**
 * The config that a rule chooses, for every command that takes `--select RULE`: `best`, `1se` (the simplest within one
 * standard error of the best) or `simplest` (the simplest that the folds do not tell apart from the best).
 */
import { InvalidArgumentError, Option } from 'commander';
import { InputError } from '../base/errors.js';
import { counted } from '../base/listing.js';
import type { Setting } from '../events/ask/setting.js';
import type { Host } from '../log/host.js';
import { bestOfFolds, choose, RULES, type Choice, type Rule } from '../views/choice.js';
import type { Search } from '../views/search.js';
import { unscoredOf } from './failures.js';
import { firstOf, leftOutNotes, nothingBest, oneSetting, type Asking } from './one-setting.js';

/** The option `--select RULE`. */
export function selectOption(): Option {
  const about = 'choose a config: best; 1se, the simplest within one error of it; or simplest, as good as it';
  return new Option('--select <rule>', about).choices(RULES);
}

/** The option `--alpha`, the level of the tests and intervals. */
export function alphaOption(): Option {
  return new Option('--alpha <share>', 'the level of tests; intervals hold 1 - alpha')
    .default(0.05)
    .argParser(text => {
      const alpha = Number(text);
      if (text.trim() !== '' && alpha > 0 && alpha < 0.5) return alpha;
      throw new InvalidArgumentError('Expected a number above 0 and below 0.5.');
    });
}

/** The option `--most`: how many configs BBC-CV may train again. */
export function mostOption(): Option {
  return new Option('--most <n>', 'with --bootstrap: train at most this many configs')
    .default(200)
    .argParser(text => {
      if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
      throw new InvalidArgumentError('Expected a whole number of at least 1.');
    });
}

/** The options that choose a config beside `--select`, as commander gives them. */
export interface SelectOptions {
  select: Rule;
  split?: string;
  pipelines?: string[];
  scoring?: string;
  /** The row of the config that `--like` names. */
  like?: number;
}

/**
 * What a command asks with `--select`.
 * @param command its name: `rebuild`
 * @param rest its other options as they were written, each with a space in front
 */
export function askingFor(
  command: string,
  { select, split, pipelines, scoring, like }: SelectOptions,
  rest: string,
): Asking {
  const words = `spt ${command} --select ${select}`;
  return {
    ...{ split: split === undefined ? undefined : [split], pipelines, scoring, like, rest },
    ...{ what: '--select', command: words, byId: id => `${words} --like ${id}` },
  };
}

export interface Selected {
  row: number;
  setting: Setting;
  /** The rows of the setting that the options name. */
  rows: readonly number[];
  /** What the folds say; absent without cross-validation. Then the score on the validation samples ranks. */
  choice?: Choice;
  /** What could not take part, as sentences. */
  notes: string[];
}

/**
 * The config that a rule chooses among those that the options name. Throws InputError where they are of several
 * settings, where none has a score, and where a rule needs folds or sizes that the log does not have.
 */
export async function selected(
  search: Search,
  host: Host,
  asking: Asking,
  { rule, alpha }: { rule: Rule; alpha: number },
): Promise<Selected> {
  const { state, beside, directory } = search;
  const { setting: number, rows } = oneSetting(state, beside, asking);
  const setting = search.setting(number);
  const unscored = await unscoredOf(state, directory, host, rows);
  const notes = leftOutNotes(unscored, setting.scoring);
  const best = bestOfFolds(search, rows);
  const choice = best < 0 ? undefined : await choose(search, rows, best, { rule, alpha });
  if (choice) {
    if (rule !== 'best' && choice.sizeless === choice.candidates) throw noSizes(rule);
    return { row: choice.chosen.row, setting, rows, choice, notes: [...notes, ...passedOver(choice)] };
  }
  const first = best < 0 ? firstOf(state, rows) : best;
  if (first < 0) throw nothingBest(state, rows, unscored, setting.scoring);
  if (rule !== 'best') throw noFolds(`the rule ${rule}`);
  const why =
    best < 0
      ? 'No config has scores of folds: the score on the validation samples ranks, and no error can be told.'
      : 'The record of the best config does not have the scores of its folds, so no error can be told.';
  return { row: first, setting, rows, notes: [...notes, why] };
}

function passedOver({ rule, sizeless, damaged }: Choice): string[] {
  const notes: string[] = [];
  if (rule !== 'best' && sizeless > 0)
    notes.push(`${counted(sizeless, 'config')} without a measured size cannot be chosen by ${rule}.`);
  if (damaged > 0)
    notes.push(`${counted(damaged, 'record')} of an outcome could not be read. Run spt doctor.`);
  return notes;
}

/** The refusal of what needs the scores of folds. */
export function noFolds(what: string): InputError {
  return new InputError('no-folds', `${what} needs the scores of folds, and no config has them`, {
    expected: 'configs that were enqueued with --cv',
    hint: 'Run spt enqueue again with --cv, then spt work. Or choose by the rule best.',
  });
}

function noSizes(rule: Rule): InputError {
  return new InputError('no-sizes', `the rule ${rule} needs the size of models, and the log has none`, {
    value: rule,
    expected: 'configs that were trained by a version of spt that writes the size of a model',
    hint: 'Choose by the rule best.',
  });
}
