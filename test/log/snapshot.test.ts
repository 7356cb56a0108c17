/** Snapshots give the state of a full replay, or are not used. */
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Host } from '../../src/log/host.js';
import { Journal } from '../../src/log/journal.js';
import { nodeHost } from '../../src/log/node-host.js';
import {
  claim,
  contentsOf,
  enqueue,
  fail,
  finish,
  makeConfig,
  makeWorker,
} from '../../support/log-helpers.js';
import { newLog } from '../../support/new-log.js';

const host = await nodeHost();

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

test.run();
