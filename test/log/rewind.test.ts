/** A log loses records that were read: an older copy was put back, or a file server lost the end of a file. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
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
  finish,
  idOf,
  makeFolder,
  removeFolder,
} from '../../support/log-helpers.js';

const host = await nodeHost();

const segment = (log: string, number = 1): string => join(log, `events-00000${number}.jsonl`);

/** The parts of a state in which an old journal and a new one must agree. */
async function bothStates(journal: Journal): Promise<[object, object]> {
  await journal.refresh();
  const fresh = await Journal.open(journal.directory, host, { snapshots: false });
  return [contentsOf(journal.state), contentsOf(fresh.state)];
}

test('a reader notices that the log became shorter, and reads it again', async () => {
  const log = makeFolder();
  const journal = await Journal.open(log, host);
  await journal.transact(() => enqueue(0, 1));
  const copy = readFileSync(segment(log));
  await journal.transact(() => [claim('w1', 0, 1)]);
  writeFileSync(segment(log), copy);
  const [lived, fresh] = await bothStates(journal);
  assert.equal(lived, fresh);
  assert.is(journal.state.count('queued'), 2, 'the claim is gone');
  assert.is(journal.rewinds, 1);
  assert.equal(journal.beforeRewind, { n: 3, configs: 2 });
  removeFolder(log);
});

test('a reader notices that other lines stand in the place of those that it read', async () => {
  const log = makeFolder();
  const journal = await Journal.open(log, host, { author: 'a' });
  await journal.transact(() => enqueue(0, 1));
  const copy = readFileSync(segment(log));
  const [{ n }] = await journal.transact(() => [claim('w1', 0)]);
  await journal.transact(() => [finish(0, n)]);
  const longer = readFileSync(segment(log));
  writeFileSync(segment(log), copy);
  const other = await Journal.open(log, host, { author: 'b' });
  const [{ n: epoch }] = await other.transact(() => [claim('w2', 1)]);
  await other.transact(() => [finish(1, epoch)]);
  assert.is(readFileSync(segment(log)).length, longer.length, 'the size tells nothing');
  const written = await journal.transact(state => [
    { ...claim('w1'), configs: [state.id(state.nextQueued())] },
  ]);
  assert.equal(
    written.map(({ n, applied, event }) => [n, applied, (event as { configs: string[] }).configs]),
    [[5, true, [idOf(0)]]],
    'the decision was made on what the log holds',
  );
  const [lived, fresh] = await bothStates(journal);
  assert.equal(lived, fresh);
  const { forks, gaps, brokenLinks } = journal.state.troubles;
  assert.equal([forks, gaps, brokenLinks], [0, 0, 0]);
  removeFolder(log);
});

test('a reader at the beginning of a segment notices that the one before is not sealed any more', async () => {
  const log = makeFolder();
  const journal = await Journal.open(log, host, { segmentBytes: 500 });
  await journal.transact(() => enqueue(0, 1, 2));
  const bytes = readFileSync(segment(log));
  const first = bytes.indexOf(10) + 1;
  writeFileSync(segment(log), bytes.subarray(0, first));
  const other = await Journal.open(log, host, { snapshots: false });
  await other.transact(() => enqueue(7));
  const [lived, fresh] = await bothStates(journal);
  assert.equal(lived, fresh);
  assert.is(journal.state.row(idOf(7)), 1);
  removeFolder(log);
});

test('a writer whose append failed notices that the log has lost lines meanwhile', async () => {
  const log = makeFolder();
  let copy: Buffer | undefined;
  const failing: Host = {
    ...host,
    open: async (path, mode) => {
      const handle = await host.open(path, mode);
      const write = async (bytes: Buffer): Promise<number> => {
        if (!copy) return handle.write(bytes);
        writeFileSync(path, copy);
        copy = undefined;
        throw Object.assign(new Error('the server went down'), { code: 'EIO' });
      };
      return { ...handle, write };
    },
  };
  const journal = await Journal.open(log, failing, { author: 'a' });
  await journal.transact(() => enqueue(0, 1));
  const older = readFileSync(segment(log));
  const [{ n }] = await journal.transact(() => [claim('w1', 0)]);
  copy = older;
  const [{ applied }] = await journal.transact(() => [finish(0, n)]);
  assert.equal([applied, journal.rewinds], [false, 1]);
  const [lived, fresh] = await bothStates(journal);
  assert.equal(lived, fresh);
  removeFolder(log);
});

test('a writer whose lock was given away reads what others wrote, before it leaves the segment', async () => {
  const log = makeFolder();
  const first = await Journal.open(log, host, { segmentBytes: 1500, snapshots: false });
  await first.transact(() => enqueue(0, 1));
  appendFileSync(segment(log), 'a damaged line\n');
  // The server gives the lock of the slow writer to the others while it looks for later segments.
  const lockless: Host = {
    ...host,
    open: async (path, mode) => ({ ...(await host.open(path, mode)), lock: async () => true }),
  };
  let isLate = false;
  const slow: Host = {
    ...host,
    list: async folder => {
      if (isLate) {
        isLate = false;
        const other = await Journal.open(log, lockless, { segmentBytes: 1500, snapshots: false });
        for (let i = 2; i < 8; i++) await other.transact(() => enqueue(i));
      }
      return host.list(folder);
    },
  };
  const writer = await Journal.open(log, slow, { segmentBytes: 1500, snapshots: false });
  isLate = true;
  const [{ n }] = await writer.transact(() => enqueue(99));
  assert.not.ok(isLate, 'the others wrote in between');
  const [lived, fresh] = await bothStates(writer);
  assert.equal(lived, fresh);
  assert.is(writer.state.size, 9);
  assert.is(n, fresh && (fresh as { n: number }).n);
  removeFolder(log);
});

test.run();
