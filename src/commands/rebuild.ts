/** `spt rebuild`: trains a config again, and proves that the model is the same. */
import { Command } from 'commander';
import type { Config } from '../base/config.js';
import { InputError } from '../base/errors.js';
import { readPrepared } from '../data/store.js';
import type { Journal } from '../log/journal.js';
import { ready, refit } from '../ml/evaluate.js';
import { MODEL_STARTS, modelOf, modelText, type Model } from '../ml/model-file.js';
import { safeJson } from '../terminal/printable.js';
import { duration, score } from '../terminal/units.js';
import {
  adjustWords,
  askedOf,
  learned,
  refuseUnlearnable,
  withAdjustment,
  type AdjustOptions,
  type Lesson,
} from './adjusting.js';
import { bestRow, type Choice, type Chosen } from './best.js';
import type { Rule } from '../views/choice.js';
import { Search } from '../views/search.js';
import { rowsWhere } from './failures.js';
import { existingLog, rowOf } from './journal.js';
import type { Moment } from './moment.js';
import { optionWords, placeWords } from './one-setting.js';
import { otherModel } from './other-bits.js';
import { checkOut, writeOut, type Kind } from './output/out-file.js';
import { lessonText } from './output/lesson-text.js';
import { type PlaceOptions, folders, withPlace } from './place.js';
import { finishedOutcome } from './scored-before.js';
import { rebuildEnsemble } from './rebuild-ensemble.js';
import { askingFor, selected, selectOption } from './selecting.js';
import { tableForm } from './table-form.js';
import { besides } from './this-search.js';
import { VERSION } from './package.js';

/** The options that name one config, beside its id. */
export interface ChoiceOptions extends PlaceOptions, Omit<Choice, 'command' | 'rest'> {
  best?: boolean;
  select?: Rule;
  like?: string;
}

export interface Options extends ChoiceOptions, AdjustOptions {
  /** The recipe of an ensemble. */
  ensemble?: string;
  out?: string;
  json?: boolean;
}

const AFTER_HELP = `
--calibrate sigmoid (Platt) or isotonic (1,000 samples or more) learns from the
predictions of the folds how often a sample with a score is of each class.
--threshold RULE learns which score or probability a sample of the positive
class must have at least. RULE is one of these:
  f1, balanced_accuracy, youden, accuracy, mcc, cohen_kappa
  cost:FP=1,FN=5      the smallest mean cost of wrong labels
  sensitivity:0.9     the best specificity with at least this sensitivity
  specificity:0.9     the best sensitivity with at least this specificity
Both are written into the model file, and spt predict applies them.

Examples:
  spt rebuild 0f3a --out model.json
  spt rebuild --best --split A1 --calibrate sigmoid --threshold f1 -o model.json`;

export function rebuild(): Command {
  const command = new Command('rebuild')
    .summary('train a config again, prove that the model is the same, write it to a file')
    .description(
      'Trains a config again on its whole split, and compares the digest of the model with the digest in the log. ' +
        'Equal digests mean equal models, bit for bit. A config that has not finished yet is also trained; then ' +
        'there is nothing to compare.',
    )
    .argument('[configId]', 'the id of a config, or its first digits');
  withChoice(command)
    .option(
      '--config <file>',
      'with --best or --select: the config of the search (default: configs/config.yaml)',
    )
    .option('--ensemble <file>', 'train the members of this recipe of spt ensemble')
    .option('-o, --out <file>', 'write the model to this file, as readable JSON')
    .option('--json', 'print one JSON object')
    .addHelpText('after', AFTER_HELP);
  withAdjustment(command);
  return withPlace(command, 'log').action(run);
}

/** Adds the options that choose a config where no id is given. */
export function withChoice(command: Command): Command {
  return command
    .option('--best', 'choose the config with the best score among those with the same split, data and folds')
    .addOption(selectOption().conflicts('best'))
    .option('--split <name>', 'with --best or --select: among the configs of this split')
    .option('--pipelines <names...>', 'with --best or --select: among the configs of these pipelines')
    .option('--scoring <metric>', 'with --best or --select: among the configs ranked by this metric')
    .option('--like <configId>', 'with --select: among configs whose scores may be compared with this one');
}

/** A config that was trained again, and its model. */
export interface Rebuilt {
  config: Config;
  model: Model;
  /** Whether the log has the same digest. False where the config has not finished yet. */
  proven: boolean;
  /** The mean score of the cross-validation; NaN where there is none. */
  cv: number;
  seconds: number;
  notes: string[];
  /** What --calibrate and --threshold have learned. */
  lesson?: Lesson;
}

/**
 * Trains the config again that an id or the options name, and proves the model by its digest. Throws Failure
 * `digest-differs`.
 */
export async function rebuilt(id: string | undefined, options: Options): Promise<Rebuilt> {
  const { log, prepared, kept } = folders(options);
  const asked = askedOf(options);
  const { row, notes, journal } = await wanted(log, id, options, { command: 'rebuild', rest: rest(options) });
  const config = await journal.readConfig(row);
  const outcome = asked
    ? await finishedOutcome(journal, row, config)
    : (await journal.readOutcome(row))?.event;
  const finished = outcome?.type === 'finished' ? outcome : undefined;
  const data = readPrepared(prepared, config.data);
  if (asked) refuseUnlearnable(asked, config, data);

  await ready(config.steps);
  const started = performance.now();
  const fitted = refit(config, data);
  const seconds = (performance.now() - started) / 1000;
  if (finished && fitted.digest !== finished.digest) throw otherModel(finished, fitted.digest);
  const lesson = asked && finished && (await learned(asked, config, finished, data, fitted.model, kept));
  const versions = { spt: VERSION, node: process.versions.node };
  const about = { versions, scores: finished?.scores, table: tableForm(options) };
  const { calibration, threshold } = lesson ?? {};
  const model = modelOf(config, data, fitted, { ...about, calibration, threshold });
  const proven = finished !== undefined;
  return { config, model, proven, cv: journal.state.cv[row], seconds, notes, lesson };
}

async function run(id: string | undefined, options: Options): Promise<void> {
  if (options.out !== undefined) checkOut(options.out, MODEL);
  if (options.ensemble !== undefined) return rebuildEnsemble(options.ensemble, id, options);
  const { config, model, proven, cv, seconds, notes, lesson } = await rebuilt(id, options);
  const { digest } = model;
  if (options.out !== undefined) writeOut(options.out, modelText(model));

  if (options.json) {
    const { out } = options;
    console.log(safeJson({ config, digest, proven, seconds, out, notes, adjusted: lesson }));
    return;
  }
  for (const note of [...notes, ...(lesson?.notes ?? [])]) console.log(`note: ${note}`);
  console.log(`config   ${config.id}  ${config.pipeline} ${config.split}`);
  for (const step of config.steps) console.log(`         ${safeJson(step)}`);
  if (!Number.isNaN(cv)) console.log(`cv       ${config.scoring} ${score(cv)}`);
  console.log(`digest   ${digest}`);
  const proof = proven
    ? 'the same model, bit for bit, as the one that was scored'
    : 'the config has not finished yet, so there is no digest to compare';
  console.log(`         ${proof}`);
  console.log(`         (trained again in ${duration(seconds)})`);
  if (lesson) console.log(lessonText(lesson, model.classes));
  if (options.out !== undefined) console.log(`written  ${options.out}`);
}

const MODEL: Kind = {
  what: 'a model',
  isOne: start => MODEL_STARTS.some(one => start.indexOf(one) === 0),
};

/**
 * The row of the config that the user means. Throws InputError.
 * @param asking the command, and its other options as they were written, for the commands to copy
 */
export async function wanted(
  log: string,
  id: string | undefined,
  options: ChoiceOptions,
  asking: { command: string; rest: string; at?: Moment },
): Promise<Chosen & { journal: Journal }> {
  const { command, rest: others, at } = asking;
  const { best, select, split, pipelines, scoring, like } = options;
  const isChosen = Boolean(best) || select !== undefined;
  const narrows = [split, pipelines, scoring, like].some(option => option !== undefined);
  if (id === undefined && !isChosen) {
    throw new InputError('one-config', 'no config is named', {
      expected: 'the id of a config, --best, or --select with a rule',
      hint: 'spt replay lists the configs and their ids.',
    });
  }
  if (id !== undefined && (isChosen || narrows)) {
    throw new InputError('one-config', 'an id cannot stand beside options that choose a config', {
      value: id,
      expected: 'the id of a config, or --best or --select with --split, --pipelines and --scoring',
    });
  }
  if (like !== undefined && select === undefined) {
    throw new InputError('one-config', '--like chooses nothing without --select', {
      value: like,
      expected: '--select with a rule',
    });
  }
  const { journal, host } = await existingLog(log, { until: at });
  if (id !== undefined) return { row: rowOf(journal, id), notes: [], journal };
  const beside = await besides(journal, host, options)();
  if (select === undefined)
    return {
      ...(await bestRow(journal, host, log, beside, { split, pipelines, scoring, command, rest: others })),
      journal,
    };
  const row = like === undefined ? undefined : rowOf(journal, like);
  const selecting = askingFor(command, { select, split, pipelines, scoring, like: row }, others);
  const search = new Search(
    journal.state,
    beside,
    rowsWhere(journal.state, () => true),
    log,
    host,
  );
  const { row: chosen, notes } = await selected(search, host, selecting, { rule: select, alpha: 0.05 });
  return { row: chosen, notes, journal };
}

/** The options that do not choose a config, as a person would type them. */
function rest({ root, log, config, out, json, ...options }: Options): string {
  const words = { ...adjustWords(options), '--out': out };
  return placeWords({ root, log, config }) + optionWords(words) + (json ? ' --json' : '');
}
