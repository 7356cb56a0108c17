/**
 * One append: the writer's part of the protocol (README.md, "What a writer does"). Between the moment when callers have
 * decided and the moment when the append is known to be durable, the state runs ahead of the log (`isAhead`). If that
 * moment does not come, the state is forgotten and derived anew.
 */
import { dirname } from 'node:path';
import { Failure } from '../base/errors.js';
import { parse } from '../events/format/decode.js';
import { crcOf, encode, type Draft, type Entry, type Sealed } from '../events/format/event.js';
import { sealOf } from '../events/format/sealing.js';
import { apply, type Outcome } from '../events/fold.js';
import type { RecordPlace, State } from '../events/state/state.js';
import type { Doubts, Written } from './doubts.js';
import { using } from './files.js';
import { errnoOf, type Handle, type Host } from './host.js';
import { MAX_LINE_BYTES } from './lines.js';
import type { PatientLock } from './lock.js';
import { segmentPath } from './names.js';
import type { Tail } from './tail.js';

/** What a caller wants to append, decided on the fresh state. */
export type Decision = (state: State) => Draft[];

/** A caller that waits for its append. */
export interface Pending {
  decide: Decision;
  resolve(written: Written[]): void;
  reject(error: unknown): void;
  /** What it has decided; undefined before it was asked. */
  written?: Written[];
}

export interface AppendOptions {
  /** Who appends, as `by` of the events. */
  author: string;
  /** A segment that has reached this size, in bytes, is sealed. */
  segmentBytes: number;
}

/** A record to be appended: its line, and how a reader understands it. */
interface Encoded {
  line: Buffer;
  entry: Entry;
}

/** What is to be written, and the place of the last record in it. */
interface Prepared {
  bytes: Buffer;
  last?: RecordPlace;
  /** Whether that record seals the segment. */
  isSeal: boolean;
}

/**
 * A writer that has waited for the lock for this long first reads what was appended meanwhile, so that little is left
 * to read under the lock.
 */
const LOOK_AGAIN_MS = 1000;

export class Appender {
  /** How long the last append held the lock, in ms. */
  lockedMs = 0;

  /** @param waiting callers that have not been asked: all of them share the next append */
  constructor(
    private readonly host: Host,
    private readonly tail: Tail,
    private readonly lock: PatientLock,
    private readonly doubts: Doubts,
    private readonly waiting: Pending[],
    private readonly options: AppendOptions,
  ) {}

  /**
   * Tries once to append for a batch of callers, and for those that come before the lock is taken.
   * @throws what any call throws; then the outcome may be unknown
   */
  async attempt(batch: Pending[]): Promise<void> {
    const { tail } = this;
    if (tail.isAhead) {
      const { segment } = tail.cursor;
      for (const written of batch.flatMap(pending => pending.written ?? []))
        this.doubts.add(written, segment);
      tail.forget();
    }
    if (tail.isAtStart) await tail.catchUp();
    const startMs = this.host.monotonicMs();
    while (!(await this.appendOnce(batch, startMs)));
  }

  /** Opens the cursor's segment, which is made if it is new, and calls `append` on it. Gives what `append` gives. */
  private async appendOnce(batch: Pending[], startMs: number): Promise<boolean> {
    const { host, tail } = this;
    const { directory, seen } = tail;
    const { segment } = tail.cursor;
    const isNew = segment > seen;
    if (isNew && seen === 0) await host.makeDirectory(directory);
    else if (isNew && !(await host.stat(segmentPath(directory, seen)))) throw tail.gone();
    const path = segmentPath(directory, segment);
    try {
      return await using(host, path, isNew ? 'append' : 'extend', handle =>
        this.append(handle, batch, startMs),
      );
    } catch (error) {
      if (isNew || errnoOf(error) !== 'ENOENT') throw error;
      await tail.catchUp();
      return false;
    }
  }

  /**
   * Steps 1 to 4 of the protocol on one segment. Gives false if the segment has been sealed meanwhile, or if new lines
   * are to be read first. Most new lines are read before the lock is taken, because with hundreds of writers reading
   * takes longer than writing.
   */
  private async append(handle: Handle, batch: Pending[], startMs: number): Promise<boolean> {
    const { host, tail } = this;
    if ((await tail.readFrom(handle, false)) === 'stop-after') {
      tail.goToNext();
      return false;
    }
    if (!(await this.lock.take(handle, 'exclusive', startMs, LOOK_AGAIN_MS))) return false;
    const lockedAtMs = host.monotonicMs();
    const size = await this.readLocked(handle);
    if (size < 0) return false;
    if (size === 0) await this.syncBefore();
    const { bytes, last, isSeal } = this.prepare(batch, size);
    if (!last) return true;
    const count = await handle.write(bytes);
    if (count !== bytes.length) throw new Error(`a write of ${bytes.length} bytes wrote ${count}`);
    await handle.sync();
    const grown = (await handle.size()) - size;
    if (grown !== bytes.length)
      throw new Error(`a write of ${bytes.length} bytes changed the size by ${grown}`);
    tail.moveBehind(bytes.length, last, isSeal);
    this.lockedMs = host.monotonicMs() - lockedAtMs;
    return true;
  }

  /**
   * Catches up under the exclusive lock and heals a torn tail. Gives the size in bytes, or -1 if the segment is over.
   */
  private async readLocked(handle: Handle): Promise<number> {
    const { tail } = this;
    for (let healed = false; ; healed = true) {
      const [verdict, hasNext] = await Promise.all([tail.readFrom(handle, true), tail.hasNext()]);
      if (verdict === 'stop-after') {
        tail.goToNext();
        return -1;
      }
      if (hasNext || (await tail.isOver(verdict))) {
        await this.moveOn();
        return -1;
      }
      const torn = (await handle.size()) !== tail.cursor.offset || tail.cursor.skipped > 0;
      if (!torn) return tail.cursor.offset;
      if (healed) throw new Error('a torn tail could not be ended by a newline');
      await handle.write(Buffer.from('\n'));
    }
  }

  /**
   * Moves from a segment that is over to a later one. During the search for the later one, the file server may have
   * given the lock away, and others may have appended. So the segment is read once more from a new descriptor. If that
   * needs a lock, the cursor stays, and the next attempt takes the lock.
   */
  private async moveOn(): Promise<void> {
    const { tail } = this;
    const path = segmentPath(tail.directory, tail.cursor.segment);
    const verdict = await using(this.host, path, 'read', handle => tail.readFrom(handle, false));
    if (verdict === 'stop-after') tail.goToNext();
    else if (verdict === 'on') await tail.goToLater();
  }

  /**
   * Makes durable what the first record of a segment depends on: the segment's name, and the end of the segment before.
   * Others have seen that end, but its writer may have been killed before the sync.
   */
  private async syncBefore(): Promise<void> {
    const { directory, cursor } = this.tail;
    await this.host.syncDirectory(directory);
    if (cursor.segment === 1) return this.host.syncDirectory(dirname(directory));
    const path = segmentPath(directory, cursor.segment - 1);
    await using(this.host, path, 'read', before => before.sync()).catch(error => {
      // Readers pass over a segment that was removed by hand, and writers do, too.
      if (errnoOf(error) !== 'ENOENT') throw error;
    });
  }

  /** Asks the callers that have not decided yet, encodes all events and applies them. Then the state is ahead. */
  private prepare(batch: Pending[], size: number): Prepared {
    batch.push(...this.waiting.splice(0));
    const { state, cursor } = this.tail;
    const lines: Buffer[] = [];
    let end = size;
    let last: RecordPlace | undefined;
    const add = (records: Encoded[]): Outcome[] =>
      records.map(({ line, entry }) => {
        lines.push(line);
        last = { segment: cursor.segment, offset: end, length: line.length - 1 };
        end += line.length;
        this.tail.isAhead = true;
        return apply(state, entry, last);
      });
    for (const pending of batch) {
      const isNew = !pending.written;
      const records = this.decided(pending);
      const outcomes = add(records);
      pending.written!.forEach((written, i) => {
        // The first record of an event in doubt counts. If an earlier one was met in the log, it has been noted.
        const counts = this.doubts.remove(written.id) || isNew;
        if (counts) Object.assign(written, { n: records[i].entry.n, missed: undefined, ...outcomes[i] });
      });
    }
    const seal = lines.length > 0 && sealOf(cursor.segment, end, this.options.segmentBytes);
    if (seal) add(this.encodeAll([{ id: this.host.newId(), event: seal }]));
    return { bytes: Buffer.concat(lines), last, isSeal: Boolean(seal) };
  }

  /**
   * What a caller decides, or decided at an earlier attempt, as records. An error of `decide` rejects its caller only.
   */
  private decided(pending: Pending): Encoded[] {
    try {
      const written = pending.written ?? pending.decide(this.tail.state).map(event => this.undecided(event));
      const records = this.encodeAll(written);
      pending.written = written;
      return records;
    } catch (error) {
      pending.reject(error);
      pending.written = [];
      return [];
    }
  }

  private undecided(event: Draft): Written {
    return { n: 0, id: this.host.newId(), event, applied: false };
  }

  /** Events as the next records of the log, checked as a reader will check them. */
  private encodeAll(events: { id: string; event: Draft | Sealed }[]): Encoded[] {
    let { n, chain } = this.tail.state;
    const at = new Date(this.host.wallMs()).toISOString();
    return events.map(({ id, event }) => {
      const line = encode(event, { n: ++n, previous: chain, id, at, by: this.options.author });
      chain = crcOf(line);
      const entry = parse(line, 0, line.length - 1, chain);
      if (typeof entry !== 'string' && line.length <= MAX_LINE_BYTES) return { line, entry };
      throw new Failure(
        'bad-event',
        `an event (${event.type}, ${line.length} bytes) is not of the log's form`,
      );
    });
  }
}
