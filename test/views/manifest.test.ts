/** The manifest that a table carries is the one that `spt audit` prints, of any log and at any moment. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openSearch } from '../../src/commands/view.js';
import type { Draft } from '../../src/events/format/event.js';
import { manifestOf } from '../../src/views/manifest.js';
import { claim, enqueue, fail, finish, makeConfig, idOf } from '../../support/log-helpers.js';
import { oddLog } from '../../support/odd-log.js';
import { Rng } from '../../src/base/rng.js';
import { goOn } from '../../support/random-log.js';
import { makeSearch, type Search } from '../../support/search.js';
import { writeLog } from '../../support/written-log.js';

const Manifest = suite('manifest');

async function both(search: Search, n?: number): Promise<[own: string, audit: string]> {
  const { look } = await openSearch({ root: search.root, ...(n !== undefined && { at: { n } }) });
  const { out } = await search.sptHere('audit', '--json');
  return [await manifestOf(await look()), JSON.parse(out).manifest];
}

Manifest('it is the one of spt audit, at the end and at every moment before', async () => {
  const search = makeSearch();
  const events = oddLog();
  writeLog(search, events);
  const manifests: string[] = [];
  for (let n = 1; n <= events.length; n++) manifests.push((await both(search, n))[0]);
  for (let n = 1; n <= events.length; n++) {
    writeLog(search, events.slice(0, n));
    const [own, audit] = await both(search);
    assert.is(own, audit, `after ${n} records`);
    assert.is(manifests[n - 1], audit, `at record ${n} of the whole log`);
  }
  assert.ok(new Set(manifests).size > 20, 'it changes with configs and outcomes');
  search.remove();
});

Manifest('models that late reports name count, and so do digests of any form', async () => {
  const search = makeSearch();
  const events: Draft[] = [
    ...enqueue(0, 1, 2),
    { type: 'enqueued', config: makeConfig(3) },
    claim('w1', 0, 1, 2, 3),
    { type: 'released', claim: 5, configs: [idOf(0), idOf(2)], why: 'lost' },
    claim('w2', 0, 2),
    { ...finish(0, 5), digest: 'f'.repeat(32) },
    { ...finish(0, 7), digest: '0'.repeat(32) },
    { ...finish(0, 5), digest: 'a"b\\ , ü' },
    { ...finish(1, 5), digest: 'short' },
    { ...finish(2, 5), digest: 'e'.repeat(32) },
    fail(2, 7),
    fail(3, 5),
  ];
  writeLog(search, events);
  const [own, audit] = await both(search);
  assert.is(own, audit);
  const { disagreements } = JSON.parse((await search.sptHere('audit', '--json')).out);
  assert.is(disagreements.length, 1, 'the log has what it should have');
  search.remove();
});

Manifest('it is the one of spt audit for random logs', async () => {
  const search = makeSearch();
  const seen = new Set<string>();
  for (let seed = 0; seed < 12; seed++) {
    const lines = goOn([], Rng.from('manifest', seed), 'm', 120);
    search.write('log/events-000001.jsonl', Buffer.concat(lines));
    const [own, audit] = await both(search);
    assert.is(own, audit, `seed ${seed}`);
    seen.add(own);
  }
  assert.is(seen.size, 12);
  search.remove();
});

Manifest.run();
