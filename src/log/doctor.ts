/**
 * Whether a log can be trusted where it lies: what the mount says, and what a live probe shows. The probe is a small
 * log of its own, to which several processes, of one machine or of several, append as workers do.
 */
import { spawn } from 'node:child_process';
import { readFile, realpath, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { auditLog } from './audit.js';
import type { Host } from './host.js';
import { Journal } from './journal.js';
import { judgeMount, mountOf, type Finding } from './mounts.js';

/** How many processes probe on one machine, and how often each appends. */
const PROBE_PROCESSES = 3;
const PROBE_APPENDS = 20;
const PROBE_TIMEOUT_MS = 60_000;

/** What the mount options say about the file system that the directory is, or would be, on. */
export async function checkMount(directory: string): Promise<Finding[]> {
  const mountinfo = await readFile('/proc/self/mountinfo', 'utf8').catch(() => undefined);
  if (mountinfo === undefined) {
    return [{ verdict: 'doubtful', message: 'this system does not tell how its file systems are mounted' }];
  }
  const mount = mountOf(await existingPart(resolve(directory)), mountinfo);
  if (!mount) return [{ verdict: 'doubtful', message: `no mount is known for ${directory}` }];
  return judgeMount(mount);
}

/** The nearest existing folder at or above a path, without symbolic links. */
async function existingPart(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    return path === dirname(path) ? path : existingPart(dirname(path));
  }
}

export interface ProbeResult {
  /** Appends that were acknowledged, and how many of them are not in the log. */
  acknowledged: number;
  lost: number;
  forks: number;
  quarantined: number;
  /** Who took part, as host:pid. */
  authors: string[];
  /** Durable appends per second, all processes together. */
  perSecond: number;
}

/** Appends to the probe's log as one of those who probe; the event ids that were acknowledged. */
export async function probe(directory: string, host: Host, appends = PROBE_APPENDS): Promise<string[]> {
  const journal = await Journal.open(directory, host, { snapshots: false, patienceMs: PROBE_TIMEOUT_MS });
  const acknowledged: string[] = [];
  for (let i = 0; i < appends; i++) {
    const [written] = await journal.transact(() => [{ type: 'released', claim: 0, why: 'probe' }]);
    acknowledged.push(written.id);
  }
  return acknowledged;
}

/** Lets several processes of this machine append to a log beside the given one, and looks at what became of it. */
export async function probeLocally(directory: string, host: Host): Promise<ProbeResult> {
  const folder = join(await existingPart(resolve(directory)), `.probe-${host.newId()}`);
  try {
    const start = host.monotonicMs();
    const outputs = await Promise.all(Array.from({ length: PROBE_PROCESSES }, () => runProbe(folder)));
    const seconds = (host.monotonicMs() - start) / 1000;
    return await judgeProbe(folder, host, outputs.flat(), seconds);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Takes part in a probe of several machines: appends to the log in `folder` for some seconds, while others do the same.
 * Everyone tells what became of its own appends; the folder is left to be removed by hand.
 */
export async function probeTogether(folder: string, host: Host, seconds: number): Promise<ProbeResult> {
  const start = host.monotonicMs();
  const acknowledged: string[] = [];
  while (host.monotonicMs() - start < 1000 * seconds) acknowledged.push(...(await probe(folder, host, 5)));
  return judgeProbe(folder, host, acknowledged, seconds);
}

/** Whether the probe found nothing wrong. */
export function isProbeClean({ lost, forks, quarantined }: ProbeResult): boolean {
  return lost === 0 && forks === 0 && quarantined === 0;
}

async function judgeProbe(folder: string, host: Host, ids: string[], seconds: number): Promise<ProbeResult> {
  const present = new Set<string>();
  const authors = new Set<string>();
  const { counts, quarantined } = await auditLog(folder, host, ({ id, by }) => {
    present.add(id);
    authors.add(by);
  });
  return {
    acknowledged: ids.length,
    lost: ids.filter(id => !present.has(id)).length,
    forks: counts.fork ?? 0,
    quarantined,
    authors: [...authors].sort(),
    perSecond: Math.round(ids.length / seconds),
  };
}

/** One probing process; the event ids that it says were acknowledged. */
function runProbe(folder: string): Promise<string[]> {
  const program = fileURLToPath(new URL('./probe-process.js', import.meta.url));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, folder], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: PROBE_TIMEOUT_MS,
    });
    let output = '';
    let errors = '';
    child.stdout.on('data', data => (output += String(data)));
    child.stderr.on('data', data => (errors += String(data)));
    child.on('error', reject);
    child.on('close', code => {
      if (code === 0) resolve(output.split('\n').filter(Boolean));
      else reject(new Error(`a probing process failed: ${errors.trim() || `code ${code}`}`));
    });
  });
}
