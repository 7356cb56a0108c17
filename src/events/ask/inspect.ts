/**
 * Finds what is wrong with a log, record by record, and notes the place. The usual fold derives the state and counts
 * troubles, and this file adds their places. Pure.
 *
 * A quarantined line is one of two things. The **unfinished** start of a line was left by a writer that was stopped in
 * the middle of its append. It was not acknowledged, and the next record follows the record before it in number and
 * chain. Every other quarantined line is **damage**: something that was acknowledged may be lost.
 *
 * A log that lost its last lines, and got new ones, has no gap. But some records may name what is gone: a claim with a
 * number that is not below their number, or a config that was never enqueued.
 */
import type { Damage } from '../format/decode.js';
import type { Entry } from '../format/event.js';
import { apply, applyDamage, mayFollow, type Outcome } from '../fold.js';
import { State, type RecordPlace } from '../state/state.js';

/** Where a line stands; `line` counts from 1 in its segment, as editors do. */
export interface LinePlace extends RecordPlace {
  line: number;
}

/** Who looks at the lines of a log, in their order. */
export interface Visitor {
  entry(entry: Entry, place: LinePlace): void;
  /** A quarantined line and its bytes, which are cut when they are too many to hold. */
  damaged(damage: Damage, place: LinePlace, bytes: Uint8Array): void;
}

export const TROUBLE_KINDS = [
  ...(['checksum', 'malformed', 'overlong', 'gap', 'fork', 'broken-link', 'lost-lines'] as const),
  ...(['unfinished', 'double', 'unknown-type'] as const),
] as const;
export type TroubleKind = (typeof TROUBLE_KINDS)[number];

/** Troubles that a healthy search leaves behind, too. They cost nothing, and nobody has to act. */
export const HARMLESS: ReadonlySet<TroubleKind> = new Set(['unfinished', 'double', 'unknown-type']);

export interface Trouble {
  kind: TroubleKind;
  place: LinePlace;
  /** The record's number, where the line has one. */
  n?: number;
  message: string;
  /** The first bytes of a quarantined line, not yet safe to print. */
  excerpt?: string;
}

/** How many troubles of one kind are listed; the rest are counted. */
export const MOST_LISTED = 1000;
const EXCERPT_BYTES = 120;

export class Inspector implements Visitor {
  readonly state = new State();
  readonly troubles: Trouble[] = [];
  readonly counts = Object.fromEntries(TROUBLE_KINDS.map(kind => [kind, 0])) as Record<TroubleKind, number>;
  /** Whether the record that was taken last is a double of one before. */
  isDouble = false;
  /** Unfinished lines since the last record, as long as they are listed: the next record proves what they are. */
  private unproven: Trouble[] = [];

  entry(entry: Entry, place: LinePlace): Outcome {
    const { state } = this;
    const { n, chain } = state;
    const doubles = state.troubles.doubles;
    const outcome = apply(state, entry, place);
    if (entry.n > n && !mayFollow(entry.n, n))
      this.note('fork', place, `its number ${entry.n} is too far from ${n}: no writer gave this number`);
    else if (entry.n <= n)
      this.note('fork', place, `a record before this one has number ${entry.n} or a larger one`, entry.n);
    else if (entry.n > n + 1) this.note('gap', place, missing(n + 1, entry.n - 1), entry.n);
    if (entry.previous !== chain)
      this.note('broken-link', place, 'it does not name the checksum of the record before it', entry.n);
    const gone = namedAndGone(state, entry);
    // a gap or a damaged line before it explains the loss already
    if (gone !== undefined && this.serious === this.counts['lost-lines'])
      this.note('lost-lines', place, gone, entry.n);
    if (entry.n !== n + 1 || entry.previous !== chain) this.distrust();
    this.unproven = [];
    this.isDouble = state.troubles.doubles > doubles;
    if (this.isDouble) this.note('double', place, `the event ${entry.id} is in the log already`, entry.n);
    else if (entry.event.type === 'unknown')
      this.note('unknown-type', place, `this version does not know ${entry.event.name}`, entry.n);
    return outcome;
  }

  damaged(damage: Damage, place: LinePlace, bytes: Uint8Array): void {
    applyDamage(this.state, damage);
    const excerpt = Buffer.from(bytes.subarray(0, EXCERPT_BYTES)).toString('utf8');
    const isUnfinished = damage === 'checksum' && isUnfinishedLine(bytes);
    const message = isUnfinished
      ? 'the start of a record whose writer was stopped before it was acknowledged'
      : DAMAGES[damage];
    const trouble = this.note(isUnfinished ? 'unfinished' : damage, place, message, undefined, excerpt);
    if (trouble && isUnfinished) this.unproven.push(trouble);
  }

  /**
   * Counts unfinished lines as damage, because a record is missing there. One of the lines may have been this record.
   */
  private distrust(): void {
    for (const trouble of this.unproven) {
      this.counts.unfinished--;
      this.counts.checksum++;
      trouble.kind = 'checksum';
      trouble.message = DAMAGES.checksum;
    }
  }

  /** The troubles that are not harmless. */
  get serious(): number {
    return TROUBLE_KINDS.filter(kind => !HARMLESS.has(kind)).reduce(
      (sum, kind) => sum + this.counts[kind],
      0,
    );
  }

  /** Counts a trouble and, unless there are too many, lists it. */
  private note(
    kind: TroubleKind,
    place: LinePlace,
    message: string,
    n?: number,
    excerpt?: string,
  ): Trouble | undefined {
    if (++this.counts[kind] > MOST_LISTED) return undefined;
    const more = { ...(n !== undefined && { n }), ...(excerpt !== undefined && { excerpt }) };
    const trouble: Trouble = { kind, place: { ...place }, message, ...more };
    this.troubles.push(trouble);
    return trouble;
  }
}

const DAMAGES: Record<Damage, string> = {
  checksum: 'the checksum is missing, or it is not the checksum of the line',
  malformed: 'the checksum is right, but the line is not a record of this format',
  overlong: 'the line is longer than any record may be',
};

function missing(first: number, last: number): string {
  return first === last
    ? `record ${first} is missing before it`
    : `records ${first} to ${last} are missing before it`;
}

/** The claim or config that a record names and that is not in the log before it, as a phrase. */
function namedAndGone(state: State, { n, event }: Entry): string | undefined {
  if ('claim' in event && event.claim !== undefined && event.claim >= n)
    return `it names claim ${event.claim}, which is no longer in the log`;
  const ids =
    event.type === 'finished' || event.type === 'failed'
      ? [event.config]
      : event.type === 'claimed' || event.type === 'released'
        ? (event.configs ?? [])
        : [];
  const unknown = ids.find(id => state.row(id) < 0);
  return unknown === undefined ? undefined : `it names config ${unknown}, which is not in the log`;
}

const BEGINNING = Buffer.from('{"crc":"');

/**
 * Whether the bytes can be the start of a line that a writer wrote: they begin like a line, hold no control characters,
 * and end inside of an object, a list or a string. Bytes that end with a brace are not taken for a start, because a
 * whole line ends with a brace, and a changed bit may have hidden its end.
 */
export function isUnfinishedLine(bytes: Uint8Array): boolean {
  for (let i = 0; i < Math.min(BEGINNING.length, bytes.length); i++)
    if (bytes[i] !== BEGINNING[i]) return false;
  if (bytes.at(-1) === 125) return false;
  let depth = 0;
  let inString = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte < 32) return false;
    if (inString && byte === 92) i++;
    else if (byte === 34) inString = !inString;
    else if (!inString && (byte === 123 || byte === 91)) depth++;
    else if (!inString && (byte === 125 || byte === 93)) depth--;
  }
  return inString || depth > 0;
}
