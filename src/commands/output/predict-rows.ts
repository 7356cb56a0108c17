/** Predictions as rows of a file: CSV, TSV, or one JSON object a line. Numbers keep all their digits. */
import { InputError } from '../../base/errors.js';
import type { Predictions } from '../../ml/apply.js';
import { textCell } from '../../tables/delimited.js';
import { safeJson } from '../../terminal/printable.js';

export type Form = 'csv' | 'tsv' | 'ndjson';

/** What a row holds. */
export interface Shape {
  /** The name of the column of the ids. */
  id: string;
  /** The names of the k classes. */
  classes: readonly string[];
  /** Whether there are probabilities, and whether decisions are wanted. */
  proba: boolean;
  decision: boolean;
  /** Whether the ranges of the training are known, so that there is a column `outside`. */
  outside: boolean;
}

const FORMS: { [ending: string]: Form } = { csv: 'csv', tsv: 'tsv', ndjson: 'ndjson', jsonl: 'ndjson' };

const SEPARATORS = { csv: ',', tsv: '\t' } as const;

/** The form that a file's name says. Throws InputError `bad-out`. */
export function formOf(path: string): Form {
  const form = FORMS[/\.(\w+)$/.exec(path)?.[1].toLowerCase() ?? ''];
  if (form !== undefined) return form;
  throw new InputError('bad-out', 'the name of the file does not say what kind of file it is', {
    value: path,
    expected: 'a name that ends in .csv, .tsv or .ndjson',
  });
}

/** The first line of a file, with its end; empty for JSON. */
export function headLine(form: Form, shape: Shape): string {
  if (form === 'ndjson') return '';
  const { id, classes, proba, decision, outside } = shape;
  const binary = classes.length === 2;
  const names = [
    id,
    'predicted',
    ...(proba ? classes.map(name => `probability_${name}`) : []),
    ...(decision ? (binary ? ['decision'] : classes.map(name => `decision_${name}`)) : []),
    ...(outside ? ['outside'] : []),
  ];
  return lineOf(names, form);
}

/** How any file of predictions begins that has this form and this column of ids. */
export function fileStart(form: Form, id: string): string {
  return form === 'ndjson' ? '{"id":' : lineOf([id, 'predicted'], form).trimEnd();
}

/** The lines of some samples, each with its end. */
export function rowLines(
  form: Form,
  shape: Shape,
  ids: readonly string[],
  predictions: Predictions,
  outside: Int32Array,
): string {
  const write = form === 'ndjson' ? objectOf : cellsOf;
  let text = '';
  for (let i = 0; i < ids.length; i++) text += write(form, shape, ids[i], predictions, outside[i], i);
  return text;
}

function cellsOf(
  form: Form,
  { classes, proba, decision, outside }: Shape,
  id: string,
  predictions: Predictions,
  count: number,
  row: number,
): string {
  const separator = SEPARATORS[form as 'csv' | 'tsv'];
  let line = textCell(id, separator) + separator + textCell(classes[predictions.codes[row]], separator);
  if (proba) line += cellsOfRow(predictions.proba!, row, classes.length, separator);
  if (decision) line += cellsOfRow(predictions.decision!, row, widthOf(classes), separator);
  return outside ? `${line}${separator}${count}\n` : `${line}\n`;
}

/** The values of a row, each behind a separator. */
function cellsOfRow(values: Float64Array, row: number, width: number, separator: string): string {
  let cells = '';
  for (let at = row * width; at < (row + 1) * width; at++) cells += separator + values[at];
  return cells;
}

function objectOf(
  _form: Form,
  { classes, proba, decision, outside }: Shape,
  id: string,
  predictions: Predictions,
  count: number,
  row: number,
): string {
  const byClass = (values: Float64Array): { [name: string]: number } =>
    Object.fromEntries(classes.map((name, k) => [name, values[k]]));
  const width = widthOf(classes);
  const decisions = decision ? rowOf(predictions.decision!, row, width) : undefined;
  return `${safeJson({
    id,
    predicted: classes[predictions.codes[row]],
    ...(proba && { probability: byClass(rowOf(predictions.proba!, row, classes.length)) }),
    ...(decisions && { decision: width === 1 ? decisions[0] : byClass(decisions) }),
    ...(outside && { outside: count }),
  })}\n`;
}

/** How many decisions a sample has. */
const widthOf = (classes: readonly string[]): number => (classes.length === 2 ? 1 : classes.length);

const rowOf = (values: Float64Array, row: number, width: number): Float64Array =>
  values.subarray(row * width, (row + 1) * width);

function lineOf(cells: readonly string[], form: 'csv' | 'tsv'): string {
  return `${cells.map(text => textCell(text, SEPARATORS[form])).join(SEPARATORS[form])}\n`;
}
