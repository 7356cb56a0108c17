import { Scanner, type LineForm, type OddCell } from './fast/scanner.js';
import { numberReader, type NumberReader } from './dialect.js';
import { checkWidth } from './header.js';
import { recordSplitter, type Splitter } from './splitter.js';
import { parquetRecords } from './parquet.js';
import { PIECE_BYTES, separatorOf, tableText, type TableFile, type TextTable } from './table.js';

/**
 * The rows of a table of numbers, in batches. There are two ways to read a row, and they give the same values. fast/
 * reads plain lines. Lines with quotes inside of cells, blank lines and lines with another number of cells are cut by
 * the splitter, one by one, and every cell that fast/ does not know is read by the rules of numbers.ts.
 */

/** A record as text, and the line that it starts on. */
export interface TextRecord {
  cells: string[];
  line: number;
}

/** What the columns hold. */
export interface RowForm extends Omit<LineForm, 'separator' | 'newline' | 'decimal'> {
  /** Whether the first line is one cell short. */
  short: boolean;
}

/** A cell that should hold a number and holds neither a number nor a missing value. Its value is Infinity. */
export type WrongCell = OddCell;

/** Some rows in a run. The values are lent until the call returns. */
export interface Rows {
  /** The line of the first row. The others follow, one a line. */
  line: number;
  /** How many there are. */
  count: number;
  /** The text of the column of names; empty where the form has none. */
  names: string[];
  /** count x p values, row after row. NaN is a missing value. */
  values: Float64Array;
  /** In the order of the table. */
  wrong: WrongCell[];
  /** The texts of each column of texts, as many as there are rows. */
  texts: string[][];
}

/** What is done with a table of numbers. */
export interface RowReader {
  /** Finds the columns, from the first line and the first row. */
  formOf(first: TextRecord, row: TextRecord): RowForm;
  take(rows: Rows): void;
}

/** The ways to read rows. Suites compare them. */
export type Way = 'fast' | 'plain';

/** Reads a table of numbers; its first line, or undefined. Throws InputError where the file is not such a table. */
export async function eachRows(
  table: TableFile,
  reader: RowReader,
  { way = 'fast', pieceBytes = PIECE_BYTES }: { way?: Way; pieceBytes?: number } = {},
): Promise<TextRecord | undefined> {
  const number = numberReader(table.kind === 'text' ? table.dialect.decimal : '.');
  const records = new RecordRows(table.file, reader, number);
  if (table.kind === 'parquet') {
    const wanted = (): ReadonlySet<number> => {
      const { columns, texts = [], name } = records.form!;
      return new Set([...columns, ...texts, name]);
    };
    await parquetRecords(table.file, (cells, line) => records.take({ cells, line }), wanted);
    return records.first;
  }
  const rows = new TextRows(table, records, way);
  for await (const bytes of tableText(table, pieceBytes)) rows.take(bytes);
  rows.end();
  return records.first;
}

/** Rows that come as records of text. */
class RecordRows {
  /** The first line. */
  first: TextRecord | undefined;
  form: RowForm | undefined;

  constructor(
    private readonly file: string,
    readonly reader: RowReader,
    readonly number: NumberReader,
  ) {}

  take(record: TextRecord): void {
    if (this.first === undefined) {
      this.first = record;
      return;
    }
    const { cells, line } = record;
    this.form ??= this.reader.formOf(this.first, { cells: cells.map(this.number.textOf), line });
    const { width, short, name, columns, texts = [], missing } = this.form;
    checkWidth(this.file, cells, line, width, short);
    const wrong: WrongCell[] = [];
    const values = Float64Array.from(columns, (column, place) => {
      const value = this.number.valueOf(cells[column], missing);
      if (value === Infinity) wrong.push({ row: 0, place, column, cell: cells[column] });
      return value;
    });
    // The copy saves memory, because a part of a string keeps the whole string alive.
    const names = name < 0 ? [] : [Buffer.from(cells[name]).toString()];
    const kept = Array.from(texts, column => [this.number.textOf(cells[column])]);
    this.reader.take({ line, count: 1, names, values, wrong, texts: kept });
  }
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
/** Text without a line's end that is longer goes to the splitter, which refuses it. */
const MOST_PENDING_BYTES = 1 << 26;

/** Rows of a table of text. */
class TextRows {
  private scanner: Scanner | undefined;
  private readonly splitter: Splitter;
  private readonly decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  private readonly reader: RowReader;
  /** The bytes behind the last line's end. */
  private rest: Buffer[] = [];
  private restBytes = 0;

  constructor(
    private readonly table: TextTable,
    private readonly records: RecordRows,
    private readonly way: Way,
  ) {
    this.reader = records.reader;
    this.splitter = recordSplitter(table.file, separatorOf(table), (cells, line) =>
      this.takeRecord({ cells, line }),
    );
  }

  take(bytes: Buffer): void {
    const end = 1 + Math.max(...this.lineEnds().map(letter => bytes.lastIndexOf(letter)));
    if (end > 0) {
      const lines = this.withRest(bytes.subarray(0, end));
      const done = this.read(lines);
      if (done < lines.length) return this.take(Buffer.concat([lines.subarray(done), bytes.subarray(end)]));
    }
    if (end < bytes.length) this.rest.push(Buffer.from(bytes.subarray(end)));
    this.restBytes += bytes.length - end;
    if (this.restBytes > MOST_PENDING_BYTES) this.split(this.withRest());
  }

  end(): void {
    this.split(this.withRest());
    this.splitter.end();
  }

  /** The letters that may end a line. */
  private lineEnds(): number[] {
    const { newline } = this.splitter;
    return newline === undefined ? [LINE_FEED, CARRIAGE_RETURN] : [newline.charCodeAt(0)];
  }

  private withRest(...bytes: Buffer[]): Buffer {
    const parts = [...this.rest, ...bytes];
    this.rest = [];
    this.restBytes = 0;
    return parts.length === 1 ? parts[0] : Buffer.concat(parts);
  }

  /** Reads whole lines, but no further than to the one that tells how lines end. Returns where it stopped. */
  private read(lines: Buffer): number {
    const { newline } = this.splitter;
    let at = 0;
    while (at < lines.length && this.splitter.newline === newline) {
      at = this.scan(lines, at);
      if (at < lines.length) at = this.splitLine(lines, at);
    }
    return at;
  }

  /** Reads lines in the fast way, as far as it goes. Returns where it stopped. */
  private scan(lines: Buffer, start: number): number {
    const { scanner, splitter } = this;
    if (!scanner || !splitter.isBetweenRecords) return start;
    for (let at = start; at < lines.length;) {
      const { rows, end, refused, values, names, odd, texts } = scanner.scan(lines, at);
      const { line } = splitter;
      splitter.passOver(rows);
      if (rows > 0)
        this.reader.take({ line, count: rows, names, values, texts, wrong: this.settled(odd, values) });
      at = end;
      if (refused) return at;
    }
    return lines.length;
  }

  /** Reads the cells that the fast way does not know. Returns the wrong ones. */
  private settled(odd: readonly OddCell[], values: Float64Array): WrongCell[] {
    const { columns, missing } = this.records.form!;
    return odd.filter(({ row, place, cell }) => {
      const value = this.records.number.valueOf(cell, missing);
      values[row * columns.length + place] = value;
      return value === Infinity;
    });
  }

  /** Gives the next line to the splitter, with the blank ones behind it. Returns where it ends. */
  private splitLine(lines: Buffer, start: number): number {
    const isLeft = this.records.form !== undefined && this.scanner === undefined;
    const found = this.lineEnds().map(letter => lines.indexOf(letter, start));
    let end = isLeft ? lines.length : 1 + Math.min(...found.filter(at => at >= 0));
    while (lines[end] === LINE_FEED || lines[end] === CARRIAGE_RETURN) end++;
    this.split(lines.subarray(start, end));
    return end;
  }

  private split(bytes: Buffer): void {
    this.splitter.take(this.decoder.decode(bytes, { stream: true }));
  }

  private takeRecord({ cells, line }: TextRecord): void {
    const { records } = this;
    const isBegun = records.form !== undefined;
    records.take({ cells, line });
    if (!isBegun && records.form) this.begin(records.form);
  }

  /** Opens the fast way, now that the columns are known. A line with one cell may be a blank one. */
  private begin(form: RowForm): void {
    if (this.way === 'plain' || form.width === 1) return;
    const { decimal } = this.table.dialect;
    const separator = separatorOf(this.table);
    this.scanner = Scanner.open({ ...form, separator, decimal, newline: this.splitter.newline! });
  }
}
