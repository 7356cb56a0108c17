/** A worker within its limits: the end of its job, signals, memory. The supervisor is real, its trainers stand in. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Config } from '../../src/base/config.js';
import { Journal } from '../../src/log/journal.js';
import { nodeHost } from '../../src/log/node-host.js';
import { controlGroupMemory } from '../../src/worker/memory.js';
import { Pace, closingSeconds } from '../../src/worker/pacing.js';
import { watched } from '../../src/worker/watch.js';
import { processClock } from '../../src/worker/clock.js';
import type { Outcome } from '../../src/worker/protocol.js';
import type { WorkOptions } from '../../src/worker/environment.js';
import type { Supervisor } from '../../src/worker/supervisor.js';
import { PausingTrainer, finishedAfter, type Training } from '../../support/pausing-trainer.js';
import { recruit } from '../../support/supervisor.js';
import { type Search, makeSearch, smallConfig } from '../../support/search.js';

const Limits = suite('worker limits');

/** Four configs of each split (three lasso and one nn), and a worker with two trainers. */
async function makeWorker(
  limits: Partial<WorkOptions>,
  milliseconds: (config: Config) => number,
  sizeOf: (config: Config) => number = () => 0,
  splits = ['A1', 'B2'],
  failure: (config: Config, trainers: readonly PausingTrainer[]) => Outcome | undefined = () => undefined,
): Promise<{ search: Search; supervisor: Supervisor; trainers: PausingTrainer[] }> {
  const search = makeSearch();
  assert.is((await search.sptHere('enqueue', '--splits', ...splits, '--validate')).code, 0);
  const log = join(search.root, 'log');
  const host = await nodeHost();
  const worker = { id: host.newId(), host: 'here', pid: process.pid };
  const trainers: PausingTrainer[] = [];
  const trainingOf = (config: Config): Training => {
    const pauseMs = milliseconds(config);
    const outcome = failure(config, trainers) ?? finishedAfter(pauseMs / 1000, '0'.repeat(32));
    return { pauseMs, outcome };
  };
  const journal = await Journal.open(log, host, { author: worker.id });
  const supervisor = await recruit(host, processClock, journal, {
    worker,
    newTrainer: () => trainers[trainers.push(new PausingTrainer(processClock, trainingOf)) - 1],
    residentBytes: () => trainers.reduce((sum, { config }) => sum + (config ? sizeOf(config) : 0), 0),
    options: { jobs: 2, timeoutMs: 60_000, ...limits },
  });
  return { search, supervisor, trainers };
}

/** How many configs each status has, and every reason of a release, after the worker has gone. */
async function outcome(search: Search): Promise<{ [what: string]: number | string[] }> {
  const { out } = await search.sptHere('replay', '--summary', '--json');
  const { finished, failed, running, queued } = JSON.parse(out);
  const why = search.events().flatMap(event => (event.type === 'released' ? [event.why] : []));
  search.remove();
  return { finished, failed, running, queued, why: [...new Set(why)] };
}

const later = (ms: number, act: () => void): void => void setTimeout(act, ms);

Limits('a worker leaves before its end, and gives back what was running', async () => {
  const { search, supervisor } = await makeWorker({ deadlineMs: 2000, jobs: 3 }, ({ pipeline }) =>
    pipeline === 'lasso' ? 10 : 60_000,
  );
  const started = performance.now();
  const tally = await supervisor.run();
  const milliseconds = performance.now() - started;
  assert.ok(milliseconds > 1500 && milliseconds < 2600, `it went after ${milliseconds} ms`);
  assert.equal([tally.finished, tally.failed], [6, 0]);
  const { finished, running, queued, why } = await outcome(search);
  assert.equal([finished, running, queued], [6, 0, 2], 'the two that never end wait for another worker');
  assert.equal(why, ['deadline']);
});

Limits('a worker claims only what is expected to fit, and ends when nothing does', async () => {
  const milliseconds = ({ pipeline }: Config): number => (pipeline === 'lasso' ? 1700 : 10);
  const { search, supervisor } = await makeWorker({ deadlineMs: 4000, jobs: 1 }, milliseconds, () => 0, [
    'A1',
  ]);
  const started = performance.now();
  const tally = await supervisor.run();
  // it closes after 3.6 s, and a second lasso would want 1.5 x 1.7 s of the 1.9 s that the first one left
  assert.is(tally.finished, 2);
  assert.ok(performance.now() - started < 3500, 'it did not wait for its end');
  const { running, failed, finished, queued } = await outcome(search);
  assert.equal([running, failed, finished, queued], [0, 0, 2, 2]);
});

Limits('a warning lets running configs end, and starts nothing new', async () => {
  const { search, supervisor } = await makeWorker({ deadlineMs: 30_000, graceMs: 0 }, () => 1500);
  later(500, () => supervisor.warn());
  later(700, () => supervisor.warn());
  const started = performance.now();
  const tally = await supervisor.run();
  assert.ok(performance.now() - started < 6000);
  assert.is(tally.finished, 2, 'what was running has finished, though the grace time is 0');
  const { running, queued, why } = await outcome(search);
  assert.equal([running, queued, why], [0, 6, ['signal']]);
});

Limits('with no grace a stop gives everything back at once, also after a warning', async () => {
  for (const isWarned of [false, true]) {
    const { search, supervisor } = await makeWorker({ deadlineMs: 60_000, graceMs: 0 }, () => 30_000);
    if (isWarned) later(300, () => supervisor.warn());
    later(500, () => supervisor.stop());
    const started = performance.now();
    await supervisor.run();
    assert.ok(performance.now() - started < 2500);
    const { running, queued, finished } = await outcome(search);
    assert.equal([running, queued, finished], [0, 8, 0]);
  }
});

Limits('a config that needs too much memory fails, and those beside it do not', async () => {
  const ran: string[] = [];
  const { search, supervisor, trainers } = await makeWorker(
    { memoryBytes: 1000 },
    ({ pipeline }) => (pipeline === 'nn' ? 1000 : 150),
    ({ pipeline }) => {
      if (pipeline === 'nn') ran.push(trainers.map(({ config }) => config?.pipeline ?? '-').join(' '));
      return pipeline === 'nn' ? 920 : 100;
    },
  );
  const tally = await supervisor.run();
  assert.equal([tally.finished, tally.failed], [6, 2]);
  assert.ok(ran.includes('nn -'), 'it was tried alone');
  const failures = search.events().filter(({ type }) => type === 'failed');
  assert.equal(
    failures.map(({ kind }) => kind),
    ['memory', 'memory'],
  );
  assert.match(failures[0].message, /for this config alone/);
  assert.ok(
    failures.every(({ seconds }) => seconds > 0 && seconds < 1),
    'it says how long it was tried',
  );
  const { finished, failed, running } = await outcome(search);
  assert.equal([finished, failed, running], [6, 2, 0]);
});

Limits('what finds no memory beside others is tried again alone, and only then it has failed', async () => {
  const tries: string[] = [];
  const { search, supervisor } = await makeWorker(
    {},
    () => 100,
    () => 0,
    ['A1', 'B2'],
    ({ pipeline, split }, trainers) => {
      if (pipeline !== 'nn') return undefined;
      const isCrowded = trainers.some(({ busy }) => busy);
      tries.push(`${split} ${isCrowded ? 'beside' : 'alone'}`);
      const message = 'needs 2 GiB at once';
      const failure: Outcome = { kind: 'failed', failure: 'memory', message, retry: true, seconds: 0.1 };
      return isCrowded || split === 'B2' ? failure : undefined;
    },
  );
  const tally = await supervisor.run();
  assert.equal([tally.finished, tally.failed], [7, 1]);
  assert.ok(tries.includes('A1 beside') && tries.includes('A1 alone'), tries.join(', '));
  assert.ok(tries.includes('B2 alone'), tries.join(', '));
  const failures = search.events().filter(({ type }) => type === 'failed');
  assert.is(failures.length, 1, 'what failed beside others is no failure');
  const { finished, failed, running } = await outcome(search);
  assert.equal([finished, failed, running], [7, 1, 0]);
});

Limits('what has lost half of its workers is claimed and trained with nothing beside it', async () => {
  const beside: string[] = [];
  const { search, supervisor, trainers } = await makeWorker(
    { losses: 4 },
    ({ id }) => {
      const others = trainers.flatMap(({ config }) => config?.id ?? []).filter(other => other !== id);
      if (doubtful.includes(id) && others.length > 0) beside.push(id);
      return 50;
    },
    () => 0,
    ['A1', 'B2'],
    (_, trainers) => void (most = Math.max(most, trainers.filter(({ busy }) => busy).length)),
  );
  let most = 0;
  const doubtful = search
    .events()
    .slice(2, 5)
    .map(({ config }) => config.id);
  const other = await Journal.open(join(search.root, 'log'), await nodeHost(), { author: 'other' });
  for (let loss = 0; loss < 2; loss++) {
    const worker = { id: `gone${loss}`, host: 'there', pid: 1 };
    const [{ n }] = await other.transact(() => [{ type: 'claimed', configs: doubtful, worker }]);
    await other.transact(() => [
      { type: 'released', claim: n, configs: doubtful, why: 'lost', worker: worker.id },
    ]);
  }
  assert.is((await supervisor.run()).finished, 8);
  assert.equal(beside, []);
  assert.is(most, 1, 'the others are trained two at a time');
  const claims = search.events().filter(({ type, worker }) => type === 'claimed' && worker.host === 'here');
  const withThem = claims.filter(({ configs }) => configs.some((id: string) => doubtful.includes(id)));
  assert.equal(
    withThem.map(({ configs }) => configs.length),
    [1, 1, 1],
  );
  search.remove();
});

Limits('what is too much together is trained one at a time', async () => {
  const { search, supervisor } = await makeWorker(
    { memoryBytes: 1000 },
    () => 250,
    () => 500,
  );
  const tally = await supervisor.run();
  assert.equal([tally.finished, tally.failed], [8, 0]);
  assert.is((await outcome(search)).finished, 8);
});

Limits('spt work --memory bounds the kernels of a trainer', () => {
  const pipes = `
large:
  - MLPClassifier: { hidden_layer_sizes: [[6000, 6000]], max_iter: [2] }
lasso:
  - LogisticRegression: { penalty: l1, C: [1] }
`;
  const config = smallConfig.replace('lease: 3s', 'lease: 3s, attempts: 1');
  const search = makeSearch({ config, pipes });
  search.spt('enqueue', '--splits', 'train_A1');
  const { code, out, err } = search.spt('work', '-j', '1', '--memory', '300M', '--json');
  assert.is(code, 0, err);
  assert.is(JSON.parse(out).finished, 1);
  const failures = search.events().filter(({ type }) => type === 'failed');
  assert.ok(failures.length > 0 && failures.every(({ kind }) => kind === 'memory'));
  search.remove();
});

Limits('the smallest limit of the control groups counts', () => {
  const root = mkdtempSync(join(tmpdir(), 'spt-cgroup-'));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  assert.is(controlGroupMemory(root), undefined);
  write('proc/self/cgroup', '0::/system/job_7/step\n');
  assert.is(controlGroupMemory(root), undefined);
  write('sys/fs/cgroup/system/job_7/step/memory.max', 'max\n');
  write('sys/fs/cgroup/system/job_7/memory.max', '2147483648\n');
  write('sys/fs/cgroup/system/memory.max', '8589934592\n');
  assert.is(controlGroupMemory(root), 2 ** 31);
  write('proc/self/cgroup', '5:cpu:/x\n4:memory:/slurm/uid_0\n0::/\n');
  write('sys/fs/cgroup/memory/slurm/memory.limit_in_bytes', '1073741824\n');
  write('sys/fs/cgroup/memory/memory.limit_in_bytes', '9223372036854771712\n');
  assert.is(controlGroupMemory(root), 2 ** 30);
  rmSync(root, { recursive: true });
});

Limits('what fits is decided by what was timed', () => {
  const pace = new Pace();
  assert.is(pace.fits('svc', 'A1', 0.1), true, 'nobody knows yet: worth a try');
  assert.is(pace.fits('svc', 'A1', 0), false);
  pace.learn('svc', 'A1', 10);
  assert.equal(
    [14.9, 15.1].map(left => pace.fits('svc', 'A1', left)),
    [false, true],
  );
  assert.is(pace.fits('svc', 'B2', 1), true);
  assert.equal([3600, 60, 20].map(closingSeconds), [10, 6, 2]);
});

Limits('every worker is watched by as many others, however many there are', () => {
  const ids = Array.from({ length: 700 }, (_, i) => `w${(i * 389) % 700}`);
  const seen = ids.flatMap(own => watched(own, ids, 16));
  const watchers = new Map(ids.map(id => [id, seen.filter(other => other === id).length]));
  assert.equal(new Set(watchers.values()), new Set([16]));
  assert.equal(watched('w5', ['w7', 'w5', 'w1']), ['w7', 'w1'], 'all while there are few');
  assert.is(watched('new', ids, Infinity).length, 700);
});

Limits.run();
