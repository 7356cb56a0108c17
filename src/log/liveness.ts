/**
 * Which workers are alive. A worker rewrites a small file, its sign of life. The file holds a counter. An observer
 * looks at the bytes, and measures on its own monotonic clock how long they stay the same. So no clocks are compared.
 */
import { Failure } from '../base/errors.js';
import { isObject, type Worker } from '../events/format/event.js';
import { isWorkerId } from '../events/format/decode.js';
import { readSmall, writing } from './files.js';
import { errnoOf, type Host, type Identity } from './host.js';
import { heartbeatPath, workersDirectory } from './names.js';
import { withActivity, type Activity } from './signs.js';

/** How long a counter may stay the same before its worker counts as lost. */
export const DEFAULT_LEASE_MS = 60_000;
/** The shortest and the longest lease that a worker may ask for. */
const SHORTEST_LEASE_MS = 1000;
const LONGEST_LEASE_MS = 60 * 60_000;

/** A file is rewritten in place, so each text has at least this length and covers the one before. */
const FILE_BYTES = 1024;
/**
 * Between two looks, a counter counts as still for at most this part of the lease: the observer may have been stopped.
 */
const LONGEST_LOOK = 1 / 4;
/** A worker that could not renew for this part of the lease no longer relies on its claims. */
const FRESH_PART = 2 / 3;

export interface Heartbeat {
  /** Rewrites the file. It is called several times in a lease, and does nothing while an earlier call still hangs. */
  bump(): Promise<void>;
  /** Whether the last success is recent enough to go on. */
  isFresh(): boolean;
  /** Removes the file: the worker has gone and holds nothing. */
  stop(): Promise<void>;
}

/**
 * Starts the sign of life of a worker, with a first bump.
 * @param tell what else the file says, for people: asked at every bump
 */
export async function startHeartbeat(
  directory: string,
  host: Host,
  worker: Worker,
  leaseMs = DEFAULT_LEASE_MS,
  tell?: () => Activity,
): Promise<Heartbeat> {
  if (!isWorkerId(worker.id)) throw new TypeError(`${worker.id} cannot name a worker`);
  const path = heartbeatPath(directory, worker.id);
  let count = 0;
  let renewed = -Infinity;
  let hanging = false;

  async function bump(): Promise<void> {
    if (hanging) return;
    hanging = true;
    try {
      const started = host.monotonicMs();
      const members = { worker: worker.id, ...host.identity, slurm: worker.slurm, leaseMs, count: ++count };
      const text = tell
        ? withActivity({ ...members, at: new Date(host.wallMs()).toISOString() }, tell(), FILE_BYTES)
        : JSON.stringify(members);
      const bytes = Buffer.from(`${text.padEnd(FILE_BYTES - 1)}\n`);
      await writing(host, path, 'overwrite', handle => handle.write(bytes));
      renewed = started;
    } finally {
      hanging = false;
    }
  }

  await makeWorkers(directory, host);
  await bump();
  return {
    bump,
    isFresh: () => host.monotonicMs() - renewed < FRESH_PART * leaseMs,
    stop: () => host.remove(path),
  };
}

/** Makes the folder of the signs of life. Refuses a link in its place, because a link could lead anywhere. */
async function makeWorkers(directory: string, host: Host): Promise<void> {
  const workers = workersDirectory(directory);
  const found = await host.stat(workers);
  if (found && found.kind !== 'folder')
    throw new Failure('not-a-folder', `${workers} is not a folder`, 'Remove it. spt makes a new one.');
  await host.makeDirectory(workers, directory);
}

/** Why a worker counts as lost: its process is proven dead, or its counter stayed the same for the lease. */
export interface Loss {
  worker: string;
  why: 'dead' | 'silent';
}

export interface Observer {
  /** Looks at the files of the workers, and gives those that are lost. It is called several times in a lease. */
  look(workers: readonly string[]): Promise<Loss[]>;
  /** The workers of this machine whose processes are dead. A worker's file is read only once. */
  lookNear(workers: readonly string[]): Promise<Loss[]>;
}

/** What was seen of a worker's file. */
interface Sight {
  bytes: string;
  /** When it was looked at, in ms of the observer's clock. */
  lookedMs: number;
  /** How long the bytes have stayed the same, in ms. */
  stillMs: number;
}

/** An observer of other workers. */
export function makeObserver(directory: string, host: Host, leaseMs = DEFAULT_LEASE_MS): Observer {
  let sights = new Map<string, Sight>();
  const identities = new Map<string, Identity>();

  async function lossOf(worker: string, seen: Map<string, Sight>): Promise<Loss | undefined> {
    const bytes = await readSign(directory, host, worker);
    const before = sights.get(worker);
    if (bytes === undefined) {
      if (before) seen.set(worker, { ...before, lookedMs: host.monotonicMs() });
      return undefined;
    }
    const { identity, lease } = understand(bytes, leaseMs);
    const nowMs = host.monotonicMs();
    const elapsedMs = before ? Math.min(nowMs - before.lookedMs, lease * LONGEST_LOOK) : 0;
    const stillMs = before?.bytes === bytes ? before.stillMs + elapsedMs : 0;
    seen.set(worker, { bytes, lookedMs: nowMs, stillMs });
    if (identity) identities.set(worker, identity);
    if (identity && (await host.isProvenDead(identity))) return { worker, why: 'dead' };
    return stillMs > lease ? { worker, why: 'silent' } : undefined;
  }

  async function look(workers: readonly string[]): Promise<Loss[]> {
    const seen = new Map<string, Sight>();
    const losses: Loss[] = [];
    for (const worker of workers) {
      const loss = await lossOf(worker, seen);
      if (loss) losses.push(loss);
    }
    sights = seen;
    return losses;
  }

  async function lookNear(workers: readonly string[]): Promise<Loss[]> {
    for (const worker of identities.keys()) if (!workers.includes(worker)) identities.delete(worker);
    const losses: Loss[] = [];
    for (const worker of workers) {
      const identity = identities.get(worker) ?? (await identityOf(directory, host, worker));
      if (!identity) continue;
      identities.set(worker, identity);
      if (await host.isProvenDead(identity)) losses.push({ worker, why: 'dead' });
    }
    return losses;
  }

  return { look, lookNear };
}

/** The workers whose death is proven: they were processes of this machine that have ended. */
export async function deadWorkers(
  directory: string,
  host: Host,
  workers: readonly string[],
): Promise<Set<string>> {
  const dead = new Set<string>();
  for (const worker of workers) {
    const identity = await identityOf(directory, host, worker);
    if (identity && (await host.isProvenDead(identity))) dead.add(worker);
  }
  return dead;
}

/** The process of a worker; undefined if there is no sign of life, or none that can be read. */
async function identityOf(directory: string, host: Host, worker: string): Promise<Identity | undefined> {
  const bytes = await readSign(directory, host, worker);
  return bytes === undefined ? undefined : understand(bytes, DEFAULT_LEASE_MS).identity;
}

/**
 * A worker's sign of life: a text that changes with every bump.
 * - The usual case: the text of the file.
 * - There is no ordinary file, so nobody bumps it: an empty text.
 * - This user may not read the file: its inode, size and time of change.
 * - The file cannot be seen now, which proves nothing: undefined.
 */
export async function readSign(directory: string, host: Host, worker: string): Promise<string | undefined> {
  const path = heartbeatPath(directory, worker);
  try {
    return await readSmall(host, path, 4 * FILE_BYTES);
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT' || code === 'not-a-file') return '';
    if (code !== 'EACCES') return undefined;
    const seen = await host.stat(path).catch(() => undefined);
    return seen && seen.stamp;
  }
}

/** The process that wrote the text, and the lease that it asks for, in ms. The text may be anything. */
function understand(text: string, ownLeaseMs: number): { identity?: Identity; lease: number } {
  let members: unknown;
  try {
    members = JSON.parse(text);
  } catch {
    return { lease: ownLeaseMs };
  }
  if (!isObject(members)) return { lease: ownLeaseMs };
  const { host, pid, boot, namespace, start, leaseMs } = members;
  const isLease = typeof leaseMs === 'number' && leaseMs >= SHORTEST_LEASE_MS && leaseMs <= LONGEST_LEASE_MS;
  const lease = isLease ? leaseMs : ownLeaseMs;
  if (typeof host !== 'string' || !Number.isSafeInteger(pid) || (pid as number) <= 0) return { lease };
  if (typeof boot !== 'string' || typeof namespace !== 'string' || typeof start !== 'string')
    return { lease };
  return { identity: { host, pid: pid as number, boot, namespace, start }, lease };
}
