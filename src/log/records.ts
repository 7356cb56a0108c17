/**
 * Records read back from their places in the log. Replay keeps places, not contents; what is claimed or shown is read
 * when it is needed. Neighbours are read together: a worker claims configs that stand close to each other.
 */
import { Failure } from '../base/errors.js';
import { decode } from '../events/format/decode.js';
import type { Entry } from '../events/format/event.js';
import type { RecordPlace, State } from '../events/state/state.js';
import type { Handle, Host } from './host.js';
import { segmentPath } from './names.js';

/** Records this close are read by one call, together with what lies between them. */
const CLOSE_BYTES = 32 * 1024;
/** One call reads no more than this, unless a single record is longer. */
const READ_BYTES = 4 * 1024 * 1024;

/** A place that was asked for, and where its record goes in the answer. */
interface Wanted extends RecordPlace {
  index: number;
}

/** Takes the record `bytes[start..end)` of the place with that index. The bytes are lent. */
type Visit = (bytes: Buffer, start: number, end: number, index: number) => void;

/**
 * The records at the given places, in the same order. Each segment is opened once.
 * @throws Failure when there is no sound record at a place
 */
export async function readRecords(
  directory: string,
  host: Host,
  places: readonly RecordPlace[],
): Promise<Entry[]> {
  const entries: Entry[] = Array(places.length);
  await visitRecords(directory, host, places, (bytes, start, end, index) => {
    const entry = decode(bytes, start, end);
    if (typeof entry === 'string') {
      const { segment, offset } = places[index];
      throw new Failure(
        'log-damaged',
        `the record at ${segmentPath(directory, segment)}:${offset} is damaged (${entry})`,
        'Run spt doctor.',
      );
    }
    entries[index] = entry;
  });
  return entries;
}

/** Shows the bytes at the given places, whatever they are, in the order in which they stand in the log. */
export async function visitRecords(
  directory: string,
  host: Host,
  places: readonly RecordPlace[],
  visit: Visit,
): Promise<void> {
  const wanted = places.map((place, index) => ({ ...place, index }));
  wanted.sort((a, b) => a.segment - b.segment || a.offset - b.offset);
  for (let first = 0; first < wanted.length;) {
    const { segment } = wanted[first];
    let end = first;
    while (end < wanted.length && wanted[end].segment === segment) end++;
    await visitSegment(segmentPath(directory, segment), host, wanted.slice(first, end), visit);
    first = end;
  }
}

/** How many rows are visited together: their places are in memory at once. */
const ROWS_AT_ONCE = 50_000;

/** Shows the bytes of the `enqueued` records of the rows from `first` to before `stop`, with the row as the index. */
export async function visitConfigs(
  directory: string,
  host: Host,
  state: State,
  [first, stop]: readonly [first: number, stop: number],
  visit: Visit,
): Promise<void> {
  for (let from = first; from < stop; from += ROWS_AT_ONCE) {
    const rows = Math.min(ROWS_AT_ONCE, stop - from);
    const places = Array.from({ length: rows }, (_, i) => state.place(from + i));
    await visitRecords(directory, host, places, (bytes, start, end, i) => visit(bytes, start, end, from + i));
  }
}

/** Reads places of one segment, in the order of their offsets. */
async function visitSegment(
  path: string,
  host: Host,
  wanted: readonly Wanted[],
  visit: Visit,
): Promise<void> {
  const handle = await host.open(path, 'read');
  try {
    for (let first = 0; first < wanted.length;) {
      const end = endOfGroup(wanted, first);
      await visitGroup(handle, wanted.slice(first, end), visit);
      first = end;
    }
  } finally {
    await handle.close().catch(() => undefined);
  }
}

/** The first place from `first` on that is not to be read together with it. */
function endOfGroup(wanted: readonly Wanted[], first: number): number {
  let end = first + 1;
  while (end < wanted.length) {
    const { offset, length } = wanted[end];
    const before = wanted[end - 1];
    if (offset - before.offset - before.length > CLOSE_BYTES) break;
    if (offset + length - wanted[first].offset > READ_BYTES) break;
    end++;
  }
  return end;
}

async function visitGroup(handle: Handle, wanted: readonly Wanted[], visit: Visit): Promise<void> {
  const start = wanted[0].offset;
  const last = wanted[wanted.length - 1];
  const bytes = Buffer.alloc(last.offset + last.length - start);
  for (let filled = 0, got = -1; filled < bytes.length && got !== 0; filled += got) {
    got = await handle.read(bytes, filled, bytes.length - filled, start + filled);
  }
  for (const { offset, length, index } of wanted)
    visit(bytes, offset - start, offset - start + length, index);
}
