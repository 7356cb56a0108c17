/**
 * The state of a log: the result of all events so far. A config is one row of typed columns. Rows stand in the order in
 * which configs were enqueued. `fold.ts` is the only writer. Queries, and `decide` of a transaction, change only the
 * memo `fronts`.
 *
 * Invariants: `counts` are the numbers of rows by group and status. A row is `claimed` exactly if the claim of its
 * epoch is in `claims`, and this claim counts the row in `open`. No queued row of a split stands before the split's
 * front.
 */
import type { Ranking } from '../../base/direction.js';
import { hex8 } from '../../base/crc.js';
import { Claims, type Claim } from './claims.js';
import {
  grown,
  IdIndex,
  Names,
  RecentIds,
  WIDTHS,
  widthOf,
  type Column,
  type RecentSizes,
} from './columns.js';
import { isConfigId, type Damage } from '../format/decode.js';
import { FAILURE_KINDS, type FailureKind, type Worker } from '../format/event.js';
import { QueueFronts } from './front.js';

/** The statuses of a config. The code of each is its place in this list. */
export const STATUSES = ['queued', 'claimed', 'finished', 'failed'] as const;
export type Status = (typeof STATUSES)[number];
export const QUEUED = 0;
export const CLAIMED = 1;
export const FINISHED = 2;
export const FAILED = 3;

/** The rows that the first columns have room for. */
const FIRST_ROWS = 64;
/** Full columns grow by this factor. Memory that was never touched costs nothing, and copying costs time. */
const GROWTH = 8;
/** A search through at most this many rows is faster than the index. */
const FEW_ROWS = 16;

/** Where a record stands: the number of its segment, the offset of its first byte, its length without the newline. */
export interface RecordPlace {
  segment: number;
  offset: number;
  length: number;
}

/** Configs that share pipeline, split and ranking metric. */
export interface Group extends Ranking {
  pipeline: string;
  split: string;
}

/** How often the fold met something that should not be there. The fold survives all of it. */
export type Troubles = Record<
  Damage | 'gaps' | 'missing' | 'forks' | 'brokenLinks' | 'doubles' | 'unknown',
  number
> & {
  /** Events that did not apply. */
  ignored: number;
};

export class State {
  /** How many configs there are: rows 0 to size-1. */
  size = 0;
  /** The largest record number, and the CRC of the last record. */
  n = 0;
  chain = 0;
  troubles: Troubles = {
    ...{ checksum: 0, malformed: 0, overlong: 0 },
    ...{ gaps: 0, missing: 0, forks: 0, brokenLinks: 0, doubles: 0, unknown: 0, ignored: 0 },
  };

  idHigh = new Uint32Array(FIRST_ROWS);
  idLow = new Uint32Array(FIRST_ROWS);
  group: Column = new Uint8Array(FIRST_ROWS);
  status = new Uint8Array(FIRST_ROWS);
  /** How often the config failed, and how often it lost its worker, since it was enqueued or retried. */
  attempts: Column = new Uint8Array(FIRST_ROWS);
  losses: Column = new Uint8Array(FIRST_ROWS);
  /** The number of the last claim's record; 0 if there was none. */
  epoch: Column = new Uint32Array(FIRST_ROWS);
  /** The kind of the last failure, as 1 + index in FAILURE_KINDS; 0 if there was none. */
  failure = new Uint8Array(FIRST_ROWS);
  /** The ranking metric by cross-validation (mean) and on the validation split; NaN where there is none. */
  cv = new Float64Array(FIRST_ROWS);
  validate = new Float64Array(FIRST_ROWS);
  /**
   * Where the `enqueued` record stands, and the record of the last outcome (finished or failed; length 0: none yet).
   */
  segment: Column = new Uint8Array(FIRST_ROWS);
  offset: Column = new Uint32Array(FIRST_ROWS);
  length: Column = new Uint16Array(FIRST_ROWS);
  outcomeSegment: Column = new Uint8Array(FIRST_ROWS);
  outcomeOffset: Column = new Uint32Array(FIRST_ROWS);
  outcomeLength: Column = new Uint16Array(FIRST_ROWS);

  readonly ids = new IdIndex();
  readonly recent = new RecentIds();
  /** Splits by name; `fronts` and `groupSplit` speak of them by number. */
  splits = new Names();
  readonly fronts = new QueueFronts();
  readonly groups: Group[] = [];
  readonly groupSplit: number[] = [];
  private readonly groupNumbers = new Map<string, number>();
  /** Number of rows at [4 * group + status]. */
  counts = new Uint32Array(64);
  readonly claims = new Claims();

  /** The row of a config's id, or -1. */
  row(id: string): number {
    if (!isConfigId(id)) return -1;
    return this.rowOf(parseInt(id.slice(0, 8), 16), parseInt(id.slice(8), 16));
  }

  rowOf(high: number, low: number): number {
    return this.ids.get(high, low, this.idHigh, this.idLow);
  }

  /**
   * The row of a config's id, which the claim of this epoch should hold, or -1. The rows of the claim are searched
   * first, because they are few and near. The index is large, and its slots are far from each other.
   */
  rowInClaim(epoch: number, high: number, low: number): number {
    const { idHigh, idLow } = this;
    const rows = this.claims.get(epoch)?.rows;
    if (rows && rows.length <= FEW_ROWS) {
      for (const row of rows) if (idLow[row] === low && idHigh[row] === high) return row;
    }
    return this.rowOf(high, low);
  }

  /** The id of a row. */
  id(row: number): string {
    return hex8(this.idHigh[row]) + hex8(this.idLow[row]);
  }

  /** The rows whose ids begin with the given digits, as in git; at most `limit` of them. */
  find(prefix: string, limit = 10): number[] {
    if (!/^[0-9a-f]{1,16}$/.test(prefix)) return [];
    if (prefix.length === 16) return [this.row(prefix)].filter(row => row >= 0);
    const digits = Math.min(8, prefix.length);
    const shift = 32 - 4 * digits;
    const start = parseInt(prefix.slice(0, 8), 16);
    const found: number[] = [];
    for (let row = 0; row < this.size && found.length < limit; row++) {
      if (this.idHigh[row] >>> shift === start && this.id(row).startsWith(prefix)) found.push(row);
    }
    return found;
  }

  statusOf(row: number): Status {
    return STATUSES[this.status[row]];
  }

  groupOf(row: number): Group {
    return this.groups[this.group[row]];
  }

  /** The kind of a row's last failure. */
  failureOf(row: number): FailureKind | undefined {
    return FAILURE_KINDS[this.failure[row] - 1];
  }

  /** Where the config of a row stands in the log. */
  place(row: number): RecordPlace {
    return { segment: this.segment[row], offset: this.offset[row], length: this.length[row] };
  }

  /** Where the last `finished` or `failed` of a row stands, if there is one. */
  outcomePlace(row: number): RecordPlace | undefined {
    const length = this.outcomeLength[row];
    if (length === 0) return undefined;
    return { segment: this.outcomeSegment[row], offset: this.outcomeOffset[row], length };
  }

  /** How many configs have the status: in all, or in one group. */
  count(status: Status, group?: number): number {
    const code = STATUSES.indexOf(status);
    if (group !== undefined) return this.counts[4 * group + code];
    let sum = 0;
    for (let g = 0; g < this.groups.length; g++) sum += this.counts[4 * g + code];
    return sum;
  }

  /**
   * The first queued row at or after `from`, of the split if one is given; -1 if there is none. The search starts at
   * the split's front, and so the cost of a claim does not grow with the queue.
   */
  nextQueued(from = 0, split?: string): number {
    const wanted = split === undefined ? -1 : this.splits.find(split);
    if (split !== undefined && wanted < 0) return -1;
    const first = wanted < 0 ? this.fronts.first() : this.fronts.of(wanted);
    for (let row = Math.max(from, first); row < this.size; row++) {
      if (this.status[row] !== QUEUED) continue;
      if (wanted < 0) return row;
      if (this.groupSplit[this.group[row]] !== wanted) continue;
      if (from <= first) this.fronts.moveOn(wanted, row);
      return row;
    }
    if (wanted >= 0 && from <= first) this.fronts.moveOn(wanted, this.size);
    return -1;
  }

  /** The rows that a claim still holds. */
  held({ epoch, rows }: Claim): number[] {
    return rows.filter(row => this.isHeld(row, epoch));
  }

  /** Whether the claim of this epoch holds the row; no row (-1) is never held. */
  isHeld(row: number, epoch: number): boolean {
    return row >= 0 && this.status[row] === CLAIMED && this.epoch[row] === epoch;
  }

  /** The claims of a worker that are not over. */
  claimsOf(worker: string): Claim[] {
    return this.claims.values().filter(claim => claim.worker.id === worker);
  }

  /** The workers that hold claims, each once. */
  holders(): Worker[] {
    const workers = new Map<string, Worker>();
    for (const claim of this.claims.values()) workers.set(claim.worker.id, claim.worker);
    return [...workers.values()];
  }

  /** The number of a group; made when it is new. For the fold and for snapshots. */
  groupNumber(group: Group): number {
    const { pipeline, split, scoring, direction } = group;
    const key = JSON.stringify([pipeline, split, scoring, direction]);
    let number = this.groupNumbers.get(key);
    if (number === undefined) {
      number = this.groups.length;
      this.groupNumbers.set(key, number);
      this.groups.push(group);
      this.groupSplit.push(this.splits.numberOf(split));
      this.fronts.reserve(this.splits.all.length, this.size);
      if (4 * this.groups.length > this.counts.length)
        this.counts = grown(this.counts, this.counts.length, 2 * this.counts.length);
    }
    return number;
  }

  /** Everything that is not in `columns`, as JSON. */
  small(): SmallState {
    const { size, n, chain, troubles, groups } = this;
    const counts = [...this.counts.subarray(0, 4 * groups.length)];
    const claims = this.claims.values().map(claim => ({ ...claim, rows: this.held(claim) }));
    const widths = COLUMNS.map(name => widthOf(this[name]));
    return { size, n, chain, troubles, groups, counts, claims, widths, recent: this.recent.sizes() };
  }

  /** Gives an empty state these small parts, and columns that are then to be filled. */
  restoreSmall(small: SmallState): void {
    this.size = small.size;
    this.n = small.n;
    this.chain = small.chain;
    this.troubles = small.troubles;
    for (const group of small.groups) this.groupNumber(group);
    this.counts.set(small.counts);
    this.fronts.reset();
    for (const claim of small.claims) this.claims.add(claim);
    this.recent.resize(small.recent);
    const capacity = capacityFor(small.size);
    COLUMNS.forEach((name, i) => this.replace(name, new WIDTHS[small.widths[i]](capacity)));
  }

  /** The used parts of all columns, and the recent event ids: what `small` does not hold. */
  columns(): Column[] {
    return [...COLUMNS.map(name => this[name].subarray(0, this.size)), ...this.recent.columns()];
  }

  /** Makes the index of ids, after the columns were filled. */
  restoreIndex(): void {
    this.ids.rebuild(this.size, this.idHigh, this.idLow);
  }

  /** Makes room for at least `rows` rows. For the fold. */
  reserve(rows: number): void {
    if (rows <= this.status.length) return;
    const capacity = capacityFor(rows);
    for (const name of COLUMNS) this.replace(name, grown<Column>(this[name], this.size, capacity));
  }

  private replace(name: ColumnName, column: Column): void {
    (this as Record<ColumnName, Column>)[name] = column;
  }
}

/** The number of rows to make room for, at least `rows`. */
function capacityFor(rows: number): number {
  let capacity = FIRST_ROWS;
  while (capacity < rows) capacity *= GROWTH;
  return capacity;
}

/** The parts of a state that are not columns, as JSON. */
export interface SmallState {
  size: number;
  n: number;
  chain: number;
  troubles: Troubles;
  groups: Group[];
  counts: number[];
  claims: Claim[];
  /** The kind of each column, as `widthOf` tells it. */
  widths: number[];
  recent: RecentSizes;
}

/** The columns with one value a row. */
export const COLUMNS = [
  ...([
    'idHigh',
    'idLow',
    'group',
    'status',
    'attempts',
    'losses',
    'epoch',
    'failure',
    'cv',
    'validate',
  ] as const),
  ...(['segment', 'offset', 'length', 'outcomeSegment', 'outcomeOffset', 'outcomeLength'] as const),
] as const;
export type ColumnName = (typeof COLUMNS)[number];
