/**
 * A table as text with a separator: RFC 4180 for commas, the same rules for tabs. A null is an empty cell, and an empty
 * text is `""`. Numbers have the fewest digits that give the same f64 again. Most of the work is to write numbers, and
 * JSON.stringify writes a list of them in half the time of `String`.
 *
 * A spreadsheet runs a text that begins with `=`, `+`, `-` or `@` as a formula, also where it is quoted. The texts of a
 * log may come from anybody, so such a text gets an apostrophe in front. Numbers never do. The other formats keep texts
 * as they are.
 */
import type { Cell, Head } from '../base/cells.js';
import type { Sink } from './sink.js';
import type { TableWriter } from './formats.js';

/** How a text begins that a spreadsheet may run. */
const FORMULA = '=+-@\t\r';
/** Characters up to the space: at an end of a text, they are quoted, because readers may cut them off. */
const SPACE = 32;
const SPECIAL = { ',': /[",\r\n]/, '\t': /["\t\r\n]/ };

export type Separator = keyof typeof SPECIAL;

/** A text as one cell, quoted where readers need it. An empty text is quoted, because an empty cell is no text. */
export function textCell(text: string, separator: Separator): string {
  const isQuoted =
    text === '' ||
    text.charCodeAt(0) <= SPACE ||
    text.charCodeAt(text.length - 1) <= SPACE ||
    SPECIAL[separator].test(text);
  return isQuoted ? `"${text.replaceAll('"', '""')}"` : text;
}

export class Delimited implements TableWriter {
  private readonly runs: readonly Run[];

  constructor(
    heads: readonly Head[],
    private readonly sink: Sink,
    private readonly separator: Separator,
    private readonly ending: '\r\n' | '\n',
  ) {
    this.runs = runsOf(heads);
    this.write([heads.map(({ name }) => this.text(name)).join(separator)]);
  }

  rows(rows: readonly Cell[][]): void {
    if (rows.length > 0) this.write(rows.map(row => this.line(row)));
  }

  end(): void {}

  private write(lines: readonly string[]): void {
    this.sink.write(lines.join(this.ending) + this.ending);
  }

  private line(cells: readonly Cell[]): string {
    let line = '';
    for (const { first, end, isNumeric } of this.runs) {
      if (first > 0) line += this.separator;
      line += isNumeric ? this.numbers(cells.slice(first, end)) : this.text(cells[first]);
    }
    return line;
  }

  /** Cells that are numbers or null. */
  private numbers(cells: readonly Cell[]): string {
    const list = JSON.stringify(cells).slice(1, -1).replaceAll('null', '');
    return this.separator === ',' ? list : list.replaceAll(',', this.separator);
  }

  private text(cell: Cell): string {
    if (cell === null) return '';
    if (typeof cell !== 'string') return String(cell);
    const text = cell !== '' && FORMULA.includes(cell[0]) ? `'${cell}` : cell;
    return textCell(text, this.separator);
  }
}

/** Columns from `first` to before `end`: neighbours that hold numbers, or one column of another kind. */
interface Run {
  first: number;
  end: number;
  isNumeric: boolean;
}

function runsOf(heads: readonly Head[]): Run[] {
  const runs: Run[] = [];
  heads.forEach(({ kind }, j) => {
    const isNumeric = kind === 'number' || kind === 'integer';
    const last = runs.at(-1);
    if (isNumeric && last?.isNumeric) last.end = j + 1;
    else runs.push({ first: j, end: j + 1, isNumeric });
  });
  return runs;
}
