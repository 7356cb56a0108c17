/**
 * Where the queue of each split begins: no queued row of a split stands before its front. The fronts are a memo, so that
 * claiming from the front of a long queue costs what it claims. They are not part of the state: no snapshot holds them,
 * and queries may move them on.
 */
export class QueueFronts {
  private readonly rows: number[] = [];

  /** Makes room for so many splits; the queue of a new one begins at `row`. */
  reserve(splits: number, row: number): void {
    while (this.rows.length < splits) this.rows.push(row);
  }

  of(split: number): number {
    return this.rows[split];
  }

  /** The first of all fronts; Infinity where there is no split. */
  first(): number {
    return Math.min(...this.rows);
  }

  /** Takes note that a row of the split is queued. */
  queued(split: number, row: number): void {
    if (row < this.rows[split]) this.rows[split] = row;
  }

  /** Takes note that no row of the split before `row` is queued. */
  moveOn(split: number, row: number): void {
    this.rows[split] = row;
  }

  /** Forgets what was learned. */
  reset(): void {
    this.rows.fill(0);
  }
}
