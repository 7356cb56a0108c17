/** Writes logs from events that a test lists, for the commands that read logs. */
import type { Draft } from '../src/events/format/event.js';
import { linesOf } from './random-log.js';
import type { Search } from './search.js';

/** Writes these events as the log of a search. The i-th event is record i + 1, one second after the one before. */
export function writeLog(search: Search, events: readonly Draft[]): void {
  const at = (i: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, i)).toISOString();
  const lines = linesOf(events, i => ({ id: `event${i}`, at: at(i), by: 'here:1' }));
  search.write('log/events-000001.jsonl', Buffer.concat(lines));
}
