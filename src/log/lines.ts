/**
 * From the bytes of a segment to lines, in bounded memory. A cursor says how far a segment has been read: it is just
 * behind a newline, or inside a line that is too long and is being skipped.
 */
import { CHUNK_BYTES, chunkBuffer, soundRun, type Run } from '../events/replay.js';
import type { Handle } from './host.js';

/** A longer line is skipped and never held in memory. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;

export interface Cursor {
  segment: number;
  /** The bytes of the segment that were read and taken. */
  offset: number;
  /** How many bytes of a line that is too long are before `offset`; 0 if the cursor is at the beginning of a line. */
  skipped: number;
  /** Whether a line of this segment was quarantined. */
  damaged: boolean;
}

export function startOf(segment: number): Cursor {
  return { segment, offset: 0, skipped: 0, damaged: false };
}

/** What to do after a line: go on, stop after it, or stop before it. */
export type Verdict = 'on' | 'stop-after' | 'stop-before';

export interface LineSink {
  /**
   * Takes the complete line `bytes[start..end)` at the cursor, without its newline. `crc` is its CRC if that is known
   * to be right, else -1. The bytes are lent: they are overwritten after the call.
   */
  line(bytes: Buffer, start: number, end: number, crc: number): Verdict;
  /** Hears of the place of a complete line that is too long. */
  overlong(offset: number, length: number): void;
}

/**
 * The buffer in the scanner's memory, whose lines need no copy. It is undefined while a reader uses it, and where there
 * is no scanner.
 */
let spare: Buffer | undefined = chunkBuffer;

function borrow(bytes: number): Buffer {
  const buffer = spare && spare.length >= bytes ? spare : Buffer.allocUnsafe(bytes);
  if (buffer === spare) spare = undefined;
  return buffer;
}

function giveBack(buffer: Buffer): void {
  if (buffer === chunkBuffer) spare = buffer;
}

/**
 * Gives the complete lines between the cursor and `size` to the sink, and moves the cursor behind each.
 * @returns the verdict that ended the reading; `on` if there was nothing more to read
 */
export async function readLines(
  handle: Handle,
  cursor: Cursor,
  size: number,
  sink: LineSink,
): Promise<Verdict> {
  if (size <= cursor.offset) return 'on';
  const buffer = borrow(Math.min(CHUNK_BYTES, size - cursor.offset));
  try {
    return await readInto(buffer, handle, cursor, size, sink);
  } finally {
    giveBack(buffer);
  }
}

async function readInto(
  first: Buffer,
  handle: Handle,
  cursor: Cursor,
  size: number,
  sink: LineSink,
): Promise<Verdict> {
  let buffer = first;
  let filled = 0;
  while (cursor.offset + filled < size) {
    if (filled === buffer.length) {
      if (filled >= MAX_LINE_BYTES) filled = skip(cursor, filled);
      else buffer = Buffer.concat([buffer], Math.min(4 * buffer.length, MAX_LINE_BYTES));
    }
    const wanted = Math.min(buffer.length - filled, size - cursor.offset - filled);
    const got = await handle.read(buffer, filled, wanted, cursor.offset + filled);
    if (got === 0) return 'on';
    const { verdict, used } = takeLines(buffer.subarray(0, filled + got), filled, cursor, sink);
    if (verdict !== 'on') return verdict;
    buffer.copyWithin(0, used, filled + got);
    filled += got - used;
  }
  return 'on';
}

/** The verdict that ended the lines of a buffer, and how many of its bytes were used. */
interface Used {
  verdict: Verdict;
  used: number;
}

/** Drops the part of a line that fills the buffer. Gives the number of bytes that the buffer still holds. */
function skip(cursor: Cursor, filled: number): number {
  cursor.offset += filled;
  cursor.skipped += filled;
  return 0;
}

/** Takes the lines of `bytes`, whose first `searched` bytes hold no newline. */
function takeLines(bytes: Buffer, searched: number, cursor: Cursor, sink: LineSink): Used {
  const run = cursor.skipped === 0 ? soundRun(bytes) : undefined;
  if (run) return takeRun(bytes, run, cursor, sink);
  let start = 0;
  let end = bytes.indexOf(10, searched);
  while (end >= 0) {
    const verdict = takeLine(bytes, start, end, cursor, sink);
    if (verdict === 'stop-before') return { verdict, used: start };
    cursor.offset += end + 1 - start;
    cursor.skipped = 0;
    start = end + 1;
    if (verdict !== 'on') return { verdict, used: start };
    end = bytes.indexOf(10, start);
  }
  return { verdict: 'on', used: start };
}

/** Takes lines that are known to be sound. */
function takeRun(bytes: Buffer, { count, ends, crcs }: Run, cursor: Cursor, sink: LineSink): Used {
  let start = 0;
  for (let i = 0; i < count; i++) {
    const verdict = sink.line(bytes, start, ends[i], crcs[i]);
    if (verdict === 'stop-before') return { verdict, used: start };
    cursor.offset += ends[i] + 1 - start;
    start = ends[i] + 1;
    if (verdict !== 'on') return { verdict, used: start };
  }
  return { verdict: 'on', used: start };
}

function takeLine(bytes: Buffer, start: number, end: number, cursor: Cursor, sink: LineSink): Verdict {
  const length = cursor.skipped + end - start;
  if (length > MAX_LINE_BYTES) {
    sink.overlong(cursor.offset - cursor.skipped, length);
    return 'on';
  }
  return end === start ? 'on' : sink.line(bytes, start, end, -1);
}
