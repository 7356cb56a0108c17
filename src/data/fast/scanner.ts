/**
 * Reads rows of numbers from whole lines by the module. What it does not take, it leaves: a line as refused, and the
 * text of a cell as odd.
 */
import type { MissingMarkers } from '../numbers.js';
import { newInstance, type Exports } from './module.js';

/** The form of the lines. */
export interface LineForm {
  separator: string;
  /** The mark before the decimals of a number: a point or a comma. */
  decimal: string;
  newline: string;
  /** How many cells a line has. */
  width: number;
  /** The column whose text is kept as the name of the row; -1 where there is none. */
  name: number;
  /** The p columns of numbers, in the order of the values. */
  columns: Int32Array;
  /** The t columns whose texts are kept; absent where there are none. */
  texts?: Int32Array;
  missing: MissingMarkers;
}

/** A cell whose text is neither a plain number nor a marker. */
export interface OddCell {
  /** The row of the batch, and the place of the cell among its values. */
  row: number;
  place: number;
  column: number;
  cell: string;
}

/** What one scan has read. The values are lent until the next one. */
export interface Scanned {
  /** m rows of p values. */
  rows: number;
  values: Float64Array;
  /** The m names; empty where none are wanted. */
  names: string[];
  odd: OddCell[];
  /** The m texts of each of the t columns. */
  texts: string[][];
  /** The first byte behind the rows. */
  end: number;
  /** Whether the line that starts there is one that the module does not take. */
  refused: boolean;
}

/** As in assembly/rows.ts. */
const NAME = -1;
const NOTHING = -2;
const TEXT = -3;
const ODD_BYTES = 16;
const MOST_TEXT_BYTES = 8;
/** How far the module may read behind the lines. */
const SLACK_BYTES = 32;

/** The largest number of values and of rows in a batch: few enough to stay in a processor's caches. */
const MOST_VALUES = 1 << 15;
const MOST_ROWS = 1 << 12;
const NAMES_BYTES = 1 << 17;
const MOST_ODD = 1 << 12;
/** How many bytes of lines are looked at in one scan. A longer line gets more room. */
const TEXT_BYTES = 1 << 18;
const PAGE_BYTES = 1 << 16;

/** Gives out memory from the first free byte on, each area at a multiple of 16. */
class Areas {
  constructor(private end: number) {}

  take(bytes: number): number {
    const place = (this.end + 15) & ~15;
    this.end = place + bytes;
    return place;
  }
}

export class Scanner {
  private readonly values: number;
  private readonly names: number;
  private readonly odd: number;
  private readonly text: number;
  private room = 0;
  private bytes!: Buffer;
  private readonly lineEnd: number;
  private readonly p: number;
  private readonly textPlaces: Map<number, number>;
  /** For each column, the place of its number among the values of a row, or NAME, TEXT or NOTHING. */
  private readonly slots: Int32Array;

  /** A scanner of lines of this form; undefined where a limit on address space leaves no room. */
  static open(form: LineForm): Scanner | undefined {
    try {
      return new Scanner(newInstance(), form);
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }

  private constructor(
    private readonly module: Exports,
    {
      separator,
      decimal,
      newline,
      width,
      name,
      columns,
      texts: textColumns = new Int32Array(0),
      missing,
    }: LineForm,
  ) {
    this.p = columns.length;
    this.slots = new Int32Array(width).fill(NOTHING);
    this.lineEnd = newline.charCodeAt(0);
    columns.forEach((column, place) => (this.slots[column] = place));
    if (name >= 0) this.slots[name] = NAME;
    for (const column of textColumns) this.slots[column] = TEXT;
    this.textPlaces = new Map(Array.from(textColumns, (column, place) => [column, place]));
    const texts = textWords(missing);
    const rows = Math.max(1, Math.min(MOST_ROWS, Math.floor(MOST_VALUES / this.p)));
    const oddBytes = ODD_BYTES * Math.max(MOST_ODD, this.p + textColumns.length);
    const areas = new Areas(module.freeMemory());
    const slotsPlace = areas.take(this.slots.byteLength);
    const textsPlace = areas.take(texts.byteLength);
    const numbersPlace = areas.take(8 * missing.numbers.length);
    this.values = areas.take(8 * rows * this.p);
    this.names = areas.take(NAMES_BYTES);
    this.odd = areas.take(oddBytes);
    this.text = areas.take(0);
    this.makeRoom(TEXT_BYTES);
    const { buffer } = module.memory;
    new Int32Array(buffer, slotsPlace).set(this.slots);
    new BigUint64Array(buffer, textsPlace).set(texts);
    new Float64Array(buffer, numbersPlace).set(missing.numbers);
    module.setForm(separator.charCodeAt(0), decimal.charCodeAt(0), this.lineEnd, width, slotsPlace);
    module.setMissing(textsPlace, texts.length / 2, numbersPlace, missing.numbers.length);
    module.setRows(this.values, this.p, rows);
    module.setNames(this.names, this.names + NAMES_BYTES);
    module.setOdd(this.odd, this.odd + oddBytes);
  }

  /** Reads rows from `lines` on, from the byte `start`. They end with a line's end. */
  scan(lines: Buffer, start: number): Scanned {
    const stop = this.endOfSome(lines, start);
    this.makeRoom(stop - start);
    lines.copy(this.bytes, this.text, start, stop);
    const { module, text, values, p } = this;
    const end = module.walk(text, text + stop - start);
    const rows = module.rowsRead();
    return {
      rows,
      values: new Float64Array(module.memory.buffer, values, rows * p),
      names: this.namesRead(),
      ...this.cellsRead(),
      end: start + end - text,
      refused: module.hasRefused() !== 0,
    };
  }

  /** The end of the last line that fits, or of the first one where it alone is too long. */
  private endOfSome(lines: Buffer, start: number): number {
    if (lines.length - start <= this.room) return lines.length;
    const last = lines.lastIndexOf(this.lineEnd, start + this.room - 1);
    return 1 + (last >= start ? last : lines.indexOf(this.lineEnd, start));
  }

  private makeRoom(bytes: number): void {
    if (bytes <= this.room) return;
    const { memory } = this.module;
    const missing = this.text + bytes + SLACK_BYTES - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
    this.bytes = Buffer.from(memory.buffer);
    this.room = bytes;
  }

  private namesRead(): string[] {
    const end = this.module.endOfNames();
    return end === this.names ? [] : this.bytes.toString('utf8', this.names, end - 1).split('\n');
  }

  /** The odd cells and the texts, which the module notes in one list. */
  private cellsRead(): Pick<Scanned, 'odd' | 'texts'> {
    const count = (this.module.endOfOdd() - this.odd) / ODD_BYTES;
    const words = new Uint32Array(this.module.memory.buffer, this.odd, 4 * count);
    const odd: OddCell[] = [];
    const texts = Array.from(this.textPlaces, (): string[] => []);
    for (let at = 0; at < words.length; at += 4) {
      const column = words[at + 1];
      const cell = this.bytes.toString('utf8', words[at + 2], words[at + 3]);
      const place = this.slots[column];
      if (place === TEXT) texts[this.textPlaces.get(column)!].push(cell);
      else odd.push({ row: words[at], column, place, cell });
    }
    return { odd, texts };
  }
}

/** The short texts that mean no value, each as its bytes and its length. */
function textWords({ texts }: MissingMarkers): BigUint64Array {
  const words: bigint[] = [];
  for (const text of texts) {
    const bytes = Buffer.from(text);
    if (bytes.length > MOST_TEXT_BYTES) continue;
    const word = Buffer.alloc(MOST_TEXT_BYTES);
    bytes.copy(word);
    words.push(word.readBigUInt64LE(), BigInt(bytes.length));
  }
  return BigUint64Array.from(words);
}
