/**
 * The log as a program uses it: a state that is caught up by reading, and changed by `transact`. The protocol and its
 * promises are in README.md.
 *
 * Within one process, everything that moves the cursor runs one after the other. Between `decide` and the moment when
 * the append is known to be durable, the state runs ahead of the log (`ahead`); if that moment does not come, the
 * state is forgotten and derived anew.
 */
import { dirname, resolve } from 'node:path';
import type { Config } from '../base/config.js';
import { Failure } from '../base/errors.js';
import { checkedCrc, isWholeConfig, parse, type Damage } from '../events/format/decode.js';
import {
  crcOf,
  encode,
  type Draft,
  type Entry,
  type Failed,
  type Finished,
  type Sealed,
} from '../events/format/event.js';
import { apply, applyDamage, type Outcome } from '../events/fold.js';
import { Replayer } from '../events/replay.js';
import { State, type RecordPlace } from '../events/state/state.js';
import { errnoOf, type Handle, type Host } from './host.js';
import { ioFailure, isHopeless } from './failures.js';
import { readRecords } from './records.js';
import { readSnapshot, writeSnapshot } from './snapshot.js';
import { segmentNumber, segmentPath } from './names.js';
import {
  MAX_LINE_BYTES,
  readLines,
  standsAt,
  startOf,
  type Cursor,
  type LineSink,
  type Verdict,
} from './reader.js';

export interface JournalOptions {
  /** Who appends, as `by` of the events; host:pid unless given. */
  author?: string;
  /** A segment that has reached this size is sealed. */
  segmentBytes?: number;
  /** How long to try for the lock. */
  patienceMs?: number;
  /** Whether snapshots are read and written. */
  snapshots?: boolean;
  /** How often an append is tried when calls fail. */
  attempts?: number;
  /** Reads no further than this moment of the log; such a journal cannot be written. */
  until?: { n?: number; time?: string };
}

/** What became of a draft. */
export interface Written extends Outcome {
  /** The record's number; for a claim, its epoch. */
  n: number;
  /** The event's id. */
  id: string;
  event: Draft;
}

type Decision = (state: State) => Draft[];

/** A record that was read or appended, and its CRC. */
interface Landmark extends RecordPlace {
  crc: number;
}

/** What was read of the log is not in it any more. */
class LogChanged extends Error {}

/** A record to be appended: its line, and how a reader understands it. */
interface Encoded {
  line: Buffer;
  entry: Entry;
}

/** A caller of `transact` that waits. */
interface Pending {
  decide: Decision;
  resolve(written: Written[]): void;
  reject(error: unknown): void;
  /** What it decided, from when it did. */
  written?: Written[];
}

/**
 * Pauses between two tries for the lock grow to a part of the time that it takes to get it, now or the last time: so
 * hundreds who wait do not wear out the file system, and the one who has waited longest is not the one who tries least.
 */
const PAUSE_PART = 1 / 8;
const LONGEST_PAUSE_MS = { quiet: 50, crowded: 1000 };
/** Who has waited for so long looks again at what was appended meanwhile, to have little to read under the lock. */
const LOOK_AGAIN_MS = 1000;
const LONGEST_RETRY_PAUSE_MS = 1000;

export class Journal {
  private replayer: Replayer;
  private cursor: Cursor = startOf(1);
  /** The record that was read or appended last: while it stands where it stood, the log is what was read of it. */
  private last: Landmark | undefined;
  /** The last record of a state that was forgotten, to be looked for before all is read again. */
  private lastBefore: Landmark | undefined;
  /** How much that state held. */
  private forgotten = { n: 0, configs: 0 };
  /** Whether the state holds events that are not known to be in the log. */
  private ahead = false;
  private ended = false;
  /** The last segment of which something was read or written: it is there, and nobody makes it anew. */
  private seen = 0;
  /** Whether the state is to be derived from the newest snapshot, or from the beginning. */
  private isFresh = true;
  /** The last seal that was passed, while the state is exactly what it was there. */
  private seal: RecordPlace | undefined;
  /** How long it took to get the lock the last time. */
  private lastWaitMs = 0;
  private readonly waiting: Pending[] = [];
  private committing = false;
  /** The last of the operations that run one after the other. */
  private tail: Promise<unknown> = Promise.resolve();
  /** Events whose append is in doubt, by id: noted when they are met in the log. */
  private readonly doubtful = new Map<string, Written>();
  /** The segment in which the first of them may be. */
  private doubtfulSegment = Infinity;
  private readonly options: Required<Omit<JournalOptions, 'until'>> & Pick<JournalOptions, 'until'>;

  readonly directory: string;
  /** How often the log was found not to hold any more what was read of it, so that it was read again. */
  rewinds = 0;
  /** What had been read before: the largest record number at the last of these times, and the most configs at any. */
  beforeRewind = { n: 0, configs: 0 };
  /** How long the last append held the lock. */
  lockedMs = 0;

  private constructor(
    directory: string,
    private readonly host: Host,
    options: JournalOptions,
  ) {
    this.directory = resolve(directory);
    const author = `${host.identity.host}:${host.identity.pid}`;
    const defaults = {
      author,
      segmentBytes: 64 * 1024 * 1024,
      patienceMs: 10 * 60_000,
      attempts: 8,
      snapshots: true,
    };
    this.options = { ...defaults, ...options };
    this.replayer = this.newReplayer();
  }

  /** Opens a log and reads it. A directory that does not exist is an empty log; the first append makes it. */
  static async open(directory: string, host: Host, options: JournalOptions = {}): Promise<Journal> {
    const journal = new Journal(directory, host, options);
    await journal.refresh();
    return journal;
  }

  /**
   * The log at a past moment, for reading: after record `n`, or before the first record with a later time.
   * @param until.time ISO 8601, UTC, as in `at`
   */
  static at(directory: string, host: Host, until: { n?: number; time?: string }): Promise<Journal> {
    return Journal.open(directory, host, { until });
  }

  /** What the log amounts to, as far as it was read. */
  get state(): State {
    return this.replayer.state;
  }

  /** Catches up with the log, without a lock. */
  refresh(): Promise<void> {
    return this.inTurn(() => this.catchUp());
  }

  /**
   * Appends what `decide` gives on the fresh state, under the exclusive lock. Resolves when it is durable, and tells of
   * each event whether it applied. Callers that wait at the same time share one write and one fsync. `decide` may be
   * asked only once, must not change the state, and its error is the caller's alone.
   * @throws Failure when the outcome is still unknown after all attempts; the next transaction sees what is in the log
   */
  transact(decide: Decision): Promise<Written[]> {
    if (this.options.until)
      return Promise.reject(new Failure('log-read-only', 'a past state cannot be written to'));
    return new Promise((resolve, reject) => {
      this.waiting.push({ decide, resolve, reject });
      if (!this.committing) {
        this.committing = true;
        void this.inTurn(() => this.commitAll());
      }
    });
  }

  /** The config of a row, from its place in the log. */
  async readConfig(row: number): Promise<Config> {
    return (await this.readConfigs([row]))[0];
  }

  /** The configs of many rows, in the same order; neighbours are read together. */
  async readConfigs(rows: readonly number[]): Promise<Config[]> {
    const { state } = this;
    const ids = rows.map(row => state.id(row));
    const places = rows.map(row => state.place(row));
    const entries = await readRecords(this.directory, this.host, places);
    return entries.map(({ event }, i) => {
      if (event.type !== 'enqueued' || event.config.id !== ids[i])
        throw new Failure('log-damaged', `the record of config ${ids[i]} is not where it was`);
      if (isWholeConfig(event.config)) return event.config;
      const message = `the record of config ${ids[i]} is not of the form that spt writes`;
      throw new Failure('log-damaged', message, 'Run spt doctor. It tells what cannot be trained.');
    });
  }

  /** The last outcome of a row, from its place in the log; undefined if there is none. */
  async readOutcome(row: number): Promise<(Entry & { event: Finished | Failed }) | undefined> {
    const place = this.state.outcomePlace(row);
    if (!place) return undefined;
    const [entry] = await readRecords(this.directory, this.host, [place]);
    const { event } = entry;
    if (event.type === 'finished' || event.type === 'failed') return { ...entry, event };
    throw new Failure('log-damaged', `the outcome of config ${this.state.id(row)} is not where it was`);
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    await this.tail;
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.tail.then(work);
    this.tail = result.catch(() => undefined);
    return result;
  }

  private async withFile<T>(
    path: string,
    mode: 'read' | 'extend' | 'append',
    use: (handle: Handle) => Promise<T>,
  ): Promise<T> {
    const handle = await this.host.open(path, mode);
    try {
      return await use(handle);
    } finally {
      // What matters was synced before; an error of close cannot be acted upon, and the descriptor is gone.
      await handle.close().catch(() => undefined);
    }
  }

  // ---- reading -----------------------------------------------------------------------------------------------------

  private async catchUp(): Promise<void> {
    for (let again = 1; ; again++) {
      try {
        return await this.readOn();
      } catch (error) {
        if (!(error instanceof LogChanged) || again >= this.options.attempts) throw error;
      }
    }
  }

  private async readOn(): Promise<void> {
    if (this.ahead) this.forget();
    // an append may have failed because the server went down, and it may have come back with less
    if (!(await this.stands(this.lastBefore))) this.countRewind();
    this.lastBefore = undefined;
    const isFirst = this.isFresh;
    if (isFirst) await this.loadSnapshot();
    for (let isOver = false; !this.ended;) {
      const verdict = await this.readSegment();
      if (verdict === 'stop-after') {
        isOver = false;
        this.cursor = startOf(this.cursor.segment + 1);
        if (isFirst && (await this.segmentsFromHere()).length < 2) await this.leaveSnapshot();
      } else if (isOver) {
        isOver = false;
        this.cursor = startOf(Math.min(...(await this.laterSegments())));
      } else {
        isOver = await this.isOver(verdict, isFirst);
        if (!isOver) return;
      }
    }
  }

  /**
   * Whether a segment is over although no `sealed` record was read: it is missing, or the record may be among its
   * damaged lines, and a later one exists; whoever reads the log for the first time asks in any case. The segment was
   * read before this was known: so it is to be read once more.
   */
  private async isOver(verdict: Verdict, isFirst = false): Promise<boolean> {
    if (this.ended || (verdict === 'on' && !this.cursor.damaged && !isFirst)) return false;
    return (await this.laterSegments()).length > 0;
  }

  private async laterSegments(): Promise<number[]> {
    return (await this.segmentsFromHere()).filter(segment => segment > this.cursor.segment);
  }

  /** The segments that exist, from the cursor's on. */
  private async segmentsFromHere(): Promise<number[]> {
    const numbers = (await this.host.list(this.directory)).map(segmentNumber);
    return numbers.filter(number => number !== undefined && number >= this.cursor.segment) as number[];
  }

  /** Starts from the newest snapshot; not from one that may hold events whose append is in doubt. */
  private async loadSnapshot(): Promise<void> {
    const { snapshots, until } = this.options;
    const latest = this.doubtfulSegment - 1;
    const loaded = snapshots && !until ? await readSnapshot(this.directory, this.host, latest) : undefined;
    this.isFresh = false;
    if (!loaded) return;
    this.seen = Math.max(this.seen, loaded.segment);
    this.replayer = this.newReplayer(loaded.state);
    this.cursor = startOf(loaded.segment + 1);
    this.last = { ...loaded.seal, crc: loaded.state.chain };
  }

  /** Leaves a snapshot for those who come later. It is only a cache: whatever fails, goes without. */
  private async leaveSnapshot(): Promise<void> {
    const { seal } = this;
    this.seal = undefined;
    if (!seal || this.ahead || !this.options.snapshots || this.options.until) return;
    await writeSnapshot(this.directory, this.host, this.state, seal).catch(() => undefined);
  }

  /** Reads the cursor's segment as far as it goes; `stop-before` if it does not exist. */
  private async readSegment(): Promise<Verdict> {
    const path = segmentPath(this.directory, this.cursor.segment);
    try {
      const verdict = await this.withFile(path, 'read', handle => this.readFrom(handle, false));
      if (verdict !== 'stop-before' || this.ended) return verdict;
      return await this.withFile(path, 'read', async handle => {
        await this.lock(handle, 'shared');
        return this.readFrom(handle, true);
      });
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
      if (this.cursor.segment <= this.seen && (await this.laterSegments()).length === 0) throw this.gone();
      if (this.cursor.offset === 0 && !(await this.stands(this.last))) this.rewind();
      return 'stop-before';
    }
  }

  /** What was acknowledged in a segment that is gone is lost, and an empty one in its place would hide it. */
  private gone(): Failure {
    return new Failure(
      'log-gone',
      `${segmentPath(this.directory, this.seen)} is gone: it was moved or removed while it was in use`,
      'Put it back, then start again. Nothing was written in its place.',
    );
  }

  /**
   * Reads from the cursor on. Only a reader whose view is `certain`, under a lock, may quarantine by checksum.
   * @throws LogChanged when the log does not hold any more what was read of it
   */
  private async readFrom(handle: Handle, certain: boolean): Promise<Verdict> {
    const size = await handle.size();
    if (size < this.cursor.offset || !(await this.isAsRead(handle))) this.rewind();
    const sink: LineSink = {
      line: (bytes, start, end, crc) => this.takeLine(bytes, start, end, crc, certain),
      overlong: () => this.quarantine('overlong'),
    };
    const verdict = await readLines(handle, this.cursor, size, sink);
    if (this.cursor.offset > 0) this.seen = Math.max(this.seen, this.cursor.segment);
    return verdict;
  }

  /** Whether the last record that was read stands where it stood; the handle is that of the cursor's segment. */
  private async isAsRead(handle: Handle): Promise<boolean> {
    if (this.last?.segment === this.cursor.segment) return standsAt(handle, this.last.offset, this.last.crc);
    return this.cursor.offset > 0 || this.stands(this.last);
  }

  /** Whether a record is where it was; for who stands at the beginning of a segment, it is in one before. */
  private async stands(mark: Landmark | undefined): Promise<boolean> {
    if (!mark) return true;
    const path = segmentPath(this.directory, mark.segment);
    try {
      return await this.withFile(path, 'read', handle => standsAt(handle, mark.offset, mark.crc));
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return false;
      throw error;
    }
  }

  /** What was read is not in the log any more (an older copy was put back, a server lost its end): forgets it. */
  private rewind(): never {
    this.forget();
    this.countRewind();
    throw new LogChanged('the log does not hold any more what was read of it');
  }

  private countRewind(): void {
    this.rewinds++;
    const { n, configs } = this.forgotten;
    this.beforeRewind = { n, configs: Math.max(configs, this.beforeRewind.configs) };
    this.lastBefore = undefined;
  }

  private takeLine(bytes: Buffer, first: number, end: number, known: number, certain: boolean): Verdict {
    let start = first;
    let crc = known < 0 ? checkedCrc(bytes, start, end) : known;
    if (crc < 0 && !certain) return 'stop-before';
    const hole = crc < 0 ? bytes.subarray(first, end).lastIndexOf(0) : -1;
    if (hole >= 0) {
      this.quarantine('checksum');
      start = first + hole + 1;
      if (start === end) return 'on';
      crc = checkedCrc(bytes, start, end);
    }
    const offset = this.cursor.offset + start - first;
    const place = { segment: this.cursor.segment, offset, length: end - start };
    const result = crc < 0 ? 'checksum' : this.replayer.take(bytes, start, end, crc, place);
    if (result === 'beyond') {
      this.ended = true;
      return 'stop-before';
    }
    this.seal = result === 'taken' && this.replayer.isSeal ? place : undefined;
    if (result === 'taken') this.last = { ...place, crc: this.state.chain };
    if (result !== 'taken') this.quarantine(result);
    else if (this.doubtful.size > 0) this.noteDoubtful();
    return this.seal ? 'stop-after' : 'on';
  }

  private quarantine(damage: Damage): void {
    applyDamage(this.state, damage);
    this.cursor.damaged = true;
  }

  private isBeyond(n: number, at: string): boolean {
    const until = this.options.until!;
    return (until.n !== undefined && n > until.n) || (until.time !== undefined && at > until.time);
  }

  /** Whether one of our own events, whose append was in doubt, is in the log; its first record is the one that counts. */
  private noteDoubtful(): void {
    const { eventId, n, outcome } = this.replayer;
    const written = this.doubtful.get(eventId);
    if (!written) return;
    this.doubtful.delete(eventId);
    Object.assign(written, { n, missed: undefined, ...outcome });
  }

  private newReplayer(state = new State()): Replayer {
    const isBeyond = this.options.until && ((n: number, at: string) => this.isBeyond(n, at));
    return new Replayer(state, { isBeyond });
  }

  private forget(): void {
    this.forgotten = { n: this.state.n, configs: this.state.size };
    this.replayer = this.newReplayer();
    this.cursor = startOf(1);
    if (this.last) this.lastBefore = this.last;
    this.last = undefined;
    this.isFresh = true;
    this.ahead = false;
  }

  // ---- writing -----------------------------------------------------------------------------------------------------

  private async commitAll(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0);
      try {
        await this.commit(batch);
        for (const pending of batch) pending.resolve(pending.written!);
        await this.leaveSnapshot();
      } catch (error) {
        for (const pending of batch) pending.reject(error);
      }
    }
    this.committing = false;
  }

  /** Tries until the batch's events are known to be in the log. */
  private async commit(batch: Pending[]): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.attempt(batch);
        this.settleDoubts();
        return;
      } catch (error) {
        if (error instanceof Failure || isHopeless(error) || attempt >= this.options.attempts) {
          this.settleDoubts();
          throw error instanceof Failure ? error : ioFailure(error, this.directory);
        }
        const pause = Math.min(LONGEST_RETRY_PAUSE_MS, 20 * 2 ** attempt);
        await this.host.sleep(pause * (0.5 + this.host.random()));
      }
    }
  }

  private settleDoubts(): void {
    this.doubtful.clear();
    this.doubtfulSegment = Infinity;
  }

  private async attempt(batch: Pending[]): Promise<void> {
    if (this.ahead) {
      const doubtful = batch.flatMap(pending => pending.written ?? []);
      for (const written of doubtful) this.doubtful.set(written.id, written);
      this.doubtfulSegment = Math.min(this.doubtfulSegment, this.cursor.segment);
      this.forget();
    }
    if (this.isFresh || this.cursor.offset === 0) await this.catchUp();
    const startMs = this.host.monotonicMs();
    while (!(await this.appendOnce(batch, startMs)));
  }

  /** As `append`, on the cursor's segment, which is made if it is new. */
  private async appendOnce(batch: Pending[], startMs: number): Promise<boolean> {
    const { segment } = this.cursor;
    const isNew = segment > this.seen;
    if (isNew && this.seen === 0) await this.host.makeDirectory(this.directory);
    else if (isNew && !(await this.host.stat(segmentPath(this.directory, this.seen)))) throw this.gone();
    const path = segmentPath(this.directory, segment);
    try {
      return await this.withFile(path, isNew ? 'append' : 'extend', handle =>
        this.append(handle, batch, startMs),
      );
    } catch (error) {
      if (isNew || errnoOf(error) !== 'ENOENT') throw error;
      await this.catchUp();
      return false;
    }
  }

  /**
   * Makes last what the first record of a segment rests on: the segment's name, and the end of the segment before,
   * which was perhaps seen and never synced, as its writer was killed before it could.
   */
  private async syncBefore(): Promise<void> {
    const { segment } = this.cursor;
    await this.host.syncDirectory(this.directory);
    if (segment === 1) return this.host.syncDirectory(dirname(this.directory));
    await this.withFile(segmentPath(this.directory, segment - 1), 'read', before => before.sync()).catch(
      error => {
        // A segment that was removed by hand is missed by readers, too; it need not stop writers.
        if (errnoOf(error) !== 'ENOENT') throw error;
      },
    );
  }

  /**
   * Steps 1 to 4 of the protocol on one segment; false if it has been sealed meanwhile, or another look is due. Most of
   * what is new is read before the lock is held: with hundreds of writers, reading takes longer than writing.
   */
  private async append(handle: Handle, batch: Pending[], startMs: number): Promise<boolean> {
    if ((await this.readFrom(handle, false)) === 'stop-after') {
      this.cursor = startOf(this.cursor.segment + 1);
      return false;
    }
    if (!(await this.lock(handle, 'exclusive', startMs, LOOK_AGAIN_MS))) return false;
    const lockedAtMs = this.host.monotonicMs();
    const size = await this.readLocked(handle);
    if (size < 0) return false;
    if (size === 0) await this.syncBefore();
    const { bytes, seal, last } = this.prepare(batch, size);
    if (bytes.length === 0) return true;
    const count = await handle.write(bytes);
    if (count !== bytes.length) throw new Error(`a write of ${bytes.length} bytes wrote ${count}`);
    await handle.sync();
    const grown = (await handle.size()) - size;
    if (grown !== bytes.length)
      throw new Error(`a write of ${bytes.length} bytes changed the size by ${grown}`);
    this.seen = this.cursor.segment;
    if (seal) this.cursor = startOf(this.cursor.segment + 1);
    else this.cursor.offset += bytes.length;
    this.seal = seal;
    this.last = { ...(seal ?? last!), crc: this.state.chain };
    this.ahead = false;
    this.lockedMs = this.host.monotonicMs() - lockedAtMs;
    return true;
  }

  /** Catches up under the exclusive lock and heals a torn tail; the size then, or -1 if the segment is over. */
  private async readLocked(handle: Handle): Promise<number> {
    for (let healed = false; ; healed = true) {
      const verdict = await this.readFrom(handle, true);
      if (verdict === 'stop-after') {
        this.cursor = startOf(this.cursor.segment + 1);
        return -1;
      }
      if (await this.isOver(verdict)) {
        await this.moveOn();
        return -1;
      }
      const torn = (await handle.size()) !== this.cursor.offset || this.cursor.skipped > 0;
      if (!torn) return this.cursor.offset;
      if (healed) throw new Error('a torn tail could not be ended by a newline');
      await handle.write(Buffer.from('\n'));
    }
  }

  /**
   * From a segment that is over to a later one. The file server may have given the lock away while the later one was
   * looked for, and others may have written on: the segment is read once more from a new descriptor. Where that needs a
   * lock, the cursor stays, and the next attempt takes one.
   */
  private async moveOn(): Promise<void> {
    const path = segmentPath(this.directory, this.cursor.segment);
    const verdict = await this.withFile(path, 'read', handle => this.readFrom(handle, false));
    if (verdict === 'stop-after') this.cursor = startOf(this.cursor.segment + 1);
    else if (verdict === 'on') this.cursor = startOf(Math.min(...(await this.laterSegments())));
  }

  /** Asks those that have not decided yet, and encodes and applies everything; from here on the state is ahead. */
  private prepare(batch: Pending[], size: number): { bytes: Buffer; seal?: RecordPlace; last?: RecordPlace } {
    batch.push(...this.waiting.splice(0));
    const lines: Buffer[] = [];
    let end = size;
    let last: RecordPlace | undefined;
    const add = (records: Encoded[]): Outcome[] =>
      records.map(({ line, entry }) => {
        lines.push(line);
        const place = { segment: this.cursor.segment, offset: end, length: line.length - 1 };
        end += line.length;
        last = place;
        this.ahead = true;
        return apply(this.state, entry, place);
      });
    for (const pending of batch) {
      const isNew = !pending.written;
      const records = this.decided(pending);
      const outcomes = add(records);
      pending.written!.forEach((written, i) => {
        // Of an event that was in doubt, the first record counts: it is either this one or has been noted.
        const counts = this.doubtful.delete(written.id) || isNew;
        if (counts) Object.assign(written, { n: records[i].entry.n, missed: undefined, ...outcomes[i] });
      });
    }
    if (lines.length === 0 || end < this.options.segmentBytes) return { bytes: Buffer.concat(lines), last };
    const event: Sealed = { type: 'sealed', segment: this.cursor.segment, bytes: end };
    const offset = end;
    add(this.encodeAll([{ id: this.host.newId(), event }]));
    const seal = { segment: this.cursor.segment, offset, length: end - offset - 1 };
    return { bytes: Buffer.concat(lines), seal };
  }

  /** What a caller decides, or decided at an earlier attempt, as records; its error is its own. */
  private decided(pending: Pending): Encoded[] {
    try {
      const written = pending.written ?? pending.decide(this.state).map(event => this.undecided(event));
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
    let { n, chain } = this.state;
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

  /**
   * Takes the lock, by trying with growing random pauses, for at most `mostMs`; false if that was in vain.
   * @param startMs since when the caller waits for it
   */
  private async lock(
    handle: Handle,
    kind: 'exclusive' | 'shared',
    startMs = this.host.monotonicMs(),
    mostMs = Infinity,
  ): Promise<boolean> {
    const triesFromMs = this.host.monotonicMs();
    let pause = Math.max(1, PAUSE_PART * (triesFromMs - startMs));
    for (; !(await handle.lock(kind)); pause *= 2) {
      const nowMs = this.host.monotonicMs();
      if (nowMs - startMs > this.options.patienceMs) throw this.lockedFailure();
      if (nowMs - triesFromMs > mostMs) return false;
      const crowded = PAUSE_PART * Math.max(this.lastWaitMs, nowMs - startMs);
      pause = Math.min(pause, Math.max(LONGEST_PAUSE_MS.quiet, Math.min(LONGEST_PAUSE_MS.crowded, crowded)));
      await this.host.sleep(pause * (0.5 + this.host.random()));
    }
    this.lastWaitMs = this.host.monotonicMs() - startMs;
    return true;
  }

  private lockedFailure(): Failure {
    const seconds = Math.round(this.options.patienceMs / 1000);
    return new Failure(
      'log-locked',
      `another process has held the lock of ${this.directory} for ${seconds} s`,
    );
  }
}
