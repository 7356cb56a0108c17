import type { Matrix } from '../base/dataset.js';
import { InputError, type Place } from '../base/errors.js';
import { quote, someOf } from '../base/listing.js';
import { missingLine } from './cells.js';
import { checkWidth, eachRow } from './header.js';
import { uniqueNames } from './names.js';
import { featureValue, missingMarkers } from './numbers.js';
import { cellPlace, eachRecord, filled } from './table.js';
import type { TableSource } from './types.js';
import { wrongCells, type Told } from './wrong-cells.js';

/**
 * The features of all samples: n samples, p features. Each line of the file is one array. So a table is never held
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

/**
 * Reads the features. `known` are the ids of the metadata, for hints. Throws InputError where the table has no
 * features.
 */
export async function readFeatures(source: TableSource, known: ReadonlySet<string>): Promise<Features> {
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
async function readSamples(source: TableSource, known: ReadonlySet<string>): Promise<Features> {
  const { features: file, index, target } = source;
  const vectors: Float64Array[] = [];
  const numbers = numberReader(file, source.missing);
  let names: string[] = [];
  let indexColumn = 0;
  const { header, ids } = await eachRow(file, index, {
    withoutIndex: found => ({ but: target, hint: turned(found, known) }),
    onHeader(header) {
      ({ names, index: indexColumn } = header);
      const leak = header.placeOf.get(target);
      if (leak === undefined) return;
      throw targetLeak(target, cellPlace(file, header.line, header.short ? leak - 1 : leak));
    },
    onRow(cells, line) {
      const told = (column: number): Told => ({
        name: `the column ${quote(names[column])}`,
        of: names[column],
      });
      vectors.push(numbers.read(cells, line, indexColumn, told));
    },
  });
  numbers.end();
  const features = header.names.filter((_, column) => column !== indexColumn);
  return { file, orientation: 'samples', names: features, rowOf: ids, vectors };
}

/** What to do where the first line holds the ids of samples instead of the names of features. */
function turned(names: readonly string[], known: ReadonlySet<string>): string | undefined {
  const ids = names.filter(name => known.has(name));
  if (ids.length < 2 || 2 * ids.length < names.length) return undefined;
  const what = `The first line has ${ids.length} ids of the metadata (${someOf(ids, 3)})`;
  return `${what}: did you mean \`orientation: features\`?`;
}

/**
 * Rows are features, named by their first cell. The first row holds a corner and the ids of the samples. The corner has
 * no meaning. R leaves it out, and then the first row is one cell short.
 */
async function readTransposed(source: TableSource, known: ReadonlySet<string>): Promise<Features> {
  const { features: file, target } = source;
  const ids = uniqueNames(file, 'id');
  const features = uniqueNames(file, 'feature');
  const vectors: Float64Array[] = [];
  const numbers = numberReader(file, source.missing);
  let first: { cells: string[]; line: number; corner: number } | undefined;
  let width: number | undefined;
  await eachRecord(file, (cells, line) => {
    if (first === undefined) {
      first = { cells, line, corner: 1 };
      return;
    }
    if (width === undefined) {
      if (cells.length === first.cells.length + 1 && cells.at(-1)!.trim() !== '') first.corner = 0;
      width = first.cells.length + 1 - first.corner;
      for (let i = first.corner; i < first.cells.length; i++) ids.add(first.cells[i], first.line, i);
      ids.end();
    }
    const { cells: names, corner } = first;
    checkWidth(file, cells, line, width, corner === 0);
    features.add(cells[0], line, 0);
    if (cells[0] === target) throw targetLeak(target, cellPlace(file, line, 0));
    const told = (column: number): Told => {
      const of = names[column - 1 + corner];
      const name = `the feature ${quote(cells[0])} of the sample ${quote(of)}`;
      const hint = `The metadata has no sample ${quote(of)}: leave this column out of the table.`;
      return known.has(of) ? { name, of } : { name, of, hint };
    };
    vectors.push(numbers.read(cells, line, 0, told));
  });
  filled(file, first, ids.numberOf.size === 0 ? 0 : vectors.length);
  features.end();
  numbers.end();
  return {
    file,
    orientation: 'features',
    names: [...features.numberOf.keys()],
    rowOf: ids.numberOf,
    vectors,
  };
}

/** The error for a target among the features. A model would learn the target from itself. */
function targetLeak(target: string, place: Place): InputError {
  return new InputError('target-leak', `the target ${quote(target)} is one of the features`, {
    place,
    value: target,
    hint: 'Every model would learn the answer. Leave this column out of the features.',
  });
}

/** Reads rows of cells as numbers. `end` throws the error about the cells without a number. */
function numberReader(file: string, markers: readonly string[]) {
  const missing = missingMarkers(markers);
  const wrong = wrongCells(words => `write ${missingLine(markers, words)} in config.yaml`);

  /** The values of all cells but one, which holds an id or a name. */
  function read(
    cells: string[],
    line: number,
    except: number,
    tellOf: (column: number) => Told,
  ): Float64Array {
    const values = new Float64Array(cells.length - 1);
    let place = 0;
    for (let column = 0; column < cells.length; column++) {
      if (column === except) continue;
      const value = featureValue(cells[column], missing);
      values[place++] = value;
      if (value === Infinity) wrong.add(cells[column], tellOf(column), cellPlace(file, line, column));
    }
    return values;
  }

  return { read, end: wrong.end };
}

/** How many columns are gathered at a time. The cache can hold the lines that these columns are written to. */
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
