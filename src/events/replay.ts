/**
 * From the bytes of a line, whose CRC is known to be right, into a state. The frequent events are scanned, all else
 * goes to JSON.parse; a test holds that both ways give the same state. A scanned line is not looked at in full until
 * somebody reads the record itself.
 */
import { ByteMap } from './columns.js';
import { parse, workerOf, type Damage } from './decode.js';
import type { Worker } from './event.js';
import {
  addRow,
  APPLIED,
  apply,
  finishRow,
  hashBytes,
  IGNORED,
  isDouble,
  link,
  takeClaim,
  type Outcome,
} from './fold.js';
import { Scan, type Scanned } from './scan.js';
import type { RecordPlace, State } from './state.js';

/** Decides whether a record lies beyond the moment of interest; then it is not applied. */
export type IsBeyond = (n: number, at: string) => boolean;

export interface ReplayOptions {
  isBeyond?: IsBeyond;
  /** Takes every line by JSON.parse: for tests. */
  slowly?: boolean;
}

/** Takes lines into one state. After a line was taken, `n`, `eventId`, `outcome` and `isSeal` tell of it. */
export class Replayer {
  n = 0;
  outcome: Outcome = IGNORED;
  isSeal = false;
  /** The event's id, if the line was parsed. */
  private id: string | undefined;
  private readonly scan: Scan;
  /** Group numbers by the bytes of their names, workers by those of their JSON: they come again and again. */
  private readonly groups = new ByteMap<number>();
  private readonly workers = new ByteMap<Worker>();

  constructor(
    readonly state: State,
    private readonly options: ReplayOptions = {},
  ) {
    this.scan = new Scan(state);
  }

  get eventId(): string {
    return this.id ?? this.scan.text(this.scan.id);
  }

  /** Takes the line `bytes[start..end)`: whether it was taken, lies beyond, or is damaged. */
  take(
    bytes: Buffer,
    start: number,
    end: number,
    crc: number,
    place: RecordPlace,
  ): 'taken' | 'beyond' | Damage {
    const { scan } = this;
    const type = this.options.slowly ? 'refused' : scan.scan(bytes, start, end);
    const worker = type === 'claimed' ? this.worker() : undefined;
    if (type === 'refused' || (type === 'claimed' && !worker))
      return this.takeParsed(bytes, start, end, crc, place);
    if (this.options.isBeyond?.(scan.n, scan.text(scan.at))) return 'beyond';
    this.n = scan.n;
    this.id = undefined;
    this.isSeal = false;
    const isUnique = link(this.state, scan.n, scan.previous, crc);
    const { high, low } = hashBytes(bytes, scan.id.from, scan.id.to);
    if (isDouble(this.state, high, low)) this.outcome = IGNORED;
    else this.settle(type, isUnique, place, worker);
    return 'taken';
  }

  private takeParsed(
    bytes: Buffer,
    start: number,
    end: number,
    crc: number,
    place: RecordPlace,
  ): 'taken' | 'beyond' | Damage {
    const entry = parse(bytes, start, end, crc);
    if (typeof entry === 'string') return entry;
    if (this.options.isBeyond?.(entry.n, entry.at)) return 'beyond';
    this.n = entry.n;
    this.id = entry.id;
    this.isSeal = entry.event.type === 'sealed';
    this.outcome = apply(this.state, entry, place);
    return 'taken';
  }

  /** Applies what was scanned. */
  private settle(type: Scanned, isUnique: boolean, place: RecordPlace, worker: Worker | undefined): void {
    const { scan, state } = this;
    if (type === 'enqueued') this.outcome = this.enqueue(place);
    else if (type === 'claimed') this.outcome = isUnique ? this.claim(worker!) : this.missAll();
    else {
      const { row } = scan;
      const applied = row >= 0 && finishRow(state, row, scan.claim, place, scan.cv, scan.validate);
      this.outcome = applied ? APPLIED : IGNORED;
    }
    if (!this.outcome.applied) state.troubles.ignored++;
  }

  private enqueue(place: RecordPlace): Outcome {
    const { scan, state } = this;
    if (state.rowOf(scan.high, scan.low) >= 0) return IGNORED;
    let group = this.groups.get(scan.bytes, scan.group.from, scan.group.to);
    if (group === undefined) {
      const names = [scan.text(scan.pipeline), scan.text(scan.split), scan.text(scan.scoring)] as const;
      group = state.groupNumber(...names);
      this.groups.set(scan.bytes, scan.group.from, scan.group.to, group);
    }
    addRow(state, scan.high, scan.low, group, place);
    return APPLIED;
  }

  private claim(worker: Worker): Outcome {
    const { scan, state } = this;
    const rows: number[] = [];
    for (let i = 0; i < scan.configs.length; i += 2)
      rows.push(state.rowOf(scan.configs[i], scan.configs[i + 1]));
    const { taken, missed } = takeClaim(state, rows, { epoch: scan.n, worker, at: scan.text(scan.at) });
    if (missed.length === 0) return APPLIED;
    return { applied: taken > 0, missed: missed.map(place => this.configId(place)) };
  }

  private missAll(): Outcome {
    const ids = Array.from({ length: this.scan.configs.length / 2 }, (_, place) => this.configId(place));
    return { applied: false, missed: ids };
  }

  private configId(place: number): string {
    const [high, low] = this.scan.configs.slice(2 * place, 2 * place + 2);
    return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
  }

  /** The claim's worker; undefined if its JSON is not of the right shape. */
  private worker(): Worker | undefined {
    const { bytes, worker } = this.scan;
    let known = this.workers.get(bytes, worker.from, worker.to);
    if (!known) {
      known = workerOf(bytes.toString('utf8', worker.from, worker.to));
      if (known) this.workers.set(bytes, worker.from, worker.to, known);
    }
    return known;
  }
}
