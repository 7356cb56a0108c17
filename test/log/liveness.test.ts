/** Who is alive, on the clock of the observer. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Host } from '../../src/log/host.js';
import { makeObserver, startHeartbeat } from '../../src/log/liveness.js';
import { nodeHost } from '../../src/log/node-host.js';
import { makeWorker } from '../../support/log-helpers.js';
import { newLog } from '../../support/new-log.js';

const host = await nodeHost();

test('a silent worker is lost after the lease on the clock of the observer, not before', async () => {
  const log = newLog();
  let now = 0;
  const elsewhere = { ...host.identity, boot: 'another machine' };
  const clocked: Host = { ...host, monotonicMs: () => now, identity: elsewhere };
  const heartbeat = await startHeartbeat(log, clocked, makeWorker('w1'), 10_000);
  const observer = makeObserver(log, { ...host, monotonicMs: () => now }, 10_000);
  const lookAfter = async (ms: number): Promise<string[]> => {
    now += ms;
    return (await observer.look(['w1'])).map(loss => loss.why);
  };
  assert.equal(await lookAfter(0), []);
  for (let i = 0; i < 4; i++) assert.equal(await lookAfter(2000), []);
  await heartbeat.bump();
  assert.ok(heartbeat.isFresh());
  assert.equal(await lookAfter(2000), []);
  assert.equal(await lookAfter(100_000), [], 'an observer that slept knows nothing');
  assert.not(heartbeat.isFresh());
  for (let i = 0; i < 3; i++) assert.equal(await lookAfter(2500), []);
  assert.equal(await lookAfter(2500), ['silent']);
});

test('a process that is gone is proven dead on its own machine only', async () => {
  const log = newLog();
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
  const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  const identity = { ...host.identity, pid: child.pid!, start };
  await startHeartbeat(log, { ...host, identity }, makeWorker('w1'));
  await startHeartbeat(log, { ...host, identity: { ...identity, boot: 'other' } }, makeWorker('w2'));
  await startHeartbeat(log, { ...host, identity: { ...identity, namespace: 'other' } }, makeWorker('w3'));
  await startHeartbeat(log, { ...host, identity: { ...identity, start: '1' } }, makeWorker('w4'));
  const observer = makeObserver(log, host);
  const all = ['w1', 'w2', 'w3', 'w4', 'none'];
  assert.equal(await observer.look(all), [{ worker: 'w4', why: 'dead' }]);
  child.kill('SIGKILL');
  await new Promise(resolve => child.on('close', resolve));
  assert.equal(
    (await observer.look(all)).map(loss => loss.worker),
    ['w1', 'w4'],
  );
});

test.run();
