/**
 * The numbers of a table as they stand in its file: lines of w values. They are kept in blocks, because their number is
 * known only at the end. So a table is never held twice while it is read.
 */
import type { Rows } from './rows.js';

/** How many bytes a block has at most, if it holds more than one line. */
const BLOCK_BYTES = 1 << 23;

/** How many lines and columns are transposed at a time: few enough for the caches of a processor. */
const TILE_LINES = 64;
const TILE_COLUMNS = 8;

export class Lines {
  count = 0;
  private readonly blocks: Float64Array[] = [];
  private readonly linesOfBlock: number;

  /** @param width how many values a line has */
  constructor(private readonly width: number) {
    this.linesOfBlock = Math.max(1, Math.floor(BLOCK_BYTES / 8 / Math.max(1, width)));
  }

  add({ count, values }: Pick<Rows, 'count' | 'values'>): void {
    const { width, linesOfBlock } = this;
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
      const values = this.blocks[Math.floor(line / this.linesOfBlock)];
      const start = (line % this.linesOfBlock) * this.width;
      for (let i = 0; i < n; i++) to[line * n + i] = values[start + places[i]];
    }
  }

  /** Writes the given lines as columns: all first values, then all second ones. */
  pickTransposed(lines: Int32Array, to: Float64Array): void {
    for (let i = 0; i < lines.length; i += TILE_LINES) {
      const end = Math.min(i + TILE_LINES, lines.length);
      for (let j = 0; j < this.width; j += TILE_COLUMNS) this.transposeTile(lines, i, end, j, to);
    }
  }

  private transposeTile(
    lines: Int32Array,
    start: number,
    end: number,
    first: number,
    to: Float64Array,
  ): void {
    const { blocks, linesOfBlock, width } = this;
    const n = lines.length;
    const last = Math.min(first + TILE_COLUMNS, width);
    for (let i = start; i < end; i++) {
      const line = lines[i];
      const values = blocks[Math.floor(line / linesOfBlock)];
      const from = (line % linesOfBlock) * width;
      for (let j = first; j < last; j++) to[j * n + i] = values[from + j];
    }
  }
}
