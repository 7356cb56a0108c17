/**
 * The claims that are not over. Epochs are record numbers and only grow. So the list of claims is sorted, because new
 * ones are appended, and binary search finds a claim. A claim lives for a few events only, so a Map would be rebuilt
 * all the time.
 */
import type { Worker } from '../format/event.js';

/** A claim that is not over: it still holds some of its configs, which `State.held` gives. */
export interface Claim {
  epoch: number;
  worker: Worker;
  /** When it was made, by its author's clock. */
  at: string;
  /** The rows that it took. */
  rows: readonly number[];
  /** How many of them it still holds. */
  open: number;
}

/** How many claims that are over may stay in the list. */
const MOST_OVER = 32;

export class Claims {
  /** By epoch; those with nothing open are over. */
  private list: Claim[] = [];
  private over = 0;

  /** How many there are. */
  get size(): number {
    return this.list.length - this.over;
  }

  /** In the order of their epochs. */
  values(): Claim[] {
    return this.list.filter(({ open }) => open > 0);
  }

  get(epoch: number): Claim | undefined {
    const { list } = this;
    let first = 0;
    let end = list.length;
    if (end > 0 && list[end - 1].epoch === epoch) first = --end;
    while (first < end) {
      const middle = (first + end) >> 1;
      if (list[middle].epoch < epoch) first = middle + 1;
      else end = middle;
    }
    const claim = list[first];
    return claim?.epoch === epoch && claim.open > 0 ? claim : undefined;
  }

  /** Adds a claim whose epoch is larger than all before. */
  add(claim: Claim): void {
    this.list.push(claim);
  }

  /** Takes note that one of a claim's rows is no longer held. */
  leave(claim: Claim): void {
    if (--claim.open > 0) return;
    this.over++;
    if (this.over < MOST_OVER || 2 * this.over < this.list.length) return;
    this.list = this.values();
    this.over = 0;
  }
}
