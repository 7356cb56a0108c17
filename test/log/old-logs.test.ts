/** Logs of earlier versions give the state that they always gave, and can be continued. */
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Inspector } from '../../src/events/ask/inspect.js';
import { Journal } from '../../src/log/journal.js';
import { nodeHost } from '../../src/log/node-host.js';
import { readSnapshot } from '../../src/log/snapshot.js';
import { survey } from '../../src/log/survey.js';
import { enqueue, makeFolder, makeWorker, removeFolder } from '../../support/log-helpers.js';
import { plainState } from '../../support/plain-state.js';
import { root } from '../../support/root.js';

const fixtures = join(root, 'test/fixtures/logs');
const logs = readdirSync(fixtures, { withFileTypes: true })
  .filter(version => version.isDirectory())
  .flatMap(({ name: version }) =>
    readdirSync(join(fixtures, version), { withFileTypes: true })
      .filter(log => log.isDirectory())
      .map(log => `${version}/${log.name}`),
  );

const Old = suite('old logs');

const stateOf = (log: string): unknown => JSON.parse(readFileSync(join(fixtures, log, 'state.json'), 'utf8'));

/** A copy of a log that may be written to. */
async function withCopy(log: string, use: (folder: string) => Promise<void>): Promise<void> {
  const folder = makeFolder();
  try {
    cpSync(join(fixtures, log), folder, { recursive: true });
    await use(folder);
  } finally {
    removeFolder(folder);
  }
}

Old('there are logs, and among them all that can become of a config', () => {
  assert.is(logs.length >= 5, true);
  const text = logs.map(log => readFileSync(join(fixtures, log, 'state.json'), 'utf8')).join();
  const words = ['queued', 'claimed', 'finished', 'failed', 'error', 'timeout', 'lost'];
  assert.equal(
    words.filter(word => !text.includes(`"${word}"`)),
    [],
  );
});

for (const log of logs) {
  const host = await nodeHost();
  const expected = stateOf(log);

  Old(`${log}: the same state, with its snapshots`, async () => {
    const { state } = await Journal.open(join(fixtures, log), host);
    assert.equal(plainState(state), expected);
  });

  Old(`${log}: the same state, without its snapshots`, async () => {
    const { state } = await Journal.open(join(fixtures, log), host, { snapshots: false });
    assert.equal(plainState(state), expected);
    await withCopy(log, async folder => {
      for (const name of readdirSync(folder)) if (name.endsWith('.bin')) rmSync(join(folder, name));
      assert.equal(plainState((await Journal.open(folder, host)).state), expected);
    });
  });

  Old(`${log}: the same state, line by line`, async () => {
    const inspector = new Inspector();
    await survey(join(fixtures, log), host, inspector);
    assert.equal(plainState(inspector.state), expected);
  });

  Old(`${log}: it is gone on with`, async () => {
    await withCopy(log, async folder => {
      const journal = await Journal.open(folder, host);
      await journal.transact(() => enqueue(1));
      const row = journal.state.nextQueued();
      const id = journal.state.id(row);
      const worker = makeWorker('new');
      const [claimed] = await journal.transact(() => [{ type: 'claimed', configs: [id], worker }]);
      assert.is(claimed.applied, true);
      const config = await journal.readConfig(row);
      const [finished] = await journal.transact(() => [
        {
          ...{ type: 'finished', config: config.id, claim: claimed.n, seconds: 1, digest: 'd' },
          ...{ scores: { cv: { roc_auc: { mean: 0.5, std: 0, folds: [0.5] } } }, versions: { spt: 'next' } },
        },
      ]);
      assert.is(finished.applied, true);
      const again = await Journal.open(folder, host, { snapshots: false });
      assert.equal(plainState(again.state), plainState(journal.state));
      assert.is(again.state.statusOf(row), 'finished');
      assert.is(again.state.cv[row], 0.5);
    });
  });

  Old(`${log}: its snapshots are used`, async () => {
    const names = readdirSync(join(fixtures, log)).filter(name => name.endsWith('.bin'));
    const loaded = await readSnapshot(join(fixtures, log), host, Infinity);
    assert.is(loaded !== undefined, names.length > 0);
  });
}

Old.run();
