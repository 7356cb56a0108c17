/** A seal and a loss of power: what was sealed stays sealed. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Rng } from '../../src/base/rng.js';
import { Journal } from '../../src/log/journal.js';
import { enqueue, idOf } from '../../support/log-helpers.js';
import { World } from '../../support/world/world.js';

const FIRST = '/log/events-000001.jsonl';

/** Which of three configs a reader finds after an author was killed, another one went on, and power was lost. */
async function survivors(seed: number): Promise<boolean[]> {
  const world = new World(Rng.from('seal', seed), { kind: 'local' });
  const machine = world.addMachine('m');
  const author = world.start(machine, 'author', async host => {
    const journal = await Journal.open('/log', host, { segmentBytes: 500 });
    await journal.transact(() => enqueue(0));
    await journal.transact(() => enqueue(1));
  });
  let syncs = 0;
  world.interfere = ({ process, name, path }) => {
    const isFatal = process === author && name === 'sync' && path === FIRST && ++syncs === 2;
    return isFatal ? { kind: 'kill', when: 'before' } : undefined;
  };
  await world.run();
  assert.match(world.bytesOf(FIRST)!.toString('latin1'), /"type":"sealed"/);
  world.start(machine, 'next', async host => {
    const journal = await Journal.open('/log', host, { snapshots: false });
    await journal.transact(() => enqueue(2));
  });
  await world.run();
  assert.ok(world.paths().includes('/log/events-000002.jsonl'));
  world.losePower(machine);
  let found: boolean[] = [];
  const reader = world.start(machine, 'reader', async host => {
    const { state } = await Journal.open('/log', host, { snapshots: false });
    found = [0, 1, 2].map(i => state.row(idOf(i)) >= 0);
  });
  await world.run();
  assert.not.ok(reader.error);
  return found;
}

test('a seal that was seen lasts, although its author was killed before it was synced', async () => {
  for (let seed = 0; seed < 30; seed++) assert.equal(await survivors(seed), [true, true, true]);
});

test.run();
