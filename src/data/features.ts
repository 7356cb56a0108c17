import type { Matrix } from '../base/dataset.js';
import { InputError, type Place } from '../base/errors.js';
import { quote, someOf } from '../base/listing.js';
import { missingLine } from './cells.js';
import { readHeader, type Header } from './header.js';
import { Lines } from './lines.js';
import { uniqueNames } from './names.js';
import { missingMarkers, type MissingMarkers } from './numbers.js';
import { eachRows, type RowForm } from './rows.js';
import { featuresIn, isOneTable } from './selection.js';
import { cellPlace, filled, openTable, type TableFile } from './table.js';
import type { TableSource } from './types.js';
import { wrongCells, type Told, type WrongCells } from './wrong-cells.js';

/**
 * The features of all samples: n samples, p features.
 */
export interface Features {
  file: string;
  table: TableFile;
  orientation: 'samples' | 'features';
  /** The p names. */
  names: string[];
  /** The row of a sample, from 0 to n-1. */
  rowOf: Map<string, number>;
  /** Of `samples`: n lines of p values. Of `features`: p lines of n. NaN is a missing value. */
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
  const wrong = wrongIn(source);
  let header: Header | undefined;
  let columns: Int32Array = new Int32Array(0);
  let lines = new Lines(0);
  const first = await eachRows(table, {
    formOf(first, row) {
      header = readHeader(file, first, row.cells, index, {
        withoutIndex: found => ({ but: target, hint: turned(found, known) }),
      });
      columns = isOneTable(source) ? featuresIn(source, header) : allFeatures(header, target, file);
      lines = new Lines(columns.length);
      const [width, name] = [header.names.length, header.index];
      return { width, short: header.short, name, columns, missing: missingMarkers(source.missing) };
    },
    take(rows) {
      for (let i = 0; i < rows.count; i++)
        ids.add(
          header!.index < 0 ? String(lines.count + i + 1) : rows.names[i],
          rows.line + i,
          header!.index,
        );
      lines.add(rows);
      for (const { row, column, cell } of rows.wrong) {
        const of = header!.names[column];
        wrong.add(cell, { name: `the column ${quote(of)}`, of }, cellPlace(file, rows.line + row, column));
      }
    },
  });
  filled(file, first, lines.count);
  ids.end();
  wrong.end();
  const names = Array.from(columns, column => header!.names[column]);
  return { file, table, orientation: 'samples', names, rowOf: ids.numberOf, lines };
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
  const { features: file, target } = source;
  const table = await openTable(file, source.dialect);
  const ids = uniqueNames(file, 'id');
  const features = uniqueNames(file, 'feature');
  const wrong = wrongIn(source);
  let samples: string[] = [];
  let lines = new Lines(0);
  const first = await eachRows(table, {
    formOf({ cells, line }, row) {
      const corner = cornerOf(cells, row.cells);
      for (let i = corner; i < cells.length; i++) ids.add(cells[i], line, i);
      ids.end();
      samples = cells.slice(corner);
      lines = new Lines(samples.length);
      return formOfFeatures(samples.length, corner, missingMarkers(source.missing));
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
  return { file, table, orientation: 'features', names, rowOf: ids.numberOf, lines };
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

/** The wrong cells of the features. */
function wrongIn({ missing }: TableSource): WrongCells {
  return wrongCells(words => `write ${missingLine(missing, words)} in config.yaml`);
}

/** The n x p matrix of the given rows, in their order. */
export function gather({ orientation, names, lines }: Features, rows: Int32Array): Matrix {
  const data = new Float64Array(rows.length * names.length);
  if (orientation === 'features') lines.pick(rows, data);
  else lines.pickTransposed(rows, data);
  return { rows: rows.length, columns: names.length, data };
}
