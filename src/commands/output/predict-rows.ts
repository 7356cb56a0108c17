/** Predictions as rows of a text: CSV, TSV, or one JSON object a line. Numbers keep all their digits. */
import { InputError } from '../../base/errors.js';
import type { ClassPredictions, Predictions } from '../../ml/apply.js';
import type { Contributions } from '../../ml/explain/contributions.js';
import { textCell } from '../../tables/delimited.js';
import { safeJson } from '../../terminal/printable.js';

export type TextForm = 'csv' | 'tsv' | 'ndjson';
export type Form = TextForm | 'parquet';

/** What a row holds. */
export interface Shape {
  /** The name of the column of the ids. */
  id: string;
  /** The names of the k classes. None for values. */
  classes: readonly string[];
  /** Whether there are probabilities, and whether decisions are wanted. */
  proba: boolean;
  decision: boolean;
  /** Whether the ranges of the training are known, so that there is a column `outside`. */
  outside: boolean;
  /** With contributions: the names of the p features, and of the outputs: one without a name, or one for each class. */
  explained?: { features: readonly string[]; outputs: readonly string[] };
}

/** What is told of m samples. */
export interface Told {
  ids: readonly string[];
  predictions: Predictions;
  /** How many features are outside of the range of the training. */
  outside: Int32Array;
  contributions?: Contributions;
}

const FORMS: { [ending: string]: Form } = {
  csv: 'csv',
  tsv: 'tsv',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  parquet: 'parquet',
};

const SEPARATORS = { csv: ',', tsv: '\t' } as const;

/** The form that a file's name says. Throws InputError `bad-out`. */
export function formOf(path: string): Form {
  const form = FORMS[/\.(\w+)$/.exec(path)?.[1].toLowerCase() ?? ''];
  if (form !== undefined) return form;
  throw new InputError('bad-out', 'the name of the file does not say what kind of file it is', {
    value: path,
    expected: 'a name that ends in .csv, .tsv, .ndjson or .parquet',
  });
}

/** The first line of a file, with its end; empty for JSON. */
export function headLine(form: TextForm, shape: Shape): string {
  return form === 'ndjson' ? '' : lineOf(namesOf(shape), form);
}

/** The names of all columns. */
export function namesOf(shape: Shape): string[] {
  const { id, classes, proba, decision, outside, explained } = shape;
  const binary = classes.length === 2;
  return [
    id,
    'predicted',
    ...(proba ? classes.map(name => `probability_${name}`) : []),
    ...(decision ? (binary ? ['decision'] : classes.map(name => `decision_${name}`)) : []),
    ...(outside ? ['outside'] : []),
    ...(explained ? explainedNames(explained) : []),
  ];
}

function explainedNames({ features, outputs }: NonNullable<Shape['explained']>): string[] {
  return outputs.flatMap(output => {
    const of = output === '' ? '' : `${output}_`;
    return [`base${of && `_${output}`}`, ...features.map(name => `contribution_${of}${name}`)];
  });
}

/** How any file of predictions begins that has this form and this column of ids. */
export function fileStart(form: TextForm, id: string): string {
  return form === 'ndjson' ? '{"id":' : lineOf([id, 'predicted'], form).trimEnd();
}

/** The lines of some samples, each with its end. */
export function rowLines(form: TextForm, shape: Shape, told: Told): string {
  let text = '';
  for (let i = 0; i < told.ids.length; i++)
    text += form === 'ndjson' ? objectOf(shape, told, i) : cellsOf(SEPARATORS[form], shape, told, i);
  return text;
}

function cellsOf(
  separator: ',' | '\t',
  { classes, proba, decision, outside: hasOutside, explained }: Shape,
  { ids, predictions, outside, contributions }: Told,
  row: number,
): string {
  const said = predictedOf(predictions, classes, row);
  let line = `${textCell(ids[row], separator)}${separator}`;
  line += typeof said === 'number' ? said : textCell(said, separator);
  const { proba: probabilities, decision: decisions } = ofClasses(predictions);
  if (proba) line += cellsOfRow(probabilities!, row, classes.length, separator);
  if (decision) line += cellsOfRow(decisions!, row, widthOf(classes), separator);
  if (hasOutside) line += separator + outside[row];
  if (explained)
    for (let o = 0; o < explained.outputs.length; o++) {
      line += separator + contributions!.base[o];
      for (const value of ofOutput(explained, contributions!, row, o)) line += separator + value;
    }
  return `${line}\n`;
}

/** What is predicted for a sample: the name of its class, or its value. */
export function predictedOf(
  predictions: Predictions,
  classes: readonly string[],
  row: number,
): string | number {
  return predictions.values ? predictions.values[row] : classes[predictions.codes[row]];
}

/** The probabilities and decisions of predictions, where they have any. */
export const ofClasses = (predictions: Predictions): Partial<ClassPredictions> =>
  predictions.values ? {} : predictions;

/** The contributions of the features to one output of a sample. */
export function ofOutput(
  { features, outputs }: NonNullable<Shape['explained']>,
  { values }: Contributions,
  row: number,
  output: number,
): Float64Array {
  return rowOf(values, row * outputs.length + output, features.length);
}

/** The values of a row, each behind a separator. */
function cellsOfRow(values: Float64Array, row: number, width: number, separator: string): string {
  let cells = '';
  for (let at = row * width; at < (row + 1) * width; at++) cells += separator + values[at];
  return cells;
}

function objectOf(
  { classes, proba, decision, outside: hasOutside, explained }: Shape,
  { ids, predictions, outside, contributions }: Told,
  row: number,
): string {
  const byClass = (values: Float64Array): { [name: string]: number } =>
    Object.fromEntries(classes.map((name, k) => [name, values[k]]));
  const width = widthOf(classes);
  const said = ofClasses(predictions);
  const decisions = decision ? rowOf(said.decision!, row, width) : undefined;
  return `${safeJson({
    id: ids[row],
    predicted: predictedOf(predictions, classes, row),
    ...(proba && { probability: byClass(rowOf(said.proba!, row, classes.length)) }),
    ...(decisions && { decision: width === 1 ? decisions[0] : byClass(decisions) }),
    ...(hasOutside && { outside: outside[row] }),
    ...(explained && explainedObject(explained, contributions!, row)),
  })}\n`;
}

function explainedObject(
  explained: NonNullable<Shape['explained']>,
  contributions: Contributions,
  row: number,
): object {
  const { features, outputs } = explained;
  const parts = outputs.map((_, o) => {
    const values = ofOutput(explained, contributions, row, o);
    const byFeature = Object.fromEntries(features.map((name, j) => [name, values[j]]));
    return { base: contributions.base[o], contribution: byFeature };
  });
  if (outputs.length === 1) return parts[0];
  const byClass = (name: 'base' | 'contribution'): object =>
    Object.fromEntries(outputs.map((output, o) => [output, parts[o][name]]));
  return { base: byClass('base'), contribution: byClass('contribution') };
}

/** How many decisions a sample has. */
export const widthOf = (classes: readonly string[]): number => (classes.length === 2 ? 1 : classes.length);

export const rowOf = (values: Float64Array, row: number, width: number): Float64Array =>
  values.subarray(row * width, (row + 1) * width);

function lineOf(cells: readonly string[], form: 'csv' | 'tsv'): string {
  return `${cells.map(text => textCell(text, SEPARATORS[form])).join(SEPARATORS[form])}\n`;
}
