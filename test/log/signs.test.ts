/** What a sign of life tells people: it fits its file, and whatever stands in a file harms nobody. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { makeObserver, startHeartbeat } from '../../src/log/liveness.js';
import { nodeHost } from '../../src/log/node-host.js';
import { readSigns, type Activity } from '../../src/log/signs.js';
import { makeWorker } from '../../support/log-helpers.js';
import { newLog } from '../../support/new-log.js';

const Signs = suite('signs of life');
const host = await nodeHost();

const training = (n: number): Activity['training'] =>
  Array.from({ length: n }, (_, i) => ({ id: `${10_000_000 + i}99999999`, sinceMs: 5000 - 1000 * i }));

Signs('a worker tells its threads, and what they train since when', async () => {
  const log = newLog();
  const activity = { threads: 3, sinceMs: 1000, training: training(2) };
  const heartbeat = await startHeartbeat(log, host, makeWorker('w1'), 60_000, () => activity);
  const [sign] = await readSigns(log, host);
  assert.is(sign.worker, 'w1');
  assert.is(sign.host, host.identity.host);
  assert.is(sign.threads, 3);
  assert.is(sign.sinceMs, 1000);
  assert.ok(Math.abs(sign.atMs! - host.wallMs()) < 60_000);
  assert.equal(sign.training, [
    { id: '10000001', sinceMs: 4000 },
    { id: '10000000', sinceMs: 5000 },
  ]);
  activity.training = [];
  await heartbeat.bump();
  assert.equal((await readSigns(log, host))[0].training, [], 'the shorter text covers the longer one');
});

Signs('hundreds of threads: the file stays as long as it was, and the oldest configs are told', async () => {
  const log = newLog();
  const activity = { threads: 500, sinceMs: 0, training: training(500) };
  await startHeartbeat(log, host, makeWorker('w1'), 60_000, () => activity);
  const text = readFileSync(join(log, 'workers', 'w1.json'), 'utf8');
  assert.is(text.length, 1024);
  const [{ threads, training: told }] = await readSigns(log, host);
  assert.is(threads, 500);
  assert.ok(told.length > 10 && told.length < 60, String(told.length));
  assert.is(told[0].id, '10000499');
});

Signs('observers and readers take the files of older versions', async () => {
  const log = newLog();
  await startHeartbeat(log, host, makeWorker('old'), 60_000);
  await startHeartbeat(log, host, makeWorker('new'), 60_000, () => ({
    threads: 1,
    sinceMs: 0,
    training: [],
  }));
  assert.equal(await makeObserver(log, host).look(['old', 'new']), []);
  const [, old] = await readSigns(log, host);
  assert.equal(
    [old.worker, old.threads, old.sinceMs, old.atMs, old.training],
    ['old', undefined, undefined, undefined, []],
  );
});

Signs('whatever stands in a file, readers give what has the right form', async () => {
  const log = newLog();
  mkdirSync(join(log, 'workers'), { recursive: true });
  const put = (name: string, text: string): void => writeFileSync(join(log, 'workers', name), text);
  put('a.json', 'not json');
  put('b.json', '[1]');
  put(
    'c.json',
    JSON.stringify({
      threads: -1,
      since: 'soon',
      at: 3,
      host: 7,
      pid: 'x',
      slurm: { job: 1 },
      training: 'all',
    }),
  );
  put(
    'd.json',
    JSON.stringify({ training: [1, ['x'], ['12345678', 2], [3, 4]], threads: 1e400, leaseMs: 'long' }),
  );
  put('not a worker.json', '{}');
  put('e.txt', '{}');
  const signs = await readSigns(log, host);
  assert.equal(
    signs.map(({ worker }) => worker),
    ['c', 'd'],
  );
  assert.equal(
    Object.values(signs[0]).filter(value => value !== undefined),
    ['c', []],
  );
  assert.equal(signs[1].training, [{ id: '12345678', sinceMs: 2000 }]);
  assert.equal(await readSigns(newLog(), host), []);
});

Signs.run();
