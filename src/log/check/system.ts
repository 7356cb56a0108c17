/** Tries the file system under a log for real on one machine, and tells what two machines found out about it. */
import type { Host } from '../host.js';
import type { Finding, Judgement } from './findings.js';
import { tryFlock } from './flock.js';
import { judgeMount, mountUnder, type Mount } from './mounts.js';
import { isSound, probeAppends, probeExclusion } from './probe.js';
import type { Meeting } from './rendezvous.js';
import { sharingFindings } from './sharing.js';
import { judgeSpace, spaceUnder } from './space.js';

export interface FileSystemHealth {
  mount?: Mount;
  freeBytes?: number;
  /** Locked appends per second, of several processes of this machine together. */
  appendsPerSecond?: number;
  findings: Finding[];
}

/** Judges the mount and the space that is left, and tries locks and appends for real, in the log's folder. */
export async function examineFileSystem(folder: string, host: Host): Promise<FileSystemHealth> {
  const health: FileSystemHealth = { findings: sharingFindings(folder) };
  try {
    health.mount = mountUnder(folder);
    if (health.mount) health.findings.push(...judgeMount(health.mount).map(findingOf));
    const space = spaceUnder(folder);
    health.freeBytes = space.freeBytes;
    health.findings.push(...judgeSpace(space).map(findingOf));
    health.findings.push(...(await tryFlock(folder, host)).map(findingOf));
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
  return (
    `of ${expected} locked appends ${lost} were lost, ${broken} lines were broken, ` +
    `and ${doubled} numbers were given twice`
  );
}

function probeProblem(message: string, kind: string): Finding {
  const advice =
    'Put the log on a file system on which flock excludes: a local disk, NFS with locks, Lustre with flock.';
  return { level: 'problem', kind, message, advice };
}

/** From the level of a judgement to the level of a finding. */
const LEVELS = { unsafe: 'problem', doubtful: 'warning', note: 'note' } as const;

export function findingOf({ level, about, message, advice }: Judgement): Finding {
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
  if (!excludes) findings.push(probeProblem('both machines got the same lock at the same time', 'lock'));
  if (!isSound(appends)) findings.push(probeProblem(lossText(appends), 'appends'));
  if (isOneMachine) {
    const message = 'both probes ran on one machine, so nothing is known about two machines';
    findings.push({
      level: 'problem',
      kind: 'one-machine',
      message,
      advice: 'Run one of them on another machine.',
    });
  }
  return findings;
}
