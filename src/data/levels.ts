import type { DataColumn } from '../base/dataset.js';
import { InputError, type Place } from '../base/errors.js';
import { quote } from '../base/listing.js';
import { sortedLabels } from './labels.js';
import { decimal, decimalKey, type MissingMarkers } from './numbers.js';
import { cellPlace } from './table.js';
import { isNoText, presentTexts, type TextColumn } from './text-column.js';
import { truthOf } from './truth.js';

/**
 * The levels of categories: which there are, and the code of each text. They are learned from the samples that a model
 * is fitted on. Any other sample may have a level that those do not have.
 */

/** What a column of the features holds: numbers at a place of each line, or texts. */
export type FeatureColumn =
  | { name: string; kind: 'number'; place: number }
  | { name: string; kind: 'boolean'; cells: TextColumn }
  /** `levels` are those of an ordered column. */
  | { name: string; kind: 'category'; cells: TextColumn; levels?: readonly string[] };

/** A column as a split has it. `values` are the numbers that the different texts stand for; numbers have none. */
export interface LearnedColumn {
  column: DataColumn;
  values?: Float64Array;
}

/** Finds the place of a text among levels. Where all levels are numbers, `1.0` is the level `1`, too. */
export function levelFinder(levels: readonly string[]): (text: string) => number | undefined {
  const places = new Map(levels.map((level, place) => [level, place]));
  if (!levels.every(level => decimal(level) !== undefined)) return text => places.get(text);
  const numbers = new Map(levels.map((level, place) => [decimalKey(level)!, place]));
  return text => places.get(text) ?? numbers.get(decimalKey(text) ?? '');
}

/** The code of a text: the place of its level, NaN where it means no value, and the number of levels for any other. */
export function codeFinder(levels: readonly string[], missing: MissingMarkers): (text: string) => number {
  const placeOf = levelFinder(levels);
  return text => (isNoText(text, missing) ? NaN : (placeOf(text) ?? levels.length));
}

/** The truth in a cell, as 1 or 0, also where it is written as a number; undefined for any other text. */
export function truthValue(text: string): 0 | 1 | undefined {
  const number = decimal(text);
  return number === 0 || number === 1 ? number : truthOf(text);
}

/**
 * The columns of a split whose training samples stand in the given rows. Throws InputError `empty-category` for a
 * category without a value there, and `ambiguous-label`.
 */
export function learnColumns(
  file: string,
  columns: readonly FeatureColumn[],
  missing: MissingMarkers,
  { rows, split }: { rows: Int32Array; split: string },
): LearnedColumn[] {
  return columns.map(column => {
    const { name, kind } = column;
    if (kind === 'number') return { column: { name, kind } };
    const { cells } = column;
    if (kind === 'boolean') return { column: truthColumn(cells), values: truthValues(cells, missing) };
    const levels = column.levels ?? levelsIn(file, cells, missing, rows);
    if (levels.length === 0) throw emptyCategory(name, split, placeOfText(file, cells, 0));
    const values = Float64Array.from(cells.texts, codeFinder(levels, missing));
    return {
      column: { name, kind, levels: [...levels], ...(column.levels && { ordered: true }) },
      values,
    };
  });
}

/** Only where a text is a word, new tables have to be read as words. */
function truthColumn({ name, texts }: TextColumn): DataColumn {
  const hasWords = texts.some(text => truthOf(text) !== undefined);
  return { name, kind: 'number', ...(hasWords && { boolean: true }) };
}

function truthValues({ texts }: TextColumn, missing: MissingMarkers): Float64Array {
  return Float64Array.from(texts, text => (isNoText(text, missing) ? NaN : truthValue(text)!));
}

/** The levels of some rows, in the order of scikit-learn's encoders. */
function levelsIn(file: string, cells: TextColumn, missing: MissingMarkers, rows: Int32Array): string[] {
  const isMet = new Uint8Array(cells.texts.length);
  for (const row of rows) isMet[cells.at(row)] = 1;
  const met = presentTexts(cells, missing).filter(code => isMet[code] === 1);
  try {
    return sortedLabels(
      met.map(code => cells.texts[code]),
      cells.name,
    );
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const code = cells.texts.indexOf(String(error.complaint.value));
    const place = placeOfText(file, cells, code);
    throw new InputError(error.code, error.message, { ...error.complaint, place }, { cause: error });
  }
}

/** Where a text of a column stands first. */
export const placeOfText = (file: string, { lines, column }: TextColumn, code: number): Place =>
  cellPlace(file, lines[code], column);

function emptyCategory(name: string, split: string, place: Place): InputError {
  return new InputError('empty-category', `the column ${quote(name)} has no value in ${split}`, {
    place,
    value: name,
    expected: 'a value in at least one sample to train on',
    hint: 'Leave the column out of the features, or widen the split.',
  });
}
