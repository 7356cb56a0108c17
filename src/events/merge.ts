/**
 * The union of logs whose clusters share no network, by content: which events make one log know what another one found
 * out. Pure.
 *
 * After merging, a log holds every config of both, and of each config an outcome if either had one; a finish counts
 * more than a failure. As equal configs give equal models, bit for bit, it does not matter whose finish is kept: what
 * a merged log amounts to (configs, outcomes, digests, scores) is the same in whatever order and however often logs
 * are merged. Imported events keep their id, time and author. What is being worked on elsewhere is only enqueued here.
 */
import type { Draft, Enqueued, Entry, Failed, Finished, Worker } from './event.js';
import type { State } from './state.js';

/** An event to be appended under the name that it has in another log. */
export interface Imported {
  event: Draft;
  id: string;
  at: string;
  by: string;
}

/** What another log knows of one config: its record, and that of its last outcome if it is finished or has failed. */
export interface Knowledge {
  enqueued: Entry & { event: Enqueued };
  outcome?: Entry & { event: Finished | Failed };
}

/** The events that bring the knowledge into a log with this state, if they are its next records. */
export function importsOf(state: State, knowledge: readonly Knowledge[]): Imported[] {
  const imports: Imported[] = [];
  const add = (event: Draft, { at, by }: Entry, id: string): number =>
    state.n + imports.push({ event, id, at, by });
  for (const { enqueued, outcome } of knowledge) {
    const { config } = enqueued.event;
    const row = state.row(config.id);
    if (row < 0) add(enqueued.event, enqueued, enqueued.id);
    if (!outcome || !isNews(state, row, outcome.event)) continue;
    if (row >= 0 && state.statusOf(row) === 'failed') {
      add({ type: 'released', why: 'retry', configs: [config.id] }, outcome, `${outcome.id}~released`);
    }
    const worker = workerNamed(outcome.by);
    const claim = add({ type: 'claimed', configs: [config.id], worker }, outcome, `${outcome.id}~claimed`);
    const event = outcome.event.type === 'failed' ? { ...outcome.event, retry: false } : outcome.event;
    add({ ...event, claim }, outcome, outcome.id);
  }
  return imports;
}

/** Whether an outcome says more of a config than the state does. Who is at work on it is left alone. */
function isNews(state: State, row: number, { type }: Finished | Failed): boolean {
  const status = row < 0 ? 'queued' : state.statusOf(row);
  return status === 'queued' || (status === 'failed' && type === 'finished');
}

/** The author of another log as a worker; what an author's name may hold, a worker's id may not. */
function workerNamed(author: string): Worker {
  return { id: author.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 64), host: author, pid: 0 };
}
