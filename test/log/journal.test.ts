import { spawn } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Entry } from '../../src/events/format/event.js';
import { decode } from '../../src/events/format/decode.js';
import type { Host } from '../../src/log/host.js';
import { Journal } from '../../src/log/journal.js';
import { makeObserver, startHeartbeat } from '../../src/log/liveness.js';
import { nodeHost } from '../../src/log/node-host.js';
import {
  claim,
  contentsOf,
  enqueue,
  fail,
  finish,
  idOf,
  makeConfig,
  makeFolder,
  makeWorker,
  removeFolder,
} from '../../support/log-helpers.js';

const host = await nodeHost();
const folders: string[] = [];
test.after(() => folders.forEach(removeFolder));

function newLog(): string {
  const folder = makeFolder();
  folders.push(folder);
  return join(folder, 'log');
}

/** The bytes of all segments, in order. */
function bytesOf(log: string): Buffer {
  const names = readdirSync(log).filter(name => name.endsWith('.jsonl'));
  return Buffer.concat(names.sort().map(name => readFileSync(join(log, name))));
}

function linesOf(log: string): Entry[] {
  const lines = bytesOf(log).toString().split('\n').slice(0, -1);
  return lines.map(line => decode(Buffer.from(line)) as Entry);
}

/** A log of one segment with the given bytes. */
function logWith(bytes: Buffer): string {
  const log = newLog();
  mkdirSync(log);
  writeFileSync(join(log, 'events-000001.jsonl'), bytes);
  return log;
}

async function sample(): Promise<Buffer> {
  const log = newLog();
  const journal = await Journal.open(log, host);
  await journal.transact(() => enqueue(0, 1, 2));
  const [{ n }] = await journal.transact(() => [claim('w1', 0, 1)]);
  await journal.transact(() => [finish(0, n)]);
  return bytesOf(log);
}

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
    linesOf(log).map(line => line.n),
    [1, 2, 3, 4],
  );
});

test('many configs are read back together, in the order asked for', async () => {
  const log = newLog();
  const writer = await Journal.open(log, host, { segmentBytes: 5000 });
  for (let i = 0; i < 60; i += 10) {
    await writer.transact(() => enqueue(...Array.from({ length: 10 }, (_, more) => i + more)));
  }
  const reads: string[] = [];
  const counting: Host = {
    ...host,
    open: async (path, mode) => {
      const handle = await host.open(path, mode);
      reads.push(path);
      return handle;
    },
  };
  const journal = await Journal.open(log, counting);
  reads.length = 0;
  const rows = [59, 0, 31, 30, 7, 7, 12];
  assert.equal(
    await journal.readConfigs(rows),
    rows.map(i => makeConfig(i)),
  );
  assert.is(
    reads.length,
    new Set(rows.map(row => journal.state.segment[row])).size,
    'each segment is opened once',
  );
  assert.equal(await journal.readConfigs([]), []);
  const path = join(log, 'events-000001.jsonl');
  const bytes = readFileSync(path);
  bytes[journal.state.offset[1] + 60] ^= 1;
  writeFileSync(path, bytes);
  assert.equal(await journal.readConfig(0), makeConfig(0));
  const refused = await journal.readConfigs([0, 1]).catch(error => error);
  assert.is(refused.code, 'log-damaged');
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
    linesOf(log).map(line => line.event.type),
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

test('bytes that only an unlocked reader sees, as on NFS, are not believed', async () => {
  const log = newLog();
  const journal = await Journal.open(log, host);
  await journal.transact(() => enqueue(0, 1, 2));
  let isLocked = false;
  const nfs: Host = {
    ...host,
    open: async (path, mode) => {
      const handle = await host.open(path, mode);
      isLocked = false;
      return {
        ...handle,
        lock: kind => ((isLocked = true), handle.lock(kind)),
        read: async (target, offset, length, position) => {
          const count = await handle.read(target, offset, length, position);
          if (!isLocked && count > 400) target.fill(0, offset + 400, offset + Math.min(count, 500));
          return count;
        },
      };
    },
  };
  const { state } = await Journal.open(log, nfs);
  assert.equal([state.size, state.n, state.troubles.checksum], [3, 3, 0]);
});

test('hostile lines are quarantined in bounded memory', async () => {
  const whole = await sample();
  const log = logWith(whole);
  const path = join(log, 'events-000001.jsonl');
  const megabyte = Buffer.alloc(1024 * 1024, 120);
  for (let i = 0; i < 100; i++) appendFileSync(path, megabyte);
  appendFileSync(
    path,
    '\n\n{"__proto__":{"polluted":1}}\nnot json \u001b[2J\n\0\0\0\n{"crc":"00000000","n":1}\n',
  );
  const before = process.memoryUsage().rss;
  const journal = await Journal.open(log, host);
  assert.ok(process.memoryUsage().rss - before < 70e6);
  await journal.transact(() => enqueue(9));
  const { state } = await Journal.open(log, host);
  assert.equal([state.troubles.overlong, state.troubles.checksum, state.troubles.gaps], [1, 4, 0]);
  assert.ok(state.row(idOf(9)) >= 0);
  assert.is(({} as { polluted?: number }).polluted, undefined);
});

test('a past moment is the state that was', async () => {
  const log = newLog();
  let wall = Date.parse('2026-01-01T00:00:00Z');
  const journal = await Journal.open(log, { ...host, wallMs: () => (wall += 1000) });
  await journal.transact(() => enqueue(0));
  await journal.transact(() => enqueue(1));
  const [{ n }] = await journal.transact(() => [claim('w1', 0)]);
  await journal.transact(() => [finish(0, n)]);
  assert.is((await Journal.open(log, host, { until: { n: 3 } })).state.statusOf(0), 'claimed');
  assert.is((await Journal.open(log, host, { until: { n: 1 } })).state.size, 1);
  assert.is((await Journal.open(log, host, { until: { time: '2026-01-01T00:00:02.500Z' } })).state.size, 2);
  assert.is((await Journal.open(log, host, { until: { n: 99 } })).state.statusOf(0), 'finished');
});

test('segments are sealed and followed, by writers and readers', async () => {
  const log = newLog();
  const a = await Journal.open(log, host, { segmentBytes: 2000 });
  const b = await Journal.open(log, host, { segmentBytes: 2000 });
  for (let i = 0; i < 40; i += 2) {
    await a.transact(() => enqueue(i));
    await b.transact(() => enqueue(i + 1));
  }
  assert.ok(readdirSync(log).length > 5);
  const reader = await Journal.open(log, host);
  assert.is(reader.state.size, 40);
  assert.equal(
    linesOf(log).map(line => line.n),
    Array.from({ length: reader.state.n }, (_, i) => i + 1),
  );
  assert.equal(await reader.readConfig(39), makeConfig(39));
  assert.equal([reader.state.troubles.gaps, reader.state.troubles.brokenLinks], [0, 0]);
});

test('a damaged seal does not stop readers or writers', async () => {
  const log = newLog();
  const a = await Journal.open(log, host, { segmentBytes: 2000 });
  for (let i = 0; i < 20; i++) await a.transact(() => enqueue(i));
  const path = join(log, 'events-000001.jsonl');
  const bytes = readFileSync(path);
  bytes[bytes.length - 5] ^= 1;
  writeFileSync(path, bytes);
  const b = await Journal.open(log, host);
  assert.is(b.state.size, 20);
  await b.transact(() => enqueue(20));
  assert.equal(readFileSync(path), bytes);
  await a.transact(() => enqueue(21));
  assert.is((await Journal.open(log, host)).state.size, 22);
});

test('a snapshot gives the same state as a full replay, and a damaged or foreign one is not used', async () => {
  const log = newLog();
  const journal = await Journal.open(log, host, { segmentBytes: 3000 });
  for (let i = 0; i < 30; i++) {
    await journal.transact(() => enqueue(i));
    const [{ n }] = await journal.transact(() => [claim(`w${i}`, i)]);
    if (i % 3 === 1) await journal.transact(() => [finish(i, n, i / 100)]);
    if (i % 3 === 2) await journal.transact(() => [fail(i, n, { retry: i % 2 === 0 })]);
  }
  const snapshots = readdirSync(log).filter(name => name.startsWith('snapshot'));
  assert.is(snapshots.length, 2);
  const opened: string[] = [];
  const watching: Host = { ...host, open: (path, mode) => (opened.push(path), host.open(path, mode)) };
  const replayed = contentsOf((await Journal.open(log, host, { snapshots: false })).state);
  const quick = await Journal.open(log, watching);
  assert.equal(contentsOf(quick.state), replayed);
  assert.not(opened.some(path => path.endsWith('events-000001.jsonl')));
  assert.equal(contentsOf(journal.state), replayed);
  assert.equal(await quick.readConfig(0), makeConfig(0));
  const whole = snapshots.map(name => readFileSync(join(log, name)));
  const openWith = async (change: (bytes: Buffer) => Buffer): Promise<void> => {
    snapshots.forEach((name, i) => writeFileSync(join(log, name), change(Buffer.from(whole[i]))));
    opened.length = 0;
    assert.equal(contentsOf((await Journal.open(log, watching)).state), replayed);
  };
  const shortest = Math.min(...whole.map(bytes => bytes.length));
  for (let at = 0; at < shortest; at += at < 100 ? 1 : 101) {
    await openWith(bytes => ((bytes[at] ^= 1 << (at % 8)), bytes));
    assert.ok(
      opened.some(path => path.endsWith('events-000001.jsonl')),
      `byte ${at} is damaged`,
    );
    await openWith(bytes => bytes.subarray(0, at));
    assert.ok(
      opened.some(path => path.endsWith('events-000001.jsonl')),
      `it ends before byte ${at}`,
    );
  }
  await openWith(bytes => bytes);
  assert.not(opened.some(path => path.endsWith('events-000001.jsonl')));
  await quick.transact(state => [
    { type: 'claimed', configs: [state.id(state.nextQueued())], worker: makeWorker() },
  ]);
  const other = newLog();
  const otherJournal = await Journal.open(other, host, { segmentBytes: 1000 });
  for (let i = 0; i < 30; i++) await otherJournal.transact(() => enqueue(100 + i));
  const segments = readdirSync(other).filter(name => name.startsWith('events'));
  const [own] = snapshots.filter(name =>
    segments.includes(name.replace('snapshot', 'events').replace('bin', 'jsonl')),
  );
  assert.ok(own, 'the other log has a segment of that number');
  for (const name of readdirSync(other)) if (name.startsWith('snap')) rmSync(join(other, name));
  cpSync(join(log, own), join(other, own));
  assert.is((await Journal.open(other, host)).state.size, 30);
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
    linesOf(log).filter(({ event }) => event.type === 'claimed' || event.type === 'unknown').length,
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
    linesOf(log)
      .filter(Boolean)
      .map(line => [line.n, line]),
  );
  for (const line of said) {
    const [config, n] = line.split(' ');
    const event = numbers.get(Number(n))?.event;
    assert.ok(event?.type === 'finished' && event.config === config, `${line} was acknowledged`);
  }
});

test('a silent worker is lost after the lease on the clock of the observer, not before', async () => {
  const log = newLog();
  let now = 0;
  const elsewhere = { ...host.identity, boot: 'another machine' };
  const clocked: Host = { ...host, monotonicMs: () => now, identity: elsewhere };
  const heartbeat = await startHeartbeat(log, clocked, makeWorker('w1'), 10_000);
  const observer = makeObserver(log, { ...host, monotonicMs: () => now }, 10_000);
  const lookAfter = async (ms: number): Promise<string[]> => {
    now += ms;
    return (await observer.look(['w1'])).map(loss => loss.why);
  };
  assert.equal(await lookAfter(0), []);
  for (let i = 0; i < 4; i++) assert.equal(await lookAfter(2000), []);
  await heartbeat.bump();
  assert.ok(heartbeat.isFresh());
  assert.equal(await lookAfter(2000), []);
  assert.equal(await lookAfter(100_000), [], 'an observer that slept knows nothing');
  assert.not(heartbeat.isFresh());
  for (let i = 0; i < 3; i++) assert.equal(await lookAfter(2500), []);
  assert.equal(await lookAfter(2500), ['silent']);
});

test('a process that is gone is proven dead on its own machine only', async () => {
  const log = newLog();
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
  const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  const identity = { ...host.identity, pid: child.pid!, start };
  await startHeartbeat(log, { ...host, identity }, makeWorker('w1'));
  await startHeartbeat(log, { ...host, identity: { ...identity, boot: 'other' } }, makeWorker('w2'));
  await startHeartbeat(log, { ...host, identity: { ...identity, namespace: 'other' } }, makeWorker('w3'));
  await startHeartbeat(log, { ...host, identity: { ...identity, start: '1' } }, makeWorker('w4'));
  const observer = makeObserver(log, host);
  const all = ['w1', 'w2', 'w3', 'w4', 'none'];
  assert.equal(await observer.look(all), [{ worker: 'w4', why: 'dead' }]);
  child.kill('SIGKILL');
  await new Promise(resolve => child.on('close', resolve));
  assert.equal(
    (await observer.look(all)).map(loss => loss.worker),
    ['w1', 'w4'],
  );
});

test.run();
