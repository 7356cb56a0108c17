import { InputError, type Place } from '../base/errors.js';
import type { Matrix } from '../ml/types.js';
import { decimal, featureValue, missingMarkers, type MissingMarkers } from './numbers.js';
import {
  cellPlace,
  checkWidth,
  eachRecord,
  filled,
  quote,
  readHeader,
  requireColumn,
  someOf,
  uniqueNames,
  type Header,
} from './table.js';
import type { TableSource } from './types.js';

/**
 * The numbers: samples by features, kept as the lines of the file that they came from, so that a table is never held
 * twice while it is read.
 */
export interface Features {
  file: string;
  orientation: 'samples' | 'features';
  /** The p names. */
  names: string[];
  /** The row of a sample, from 0 to n-1. */
  rowOf: Map<string, number>;
  /** Of `samples`: n arrays of p values. Of `features`: p arrays of n. NaN is a missing value. */
  vectors: Float64Array[];
}

/** Reads the features. Throws InputError for a table that is no such thing. */
export async function readFeatures(source: TableSource): Promise<Features> {
  const features =
    source.orientation === 'samples' ? await readSamples(source) : await readTransposed(source);
  if (features.names.length === 0) {
    throw new InputError('no-features', 'the table has no column but the index', {
      place: { file: features.file, line: 1 },
    });
  }
  return features;
}

/** Rows are samples; one column is the index and all others are features. */
async function readSamples(source: TableSource): Promise<Features> {
  const { features: file, index, target } = source;
  const ids = uniqueNames(file, 'id');
  const vectors: Float64Array[] = [];
  const cellsToNumbers = numberReader(file, missingMarkers(source.missing));
  let header: Header | undefined;
  let indexColumn = 0;
  await eachRecord(file, (cells, line) => {
    if (!header) {
      header = readHeader(file, cells, line);
      indexColumn = requireColumn(file, header, index, 'the index');
      const leak = header.placeOf.get(target);
      if (leak !== undefined) throw targetLeak(target, cellPlace(file, line, leak));
      return;
    }
    const { names } = header;
    checkWidth(file, cells, line, names.length);
    ids.add(cells[indexColumn], line, indexColumn);
    vectors.push(cellsToNumbers.read(cells, line, indexColumn, column => names[column]));
  });
  const { names } = filled(file, header, vectors.length);
  cellsToNumbers.end();
  const features = names.filter((_, column) => column !== indexColumn);
  return { file, orientation: 'samples', names: features, rowOf: ids.numberOf, vectors };
}

/** Rows are features, named by their first cell; the first row holds a corner and the ids of the samples. */
async function readTransposed(source: TableSource): Promise<Features> {
  const { features: file, target } = source;
  const ids = uniqueNames(file, 'id');
  const features = uniqueNames(file, 'column');
  const vectors: Float64Array[] = [];
  const cellsToNumbers = numberReader(file, missingMarkers(source.missing));
  let width: number | undefined;
  await eachRecord(file, (cells, line) => {
    if (width === undefined) {
      width = cells.length;
      for (let column = 1; column < width; column++) ids.add(cells[column], line, column);
      return;
    }
    checkWidth(file, cells, line, width);
    features.add(cells[0], line, 0);
    if (cells[0] === target) throw targetLeak(target, cellPlace(file, line, 0));
    vectors.push(cellsToNumbers.read(cells, line, 0, () => cells[0]));
  });
  filled(file, width, ids.numberOf.size === 0 ? 0 : vectors.length);
  cellsToNumbers.end();
  return {
    file,
    orientation: 'features',
    names: [...features.numberOf.keys()],
    rowOf: ids.numberOf,
    vectors,
  };
}

/** A target among the features would be learned from itself. */
function targetLeak(target: string, place: Place): InputError {
  return new InputError('target-leak', `the target ${quote(target)} is one of the features`, {
    place,
    value: target,
    hint: 'Every model would learn the answer; leave it to the metadata.',
  });
}

/** `inf`, `-Infinity`: what other programs write for a number that is none. */
const INFINITE = /^\s*[+-]?inf(inity)?\s*$/i;

/** At most this many different words are told. */
const MOST_WORDS = 5;

/**
 * Reads rows of cells as numbers. Cells that are none are only collected, so that all the words which mean "missing" are
 * told at once; `end` throws where there were any.
 */
function numberReader(file: string, missing: MissingMarkers) {
  const words = new Set<string>();
  const columns = new Set<string>();
  let count = 0;
  let first: { cell: string; name: string; place: Place } | undefined;

  function collect(cell: string, name: string, place: Place): void {
    first ??= { cell, name, place };
    count++;
    columns.add(name);
    if (words.size < MOST_WORDS) words.add(cell);
  }

  /** The values of all cells but one, which holds an id or a name. */
  function read(
    cells: string[],
    line: number,
    except: number,
    nameOf: (column: number) => string,
  ): Float64Array {
    const values = new Float64Array(cells.length - 1);
    let place = 0;
    for (let column = 0; column < cells.length; column++) {
      if (column === except) continue;
      const value = featureValue(cells[column], missing);
      values[place++] = value;
      if (value === Infinity) collect(cells[column], nameOf(column), cellPlace(file, line, column));
    }
    return values;
  }

  function end(): void {
    if (!first) return;
    const { cell, name, place } = first;
    // A decimal number that is not accepted is one beyond the largest double.
    const infinite = INFINITE.test(cell) || decimal(cell) !== undefined;
    const what =
      cell.trim() === '' ? 'an empty cell' : `${infinite ? 'an infinite number' : 'text'}, ${quote(cell)}`;
    const more = count > 1 ? ` (${count} such cells, in ${someOf([...columns])})` : '';
    throw new InputError(
      infinite ? 'infinite-cell' : 'bad-cell',
      `the column ${quote(name)} holds ${what}${more}`,
      {
        place,
        value: cell,
        expected: infinite ? 'a finite number' : 'a number',
        hint: `If there is no value, say so with \`missing: [${[...words].map(quote).join(', ')}]\`; words must become numbers first.`,
      },
    );
  }

  return { read, end };
}

/** How many columns are gathered at a time: the lines of the cache that they are written to stay in it. */
const COLUMNS_AT_ONCE = 64;

/** The n x p matrix of the given rows, in their order. */
export function gather({ orientation, names, vectors }: Features, rows: Int32Array): Matrix {
  const data = new Float64Array(rows.length * names.length);
  if (orientation === 'features') {
    vectors.forEach((values, j) => {
      for (let i = 0; i < rows.length; i++) data[j * rows.length + i] = values[rows[i]];
    });
    return { rows: rows.length, columns: names.length, data };
  }
  for (let start = 0; start < names.length; start += COLUMNS_AT_ONCE) {
    const end = Math.min(start + COLUMNS_AT_ONCE, names.length);
    for (let i = 0; i < rows.length; i++) {
      const values = vectors[rows[i]];
      for (let j = start; j < end; j++) data[j * rows.length + i] = values[j];
    }
  }
  return { rows: rows.length, columns: names.length, data };
}
