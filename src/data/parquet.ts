/**
 * Tables of Parquet as records of text, so that one set of rules reads all tables. Numbers are written with the fewest
 * digits that give the same double. A cell without a value is empty. A date is written as in ISO 8601.
 */
import { closeSync, fstatSync, readSync } from 'node:fs';
import { parquetMetadataAsync, parquetReadObjects, parquetSchema, type AsyncBuffer } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { InputError } from '../base/errors.js';
import { openFile } from '../base/files.js';
import { quote } from '../base/listing.js';
import type { OnRecord } from './splitter.js';

/** The columns that are read, once they are known. Places count the columns of the first record. */
export type WantedColumns = () => ReadonlySet<number> | undefined;

/** The most cells that are in memory at once, where a row group is not larger. */
const MOST_CELLS = 1 << 20;

/** What pandas calls the column of an index without a name. */
const UNNAMED_INDEX = /^__index_level_\d+__$/;

/**
 * Calls `onRecord` for the names of the columns, as line 1, and for each row. After the first row, only the columns of
 * `wanted` are read, and the other cells are empty. Throws InputError where the file is no table of Parquet.
 */
export async function parquetRecords(
  file: string,
  onRecord: OnRecord,
  wanted: WantedColumns = () => undefined,
): Promise<void> {
  const descriptor = openTable(file);
  try {
    await readRecords(file, bufferOf(descriptor), onRecord, wanted);
  } finally {
    closeSync(descriptor);
  }
}

async function readRecords(
  file: string,
  source: AsyncBuffer,
  onRecord: OnRecord,
  wanted: WantedColumns,
): Promise<void> {
  const metadata = await parquetMetadataAsync(source).catch((cause: Error) => {
    throw notParquet(file, cause);
  });
  const columns = parquetSchema(metadata).children;
  const nested = columns.find(({ children }) => children.length > 0);
  if (nested) throw isNested(file, nested.element.name);
  const names = columns.map(({ element }) => element.name);
  const index = names.findIndex(name => UNNAMED_INDEX.test(name));
  // An index without a name stands first, as in the text that pandas writes.
  const order = index < 0 ? names : [names[index], ...names.filter((_, i) => i !== index)];
  onRecord(
    order.map(name => (UNNAMED_INDEX.test(name) ? '' : name)),
    1,
  );
  const rows = Number(metadata.num_rows);
  const step = Math.max(1, Math.floor(MOST_CELLS / names.length));
  for (let start = 0; start < rows;) {
    const places = start === 0 ? undefined : wanted();
    const read = places ? order.filter((_, i) => places.has(i)) : order;
    const end = Math.min(rows, start === 0 ? 1 : start + step);
    const found = await parquetReadObjects({
      ...{ file: source, metadata, compressors, columns: read, rowStart: start, rowEnd: end },
    }).catch((cause: Error) => {
      throw notParquet(file, cause);
    });
    const isRead = new Set(read);
    found.forEach((row, i) =>
      onRecord(
        order.map(name => (isRead.has(name) ? textOf(row[name]) : '')),
        start + i + 2,
      ),
    );
    start = end;
  }
}

/** A value as the text of a cell. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString().replace('T00:00:00.000Z', '');
  if (typeof value === 'object') return JSON.stringify(value);
  return String(value);
}

function openTable(file: string): number {
  try {
    return openFile(file, 'read');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : message;
    const place = { file };
    throw new InputError('unreadable-file', `the table cannot be read: ${why}`, { place }, { cause });
  }
}

function bufferOf(descriptor: number): AsyncBuffer {
  const { size } = fstatSync(descriptor);
  return {
    byteLength: size,
    slice(start, end = size) {
      const bytes = new Uint8Array(end - start);
      let done = 0;
      for (let count; done < bytes.length; done += count) {
        count = readSync(descriptor, bytes, done, bytes.length - done, start + done);
        if (count === 0) break;
      }
      return bytes.buffer;
    },
  };
}

function notParquet(file: string, cause: Error): InputError {
  const message = `the file is not a whole table of Parquet: ${cause.message}`;
  return new InputError(
    'bad-parquet',
    message,
    { place: { file }, hint: 'Write the file again.' },
    { cause },
  );
}

function isNested(file: string, name: string): InputError {
  return new InputError('bad-parquet', `the column ${quote(name)} holds lists or records`, {
    place: { file },
    value: name,
    expected: 'columns of numbers and texts',
    hint: 'Write each part as a column of its own, or leave the column out of the file.',
  });
}
