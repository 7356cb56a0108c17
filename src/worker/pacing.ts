/**
 * How much to claim at once, and what. A claim costs one locked and synced append, some milliseconds; so a worker
 * claims several small configs together, but never more than some seconds of work, so that a killed worker loses little
 * and the last configs of a search spread over all workers.
 */
import type { State } from '../events/state.js';

/** A worker holds about this many seconds of work per trainer. */
export const holdSeconds = 4;

/** The most configs in one claim. */
export const mostPerClaim = 2048;

/** Remembers how long the configs of a pipeline take: a moving average that forgets half in about three configs. */
export class Pace {
  private readonly averages = new Map<string, number>();

  learn(pipeline: string, split: string, seconds: number): void {
    const key = JSON.stringify([pipeline, split]);
    const before = this.averages.get(key);
    this.averages.set(key, before === undefined ? seconds : before * 0.8 + seconds * 0.2);
  }

  /** The seconds that a config is expected to take; a pipeline that was not timed yet is thought to fill a hold. */
  expect(pipeline: string, split: string): number {
    return this.averages.get(JSON.stringify([pipeline, split])) ?? holdSeconds;
  }
}

/**
 * The most configs that one worker should take of what is queued, so that towards the end there is some for everyone
 * (guided self-scheduling, Polychronopoulos and Kuck 1987).
 */
export function fairShare(queued: number, workers: number): number {
  return Math.max(1, Math.min(mostPerClaim, Math.ceil(queued / (2 * Math.max(1, workers)))));
}

/**
 * The configs to claim next, at least one where there is one: from the front of the queue, of the preferred split while
 * it has any, for about `seconds` of work.
 */
export function chooseConfigs(state: State, pace: Pace, seconds: number, preferredSplit?: string): string[] {
  const most = fairShare(state.count('queued'), state.holders().length);
  const split =
    preferredSplit !== undefined && state.nextQueued(0, preferredSplit) >= 0 ? preferredSplit : undefined;
  const chosen: string[] = [];
  let expected = 0;
  let row = state.nextQueued(0, split);
  while (row >= 0 && chosen.length < most && (chosen.length === 0 || expected < seconds)) {
    const group = state.groupOf(row);
    expected += pace.expect(group.pipeline, group.split);
    chosen.push(state.id(row));
    row = state.nextQueued(row + 1, split);
  }
  return chosen;
}
