import { isMissing, type MissingMarkers } from './numbers.js';

/**
 * The texts of a column: n codes, and the different texts in the order in which they were met. A text is kept once,
 * because most columns of texts have few different ones.
 */
export class TextColumn {
  count = 0;
  /** The different texts. */
  readonly texts: string[] = [];
  /** The line that each of them stands on first, and in how many cells it stands. */
  readonly lines: number[] = [];
  readonly times: number[] = [];
  private readonly codeOf = new Map<string, number>();
  private codes = new Int32Array(1024);

  /** @param column its place in the table, from 0 */
  constructor(
    readonly name: string,
    readonly column: number,
  ) {}

  /** Adds the cells of lines that follow each other. */
  add(cells: readonly string[], line: number): void {
    if (this.count + cells.length > this.codes.length) this.grow(this.count + cells.length);
    cells.forEach((cell, i) => (this.codes[this.count++] = this.codeFor(cell, line + i)));
  }

  /** The place among `texts` of the text in a row. */
  at(row: number): number {
    return this.codes[row];
  }

  private codeFor(cell: string, line: number): number {
    let code = this.codeOf.get(cell);
    if (code === undefined) {
      // The copy saves memory, because a part of a string keeps the whole string alive.
      code = this.texts.push(Buffer.from(cell).toString()) - 1;
      this.codeOf.set(this.texts[code], code);
      this.lines.push(line);
      this.times.push(0);
    }
    this.times[code]++;
    return code;
  }

  private grow(least: number): void {
    const larger = new Int32Array(Math.max(least, 2 * this.codes.length));
    larger.set(this.codes);
    this.codes = larger;
  }
}

/** Whether the text of a category means that there is no value. A blank cell always does. */
export const isNoText = (cell: string, missing: MissingMarkers): boolean =>
  cell.trim() === '' || isMissing(cell, missing);

/** The places of the texts of a column that are values. */
export function presentTexts({ texts }: TextColumn, missing: MissingMarkers): number[] {
  return [...texts.keys()].filter(code => !isNoText(texts[code], missing));
}
