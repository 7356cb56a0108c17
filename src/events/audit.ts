/**
 * What a log proves, and what it does not: one effective outcome for every config, and everything that did not go
 * straight. Pure: lines in, findings out. It looks at every record in full, where replay only looks at what it needs.
 */
import { createHash } from 'node:crypto';
import { checkedCrc, parse } from './decode.js';
import type { Entry, Event } from './event.js';
import { apply, applyDamage } from './fold.js';
import { State, type RecordPlace } from './state.js';

/** How many findings of a kind are kept with their places; the rest is counted. */
const KEPT = 100;

export type FindingKind =
  /** A line that is not a record, or not one that is understood. */
  | 'quarantined'
  /** Record numbers that are missing. */
  | 'gap'
  /** A record number that was there before: a lock did not hold. */
  | 'fork'
  /** The record before is not the one that the record names. */
  | 'broken-link'
  /** A second record of one event. */
  | 'double'
  /** An event that does not apply: words from an epoch that is over, a config enqueued twice, ... */
  | 'ignored'
  /** A config that was given back, or taken from a worker that was lost, and claimed again. */
  | 'reclaimed'
  /** Two finishes of one config, effective or not, with different models. */
  | 'different-digests'
  /** A config that is neither finished nor failed. */
  | 'open';

export interface Finding {
  kind: FindingKind;
  place?: RecordPlace;
  config?: string;
  message: string;
}

/** The effective outcome of one config. */
interface Settled {
  config: string;
  outcome: 'finished' | 'failed';
  digest?: string;
}

export interface Audit {
  /** Number of records read, and of lines that were quarantined. */
  records: number;
  quarantined: number;
  configs: number;
  finished: number;
  failed: number;
  open: number;
  /** How often each kind was found; the first ones of each are in `findings`. */
  counts: Partial<Record<FindingKind, number>>;
  findings: Finding[];
  /**
   * SHA-256 over the configs' ids with their outcomes and model digests, sorted by id: the same for any log with the
   * same results, whatever the order in which they came.
   */
  manifest: string;
  /** Whether every config has exactly one effective outcome and no two of its models differ. */
  isSound: boolean;
}

/** What is remembered of one finish, to compare it with others. */
interface Finish {
  digest: string;
  by: string;
}

/** Takes the lines of a log one after the other; `end` gives the audit. */
export class Auditor {
  readonly state = new State();
  private records = 0;
  private quarantined = 0;
  private readonly counts: Partial<Record<FindingKind, number>> = {};
  private readonly findings: Finding[] = [];
  private readonly finishes = new Map<string, Finish[]>();

  constructor(private readonly see?: (entry: Entry) => void) {}

  /** A line as it stands in a segment; whether it seals the segment. */
  bytes(bytes: Buffer, first: number, end: number, place: RecordPlace): boolean {
    let crc = checkedCrc(bytes, first, end);
    let start = first;
    const hole = crc < 0 ? bytes.subarray(first, end).lastIndexOf(0) : -1;
    if (hole >= 0) {
      start = first + hole + 1;
      crc = checkedCrc(bytes, start, end);
    }
    if (start > first || crc < 0)
      this.damage('checksum', { ...place, length: crc < 0 ? place.length : start - first });
    if (crc < 0) return false;
    return this.line(bytes, start, end, crc, {
      ...place,
      offset: place.offset + start - first,
      length: end - start,
    });
  }

  /** A line whose CRC is right. */
  private line(bytes: Buffer, start: number, end: number, crc: number, place: RecordPlace): boolean {
    const entry = parse(bytes, start, end, crc);
    if (typeof entry === 'string') {
      this.damage(entry, place);
      return false;
    }
    this.records++;
    this.see?.(entry);
    this.links(entry, place);
    const before = this.state.troubles.doubles;
    const outcome = apply(this.state, entry, place);
    const isDouble = this.state.troubles.doubles > before;
    if (isDouble) this.find('double', `record ${entry.n} repeats event ${entry.id}`, place);
    else if (!outcome.applied || outcome.missed) this.findIgnored(entry, place, outcome.missed);
    if (!isDouble) this.event(entry.event, entry, place);
    return entry.event.type === 'sealed';
  }

  /** A line that is quarantined. */
  damage(kind: 'checksum' | 'malformed' | 'overlong', place: RecordPlace): void {
    applyDamage(this.state, kind);
    this.quarantined++;
    this.find('quarantined', `a line of ${place.length} bytes is ${DAMAGES[kind]}`, place);
  }

  end(): Audit {
    const { state, counts, findings, records, quarantined } = this;
    for (let row = 0; row < state.size; row++) {
      const status = state.statusOf(row);
      if (status !== 'queued' && status !== 'claimed') continue;
      this.find('open', `is ${status}`, undefined, state.id(row));
    }
    const open = state.count('queued') + state.count('claimed');
    return {
      ...{ records, quarantined, configs: state.size, open },
      finished: state.count('finished'),
      failed: state.count('failed'),
      counts,
      findings,
      manifest: this.manifest(),
      isSound: open === 0 && !counts['different-digests'],
    };
  }

  private links(entry: Entry, place: RecordPlace): void {
    const { n, chain } = this.state;
    if (entry.n <= n) this.find('fork', `record ${entry.n} comes after record ${n}`, place);
    else if (entry.n > n + 1) this.find('gap', `records ${n + 1} to ${entry.n - 1} are missing`, place);
    if (entry.previous !== chain)
      this.find('broken-link', `record ${entry.n} names another record before it`, place);
  }

  private event(event: Event, entry: Entry, place: RecordPlace): void {
    if (event.type === 'claimed') {
      for (const config of event.configs) {
        const row = this.state.row(config);
        const times = row < 0 ? 0 : this.state.losses[row];
        if (times > 0) this.find('reclaimed', `is claimed again after ${times} lost workers`, place, config);
      }
    } else if (event.type === 'finished')
      this.finish(event.config, { digest: event.digest, by: entry.by }, place);
  }

  private finish(config: string, finish: Finish, place: RecordPlace): void {
    const others = this.finishes.get(config) ?? [];
    const other = others.find(({ digest }) => digest !== finish.digest);
    if (other) {
      const message = `${other.by} made model ${other.digest}, ${finish.by} made ${finish.digest}`;
      this.find('different-digests', message, place, config);
    }
    this.finishes.set(config, [...others, finish]);
  }

  private findIgnored(entry: Entry, place: RecordPlace, missed: string[] | undefined): void {
    const whom = missed ? ` for ${missed.length} of its configs` : '';
    this.find(
      'ignored',
      `${entry.event.type} of ${entry.by}, record ${entry.n}, does not apply${whom}`,
      place,
    );
  }

  private find(kind: FindingKind, message: string, place?: RecordPlace, config?: string): void {
    const count = (this.counts[kind] ?? 0) + 1;
    this.counts[kind] = count;
    if (count <= KEPT)
      this.findings.push({ kind, message, ...(place && { place: { ...place } }), ...(config && { config }) });
  }

  private manifest(): string {
    const settled: Settled[] = [];
    for (let row = 0; row < this.state.size; row++) {
      const outcome = this.state.statusOf(row);
      const config = this.state.id(row);
      // The effective finish of a config is among those that were seen; if their digests differ, all are cited.
      const digests = new Set(this.finishes.get(config)?.map(({ digest }) => digest));
      if (outcome === 'finished') settled.push({ config, outcome, digest: [...digests].sort().join('|') });
      else if (outcome === 'failed') settled.push({ config, outcome });
    }
    settled.sort((a, b) => (a.config < b.config ? -1 : 1));
    const hash = createHash('sha256');
    for (const { config, outcome, digest } of settled) hash.update(`${config} ${outcome} ${digest ?? '-'}\n`);
    return hash.digest('hex');
  }
}

const DAMAGES = {
  checksum: 'torn or altered: its CRC is not that of its bytes',
  malformed: 'not an event, although its CRC is right',
  overlong: 'too long to be an event',
};
