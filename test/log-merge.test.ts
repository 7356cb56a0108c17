import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { auditLog } from '../src/log/audit.js';
import { Journal } from '../src/log/journal.js';
import { mergeInto } from '../src/log/merge.js';
import { nodeHost } from '../src/log/node-host.js';
import { claim, enqueue, fail, finish, idOf, makeFolder, removeFolder } from './log-helpers.js';

const host = await nodeHost();
const folders: string[] = [];
test.after(() => folders.forEach(removeFolder));

async function newJournal(author: string): Promise<Journal> {
  const folder = makeFolder();
  folders.push(folder);
  return Journal.open(join(folder, 'log'), host, { author });
}

/** A log in which `finished` are finished, `failed` have failed, `claimed` are in work, and all are enqueued. */
async function clusterLog(
  author: string,
  all: number[],
  finished: number[],
  failed: number[],
  claimed: number[],
) {
  const journal = await newJournal(author);
  await journal.transact(() => enqueue(...all));
  const [{ n }] = await journal.transact(() => [claim(author, ...finished, ...failed, ...claimed)]);
  await journal.transact(() => [...finished.map(i => finish(i, n, i / 100)), ...failed.map(i => fail(i, n))]);
  return journal;
}

/** What a log amounts to: configs with status, score and digest, in the order of their ids. */
async function amount(journal: Journal): Promise<string[]> {
  const lines: string[] = [];
  for (let row = 0; row < journal.state.size; row++) {
    const event = (await journal.readOutcome(row))?.event;
    const digest = event?.type === 'finished' ? event.digest : '';
    const { state } = journal;
    lines.push(`${state.id(row)} ${state.statusOf(row)} ${state.cv[row]} ${digest}`);
  }
  return lines.sort();
}

test('merging is commutative and idempotent in what it amounts to', async () => {
  const make = async (): Promise<[Journal, Journal]> => [
    await clusterLog('a', [0, 1, 2, 3, 4, 5], [0, 1], [2, 3], []),
    await clusterLog('b', [2, 3, 4, 5, 6, 7, 8], [2, 4, 6], [3, 7], []),
  ];
  const [a, b] = await make();
  const [otherA, otherB] = await make();
  const first = await mergeInto(a, b);
  assert.equal(first, { configs: 3, outcomes: 4, conflicts: [] });
  await mergeInto(otherB, otherA);
  assert.equal(await amount(a), await amount(otherB));
  const before = a.state.n;
  assert.equal(await mergeInto(a, otherB), { configs: 0, outcomes: 0, conflicts: [] });
  assert.equal(await mergeInto(a, a), { configs: 0, outcomes: 0, conflicts: [] });
  assert.is(a.state.n, before, 'nothing is appended when nothing is new');
  const statuses = [0, 2, 3, 5, 6, 7, 8].map(i => a.state.statusOf(a.state.row(idOf(i))));
  assert.equal(statuses, ['finished', 'finished', 'failed', 'queued', 'finished', 'failed', 'queued']);
  const outcome = await a.readOutcome(a.state.row(idOf(6)));
  assert.is(outcome?.by, 'b', 'imported events keep their author');
  assert.is((await Journal.open(a.directory, host)).state.troubles.ignored, 0);
});

test('what somebody is at work on is left alone; models that differ are named', async () => {
  const a = await clusterLog('a', [0, 1], [0], [], [1]);
  const b = await clusterLog('b', [1], [1], [], []);
  assert.equal(await mergeInto(a, b), { configs: 0, outcomes: 0, conflicts: [] });
  assert.is(a.state.statusOf(1), 'claimed');
  const c = await newJournal('c');
  await c.transact(() => enqueue(0));
  const [{ n }] = await c.transact(() => [claim('c', 0)]);
  await c.transact(() => [{ ...finish(0, n), digest: 'another' }]);
  assert.equal((await mergeInto(a, c)).conflicts, [{ config: idOf(0), here: 'digest0', there: 'another' }]);
});

test('an audit says what is sound, and cites the results whatever their order', async () => {
  const a = await clusterLog('a', [0, 1, 2], [0, 1], [2], []);
  const b = await clusterLog('b', [2, 1, 0], [1, 0], [2], []);
  const [first, second] = [await auditLog(a.directory, host), await auditLog(b.directory, host)];
  assert.equal([first.configs, first.finished, first.failed, first.open], [3, 2, 1, 0]);
  assert.ok(first.isSound);
  assert.equal(first.findings, []);
  assert.is(first.manifest, second.manifest);
  assert.match(first.manifest, /^[0-9a-f]{64}$/);
  const c = await clusterLog('c', [0, 1, 2], [0], [2], []);
  const third = await auditLog(c.directory, host);
  assert.not(third.isSound);
  assert.equal(
    third.findings.map(({ kind, config }) => [kind, config]),
    [['open', idOf(1)]],
  );
  assert.is.not(third.manifest, first.manifest);
});

test('an audit finds damage by its place, reclaims, and models that differ', async () => {
  const journal = await newJournal('a');
  await journal.transact(() => enqueue(0, 1));
  const [first] = await journal.transact(() => [claim('w1', 0, 1)]);
  await journal.transact(() => [{ type: 'released', claim: first.n, why: 'lost', worker: 'w1' }]);
  const [second] = await journal.transact(() => [claim('w2', 0, 1)]);
  await journal.transact(() => [
    finish(0, second.n),
    { ...finish(0, first.n), digest: 'other' },
    finish(1, second.n),
  ]);
  const path = join(journal.directory, 'events-000001.jsonl');
  const bytes = readFileSync(path);
  const lines = bytes.toString().split('\n');
  const offset = lines[0].length + 1;
  bytes[offset + 50] ^= 1;
  writeFileSync(path, bytes);
  appendFileSync(path, `${lines[0]}\n`);
  const audit = await auditLog(journal.directory, host);
  const kinds = [...new Set(audit.findings.map(({ kind }) => kind))].sort();
  assert.equal(kinds, [
    'broken-link',
    'different-digests',
    'double',
    'fork',
    'gap',
    'ignored',
    'quarantined',
    'reclaimed',
  ]);
  const damage = audit.findings.find(({ kind }) => kind === 'quarantined');
  assert.equal(damage?.place, { segment: 1, offset, length: lines[1].length });
  assert.match(audit.findings.find(({ kind }) => kind === 'different-digests')!.message, /digest0.*other/);
  assert.not(audit.isSound);
});

test.run();
