import { InputError, type Place } from '../base/errors.js';
import { tabbed } from './blanks.js';
import { dialectOf, pointed, type Delimiter, type Dialect } from './dialect.js';
import { isParquet, refuseOtherNames } from './format.js';
import { parquetRecords, type WantedColumns } from './parquet.js';
import { recordSplitter, type OnRecord } from './splitter.js';
import { textBytes } from './text.js';

/**
 * A table as a file: text (.csv, .tsv or .txt, each also .gz) or Parquet. It is read record by record, so a file may be
 * larger than the longest string.
 */
export type TableFile = TextTable | { kind: 'parquet'; file: string };

export interface TextTable {
  kind: 'text';
  file: string;
  dialect: Dialect;
}

/** How many bytes of a file are read at a time. */
export const PIECE_BYTES = 1 << 18;

/** A file as a table. `told` is what is known of its dialect. Throws InputError for a file that is no table. */
export async function openTable(file: string, told: Partial<Dialect> = {}): Promise<TableFile> {
  refuseOtherNames(file);
  if (isParquet(file)) return { kind: 'parquet', file };
  return { kind: 'text', file, dialect: await dialectOf(file, told) };
}

/** The bytes of a table of text in pieces, as UTF-8. Runs of blanks that stand between cells are tabs. */
export function tableText({ file, dialect }: TextTable, pieceBytes: number): AsyncIterable<Buffer> {
  const bytes = textBytes(file, pieceBytes, dialect.encoding);
  return dialect.delimiter === ' ' ? tabbed(bytes) : bytes;
}

/** What stands between the cells of `tableText`. */
export function separatorOf({ dialect: { delimiter } }: TextTable): Exclude<Delimiter, ' '> {
  return delimiter === ' ' ? '\t' : delimiter;
}

/**
 * Calls `onRecord` for the records of a table in their order. Numbers have decimal points. Cells of Parquet that are
 * not wanted are empty. Throws InputError where the file is not a table.
 */
export async function eachRecord(
  table: TableFile,
  onRecord: OnRecord,
  { pieceBytes = PIECE_BYTES, wanted }: { pieceBytes?: number; wanted?: WantedColumns } = {},
): Promise<void> {
  if (table.kind === 'parquet') return parquetRecords(table.file, onRecord, wanted);
  const take = table.dialect.decimal === '.' ? onRecord : withPoints(table.file, onRecord);
  const records = recordSplitter(table.file, separatorOf(table), take);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  for await (const bytes of tableText(table, pieceBytes))
    records.take(decoder.decode(bytes, { stream: true }));
  records.end();
}

/** Marks between thousands, where numbers have decimal commas. */
const THOUSANDS = /^[+-]?[1-9]\d{0,2}(\.\d{3})+$/;

function withPoints(file: string, onRecord: OnRecord): OnRecord {
  return (cells, line) => {
    const column = cells.findIndex(cell => THOUSANDS.test(cell.trim()));
    if (column < 0) return onRecord(cells.map(pointed), line);
    throw new InputError('thousands-mark', `${cells[column].trim()} may be a number of thousands`, {
      place: cellPlace(file, line, column),
      value: cells[column],
      expected: 'numbers without marks between thousands, because the table has decimal commas',
      hint: 'Write the digits alone. If the numbers have decimal points, write `decimal: "."` under `data:`.',
    });
  };
}

/** The place of a cell. Columns are counted from 1, as `cut -f` and spreadsheets do. */
export function cellPlace(file: string, line: number, column: number): Place {
  return { file, line, column: column + 1 };
}

/** Throws for a table without a header or without rows; returns the header. */
export function filled<T>(file: string, header: T | undefined, rows: number): T {
  if (header !== undefined && rows > 0) return header;
  const message = header === undefined ? 'the table is empty' : 'the table has a first line and no rows';
  throw new InputError('empty-table', message, { place: { file } });
}
