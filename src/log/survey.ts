/**
 * Every line of a log with its place, for those who look at the log itself and not at what it amounts to. Reads as the
 * journal does (README.md, "What a reader does"), but from the very beginning, and changes nothing.
 */
import { checkedCrc, parse } from '../events/format/decode.js';
import type { LinePlace, Visitor } from '../events/ask/inspect.js';
import type { Handle, Host } from './host.js';
import { segmentNumber, segmentPath } from './names.js';
import { readLines, startOf, type Cursor, type LineSink, type Verdict } from './reader.js';

/** How long to try for a shared lock; without one, what is read may be what a client's cache makes of it. */
const PATIENCE_MS = 5000;
const PAUSE_MS = 20;

export interface SegmentEnd {
  segment: number;
  lines: number;
  bytes: number;
  isSealed: boolean;
  /** How many bytes follow the last newline: a writer was stopped in the middle of a line. */
  tornBytes: number;
  /** How many bytes follow the `sealed` record, which nobody reads. */
  bytesBehindSeal: number;
  /** Whether it had to be read under a lock and there was none. */
  isUncertain: boolean;
}

export interface Survey {
  segments: SegmentEnd[];
  /** Segments that nobody reads, because one before them is not sealed. */
  strays: number[];
}

/** Shows the visitor every line; `atEnd` is waited for after each segment. A missing folder is an empty log. */
export async function survey(
  directory: string,
  host: Host,
  visitor: Visitor,
  atEnd?: (end: SegmentEnd) => Promise<void>,
): Promise<Survey> {
  const numbers = (await host.list(directory)).map(segmentNumber).filter(number => number !== undefined);
  numbers.sort((a, b) => a - b);
  const segments: SegmentEnd[] = [];
  for (const segment of numbers) {
    const { end, isDamaged } = await surveySegment(directory, host, segment, visitor);
    segments.push(end);
    await atEnd?.(end);
    if (!end.isSealed && !isDamaged) break;
  }
  return { segments, strays: numbers.slice(segments.length) };
}

async function surveySegment(
  directory: string,
  host: Host,
  segment: number,
  visitor: Visitor,
): Promise<{ end: SegmentEnd; isDamaged: boolean }> {
  const walk = new Walk(segment, visitor);
  const path = segmentPath(directory, segment);
  let size = await using(host, path, handle => walk.on(handle, false));
  let isUncertain = false;
  // What looks damaged or torn may be a cache that lags, or a write that is under way: only a lock makes it certain.
  if (walk.verdict === 'stop-before' || (walk.verdict === 'on' && size > walk.cursor.offset)) {
    size = await using(host, path, async handle => {
      isUncertain = !(await lockShared(handle, host));
      return walk.on(handle, true);
    });
  }
  const { cursor, verdict, lines } = walk;
  const isSealed = verdict === 'stop-after';
  const rest = size - cursor.offset + cursor.skipped;
  const end = {
    ...{ segment, lines, bytes: size, isSealed, isUncertain },
    tornBytes: isSealed ? 0 : rest,
    bytesBehindSeal: isSealed ? rest : 0,
  };
  return { end, isDamaged: cursor.damaged };
}

async function using<T>(host: Host, path: string, use: (handle: Handle) => Promise<T>): Promise<T> {
  const handle = await host.open(path, 'read');
  try {
    return await use(handle);
  } finally {
    await handle.close().catch(() => undefined);
  }
}

async function lockShared(handle: Handle, host: Host): Promise<boolean> {
  const start = host.monotonicMs();
  for (;;) {
    const isLocked = await handle.lock('shared').catch(() => undefined);
    if (isLocked !== false) return isLocked === true;
    if (host.monotonicMs() - start > PATIENCE_MS) return false;
    await host.sleep(PAUSE_MS * (0.5 + host.random()));
  }
}

/** A way through one segment; it can be taken up again with another descriptor. */
class Walk {
  readonly cursor: Cursor;
  lines = 0;
  verdict: Verdict = 'on';
  private isCertain = false;
  /** Where the line after the last one begins. */
  private next = 0;

  constructor(
    private readonly segment: number,
    private readonly visitor: Visitor,
  ) {
    this.cursor = startOf(segment);
  }

  /** Goes on as far as it goes; the size of the segment. */
  async on(handle: Handle, isCertain: boolean): Promise<number> {
    this.isCertain = isCertain;
    const size = await handle.size();
    const sink: LineSink = {
      line: (bytes, start, end) => this.line(bytes, start, end),
      overlong: (offset, length) =>
        this.quarantine('overlong', this.placeOf(offset, length), Buffer.alloc(0)),
    };
    this.verdict = await readLines(handle, this.cursor, size, sink);
    return size;
  }

  private line(bytes: Buffer, first: number, end: number): Verdict {
    const crc = checkedCrc(bytes, first, end);
    if (crc < 0 && !this.isCertain) return 'stop-before';
    const place = this.placeOf(this.cursor.offset, end - first);
    const hole = crc < 0 ? bytes.subarray(first, end).lastIndexOf(0) : -1;
    if (hole < 0) return this.record(bytes, first, end, crc, place);
    // What follows the last NUL is tried as a line of its own.
    const start = first + hole + 1;
    this.quarantine('checksum', { ...place, length: start - first }, bytes.subarray(first, start));
    if (start === end) return 'on';
    const rest = { ...place, offset: place.offset + start - first, length: end - start };
    return this.record(bytes, start, end, checkedCrc(bytes, start, end), rest);
  }

  private record(bytes: Buffer, start: number, end: number, crc: number, place: LinePlace): Verdict {
    const entry = crc < 0 ? 'checksum' : parse(bytes, start, end, crc);
    if (typeof entry === 'string') {
      this.quarantine(entry, place, bytes.subarray(start, end));
      return 'on';
    }
    this.visitor.entry(entry, place);
    return entry.event.type === 'sealed' ? 'stop-after' : 'on';
  }

  private quarantine(damage: 'checksum' | 'malformed' | 'overlong', place: LinePlace, bytes: Buffer): void {
    this.cursor.damaged = true;
    this.visitor.damaged(damage, place, bytes);
  }

  /** Between the end of one line and the begin of the next stand only empty lines, of one byte each. */
  private placeOf(offset: number, length: number): LinePlace {
    this.lines += offset - this.next + 1;
    this.next = offset + length + 1;
    return { segment: this.segment, line: this.lines, offset, length };
  }
}
