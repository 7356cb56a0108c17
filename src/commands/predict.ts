/** `spt predict`: what a model of the search, or of a model file, says of new samples. */
import { Command, Option } from 'commander';
import { InputError } from '../base/errors.js';
import { counted, quote, someOf } from '../base/listing.js';
import { shellWord } from '../base/shell.js';
import { DEFAULT_MISSING } from '../config/defaults.js';
import type { Batch } from '../data/batches.js';
import { readNewSamples, type NewTable, type ReadTable } from '../data/new-samples.js';
import { countOutside, SampleError, type Predictions } from '../ml/apply.js';
import { anyAnswersOf, isEnsemble, type AnyModel } from '../ml/any-model.js';
import { readAnyModel } from '../ml/ensemble-file.js';
import { printable, safeJson } from '../terminal/printable.js';
import { explainerOf, type Explainer } from '../ml/explain/contributions.js';
import { withAdjustment } from './adjusting.js';
import { adjustmentLines } from './output/lesson-text.js';
import { checkOut } from './output/out-file.js';
import { chosenModel, refuseTwoModels, type ModelOptions } from './chosen-model.js';
import { withPlace } from './place.js';
import { predictionsInForm, predictionWriter } from './output/predict-file.js';
import { formOf, type Shape } from './output/predict-rows.js';
import { withChoice } from './rebuild.js';
import { tableForm } from './table-form.js';
import { WholeFile } from './output/whole-file.js';

interface Options extends ModelOptions {
  data: string;
  orientation?: 'samples' | 'features';
  /** False for --no-index. */
  index?: string | boolean;
  missing?: string[];
  decision?: boolean;
  explain?: boolean;
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
      'Predicts the samples of a table: for each one its value, or its class and the probability of every class, ' +
        'or the decision of a model without probabilities. The config is trained again first, and its digest is ' +
        'compared with the log, as spt rebuild does. With --model, the file of an earlier rebuild is used instead.',
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
    .option('--explain', 'add what each feature contributes: base and contribution_FEATURE')
    .option('-o, --out <file>', 'write to this file: .csv, .tsv, .ndjson, .parquet (default: print CSV)')
    .option('--json', 'print JSON: an object for each sample, one a line; with --out, one object')
    .addHelpText('after', EXAMPLES);
  withAdjustment(command);
  return withPlace(command, 'log').action(run);
}

async function run(id: string | undefined, options: Options): Promise<void> {
  refuseTwoModels(id, options);
  const form = options.out === undefined ? (options.json ? 'ndjson' : 'csv') : formOf(options.out);
  const { model, notes } = await chosenModel(id, options, {
    command: 'predict',
    rest: restOf(options),
    read: readAnyModel,
  });
  const table = newTable(options, model);
  const names = model.columns.map(({ name }) => name);
  const explainer = options.explain ? explainerFor(model, names) : undefined;
  const shape = shapeOf(options, model, table, explainer);
  if (options.out !== undefined) checkOut(options.out, predictionsInForm(form, shape));
  const file = new WholeFile(options.out);
  const tally = new Tally(model);
  let read: ReadTable;
  try {
    const writer = predictionWriter(form, shape, file, isEnsemble(model) ? model.digest : model.config.id);
    read = await readNewSamples(table, model.columns, batch => {
      const predictions = predicted(model, names, batch);
      const outside = countOutside(model.columns, batch.x);
      tally.add(predictions, outside);
      const contributions = explainer?.contributions(batch.x);
      writer.add({ ids: batch.ids, predictions, outside, contributions });
    });
    writer.end();
    await file.finish();
  } finally {
    file.drop();
  }
  tell(model, options, table, tally, {
    ...read,
    notes: [...notes, ...notesOn(model, read, explainer !== undefined)],
  });
}

/** The options that do not choose a config, as a person would type them. */
function restOf({ data, orientation, index, missing = [], decision, explain }: Options): string[] {
  return [
    `--data ${shellWord(data)}`,
    ...(orientation ? [`--orientation ${orientation}`] : []),
    ...(index === false ? ['--no-index'] : []),
    ...(typeof index === 'string' ? [`--index ${shellWord(index)}`] : []),
    ...missing.map(word => shellWord(`--missing=${word}`)),
    ...(decision ? ['--decision'] : []),
    ...(explain ? ['--explain'] : []),
  ];
}

/** How the table is read: as the options say, else as the model file, else as the search's config. */
function newTable(options: Options, model: AnyModel): NewTable {
  const form = model.table ?? tableForm(options);
  const { index = form && (form.index ?? false), orientation = form?.orientation ?? 'samples' } = options;
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

function shapeOf(
  { decision }: Options,
  model: AnyModel,
  { index }: NewTable,
  explainer: Explainer | undefined,
): Shape {
  const { classes, columns } = model;
  const { proba, decision: decides } = outputsOf(model);
  if (decision && !decides) {
    const what = isEnsemble(model) ? 'an ensemble' : model.pipeline.last.step.kind.name;
    throw new InputError('no-decision', `${what} has no decisions`, { hint: 'Leave --decision out.' });
  }
  return {
    id: index ?? 'sample',
    classes,
    proba,
    decision: decides && (decision === true || !proba),
    outside: columns.some(({ smallest }) => smallest !== null),
    ...(explainer && {
      explained: {
        features: columns.map(({ name }) => name),
        outputs: explainer.outputs === 1 ? [''] : classes,
      },
    }),
  };
}

/** Which outputs a model has. An ensemble has probabilities only. */
function outputsOf(model: AnyModel): { proba: boolean; decision: boolean } {
  if (isEnsemble(model)) return { proba: model.classes.length > 0, decision: false };
  const { last } = model.pipeline;
  if (last.model.classes === undefined) return { proba: false, decision: false };
  const { proba, decision } = last.model;
  return { proba: model.calibration !== undefined || proba !== undefined, decision: decision !== undefined };
}

/** Throws InputError `not-explained`. */
function explainerFor(model: AnyModel, names: readonly string[]): Explainer {
  if (!isEnsemble(model)) return explainerOf(model.pipeline, names, model.training);
  throw new InputError(
    'not-explained',
    'the contributions of features are not known, because an ensemble mixes models',
    {
      value: '--explain',
      expected: 'the model of one config',
      hint: 'Predict with --explain and the id of a member.',
    },
  );
}

/** The predictions for a batch. Throws InputError `no-prediction` with the place of the sample. */
function predicted(model: AnyModel, names: readonly string[], batch: Batch): Predictions {
  try {
    return anyAnswersOf(model, batch.x, names);
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
  /** The smallest, the largest and the sum of predicted values. */
  least = Infinity;
  most = -Infinity;
  sum = 0;
  outside = 0;

  constructor({ classes }: AnyModel) {
    this.perClass = classes.map(() => 0);
  }

  add({ codes, values }: Predictions, outside: Int32Array): void {
    for (const code of codes ?? []) this.perClass[code]++;
    for (const value of values ?? []) {
      this.least = Math.min(this.least, value);
      this.most = Math.max(this.most, value);
      this.sum += value;
    }
    for (const count of outside) if (count > 0) this.outside++;
  }
}

function notesOn(model: AnyModel, { unused, unseen }: ReadTable, isExplained: boolean): string[] {
  const { columns, versions } = model;
  const notes: string[] = [];
  if (isExplained && !isEnsemble(model) && model.calibration)
    notes.push('The contributions add up to what the model says before its calibration.');
  if (unused.length > 0) {
    const many = `${counted(unused.length, 'column')} of the table ${unused.length === 1 ? 'is' : 'are'}`;
    notes.push(`${many} not a feature of the model, and not read: ${someOf(unused.map(quote))}.`);
  }
  for (const { name, levels, cells } of unseen) {
    const many = levels.length === 1 ? 'a level' : counted(levels.length, 'level');
    notes.push(
      `${quote(name)} has ${many} that the training samples do not have, in ${counted(cells, 'sample')}: ` +
        `${someOf(levels.map(quote))}.`,
    );
  }
  if (columns.every(({ kind, smallest }) => kind === 'number' && smallest === null)) {
    notes.push(
      `The model file of spt ${versions.spt} does not hold the ranges of the training, so samples outside them are ` +
        'not marked.',
    );
  }
  return notes;
}

/** What a program is told of the model. */
function nameOf(model: AnyModel): object {
  if (isEnsemble(model)) return { members: model.members.length };
  const { config, calibration, threshold } = model;
  return { config, calibration: calibration?.method, threshold };
}

/** What a person is told of the model. */
function nameLines(model: AnyModel): string[] {
  const { digest } = model;
  if (isEnsemble(model)) return [`ensemble ${counted(model.members.length, 'model')}, digest ${digest}`];
  const { config, classes } = model;
  const adjusted = adjustmentLines(model, classes).map(
    (line, i) => `${i === 0 ? 'adjusted' : '        '} ${line}`,
  );
  return [`config   ${config.id}  ${config.pipeline} ${config.split}, digest ${digest}`, ...adjusted];
}

/** What was predicted, for a program: how many samples each class has, or the range and the mean of the values. */
function predictedObject({ classes }: AnyModel, tally: Tally, samples: number): object {
  if (classes.length > 0)
    return Object.fromEntries(classes.map((name, code) => [name, tally.perClass[code]]));
  if (samples === 0) return {};
  const { least, most, sum } = tally;
  return { least, most, mean: sum / samples };
}

/** The same for a person. */
function predictedLine(
  { classes }: AnyModel,
  { perClass, least, most, sum }: Tally,
  samples: number,
): string {
  if (classes.length > 0)
    return `classes  ${classes.map((name, code) => `${name} ${perClass[code].toLocaleString('en-US')}`).join(', ')}`;
  if (samples === 0) return 'values   none';
  const [low, high, mean] = [least, most, sum / samples].map(value => Number(value.toPrecision(6)));
  return `values   from ${low} to ${high}, mean ${mean}`;
}

/** Tells what was done: on stdout beside a file, and on stderr beside printed predictions. */
function tell(
  model: AnyModel,
  options: Options,
  { file, index, orientation, missing }: NewTable,
  tally: Tally,
  { samples, unused, notes }: ReadTable & { notes: string[] },
): void {
  const { digest, columns } = model;
  const { out, json } = options;
  const { outside } = tally;
  const known = columns.some(({ smallest }) => smallest !== null);
  if (json && out !== undefined) {
    const predicted = predictedObject(model, tally, samples);
    const form = { index, orientation, missing };
    const told = { ...nameOf(model), digest, data: file, ...form, samples, predicted, unused, out, notes };
    console.log(safeJson(known ? { ...told, outside } : told));
    return;
  }
  const print = (line: string): void =>
    (out === undefined ? console.error : console.log)(printable(line, 1000));
  for (const note of notes) print(`note: ${note}`);
  nameLines(model).forEach(print);
  print(`read     ${counted(samples, 'sample')} of ${file} (missing: ${missing.map(quote).join(', ')})`);
  print(predictedLine(model, tally, samples));
  if (known) {
    const many = `${outside.toLocaleString('en-US')} of ${counted(samples, 'sample')}`;
    print(`outside  ${many} have a feature outside the range of the training`);
  }
  if (out !== undefined) print(`written  ${out}`);
}
