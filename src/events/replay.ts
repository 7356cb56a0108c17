/**
 * Takes lines with a right CRC into a state. Frequent lines are scanned (fast/), and all others are parsed as JSON. A
 * test proves that both ways give the same state. No other file knows fast/. Without fast/, every line would be parsed.
 */
import { parse, type Damage } from './format/decode.js';
import { FastReplay, type IsBeyond } from './fast/replay.js';
import { apply, IGNORED, type Outcome } from './fold.js';
import type { RecordPlace, State } from './state/state.js';

export { CHUNK_BYTES, chunkBuffer } from './fast/module.js';
export { soundRun, type Run } from './fast/run.js';

export interface ReplayOptions {
  isBeyond?: IsBeyond;
  /** Parses every line as JSON. For tests. */
  slowly?: boolean;
}

/**
 * Takes lines into one state. `n`, `eventId`, `outcome` and `isSeal` tell of the line that was taken last, until this
 * thread takes another one.
 */
export class Replayer {
  n = 0;
  outcome: Outcome = IGNORED;
  isSeal = false;
  /** The event's id, if the line was parsed. */
  private id: string | undefined;
  private readonly fast: FastReplay;

  constructor(
    readonly state: State,
    private readonly options: ReplayOptions = {},
  ) {
    this.fast = new FastReplay(state, options.isBeyond);
  }

  get eventId(): string {
    return this.id ?? this.fast.eventId;
  }

  /** Takes the line `bytes[start..end)`. Gives whether it was taken, lies beyond, or is damaged. */
  take(
    bytes: Buffer,
    start: number,
    end: number,
    crc: number,
    place: RecordPlace,
  ): 'taken' | 'beyond' | Damage {
    const { fast } = this;
    const taken = this.options.slowly ? 'refused' : fast.take(bytes, start, end, crc, place);
    if (taken === 'refused') return this.takeParsed(bytes, start, end, crc, place);
    if (taken === 'beyond') return taken;
    this.n = fast.n;
    this.outcome = fast.outcome;
    this.isSeal = false;
    this.id = undefined;
    return taken;
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
}
