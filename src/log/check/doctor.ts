/**
 * The health of a log: what its lines, its snapshots, the claims in it and the file system under it tell. Changes
 * nothing in the log, and says of everything whether something is to be done about it.
 */
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
import {
  judgeMount,
  judgeSpace,
  mountUnder,
  spaceUnder,
  tryFlock,
  type Mount,
  type Verdict,
} from './file-system.js';
import type { Host } from '../host.js';
import { makeObserver, readSign } from '../liveness.js';
import { heartbeatPath, segmentPath, snapshotNumber, snapshotPath, workersDirectory } from '../names.js';
import { isSound, probeAppends, probeExclusion } from './probe.js';
import type { Meeting } from './rendezvous.js';
import { sharingFindings } from '../sharing.js';
import { readSnapshot } from '../snapshot.js';
import { survey, type SegmentEnd, type Survey } from '../survey.js';

/**
 * `problem`: something is wrong, and somebody must act. `warning`: something may be wrong, and its advice says how to
 * find out or to be safe. `note`: good to know, and there is nothing to do.
 */
export interface Finding {
  level: 'problem' | 'warning' | 'note';
  /** A stable word for programs: `fork`, `snapshot`, `dead-worker`, `nolock`. */
  kind: string;
  message: string;
  /** Where it is: a file of the log, and the line (from 1) and byte (from 0) in it. */
  place?: { file: string; line?: number; offset?: number };
  /** What to do, as a sentence. */
  advice?: string;
  /** The ids of the configs that it is about, all of them. */
  configs?: string[];
  /** The first bytes of a damaged line, not yet safe to print. */
  excerpt?: string;
}

export function placeOf({ segment, line, offset }: LinePlace): NonNullable<Finding['place']> {
  return { file: basename(segmentPath('', segment)), line, offset };
}

// ---- the lines -----------------------------------------------------------------------------------------------------

export interface LogHealth {
  survey: Survey;
  /** What the log amounts to. */
  state: State;
  counts: Inspector['counts'];
  findings: Finding[];
}

/** Reads the whole log, and each snapshot against what its prefix of the log amounts to. */
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

const ADVICE: Partial<Record<TroubleKind, string>> = {
  fork: 'Two writers held the lock at once. Check the file system with spt doctor --probe on two machines.',
  gap: 'Configs whose outcomes stood there are trained again. Run the same spt enqueue again, which adds the configs that stood there. Check disk and memory.',
  'broken-link': 'The line before it was changed, lost or damaged.',
  'lost-lines':
    'Lines that were acknowledged are gone: an older copy was put back, or the file server lost them. Run the same ' +
    'spt enqueue again, which adds what is missing, and then spt work.',
  checksum: 'Everybody skips this line. Check disk and memory of the machines that write.',
  malformed: 'Everybody skips this line. Perhaps another program wrote it.',
  overlong: 'Everybody skips this line. Perhaps another program wrote it.',
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
    const advice =
      'Two writers held the lock at once. Check the file system with spt doctor --probe on two machines.';
    const place = { file, offset: bytes - bytesBehindSeal };
    findings.push({ level: 'problem', kind: 'behind-seal', message, place, advice });
  }
  if (isUncertain) {
    const message = 'no shared lock was given to read it again: what looks damaged may be a cache that lags';
    findings.push({ level: 'note', kind: 'uncertain', message, place: { file } });
  }
  return findings;
}

function strayFinding(segment: number): Finding {
  const message = 'nobody reads this segment, because a segment before it is not sealed';
  const advice =
    'If it was copied here, move it to a folder of its own, and join the two logs with spt merge.';
  const file = basename(segmentPath('', segment));
  return { level: 'problem', kind: 'stray-segment', message, place: { file }, advice };
}

/** Whether the snapshot of a segment's end is sound by its own hash, and equal to the state that the log gives. */
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
  const message = 'the snapshot is damaged, is of another version, or says something else than the log';
  const advice = 'Remove it. It is only a cache, and workers read the log itself where there is none.';
  const file = basename(snapshotPath('', segment));
  return { level: 'problem', kind: 'snapshot', message, place: { file }, advice };
}

// ---- the claims ----------------------------------------------------------------------------------------------------

/** Between two looks at the signs of life. */
const LOOK_MS = 250;
/** Nobody wonders about a shorter wait. */
const TELL_AFTER_MS = 2000;

/**
 * The workers that hold claims and are dead or silent. A worker is watched until its counter has moved, it is proven
 * dead, or it has stood still for its lease; at most for `watchMs`.
 * @param onWait is told once how many workers are still quiet when the watch goes on for longer than two seconds
 */
export async function examineClaims(
  directory: string,
  host: Host,
  state: State,
  { leaseMs, watchMs, onWait }: { leaseMs: number; watchMs: number; onWait?(quiet: number): void },
): Promise<Finding[]> {
  const observer = makeObserver(directory, host, leaseMs);
  const findings: Finding[] = await workersFindings(directory, host);
  const waiting = new Map<string, string>();
  for (const { id } of state.holders()) waiting.set(id, await signOfLife(directory, host, id));
  const start = host.monotonicMs();
  let isTold = false;
  for (;;) {
    for (const { worker, why } of await observer.look([...waiting.keys()])) {
      waiting.delete(worker);
      const means =
        why === 'dead' ? 'its process is gone' : 'its sign of life has not changed for longer than its lease';
      findings.push(workerFinding(state, worker, `${why}-worker`, means));
    }
    for (const [worker, before] of waiting)
      if ((await signOfLife(directory, host, worker)) !== before) waiting.delete(worker);
    const watchedMs = host.monotonicMs() - start;
    if (waiting.size === 0 || watchedMs > watchMs) break;
    if (!isTold && watchedMs > TELL_AFTER_MS) onWait?.(waiting.size);
    isTold ||= watchedMs > TELL_AFTER_MS;
    await host.sleep(LOOK_MS);
  }
  const seconds = Math.round(watchMs / 1000);
  for (const worker of waiting.keys()) {
    const means = `its sign of life did not change within ${seconds} s, which is too short to tell`;
    const advice = `Watch for longer than its lease: spt doctor --watch ${2 * Math.max(seconds, 60)}s`;
    findings.push({ ...workerFinding(state, worker, 'quiet-worker', means), level: 'warning', advice });
  }
  return findings;
}

/** What stands in the place of the folder of the signs of life: without that folder no worker can start. */
async function workersFindings(directory: string, host: Host): Promise<Finding[]> {
  const found = await host.stat(workersDirectory(directory)).catch(() => undefined);
  if (!found || found.kind === 'folder') return [];
  const message = 'it is not a folder, so that no worker can start';
  const place = { file: basename(workersDirectory(directory)) };
  return [
    { level: 'problem', kind: 'not-a-folder', message, place, advice: 'Remove it. spt makes it anew.' },
  ];
}

function workerFinding(state: State, id: string, kind: string, means: string): Finding {
  const claims = state.claimsOf(id);
  const configs = claims.flatMap(claim => state.held(claim)).map(row => state.id(row));
  const { host, pid } = claims[0].worker;
  return {
    level: 'problem',
    kind,
    message: `worker ${id} (${host}, pid ${pid}) holds ${configs.length === 1 ? '1 config' : `${configs.length} configs`}, and ${means}`,
    configs,
    advice:
      'Any worker takes them up, on the same machine at once, else after the lease. Start one with spt work.',
  };
}

async function signOfLife(directory: string, host: Host, worker: string): Promise<string> {
  return (await readSign(host, heartbeatPath(directory, worker))) ?? '';
}

// ---- the file system -----------------------------------------------------------------------------------------------

export interface FileSystemHealth {
  mount?: Mount;
  freeBytes?: number;
  /** Locked appends per second, of several processes of this machine together. */
  appendsPerSecond?: number;
  findings: Finding[];
}

/** Looks at the mount and at the room that is left, and tries locks and appends for real, in the log's own folder. */
export async function examineFileSystem(folder: string, host: Host): Promise<FileSystemHealth> {
  const health: FileSystemHealth = { findings: sharingFindings(folder) };
  try {
    health.mount = mountUnder(folder);
    if (health.mount) health.findings.push(...judgeMount(health.mount).map(ofVerdict));
    const space = spaceUnder(folder);
    health.freeBytes = space.freeBytes;
    health.findings.push(...judgeSpace(space).map(ofVerdict));
    health.findings.push(...(await tryFlock(folder, host)).map(ofVerdict));
    const exclusion = await probeExclusion(folder, host);
    if (!exclusion.excludes)
      health.findings.push(probeProblem('a lock that one process holds is given to another', 'lock'));
    if (!exclusion.givesBack)
      health.findings.push(
        probeProblem('a lock that was given back is not given to another process', 'lock'),
      );
    const appends = await probeAppends(folder, host);
    health.appendsPerSecond = appends.found / appends.seconds;
    if (!isSound(appends)) health.findings.push(probeProblem(lossText(appends), 'appends'));
  } catch (error) {
    const message = `the file system could not be tried: ${(error as Error).message}`;
    health.findings.push({ level: 'problem', kind: 'probe', message });
  }
  return health;
}

function lossText({ expected, found, broken, doubled }: Meeting['appends']): string {
  const lost = expected - found;
  return `of ${expected} locked appends ${lost} were lost, ${broken} lines were broken, and ${doubled} numbers were given twice`;
}

function probeProblem(message: string, kind: string): Finding {
  const advice =
    'Put the log on a file system on which flock excludes: a local disk, NFS with locks, Lustre with flock.';
  return { level: 'problem', kind, message, advice };
}

const LEVELS = { unsafe: 'problem', doubtful: 'warning', note: 'note' } as const;

function ofVerdict({ level, about, message, advice }: Verdict): Finding {
  return {
    level: LEVELS[level],
    kind: about,
    message,
    ...(advice && { advice }),
  };
}

/** What two machines found out together. */
export function meetingFindings({ isOneMachine, excludes, appends }: Meeting): Finding[] {
  const findings: Finding[] = [];
  if (!excludes)
    findings.push(probeProblem('a lock that one of the two held was given to the other', 'lock'));
  if (!isSound(appends)) findings.push(probeProblem(lossText(appends), 'appends'));
  if (isOneMachine) {
    const message = 'both ran on one machine, which proves nothing about two';
    findings.push({
      level: 'problem',
      kind: 'one-machine',
      message,
      advice: 'Run one of them on another machine.',
    });
  }
  return findings;
}
