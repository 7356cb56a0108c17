/**
 * The numbers of a table as they stand in its file: lines of w values. They are kept in blocks, because their number is
 * known only at the end. So a table is never held twice while it is read.
 */
import type { Rows } from './rows.js';

/** How many values a block has at most, if it holds more than one line. */
const MOST_VALUES = 1 << 20;

/** How many lines are transposed at a time: few enough for the caches of a processor. */
const TILE_LINES = 32;

export class Lines {
  count = 0;
  private readonly blocks: Float64Array[] = [];
  /** The logarithm of the number of lines in a block, to the base 2. */
  private readonly shift: number;

  /** @param width how many values a line has */
  constructor(readonly width: number) {
    this.shift = Math.max(0, Math.floor(Math.log2(MOST_VALUES / Math.max(1, width))));
  }

  add({ count, values }: Pick<Rows, 'count' | 'values'>): void {
    const { width } = this;
    const linesOfBlock = 1 << this.shift;
    for (let done = 0; done < count;) {
      const from = this.count % linesOfBlock;
      if (from === 0) this.blocks.push(new Float64Array(linesOfBlock * width));
      const some = Math.min(count - done, linesOfBlock - from);
      this.blocks.at(-1)!.set(values.subarray(done * width, (done + some) * width), from * width);
      done += some;
      this.count += some;
    }
  }

  /** Writes the values at the given places of each line, line after line. */
  pick(places: Int32Array, to: Float64Array): void {
    const n = places.length;
    for (let line = 0; line < this.count; line++) {
      const values = this.blocks[line >>> this.shift];
      const start = this.placeOf(line);
      for (let i = 0; i < n; i++) to[line * n + i] = values[start + places[i]];
    }
  }

  /**
   * Writes the given lines as columns: all first values, then all second ones. `columnOf` is the column of each place of
   * a line, or negative where it is left out; absent where all places are columns.
   */
  pickTransposed(lines: Int32Array, to: Float64Array, columnOf?: Int32Array): void {
    for (let start = 0; start < lines.length;) {
      const end = this.endOfTile(lines, start);
      const values = this.blocks[lines[start] >>> this.shift];
      const places = lines.subarray(start, end).map(line => this.placeOf(line));
      for (let j = 0; j < this.width; j++) {
        const column = columnOf ? columnOf[j] : j;
        if (column < 0) continue;
        const first = column * lines.length + start;
        for (let i = 0; i < places.length; i++) to[first + i] = values[places[i] + j];
      }
      start = end;
    }
  }

  /** Where a run of lines of one block ends that starts here. */
  private endOfTile(lines: Int32Array, start: number): number {
    const block = lines[start] >>> this.shift;
    let end = start + 1;
    while (end < lines.length && end - start < TILE_LINES && lines[end] >>> this.shift === block) end++;
    return end;
  }

  /** Where a line starts in its block. */
  private placeOf(line: number): number {
    return (line & ((1 << this.shift) - 1)) * this.width;
  }
}
