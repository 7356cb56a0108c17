/**
 * The log as programs use it: a state that `refresh` brings up to date and `transact` changes. README.md has the
 * protocol and its promises. `tail.ts` reads, `append.ts` writes.
 *
 * Within one process, everything that moves the tail runs one after the other.
 */
import { resolve } from 'node:path';
import type { Config } from '../base/config.js';
import { Failure } from '../base/errors.js';
import { SEGMENT_BYTES } from '../events/format/sealing.js';
import type { State } from '../events/state/state.js';
import { Appender, type AppendOptions, type Decision, type Pending } from './append.js';
import { Doubts, type Written } from './doubts.js';
import { ioFailure, isHopeless } from './failures.js';
import { authorOf, type Host } from './host.js';
import { PatientLock } from './lock.js';
import { readConfigs, readOutcome, readOutcomes, type OutcomeEntry, type RowRecord } from './records.js';
import { Tail, type TailOptions } from './tail.js';

export type { Written };

export interface JournalOptions {
  /** Who appends, as `by` of the events; by default, `authorOf` the process. */
  author?: string;
  /** A segment that has reached this size, in bytes, is sealed. */
  segmentBytes?: number;
  /** How long to try for the lock, in ms. */
  patienceMs?: number;
  /** Whether snapshots are read and written. */
  snapshots?: boolean;
  /** How often an append is tried when calls fail. */
  attempts?: number;
  /**
   * Reads no further than this moment of the log: after record `n`, or before the first record with a later `time`
   * (ISO 8601, UTC, as in `at`). Such a journal cannot be written.
   */
  until?: { n?: number; time?: string };
}

const PATIENCE_MS = 10 * 60_000;
const ATTEMPTS = 8;
const LONGEST_RETRY_PAUSE_MS = 1000;

export class Journal {
  readonly directory: string;
  private readonly tail: Tail;
  private readonly appender: Appender;
  private readonly doubts = new Doubts();
  private readonly waiting: Pending[] = [];
  private committing = false;
  /** The last of the operations that run one after the other. */
  private latest: Promise<unknown> = Promise.resolve();
  private readonly options: TailOptions & AppendOptions;

  private constructor(
    directory: string,
    private readonly host: Host,
    { patienceMs = PATIENCE_MS, ...options }: JournalOptions,
  ) {
    this.directory = resolve(directory);
    const author = authorOf(host.identity);
    const defaults = { author, segmentBytes: SEGMENT_BYTES, attempts: ATTEMPTS, snapshots: true };
    this.options = { ...defaults, ...options };
    const lock = new PatientLock(host, this.directory, patienceMs);
    this.tail = new Tail(this.directory, host, lock, this.doubts, this.options);
    this.appender = new Appender(host, this.tail, lock, this.doubts, this.waiting, this.options);
  }

  /** Opens a log and reads it. A directory that does not exist is an empty log; the first append makes it. */
  static async open(directory: string, host: Host, options: JournalOptions = {}): Promise<Journal> {
    const journal = new Journal(directory, host, options);
    await journal.refresh();
    return journal;
  }

  /** The state that the log gives, as far as it was read. */
  get state(): State {
    return this.tail.state;
  }

  /** How often the log had lost records that were read, so that all was read again. */
  get rewinds(): number {
    return this.tail.rewinds;
  }

  /** What had been read before: the largest record number at the last rewind, and the most configs at any rewind. */
  get beforeRewind(): { n: number; configs: number } {
    return this.tail.beforeRewind;
  }

  /** How long the last append held the lock, in ms. */
  get lockedMs(): number {
    return this.appender.lockedMs;
  }

  /** Catches up with the log, without a lock. */
  refresh(): Promise<void> {
    return this.inTurn(() => this.tail.catchUp());
  }

  /**
   * Appends what `decide` gives on the fresh state, under the exclusive lock. Resolves when the events are durable, and
   * tells of each whether it applied. Callers that wait at the same time share one write and one fsync. `decide` is
   * asked at most once and must not change the state. Its error rejects its own caller only.
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

  /** The configs of many rows, in the same order; neighbors are read together. */
  readConfigs(rows: readonly number[]): Promise<Config[]> {
    return readConfigs(this.directory, this.host, this.state, rows);
  }

  /** The last outcome of a row, from its place in the log; undefined if there is none. */
  readOutcome(row: number): Promise<OutcomeEntry | undefined> {
    return readOutcome(this.directory, this.host, this.state, row);
  }

  /** The configs and the last outcomes of many rows, in the order of the rows; see `readOutcomes` of records.ts. */
  readOutcomes(rows: readonly number[]): Promise<RowRecord[]> {
    return readOutcomes(this.directory, this.host, this.state, rows);
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.latest.then(work);
    this.latest = result.catch(() => undefined);
    return result;
  }

  private async commitAll(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0);
      try {
        await this.commit(batch);
        for (const pending of batch) pending.resolve(pending.written!);
        await this.tail.leaveSnapshot();
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
        await this.appender.attempt(batch);
        this.doubts.clear();
        return;
      } catch (error) {
        if (error instanceof Failure || isHopeless(error) || attempt >= this.options.attempts) {
          this.doubts.clear();
          throw error instanceof Failure ? error : ioFailure(error, this.directory);
        }
        const pause = Math.min(LONGEST_RETRY_PAUSE_MS, 20 * 2 ** attempt);
        await this.host.sleep(pause * (0.5 + this.host.random()));
      }
    }
  }
}
