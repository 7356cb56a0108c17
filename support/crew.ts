/**
 * A process with one or many workers whose training is a pause. For storms and benchmarks.
 *
 * Argument: a `Crew` as JSON. Prints `ready` when all have read the log, and, if asked to tell, a line with the event
 * ids of every append that was acknowledged. Starts at a line on its input and stops at the next one, or when nothing
 * is left; then prints a `CrewReport` as its last line.
 */
import { createInterface } from 'node:readline';
import type { Host } from '../src/log/host.js';
import { nodeHost } from '../src/log/node-host.js';
import { processClock } from '../src/worker/clock.js';
import type { Supervisor } from '../src/worker/supervisor.js';
import { Ledger, recruitMember, type Mission } from './member.js';

export interface Crew extends Mission {
  workers: number;
  /** Whether to tell of every append. */
  tells?: boolean;
  /** Stops by itself after so long. */
  stopAfterMs?: number;
  /** What came before this moment after the start is not counted. */
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

/** Many workers in one process do as if each had a machine of its own, where nobody can prove a death. */
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
