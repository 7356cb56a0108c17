/** Checks the lines and the snapshots of a log. Changes nothing in the log. */
import { basename } from 'node:path';
import {
  HARMLESS,
  Inspector,
  type LinePlace,
  type Trouble,
  type TroubleKind,
  type Visitor,
} from '../../events/ask/inspect.js';
import type { State } from '../../events/state/state.js';
import type { Host } from '../host.js';
import { segmentPath, snapshotNumber, snapshotPath } from '../names.js';
import { readSnapshot } from '../snapshot.js';
import { survey, type SegmentEnd, type Survey } from '../survey.js';
import { placeOf, type Finding } from './findings.js';

export interface LogHealth {
  survey: Survey;
  /** The state that the log gives. */
  state: State;
  counts: Inspector['counts'];
  findings: Finding[];
}

/** Reads the whole log, and compares each snapshot with the state that the log gives up to there. */
export async function examineLog(directory: string, host: Host): Promise<LogHealth> {
  const inspector = new Inspector();
  const findings: Finding[] = [];
  const snapshots = new Set((await host.list(directory)).map(snapshotNumber));
  const surveyed = await survey(directory, host, inspector, async end => {
    findings.push(...endFindings(end));
    if (!snapshots.has(end.segment)) return;
    if (!(await isSnapshotSound(directory, host, inspector.state, end)))
      findings.push(snapshotFinding(end.segment));
  });
  for (const segment of surveyed.strays) findings.push(strayFinding(segment));
  const first = await firstOfNumbers(directory, host, forkNumbers(inspector.troubles));
  findings.push(...inspector.troubles.map(trouble => findingOf(trouble, first)));
  return { survey: surveyed, state: inspector.state, counts: inspector.counts, findings };
}

const TWO_WRITERS =
  'Two writers held the lock at once. Check the file system with spt doctor --probe on two machines.';
const OTHER_PROGRAM = 'All readers skip this line. Another program may have written it.';

const ADVICE: Partial<Record<TroubleKind, string>> = {
  fork: TWO_WRITERS,
  gap:
    'Configs whose outcomes were lost there are trained again. Run the same spt enqueue again, which adds the ' +
    'configs that were lost there. Check disk and memory.',
  'broken-link': 'The line before it was changed, lost or damaged.',
  'lost-lines':
    'Lines that were acknowledged are gone: an older copy was put back, or the file server lost them. Run the same ' +
    'spt enqueue again, which adds what is missing, and then spt work.',
  checksum: 'All readers skip this line. Check disk and memory of the machines that write.',
  malformed: OTHER_PROGRAM,
  overlong: OTHER_PROGRAM,
  'unknown-type': 'A newer version may have written it.',
};

function findingOf({ kind, place, message, excerpt, n }: Trouble, first: Map<number, LinePlace>): Finding {
  const before = kind === 'fork' ? first.get(n!) : undefined;
  const where = before && placeOf(before);
  return {
    level: HARMLESS.has(kind) ? 'note' : 'problem',
    kind,
    message: where ? `${message}: ${where.file}:${where.line}` : message,
    place: placeOf(place),
    ...(ADVICE[kind] && { advice: ADVICE[kind] }),
    ...(excerpt !== undefined && { excerpt }),
  };
}

function forkNumbers(troubles: readonly Trouble[]): ReadonlySet<number> {
  return new Set(troubles.filter(({ kind }) => kind === 'fork').map(({ n }) => n!));
}

/** Where the first record of each of the numbers stands. */
async function firstOfNumbers(
  directory: string,
  host: Host,
  wanted: ReadonlySet<number>,
): Promise<Map<number, LinePlace>> {
  const found = new Map<number, LinePlace>();
  if (wanted.size === 0) return found;
  const visitor: Visitor = {
    entry({ n }, place) {
      if (wanted.has(n) && !found.has(n)) found.set(n, place);
    },
    damaged() {},
  };
  await survey(directory, host, visitor);
  return found;
}

function endFindings({ segment, tornBytes, bytesBehindSeal, bytes, isUncertain }: SegmentEnd): Finding[] {
  const findings: Finding[] = [];
  const file = basename(segmentPath('', segment));
  if (tornBytes > 0) {
    const message = `${tornBytes} bytes follow the last newline: a writer was stopped in the middle of a line`;
    const advice = 'Nothing that was acknowledged is in them. The next writer ends the line and goes on.';
    findings.push({
      level: 'note',
      kind: 'torn',
      message,
      place: { file, offset: bytes - tornBytes },
      advice,
    });
  }
  if (bytesBehindSeal > 0) {
    const message = `${bytesBehindSeal} bytes follow the record that seals the segment, and nobody reads them`;
    const place = { file, offset: bytes - bytesBehindSeal };
    findings.push({ level: 'problem', kind: 'behind-seal', message, place, advice: TWO_WRITERS });
  }
  if (isUncertain) {
    const message = 'no shared lock could be taken to read it again. What looks damaged may be an old cache';
    findings.push({ level: 'note', kind: 'uncertain', message, place: { file } });
  }
  return findings;
}

function strayFinding(segment: number): Finding {
  const message = 'a segment before this one is not sealed, so readers that run already may not see this one';
  const advice = 'If it was copied here, move it to another folder, and join the two logs with spt merge.';
  const file = basename(segmentPath('', segment));
  return { level: 'problem', kind: 'stray-segment', message, place: { file }, advice };
}

/** Whether the snapshot of a segment's end has the right checksums, and equals the state that the log gives. */
async function isSnapshotSound(
  directory: string,
  host: Host,
  state: State,
  { segment, isSealed }: SegmentEnd,
): Promise<boolean> {
  const loaded = await readSnapshot(directory, host, segment);
  if (!isSealed || loaded?.segment !== segment) return false;
  if (JSON.stringify(loaded.state.small()) !== JSON.stringify(state.small())) return false;
  const own = state.columns();
  return loaded.state.columns().every((column, i) => bytesOf(column).equals(bytesOf(own[i])));
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}

function snapshotFinding(segment: number): Finding {
  const message = 'the snapshot is damaged, has another version, or contradicts the log';
  const advice = 'Remove it. It is only a cache. Without it, workers read the log itself.';
  const file = basename(snapshotPath('', segment));
  return { level: 'problem', kind: 'snapshot', message, place: { file }, advice };
}
