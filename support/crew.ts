/**
 * A process with one or many workers whose training is a pause. For storms and benchmarks.
 *
 * Its argument is a `Crew` as JSON. It prints `ready` when all workers have read the log. It starts at a line on its
 * input, and stops at the next line, or when nothing is left. With `tells`, it prints the event ids of every
 * acknowledged append on one line. Its last line is a `CrewReport`.
 */
import { createInterface } from 'node:readline';
import type { Host } from '../src/log/host.js';
import { nodeHost } from '../src/log/node-host.js';
import { processClock } from '../src/worker/clock.js';
import type { Supervisor } from '../src/worker/supervisor.js';
import { Ledger, recruitMember, type Mission } from './member.js';

export interface Crew extends Mission {
  workers: number;
  /** Whether to print the event ids of every acknowledged append. */
  tells?: boolean;
  /** Stops by itself after this time, in ms. */
  stopAfterMs?: number;
  /** The time after the start in which nothing is counted, in ms. */
  warmUpMs?: number;
}

export interface CrewReport {
  finished: number;
  /** The time of all trainers, in seconds: training, and waiting for a config. */
  trainedSeconds: number;
  waitedSeconds: number;
  appends: number;
  /** The median and the 99th percentile of the time that an append took, in ms. */
  appendMs: { median: number; p99: number };
}

const crew = JSON.parse(process.argv[2]) as Crew;
const host = await nodeHost();
const ledger = new Ledger(processClock);
const tell = crew.tells ? (ids: string[]): void => console.log(JSON.stringify(ids)) : undefined;

/** Gives each of many workers in one process a machine, so that no worker can prove the death of another. */
function machineOf(i: number): Host {
  if (crew.workers === 1) return host;
  const identity = { ...host.identity, host: `${host.identity.host}-${process.pid}-${i}`, boot: undefined };
  return { ...host, identity, isProvenDead: async () => false };
}

const members: Supervisor[] = [];
for (let i = 0; i < crew.workers; i++) members.push(await recruitMember(crew, machineOf(i), ledger, tell));
const input = createInterface({ input: process.stdin });
const lines = input[Symbol.asyncIterator]();
console.log('ready');
await lines.next();
ledger.fromMs = performance.now() + (crew.warmUpMs ?? 0);
const runs = members.map(member => member.run());
const stop = (): void => {
  ledger.toMs = Math.min(ledger.toMs, performance.now());
  for (const member of members) member.stop();
};
void lines.next().then(stop);
const timer = setTimeout(stop, crew.stopAfterMs ?? 2 ** 31 - 1);
await Promise.all(runs);
clearTimeout(timer);
input.close();
process.stdin.destroy();
const report: CrewReport = {
  finished: ledger.finished,
  trainedSeconds: ledger.trainedMs / 1000,
  waitedSeconds: ledger.waitedMs / 1000,
  appends: ledger.appendMs.length,
  appendMs: { median: ledger.appendPercentile(0.5), p99: ledger.appendPercentile(0.99) },
};
console.log(JSON.stringify(report));
