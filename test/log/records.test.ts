/** Configs and outcomes are read back from their places. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Finished } from '../../src/events/format/event.js';
import { collectFacts, writeFacts } from '../../src/log/collect.js';
import type { Host } from '../../src/log/host.js';
import { Journal } from '../../src/log/journal.js';
import { segmentPath } from '../../src/log/names.js';
import { nodeHost } from '../../src/log/node-host.js';
import { claim, enqueue, fail, finish, makeConfig } from '../../support/log-helpers.js';
import { newLog } from '../../support/new-log.js';

const host = await nodeHost();

/** A host that counts how often files are opened and read. */
function countingHost(): { counting: Host; calls: { open: number; read: number } } {
  const calls = { open: 0, read: 0 };
  const counting: Host = {
    ...host,
    open: async (path, mode) => {
      const handle = await host.open(path, mode);
      calls.open++;
      return { ...handle, read: (...where) => (calls.read++, handle.read(...where)) };
    },
  };
  return { counting, calls };
}

test('many configs are read back together, in the order asked for', async () => {
  const log = newLog();
  const writer = await Journal.open(log, host, { segmentBytes: 5000 });
  for (let i = 0; i < 60; i += 10) {
    await writer.transact(() => enqueue(...Array.from({ length: 10 }, (_, more) => i + more)));
  }
  const { counting, calls } = countingHost();
  const journal = await Journal.open(log, counting);
  calls.open = 0;
  const rows = [59, 0, 31, 30, 7, 7, 12];
  assert.equal(
    await journal.readConfigs(rows),
    rows.map(i => makeConfig(i)),
  );
  assert.is(
    calls.open,
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

const WARNINGS = [{ step: 'SVC', code: 'not-converged', message: 'stopped early' }];

/** A log of several segments with snapshots: of every six configs, five have an outcome, one of them after a retry. */
async function logWithOutcomes(count: number): Promise<string> {
  const log = newLog();
  const journal = await Journal.open(log, host, { segmentBytes: 20_000 });
  await journal.transact(() => enqueue(...Array(count).keys()));
  for (let i = 0; i < count; i++) {
    if (i % 6 === 0) continue;
    const [{ n }] = await journal.transact(() => [claim('w', i)]);
    const finished = (claimed: number): Finished => ({
      ...finish(i, claimed, i / count),
      warnings: WARNINGS,
    });
    if (i % 6 > 1) await journal.transact(() => [finished(n)]);
    else await journal.transact(() => [fail(i, n, { retry: i % 12 === 1 })]);
    if (i % 12 !== 1) continue;
    const [again] = await journal.transact(() => [claim('w', i)]);
    await journal.transact(() => [finished(again.n)]);
  }
  return log;
}

test('outcomes of many rows are those that are read one by one, by few reads', async () => {
  const log = await logWithOutcomes(60);
  const merged = `${newLog()}.merged`;
  await writeFacts(merged, host, (await collectFacts(log, host)).facts, 30_000);
  assert.ok(readdirSync(log).some(name => name.startsWith('snapshot-')));
  for (const [directory, snapshots] of [
    [log, true],
    [log, false],
    [merged, true],
  ] as const) {
    const { counting, calls } = countingHost();
    const journal = await Journal.open(directory, counting, { snapshots });
    const rows = Array.from({ length: journal.state.size }, (_, i) => (i * 37) % journal.state.size);
    calls.open = calls.read = 0;
    const records = await journal.readOutcomes(rows);
    const segments = readdirSync(directory).filter(name => name.startsWith('events-')).length;
    assert.ok(segments > 1 && calls.open <= segments, `${calls.open} opened`);
    assert.ok(calls.read <= segments, `${calls.read} reads`);
    let outcomes = 0;
    for (const [i, { row, config, outcome, damage }] of records.entries()) {
      assert.is(row, rows[i]);
      assert.equal(config, await journal.readConfig(row));
      assert.equal(outcome, await journal.readOutcome(row));
      assert.is(damage, undefined);
      if (outcome) outcomes++;
      const { event } = outcome ?? {};
      if (event?.type !== 'finished') continue;
      assert.is(event.scores.cv!.roc_auc!.folds.length, 1);
      assert.is(event.seconds, 1);
      assert.is(event.warnings?.[0].code, 'not-converged');
    }
    assert.is(outcomes, 50);
  }
});

test('a damaged record costs its row, and only what it held', async () => {
  const log = newLog();
  const journal = await Journal.open(log, host);
  await journal.transact(() => enqueue(0, 1, 2));
  const [{ n }] = await journal.transact(() => [claim('w', 0, 1, 2)]);
  await journal.transact(() => [finish(0, n), finish(1, n), finish(2, n)]);
  const { state } = journal;
  const path = segmentPath(log, 1);
  const bytes = readFileSync(path);
  bytes[state.place(0).offset + 60] ^= 1;
  bytes[state.outcomePlace(2)!.offset + 60] ^= 1;
  writeFileSync(path, bytes);
  const [first, second, third] = await journal.readOutcomes([0, 1, 2]);
  assert.equal([first.config, first.damage?.code], [undefined, 'log-damaged']);
  assert.is(first.outcome?.event.type, 'finished');
  assert.equal([second.config, second.damage], [makeConfig(1), undefined]);
  assert.equal([third.config, third.outcome], [makeConfig(2), undefined]);
  assert.match(third.damage!.message, /events-000001\.jsonl:\d+ is damaged/);
});

test.run();
