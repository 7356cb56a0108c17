import { InputError } from '../base/errors.js';
import { counted, quote } from '../base/listing.js';
import { didYouMean, oneOf } from '../base/suggest.js';
import { uniqueNames } from './names.js';
import { cellPlace, eachRecord, filled, type TableFile } from './table.js';

/**
 * A table whose rows are samples. Its first line names the columns, and one of them is the index.
 *
 * A column of row names may be unnamed. R's write.table leaves its name out, and then the first line is one cell short.
 * write.csv, write.table with col.names = NA, and pandas write an empty name. An unnamed first column is the index,
 * unless another column has the index's name. Without an index, the samples are numbered.
 */
export interface Header {
  /** The names of the columns, in order. */
  names: string[];
  /** The place of each column, by its name. */
  placeOf: Map<string, number>;
  /** The line of the file that the header stands on. */
  line: number;
  /** Whether the first column has no cell in the first line. */
  short: boolean;
  /** The place of the index among the columns; -1 where there is none. */
  index: number;
}

/** What is done with a table. */
export interface Reader {
  /** What to say where the index is not among the names. */
  withoutIndex?(names: readonly string[]): { hint?: string; but?: string };
  onHeader(header: Header): void;
  /** The columns whose cells are read, where a form of file allows others to be left out. */
  columns?(): ReadonlySet<number>;
  /** Takes the cells of a row, as many as there are columns. */
  onRow(cells: string[], line: number): void;
}

/** Reads a table whose rows are samples. Throws InputError for any other table. */
export async function eachRow(
  table: TableFile,
  index: string | undefined,
  reader: Reader,
): Promise<{ header: Header; ids: Map<string, number> }> {
  const { file } = table;
  const ids = uniqueNames(file, 'id');
  let first: { cells: string[]; line: number } | undefined;
  let header: Header | undefined;
  let count = 0;
  const wanted = (): ReadonlySet<number> | undefined => header && reader.columns?.();
  await eachRecord(
    table,
    (cells, line) => {
      if (first === undefined) {
        first = { cells, line };
        return;
      }
      if (header === undefined) {
        header = readHeader(file, first, cells, index, reader);
        reader.onHeader(header);
      }
      checkWidth(file, cells, line, header.names.length, header.short);
      ids.add(header.index < 0 ? String(++count) : cells[header.index], line, header.index);
      reader.onRow(cells, line);
    },
    { wanted },
  );
  filled(file, first, header === undefined ? 0 : 1);
  ids.end();
  return { header: header!, ids: ids.numberOf };
}

/** What a column of row names is called where config.yaml names no index. R calls it so. */
export const ROW_NAMES = 'row.names';

/** The names of the columns, from the first line. It may be one cell shorter than the first row. */
export function readHeader(
  file: string,
  { cells, line }: { cells: string[]; line: number },
  row: string[],
  told: string | undefined,
  reader: Pick<Reader, 'withoutIndex'>,
): Header {
  const index = told ?? ROW_NAMES;
  const unnamed = !cells.includes(index);
  // A separator at the end of every row also makes one more cell, but that cell is empty.
  const longer = unnamed && row.length === cells.length + 1;
  const short = longer && row.at(-1)!.trim() !== '';
  const empty = unnamed && !short && cells.length > 1 && cells[0].trim() === '';
  const written = short ? [index, ...cells] : empty ? [index, ...cells.slice(1)] : cells;
  const columns = uniqueNames(file, 'column');
  written.forEach((name, column) => columns.add(name, line, short ? column - 1 : column));
  columns.end();
  const { numberOf: placeOf } = columns;
  const header = { names: [...placeOf.keys()], placeOf, line, short, index: 0 };
  const place = placeOf.get(index);
  if (place !== undefined) return { ...header, index: place };
  if (told === undefined) return { ...header, index: -1 };
  const hint =
    'Each row has one cell more than the first line. Remove the separator at the end of the rows, or begin the first ' +
    `line with the name of the index, ${quote(index)}.`;
  const help = longer ? { hint } : reader.withoutIndex?.(header.names);
  throw noSuchColumn(file, header, index, 'the index', help);
}

/** The error for a column that a table must have. `role` is its use; `but` is a column that is not meant. */
export function noSuchColumn(
  file: string,
  { placeOf, line }: Pick<Header, 'placeOf' | 'line'>,
  name: string,
  role: string,
  { hint, but }: { hint?: string; but?: string } = {},
): InputError {
  const names = [...placeOf.keys()].filter(one => one !== but);
  return new InputError('no-such-column', `the table has no column ${quote(name)}, ${role}`, {
    place: { file, line },
    value: name,
    expected: hint === undefined ? oneOf(placeOf.keys()) : undefined,
    hint: hint ?? didYouMean(name, names),
  });
}

/** Throws where a record does not have `width` cells. `short` says that the first line is one cell short. */
export function checkWidth(file: string, cells: string[], line: number, width: number, short: boolean): void {
  if (cells.length === width) return;
  const quoting = 'Check whether a separator stands in a cell without quotes.';
  const rowNames =
    `${quoting} If each row begins with a row name, write the table without them: row.names = FALSE in R, ` +
    'index=False in pandas.';
  const shifted = cells.length === width + 1;
  const trailing = shifted && cells.at(-1)!.trim() === '';
  throw new InputError(
    'ragged-row',
    `the line has ${counted(cells.length, 'cell')}, and the first ${short ? 'row' : 'line'} has ${width}`,
    {
      place: cellPlace(file, line, Math.min(cells.length, width)),
      value: cells.length,
      expected: counted(width, 'cell'),
      hint: trailing ? 'Remove the separator at the end of the line.' : shifted ? rowNames : quoting,
    },
  );
}
