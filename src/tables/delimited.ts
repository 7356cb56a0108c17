/**
 * A table as text with a separator: RFC 4180 for commas, the same rules for tabs. A null is an empty cell, and an empty
 * text is `""`. Numbers have the fewest digits that give the same f64 again.
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

export class Delimited implements TableWriter {
  private readonly special: RegExp;

  constructor(
    heads: readonly Head[],
    private readonly sink: Sink,
    private readonly separator: ',' | '\t',
    private readonly ending: '\r\n' | '\n',
  ) {
    this.special = separator === ',' ? /[",\r\n]/ : /["\t\r\n]/;
    this.line(heads.map(({ name }) => name));
  }

  rows(rows: readonly Cell[][]): void {
    for (const row of rows) this.line(row);
  }

  end(): void {}

  private line(cells: readonly Cell[]): void {
    this.sink.write(cells.map(cell => this.text(cell)).join(this.separator) + this.ending);
  }

  private isQuoted(text: string): boolean {
    if (text === '' || text.charCodeAt(0) <= SPACE || text.charCodeAt(text.length - 1) <= SPACE) return true;
    return this.special.test(text);
  }

  private text(cell: Cell): string {
    if (cell === null) return '';
    if (typeof cell !== 'string') return String(cell);
    const text = cell !== '' && FORMULA.includes(cell[0]) ? `'${cell}` : cell;
    return this.isQuoted(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }
}
