/**
 * All checks of a search: its log, its configs, its workers, and the file system under it. They change nothing in the
 * log. Each finding says what to do about it.
 */
import type { Host } from '../host.js';
import { DEFAULT_LEASE_MS } from '../liveness.js';
import { examineClaims } from './claims.js';
import { failedFindings, openFindings, type Trainability } from './configs.js';
import type { Finding } from './findings.js';
import { examineLog, type LogHealth } from './log.js';
import { judgeMount, mountUnder, type Mount } from './mounts.js';
import { meet, type Meeting } from './rendezvous.js';
import { examineFileSystem, findingOf, meetingFindings, type FileSystemHealth } from './system.js';

/** How long workers are watched, in ms. A watch of more than a lease tells a silent worker from a slow one. */
export const WATCH_MS = DEFAULT_LEASE_MS + 5000;

export interface SearchHealth {
  log: LogHealth;
  fileSystem: FileSystemHealth;
  /** All findings, also those of `log` and `fileSystem`. */
  findings: Finding[];
}

/**
 * Examines the search of a log.
 * @param watchMs for how long workers without a sign of life are watched, in ms
 * @param onWait hears once, after two seconds, how many workers are still quiet
 */
export async function examineSearch(
  directory: string,
  host: Host,
  trainability: Trainability,
  { watchMs, onWait }: { watchMs: number; onWait?(quiet: number): void },
): Promise<SearchHealth> {
  const log = await examineLog(directory, host);
  const { state } = log;
  const findings = [
    ...log.findings,
    ...failedFindings(state),
    ...(await openFindings(directory, host, state, trainability)),
    ...(await examineClaims(directory, host, state, { leaseMs: DEFAULT_LEASE_MS, watchMs, onWait })),
  ];
  const fileSystem = await examineFileSystem(directory, host);
  return { log, fileSystem, findings: [...findings, ...fileSystem.findings] };
}

export interface SharedHealth {
  meeting: Meeting;
  mount?: Mount;
  findings: Finding[];
}

/**
 * Tries the folder together with another machine that does the same at the same time.
 * @throws Failure `no-partner` when no other machine comes in time, `partner-lost` when the other one stops
 */
export async function examineShared(folder: string, host: Host, waitMs: number): Promise<SharedHealth> {
  const mount = mountUnder(folder);
  const meeting = await meet(folder, host, { waitMs });
  const unsafe = mount ? judgeMount(mount).filter(({ level }) => level === 'unsafe') : [];
  return { meeting, mount, findings: [...meetingFindings(meeting), ...unsafe.map(findingOf)] };
}
