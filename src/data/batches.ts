import type { Matrix } from '../base/dataset.js';
import type { Place } from '../base/errors.js';
import { cellPlace } from './table.js';

/** Some samples, in the order of the table. */
export interface Batch {
  /** m ids. Without an index, the number of the sample, from 1. */
  ids: string[];
  /** m x p, with the features in the order that was asked for. The values are the batch's own. */
  x: Matrix;
  /** Where a sample stands, or the cell of one of its features. */
  placeOf(row: number, feature?: string): Place;
}

/** The largest number of samples, and of values, in a batch. */
const MOST_ROWS = 8000;
const MOST_VALUES = 2_000_000;

export const rowsAtOnce = (features: number): number =>
  Math.max(1, Math.min(MOST_ROWS, Math.floor(MOST_VALUES / features)));

/** Gathers samples of p features into batches. */
export class Batches {
  /** How many samples were added. */
  samples = 0;
  /** The column of a feature; undefined where it has none. */
  columnOf: (feature: string | undefined) => number | undefined = () => undefined;
  private readonly most: number;
  /** p columns with room for a whole batch. */
  private values: Float64Array;
  private readonly lines: Float64Array;
  private ids: string[] = [];

  constructor(
    private readonly file: string,
    private readonly p: number,
    private readonly onBatch: (batch: Batch) => void,
  ) {
    this.most = rowsAtOnce(p);
    this.values = new Float64Array(this.most * p);
    this.lines = new Float64Array(this.most);
  }

  /** Hands on the batch if it is full. */
  makeRoom(): void {
    if (this.ids.length === this.most) this.end();
  }

  /** Adds a row of `from`, which has rows of p values. */
  add(id: string, line: number, from: Float64Array, row: number): void {
    const { values, most, p } = this;
    const i = this.ids.length;
    for (let j = 0, at = row * p; j < p; j++) values[j * most + i] = from[at + j];
    this.lines[i] = line;
    this.ids.push(id);
    this.samples++;
  }

  /** Hands on what is left. */
  end(): void {
    const { ids, p, file } = this;
    if (ids.length === 0) return;
    const lines = this.lines.slice(0, ids.length);
    const placeOf = (row: number, feature?: string): Place => {
      const column = this.columnOf(feature);
      return column === undefined ? { file, line: lines[row] } : cellPlace(file, lines[row], column);
    };
    this.onBatch({ ids, x: { rows: ids.length, columns: p, data: this.data(ids.length) }, placeOf });
    this.ids = [];
  }

  /** The values of the first rows, column after column. */
  private data(rows: number): Float64Array {
    if (rows === this.most) {
      const full = this.values;
      // Trees keep what they know of a matrix by its array. So each batch gets another one.
      this.values = new Float64Array(full.length);
      return full;
    }
    const data = new Float64Array(rows * this.p);
    for (let j = 0; j < this.p; j++) {
      const start = j * this.most;
      data.set(this.values.subarray(start, start + rows), j * rows);
    }
    return data;
  }
}
