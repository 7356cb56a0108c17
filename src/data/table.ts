import { InputError, type Place } from '../base/errors.js';
import { separatorOf } from './format.js';
import { recordSplitter, type OnRecord } from './splitter.js';
import { textOf } from './text.js';

/**
 * A table of text, .csv or .tsv, each also .gz. It is read record by record (splitter.ts), so a file may be larger than
 * the longest string. A byte-order mark is skipped. The text is UTF-8.
 */

/** How many bytes of a file are read at a time. */
export const PIECE_BYTES = 1 << 18;

/** Calls `onRecord` for the records of a file in their order. Throws InputError where the file is not a table. */
export async function eachRecord(file: string, onRecord: OnRecord, pieceBytes = PIECE_BYTES): Promise<void> {
  const records = recordSplitter(file, separatorOf(file), onRecord);
  for await (const text of textOf(file, pieceBytes)) records.take(text);
  records.end();
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
