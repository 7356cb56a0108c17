/** `spt predict`: what a model of the search, or of a model file, says of new samples. */
import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { InputError } from '../base/errors.js';
import { counted, quote, someOf } from '../base/listing.js';
import { shellWord } from '../base/shell.js';
import { DEFAULT_MISSING } from '../config/defaults.js';
import { readNewSamples, type Batch, type NewTable, type ReadTable } from '../data/new-samples.js';
import { countOutside, predictionsOf, SampleError, type Predictions } from '../ml/apply.js';
import { mixedPredictions } from '../ml/ensemble.js';
import { isEnsemble, readAnyModel, type AnyModel } from '../ml/ensemble-file.js';
import { printable, safeJson } from '../terminal/printable.js';
import { checkOut, type Kind } from './output/out-file.js';
import { withPlace } from './place.js';
import { fileStart, formOf, headLine, rowLines, type Shape } from './output/predict-rows.js';
import { rebuilt, withChoice, type Options as RebuildOptions } from './rebuild.js';
import { tableForm } from './table-form.js';
import { WholeFile } from './output/whole-file.js';

interface Options extends RebuildOptions {
  data: string;
  model?: string;
  orientation?: 'samples' | 'features';
  /** False for --no-index. */
  index?: string | boolean;
  missing?: string[];
  decision?: boolean;
}

const EXAMPLES = `
Examples:
  spt predict --best --split A1 --data new.csv -o predictions.csv
      trains the best config of A1 again, proves it, and predicts
  spt predict --model model.json --data new.csv
      needs neither the log nor the tables of the search

The features are found by their names, in any order. A cell that is no number,
or a feature that the table lacks, is an error, and nothing is written.
The column "outside" counts the features of a sample that lie below the
smallest or above the largest value of the training samples.`;

export function predict(): Command {
  const command = new Command('predict')
    .summary('predict new samples with a model of the search, or of a model file')
    .description(
      'Predicts the samples of a table: for each one its class, and the probability of every class, or the ' +
        'decision of a model without probabilities. The config is trained again first, and its digest is compared ' +
        'with the log, as spt rebuild does. With --model, the file of an earlier rebuild is used instead.',
    )
    .argument('[configId]', 'the id of a config, or its first digits')
    .requiredOption('--data <file>', 'the table of new samples: .csv or .tsv, each also .gz')
    .option('--model <file>', 'use this model file, as spt rebuild --out writes it');
  withChoice(command)
    .option('--config <file>', 'the config of the search (default: configs/config.yaml)')
    .option('--index <column>', 'the column of the ids (default: as in the search)')
    .option('--no-index', 'the samples have no ids: number them from 1')
    .addOption(
      new Option('--orientation <kind>', 'what a row is (default: as in the search)').choices([
        'samples',
        'features',
      ]),
    )
    .option('--missing <words...>', 'the cells without a value (default: as in the search)')
    .option('--decision', 'write decisions also where there are probabilities')
    .option('-o, --out <file>', 'write to this file: .csv, .tsv or .ndjson (default: print CSV)')
    .option('--json', 'print JSON: an object for each sample, one a line; with --out, one object')
    .addHelpText('after', EXAMPLES);
  return withPlace(command, 'log').action(run);
}

async function run(id: string | undefined, options: Options): Promise<void> {
  refuseTwoModels(id, options);
  const form = options.out === undefined ? (options.json ? 'ndjson' : 'csv') : formOf(options.out);
  const { model, notes } = await chosenModel(id, options);
  const table = newTable(options, model);
  const shape = shapeOf(options, model, table);
  const head = headLine(form, shape);
  if (options.out !== undefined) checkOut(options.out, predictionsThatBegin(fileStart(form, shape.id)));
  const file = new WholeFile(options.out);
  const tally = new Tally(model);
  let read: ReadTable;
  try {
    file.write(head);
    const names = model.columns.map(({ name }) => name);
    read = await readNewSamples(table, names, batch => {
      const predictions = predicted(model, names, batch);
      const outside = countOutside(model.columns, batch.x);
      tally.add(predictions.codes, outside);
      file.write(rowLines(form, shape, batch.ids, predictions, outside));
    });
    await file.finish();
  } finally {
    file.drop();
  }
  tell(model, options, table, tally, { ...read, notes: [...notes, ...notesOn(model, read)] });
}

/** A file that an earlier run may have written. */
function predictionsThatBegin(begin: string): Kind {
  return { what: 'a file of predictions', isOne: start => start.indexOf(begin) === 0, needsFile: true };
}

/** Throws unless one model is named: by an id, by options that choose a config, or by a file. */
function refuseTwoModels(id: string | undefined, options: Options): void {
  const { best, select, split, pipelines, scoring, like, model } = options;
  const chooses = [id, best, select, split, pipelines, scoring, like].some(value => value !== undefined);
  if (model === undefined ? id !== undefined || best || select : !chooses) return;
  const expected = 'the id of a config, --best, --select with a rule, or --model with a file';
  throw new InputError(
    'one-config',
    model === undefined
      ? 'no model is named'
      : '--model cannot stand beside an id or options that choose a config',
    { value: model, expected, hint: 'spt replay lists the configs and their ids.' },
  );
}

/** The model that is meant, and what has to be said of it. */
async function chosenModel(
  id: string | undefined,
  options: Options,
): Promise<{ model: AnyModel; notes: string[] }> {
  if (options.model !== undefined) return { model: await modelOfFile(options.model), notes: [] };
  try {
    const { model, proven, notes } = await rebuilt(id, options);
    const unproven = 'The config has not finished yet, so there is no digest to compare.';
    return { model, notes: proven ? notes : [...notes, unproven] };
  } catch (error) {
    if (!(error instanceof InputError) || !error.complaint.commands) throw error;
    const commands = error.complaint.commands.map(line => asPredict(line, options));
    throw new InputError(error.code, error.message, { ...error.complaint, commands }, { cause: error });
  }
}

/** A line that chooses a config for `spt rebuild`, as a line of `spt predict`. A comment may stand at its end. */
function asPredict(line: string, options: Options): string {
  const [, words, comment] = /^spt rebuild (.*?)( {2}#.*)?$/.exec(line) ?? [];
  if (words === undefined) return line;
  const { data, orientation, index, missing = [], decision } = options;
  const more = [
    `--data ${shellWord(data)}`,
    ...(orientation ? [`--orientation ${orientation}`] : []),
    ...(index === false ? ['--no-index'] : []),
    ...(typeof index === 'string' ? [`--index ${shellWord(index)}`] : []),
    ...missing.map(word => shellWord(`--missing=${word}`)),
    ...(decision ? ['--decision'] : []),
  ];
  return `spt predict ${words} ${more.join(' ')}${comment ?? ''}`;
}

async function modelOfFile(path: string): Promise<AnyModel> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const message = `the model file cannot be read: ${(cause as Error).message}`;
    throw new InputError('unreadable-file', message, { place: { file: path } }, { cause });
  }
  try {
    return await readAnyModel(text);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const complaint = { ...error.complaint, place: { file: path } };
    throw new InputError(error.code, error.message, complaint, { cause: error });
  }
}

/** How the table is read: as the options say, else as the model file, else as the search's config. */
function newTable(options: Options, model: AnyModel): NewTable {
  const form = model.table ?? tableForm(options);
  const { index = form?.index, orientation = form?.orientation ?? 'samples' } = options;
  const { missing = form?.missing ?? DEFAULT_MISSING } = options;
  if (orientation === 'samples' && (index === undefined || index === true)) {
    throw new InputError('no-index', 'the name of the column of the ids is not known', {
      expected: '--index with its name, or --no-index',
      hint: 'The model file does not name it, and no config.yaml was found.',
    });
  }
  const mark = (words: readonly string[]): string => {
    const all = new Set([...missing, ...words.map(word => word.trim())]);
    return `add ${[...all].map(word => shellWord(`--missing=${word}`)).join(' ')}`;
  };
  return {
    file: options.data,
    orientation,
    index: index === false ? undefined : (index as string),
    missing,
    mark,
  };
}

function shapeOf({ decision }: Options, model: AnyModel, { index }: NewTable): Shape {
  const { classes, columns } = model;
  const { proba, decision: decides } = isEnsemble(model) ? MIXED : model.pipeline.last.model;
  if (decision && !decides) {
    const what = isEnsemble(model) ? 'an ensemble' : model.pipeline.last.step.kind.name;
    throw new InputError('no-decision', `${what} has no decisions`, { hint: 'Leave --decision out.' });
  }
  return {
    id: index ?? 'sample',
    classes,
    proba: proba !== undefined,
    decision: decides !== undefined && (decision === true || proba === undefined),
    outside: columns.some(({ smallest }) => smallest !== null),
  };
}

/** The outputs of an ensemble. */
const MIXED = { proba: true, decision: undefined };

/** The predictions for a batch. Throws InputError `no-prediction` with the place of the sample. */
function predicted(model: AnyModel, names: readonly string[], batch: Batch): Predictions {
  try {
    return isEnsemble(model)
      ? mixedPredictions(model, batch.x, names)
      : predictionsOf(model.pipeline, batch.x, names);
  } catch (error) {
    if (!(error instanceof SampleError)) throw error;
    const { row, feature, message, complaint } = error;
    const place = batch.placeOf(row, feature);
    const told = `the sample ${quote(batch.ids[row])} cannot be predicted: ${message}`;
    throw new InputError(error.code, told, { ...complaint, place }, { cause: error });
  }
}

/** What is counted over all samples. */
class Tally {
  readonly perClass: number[];
  outside = 0;

  constructor({ classes }: AnyModel) {
    this.perClass = classes.map(() => 0);
  }

  add(codes: Int32Array, outside: Int32Array): void {
    for (const code of codes) this.perClass[code]++;
    for (const count of outside) if (count > 0) this.outside++;
  }
}

function notesOn({ columns, versions }: AnyModel, { unused }: ReadTable): string[] {
  const notes: string[] = [];
  if (unused.length > 0) {
    const many = `${counted(unused.length, 'column')} of the table ${unused.length === 1 ? 'is' : 'are'}`;
    notes.push(`${many} not a feature of the model, and not read: ${someOf(unused.map(quote))}.`);
  }
  if (columns.every(({ smallest }) => smallest === null)) {
    notes.push(
      `The model file of spt ${versions.spt} does not hold the ranges of the training, so samples outside them are ` +
        'not marked.',
    );
  }
  return notes;
}

/** Tells what was done: on stdout beside a file, and on stderr beside printed predictions. */
function tell(
  model: AnyModel,
  options: Options,
  { file, index, orientation, missing }: NewTable,
  { perClass, outside }: Tally,
  { samples, unused, notes }: ReadTable & { notes: string[] },
): void {
  const { digest, classes, columns } = model;
  const about = isEnsemble(model) ? { members: model.members.length } : { config: model.config };
  const { out, json } = options;
  const known = columns.some(({ smallest }) => smallest !== null);
  if (json && out !== undefined) {
    const predicted = Object.fromEntries(classes.map((name, code) => [name, perClass[code]]));
    const form = { index, orientation, missing };
    const told = { ...about, digest, data: file, ...form, samples, predicted, unused, out, notes };
    console.log(safeJson(known ? { ...told, outside } : told));
    return;
  }
  const print = (line: string): void =>
    (out === undefined ? console.error : console.log)(printable(line, 1000));
  for (const note of notes) print(`note: ${note}`);
  if (about.config)
    print(`config   ${about.config.id}  ${about.config.pipeline} ${about.config.split}, digest ${digest}`);
  else print(`ensemble ${counted(about.members, 'model')}, digest ${digest}`);
  print(`read     ${counted(samples, 'sample')} of ${file} (missing: ${missing.map(quote).join(', ')})`);
  print(
    `classes  ${classes.map((name, code) => `${name} ${perClass[code].toLocaleString('en-US')}`).join(', ')}`,
  );
  if (known) {
    const many = `${outside.toLocaleString('en-US')} of ${counted(samples, 'sample')}`;
    print(`outside  ${many} have a feature outside the range of the training`);
  }
  if (out !== undefined) print(`written  ${out}`);
}
