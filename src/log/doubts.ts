/**
 * Events in doubt: a process tried to append them and does not know whether they are in the log. They are appended
 * again under the same ids. The first record of each counts, whichever append wrote it.
 */
import type { Draft } from '../events/format/event.js';
import type { Outcome } from '../events/fold.js';

/** What became of a draft. */
export interface Written extends Outcome {
  /** The record's number; for a claim, its epoch. */
  n: number;
  /** The event's id. */
  id: string;
  event: Draft;
}

export class Doubts {
  private readonly events = new Map<string, Written>();
  /** The first segment in which an event in doubt may be; Infinity if nothing is in doubt. */
  segment = Infinity;

  get isEmpty(): boolean {
    return this.events.size === 0;
  }

  /** Adds an event that may be in this segment or in a later one. */
  add(written: Written, segment: number): void {
    this.events.set(written.id, written);
    this.segment = Math.min(this.segment, segment);
  }

  /** Takes note of a record of the log. If it is an event in doubt, its outcome is known now. */
  note(id: string, n: number, outcome: Outcome): void {
    const written = this.events.get(id);
    if (!written) return;
    this.events.delete(id);
    Object.assign(written, { n, missed: undefined, ...outcome });
  }

  /** Removes an event that is appended now. Gives whether it was still in doubt. */
  remove(id: string): boolean {
    return this.events.delete(id);
  }

  clear(): void {
    this.events.clear();
    this.segment = Infinity;
  }
}
