/** `spt doctor` tells what keeps a search from finishing, and what to do. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decode } from '../../src/events/format/decode.js';
import { encode, type Entry } from '../../src/events/format/event.js';
import { Journal } from '../../src/log/journal.js';
import { nodeHost } from '../../src/log/node-host.js';
import { claim, enqueue, fail, idOf } from '../../support/log-helpers.js';
import { cli } from '../../support/root.js';
import { makeSearch } from '../../support/search.js';

const Doctor = suite('doctor');
const host = await nodeHost();

Doctor('a search in order is well; each thing that keeps configs from finishing is told', async () => {
  const search = makeSearch();
  await search.sptHere('enqueue', '--pipelines', 'lasso', '--splits', 'train_A1');
  const well = await search.sptHere('doctor', '--json');
  assert.is(well.code, 0, well.out);
  assert.is(JSON.parse(well.out).isWell, true);

  const lines = search.logBytes().trimEnd().split('\n');
  const entries = lines.map(line => decode(Buffer.from(line)) as Entry);
  const unknown = entries.map(entry => {
    const text = JSON.stringify(entry.event).replace('"StandardScaler"', '"StandardScalar"');
    return encode(JSON.parse(text), { ...entry, previous: 0 }).toString();
  });
  search.write('log/events-000001.jsonl', unknown.join(''));
  const digest = readdirSync(join(search.root, 'data/.prepared'))[0];
  search.write(`data/.prepared/${digest}/train.f64`, 'short');
  const ill = await search.sptHere('doctor');
  assert.is(ill.code, 1);
  assert.match(ill.out, /refused: 3 open configs .*StandardScalar/);
  assert.match(ill.out, /data: 3 open configs .*train\.f64/);
  assert.match(ill.out, /broken-link: events-000001\.jsonl:2 \(byte \d+\)/);
  for (const { event } of entries)
    if (event.type === 'enqueued') assert.ok(ill.out.includes(event.config.id), 'each config is named');
  search.remove();
});

Doctor('twenty configs that failed for good are named on a screen, all of them for programs', async () => {
  const search = makeSearch();
  const journal = await Journal.open(join(search.root, 'log'), host);
  const numbers = Array.from({ length: 25 }, (_, i) => i);
  await journal.transact(() => [...enqueue(...numbers), claim('w', ...numbers)]);
  await journal.transact(() => numbers.map(i => fail(i, 26)));
  const shown = (await search.sptHere('doctor')).out;
  assert.match(shown, /25 configs failed for good \(error\)/);
  assert.is(numbers.filter(i => shown.includes(idOf(i))).length, 20);
  assert.match(shown, /and 5 more: spt doctor --json names all/);
  const [finding] = JSON.parse((await search.sptHere('doctor', '--json')).out).findings;
  assert.equal(finding.configs.sort(), numbers.map(idOf).sort());
  search.remove();
});

Doctor('a config that failed for good is told, with what to do', async () => {
  const pipes = `
endless:
  - MLPClassifier: { hidden_layer_sizes: [[2000, 2000]], max_iter: [1000000], tol: 0, n_iter_no_change: [1000000] }
`;
  const search = makeSearch({ pipes });
  await search.sptHere('enqueue', '--splits', 'train_A1');
  search.spt('work', '-j', '1', '--timeout', '1s');
  const { code, out } = await search.sptHere('doctor');
  assert.is(code, 1);
  assert.match(out, /1 config failed for good \(timeout\)/);
  assert.match(out, /spt retry --kind timeout/);
  search.remove();
});

/** Whether this process may make a mount of its own, out of everybody's sight. */
const mayMount = spawnSync('unshare', ['-m', 'true']).status === 0;

Doctor('work and enqueue refuse a read-only log, unless forced', async () => {
  if (!mayMount) return;
  const search = makeSearch();
  await search.sptHere('enqueue', '--pipelines', 'lasso', '--splits', 'train_A1');
  const log = join(search.root, 'log');
  mkdirSync(log, { recursive: true });
  const readOnly = (...args: string[]): { code: number | null; err: string } => {
    const mount = `mount --bind ${log} ${log} && mount -o remount,bind,ro ${log}`;
    const script = `${mount} && cd ${search.root} && exec ${process.execPath} ${cli} ${args.join(' ')}`;
    const { status, stderr } = spawnSync('unshare', ['-m', 'sh', '-c', script], { encoding: 'utf8' });
    return { code: status, err: stderr };
  };
  for (const args of [
    ['work', '-j', '1'],
    ['enqueue', '--splits', 'train_A1'],
  ]) {
    const { code, err } = readOnly(...args);
    assert.is(code, 1, err);
    assert.match(err, /not safe on ext4|not safe on .* at/);
    assert.match(err, /read-only/);
    assert.not.match(readOnly(...args, '--force').err, /not safe/);
  }
  search.remove();
});

Doctor.run();
