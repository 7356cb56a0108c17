/**
 * Takes frequent lines into a state without JSON.parse, for events/replay.ts. A scanned line is read in full only when
 * its record is asked for.
 */
import { hex8 } from '../../base/crc.js';
import { workerOf } from '../format/decode.js';
import type { Worker } from '../format/event.js';
import {
  addRow,
  APPLIED,
  countIgnored,
  finishRow,
  groupOf,
  IGNORED,
  isDouble,
  link,
  takeClaim,
  type Outcome,
} from '../fold.js';
import type { RecordPlace, State } from '../state/state.js';
import { Scan, type Scanned } from './scan.js';

/** Decides whether a record lies beyond the moment that is asked for. Then it is not applied. */
export type IsBeyond = (n: number, at: string) => boolean;

/** How many groups, and how many workers, are kept by their tokens. */
const TOKENS_KEPT = 4096;

/** Takes frequent lines into one state. After a line was taken, `n`, `eventId` and `outcome` tell of it. */
export class FastReplay {
  outcome: Outcome = IGNORED;
  private readonly scan: Scan;
  /** Group numbers and workers by the numbers that the scan gives for their bytes: they come again and again. */
  private readonly groups = new Map<number, number>();
  private readonly workers = new Map<number, Worker>();

  constructor(
    readonly state: State,
    private readonly isBeyond?: IsBeyond,
  ) {
    this.scan = new Scan(state);
  }

  get n(): number {
    return this.scan.n;
  }

  get eventId(): string {
    return this.scan.id;
  }

  /** Takes the line `bytes[start..end)`. A line that is `refused` changes nothing: it is to be parsed. */
  take(
    bytes: Buffer,
    start: number,
    end: number,
    crc: number,
    place: RecordPlace,
  ): 'taken' | 'beyond' | 'refused' {
    const { scan } = this;
    const type = scan.scan(bytes, start, end);
    if (type === 'refused') return type;
    const worker = type === 'claimed' ? this.worker() : undefined;
    if (type === 'claimed' && !worker) return 'refused';
    if (this.isBeyond?.(scan.n, scan.at)) return 'beyond';
    const isUnique = link(this.state, scan.n, scan.previous, crc);
    if (isDouble(this.state, scan.hashHigh, scan.hashLow)) this.outcome = IGNORED;
    else this.settle(type, isUnique, place, worker);
    return 'taken';
  }

  /** Applies what was scanned. */
  private settle(
    type: Exclude<Scanned, 'refused'>,
    isUnique: boolean,
    place: RecordPlace,
    worker: Worker | undefined,
  ): void {
    const { scan, state } = this;
    if (type === 'enqueued') this.outcome = this.enqueue(place);
    else if (type === 'claimed') this.outcome = isUnique ? this.claim(worker!) : this.missAll();
    else {
      const { row } = scan;
      const applied = row >= 0 && finishRow(state, row, scan.claim, place, scan.cv, scan.validate);
      this.outcome = applied ? APPLIED : IGNORED;
    }
    countIgnored(state, this.outcome);
  }

  private enqueue(place: RecordPlace): Outcome {
    const { scan, state } = this;
    if (state.rowOf(scan.high, scan.low) >= 0) return IGNORED;
    let group = this.groups.get(scan.groupToken);
    if (group === undefined) {
      group = groupOf(state, scan);
      keep(this.groups, scan.groupToken, group);
    }
    addRow(state, scan.high, scan.low, group, place);
    return APPLIED;
  }

  private claim(worker: Worker): Outcome {
    const { scan, state } = this;
    const rows = new Array<number>(scan.size);
    for (let i = 0; i < rows.length; i++) rows[i] = state.rowOf(scan.configHigh(i), scan.configLow(i));
    const { taken, missed } = takeClaim(state, rows, { epoch: scan.n, worker, at: scan.at });
    if (missed.length === 0) return APPLIED;
    return { applied: taken > 0, missed: missed.map(place => this.configId(place)) };
  }

  private missAll(): Outcome {
    const ids = Array.from({ length: this.scan.size }, (_, place) => this.configId(place));
    return { applied: false, missed: ids };
  }

  private configId(place: number): string {
    return hex8(this.scan.configHigh(place)) + hex8(this.scan.configLow(place));
  }

  /** The claim's worker; undefined if its JSON is not of the right shape. */
  private worker(): Worker | undefined {
    const { workerToken } = this.scan;
    let known = this.workers.get(workerToken);
    if (!known) {
      known = workerOf(this.scan.worker);
      if (known) keep(this.workers, workerToken, known);
    }
    return known;
  }
}

function keep<T>(kept: Map<number, T>, token: number, value: T): void {
  if (kept.size >= TOKENS_KEPT) kept.clear();
  kept.set(token, value);
}
