import type { Matrix } from '../base/dataset.js';
import { InputError, type Place } from '../base/errors.js';
import { quote, someOf } from '../base/listing.js';
import { missingLine } from './cells.js';
import { readHeader, type Header } from './header.js';
import { ifCategories } from './kinds.js';
import { learnColumns, type FeatureColumn, type LearnedColumn } from './levels.js';
import { Lines } from './lines.js';
import { MixedColumns } from './mixed.js';
import { uniqueNames } from './names.js';
import { missingMarkers, type MissingMarkers } from './numbers.js';
import { eachRows, type RowForm } from './rows.js';
import { featuresIn, isOneTable } from './selection.js';
import { cellPlace, filled, openTable, type TableFile } from './table.js';
import type { TableSource } from './types.js';
import { wrongCells, type Told } from './wrong-cells.js';

/**
 * The features of all samples: n samples, p features.
 */
export interface Features {
  file: string;
  table: TableFile;
  orientation: 'samples' | 'features';
  /** The p names. */
  names: string[];
  /** What the p columns hold. */
  columns: readonly FeatureColumn[];
  missing: MissingMarkers;
  /** The row of a sample, from 0 to n-1. */
  rowOf: Map<string, number>;
  /** Of `samples`: n lines with the numbers of each sample. Of `features`: p lines of n. NaN is a missing value. */
  lines: Lines;
}

/** The ids of the metadata. */
type Known = Pick<ReadonlySet<string>, 'has'>;

/**
 * Reads the features. `known` are the ids of the metadata, for hints. Throws InputError where the table has no
 * features.
 */
export async function readFeatures(source: TableSource, known: Known): Promise<Features> {
  const features =
    source.orientation === 'samples' ? await readSamples(source, known) : await readTransposed(source, known);
  if (features.names.length === 0) {
    throw new InputError('no-features', 'the table has no column but the index', {
      place: { file: features.file, line: 1 },
    });
  }
  return features;
}

/** Rows are samples; one column is the index and all others are features. */
async function readSamples(source: TableSource, known: Known): Promise<Features> {
  const { features: file, index, target } = source;
  const table = await openTable(file, source.dialect);
  const ids = uniqueNames(file, 'id');
  const wrong = wrongCells(markIn(source), ifCategories);
  let header: Header | undefined;
  let mixed: MixedColumns | undefined;
  let lines = new Lines(0);
  const first = await eachRows(table, {
    formOf(first, row) {
      header = readHeader(file, first, row.cells, index, {
        withoutIndex: found => ({ but: target, hint: turned(found, known) }),
      });
      const features = isOneTable(source) ? featuresIn(source, header) : allFeatures(header, target, file);
      mixed = new MixedColumns(table, header, row.cells, features, source);
      const { numbers: columns, textPlaces: texts, missing } = mixed;
      lines = new Lines(columns.length);
      const [width, name] = [header.names.length, header.index];
      return { width, short: header.short, name, columns, texts, missing };
    },
    take(rows) {
      for (let i = 0; i < rows.count; i++)
        ids.add(
          header!.index < 0 ? String(lines.count + i + 1) : rows.names[i],
          rows.line + i,
          header!.index,
        );
      lines.add(rows);
      mixed!.addTexts(rows.texts, rows.line);
      for (const { row, column, cell } of rows.wrong) {
        if (mixed!.takesText(column)) continue;
        const of = header!.names[column];
        wrong.add(cell, { name: `the column ${quote(of)}`, of }, cellPlace(file, rows.line + row, column));
      }
    },
  });
  filled(file, first, lines.count);
  ids.end();
  const decided = await mixed!.decide(wrong);
  wrong.end();
  const names = decided.map(({ name }) => name);
  const { missing } = mixed!;
  return {
    ...{ file, table, orientation: 'samples' as const, names, columns: decided, missing },
    ...{ rowOf: ids.numberOf, lines },
  };
}

/** All columns but the index. Throws where the target is among them. */
function allFeatures(
  { names, placeOf, index, line, short }: Header,
  target: string,
  file: string,
): Int32Array {
  const leak = placeOf.get(target);
  if (leak !== undefined) throw targetLeak(target, cellPlace(file, line, short ? leak - 1 : leak));
  return Int32Array.from(names.keys()).filter(column => column !== index);
}

/** What to do where the first line holds the ids of samples instead of the names of features. */
function turned(names: readonly string[], known: Known): string | undefined {
  const ids = names.filter(name => known.has(name));
  if (ids.length < 2 || 2 * ids.length < names.length) return undefined;
  const what = `The first line has ${ids.length} ids of the metadata (${someOf(ids, 3)})`;
  return `${what}: did you mean \`orientation: features\`?`;
}

/**
 * Rows are features, named by their first cell. The first row holds a corner and the ids of the samples. The corner has
 * no meaning. R leaves it out, and then the first row is one cell short.
 */
async function readTransposed(source: TableSource, known: Known): Promise<Features> {
  const { features: file, target, kinds = [] } = source;
  const table = await openTable(file, source.dialect);
  for (const { kind, pattern, place } of kinds) if (kind !== 'number') throw turnedKind(kind, pattern, place);
  const ids = uniqueNames(file, 'id');
  const features = uniqueNames(file, 'feature');
  const missing = missingMarkers(source.missing);
  const wrong = wrongCells(markIn(source));
  let samples: string[] = [];
  let lines = new Lines(0);
  const first = await eachRows(table, {
    formOf({ cells, line }, row) {
      const corner = cornerOf(cells, row.cells);
      for (let i = corner; i < cells.length; i++) ids.add(cells[i], line, i);
      ids.end();
      samples = cells.slice(corner);
      lines = new Lines(samples.length);
      return formOfFeatures(samples.length, corner, missing);
    },
    take(rows) {
      rows.names.forEach((name, i) => {
        const line = rows.line + i;
        features.add(name, line, 0);
        if (name === target) throw targetLeak(target, cellPlace(file, line, 0));
      });
      lines.add(rows);
      for (const { row, place, column, cell } of rows.wrong) {
        const of = samples[place];
        const name = `the feature ${quote(rows.names[row])} of the sample ${quote(of)}`;
        const hint = `The metadata has no sample ${quote(of)}: leave this column out of the table.`;
        const told: Told = known.has(of) ? { name, of } : { name, of, hint };
        wrong.add(cell, told, cellPlace(file, rows.line + row, column));
      }
    },
  });
  filled(file, first, ids.numberOf.size === 0 ? 0 : lines.count);
  features.end();
  wrong.end();
  const names = [...features.numberOf.keys()];
  const columns = names.map((name, place): FeatureColumn => ({ name, kind: 'number', place }));
  return { file, table, orientation: 'features', names, columns, missing, rowOf: ids.numberOf, lines };
}

/** How many cells of the first line stand before the ids: 1, or 0 where R left the corner out. */
export function cornerOf(first: readonly string[], row: readonly string[]): 0 | 1 {
  return row.length === first.length + 1 && row.at(-1)!.trim() !== '' ? 0 : 1;
}

/** The form of a table whose rows are features: a name, and a value of each sample. */
export function formOfFeatures(samples: number, corner: 0 | 1, missing: MissingMarkers): RowForm {
  const columns = Int32Array.from({ length: samples }, (_, i) => i + 1);
  return { width: samples + 1, short: corner === 0, name: 0, columns, missing };
}

/** The error for a target among the features. A model would learn the target from itself. */
function targetLeak(target: string, place: Place): InputError {
  return new InputError('target-leak', `the target ${quote(target)} is one of the features`, {
    place,
    value: target,
    hint: 'Every model would learn the answer. Leave this column out of the features.',
  });
}

/** The error for a feature that is no number in a table whose rows are features. */
function turnedKind(kind: string, pattern: string, place: Place | undefined): InputError {
  return new InputError(
    'turned-kind',
    `${quote(pattern)} cannot be of the kind ${kind} with \`orientation: features\``,
    {
      place,
      value: kind,
      expected: 'number',
      hint: 'Write the table with one row a sample, and leave `orientation` out.',
    },
  );
}

/** How a user marks words as missing. */
const markIn =
  ({ missing }: TableSource) =>
  (words: readonly string[]): string =>
    `write ${missingLine(missing, words)} in config.yaml`;

/** The columns of a split whose training samples stand in these rows. Throws what `learnColumns` throws. */
export function columnsOfSplit(features: Features, rows: Int32Array, split: string): LearnedColumn[] {
  return learnColumns(features.file, features.columns, features.missing, { rows, split });
}

/** The n x p matrix of the given rows, in their order. Texts become the numbers that the split has learned for them. */
export function gather(features: Features, rows: Int32Array, learned?: readonly LearnedColumn[]): Matrix {
  const { orientation, columns, lines } = features;
  const data = new Float64Array(rows.length * columns.length);
  if (orientation === 'features') lines.pick(rows, data);
  else lines.pickTransposed(rows, data, placesOf(features));
  columns.forEach((column, j) => {
    if (column.kind === 'number') return;
    const { values } = learned![j];
    for (let i = 0; i < rows.length; i++) data[j * rows.length + i] = values![column.cells.at(rows[i])];
  });
  return { rows: rows.length, columns: columns.length, data };
}

/** The column of each number of a line, or undefined where all columns are numbers. */
function placesOf({ columns, lines }: Features): Int32Array | undefined {
  if (columns.every(({ kind }) => kind === 'number')) return undefined;
  const columnOf = new Int32Array(lines.width).fill(-1);
  columns.forEach((column, j) => {
    if (column.kind === 'number') columnOf[column.place] = j;
  });
  return columnOf;
}
