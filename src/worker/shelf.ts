/**
 * The data of the splits that a worker has used, and the configs that it cannot train because their data is not here.
 * A split whose data is missing or damaged is set aside: this worker leaves its configs to others, who may have the
 * data, and goes on with the rest.
 */
import { Failure } from '../base/errors.js';
import type { State } from '../events/state/state.js';
import { errnoOf } from '../log/host.js';
import type { Journal } from '../log/journal.js';
import type { SplitData } from '../base/dataset.js';
import { MOST_PER_CLAIM } from './pacing.js';
import { readEach } from './reading.js';

/** The data of this number of splits is always kept. */
const FEWEST_KEPT = 2;
/** The data of more splits is kept while all of them together take no more than this, in bytes. */
const USUAL_BYTES = 2 ** 30;
/** This part of the limit replaces `USUAL_BYTES` where memory is limited. */
const BYTES_PART = 1 / 8;
/** How often reading data is tried when it fails for a reason that may pass. */
const MOST_TRIES = 3;
const PASSING_CODES = new Set(['EIO', 'ESTALE', 'EAGAIN', 'EINTR', 'ETIMEDOUT', 'EMFILE', 'ENFILE']);

export class Shelf {
  /** By digest, in the order of the last use: the least recently used data comes first. */
  private readonly data = new Map<string, SplitData>();
  /** Why the data of a digest cannot be read. */
  private readonly missing = new Map<string, Failure>();
  /** The splits that have configs with missing data, and the ids of those configs that are known. */
  private readonly splits = new Set<string>();
  private readonly configs = new Set<string>();
  /** Splits that may have more queued configs with missing data. */
  private unsorted = new Set<string>();
  private readonly mostBytes: number;

  constructor(
    private readonly readData: (digest: string) => SplitData,
    memoryBytes?: number,
  ) {
    this.mostBytes = memoryBytes === undefined ? USUAL_BYTES : memoryBytes * BYTES_PART;
  }

  /** The data of a digest. Throws Failure when the data is missing or damaged. */
  get(digest: string): SplitData {
    const data = this.data.get(digest) ?? this.read(digest);
    this.data.delete(digest);
    this.data.set(digest, data);
    let bytes = 0;
    for (const kept of this.data.values()) bytes += bytesOf(kept);
    for (const [oldest, { train, validate }] of this.data) {
      if (this.data.size <= FEWEST_KEPT || bytes <= this.mostBytes) break;
      bytes -= bytesOf({ train, validate });
      this.data.delete(oldest);
    }
    return data;
  }

  private read(digest: string): SplitData {
    for (let tries = 1; ; tries++) {
      try {
        return this.readData(digest);
      } catch (error) {
        const code = errnoOf((error as Error).cause) ?? '';
        if (!PASSING_CODES.has(code) || tries >= MOST_TRIES) throw error;
      }
    }
  }

  /** Notes that a split has configs whose data cannot be read. */
  setAside(digest: string, split: string, why: Failure): void {
    this.missing.set(digest, why);
    this.splits.add(split);
    this.unsorted.add(split);
  }

  /** Whether the data of a digest is known to be missing here. */
  lacks(digest: string): boolean {
    return this.missing.has(digest);
  }

  /** Whether a split has configs that are set aside. */
  isAside(split: string): boolean {
    return this.splits.has(split);
  }

  /** Whether a config is set aside. */
  isConfigAside(id: string): boolean {
    return this.configs.has(id);
  }

  get hasConfigsAside(): boolean {
    return this.configs.size > 0;
  }

  /** Sets a config aside. */
  addConfig(id: string): void {
    this.configs.add(id);
  }

  /**
   * Sets aside the queued configs whose data is missing, in splits where one was met. They are no longer claimed.
   */
  async setQueuedAside(journal: Journal): Promise<void> {
    if (this.unsorted.size === 0) return;
    for (const split of this.unsorted) {
      for (let rows = queuedRows(journal.state, split, 0); rows.length > 0;) {
        for (const config of await readEach(journal, rows))
          if (!(config instanceof Failure) && this.lacks(config.data)) this.configs.add(config.id);
        rows = queuedRows(journal.state, split, rows.at(-1)! + 1);
      }
    }
    this.unsorted = new Set();
  }

  /** What a person has to know when the worker ends; undefined if all data could be read. */
  trouble(): Failure | undefined {
    const [first] = this.missing.values();
    if (!first) return undefined;
    const splits = [...this.splits].join(', ');
    return new Failure(first.code, `this worker did not train split ${splits}: ${first.message}`, first.hint);
  }
}

function bytesOf({ train, validate }: Pick<SplitData, 'train' | 'validate'>): number {
  return train.x.data.byteLength + (validate?.x.data.byteLength ?? 0);
}

/** The queued rows of a split, from a row on, at most as many as are read at once. */
function queuedRows(state: State, split: string, from: number): number[] {
  const rows: number[] = [];
  let row = state.nextQueued(from, split);
  for (; row >= 0 && rows.length < MOST_PER_CLAIM; row = state.nextQueued(row + 1, split)) rows.push(row);
  return rows;
}
