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
  constructor(
    heads: readonly Head[],
    private readonly sink: Sink,
    private readonly separator: Separator,
    private readonly ending: '\r\n' | '\n',
  ) {
    this.line(heads.map(({ name }) => name));
  }

  rows(rows: readonly Cell[][]): void {
    for (const row of rows) this.line(row);
  }

  end(): void {}

  private line(cells: readonly Cell[]): void {
    this.sink.write(cells.map(cell => this.text(cell)).join(this.separator) + this.ending);
  }

  private text(cell: Cell): string {
    if (cell === null) return '';
    if (typeof cell !== 'string') return String(cell);
    const text = cell !== '' && FORMULA.includes(cell[0]) ? `'${cell}` : cell;
    return textCell(text, this.separator);
  }
}
