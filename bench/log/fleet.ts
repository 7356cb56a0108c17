/**
 * For which part of their time do 700 workers train, if a config takes a second? Each worker is a real supervisor
 * with its own journal, heartbeat and observer; only the training is a pause. The question is asked twice:
 *
 * - `fleet`: each as if it had a machine of its own, on a file server in virtual time. What a call to the server
 *   takes is assumed, and told; what it takes to read the log is measured here.
 * - `crowd`: all on this machine and its real file system, in a few processes. Every worker replays what all append, so
 *   that its few processors do all the reading that 700 machines would share.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Rng } from '../../src/base/rng.js';
import type { Supervisor } from '../../src/worker/supervisor.js';
import type { Crew, CrewReport } from '../../support/crew.js';
import { Ledger, recruitMember } from '../../support/member.js';
import { judgeRawLog } from '../../support/raw-log.js';
import type { Setting, Table } from './question.js';
import { makeLog } from './make-log.js';
import type { Opening } from './opener.js';
import { race, reportsOf, run, script } from './race.js';
import { World, type Costs } from '../../support/world/world.js';

interface Size {
  workers: number;
  configs: number;
  trainMs: number;
  warmUpMs: number;
  stopAfterMs: number;
}

const LARGE: Size = { workers: 700, configs: 60_000, trainMs: 1000, warmUpMs: 20_000, stopAfterMs: 50_000 };
const TINY: Size = { workers: 8, configs: 4000, trainMs: 20, warmUpMs: 300, stopAfterMs: 1000 };
const LEASE_MS = 60_000;

/** A file server: how long calls take, in ms. */
interface Server {
  /** Every call that goes to the server: open, lock, read, close and the like. */
  callMs: number;
  /** What fsync takes beyond that. */
  syncMs: number;
  /** How much longer than elsewhere it takes until all workers hold configs, because all start at once; in ms. */
  slowStartMs: number;
}

const SERVERS: { [name: string]: Server } = {
  'a fast server': { callMs: 0.2, syncMs: 0.3, slowStartMs: 0 },
  'a common one': { callMs: 0.5, syncMs: 2, slowStartMs: 0 },
  'a slow one': { callMs: 2, syncMs: 10, slowStartMs: 20_000 },
};

/** Looks for everything that was reported in the log's raw lines. */
function check(log: string, reported: number): void {
  const { finished, twice, conflicts, broken } = judgeRawLog(log);
  if (finished.size !== reported || twice.length + conflicts.length + broken.length > 0)
    throw new Error(`${reported} reported, ${finished.size} in the log; ${twice} ${conflicts} ${broken}`);
}

const percent = (trained: number, waited: number): string =>
  ((100 * trained) / (trained + waited)).toFixed(1);

function aboutOf({ workers, trainMs }: Size): string {
  return `${workers} workers, configs of ${trainMs / 1000} s`;
}

export async function fleet({ folder, tiny }: Setting): Promise<Table> {
  const size = tiny ? TINY : LARGE;
  const log = join(folder, 'fleet');
  const { bytes } = makeLog(log, { configs: size.configs, finished: 0, perClaim: 1 }, true);
  const opening = await run<Opening>(script('bench/log/opener.js', log, 'snapshots'));
  const megabyteMs = (1000 * opening.seconds) / (bytes / 2 ** 20);
  const rows: Table['rows'] = [];
  for (const [name, server] of Object.entries(SERVERS).slice(0, tiny ? 1 : undefined)) {
    const warmUpMs = size.warmUpMs + server.slowStartMs;
    const stopAfterMs = size.stopAfterMs + server.slowStartMs;
    const cells = await onServer(log, join(folder, name), server, megabyteMs, {
      ...size,
      warmUpMs,
      stopAfterMs,
    });
    rows.push([name, ...cells]);
  }
  return {
    question: `${aboutOf(size)}, each worker with a machine of its own (goal: 95%)`,
    heads: [
      ...[
        'server',
        'call, ms',
        'fsync, ms',
        'from second',
        'training, %',
        'configs/s',
        'appends/s',
        'calls/s',
      ],
      ...['append, ms: median', '99th percentile'],
    ],
    rows,
  };
}

/**
 * What calls to a server cost. The machine itself answers the size, because an open or a lock has fetched it, and
 * takes a write, because a sync sends the bytes. A reader's processor takes time for each megabyte of the log.
 */
function costsOf({ callMs, syncMs }: Server, megabyteMs: number): Costs {
  return ({ name, length }) => {
    if (name === 'size' || name === 'write' || name === 'isProvenDead') return undefined;
    if (name === 'sleep') return 0;
    if (name === 'sync' || name === 'syncDirectory') return callMs + syncMs;
    return name === 'read' ? callMs + (length / 2 ** 20) * megabyteMs : callMs;
  };
}

/** One search in virtual time, on a copy of the log in memory; the cells of its row. */
async function onServer(
  template: string,
  log: string,
  server: Server,
  megabyteMs: number,
  size: Size,
): Promise<(string | number)[]> {
  const world = new World(Rng.from('fleet'), { kind: 'local', costs: costsOf(server, megabyteMs) });
  for (const name of readdirSync(template))
    world.setFile(join(log, name), readFileSync(join(template, name)));
  const ledger = new Ledger(world.time);
  const members: Supervisor[] = [];
  for (let i = 0; i < size.workers; i++) {
    world.start(world.addMachine(`node${i}`), `node${i}`, async host => {
      members.push(await recruitMember({ log, trainMs: size.trainMs, leaseMs: LEASE_MS }, host, ledger));
    });
  }
  await world.run();
  if (members.length < size.workers) throw new Error(`${members.length} workers have started`);
  const startMs = world.nowMs;
  ledger.fromMs = startMs + size.warmUpMs;
  ledger.toMs = startMs + size.stopAfterMs;
  let calls = 0;
  world.time.after(size.warmUpMs, () => (calls -= world.calls));
  world.time.after(size.stopAfterMs, () => {
    calls += world.calls;
    for (const member of members) member.stop();
  });
  const runs = Promise.all(members.map(member => member.run()));
  await world.run();
  await runs;
  mkdirSync(log);
  for (const path of world.paths()) if (path.endsWith('.jsonl')) writeFileSync(path, world.bytesOf(path)!);
  check(log, ledger.finished);
  const seconds = (size.stopAfterMs - size.warmUpMs) / 1000;
  const appendMs = [0.5, 0.99].map(part => ledger.appendPercentile(part).toFixed(0));
  return [
    ...[server.callMs, server.syncMs, size.warmUpMs / 1000, percent(ledger.trainedMs, ledger.waitedMs)],
    ...[ledger.trainedMs / size.trainMs, ledger.appendMs.length, calls].map(sum => Math.round(sum / seconds)),
    ...appendMs,
  ];
}

export async function crowd({ folder, tiny }: Setting): Promise<Table> {
  const size = tiny ? TINY : LARGE;
  const processes = tiny ? 2 : 28;
  const log = join(folder, 'crowd');
  makeLog(log, { configs: size.configs, finished: 0, perClaim: 1 }, true);
  const { trainMs, warmUpMs, stopAfterMs } = size;
  const crew: Crew = {
    log,
    workers: size.workers / processes,
    trainMs,
    leaseMs: LEASE_MS,
    stopAfterMs,
    warmUpMs,
  };
  const commands = Array.from({ length: processes }, () => script('support/crew.js', JSON.stringify(crew)));
  await run(script('bench/log/opener.js', log, 'snapshots'));
  const { results } = await race<CrewReport>(commands);
  const reports = reportsOf(results);
  const sum = (of: (report: CrewReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  check(
    log,
    sum(({ finished }) => finished),
  );
  const seconds = (stopAfterMs - warmUpMs) / 1000;
  const trained = sum(({ trainedSeconds }) => trainedSeconds);
  const most = (of: (report: CrewReport) => number): string => Math.max(...reports.map(of)).toFixed(0);
  return {
    question: `${aboutOf(size)}, all on this machine, in ${processes} processes`,
    heads: ['what', 'value'],
    rows: [
      [
        'time spent training, %',
        percent(
          trained,
          sum(({ waitedSeconds }) => waitedSeconds),
        ),
      ],
      ['configs per second', Math.round((1000 * trained) / trainMs / seconds)],
      ['appends per second', Math.round(sum(({ appends }) => appends) / seconds)],
      ['an append takes, ms (median)', most(({ appendMs }) => appendMs.median)],
      ['an append takes, ms (99th percentile)', most(({ appendMs }) => appendMs.p99)],
    ],
  };
}
