/**
 * How far a process has read its log, and the state that these records give. Reading goes on at the last newline that
 * was seen (README.md, "What a reader does"). The tail also checks that the last record that it read is still in its
 * place. If it is not, the tail forgets its state and reads all again.
 */
import type { Damage } from '../events/format/decode.js';
import { applyDamage } from '../events/fold.js';
import { Replayer } from '../events/replay.js';
import { State, type RecordPlace } from '../events/state/state.js';
import { Failure } from '../base/errors.js';
import type { Doubts } from './doubts.js';
import { listSegments, using } from './files.js';
import { errnoOf, type Handle, type Host } from './host.js';
import type { Cursor, Verdict } from './lines.js';
import type { PatientLock } from './lock.js';
import { segmentPath } from './names.js';
import { LineReader, type LineVisitor, type Taken } from './reader.js';
import { standsAt } from './records.js';
import { readSnapshot, writeSnapshot } from './snapshot.js';

export interface TailOptions {
  /** Whether snapshots are read and written. */
  snapshots: boolean;
  /** How often reading starts again when the log changes meanwhile. */
  attempts: number;
  /** Reads no further than this moment of the log. */
  until?: { n?: number; time?: string };
}

/** The log has lost records that were read. */
class LogChanged extends Error {}

/** A record that was read or appended, and its CRC. */
interface Landmark {
  segment: number;
  offset: number;
  crc: number;
}

export class Tail implements LineVisitor {
  /** How often the log had lost records that were read, so that all was read again. */
  rewinds = 0;
  /** What had been read before: the largest record number at the last rewind, and the most configs at any rewind. */
  beforeRewind = { n: 0, configs: 0 };
  /** Whether the state holds events that are not known to be in the log. */
  isAhead = false;
  /** The last segment of which something was read or written. It exists, so no writer may make it again. */
  seen = 0;
  private replayer: Replayer;
  private readonly reader = new LineReader(this);
  /** The record that was read or appended last. While it is in its place, the log holds all that was read. */
  private last: Landmark | undefined;
  /** The last record of a state that was forgotten, to be looked for before all is read again. */
  private lastBefore: Landmark | undefined;
  /** The last record number and the number of configs of the state that was forgotten. */
  private forgotten = { n: 0, configs: 0 };
  /** Whether a record beyond the moment `until` was met. */
  private ended = false;
  /** Whether nothing was read yet. Then reading starts from the newest snapshot, or from the beginning. */
  private isFresh = true;
  /** The seal behind which the cursor stands; undefined once the state has changed since. */
  private seal: RecordPlace | undefined;

  constructor(
    readonly directory: string,
    private readonly host: Host,
    private readonly lock: PatientLock,
    private readonly doubts: Doubts,
    private readonly options: TailOptions,
  ) {
    this.replayer = this.newReplayer();
  }

  /** The state that the log gives, as far as it was read. */
  get state(): State {
    return this.replayer.state;
  }

  get cursor(): Cursor {
    return this.reader.cursor;
  }

  /** Whether there is nothing yet that an append could start from. */
  get isAtStart(): boolean {
    return this.isFresh || this.cursor.offset === 0;
  }

  /** Reads what is new, without a lock. */
  async catchUp(): Promise<void> {
    for (let again = 1; ; again++) {
      try {
        return await this.readOn();
      } catch (error) {
        if (!(error instanceof LogChanged) || again >= this.options.attempts) throw error;
      }
    }
  }

  private async readOn(): Promise<void> {
    if (this.isAhead) this.forget();
    // An append may have failed because the server went down. The server may have come back with fewer records.
    if (!(await stands(this.directory, this.host, this.lastBefore))) this.countRewind();
    this.lastBefore = undefined;
    const isFirst = this.isFresh;
    if (isFirst) await this.loadSnapshot();
    for (let isOver = false; !this.ended;) {
      const verdict = await this.readSegment();
      if (verdict === 'stop-after') {
        isOver = false;
        this.goToNext();
        if (isFirst && (await this.laterSegments()).length === 0) await this.leaveSnapshot();
      } else if (isOver) {
        isOver = false;
        await this.goToLater();
      } else {
        isOver = await this.isOver(verdict, isFirst);
        if (!isOver) return;
      }
    }
  }

  /**
   * Whether a segment is over although no `sealed` record was read: a later segment exists, and this one is missing, or
   * the record may be among its damaged lines. A reader of the whole log looks for a later segment in any case. The
   * segment was read before this was known, so it has to be read once more.
   */
  async isOver(verdict: Verdict, isFirst = false): Promise<boolean> {
    if (this.ended || (verdict === 'on' && !this.cursor.damaged && !isFirst)) return false;
    return (await this.laterSegments()).length > 0;
  }

  /**
   * Whether the next segment exists. Where the log has lost the end of a segment, others may have moved on from it
   * before. A writer that stays would append beside them.
   */
  async hasNext(): Promise<boolean> {
    const next = segmentPath(this.directory, this.cursor.segment + 1);
    return (await this.host.stat(next)) !== undefined;
  }

  goToNext(): void {
    this.reader.goTo(this.cursor.segment + 1);
  }

  /** Goes to the next segment that exists, if it still does. */
  async goToLater(): Promise<void> {
    const [later] = await this.laterSegments();
    if (later !== undefined) this.reader.goTo(later);
  }

  /** The segments that exist behind the cursor's, ascending. */
  private async laterSegments(): Promise<number[]> {
    const segments = await listSegments(this.directory, this.host);
    return segments.filter(segment => segment > this.cursor.segment);
  }

  /** Starts from the newest snapshot that holds no event in doubt. */
  private async loadSnapshot(): Promise<void> {
    const { snapshots, until } = this.options;
    const latest = this.doubts.segment - 1;
    const loaded = snapshots && !until ? await readSnapshot(this.directory, this.host, latest) : undefined;
    this.isFresh = false;
    if (!loaded) return;
    this.seen = Math.max(this.seen, loaded.segment);
    this.replayer = this.newReplayer(loaded.state);
    this.reader.goTo(loaded.segment + 1);
    this.last = { ...loaded.seal, crc: loaded.state.chain };
  }

  /** Writes a snapshot for later processes. It is only a cache, so an error of writing is ignored. */
  async leaveSnapshot(): Promise<void> {
    const { seal } = this;
    this.seal = undefined;
    if (!seal || this.isAhead || !this.options.snapshots || this.options.until) return;
    await writeSnapshot(this.directory, this.host, this.state, seal).catch(() => undefined);
  }

  /** Reads the cursor's segment as far as it goes; `stop-before` if it does not exist. */
  private async readSegment(): Promise<Verdict> {
    const path = segmentPath(this.directory, this.cursor.segment);
    try {
      const verdict = await using(this.host, path, 'read', handle => this.readFrom(handle, false));
      if (verdict !== 'stop-before' || this.ended) return verdict;
      return await using(this.host, path, 'read', async handle => {
        await this.lock.take(handle, 'shared');
        return this.readFrom(handle, true);
      });
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
      if (this.cursor.segment <= this.seen && (await this.laterSegments()).length === 0) throw this.gone();
      if (this.cursor.offset === 0 && !(await stands(this.directory, this.host, this.last))) this.rewind();
      return 'stop-before';
    }
  }

  /** A segment that is gone loses what was acknowledged in it. An empty one in its place would hide the loss. */
  gone(): Failure {
    return new Failure(
      'log-gone',
      `${segmentPath(this.directory, this.seen)} is gone: it was moved or removed while it was in use`,
      'Put it back, then start again. Nothing was written in its place.',
    );
  }

  /**
   * Reads from the cursor on. Only a reader with a `certain` view, under a lock, may quarantine a line by its CRC.
   * @throws LogChanged when the log has lost records that were read
   */
  async readFrom(handle: Handle, certain: boolean): Promise<Verdict> {
    const size = await handle.size();
    if (size < this.cursor.offset || !(await this.isAsRead(handle))) this.rewind();
    const verdict = await this.reader.read(handle, size, certain);
    if (this.cursor.offset > 0) this.seen = Math.max(this.seen, this.cursor.segment);
    return verdict;
  }

  /** Whether the last record that was read is in its place. The handle is that of the cursor's segment. */
  private async isAsRead(handle: Handle): Promise<boolean> {
    if (this.last?.segment === this.cursor.segment) return standsAt(handle, this.last.offset, this.last.crc);
    return this.cursor.offset > 0 || stands(this.directory, this.host, this.last);
  }

  /** Forgets what was read, because the log has lost it: an older copy was put back, or a server lost the log's end. */
  private rewind(): never {
    this.forget();
    this.countRewind();
    throw new LogChanged('the log has lost records that were read');
  }

  private countRewind(): void {
    this.rewinds++;
    const { n, configs } = this.forgotten;
    this.beforeRewind = { n, configs: Math.max(configs, this.beforeRewind.configs) };
    this.lastBefore = undefined;
  }

  soundLine(bytes: Buffer, start: number, end: number, crc: number, place: RecordPlace): Taken {
    const { replayer } = this;
    const result = replayer.take(bytes, start, end, crc, place);
    if (result === 'beyond') this.ended = true;
    if (result !== 'taken') return result;
    const { isSeal } = replayer;
    this.seal = isSeal ? place : undefined;
    this.last = { segment: place.segment, offset: place.offset, crc: replayer.state.chain };
    if (!this.doubts.isEmpty) this.doubts.note(replayer.eventId, replayer.n, replayer.outcome);
    return isSeal ? 'seal' : 'record';
  }

  damagedLine(damage: Damage): void {
    applyDamage(this.state, damage);
    this.seal = undefined;
  }

  private isBeyond(n: number, at: string): boolean {
    const until = this.options.until!;
    return (until.n !== undefined && n > until.n) || (until.time !== undefined && at > until.time);
  }

  private newReplayer(state = new State()): Replayer {
    const isBeyond = this.options.until && ((n: number, at: string) => this.isBeyond(n, at));
    return new Replayer(state, { isBeyond });
  }

  /** Forgets the state. It is derived again before it is used. */
  forget(): void {
    this.forgotten = { n: this.state.n, configs: this.state.size };
    this.replayer = this.newReplayer();
    this.reader.goTo(1);
    if (this.last) this.lastBefore = this.last;
    this.last = undefined;
    this.isFresh = true;
    this.isAhead = false;
  }

  /**
   * Moves behind records that this process has applied and appended to the cursor's segment.
   * @param bytes their length in bytes
   * @param last the last of them
   * @param isSeal whether the last one seals the segment
   */
  moveBehind(bytes: number, last: RecordPlace, isSeal: boolean): void {
    this.seen = this.cursor.segment;
    if (isSeal) this.goToNext();
    else this.cursor.offset += bytes;
    this.seal = isSeal ? last : undefined;
    this.last = { segment: last.segment, offset: last.offset, crc: this.state.chain };
    this.isAhead = false;
  }
}

/** Whether a record is in its place. Its segment may be an earlier one than that of the cursor. */
async function stands(directory: string, host: Host, mark: Landmark | undefined): Promise<boolean> {
  if (!mark) return true;
  const path = segmentPath(directory, mark.segment);
  try {
    return await using(host, path, 'read', handle => standsAt(handle, mark.offset, mark.crc));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}
