/** What a journal appends, others read: transactions, doubts, other processes. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Host } from '../../src/log/host.js';
import { Journal } from '../../src/log/journal.js';
import { nodeHost } from '../../src/log/node-host.js';
import { claim, enqueue, finish, makeConfig } from '../../support/log-helpers.js';
import { newLog, recordsOf } from '../../support/new-log.js';

const host = await nodeHost();

test('what is appended is read, by others too, and configs come back from their place', async () => {
  const log = newLog();
  const a = await Journal.open(log, host);
  const b = await Journal.open(log, host);
  assert.is(b.state.size, 0);
  const written = await a.transact(() => enqueue(0, 1));
  assert.equal(
    written.map(({ n, applied }) => [n, applied]),
    [
      [1, true],
      [2, true],
    ],
  );
  const [{ n }] = await b.transact(state => [{ ...claim('w1'), configs: [state.id(state.nextQueued())] }]);
  await a.transact(() => [finish(0, n)]);
  await b.refresh();
  assert.is(b.state.statusOf(0), 'finished');
  assert.equal(await b.readConfig(1), makeConfig(1));
  assert.is((await b.readOutcome(0))?.event.type, 'finished');
  assert.is(await b.readOutcome(1), undefined);
  assert.equal(
    recordsOf(log).map(line => line.n),
    [1, 2, 3, 4],
  );
});

test('an event that does not apply is told to its author', async () => {
  const journal = await Journal.open(newLog(), host);
  await journal.transact(() => enqueue(0));
  const [again, other] = await journal.transact(() => [...enqueue(0), finish(0, 99)]);
  assert.equal([again.applied, other.applied], [false, false]);
});

test('a decision that throws appends nothing and harms no other caller', async () => {
  const log = newLog();
  const journal = await Journal.open(log, host);
  const calls = [
    journal.transact(() => enqueue(0)),
    journal.transact(() => {
      throw new Error('mine');
    }),
    journal.transact(() => [{ ...claim('w1', 0), worker: { id: '../x', host: 'h', pid: 1 } }]),
    journal.transact(state => [claim('w1', state.size - 1)]),
  ];
  const results = await Promise.allSettled(calls);
  assert.equal(
    results.map(result => result.status),
    ['fulfilled', 'rejected', 'rejected', 'fulfilled'],
  );
  assert.equal(
    recordsOf(log).map(line => line.event.type),
    ['enqueued', 'claimed'],
  );
});

test('events of one moment are one write and one fsync', async () => {
  const calls: string[] = [];
  const counting: Host = {
    ...host,
    open: async (path, mode) => {
      const handle = await host.open(path, mode);
      const write = (bytes: Buffer): Promise<number> => (calls.push('write'), handle.write(bytes));
      return { ...handle, write, sync: () => (calls.push('sync'), handle.sync()) };
    },
  };
  const journal = await Journal.open(newLog(), counting);
  await Promise.all(Array.from({ length: 50 }, (_, i) => journal.transact(() => enqueue(i))));
  assert.equal(calls, ['write', 'sync']);
  assert.is(journal.state.size, 50);
});

test('an event in doubt is found where it is, though meanwhile a snapshot holds it', async () => {
  const log = newLog();
  const other = await Journal.open(log, host, { segmentBytes: 2000 });
  await other.transact(() => enqueue(0));
  let failures = 0;
  const faulty: Host = {
    ...host,
    open: async (path, mode) => {
      const handle = await host.open(path, mode);
      const sync = async (): Promise<void> => {
        await handle.sync();
        if (failures-- > 0) throw Object.assign(new Error('a failed fsync'), { code: 'EIO' });
      };
      return { ...handle, sync };
    },
    // What others do before it is tried again.
    sleep: async () => {
      for (let i = 1; i < 20; i++) await other.transact(() => enqueue(i));
    },
  };
  const journal = await Journal.open(log, faulty, { segmentBytes: 2000 });
  failures = 1;
  const [written] = await journal.transact(() => [claim('w1', 0)]);
  const kept = readdirSync(log).filter(name => name.startsWith('snapshot'));
  assert.ok(kept.length > 0, 'a snapshot was left meanwhile');
  assert.equal([written.n, written.applied], [2, true]);
  assert.equal(
    recordsOf(log).filter(({ event }) => event.type === 'claimed' || event.type === 'unknown').length,
    2,
    'it was appended again',
  );
  const [finished] = await journal.transact(() => [finish(0, written.n)]);
  assert.ok(finished.applied, 'its claim is its own');
});

test('two processes on one log, one of them killed again and again, finish everything once', async () => {
  const log = newLog();
  const count = 60;
  const journal = await Journal.open(log, host);
  await journal.transact(() => enqueue(...Array(count).keys()));
  const said: string[] = [];
  const program = new URL('../../support/log-worker.js', import.meta.url).pathname;
  const run = (worker: string, killAfter?: number): Promise<void> =>
    new Promise(resolve => {
      const child = spawn(process.execPath, [program, log, worker], { stdio: ['ignore', 'pipe', 'inherit'] });
      child.stdout.on('data', data => {
        said.push(...String(data).trim().split('\n'));
        if (killAfter !== undefined && said.length >= killAfter) child.kill('SIGKILL');
      });
      child.on('close', () => resolve());
    });
  const killed = (async () => {
    for (let life = 0; life < 4; life++) await run(`killed${life}`, 5 + 10 * life);
  })();
  await Promise.all([run('steady'), killed]);
  await journal.transact(state =>
    state.claims.values().map(({ epoch }) => ({ type: 'released', claim: epoch, why: 'lost' })),
  );
  await run('last');
  const { state } = await Journal.open(log, host);
  assert.is(state.count('finished'), count);
  assert.equal([state.troubles.forks, state.troubles.gaps, state.troubles.brokenLinks], [0, 0, 0]);
  const numbers = new Map(
    recordsOf(log)
      .filter(Boolean)
      .map(line => [line.n, line]),
  );
  for (const line of said) {
    const [config, n] = line.split(' ');
    const event = numbers.get(Number(n))?.event;
    assert.ok(event?.type === 'finished' && event.config === config, `${line} was acknowledged`);
  }
});

test.run();
