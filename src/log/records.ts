/**
 * Reads records back from their places in the log. The state keeps places, not contents. So a config is read when it is
 * claimed or shown. Neighbours are read together, because a worker claims configs that are close to each other.
 */
import type { Config } from '../base/config.js';
import { hex8 } from '../base/crc.js';
import { Failure } from '../base/errors.js';
import { checkedCrc, decode, isWholeConfig } from '../events/format/decode.js';
import type { Entry, Failed, Finished } from '../events/format/event.js';
import type { RecordPlace, State } from '../events/state/state.js';
import { readFully, using } from './files.js';
import type { Forms } from './forms.js';
import type { Disk, Handle } from './host.js';
import { segmentPath } from './names.js';

/** Records with at most this number of bytes between them are read by one call. */
const CLOSE_BYTES = 32 * 1024;
/** One call reads at most this number of bytes, unless a single record is longer. */
const READ_BYTES = 4 * 1024 * 1024;

/** A place that was asked for, and where its record goes in the answer. */
interface Wanted extends RecordPlace {
  index: number;
}

/** Takes the record `bytes[start..end)` of the place with that index. The bytes are lent. */
type Visit = (bytes: Buffer, start: number, end: number, index: number) => void;

/** A `finished` or `failed` record. */
export type OutcomeEntry = Entry & { event: Finished | Failed };

/** Whether a record with this CRC begins at the offset. Its first bytes are enough to recognize it. */
export async function standsAt(handle: Handle, offset: number, crc: number): Promise<boolean> {
  const expected = `{"crc":"${hex8(crc)}`;
  const head = Buffer.alloc(expected.length);
  const count = await handle.read(head, 0, head.length, offset);
  return count === head.length && head.toString('latin1') === expected;
}

// ---- configs and outcomes of rows ----------------------------------------------------------------------------------

/**
 * The configs of rows, in the same order.
 * @throws Failure `log-damaged` when one of the records is not sound
 */
export async function readConfigs(
  directory: string,
  disk: Disk,
  state: State,
  rows: readonly number[],
): Promise<Config[]> {
  const places = rows.map(row => state.place(row));
  const configs: Config[] = Array(rows.length);
  await visitRecords(directory, disk, places, (bytes, start, end, i) => {
    configs[i] = configOf(entryOf(directory, places[i], bytes, start, end), state.id(rows[i]));
  });
  return configs;
}

/**
 * The last outcome of a row; undefined if there is none.
 * @throws Failure `log-damaged` when its record is not sound
 */
export async function readOutcome(
  directory: string,
  disk: Disk,
  state: State,
  row: number,
): Promise<OutcomeEntry | undefined> {
  const place = state.outcomePlace(row);
  if (!place) return undefined;
  let outcome: OutcomeEntry | undefined;
  await visitRecords(directory, disk, [place], (bytes, start, end) => {
    outcome = outcomeOf(entryOf(directory, place, bytes, start, end), state.id(row));
  });
  return outcome;
}

/** What the log says of a row: the contents of its two records. */
export interface RowRecord {
  row: number;
  /** Pipeline, steps with their parameters, split, metrics, seed; undefined where its record is not sound. */
  config?: Config;
  /** When it was enqueued, in ISO 8601 (UTC). */
  enqueuedAt?: string;
  /** Who enqueued it: the author of the record. */
  enqueuedBy?: string;
  /**
   * The last outcome. A `finished` event has all scores with those of each fold, the seconds, the model's digest and
   * size, and the warnings; a `failed` one has kind and message. Undefined where there is none yet, or where its record
   * is not sound.
   */
  outcome?: OutcomeEntry;
  /** Why a record of the row could not be read. */
  damage?: Failure;
}

/**
 * The configs and the last outcomes of many rows, in the order of the rows. The records are read in the order of their
 * places: each segment is opened once, and records within 32 KiB of each other share a read of at most 4 MiB. A record
 * that is not sound costs its row only. All rows are in memory at once, so a caller should give at most about 10,000.
 * @param configs whether the configs are wanted; without them half as much is read
 * @throws what opening or reading a segment throws
 */
export async function readOutcomes(
  directory: string,
  disk: Disk,
  state: State,
  rows: readonly number[],
  { configs = true }: { configs?: boolean } = {},
): Promise<RowRecord[]> {
  const records: RowRecord[] = rows.map(row => ({ row }));
  const places = configs ? rows.map(row => state.place(row)) : [];
  const configPlaces = places.length;
  const recordOf = configs ? [...records] : [];
  for (const record of records) {
    const place = state.outcomePlace(record.row);
    if (!place) continue;
    places.push(place);
    recordOf.push(record);
  }
  await visitRecords(directory, disk, places, (bytes, start, end, i) => {
    const record = recordOf[i];
    const id = state.id(record.row);
    try {
      const entry = entryOf(directory, places[i], bytes, start, end);
      if (i < configPlaces) {
        record.config = configOf(entry, id);
        record.enqueuedAt = entry.at;
        record.enqueuedBy = entry.by;
      } else record.outcome = outcomeOf(entry, id);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      record.damage ??= error;
    }
  });
  return records;
}

/**
 * The rows among some, in their order, that have to be read to know every member that a record of them has: those with
 * a record of a form that was not seen before, and those with a record that is not plainly sound.
 * @param forms what was seen before; it is filled
 */
export async function rowsOfNewForms(
  directory: string,
  disk: Disk,
  state: State,
  rows: readonly number[],
  forms: Forms,
): Promise<number[]> {
  const places = rows.map(row => state.place(row));
  const rowOf = [...rows];
  for (const row of rows) {
    const place = state.outcomePlace(row);
    if (!place) continue;
    places.push(place);
    rowOf.push(row);
  }
  const found = new Set<number>();
  await visitRecords(directory, disk, places, (bytes, start, end, i) => {
    const row = rowOf[i];
    if (!isKnown(bytes, start, end, state.id(row), forms)) found.add(row);
  });
  return rows.filter(row => found.has(row));
}

/** Whether a record is sound, is about the config, and has a form that was seen before. */
function isKnown(bytes: Buffer, start: number, end: number, id: string, forms: Forms): boolean {
  if (checkedCrc(bytes, start, end) < 0) return false;
  // A search in a text is faster than one in a buffer. Each byte is one character, so that places are the same.
  const line = bytes.toString('latin1', start, end);
  const config = line.indexOf(`,"type":"enqueued","config":{"id":"${id}",`);
  if (config > 0) return !forms.isNew(bytes, start + config + CONFIG_HEAD, end, true);
  const finished = line.indexOf(`,"type":"finished","config":"${id}",`);
  const scores = finished < 0 ? -1 : line.indexOf(',"scores":{', finished);
  if (scores > 0) return !forms.isNew(bytes, start + scores, end, false);
  // A failure has no member that another one lacks.
  return line.includes(`,"type":"failed","config":"${id}",`);
}

/** The bytes from the type of an `enqueued` record to behind its id. They are other ones in each record. */
const CONFIG_HEAD = ',"type":"enqueued","config":{"id":"0123456789abcdef",'.length;

function entryOf(directory: string, place: RecordPlace, bytes: Buffer, start: number, end: number): Entry {
  const entry = decode(bytes, start, end);
  if (typeof entry !== 'string') return entry;
  const path = segmentPath(directory, place.segment);
  throw new Failure(
    'log-damaged',
    `the record at ${path}:${place.offset} is damaged (${entry})`,
    'Run spt doctor. It lists the damaged lines.',
  );
}

function configOf({ event }: Entry, id: string): Config {
  if (event.type !== 'enqueued' || event.config.id !== id)
    throw new Failure('log-damaged', `another record stands in the place of config ${id}`);
  if (isWholeConfig(event.config)) return event.config;
  const message = `the record of config ${id} does not have the form that spt writes`;
  throw new Failure('log-damaged', message, 'Run spt doctor. It tells what cannot be trained.');
}

function outcomeOf(entry: Entry, id: string): OutcomeEntry {
  const { event } = entry;
  if ((event.type === 'finished' || event.type === 'failed') && event.config === id)
    return { ...entry, event };
  throw new Failure('log-damaged', `another record stands in the place of the outcome of config ${id}`);
}

// ---- any records ---------------------------------------------------------------------------------------------------

/** Shows the bytes at the places, in the order of the log. The bytes are not checked. */
async function visitRecords(
  directory: string,
  disk: Disk,
  places: readonly RecordPlace[],
  visit: Visit,
): Promise<void> {
  const wanted = places.map(({ segment, offset, length }, index) => ({ segment, offset, length, index }));
  wanted.sort((a, b) => a.segment - b.segment || a.offset - b.offset);
  for (let first = 0; first < wanted.length;) {
    const { segment } = wanted[first];
    let end = first;
    while (end < wanted.length && wanted[end].segment === segment) end++;
    await visitSegment(segmentPath(directory, segment), disk, wanted.slice(first, end), visit);
    first = end;
  }
}

/** How many rows are visited together: their places are in memory at once. */
const ROWS_AT_ONCE = 50_000;

/** Shows the bytes of the `enqueued` records of the rows from `first` to before `stop`, with the row as the index. */
export async function visitConfigs(
  directory: string,
  disk: Disk,
  state: State,
  [first, stop]: readonly [first: number, stop: number],
  visit: Visit,
): Promise<void> {
  for (let from = first; from < stop; from += ROWS_AT_ONCE) {
    const rows = Math.min(ROWS_AT_ONCE, stop - from);
    const places = Array.from({ length: rows }, (_, i) => state.place(from + i));
    await visitRecords(directory, disk, places, (bytes, start, end, i) => visit(bytes, start, end, from + i));
  }
}

/** Reads places of one segment, in the order of their offsets. */
async function visitSegment(
  path: string,
  disk: Disk,
  wanted: readonly Wanted[],
  visit: Visit,
): Promise<void> {
  await using(disk, path, 'read', async handle => {
    for (let first = 0; first < wanted.length;) {
      const end = endOfGroup(wanted, first);
      await visitGroup(handle, wanted.slice(first, end), visit);
      first = end;
    }
  });
}

/** The index of the first place behind `first` that is too far away to be read together with it. */
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
  await readFully(handle, bytes, start);
  for (const { offset, length, index } of wanted)
    visit(bytes, offset - start, offset - start + length, index);
}
