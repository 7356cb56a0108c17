/** Configs and outcomes are read back from their places. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Host } from '../../src/log/host.js';
import { Journal } from '../../src/log/journal.js';
import { nodeHost } from '../../src/log/node-host.js';
import { enqueue, makeConfig } from '../../support/log-helpers.js';
import { newLog } from '../../support/new-log.js';

const host = await nodeHost();

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

test.run();
