/**
 * One client of `npm run test:nfs`. It appends configs to a log, one after the other, each through the journal with
 * one lock and one fsync. Arguments: the log, the number of the first config, the number of configs, `locked` or
 * `unlocked`. With `unlocked`, every lock is said to be granted and none is taken, to show what the lock is for. With
 * the arguments `count` and a log, it prints what a client reads.
 */
import type { Host } from '../../src/log/host.js';
import { Journal } from '../../src/log/journal.js';
import { nodeHost } from '../../src/log/node-host.js';
import { enqueue } from '../../support/log-helpers.js';
import { judgeRawLog } from '../../support/raw-log.js';

/** What a client has appended, and how long an append took. */
export interface Appended {
  acknowledged: number;
  seconds: number;
  medianMs: number;
  longestMs: number;
  /** Appends that failed, unlocked; the first error. */
  failed: number;
  error?: string;
}

/** What a client reads: the raw lines, and what the journal makes of them. */
export interface Found {
  records: number;
  torn: number;
  configs: number;
  outOfOrder: number;
  troubles: { [name: string]: number };
}

/** A host whose locks are granted without being taken. */
function unlocked(host: Host): Host {
  return {
    ...host,
    open: async (path, mode) => ({ ...(await host.open(path, mode)), lock: async () => true }),
  };
}

async function append(log: string, first: number, count: number, isLocked: boolean): Promise<Appended> {
  const real = await nodeHost();
  const journal = await Journal.open(log, isLocked ? real : unlocked(real), { snapshots: false });
  const tookMs: number[] = [];
  const errors: string[] = [];
  const start = performance.now();
  for (let i = first; i < first + count; i++) {
    const from = performance.now();
    await journal.transact(() => enqueue(i)).catch(error => errors.push((error as Error).message));
    tookMs.push(performance.now() - from);
  }
  const seconds = (performance.now() - start) / 1000;
  if (isLocked && errors.length > 0) throw new Error(errors[0]);
  tookMs.sort((a, b) => a - b);
  const [medianMs, longestMs] = [tookMs[count >> 1], tookMs[count - 1]];
  return {
    acknowledged: count - errors.length,
    seconds,
    medianMs,
    longestMs,
    failed: errors.length,
    error: errors[0],
  };
}

async function read(log: string): Promise<Found> {
  const { records, torn, enqueued, broken } = judgeRawLog(log);
  const { state } = await Journal.open(log, await nodeHost(), { snapshots: false });
  if (state.size !== enqueued)
    throw new Error(`the journal finds ${state.size} configs, the raw lines have ${enqueued}`);
  return { records, torn, configs: enqueued, outOfOrder: broken.length, troubles: { ...state.troubles } };
}

const [command, log, first, count, locking] = process.argv.slice(2);
const answer =
  command === 'read'
    ? await read(log)
    : await append(log, Number(first), Number(count), locking !== 'unlocked');
console.log(JSON.stringify(answer));
