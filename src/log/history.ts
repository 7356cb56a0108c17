/**
 * All records of one config, in the order of the log. The state keeps the last outcome only. Earlier records are found
 * by a search through the log for the config's id. Lines without the id are not parsed.
 */
import { decode } from '../events/format/decode.js';
import type { Entry, Event } from '../events/format/event.js';
import { listSegments, using } from './files.js';
import type { Disk } from './host.js';
import { readLines, startOf, type LineSink } from './lines.js';
import { segmentPath } from './names.js';

const RELEASED = '"type":"released"';

/** The records that speak of a config, up to record number `last`. */
export async function historyOf(
  directory: string,
  disk: Disk,
  config: string,
  last = Infinity,
): Promise<Entry[]> {
  const search = new Search(config, last);
  for (const segment of await listSegments(directory, disk)) {
    await using(disk, segmentPath(directory, segment), 'read', async handle =>
      readLines(handle, startOf(segment), await handle.size(), search),
    );
  }
  return search.found;
}

class Search implements LineSink {
  readonly found: Entry[] = [];
  /** The claims that took the config. */
  private readonly claims = new Set<number>();

  constructor(
    private readonly config: string,
    private readonly last: number,
  ) {}

  line(bytes: Buffer, start: number, end: number): 'on' {
    const line = bytes.subarray(start, end);
    if (!line.includes(this.config) && !line.includes(RELEASED)) return 'on';
    const entry = decode(line);
    if (typeof entry === 'string' || entry.n > this.last || !this.isMeant(entry.event)) return 'on';
    if (entry.event.type === 'claimed') this.claims.add(entry.n);
    this.found.push(entry);
    return 'on';
  }

  overlong(): void {}

  private isMeant(event: Event): boolean {
    switch (event.type) {
      case 'enqueued':
        return event.config.id === this.config;
      case 'claimed':
        return event.configs.includes(this.config);
      case 'finished':
      case 'failed':
        return event.config === this.config;
      case 'released':
        // A release without names gives back everything that the claim still held.
        return event.configs?.includes(this.config) ?? this.claims.has(event.claim!);
      default:
        return false;
    }
  }
}
