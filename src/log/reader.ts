/**
 * The rules of a reader (README.md, "What a reader does"): which lines are records, which are quarantined, which need a
 * second look, and where a segment ends. Journal and survey share them. A visitor decides what to do with each line.
 */
import { checkedCrc, type Damage } from '../events/format/decode.js';
import type { RecordPlace } from '../events/state/state.js';
import type { Handle } from './host.js';
import { readLines, startOf, type Cursor, type LineSink, type Verdict } from './lines.js';

/**
 * What a line with a right CRC is: a record, the record that seals its segment, a record beyond the moment that is
 * asked for, or damage.
 */
export type Taken = 'record' | 'seal' | 'beyond' | Damage;

export interface LineVisitor {
  /** Takes the line `bytes[start..end)`, whose CRC is right. The bytes are lent until the call returns. */
  soundLine(bytes: Buffer, start: number, end: number, crc: number, place: RecordPlace): Taken;
  /** Hears of each line that is quarantined, or of a part of one. For an overlong line, `bytes` is empty. */
  damagedLine(damage: Damage, place: RecordPlace, bytes: Uint8Array): void;
}

const NOTHING = Buffer.alloc(0);

/** Reads through segments. It can go on with another descriptor, and go to another segment. */
export class LineReader implements LineSink {
  cursor: Cursor;
  private isCertain = false;

  constructor(
    private readonly visitor: LineVisitor,
    segment = 1,
  ) {
    this.cursor = startOf(segment);
  }

  /** Goes to the beginning of a segment. */
  goTo(segment: number): void {
    this.cursor = startOf(segment);
  }

  /**
   * Shows the visitor the complete lines from the cursor to `size`.
   * @param isCertain whether the bytes are those on the disk, because a lock refreshed them. Only then may a line be
   *   quarantined by its CRC
   * @returns `stop-before` before a line that needs a certain reader or is `beyond`; `stop-after` after a seal;
   *   `on` if there is nothing more to read
   */
  read(handle: Handle, size: number, isCertain: boolean): Promise<Verdict> {
    this.isCertain = isCertain;
    return readLines(handle, this.cursor, size, this);
  }

  line(bytes: Buffer, first: number, end: number, known: number): Verdict {
    const crc = known < 0 ? checkedCrc(bytes, first, end) : known;
    if (crc < 0) return this.isCertain ? this.takeDamaged(bytes, first, end) : 'stop-before';
    return this.takeSound(bytes, first, end, crc, this.cursor.offset);
  }

  overlong(offset: number, length: number): void {
    this.quarantine('overlong', { segment: this.cursor.segment, offset, length }, NOTHING);
  }

  /** A line with a wrong CRC. The part after its last NUL is tried as a separate line. */
  private takeDamaged(bytes: Buffer, first: number, end: number): Verdict {
    const { offset } = this.cursor;
    const start = first + bytes.subarray(first, end).lastIndexOf(0) + 1;
    if (start > first) this.quarantinePart(bytes, first, start, offset);
    if (start === end) return 'on';
    const crc = start > first ? checkedCrc(bytes, start, end) : -1;
    if (crc >= 0) return this.takeSound(bytes, start, end, crc, offset + start - first);
    this.quarantinePart(bytes, start, end, offset + start - first);
    return 'on';
  }

  private takeSound(bytes: Buffer, start: number, end: number, crc: number, offset: number): Verdict {
    const place = { segment: this.cursor.segment, offset, length: end - start };
    const taken = this.visitor.soundLine(bytes, start, end, crc, place);
    switch (taken) {
      case 'record':
        return 'on';
      case 'seal':
        return 'stop-after';
      case 'beyond':
        return 'stop-before';
      default:
        this.quarantine(taken, place, bytes.subarray(start, end));
        return 'on';
    }
  }

  private quarantinePart(bytes: Buffer, start: number, end: number, offset: number): void {
    const place = { segment: this.cursor.segment, offset, length: end - start };
    this.quarantine('checksum', place, bytes.subarray(start, end));
  }

  private quarantine(damage: Damage, place: RecordPlace, bytes: Uint8Array): void {
    this.cursor.damaged = true;
    this.visitor.damagedLine(damage, place, bytes);
  }
}
