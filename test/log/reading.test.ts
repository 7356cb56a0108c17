/** What a reader makes of bytes: stale views, hostile lines, segments, a past moment. */
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Host } from '../../src/log/host.js';
import { Journal } from '../../src/log/journal.js';
import { nodeHost } from '../../src/log/node-host.js';
import { claim, enqueue, finish, idOf, makeConfig } from '../../support/log-helpers.js';
import { bytesOf, newLog, newLogWith, recordsOf } from '../../support/new-log.js';

const host = await nodeHost();

async function sample(): Promise<Buffer> {
  const log = newLog();
  const journal = await Journal.open(log, host);
  await journal.transact(() => enqueue(0, 1, 2));
  const [{ n }] = await journal.transact(() => [claim('w1', 0, 1)]);
  await journal.transact(() => [finish(0, n)]);
  return bytesOf(log);
}

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
  const log = newLogWith(whole);
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
    recordsOf(log).map(line => line.n),
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

test.run();
