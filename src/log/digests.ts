/**
 * The digests of all models that a log reports, also of reports that did not apply. The state keeps none. They stand in
 * a fixed place of their lines, so most lines are not parsed.
 */
import { decode } from '../events/format/decode.js';
import type { State } from '../events/state/state.js';
import { listSegments, using } from './files.js';
import type { Disk } from './host.js';
import { readLines, startOf, type LineSink } from './lines.js';
import { segmentPath } from './names.js';

/** The digests of each row: of one model as a rule, of several where machines disagree. */
export class Digests implements LineSink {
  /** The first digest of each row, as bytes of 32 hexadecimal digits; all zero where there is none. */
  private readonly first: Buffer;
  /** All digests of rows that have several, or one of another form. */
  private readonly more = new Map<number, Set<string>>();

  private constructor(private readonly state: State) {
    this.first = Buffer.alloc(DIGEST_DIGITS * state.size);
  }

  /** Reads the log up to the last record of the state. */
  static async read(directory: string, disk: Disk, state: State): Promise<Digests> {
    const digests = new Digests(state);
    for (const segment of await listSegments(directory, disk)) {
      await using(disk, segmentPath(directory, segment), 'read', async handle =>
        readLines(handle, startOf(segment), await handle.size(), digests),
      );
    }
    return digests;
  }

  /** The digests of a row, sorted. */
  of(row: number): string[] {
    const first = this.firstOf(row);
    return [...new Set([...(first === undefined ? [] : [first]), ...(this.more.get(row) ?? [])])].sort();
  }

  line(bytes: Buffer, start: number, end: number, crc: number): 'on' {
    const head = HEAD.exec(bytes.toString('latin1', start, Math.min(end, start + HEAD_BYTES)));
    // A line that was not checked, or whose members have another order, is parsed.
    if (head && crc >= 0) {
      const [, n, type, config, digest] = head;
      if (type !== 'finished') return 'on';
      if (config !== undefined) {
        this.add(Number(n), config, digest);
        return 'on';
      }
    }
    const entry = decode(bytes, start, end);
    if (typeof entry === 'object' && entry.event.type === 'finished')
      this.add(entry.n, entry.event.config, entry.event.digest);
    return 'on';
  }

  overlong(): void {}

  private add(n: number, config: string, digest: string): void {
    const row = n > this.state.n ? -1 : this.state.row(config);
    if (row < 0) return;
    const first = this.firstOf(row);
    if (first === digest) return;
    const isUsual = digest.length === DIGEST_DIGITS && /^[0-9a-f]*$/.test(digest);
    if (first === undefined && isUsual) {
      this.first.write(digest, DIGEST_DIGITS * row, 'latin1');
      return;
    }
    const others = this.more.get(row);
    if (others) others.add(digest);
    else this.more.set(row, new Set([digest]));
  }

  private firstOf(row: number): string | undefined {
    const at = DIGEST_DIGITS * row;
    return this.first[at] === 0 ? undefined : this.first.toString('latin1', at, at + DIGEST_DIGITS);
  }
}

const DIGEST_DIGITS = 32;
/** The head of a line and the beginning of its payload are shorter, unless a name is very long. */
const HEAD_BYTES = 1024;
const TEXT = '"[^"\\\\]*"';
/** The number and the type of a record as `encode` writes it; of a `finished` one also the config and the digest. */
const HEAD = new RegExp(
  `^\\{"crc":${TEXT},"n":(\\d+),"p":${TEXT},"id":${TEXT},"at":${TEXT},"by":${TEXT},"type":"([a-z]+)"` +
    `(?:,"config":"([0-9a-f]{16})","claim":\\d+,"seconds":[-+.\\deE]+,"digest":"([^"\\\\]*)",)?`,
);
