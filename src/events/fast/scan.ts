/**
 * Finds the members of a frequent line that replay needs, by a walk over its bytes (assembly/scan.ts). JSON.parse alone
 * would take longer than all the rest of a replay. A line that does not have the form of `encode` is refused, and
 * JSON.parse reads it. Without the module, every line is refused.
 */
import type { Direction } from '../../base/direction.js';
import { module, type Exports } from './module.js';

export type Scanned = 'enqueued' | 'claimed' | 'finished' | 'refused';

const TYPES: readonly Scanned[] = ['refused', 'enqueued', 'claimed', 'finished'];
/** As in assembly/scan.ts. */
const LINE_BYTES = 256 * 1024;
const METRICS_BYTES = 16 * 1024;
const NAME_BYTES = 1024;

/** Where configs are found, and which metric ranks each. */
export interface Configs {
  /** The row of a config's id, which the claim of this epoch should hold; -1 if no config has this id. */
  rowInClaim(epoch: number, high: number, low: number): number;
  groupOf(row: number): { scoring: string };
}

/** The module, and the names of metrics that were put into its memory. */
class Scanner {
  readonly bytes: Buffer;
  private readonly line: Buffer;
  private readonly linePlace: number;
  /** The bytes that were scanned last, and where they are in the module's memory; -1 if they are not. */
  private seen: Buffer | undefined;
  private place = -1;
  /** The findings, as described in assembly/scan.ts. */
  readonly numbers: Float64Array;
  readonly words: Uint32Array;
  readonly configs: Uint32Array;
  private readonly metrics = new Map<string, { place: number; length: number }>();
  private metricsEnd: number;

  constructor(private readonly module: Exports) {
    const { memory, LINE, CONFIGS, FOUND, METRICS } = module;
    this.bytes = Buffer.from(memory.buffer);
    this.line = Buffer.from(memory.buffer, LINE.value, LINE_BYTES);
    this.linePlace = LINE.value;
    this.numbers = new Float64Array(memory.buffer, FOUND.value, 4);
    this.words = new Uint32Array(memory.buffer, FOUND.value + 32, 21);
    this.configs = new Uint32Array(memory.buffer, CONFIGS.value);
    this.metricsEnd = METRICS.value;
  }

  scan(bytes: Buffer, start: number, end: number): Scanned {
    if (bytes !== this.seen) this.see(bytes);
    const { place } = this;
    if (place >= 0) return TYPES[this.module.scan(place + start, place + end)];
    if (end - start > LINE_BYTES) return 'refused';
    bytes.copy(this.line, 0, start, end);
    return TYPES[this.module.scan(this.linePlace, this.linePlace + end - start)];
  }

  /** Asking a Buffer for its memory takes as long as scanning a line. So each buffer is asked once. */
  private see(bytes: Buffer): void {
    this.seen = bytes;
    this.place = bytes.buffer === this.bytes.buffer ? bytes.byteOffset : -1;
  }

  /** Goes on to the scores of the metric, in the finished line that was scanned last; false if it is refused. */
  rank(metric: string): boolean {
    const known = this.metrics.get(metric) ?? this.keep(metric);
    return known !== undefined && this.module.rank(known.place, known.length) !== 0;
  }

  private keep(metric: string): { place: number; length: number } | undefined {
    const name = Buffer.from(metric);
    if (name.length > NAME_BYTES) return undefined;
    const first = this.module.METRICS.value;
    if (this.metricsEnd + name.length > first + METRICS_BYTES) {
      this.metrics.clear();
      this.metricsEnd = first;
    }
    const placed = { place: this.metricsEnd, length: name.length };
    name.copy(this.bytes, placed.place);
    this.metricsEnd += name.length;
    this.metrics.set(metric, placed);
    return placed;
  }
}

const scanner = module && new Scanner(module);

/** Where the module's texts begin and end, among `words`. */
const [ID, AT, PIPELINE, SPLIT, SCORING, WORKER] = [8, 10, 12, 14, 16, 18];

/** The findings of the last scan of this thread. The type of the line decides which of them are set. */
export class Scan {
  /** Finished: the config's row. */
  row = -1;

  constructor(private readonly known: Configs) {}

  /** Scans the line `bytes[start..end)`, without its newline. */
  scan(bytes: Buffer, start: number, end: number): Scanned {
    if (!scanner) return 'refused';
    const type = scanner.scan(bytes, start, end);
    if (type !== 'finished') return type;
    this.row = this.known.rowInClaim(this.claim, this.high, this.low);
    return scanner.rank(this.row < 0 ? '' : this.known.groupOf(this.row).scoring) ? type : 'refused';
  }

  get n(): number {
    return scanner!.numbers[0];
  }

  get previous(): number {
    return scanner!.words[0];
  }

  /** The halves of the event id's hash, as `hashId` gives them. */
  get hashHigh(): number {
    return scanner!.words[1];
  }

  get hashLow(): number {
    return scanner!.words[2];
  }

  /** The halves of the config's id: enqueued, finished. */
  get high(): number {
    return scanner!.words[3];
  }

  get low(): number {
    return scanner!.words[4];
  }

  /** Enqueued: a number for pipeline, split, scoring and direction. Equal numbers mean that all four are equal. */
  get groupToken(): number {
    return scanner!.words[5];
  }

  /** Claimed: a number for the worker's JSON. */
  get workerToken(): number {
    return scanner!.words[6];
  }

  /** Claimed: how many configs. */
  get size(): number {
    return scanner!.words[7];
  }

  configHigh(place: number): number {
    return scanner!.configs[2 * place];
  }

  configLow(place: number): number {
    return scanner!.configs[2 * place + 1];
  }

  /** Finished. */
  get claim(): number {
    return scanner!.numbers[1];
  }

  get cv(): number {
    return scanner!.numbers[2];
  }

  get validate(): number {
    return scanner!.numbers[3];
  }

  get id(): string {
    return text(ID);
  }

  get at(): string {
    return text(AT);
  }

  get pipeline(): string {
    return text(PIPELINE);
  }

  get split(): string {
    return text(SPLIT);
  }

  get scoring(): string {
    return text(SCORING);
  }

  /** Enqueued: the direction, where the line tells it. */
  get direction(): Direction | undefined {
    return scanner!.words[20] === 1 ? 'min' : undefined;
  }

  /** Claimed: the worker's JSON. */
  get worker(): string {
    return text(WORKER, 'utf8');
  }
}

function text(range: number, encoding: 'latin1' | 'utf8' = 'latin1'): string {
  return scanner!.bytes.toString(encoding, scanner!.words[range], scanner!.words[range + 1]);
}
