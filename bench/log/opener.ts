/**
 * A process that opens a log once and prints what that took. Arguments: the log, `snapshots` or `replay`.
 */
import { readFileSync } from 'node:fs';
import { Journal } from '../../src/log/journal.js';
import { nodeHost } from '../../src/log/node-host.js';

export interface Opening {
  seconds: number;
  records: number;
  configs: number;
  finished: number;
  troubles: number;
  /** Before and after; and the most there ever was. */
  baseMegabytes: number;
  megabytes: number;
  peakMegabytes: number;
}

const MEGABYTE = 1e6;

/** The most memory that the process has held (proc(5), VmHWM). getrusage would count its parent's before exec, too. */
function peakBytes(): number {
  const [, kibibytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))!;
  return 1024 * Number(kibibytes);
}

const [directory, kind] = process.argv.slice(2);
const host = await nodeHost();
const baseMegabytes = process.memoryUsage.rss() / MEGABYTE;
const start = performance.now();
const { state } = await Journal.open(directory, host, { snapshots: kind === 'snapshots' });
const seconds = (performance.now() - start) / 1000;
const opening: Opening = {
  seconds,
  records: state.n,
  configs: state.size,
  finished: state.count('finished'),
  troubles: Object.values(state.troubles).reduce((sum, count) => sum + count, 0),
  baseMegabytes,
  megabytes: process.memoryUsage.rss() / MEGABYTE,
  peakMegabytes: peakBytes() / MEGABYTE,
};
console.log(JSON.stringify(opening));
