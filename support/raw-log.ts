/**
 * A second reader of logs, which shares no code with the first one: lines, CRCs and events, by the rules of
 * src/log/README.md. It judges a log of healthy writers, which may have been killed: nothing may be out of order.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a log holds, and everything in it that should not be there. */
export interface RawVerdict {
  records: number;
  /** Lines that are no records, because their writer was killed in the middle of one. */
  torn: number;
  enqueued: number;
  claims: number;
  /** Effective `finished`, by config. */
  finished: Map<string, number>;
  failed: number;
  /** Reports of workers whose claim was over. All readers ignore them. */
  late: number;
  /** The ids of all events: what an author was told to be in the log must be among them. */
  ids: Set<string>;
  /** Two live claims of one config, or a claim of one that is finished. */
  conflicts: string[];
  /** Two effective `finished` of one config. */
  twice: string[];
  /** Configs without an outcome. */
  open: string[];
  /** Numbers that do not follow each other, and `p` that is not the CRC of the record before. */
  broken: string[];
}

/** CRC-32 bit by bit (ISO 3309). */
function slowCrc(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

interface RawRecord {
  crc: string;
  n: number;
  p: string;
  id: string;
  type: string;
  [member: string]: any;
}

/** The record of a line; undefined if the line is no record. */
function recordOf(line: Buffer): RawRecord | undefined {
  const match = /^\{"crc":"([0-9a-f]{8})",$/.exec(line.toString('latin1', 0, 18));
  if (!match || slowCrc(line.subarray(18)) !== parseInt(match[1], 16)) return undefined;
  return JSON.parse(line.toString('utf8'));
}

/** The segments' lines, in order. */
function* linesOf(log: string): Generator<Buffer> {
  const segments = readdirSync(log).filter(name => /^events-\d+\.jsonl$/.test(name));
  for (const name of segments.sort()) {
    const bytes = readFileSync(join(log, name));
    for (let start = 0; start < bytes.length;) {
      const newline = bytes.indexOf(10, start);
      const end = newline < 0 ? bytes.length : newline;
      if (end > start) yield bytes.subarray(start, end);
      start = end + 1;
    }
  }
}

/** The status of a config; the epoch of its claim while it is claimed. */
type Held = number | 'queued' | 'finished' | 'failed';

/** Judges a log. */
export function judgeRawLog(log: string): RawVerdict {
  const verdict: RawVerdict = {
    ...{ records: 0, torn: 0, enqueued: 0, claims: 0, failed: 0, late: 0 },
    ...{ finished: new Map(), ids: new Set(), conflicts: [], twice: [], open: [], broken: [] },
  };
  const holder = new Map<string, Held>();
  let last = { n: 0, crc: '00000000' };
  for (const line of linesOf(log)) {
    const record = recordOf(line);
    if (!record) {
      verdict.torn++;
      continue;
    }
    verdict.records++;
    if (record.n !== last.n + 1) verdict.broken.push(`record ${record.n} follows record ${last.n}`);
    if (record.p !== last.crc) verdict.broken.push(`record ${record.n} is not linked to the one before`);
    last = record;
    if (verdict.ids.has(record.id)) continue;
    verdict.ids.add(record.id);
    take(record, holder, verdict);
  }
  for (const [config, state] of holder)
    if (state !== 'finished' && state !== 'failed') verdict.open.push(config);
  return verdict;
}

/** Takes one record into the verdict. `holder` has the status of each config. */
function take(record: RawRecord, holder: Map<string, Held>, verdict: RawVerdict): void {
  const { n, type, config } = record;
  switch (type) {
    case 'enqueued':
      if (!holder.has(config.id)) holder.set(config.id, 'queued');
      verdict.enqueued = holder.size;
      return;
    case 'claimed':
      verdict.claims++;
      for (const id of record.configs as string[]) {
        if (holder.get(id) !== 'queued')
          verdict.conflicts.push(`record ${n} claims ${id}: ${holder.get(id)}`);
        else holder.set(id, n);
      }
      return;
    case 'released':
      for (const id of (record.configs as string[] | undefined) ?? holder.keys()) {
        if (holder.get(id) === (record.why === 'retry' ? 'failed' : record.claim)) holder.set(id, 'queued');
        else if (record.configs) verdict.late++;
      }
      return;
    case 'finished':
    case 'failed':
      if (type === 'finished' && holder.get(config) === record.claim && verdict.finished.has(config))
        verdict.twice.push(config);
      if (holder.get(config) !== record.claim) verdict.late++;
      else settle(record, holder, verdict);
  }
}

function settle({ n, type, config, retry }: RawRecord, holder: Map<string, Held>, verdict: RawVerdict): void {
  if (type === 'finished') {
    verdict.finished.set(config, n);
    holder.set(config, 'finished');
  } else {
    verdict.failed++;
    holder.set(config, retry ? 'queued' : 'failed');
  }
}
