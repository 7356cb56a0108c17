/**
 * Events that a process tried to append without learning whether they are in the log. They are appended again under
 * the same ids, so the first record of each counts, whichever append it is of.
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
  /** The first segment in which one of them may be. */
  segment = Infinity;

  get isEmpty(): boolean {
    return this.events.size === 0;
  }

  /** Adds an event that may be in this segment or in a later one. */
  add(written: Written, segment: number): void {
    this.events.set(written.id, written);
    this.segment = Math.min(this.segment, segment);
  }

  /** Tells that a record was met in the log: if it is one of these events, it is in doubt no longer. */
  note(id: string, n: number, outcome: Outcome): void {
    const written = this.events.get(id);
    if (!written) return;
    this.events.delete(id);
    Object.assign(written, { n, missed: undefined, ...outcome });
  }

  /** Removes an event that is appended now; whether it was still in doubt. */
  remove(id: string): boolean {
    return this.events.delete(id);
  }

  clear(): void {
    this.events.clear();
    this.segment = Infinity;
  }
}
