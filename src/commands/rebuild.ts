/** `spt rebuild`: trains a config again, and proves that the model is the same. */
import { closeSync, existsSync, openSync, readSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Command } from 'commander';
import type { Config } from '../base/config.js';
import { classNames, featureNames, type SplitData } from '../base/dataset.js';
import { Failure, InputError } from '../base/errors.js';
import { readPrepared } from '../data/store.js';
import type { Finished } from '../events/format/event.js';
import type { Journal } from '../log/journal.js';
import { ready, refit } from '../ml/evaluate.js';
import { toText } from '../ml/serialize.js';
import type { Document } from '../ml/types.js';
import { printable, safeJson } from '../terminal/printable.js';
import { duration, score } from '../terminal/units.js';
import { bestRow, type Choice, type Chosen } from './best.js';
import type { Rule } from '../views/choice.js';
import { Search } from '../views/search.js';
import { rowsWhere } from './failures.js';
import { existingLog, rowOf } from './journal.js';
import { optionWords, placeWords } from './one-setting.js';
import { type PlaceOptions, folders, withPlace } from './place.js';
import { askingFor, selected, selectOption } from './selecting.js';
import { besides } from './this-search.js';
import { VERSION } from './package.js';

interface Options extends PlaceOptions, Omit<Choice, 'rest'> {
  out?: string;
  best?: boolean;
  select?: Rule;
  like?: string;
  json?: boolean;
}

export function rebuild(): Command {
  const command = new Command('rebuild')
    .summary('train a config again, prove that the model is the same, write it to a file')
    .description(
      'Trains a config again on its whole split, and compares the digest of the model with the digest in the log. ' +
        'Equal digests mean equal models, bit for bit. A config that has not finished yet is also trained; then ' +
        'there is nothing to compare.',
    )
    .argument('[configId]', 'the id of a config, or its first digits')
    .option('--best', 'choose the config with the best score among those with the same split, data and folds')
    .addOption(selectOption().conflicts('best'))
    .option('--split <name>', 'with --best or --select: among the configs of this split')
    .option('--pipelines <names...>', 'with --best or --select: among the configs of these pipelines')
    .option('--scoring <metric>', 'with --best or --select: among the configs ranked by this metric')
    .option('--like <configId>', 'with --select: among configs whose scores may be compared with this one')
    .option(
      '--config <file>',
      'with --best or --select: the config of the search (default: configs/config.yaml)',
    )
    .option('-o, --out <file>', 'write the model to this file, as readable JSON')
    .option('--json', 'print one JSON object');
  return withPlace(command, 'log').action(run);
}

async function run(id: string | undefined, options: Options): Promise<void> {
  const { log, prepared } = folders(options);
  if (options.out !== undefined) checkOut(options.out);
  const { row, notes, journal } = await wanted(log, id, options);
  const config = await journal.readConfig(row);
  const outcome = await journal.readOutcome(row);
  const finished = outcome?.event.type === 'finished' ? outcome.event : undefined;
  const expected = finished?.digest;
  const data = readPrepared(prepared, config.data);

  await ready(config.steps);
  const started = performance.now();
  const { model, digest } = refit(config, data);
  const seconds = (performance.now() - started) / 1000;
  if (finished && digest !== expected) throw differs(finished, digest);
  if (options.out !== undefined) write(options.out, config, digest, data, model.serialize());

  if (options.json) {
    console.log(
      safeJson({ config, digest, proven: expected !== undefined, seconds, out: options.out, notes }),
    );
    return;
  }
  for (const note of notes) console.log(`note: ${note}`);
  console.log(`config   ${config.id}  ${config.pipeline} ${config.split}`);
  for (const step of config.steps) console.log(`         ${safeJson(step)}`);
  if (!Number.isNaN(journal.state.cv[row]))
    console.log(`cv       ${config.scoring} ${score(journal.state.cv[row])}`);
  console.log(`digest   ${digest}`);
  const proof = expected
    ? 'the same model, bit for bit, as the one that was scored'
    : 'the config has not finished yet, so there is no digest to compare';
  console.log(`         ${proof} (trained again in ${duration(seconds)})`);
  if (options.out !== undefined) console.log(`written  ${options.out}`);
}

/** Refuses a file that cannot be written, before anything is trained. */
function checkOut(path: string): void {
  const folder = dirname(resolve(path));
  const isFolder = existsSync(resolve(path)) && statSync(resolve(path)).isDirectory();
  if (path !== '' && !isFolder && existsSync(folder)) return refuseOther(path);
  const message =
    path === '' || isFolder
      ? `${path || 'an empty text'} is not the name of a file`
      : `there is no folder ${folder}`;
  throw new InputError('bad-out', message, { value: path, expected: 'a file in an existing folder' });
}

/** How a model file begins. */
const MODEL_START = '{\n  "classes"';

/** Refuses to write over a file that is not a model, because a typing error could cost a table or a config. */
function refuseOther(path: string): void {
  if (!existsSync(path) || !statSync(path).isFile()) return;
  const start = Buffer.alloc(MODEL_START.length);
  const file = openSync(path, 'r');
  const bytes = readSync(file, start, 0, start.length, 0);
  closeSync(file);
  if (bytes === 0 || start.toString('latin1') === MODEL_START) return;
  throw new InputError('bad-out', `${path} exists already, and it is not a model`, {
    value: path,
    expected: 'a new file, or the model of an earlier rebuild',
    hint: 'Nothing was written. Name another file.',
  });
}

/** The row of the config that the user means. */
async function wanted(
  log: string,
  id: string | undefined,
  options: Options,
): Promise<Chosen & { journal: Journal }> {
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
  const { journal, host } = await existingLog(log);
  if (id !== undefined) return { row: rowOf(journal, id), notes: [], journal };
  const beside = await besides(journal, host, options)();
  const others = rest(options);
  if (select === undefined)
    return {
      ...(await bestRow(journal, host, log, beside, { split, pipelines, scoring, rest: others })),
      journal,
    };
  const row = like === undefined ? undefined : rowOf(journal, like);
  const asking = askingFor('rebuild', { select, split, pipelines, scoring, like: row }, others);
  const search = new Search(
    journal.state,
    beside,
    rowsWhere(journal.state, () => true),
    log,
    host,
  );
  const { row: chosen, notes } = await selected(search, host, asking, { rule: select, alpha: 0.05 });
  return { row: chosen, notes, journal };
}

/** The options that do not choose a config, as a person would type them. */
function rest({ root, log, config, out, json }: Options): string {
  return placeWords({ root, log, config }) + optionWords({ '--out': out }) + (json ? ' --json' : '');
}

function differs({ config, digest: expected, versions }: Finished, digest: string): Failure {
  const before = printable(String(versions.spt), 40);
  const hint =
    before === VERSION
      ? `The same version, spt ${VERSION}, trained it before, under Node ${printable(String(versions.node), 40)}. ` +
        'Engines other than the default may differ between machines.'
      : `spt ${before} trained it, and this is spt ${VERSION}. CHANGELOG.md names the steps whose models have ` +
        `changed since. spt ${before} gives the same model again.`;
  return new Failure(
    'digest-differs',
    `config ${config} gave another model than before: its digest is ${digest}, ` +
      `and the log has ${printable(expected, 80)}`,
    hint,
  );
}

/** Writes the model file: the config, the classes and features, and every number of the model. */
function write(path: string, config: Config, digest: string, data: SplitData, pipeline: Document): void {
  const about = {
    spt: VERSION,
    config: config as unknown as Document,
    digest,
    classes: classNames(data.target),
    features: featureNames(data),
  };
  try {
    writeFileSync(path, toText({ ...about, pipeline }));
  } catch (cause) {
    throw new Failure('cannot-write', `cannot write ${path}: ${(cause as Error).message}`, undefined, {
      cause,
    });
  }
}
