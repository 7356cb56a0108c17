/**
 * The front of each split's queue: no queued row of the split stands before it. The fronts are a memo of what queries
 * have found. A claim takes rows from the front and does not look through the whole queue again. No snapshot holds the
 * fronts, because they are not part of the state.
 */
export class QueueFronts {
  private readonly rows: number[] = [];

  /** Makes room for this number of splits. The queue of a new split begins at `row`. */
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

  /** Puts all fronts to row 0. */
  reset(): void {
    this.rows.fill(0);
  }
}
