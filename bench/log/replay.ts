/**
 * What does a log cost its readers? Three questions about a log of three million events and a queue of a million
 * configs: how fast it is replayed, how soon a new worker has joined where there are snapshots, how much memory it
 * takes.
 *
 * Every opening is one process. The files are in the page cache, and what was read is checked. For comparison,
 * JSON.parse alone and the CRC alone go over the bytes of one segment.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from '../../src/base/crc.js';
import { segmentPath } from '../../src/log/names.js';
import type { Setting, Table } from './question.js';
import { makeLog, type LogSize, type MadeLog } from './make-log.js';
import type { Opening } from './opener.js';
import { run, script } from './race.js';

/** Opens a log several times; the median by time. */
async function open(log: string, kind: 'snapshots' | 'replay', times: number): Promise<Opening> {
  const openings: Opening[] = [];
  for (let i = 0; i < times; i++) openings.push(await run<Opening>(script('bench/log/opener.js', log, kind)));
  return openings.sort((a, b) => a.seconds - b.seconds)[times >> 1];
}

/** The opening, if it has read what was written. */
function checked(opening: Opening, made: MadeLog, size: LogSize): Opening {
  const { records, configs, finished, troubles } = opening;
  const found = [records, configs, finished, troubles].join();
  const expected = [made.events, size.configs, size.finished, 0].join();
  if (found !== expected) throw new Error(`read ${found} instead of ${expected}`);
  return opening;
}

/** Lines per second of JSON.parse alone, and of the CRC alone, over the last segment, whose lines vary most. */
function alone(log: string, made: MadeLog): { parsed: number; summed: number } {
  const lines = readFileSync(segmentPath(log, Math.max(1, made.segments - 1)))
    .toString('latin1')
    .trimEnd()
    .split('\n');
  const bytes = lines.map(line => Buffer.from(line, 'latin1'));
  const rate = (work: () => void): number => {
    const start = performance.now();
    work();
    return (1000 * lines.length) / (performance.now() - start);
  };
  let sum = 0;
  const parsed = rate(() => lines.forEach(line => (sum += JSON.parse(line).n)));
  const summed = rate(() => bytes.forEach(line => (sum ^= crc32(line.subarray(18)))));
  if (Number.isNaN(sum)) throw new Error('the work was not done');
  return { parsed, summed };
}

/** The same search with a single metric: the lines are shorter, so that the cost of each line counts more. */
async function replayLean(log: string, size: LogSize, times: number) {
  const lean = { ...size, metrics: 1 };
  const made = makeLog(log, lean);
  const { seconds } = checked(await open(log, 'replay', times), made, lean);
  const rates = { replayed: made.events / seconds, ...alone(log, made) };
  rmSync(log, { recursive: true });
  return { ...rates, bytes: Math.round(made.bytes / made.events) };
}

const millions = (value: number): string => (value / 1e6).toFixed(2);

export async function replay({ folder, tiny }: Setting): Promise<Table> {
  const configs = tiny ? 12_000 : 1_200_000;
  const size: LogSize = { configs, finished: configs, perClaim: 2 };
  const log = join(folder, 'finished');
  const made = makeLog(log, size);
  const times = tiny ? 1 : 3;
  const full = checked(await open(log, 'replay', times), made, size);
  const { parsed, summed } = alone(log, made);
  checked(await open(log, 'snapshots', 1), made, size);
  const joined = checked(await open(log, 'snapshots', times), made, size);
  const lean = await replayLean(join(folder, 'lean'), size, times);
  const megabytes = Math.round(made.bytes / 1e6);
  return {
    question: `a log of ${millions(made.events)} million events, ${megabytes} MB, ${made.segments} segments`,
    heads: ['what', 'value', 'goal'],
    rows: [
      ['replayed in full, million events/s', millions(made.events / full.seconds), '1'],
      ['JSON.parse alone, million lines/s', millions(parsed), ''],
      ['CRC alone, million lines/s', millions(summed), ''],
      [
        `the same with one metric, ${lean.bytes} bytes a line, million events/s`,
        millions(lean.replayed),
        '1',
      ],
      ['JSON.parse alone, million lines/s', millions(lean.parsed), ''],
      ['CRC alone, million lines/s', millions(lean.summed), ''],
      ['a full replay takes, s', full.seconds.toFixed(2), ''],
      ['a new worker joins with snapshots, s', joined.seconds.toFixed(2), tiny ? '' : '0.5'],
      ['memory after joining, MB', Math.round(joined.megabytes), ''],
    ],
  };
}

export async function memory({ folder, tiny }: Setting): Promise<Table> {
  const size: LogSize = { configs: tiny ? 10_000 : 1_000_000, finished: 0, perClaim: 1 };
  const log = join(folder, 'queued');
  const made = makeLog(log, size);
  const replayed = checked(await open(log, 'replay', 1), made, size);
  checked(await open(log, 'snapshots', 1), made, size);
  const joined = checked(await open(log, 'snapshots', 1), made, size);
  const row = (what: string, { peakMegabytes, megabytes, baseMegabytes, seconds }: Opening) => {
    const cells = [peakMegabytes, megabytes, baseMegabytes].map(Math.round);
    return [what, ...cells, seconds.toFixed(2)];
  };
  return {
    question: `memory of a worker with ${millions(made.events)} million configs queued, MB (goal: peak below 300)`,
    heads: ['opened by', 'peak', 'then', 'Node alone', 'seconds'],
    rows: [row('full replay', replayed), row('snapshot', joined)],
  };
}
