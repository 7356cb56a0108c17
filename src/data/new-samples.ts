import type { DataColumn } from '../base/dataset.js';
import { InputError, type Place } from '../base/errors.js';
import { counted, quote, someOf } from '../base/listing.js';
import { nearest } from '../base/suggest.js';
import { Batches, rowsAtOnce, type Batch } from './batches.js';
import { cornerOf, formOfFeatures } from './features.js';
import { readHeader } from './header.js';
import { isWritten, NewTexts, type Unseen } from './new-texts.js';
import { missingMarkers } from './numbers.js';
import { eachRows, type Rows } from './rows.js';
import type { Dialect } from './dialect.js';
import { cellPlace, filled, openTable } from './table.js';
import { wrongCells } from './wrong-cells.js';

/**
 * A table of samples that a model has not seen. Its columns are found by name, in any order; columns that the model
 * does not know are not read. The table is handed on in batches, so that a table of any length fits into memory. Only
 * with `orientation: features` all samples are held, because each line has a value of each of them.
 */
export interface NewTable {
  /** A table of text or Parquet. */
  file: string;
  orientation: 'samples' | 'features';
  /** The column of the ids; undefined where samples have none, or row names. Not used with `orientation: features`. */
  index: string | undefined;
  /** How the table is written, as far as it is known. */
  dialect?: Partial<Dialect>;
  /** Cells that mean that there is no value. */
  missing: readonly string[];
  /** How a user marks a word as missing. It ends the sentence "If there is no value, ...". */
  mark(words: readonly string[]): string;
}

export interface ReadTable {
  samples: number;
  /** The columns (or lines, with `orientation: features`) that are neither the index nor a feature. */
  unused: string[];
  /** The levels of categories that the model does not know. */
  unseen: Unseen[];
}

/**
 * Reads these features. A text of a category becomes the model's code. Throws InputError: `missing-features`,
 * `bad-cell`, `not-boolean`, and what the table's form forbids. After a cell that is no number, `onBatch` is called no
 * more, and all such cells are told at the end.
 */
export async function readNewSamples(
  table: NewTable,
  columns: readonly DataColumn[],
  onBatch: (batch: Batch) => void,
): Promise<ReadTable> {
  if (table.orientation === 'samples') return readRows(table, columns, onBatch);
  const written = columns.find(isWritten);
  if (written) throw turnedTexts(table.file, written.name);
  const names = columns.map(({ name }) => name);
  return { ...(await readColumns(table, names, onBatch)), unseen: [] };
}

function turnedTexts(file: string, name: string): InputError {
  return new InputError(
    'turned-kind',
    `${quote(name)} is a category or a boolean, and rows are features here`,
    {
      place: { file },
      value: name,
      expected: 'a table with one row a sample',
    },
  );
}

/** How the columns of a table were found. */
interface Columns {
  names: string[];
  /** The place of the ids; -1 where there are none. */
  index: number;
  /** The p places of the features. */
  places: Int32Array;
  short: boolean;
  unused: string[];
}

/** Rows are samples. */
async function readRows(
  table: NewTable,
  model: readonly DataColumn[],
  onBatch: (batch: Batch) => void,
): Promise<ReadTable> {
  const { file } = table;
  const features = model.map(({ name }) => name);
  const missing = missingMarkers(table.missing);
  const numbers = Int32Array.from(model.keys()).filter(j => !isWritten(model[j]));
  const written = Int32Array.from(model.keys()).filter(j => isWritten(model[j]));
  const texts = Array.from(written, j => new NewTexts(model[j], missing));
  const sample = new Float64Array(model.length);
  const wrong = wrongCells(table.mark);
  const batches = new Batches(file, features.length, batch => wrong.count === 0 && onBatch(batch));
  let columns: Columns | undefined;

  /** The values of a row in the order of the model. */
  function sampleOf({ line, values, texts: cells }: Rows, row: number): Float64Array {
    numbers.forEach((j, place) => (sample[j] = values[row * numbers.length + place]));
    written.forEach((j, place) => {
      const placeOf = (): Place => cellPlace(file, line + row, columns!.places[j]);
      sample[j] = texts[place].value(cells[place][row], placeOf);
    });
    return sample;
  }

  function take(rows: Rows): void {
    const { line, count, names, values, wrong: cells } = rows;
    const { index, places } = columns!;
    let next = 0;
    for (let row = 0; row < count; row++) {
      batches.makeRoom();
      const isNamed = index >= 0 && wrong.count === 0;
      const id = isNamed ? idOf(file, names[row], line + row, index) : String(batches.samples + 1);
      if (written.length === 0) batches.add(id, line + row, values, row);
      else batches.add(id, line + row, sampleOf(rows, row), 0);
      for (; cells[next]?.row === row; next++) {
        const { place, cell } = cells[next];
        const j = numbers[place];
        const of = features[j];
        wrong.add(cell, { name: `the column ${quote(of)}`, of }, cellPlace(file, line + row, places[j]));
      }
    }
  }

  const first = await eachRows(await openTable(file, table.dialect), {
    formOf(first, row) {
      columns = columnsOf(table, first, row.cells, features);
      const { names, index, places, short } = columns;
      batches.columnOf = feature => (feature === undefined ? undefined : places[features.indexOf(feature)]);
      return {
        width: names.length,
        short,
        name: index,
        columns: numbers.map(j => places[j]),
        texts: written.map(j => places[j]),
        missing,
      };
    },
    take,
  });
  filled(file, first, batches.samples);
  wrong.end();
  batches.end();
  const unseen = texts.map(one => one.told()).filter(one => one !== undefined);
  return { samples: batches.samples, unused: columns!.unused, unseen };
}

/** The id in a cell. */
function idOf(file: string, cell: string, line: number, column: number): string {
  if (cell.trim() !== '') return cell;
  throw new InputError('missing-id', 'the id is empty here', {
    place: cellPlace(file, line, column),
    value: cell,
    hint: 'Give the sample its id, or leave it out.',
  });
}

/** Finds the index and the features among the columns. */
function columnsOf(
  { file, index }: NewTable,
  first: { cells: string[]; line: number },
  row: string[],
  features: readonly string[],
): Columns {
  const turned = features.includes(row[0])
    ? 'The first cells of the rows are features: did you mean `--orientation features`?'
    : undefined;
  const hint = turned ?? 'Name the column of the ids with --index, or write --no-index if there is none.';
  const header = readHeader(file, first, row, index, { withoutIndex: () => ({ hint }) });
  const { names, placeOf, index: at, short } = header;
  const wanted = new Set(features);
  const unused = names.filter((name, column) => column !== at && !wanted.has(name));
  const lacking = features.filter(name => !placeOf.has(name));
  if (lacking.length > 0) {
    const place = { file, line: first.line };
    const placeOfUnused = (name: string): string => `column ${placeOf.get(name)! + (short ? 0 : 1)}`;
    throw lacks(place, 'column', lacking, features, unused, placeOfUnused, turned);
  }
  return { names, index: at, places: Int32Array.from(features, name => placeOf.get(name)!), short, unused };
}

/** How many renamed features an error names, and for how many they are looked for. */
const MOST_RENAMED = 5;
const MOST_LOOKED_FOR = 20;

/** The error for a table without some features of the model. */
function lacks(
  place: Place,
  kind: 'column' | 'row',
  lacking: readonly string[],
  features: readonly string[],
  unused: readonly string[],
  where: (name: string) => string,
  turned: string | undefined,
): InputError {
  const who = lacking.length === 1 ? 'a feature' : counted(lacking.length, 'feature');
  const message = `the table has no ${kind} for ${who} of the model: ${someOf(lacking.map(quote), 10)}`;
  const renamed: string[] = [];
  const free = new Set(unused);
  for (const name of lacking.slice(0, MOST_LOOKED_FOR)) {
    if (renamed.length === MOST_RENAMED) break;
    const near = nearest(name, free);
    if (near === undefined) continue;
    free.delete(near);
    renamed.push(`${quote(near)} (${where(near)}) may be ${quote(name)}`);
  }
  const rename =
    renamed.length > 0
      ? `${renamed.join('; ')}. Give each ${kind} the name that the model knows.`
      : undefined;
  const turn =
    kind === 'row' && lacking.length === features.length
      ? 'If each row is a sample, write `--orientation samples`.'
      : turned;
  const rest =
    'Columns are found by name, in any order. A feature without any values is a column of empty cells.';
  return new InputError('missing-features', message, {
    place,
    value: lacking[0],
    expected: `the ${counted(features.length, 'feature')} of the model by their names`,
    hint: turn ?? rename ?? rest,
  });
}

/** The features of all samples, one line each. */
interface Vectors {
  ids: string[];
  /** How many cells of the first line stand before the ids: 1, or 0 where R left the corner out. */
  corner: number;
  /** p arrays of n values, and the lines that they stand on. */
  values: Float64Array[];
  lines: Float64Array;
}

/** Rows are features, named by their first cell. The first line holds a corner and the ids; R leaves the corner out. */
async function readColumns(
  table: NewTable,
  features: readonly string[],
  onBatch: (batch: Batch) => void,
): Promise<Omit<ReadTable, 'unseen'>> {
  const { file } = table;
  const wrong = wrongCells(table.mark);
  const wanted = new Map(features.map((name, j) => [name, j]));
  const others = new Map<string, number>();
  const lines = new Float64Array(features.length);
  const found: Vectors = { ids: [], corner: 1, values: [], lines };
  const first = await eachRows(await openTable(file, table.dialect), {
    formOf({ cells, line }, row) {
      const corner = cornerOf(cells, row.cells);
      found.corner = corner;
      found.ids = cells.slice(corner).map((id, i) => idOf(file, id, line, i + corner));
      return formOfFeatures(found.ids.length, corner, missingMarkers(table.missing));
    },
    take(rows) {
      for (let row = 0; row < rows.count; row++) {
        const name = rows.names[row];
        const line = rows.line + row;
        const j = wanted.get(name);
        if (j === undefined) others.set(name, line);
        else if (found.values[j]) throw twice(file, name, line, lines[j]);
        else {
          lines[j] = line;
          found.values[j] = rows.values.slice(row * found.ids.length, (row + 1) * found.ids.length);
        }
      }
      for (const { row, place, column, cell } of rows.wrong) {
        if (!wanted.has(rows.names[row])) continue;
        const of = found.ids[place];
        const name = `the feature ${quote(rows.names[row])} of the sample ${quote(of)}`;
        wrong.add(cell, { name, of }, cellPlace(file, rows.line + row, column));
      }
    },
  });
  const rows = others.size + found.values.length;
  const { line } = filled(file, first, found.ids.length === 0 ? 0 : rows);
  const unused = [...others.keys()];
  const lacking = features.filter((_, j) => !found.values[j]);
  const where = (name: string): string => `line ${others.get(name)}`;
  if (lacking.length > 0) throw lacks({ file, line }, 'row', lacking, features, unused, where, undefined);
  wrong.end();
  cutIntoBatches(file, found, wanted, onBatch);
  return { samples: found.ids.length, unused };
}

function cutIntoBatches(
  file: string,
  { ids, corner, values, lines }: Vectors,
  wanted: ReadonlyMap<string, number>,
  onBatch: (batch: Batch) => void,
): void {
  const most = rowsAtOnce(values.length);
  for (let start = 0; start < ids.length; start += most) {
    const some = ids.slice(start, start + most);
    const [rows, columns] = [some.length, values.length];
    const data = new Float64Array(rows * columns);
    values.forEach((vector, j) => data.set(vector.subarray(start, start + rows), j * rows));
    const placeOf = (row: number, feature = ''): Place => {
      const j = wanted.get(feature);
      const [line, column] = j === undefined ? [1, start + row + corner] : [lines[j], start + row + 1];
      return cellPlace(file, line, column);
    };
    onBatch({ ids: some, x: { rows, columns, data }, placeOf });
  }
}

function twice(file: string, name: string, line: number, earlier: number): InputError {
  return new InputError('duplicate-feature', `the feature ${quote(name)} stands also in line ${earlier}`, {
    place: { file, line, column: 1 },
    value: name,
    hint: 'Leave all but one out.',
  });
}
