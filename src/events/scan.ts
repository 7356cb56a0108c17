/**
 * What replay needs of a frequent line (enqueued, claimed, finished), found by walking over its bytes. Pure looking:
 * nothing is applied. Lines that are not of the form that `encode` writes are refused, and go to JSON.parse.
 */
import { CRC_PREFIX_BYTES } from './event.js';
import { Walker } from './walker.js';

const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const N = bytesOf('"n":');
const P = bytesOf(',"p":"');
const ID = bytesOf('","id":"');
const AT = bytesOf(',"at":"');
const BY = bytesOf(',"by":"');
const TYPE = bytesOf(',"type":"');
const ENQUEUED = bytesOf('enqueued","config":{"id":"');
const PIPELINE = bytesOf(',"pipeline":"');
const SPLIT = bytesOf(',"split":"');
const SCORING = bytesOf(',"scoring":"');
const CLAIMED = bytesOf('claimed","configs":[');
const ATTEMPTS = bytesOf(',"attempts":');
const WORKER = bytesOf(',"worker":');
const FINISHED = bytesOf('finished","config":"');
const CLAIM = bytesOf(',"claim":');
const SECONDS = bytesOf(',"seconds":');
const DIGEST = bytesOf(',"digest":"');
const SCORES = bytesOf(',"scores":');
const [QUOTE, COMMA, OPEN, CLOSE, END_OF_LIST] = bytesOf('",{}]');

export type Scanned = 'enqueued' | 'claimed' | 'finished' | 'refused';

/** Where a config is found, and which metric ranks it. */
export interface Configs {
  /** The row of a config's id, or -1. */
  rowOf(high: number, low: number): number;
  groupOf(row: number): { scoring: string };
}

/** A part of the scanned bytes. */
export interface Range {
  from: number;
  to: number;
}

/** The findings of the last scan; which of them are set depends on the type. */
export class Scan {
  n = 0;
  previous = 0;
  readonly id: Range = { from: 0, to: 0 };
  readonly at: Range = { from: 0, to: 0 };
  /** The config's id: enqueued, finished. */
  high = 0;
  low = 0;
  /** Enqueued: three names, and the whole from the first to the last, which is the same for all configs of a group. */
  readonly pipeline: Range = { from: 0, to: 0 };
  readonly split: Range = { from: 0, to: 0 };
  readonly scoring: Range = { from: 0, to: 0 };
  readonly group: Range = { from: 0, to: 0 };
  /** Claimed: the configs' ids, high and low in turn, and the worker's JSON. */
  configs: number[] = [];
  readonly worker: Range = { from: 0, to: 0 };
  /** Finished: also the config's row. */
  row = -1;
  claim = 0;
  cv = NaN;
  validate = NaN;
  private readonly walker = new Walker();

  constructor(private readonly known: Configs) {}

  get bytes(): Buffer {
    return this.walker.bytes;
  }

  text({ from, to }: Range): string {
    return this.walker.bytes.toString('latin1', from, to);
  }

  /** Scans the line `bytes[start..end)`. */
  scan(bytes: Buffer, start: number, end: number): Scanned {
    const { walker } = this;
    if (bytes[end - 1] !== CLOSE) return 'refused';
    walker.open(bytes, start + CRC_PREFIX_BYTES, end);
    if (!this.head()) return 'refused';
    if (walker.skip(FINISHED)) return this.finished() ? 'finished' : 'refused';
    if (walker.skip(CLAIMED)) return this.claimed() ? 'claimed' : 'refused';
    if (walker.skip(ENQUEUED)) return this.enqueued() ? 'enqueued' : 'refused';
    return 'refused';
  }

  private head(): boolean {
    const { walker } = this;
    if (!walker.skip(N) || (this.n = walker.count()) < 1) return false;
    if (!walker.skip(P) || (this.previous = walker.hex8()) < 0) return false;
    if (!walker.skip(ID) || !walker.name(this.id)) return false;
    if (!walker.skip(AT) || !walker.name(this.at)) return false;
    return walker.skip(BY) && walker.name() && walker.skip(TYPE);
  }

  private enqueued(): boolean {
    const { walker, group } = this;
    if (!walker.id()) return false;
    this.high = walker.high;
    this.low = walker.low;
    group.from = walker.at;
    if (!walker.skip(PIPELINE) || !walker.name(this.pipeline)) return false;
    if (!walker.skip(SPLIT) || !walker.name(this.split)) return false;
    if (!walker.skip(SCORING) || !walker.name(this.scoring)) return false;
    group.to = walker.at;
    return walker.bytes[walker.at] === COMMA || walker.bytes[walker.at] === CLOSE;
  }

  private claimed(): boolean {
    const { walker, worker } = this;
    this.configs.length = 0;
    while (walker.take(QUOTE)) {
      if (!walker.id()) return false;
      this.configs.push(walker.high, walker.low);
      if (!walker.take(COMMA)) break;
    }
    if (!walker.take(END_OF_LIST)) return false;
    if (walker.skip(ATTEMPTS) && !walker.value()) return false;
    if (!walker.skip(WORKER) || walker.bytes[walker.at] !== OPEN) return false;
    worker.from = walker.at;
    if (!walker.value()) return false;
    worker.to = walker.at;
    return walker.at === walker.end - 1;
  }

  private finished(): boolean {
    const { walker } = this;
    if (!walker.id()) return false;
    this.high = walker.high;
    this.low = walker.low;
    if (!walker.skip(CLAIM) || (this.claim = walker.count()) < 0) return false;
    if (!walker.skip(SECONDS) || Number.isNaN(walker.number())) return false;
    if (!walker.skip(DIGEST) || !walker.string() || !walker.skip(SCORES)) return false;
    this.cv = NaN;
    this.validate = NaN;
    this.row = this.known.rowOf(this.high, this.low);
    return this.scores(this.row < 0 ? '' : this.known.groupOf(this.row).scoring);
  }

  /**
   * The ranking metric among the scores. Other values are stepped over on the way to it; what comes after it is not
   * looked at, as the CRC has told that the line is as it was written, and no member is written twice.
   */
  private scores(metric: string): boolean {
    const { walker } = this;
    if (!walker.take(OPEN)) return false;
    while (!walker.take(CLOSE)) {
      if (!walker.key()) return false;
      if (walker.isText('cv')) {
        if (!this.metrics(metric, true)) return false;
      } else if (walker.isText('validate')) {
        if (!this.metrics(metric, false)) return false;
      } else if (!walker.value()) return false;
      if (this.isRanked()) return true;
    }
    return true;
  }

  /** Whether both scores that rank are found. */
  private isRanked(): boolean {
    return !Number.isNaN(this.cv) && !Number.isNaN(this.validate);
  }

  private metrics(metric: string, isCv: boolean): boolean {
    const { walker } = this;
    if (!walker.take(OPEN)) return false;
    while (!walker.take(CLOSE)) {
      if (!walker.key()) return false;
      if (!walker.isText(metric)) {
        if (!walker.value()) return false;
      } else if (isCv) {
        if (!this.mean()) return false;
        if (this.isRanked()) return true;
      } else {
        this.validate = walker.number();
        if (Number.isNaN(this.validate) && !walker.value()) return false;
        if (this.isRanked()) return true;
      }
    }
    return true;
  }

  /** `{"mean":...}` or null. */
  private mean(): boolean {
    const { walker } = this;
    if (!walker.take(OPEN)) return walker.value();
    while (!walker.take(CLOSE)) {
      if (!walker.key()) return false;
      if (walker.isText('mean')) {
        this.cv = walker.number();
        if (this.isRanked()) return true;
      } else if (!walker.value()) return false;
    }
    return true;
  }
}
