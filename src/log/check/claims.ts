/** Checks that the workers that hold claims of a log are alive. */
import { basename } from 'node:path';
import { counted } from '../../base/listing.js';
import type { State } from '../../events/state/state.js';
import type { Host } from '../host.js';
import { makeObserver, readSign } from '../liveness.js';
import { workersDirectory } from '../names.js';
import type { Finding } from './findings.js';

/** The pause between two looks at the signs of life, in ms. */
const LOOK_MS = 250;
/** A person is told of a wait that lasts longer than this, in ms. */
const TELL_AFTER_MS = 2000;

/**
 * The workers that hold claims and are dead or silent. A worker is watched until its counter has moved, until it is
 * proven dead, or until its counter has stayed the same for its lease, but at most for `watchMs`.
 * @param onWait hears once, after two seconds, how many workers are still quiet
 */
export async function examineClaims(
  directory: string,
  host: Host,
  state: State,
  { leaseMs, watchMs, onWait }: { leaseMs: number; watchMs: number; onWait?(quiet: number): void },
): Promise<Finding[]> {
  const observer = makeObserver(directory, host, leaseMs);
  const findings: Finding[] = await workersFindings(directory, host);
  const waiting = new Map<string, string | undefined>();
  for (const { id } of state.holders()) waiting.set(id, await readSign(directory, host, id));
  const start = host.monotonicMs();
  let isTold = false;
  for (;;) {
    for (const { worker, why } of await observer.look([...waiting.keys()])) {
      waiting.delete(worker);
      const means =
        why === 'dead' ? 'its process is gone' : 'its sign of life has not changed for longer than its lease';
      findings.push(workerFinding(state, worker, `${why}-worker`, means));
    }
    await dropMoving(directory, host, waiting);
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

/** Forgets the workers whose sign of life has changed, because they are alive. */
async function dropMoving(
  directory: string,
  host: Host,
  waiting: Map<string, string | undefined>,
): Promise<void> {
  for (const [worker, before] of waiting) {
    const now = await readSign(directory, host, worker);
    if (now === undefined || now === before) continue;
    if (before === undefined) waiting.set(worker, now);
    else waiting.delete(worker);
  }
}

/** A finding if the folder of the signs of life is not a folder. No worker can start without this folder. */
async function workersFindings(directory: string, host: Host): Promise<Finding[]> {
  const found = await host.stat(workersDirectory(directory)).catch(() => undefined);
  if (!found || found.kind === 'folder') return [];
  const message = 'it is not a folder, so no worker can start';
  const place = { file: basename(workersDirectory(directory)) };
  return [
    { level: 'problem', kind: 'not-a-folder', message, place, advice: 'Remove it. spt makes a new one.' },
  ];
}

function workerFinding(state: State, id: string, kind: string, means: string): Finding {
  const claims = state.claimsOf(id);
  const configs = claims.flatMap(claim => state.held(claim)).map(row => state.id(row));
  const { host, pid } = claims[0].worker;
  return {
    level: 'problem',
    kind,
    message: `worker ${id} (${host}, pid ${pid}) holds ${counted(configs.length, 'config')}, and ${means}`,
    configs,
    advice:
      'Any worker takes them over: at once on the same machine, after the lease on others. Start one with spt work.',
  };
}
