/** `spt status` as a user sees it: the counts are the log's, the workers' signs are judged, and nothing is written. */
import { spawnSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Draft, Finished } from '../../src/events/format/event.js';
import { nodeHost } from '../../src/log/node-host.js';
import { WorkLine } from '../../src/commands/output/work-line.js';
import { Journal } from '../../src/log/journal.js';
import { claim, fail, finish, idOf, makeConfig } from '../../support/log-helpers.js';
import { makeSearch, type Search } from '../../support/search.js';
import { linesOf } from '../../support/random-log.js';
import { writeLog } from '../../support/written-log.js';

const Status = suite('spt status');

const config = (i: number, pipeline = 'lasso') =>
  makeConfig(i, {
    ...{ pipeline, split: 'train_A1', cv: { folds: 3 }, seed: 7 },
    steps: [{ LogisticRegression: { C: 10 ** (i % 3) } }],
  });
const enqueued = (i: number, pipeline?: string): Draft => ({ type: 'enqueued', config: config(i, pipeline) });
const done = (i: number, epoch: number, seconds: number, score: number): Finished => ({
  ...finish(i, epoch, score),
  seconds,
});
const numbers = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Twenty configs, of which ten are finished, one has failed, two are held, and seven are queued. */
function middle(): Draft[] {
  return [
    ...numbers(20).map(i => enqueued(i)),
    claim('w1', ...numbers(13)),
    ...numbers(10).map(i => done(i, 21, 2, 0.5 + i / 100)),
    fail(10, 21, { kind: 'timeout', seconds: 5 }),
  ];
}

async function json(search: Search, ...args: string[]): Promise<any> {
  const { code, out, err } = await search.sptHere('status', '--json', ...args);
  assert.is(code, 0, err);
  return JSON.parse(out);
}

async function sign(search: Search, id: string, more: object = {}): Promise<void> {
  const { identity } = await nodeHost();
  const text = { worker: id, ...identity, leaseMs: 60_000, count: 1, at: new Date().toISOString(), ...more };
  search.write(`log/workers/${id}.json`, JSON.stringify(text));
}

Status('counts, failures by kind, the best and the chance are those of the log', async () => {
  const search = makeSearch();
  writeLog(search, middle());
  const before = search.logBytes();
  const told = await json(search);
  assert.equal(
    [told.configs, told.finished, told.failed, told.running, told.queued, told.n],
    [20, 10, 1, 2, 7, 32],
  );
  assert.equal(told.failures, { timeout: 1 });
  const [group] = told.groups;
  assert.equal([group.pipeline, group.split, group.finished], ['lasso', 'train_A1', 10]);
  assert.equal(group.best, { config: idOf(9), score: 0.59 });
  assert.equal(group.chance, { chance: 9 / 20, low: 7 / 20, high: 9 / 20 });
  assert.equal(told.chances, [{ split: 'train_A1', scoring: 'roc_auc', chance: group.chance }]);
  assert.is(search.logBytes(), before);
  search.remove();
});

Status('the time that is left is that of the living threads, and of those that are asked for', async () => {
  const search = makeSearch();
  writeLog(search, middle());
  const nobody = await json(search);
  assert.is(nobody.timeLeft, undefined);
  assert.is(nobody.workers[0].liveness, 'silent');
  const text = (await search.sptHere('status')).out;
  assert.match(text, /nobody works on it\. Start a worker: spt work/);
  assert.match(text, /silent: no sign of life/);
  // Nine configs of about 2 s: with one thread about 18 s, with nine threads about 2 s.
  const asked = await json(search, '--threads', '9');
  assert.ok(asked.timeLeftWithThreads.seconds > 1 && asked.timeLeftWithThreads.seconds < 7);
  await sign(search, 'w1', { threads: 2, since: new Date().toISOString(), training: [] });
  const told = await json(search, '--threads', '1');
  assert.is(told.threads, 2);
  assert.equal([told.training, told.workers[0].liveness, told.workers[0].threads], [2, 'alive', 2]);
  const { timeLeft, timeLeftWithThreads } = told;
  assert.ok(timeLeft.seconds > 5 && timeLeft.seconds < 25, String(timeLeft.seconds));
  assert.ok(timeLeftWithThreads.seconds > 1.5 * timeLeft.seconds);
  assert.ok(timeLeft.lowSeconds <= timeLeft.seconds && timeLeft.seconds <= timeLeft.highSeconds);
  search.remove();
});

Status('a worker that claims more than it has threads trains only as many', async () => {
  const search = makeSearch();
  writeLog(search, [...numbers(8).map(i => enqueued(i)), claim('w1', ...numbers(6))]);
  const since = Math.round(Date.now() / 1000) - 30;
  await sign(search, 'w1', { threads: 1, training: [[idOf(2).slice(0, 8), since]] });
  const told = await json(search);
  assert.equal([told.running, told.training, told.queued], [6, 1, 2]);
  const [worker] = told.workers;
  assert.equal(worker.training, [{ config: idOf(2), since: new Date(1000 * since).toISOString() }]);
  assert.equal(worker.waiting, [0, 1, 3, 4, 5].map(idOf));
  const { out } = await search.sptHere('status');
  assert.match(out, /1 training, 5 claimed, 2 queued/);
  assert.match(out.replace(/\s+/g, ' '), /by a guess, because none was ever timed/);
  search.remove();
});

Status('dead, silent, idle and unknown workers are told apart', async () => {
  const { identity } = await nodeHost();
  if (!identity.boot || !identity.namespace) return;
  const search = makeSearch();
  const ids = ['dead', 'quiet', 'far', 'old'];
  writeLog(search, [...numbers(4).map(i => enqueued(i)), ...ids.map((id, i) => claim(id, i))]);
  const { pid } = spawnSync(process.execPath, ['--version']);
  await sign(search, 'dead', { pid, start: '1', threads: 1 });
  await sign(search, 'quiet', { host: 'else', boot: 'b', at: '2020-01-01T00:00:00.000Z', threads: 4 });
  await sign(search, 'far', { host: 'else', boot: 'b', threads: 8 });
  await sign(search, 'old', { host: 'else', boot: 'b', at: undefined });
  await sign(search, 'idle', { threads: 16, since: new Date().toISOString() });
  await sign(search, 'left-behind', { pid, start: '1', threads: 1 });
  const told = await json(search);
  const liveness = Object.fromEntries(told.workers.map((one: any) => [one.worker.id, one.liveness]));
  assert.equal(liveness, { dead: 'dead', far: 'alive', idle: 'alive', old: 'unknown', quiet: 'silent' });
  assert.is(told.threads, 8 + 16 + 1);
  search.remove();
});

Status('a past moment is told from the log alone, and the same each time', async () => {
  const search = makeSearch();
  writeLog(search, middle());
  await sign(search, 'w1', { threads: 7 });
  const past = await json(search, '--at', '26');
  assert.equal([past.finished, past.running, past.queued], [5, 8, 7]);
  assert.is(past.at, '2026-01-01T00:00:25.000Z');
  assert.equal(await json(search, '--at', '26'), past);
  assert.ok(past.timeLeft.seconds > 0);
  assert.not.equal(past.threads, 7);
  assert.is((await json(search, '--at', '2026-01-01T00:00:25Z')).finished, 5);
  assert.is((await search.sptHere('status', '--at', '3', '--watch')).code, 2);
  search.remove();
});

Status('the moment of a past record is its time, also before anything was claimed', async () => {
  const search = makeSearch();
  writeLog(search, middle());
  for (const n of [1, 20, 21, 22]) {
    const { at } = await json(search, '--at', String(n));
    assert.is(at, new Date(Date.UTC(2026, 0, 1, 0, 0, n - 1)).toISOString());
  }
  search.remove();
});

Status('a record whose time is no time is shown without one', async () => {
  const search = makeSearch();
  const bad = new Set([20, 21, 31]);
  const at = (i: number): string =>
    bad.has(i) ? 'yesterday' : new Date(Date.UTC(2026, 0, 1, 0, 0, i)).toISOString();
  const lines = linesOf(middle(), i => ({ id: `event${i}`, at: at(i), by: 'here:1' }));
  search.write('log/events-000001.jsonl', Buffer.concat(lines));
  const now = await json(search);
  assert.is(now.workers[0].since, now.at);
  assert.equal([now.rates.configs, now.finished], [0, 10]);
  const { code, out } = await search.sptHere('status', '--at', '32');
  assert.is(code, 0);
  assert.match(out, /speed +54 configs/);
  assert.not.match(out, /NaN/);
  search.remove();
});

Status('it fits 80 columns, and text of the log stays text', async () => {
  const search = makeSearch();
  const evil = '\u001b[\u202e';
  const pipelines = ['elasticnet', 'xgboost', evil];
  const drafts: Draft[] = numbers(30).map(i => enqueued(i, pipelines[i % 3]));
  const worker = { id: 'w1', host: evil, pid: 1 };
  writeLog(search, [
    ...drafts,
    { ...claim('w1', ...numbers(20)), worker },
    ...numbers(12).map(i => done(i, 31, 1 + i, 0.7)),
  ]);
  await sign(search, 'w1', { host: 'else', threads: 3 });
  const { out, code } = await search.sptHere('status', '--threads', '5');
  assert.is(code, 0);
  assert.not.match(out, /[\u001b\u202e]/);
  assert.match(out, /\\u001b/);
  const longest = out
    .split('\n')
    .filter(line => !line.startsWith('w1 '))
    .reduce((a, line) => Math.max(a, line.length), 0);
  assert.ok(longest <= 80, `${longest} columns:\n${out}`);
  search.remove();
});

Status('filters, nothing left, nothing enqueued, no log', async () => {
  const search = makeSearch();
  assert.match((await search.sptHere('status')).err, /there is no log [^]*Run spt enqueue first/);
  assert.is((await search.sptHere('status')).code, 2);
  writeLog(search, [
    ...numbers(4).map(i => enqueued(i, i < 2 ? 'lasso' : 'svc')),
    claim('w1', 0, 1),
    done(0, 5, 1, 0.5),
    done(1, 5, 1, 0.6),
  ]);
  assert.is((await json(search, '--pipelines', 'svc')).configs, 2);
  const over = await json(search, '--pipelines', 'lasso');
  assert.equal([over.configs, over.timeLeft, over.groups[0].chance.chance], [2, undefined, 0]);
  assert.match((await search.sptHere('status', '--pipelines', 'lasso')).out, /every config is done/);
  assert.is((await search.sptHere('status', '--pipelines', 'nope')).code, 2);
  assert.is((await search.sptHere('status', '--threads', '0')).code, 2);
  search.write('log/events-000001.jsonl', '');
  assert.match((await search.sptHere('status')).out, /Nothing is enqueued\. spt enqueue fills the queue/);
  search.remove();
});

Status('the configs of a later enqueue have an order of their own', async () => {
  const search = makeSearch();
  const first = [...numbers(40).map(i => enqueued(i)), claim('w1', ...numbers(40))];
  const events: Draft[] = [...first, ...numbers(40).map(i => done(i, 41, 1, i / 100))];
  const later = numbers(10).map(i => enqueued(40 + i));
  const lines = linesOf([...events, ...later], i => ({
    ...{ id: `e${i}`, at: new Date(Date.UTC(2026, 0, 1, 0, 0, i)).toISOString() },
    by: i < events.length ? 'here:1' : 'here:2',
  }));
  search.write('log/events-000001.jsonl', Buffer.concat(lines));
  const told = await json(search);
  assert.is(told.enqueues, 2);
  assert.equal([told.groups[0].chance.low, told.groups[0].chance.high], [0, 1]);
  assert.match((await search.sptHere('status')).out, /added 2 times/);
  search.remove();
});

Status(
  'the line of spt work: failures above it, no line for a finished config, and it is gone at the end',
  async () => {
    const search = makeSearch();
    writeLog(search, middle());
    const host = await nodeHost();
    const journal = await Journal.open(`${search.root}/log`, host);
    const told = { text: '' };
    const output = { columns: 80, isTTY: true, write: (text: string) => Boolean((told.text += text)) };
    const line = new WorkLine(output as unknown as NodeJS.WriteStream, journal, host);
    line.start();
    assert.match(told.text, /^#+\.+ 55\.0%  11 of 20  0 running$/);
    told.text = '';
    line.tell('finished  0123  lasso A1  roc_auc 0.9', 'NOT SHOWN');
    assert.is(told.text, '');
    line.tell('failed    0123  lasso A1  error: no', 'the failure');
    assert.match(told.text, /^\r\u001b\[Kthe failure\n#+\.+ 55\.0%/);
    let answer: (outcome: any) => void = () => {};
    const trainer = line.watching({
      train: () => new Promise(resolve => (answer = resolve)),
      end: async () => undefined,
    });
    const training = trainer.train(config(0), {} as never, 1, () => undefined);
    line.tell('note      x', 'x');
    assert.match(told.text, /1 running$/);
    answer({ kind: 'finished', seconds: 1 });
    await training;
    line.tell('note      x', 'x');
    assert.match(told.text, /0 running$/);
    line.end();
    assert.match(told.text, /\r\u001b\[K$/);
    told.text = '';
    line.tell('stopped   worker', 'stopped');
    assert.is(told.text, 'stopped\n', 'nothing is drawn after the end');
    search.remove();
  },
);

Status('how a time is estimated is told only where a time is told', async () => {
  const search = makeSearch();
  writeLog(
    search,
    numbers(8).map(i => enqueued(i)),
  );
  const idle = await search.sptHere('status');
  assert.match(idle.out, /nobody works on it\. Start a worker: spt work\n/);
  assert.not.match(idle.out, /estimated/);
  const asked = await search.sptHere('status', '--threads', '2');
  assert.match(asked.out, /with 2 threads: .*\n.* The time is estimated for 8 configs by a guess/);
  search.remove();
});

Status.run();
