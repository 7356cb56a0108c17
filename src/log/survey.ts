/**
 * Shows a visitor every line of a log with its place. Checks, audits and merges need the lines, not only the state. The
 * survey reads by the rules of the journal (README.md, "What a reader does"), from the first segment on. It changes
 * nothing.
 */
import { parse, type Damage } from '../events/format/decode.js';
import type { LinePlace, Visitor } from '../events/ask/inspect.js';
import type { RecordPlace } from '../events/state/state.js';
import { listSegments, using } from './files.js';
import type { Handle, Host } from './host.js';
import type { Cursor, Verdict } from './lines.js';
import { PatientLock } from './lock.js';
import { segmentPath } from './names.js';
import { LineReader, type LineVisitor, type Taken } from './reader.js';

/** How long to try for a shared lock, in ms. Without a lock, a read may give an old copy from a client's cache. */
const PATIENCE_MS = 5000;

export interface SegmentEnd {
  segment: number;
  lines: number;
  bytes: number;
  isSealed: boolean;
  /** How many bytes follow the last newline, because a writer was stopped in the middle of a line. */
  tornBytes: number;
  /** How many bytes follow the `sealed` record, which nobody reads. */
  bytesBehindSeal: number;
  /** Whether it had to be read under a lock, and no lock could be taken. */
  isUncertain: boolean;
}

export interface Survey {
  segments: SegmentEnd[];
  /**
   * Segments behind one that ends without a seal and without damage. A reader that begins anew reads them, as the
   * survey does; a process that has read the one before stays in that one.
   */
  strays: number[];
}

/** Shows the visitor every line, and waits for `atEnd` after each segment. A missing folder is an empty log. */
export async function survey(
  directory: string,
  host: Host,
  visitor: Visitor,
  atEnd?: (end: SegmentEnd) => Promise<void>,
): Promise<Survey> {
  const numbers = await listSegments(directory, host);
  const segments: SegmentEnd[] = [];
  let strays: number[] | undefined;
  for (const [i, segment] of numbers.entries()) {
    const { end, isDamaged } = await surveySegment(directory, host, segment, visitor);
    segments.push(end);
    await atEnd?.(end);
    if (!end.isSealed && !isDamaged) strays ??= numbers.slice(i + 1);
  }
  return { segments, strays: strays ?? [] };
}

async function surveySegment(
  directory: string,
  host: Host,
  segment: number,
  visitor: Visitor,
): Promise<{ end: SegmentEnd; isDamaged: boolean }> {
  const walk = new Walk(segment, visitor);
  const path = segmentPath(directory, segment);
  let size = await using(host, path, 'read', handle => walk.on(handle, false));
  let isUncertain = false;
  // A line may look damaged or torn because a cache is old or a write is under way. Only a lock makes it certain.
  if (walk.verdict === 'stop-before' || (walk.verdict === 'on' && size > walk.cursor.offset)) {
    const lock = new PatientLock(host, path, PATIENCE_MS);
    size = await using(host, path, 'read', async handle => {
      isUncertain = !(await lock.take(handle, 'shared').catch(() => false));
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

/** Reads through one segment and shows each line to the visitor. It can go on with another descriptor. */
class Walk implements LineVisitor {
  verdict: Verdict = 'on';
  /** The number of the last line, from 1. */
  lines = 0;
  /** Where the line after the last one begins. */
  private next = 0;
  private readonly reader: LineReader;

  constructor(
    segment: number,
    private readonly visitor: Visitor,
  ) {
    this.reader = new LineReader(this, segment);
  }

  get cursor(): Cursor {
    return this.reader.cursor;
  }

  /** Reads on as far as it can. Gives the size of the segment in bytes. */
  async on(handle: Handle, isCertain: boolean): Promise<number> {
    const size = await handle.size();
    this.verdict = await this.reader.read(handle, size, isCertain);
    return size;
  }

  soundLine(bytes: Buffer, start: number, end: number, crc: number, place: RecordPlace): Taken {
    const entry = parse(bytes, start, end, crc);
    if (typeof entry === 'string') return entry;
    this.visitor.entry(entry, this.linePlace(place));
    return entry.event.type === 'sealed' ? 'seal' : 'record';
  }

  damagedLine(damage: Damage, place: RecordPlace, bytes: Uint8Array): void {
    this.visitor.damaged(damage, this.linePlace(place), bytes);
  }

  /**
   * Counts the lines up to a place. Only empty lines, of one byte each, stand between the end of one line and the start
   * of the next. The parts of a damaged line follow each other without a newline, so they have one number.
   */
  private linePlace({ segment, offset, length }: RecordPlace): LinePlace {
    this.lines += offset - this.next + 1;
    this.next = offset + length + 1;
    return { segment, line: this.lines, offset, length };
  }
}
