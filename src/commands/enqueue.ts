/** `spt enqueue`: the manager. It checks everything, stores the data of each split once, and fills the queue. */
import { mkdirSync } from 'node:fs';
import { Command } from 'commander';
import type { CrossValidation } from '../base/config.js';
import { classCounts, classesOf, classNamesIn, valuesOf } from '../base/dataset.js';
import { InputError } from '../base/errors.js';
import { counted } from '../base/listing.js';
import { configsOf, crossValidation, foldsOfSplit, type Enumeration } from '../config/enumerate.js';
import { factsOf } from '../config/facts.js';
import { droppedNotes, refuseInfeasible } from '../config/feasible.js';
import type { WrittenFolds } from '../config/fold-keys.js';
import { refuseForOneSample, refuseStratifiedValues } from '../config/fold-metrics.js';
import type { Experiment } from '../config/load.js';
import { outerSplits } from '../config/outer-folds.js';
import { equalValues, refuseOtherTasks, refuseUnknownClasses } from '../config/target.js';
import { resolveSplits, type SplitNames } from '../config/splits.js';
import { isOneTable } from '../data/selection.js';
import { loadTables, tablesText, type Tables } from '../data/source.js';
import { prepareSplit, type PreparedSplit } from '../data/split.js';
import { storePrepared } from '../data/store.js';
import { refuseUnsafe } from '../log/check/flock.js';
import { authorOf } from '../log/host.js';
import { printable, safeJson } from '../terminal/printable.js';
import { screenOf, wrapped } from '../terminal/screen.js';
import { table } from '../terminal/table.js';
import { statusLog } from '../worker/status-log.js';
import { CoreHours, estimateText, type Estimate } from './core-hours.js';
import { checkMetrics, taskOfSplits } from './enqueue-checks.js';
import { appendNew, countNew, type Tallies } from './enqueue-tallies.js';
import { openLog } from './journal.js';
import { noteData } from './this-search.js';
import { pilotOf } from './pilot.js';
import { Twins } from './twins.js';
import { positiveInteger } from './values.js';
import { kindLines, toldColumns } from './output/kinds-text.js';
import { type PlaceOptions, experiment, folders, withPlace } from './place.js';

interface Options extends PlaceOptions {
  pipelines?: string[];
  splits?: string[];
  cv?: boolean;
  validate?: boolean;
  pilot?: number;
  dryRun?: boolean;
  force?: boolean;
  json?: boolean;
}

const DETAILS = `
With --validate, the split A1 trains on the filter train_A1 and is scored on
validate_A1; both must exist. Without it, a name is the name of a filter:
--splits train_A1. Running the same command again adds only what is new.

  spt enqueue --splits A1 --cv --validate --dry-run
      checks everything, counts the configs, and writes nothing
  spt enqueue --splits A1 --cv --validate --pilot 20
      adds 20 configs. When workers have trained them, the same command without
      --pilot tells the core hours of all configs, and adds the others`;

export function enqueue(): Command {
  const command = new Command('enqueue')
    .summary('check everything, prepare the data, and fill the queue')
    .description(
      'Checks configs and data, stores the data of each split once, and adds one config to the queue for every point ' +
        'of every space.',
    )
    .option('--splits <names...>', 'the splits to train on (without this option, they are listed)')
    .option('--pipelines <names...>', 'the pipelines to train (default: all)')
    .option('--cv', 'compute cross-validated scores')
    .option('--validate', 'also score on the validation split')
    .option('--pilot <n>', 'add only n configs, as many of each pipeline and split', positiveInteger)
    .option('--dry-run', 'show the counts and write nothing')
    .option('--force', 'write even if the file system of the log is not safe')
    .option('--json', 'print one JSON object')
    .addHelpText('after', DETAILS);
  return withPlace(command, 'configs').action(run);
}

async function run(options: Options): Promise<void> {
  const place = folders(options);
  const search = experiment(options, options.pipelines);
  const { splits: names = [], cv = false, validate = false } = options;
  const selection = { ...options, splits: names, cv, validate };
  const asked = selection.cv ? crossValidation(search) : undefined;
  const named = resolveSplits(search, selection);
  const tables = await openTables(search);
  const parts = partsOf(tables, search, named, asked);
  const [splits, prepared, folds] = [
    parts.map(({ names }) => names),
    parts.map(part => part.prepared),
    parts.map(({ cv }) => cv),
  ];
  const digests = new Map(parts.map(({ names, prepared: { digest } }) => [names.split, digest]));
  const task = taskOfSplits(search, prepared, splits);
  const told = { ...search, source: { ...search.source, task } };
  if (asked?.type === 'leave-one-out') refuseForOneSample(told);
  const whole = configsOf(
    told,
    selection,
    parts.map(({ names, prepared: { digest }, cv: own }) => ({
      ...names,
      data: digest,
      ...(own && { cv: own }),
    })),
  );
  const found = options.pilot === undefined ? whole : pilotOf(whole, options.pilot);
  refuseOtherTasks(found.pipelines, task);
  for (const { data } of prepared) refuseUnknownClasses(found.pipelines, classNamesIn(data.target));
  checkMetrics(told, found, prepared, splits);
  checkFeasible(search, folds, found, prepared, splits);

  const { journal, host } = await openLog(place.log);
  if (!options.dryRun && !options.force) await refuseUnsafe(place.log, host);
  const tell = options.dryRun ? () => '' : statusLog(place.log, authorOf(host.identity));
  const twins = new Twins(journal, host, place.log);
  const hours = new CoreHours(journal);
  if (!options.dryRun) {
    mkdirSync(place.log, { recursive: true });
    for (const [i, split] of prepared.entries())
      tell(`prepared  ${splits[i].split}: ${storePrepared(place.prepared, split)} as ${split.digest}`);
    noteData(place.root, digests);
  }
  const tallies = options.dryRun
    ? countNew(journal, found, { twins, hours })
    : await appendNew(journal, found, tell, { twins, hours });
  const added = [...tallies.values()].reduce((sum, tally) => sum + tally.added, 0);
  tell(`enqueued  ${counted(added, 'config')}, ${counted(found.total - added, 'config')} there already`);
  tell('complete  workers can start');
  const notes = [...notesOn(found, prepared), ...searchNotes(search, selection), ...(await twins.notes())];
  const read = tablesText(tables);
  const estimate = await hours.estimate();
  show(options, prepared, splits, tallies, { added, total: found.total, read, notes, estimate });
}

/** Reads the tables. An error for a table that cannot be opened says where config.yaml names it. */
async function openTables(search: Experiment): Promise<Tables> {
  return loadTables(search.source).catch((error: unknown) => {
    throw withNamer(error, search);
  });
}

/** A split with its data, and how it is cross-validated. */
interface Part {
  names: SplitNames;
  prepared: PreparedSplit;
  cv?: CrossValidation;
}

/** The splits that were asked for, each with its outer folds behind it. */
function partsOf(
  tables: Tables,
  search: Experiment,
  splits: SplitNames[],
  asked: WrittenFolds | undefined,
): Part[] {
  const prepared = prepare(tables, search, splits, asked);
  return splits.flatMap((names, i): Part[] => {
    if (!asked) return [{ names, prepared: prepared[i] }];
    refuseStratifiedValues(asked, prepared[i].data, search.placeOf);
    const cv = foldsOfSplit(asked, prepared[i].data);
    const outer = asked.outer === undefined ? [] : outerSplits(names, prepared[i], cv, asked.outer, search);
    return [{ names, prepared: prepared[i], cv }, ...outer.map(one => ({ ...one, cv }))];
  });
}

/** Filters and joins the data of every split, in memory. */
function prepare(
  tables: Tables,
  search: Experiment,
  splits: SplitNames[],
  cv: WrittenFolds | undefined,
): PreparedSplit[] {
  return splits.map(({ split, train, validate }) =>
    prepareSplit(tables, {
      split,
      train,
      validate,
      trainFilter: search.splits.get(train)!,
      validateFilter: validate === undefined ? undefined : search.splits.get(validate)!,
      ...(cv && { group: cv.group, folds: cv.folds, type: cv.type, by: cv.by }),
      weights: search.weights,
      placeOf: search.placeOf,
    }),
  );
}

/** The error for a table that cannot be opened, with the place in config.yaml that names the table. */
function withNamer(error: unknown, { source, placeOf }: Experiment): unknown {
  if (!(error instanceof InputError) || error.code !== 'unreadable-file') return error;
  const key = (['features', 'metadata'] as const).find(one => source[one] === error.complaint.place?.file);
  if (!key) return error;
  const { file, line, column } = placeOf(['data', isOneTable(source) ? 'table' : key]);
  const hint = `${file}:${line}:${column} names it. A path is relative to the folder that holds configs/.`;
  return new InputError(error.code, error.message, { ...error.complaint, hint }, { cause: error });
}

/** Refuses configs that cannot be trained on the data of a split, and notes what its folds lack. */
function checkFeasible(
  search: Experiment,
  folds: readonly (CrossValidation | undefined)[],
  { counts }: Enumeration,
  prepared: PreparedSplit[],
  splits: SplitNames[],
): void {
  const facts = splits.map(({ split }, i) =>
    factsOf(split, prepared[i].data, folds[i], search.seed, search.placeOf),
  );
  const names = new Set(counts.map(({ pipeline }) => pipeline));
  const pipelines = [...names].map(name => search.pipelines.get(name)!);
  refuseInfeasible(pipelines, facts);
  facts.forEach((own, i) => prepared[i].notes.push(...own.notes, ...droppedNotes(pipelines, own)));
}

/** Notes values of a parameter that give the same model for this number of classes. */
function notesOn({ pipelines }: Enumeration, prepared: PreparedSplit[]): string[] {
  const notes = prepared.flatMap(({ data }) =>
    pipelines.flatMap(pipeline => equalValues(pipeline, classNamesIn(data.target).length)),
  );
  return [...new Set(notes)];
}

/** What a user should know of the search itself. */
function searchNotes({ unread }: Experiment, { cv, validate }: { cv: boolean; validate: boolean }): string[] {
  const notes: string[] = [];
  if (!cv && !validate) {
    notes.push(
      'no score was requested, so no config can be the best. Add --cv (cross-validated scores) or --validate ' +
        '(scores on a validation split).',
    );
  }
  const wrong = new Set([...unread.values()].flat());
  for (const error of wrong) {
    const { file, line } = error.complaint.place ?? { file: '' };
    notes.push(`${file}:${line}: ${error.message} (in a pipeline that is not enqueued now)`);
  }
  return notes;
}

/** The classes and how many samples each has, or the range of the values. */
function targetText({ target, train }: PreparedSplit['data']): string {
  if (target.kind === 'values') {
    const { values } = valuesOf(train.target);
    const [least, most] = [Math.min, Math.max].map(end => values.reduce((found, value) => end(found, value)));
    return `values from ${least} to ${most} (regression)`;
  }
  const { codes, k } = classesOf(train.target);
  const sizes = classCounts(codes, k);
  return `classes ${target.names.map((name, code) => `${printable(name, 40)} (${sizes[code]})`).join(', ')}`;
}

/** What is shown besides the tallies. */
interface Shown {
  added: number;
  total: number;
  read: string[];
  notes: string[];
  estimate: Estimate | undefined;
}

function show(
  { dryRun, json }: Options,
  prepared: PreparedSplit[],
  splits: SplitNames[],
  tallies: Tallies,
  { notes: ofSearch, read, ...counts }: Shown,
): void {
  const rows = [...tallies.values()];
  const ofSplits = prepared.flatMap((split, i) =>
    split.notes.map(note => `split ${splits[i].split}: ${note}`),
  );
  const notes = [...ofSplits, ...ofSearch];
  if (json) {
    const columns = prepared.map(({ data }, i) => ({ split: splits[i].split, ...toldColumns(data) }));
    console.log(safeJson({ ...counts, dryRun: dryRun ?? false, tables: read, columns, groups: rows, notes }));
    return;
  }
  const { width } = screenOf(process.stdout);
  if (dryRun) for (const line of read) console.log(wrapped(printable(line, 1000), width));
  for (const note of notes) console.log(wrapped(`note: ${printable(note, 400)}`, width));
  for (const [i, { data }] of prepared.entries()) {
    const held = data.validate ? `, validated on ${data.validate.x.rows}` : '';
    const size = `${data.train.x.rows} samples x ${counted(data.columns.length, 'feature')}`;
    const line = `split ${splits[i].split}: ${size}${held}, ${targetText(data)}`;
    console.log(wrapped(line, width));
    const kinds = toldColumns(data);
    if (dryRun || kinds.others.length > 0) console.log(kindLines(kinds, width).join('\n'));
  }
  const columns = [
    { head: 'split' },
    { head: 'pipeline' },
    { head: 'configs', right: true },
    { head: 'new', right: true },
  ];
  console.log(
    table(
      columns,
      rows.map(({ split, pipeline, total, added }) => [split, pipeline, total, added]),
    ),
  );
  const verb = dryRun ? 'would be added' : 'added';
  const before = (counts.total - counts.added).toLocaleString('en-US');
  console.log(`${counted(counts.added, 'config')} ${verb}, ${before} in the log already.`);
  if (counts.estimate) console.log(wrapped(estimateText(counts.estimate), width));
}
