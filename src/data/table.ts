import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import Papa from 'papaparse';
import { InputError, type Place } from '../base/errors.js';
import { didYouMean, oneOf } from '../base/suggest.js';

/**
 * A table of text, .csv or .tsv, each also .gz, read record by record, so that a file may be larger than a string can be.
 *
 * The form is RFC 4180's, read by papaparse: quoted cells hold separators, doubled quotes and line ends. Lines may end in
 * LF, CRLF or CR, the last one in nothing; a byte-order mark and blank lines are passed over. The text is UTF-8.
 */

/** Takes the cells of a record and the line of the file that it starts on, from 1. */
export type OnRecord = (cells: string[], line: number) => void;

const CHUNK_BYTES = 1 << 20;

/** A longer record is a quote that is never closed: a million numbers are 20 million characters. */
const MAX_RECORD_CHARACTERS = 1 << 26;

const UNREADABLE: { [code: string]: string } = {
  ENOENT: 'there is no such file',
  EACCES: 'the file may not be read',
  EISDIR: 'it is a directory, not a file',
  ENOTDIR: 'a part of the path is not a directory',
};

/** Calls `onRecord` for the records of a file in their order. Throws InputError where the file is not such a table. */
export async function eachRecord(file: string, onRecord: OnRecord): Promise<void> {
  const separator = separatorOf(file);
  const records = recordSplitter(file, separator, onRecord);
  for await (const text of textOf(file)) records.take(text);
  records.end();
}

/** The separator that a file's name promises. */
function separatorOf(file: string): ',' | '\t' {
  const kind = /\.(csv|tsv)(\.gz)?$/i.exec(file);
  if (kind) return kind[1].toLowerCase() === 'csv' ? ',' : '\t';
  throw new InputError('unknown-format', 'the name of the table does not say what it is', {
    place: { file },
    expected: 'a name that ends in .csv, .tsv, .csv.gz or .tsv.gz',
  });
}

/** The first two bytes of a regular file. */
function firstBytes(file: string): Buffer {
  try {
    const descriptor = openSync(file, 'r');
    try {
      if (!fstatSync(descriptor).isFile()) throw Object.assign(new Error('not a file'), { code: 'EISDIR' });
      const bytes = Buffer.alloc(2);
      return bytes.subarray(0, readSync(descriptor, bytes, 0, 2, 0));
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    const why = UNREADABLE[code] ?? message;
    throw new InputError(
      'unreadable-file',
      `the table cannot be read: ${why}`,
      { place: { file } },
      { cause },
    );
  }
}

/** The bytes of a file, unpacked where its name ends in .gz. */
async function* bytesOf(file: string): AsyncGenerator<Buffer> {
  const packed = /\.gz$/i.test(file);
  const first = firstBytes(file);
  const looksPacked = first.length === 2 && first[0] === 0x1f && first[1] === 0x8b;
  if (packed !== looksPacked) {
    throw new InputError('bad-gzip', packed ? 'the file is not gzip' : 'the file is gzip', {
      place: { file },
      hint: packed ? 'Name it without .gz, or pack it.' : 'Let its name end in .gz.',
    });
  }
  const bytes = createReadStream(file, { highWaterMark: CHUNK_BYTES });
  try {
    // The pipeline hands an error of the file on to the stream that is read here.
    yield* packed ? pipeline(bytes, createGunzip({ chunkSize: CHUNK_BYTES }), () => {}) : bytes;
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    const damaged = code.startsWith('Z_');
    const what = damaged ? 'the gzip file is damaged or cut off' : 'the table cannot be read';
    throw new InputError(
      damaged ? 'bad-gzip' : 'unreadable-file',
      `${what}: ${message}`,
      { place: { file } },
      { cause },
    );
  }
}

const countNewlines = (bytes: Buffer): number => {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++;
  return count;
};

/** The text of a file in pieces. Throws InputError at the first byte that is not text in UTF-8. */
async function* textOf(file: string): AsyncGenerator<string> {
  const strict = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  for await (const bytes of bytesOf(file)) {
    const zero = bytes.indexOf(0);
    if (zero >= 0) throw notText(file, line + countNewlines(bytes.subarray(0, zero)), 'a NUL byte');
    let text: string;
    try {
      text = strict.decode(bytes, { stream: true });
    } catch (cause) {
      const before = bytes.toString('utf8').split('\ufffd', 1)[0];
      throw notText(file, line + before.split('\n').length - 1, 'a byte that is not UTF-8', cause);
    }
    line += countNewlines(bytes);
    yield text;
  }
  try {
    yield strict.decode();
  } catch (cause) {
    throw notText(file, line, 'a byte that is not UTF-8', cause);
  }
}

function notText(file: string, line: number, what: string, cause?: unknown): InputError {
  const hint = 'Save the table as UTF-8; spreadsheets often write Latin-1 or UTF-16.';
  return new InputError(
    'bad-encoding',
    `the table holds ${what}`,
    { place: { file, line }, hint },
    { cause },
  );
}

/** Cuts text that comes in pieces into records. */
function recordSplitter(file: string, delimiter: string, onRecord: OnRecord) {
  let newline: '\n' | '\r' | undefined;
  let pending = '';
  let line = 1;
  // How long the text must be before another look: twice as long as one that ended inside a record, so that the looks
  // at a long record take time in proportion to it.
  let enough = 0;

  function split(last: boolean): void {
    newline ??= pending.includes('\n') || !pending.includes('\r') ? '\n' : '\r';
    const quoted = pending.includes('"');
    const parser = new Papa.Parser({ delimiter, newline });
    const { data, errors, meta }: Papa.ParseResult<string[]> = parser.parse(pending, 0, !last);
    // A record that is not whole yet can look wrongly quoted; it is met again.
    const wrong = errors.find(({ row = Infinity }) => row < data.length);
    data.forEach((cells, row) => {
      if (row === wrong?.row) throw badQuotes(file, line, wrong.code);
      const at = line;
      line += 1 + (quoted ? newlinesIn(cells, newline!) : 0);
      const end = cells.length - 1;
      if (cells[end].endsWith('\r')) cells[end] = cells[end].slice(0, -1);
      if (end > 0 || cells[0].trim() !== '') onRecord(cells, at);
    });
    pending = pending.slice(meta.cursor);
    enough = data.length > 0 ? 0 : 2 * pending.length;
    if (pending.length > MAX_RECORD_CHARACTERS) throw badQuotes(file, line, 'MissingQuotes');
  }

  return {
    take(text: string): void {
      pending += text;
      if (pending.length > enough) split(false);
    },
    end: () => split(true),
  };
}

function newlinesIn(cells: string[], newline: string): number {
  let count = 0;
  for (const cell of cells) if (cell.includes(newline)) count += cell.split(newline).length - 1;
  return count;
}

function badQuotes(file: string, line: number, code: string): InputError {
  const open = code === 'MissingQuotes';
  const message = open ? 'a quoted cell is never closed' : 'a quoted cell goes on after its closing quote';
  return new InputError('bad-quotes', `${message}, in the record that starts here`, {
    place: { file, line },
    hint: 'A quote inside a quoted cell is written twice: "".',
  });
}

/** Names that a table must have and have once: the ids of its samples, or what its columns are called. */
export interface Names {
  /** Each name and how many came before it. */
  numberOf: Map<string, number>;
  /** Adds what a cell says; throws where it says nothing or what another has said. */
  add(cell: string, line: number, column: number): void;
}

export function uniqueNames(file: string, kind: 'id' | 'column'): Names {
  const numberOf = new Map<string, number>();
  const places: Place[] = [];
  function add(cell: string, line: number, column: number): void {
    const place = cellPlace(file, line, column);
    if (cell.trim() === '') {
      throw new InputError(`missing-${kind}`, `the ${kind === 'id' ? 'id' : 'name'} is empty here`, {
        place,
        value: cell,
        hint:
          kind === 'id'
            ? undefined
            : 'R and pandas write row names with an empty name: give it one, or leave it out.',
      });
    }
    const earlier = places[numberOf.get(cell) ?? -1];
    if (earlier) {
      const message = `the ${kind} ${quote(cell)} was there before, in line ${earlier.line}, column ${earlier.column}`;
      throw new InputError(`duplicate-${kind}`, message, { place, value: cell });
    }
    // The storage of its own matters: a part of a string keeps the whole string, here a megabyte of text, alive.
    numberOf.set(Buffer.from(cell).toString(), places.push(place) - 1);
  }
  return { numberOf, add };
}

/** The columns of a table: their names in order, and the place of each. */
export interface Header {
  names: string[];
  placeOf: Map<string, number>;
}

/** Reads the names of the columns from the first record. */
export function readHeader(file: string, cells: string[], line: number): Header {
  const columns = uniqueNames(file, 'column');
  cells.forEach((cell, column) => columns.add(cell, line, column));
  return { names: [...columns.numberOf.keys()], placeOf: columns.numberOf };
}

/** The place of a named column. Throws where there is none; `role` tells what it is wanted for. */
export function requireColumn(file: string, header: Header, name: string, role: string): number {
  const column = header.placeOf.get(name);
  if (column !== undefined) return column;
  const onlyOne = header.names.length === 1 && /[;,\t]/.test(header.names[0]);
  throw new InputError('no-such-column', `the table has no column ${quote(name)}, ${role}`, {
    place: { file, line: 1 },
    value: name,
    expected: oneOf(header.placeOf.keys()),
    hint: onlyOne
      ? 'The first line is a single cell: .csv is separated by commas, .tsv by tabs.'
      : didYouMean(name, header.placeOf.keys()),
  });
}

/** The place of a cell. The column is the cell's place in its record, as `cut -f` and spreadsheets count. */
export function cellPlace(file: string, line: number, column: number): Place {
  return { file, line, column: column + 1 };
}

/** Throws where a record has more or fewer cells than the header. */
export function checkWidth(file: string, cells: string[], line: number, width: number): void {
  if (cells.length === width) return;
  const place = cellPlace(file, line, Math.min(cells.length, width));
  const shifted = cells.length === width + 1;
  throw new InputError(
    'ragged-row',
    `the line has ${counted(cells.length, 'cell')}, and the first line has ${width}`,
    {
      place,
      value: cells.length,
      expected: counted(width, 'cell'),
      hint: shifted
        ? 'R writes row names without a name for their column: use write.table(..., col.names = NA).'
        : 'Is a separator in a cell that is not quoted?',
    },
  );
}

/** Text for a message: in quotes, control characters escaped, cut where it is long. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}...` : text);
}

/** A count for a message: "1 sample", "2 samples". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A few of many names for a message: "a, b, c and 7 more". */
export function someOf(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

/** Throws for a table without a header or without rows; returns the header. */
export function filled<T>(file: string, header: T | undefined, rows: number): T {
  if (header !== undefined && rows > 0) return header;
  const message = header === undefined ? 'the table is empty' : 'the table has a first line and no rows';
  throw new InputError('empty-table', message, { place: { file } });
}
