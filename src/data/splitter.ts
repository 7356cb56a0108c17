import Papa from 'papaparse';
import { InputError } from '../base/errors.js';
import { countIn, DELIMITERS, nameOf, type Delimiter } from './dialect.js';

/**
 * Cuts text into records, by the form of RFC 4180: quoted cells may hold separators, doubled quotes and line ends. All
 * lines end like the first one, in LF, CRLF or CR. The last line may lack its end. Blank lines are skipped. The pieces
 * that the text comes in do not change the result. papaparse reads the records.
 */

/** Takes the cells of a record and the line of the file that it starts on, from 1. */
export type OnRecord = (cells: string[], line: number) => void;

/** The longest record, in characters. A record of a million numbers has about 20 million. */
const MAX_RECORD_CHARACTERS = 1 << 26;

/** The largest number of blank lines in a row. A small gzip file can hold millions of them. */
const MAX_BLANK_LINES = 1 << 20;

const QUOTE = 34;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** The last character of a line. In CRLF, the carriage return before the line feed belongs to the line's end. */
export type Newline = '\n' | '\r';

/** The characters that may stand before the quote that opens a cell, in tables with any separator. */
const BEFORE_CELL = new Set([...'",;|\t '].map(letter => letter.charCodeAt(0)));

/**
 * The first line of a text, and its last character; undefined where more text is needed. A quote opens a cell only at
 * the cell's start.
 */
function firstLineOf(text: string, last: boolean): { line: string; newline: Newline } | undefined {
  let quoted = false;
  let cellStarts = true;
  for (let at = 0; at < text.length; at++) {
    const letter = text.charCodeAt(at);
    if (letter === QUOTE && (quoted || cellStarts)) quoted = !quoted;
    else if (!quoted && letter === LINE_FEED) return { line: text.slice(0, at), newline: '\n' };
    else if (!quoted && letter === CARRIAGE_RETURN) {
      let next = at;
      while (text.charCodeAt(next) === CARRIAGE_RETURN) next++;
      if (next === text.length && !last) return undefined;
      return { line: text.slice(0, at), newline: text[next] === '\n' ? '\n' : '\r' };
    }
    cellStarts = !quoted && BEFORE_CELL.has(letter);
  }
  return last ? { line: text, newline: '\n' } : undefined;
}

/** Cuts text that comes in pieces into records. */
export interface Splitter {
  /** The last character of a line; undefined before the first record. */
  readonly newline: Newline | undefined;
  /** The line that the next record starts on. */
  readonly line: number;
  /** Whether all text so far is in records. */
  readonly isBetweenRecords: boolean;
  take(text: string): void;
  /** Goes on behind lines that were read in another way, each of which is a record. */
  passOver(lines: number): void;
  end(): void;
}

export function recordSplitter(
  file: string,
  delimiter: Exclude<Delimiter, ' '>,
  onRecord: OnRecord,
): Splitter {
  let newline: Newline | undefined;
  let pending = '';
  let line = 1;
  let blank = 0;
  // How long the text must be before it is split again. It is twice the length of a text that ended inside a record.
  // So the time for a long record is proportional to its length.
  let enough = 0;

  /** Finds out how lines end. False where more text is needed. */
  function begin(last: boolean): boolean {
    const first = firstLineOf(pending, last);
    if (first === undefined) return false;
    newline = first.newline;
    refuseOtherDelimiters(file, first.line, delimiter);
    return true;
  }

  function deliver(cells: string[], at: number): void {
    const end = cells.length - 1;
    if (cells[end].endsWith('\r')) cells[end] = cells[end].replace(/\r+$/, '');
    if (end > 0 || cells[0].trim() !== '') {
      blank = 0;
      onRecord(cells, at);
    } else if (++blank > MAX_BLANK_LINES) throw onlyBlank(file, at);
  }

  function split(last: boolean): void {
    const quoted = pending.includes('"');
    const parser = new Papa.Parser({ delimiter, newline });
    const { data, errors, meta }: Papa.ParseResult<string[]> = parser.parse(pending, 0, !last);
    // A record that is not whole yet can look wrongly quoted. It is parsed again with more text.
    const wrong = errors.find(({ row = Infinity }) => row < data.length);
    data.forEach((cells, row) => {
      if (row === wrong?.row) throw badQuotes(file, line, wrong.code);
      const at = line;
      line += 1 + (quoted ? newlinesIn(cells, newline!) : 0);
      deliver(cells, at);
    });
    pending = pending.slice(meta.cursor);
    enough = data.length > 0 ? 0 : 2 * pending.length;
  }

  function look(last: boolean): void {
    if (newline !== undefined || begin(last)) split(last);
    else enough = 2 * pending.length;
    if (pending.length > MAX_RECORD_CHARACTERS) throw tooLong(file, line, pending);
  }

  return {
    get newline() {
      return newline;
    },
    get line() {
      return line;
    },
    get isBetweenRecords() {
      return pending === '';
    },
    passOver(lines: number): void {
      line += lines;
      blank = 0;
    },
    take(text: string): void {
      pending += text;
      if (pending.length > enough || pending.length > MAX_RECORD_CHARACTERS) look(false);
    },
    end: () => look(true),
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
    hint:
      'Write a quote inside a quoted cell twice: "". ' +
      'R\'s write.table writes it so with qmethod = "double".',
  });
}

/** Throws where the first line has no such delimiter, and has others. Then `delimiter:` is wrong. */
function refuseOtherDelimiters(file: string, line: string, own: Delimiter): void {
  if (countIn(line, own) > 0) return;
  const other = DELIMITERS.find(one => one !== ' ' && countIn(line, one) > 0);
  if (other === undefined) return;
  const message = `the first line has ${nameOf(other)} between its cells, and no ${nameOf(own)}`;
  throw new InputError('wrong-delimiter', message, {
    place: { file, line: 1 },
    expected: `cells separated by ${nameOf(own)}`,
    hint: 'Leave `delimiter` out: it is found out.',
  });
}

function tooLong(file: string, line: number, record: string): InputError {
  let quotes = 0;
  for (let at = record.indexOf('"'); at >= 0; at = record.indexOf('"', at + 1)) quotes++;
  if (quotes % 2 === 1) return badQuotes(file, line, 'MissingQuotes');
  const most = MAX_RECORD_CHARACTERS.toLocaleString('en-US');
  return new InputError('long-record', `the line is longer than ${most} characters`, {
    place: { file, line },
    expected: 'a line for each sample, or for each feature with `orientation: features`',
    hint:
      'Check that the lines have their ends. If the table really has that many columns, write it with a row for each ' +
      'feature.',
  });
}

function onlyBlank(file: string, line: number): InputError {
  const message = `more than ${MAX_BLANK_LINES.toLocaleString('en-US')} blank lines follow one another`;
  return new InputError('blank-lines', message, {
    place: { file, line },
    expected: 'a table of text',
    hint: 'The file is damaged, or it is not a table. Write it again.',
  });
}
