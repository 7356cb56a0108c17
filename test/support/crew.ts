/**
 * A process with one or many workers in which everything is real (journal, supervisor, heartbeats, observers) but the
 * training, which is a pause. For storms and benchmarks.
 *
 * Argument: a `Crew` as JSON. Prints `ready` when all have read the log, and, if asked to tell, a line with the event
 * ids of every append that was acknowledged. Starts at a line on its input and stops at the next one, or when nothing
 * is left; then prints a `CrewReport` as its last line.
 */
import { createInterface } from 'node:readline';
import { Rng } from '../../src/base/rng.js';
import type { Worker } from '../../src/events/event.js';
import type { Handle, Host } from '../../src/log/host.js';
import { Journal } from '../../src/log/journal.js';
import { makeObserver, startHeartbeat } from '../../src/log/liveness.js';
import { nodeHost } from '../../src/log/node-host.js';
import type { Outcome, Trainer } from '../../src/worker/protocol.js';
import { Supervisor } from '../../src/worker/supervisor.js';

export interface Crew {
  log: string;
  workers: number;
  /** How long a config trains, on the average; each takes between half and one and a half of it. */
  trainMs: number;
  /** How many seconds it says that a config took, if not the truth: who thinks that they take long, claims few. */
  saidSeconds?: number;
  leaseMs: number;
  segmentBytes?: number;
  /** Whether to tell of every append. */
  tells?: boolean;
  /** Stops by itself after so long. */
  stopAfterMs?: number;
  /** What came before this moment after the start is not counted as training or waiting. */
  warmUpMs?: number;
}

export interface CrewReport {
  finished: number;
  /** The time of all trainers, in seconds: training, and waiting for a config. */
  trainedSeconds: number;
  waitedSeconds: number;
  appends: number;
  /** How long the exclusive lock was held. */
  lockedSeconds: number;
  /** The median and the 99th percentile of the time that an append took, in ms. */
  appendMs: { median: number; p99: number };
}

const crew = JSON.parse(process.argv[2]) as Crew;
const host = await nodeHost();
const rng = Rng.from('crew', process.pid);
const appendMs: number[] = [];
let finished = 0;
/** What is measured: from the end of the warm-up until the stop. */
let countsFromMs = 0;
let countsToMs = Infinity;

/** The part of a span, in ms, that is measured. */
function counted(fromMs: number, toMs: number): number {
  return Math.max(0, Math.min(toMs, countsToMs) - Math.max(fromMs, countsFromMs));
}

class PausingTrainer implements Trainer {
  busy = false;
  trainedMs = 0;
  waitedMs = 0;
  private changedMs = performance.now();

  async train(): Promise<Outcome> {
    this.change(true);
    const pauseMs = crew.trainMs * (0.5 + rng.float());
    if (pauseMs > 0) await new Promise(resolve => setTimeout(resolve, pauseMs).unref());
    this.change(false);
    const scores = { validate: { roc_auc: rng.float() } };
    const seconds = crew.saidSeconds ?? pauseMs / 1000;
    return { kind: 'finished', scores, digest: 'none', warnings: [], seconds };
  }

  async end(): Promise<void> {
    this.change(false);
  }

  private change(busy: boolean): void {
    const nowMs = performance.now();
    if (this.busy) this.trainedMs += counted(this.changedMs, nowMs);
    else this.waitedMs += counted(this.changedMs, nowMs);
    this.changedMs = nowMs;
    this.busy = busy;
  }
}

/** Measures what this journal appends, and tells of it. */
function watch(journal: Journal): void {
  const transact = journal.transact.bind(journal);
  journal.transact = async decide => {
    const from = performance.now();
    const written = await transact(decide);
    appendMs.push(performance.now() - from);
    finished += written.filter(({ event, applied }) => event.type === 'finished' && applied).length;
    if (crew.tells) console.log(JSON.stringify(written.map(({ id }) => id)));
    return written;
  };
}

interface Member {
  supervisor: Supervisor;
  trainer: PausingTrainer;
}

async function recruit(ownHost: Host): Promise<Member> {
  const { log, leaseMs, segmentBytes } = crew;
  const worker: Worker = { id: ownHost.newId(), host: ownHost.identity.host, pid: ownHost.identity.pid };
  const journal = await Journal.open(log, ownHost, {
    author: worker.id,
    ...(segmentBytes && { segmentBytes }),
  });
  watch(journal);
  const trainer = new PausingTrainer();
  const supervisor = new Supervisor(
    {
      journal,
      worker,
      heartbeat: await startHeartbeat(log, ownHost, worker, leaseMs),
      observer: makeObserver(log, ownHost, leaseMs),
      readData: () => ({}) as never,
      newTrainer: () => trainer,
      residentBytes: () => 0,
      tell: () => undefined,
    },
    {
      ...{
        jobs: 1,
        timeoutMs: 3_600_000,
        attempts: 3,
        losses: 1_000_000,
        graceMs: 0,
        leaseMs,
        deadlineMs: Infinity,
      },
      ...{ forever: false, versions: { spt: '0.1.0', node: process.versions.node } },
    },
  );
  return { supervisor, trainer };
}

function percentile(sorted: number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
}

function report(members: Member[]): CrewReport {
  appendMs.sort((a, b) => a - b);
  const sum = (of: (trainer: PausingTrainer) => number): number =>
    members.reduce((total, { trainer }) => total + of(trainer), 0) / 1000;
  return {
    finished,
    trainedSeconds: sum(({ trainedMs }) => trainedMs),
    waitedSeconds: sum(({ waitedMs }) => waitedMs),
    appends: appendMs.length,
    lockedSeconds: lockedMs / 1000,
    appendMs: { median: percentile(appendMs, 0.5), p99: percentile(appendMs, 0.99) },
  };
}

/** How long the exclusive lock was held, in ms. */
let lockedMs = 0;

/** Measures how long a file is locked exclusively. */
async function openTimed(...[path, mode]: Parameters<Host['open']>): Promise<Handle> {
  const handle = await host.open(path, mode);
  let lockedAtMs = Infinity;
  return {
    ...handle,
    async lock(kind) {
      const isLocked = await handle.lock(kind);
      if (isLocked && kind === 'exclusive') lockedAtMs = performance.now();
      return isLocked;
    },
    async close() {
      await handle.close();
      lockedMs += Math.max(0, performance.now() - lockedAtMs);
    },
  };
}

/** Many workers in one process do as if each had a machine of its own, where nobody can prove a death. */
function machineOf(i: number): Host {
  if (crew.workers === 1) return { ...host, open: openTimed };
  const identity = { ...host.identity, host: `${host.identity.host}-${process.pid}-${i}`, boot: undefined };
  return { ...host, open: openTimed, identity, isProvenDead: async () => false };
}

const members: Member[] = [];
for (let i = 0; i < crew.workers; i++) members.push(await recruit(machineOf(i)));
const input = createInterface({ input: process.stdin });
const lines = input[Symbol.asyncIterator]();
console.log('ready');
await lines.next();
const startMs = performance.now();
countsFromMs = startMs + (crew.warmUpMs ?? 0);
const runs = members.map(({ supervisor }) => supervisor.run());
const stop = (): void => {
  countsToMs = Math.min(countsToMs, performance.now());
  for (const { supervisor } of members) supervisor.stop();
};
void lines.next().then(stop);
const timer = setTimeout(stop, crew.stopAfterMs ?? 2 ** 31 - 1);
await Promise.all(runs);
clearTimeout(timer);
input.close();
process.stdin.destroy();
console.log(JSON.stringify(report(members)));
