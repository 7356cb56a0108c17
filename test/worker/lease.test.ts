/**
 * What a worker does with its claims when reading, renewing or another worker fails; and workers of different limits.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Draft } from '../../src/events/format/event.js';
import { Journal } from '../../src/log/journal.js';
import type { Outcome } from '../../src/worker/protocol.js';
import { Standing } from '../../src/worker/standing.js';
import { finish, idOf, makeWorker } from '../../support/log-helpers.js';
import { LOG, SEGMENT, Stage, someConfigs } from '../../support/stage.js';

const Lease = suite('worker lease');

const passing: Outcome = { kind: 'failed', failure: 'error', message: 'no', retry: true, seconds: 1 };

Lease('what was claimed and cannot be read for a moment is read again, and is not given back', async () => {
  const stage = new Stage('unread', someConfigs(3));
  await stage.enqueue();
  const worker = stage.hire('w1');
  let errors = 3;
  stage.world.interfere = ({ process, name, path }) => {
    const hasClaimed = stage.world.bytesOf(SEGMENT)!.includes('"type":"claimed"');
    if (process !== worker.process || name !== 'open' || path !== SEGMENT || !hasClaimed) return undefined;
    return errors-- > 0 ? { kind: 'error', code: 'EIO' } : undefined;
  };
  await stage.run(100);
  assert.is(worker.process.ended, true, 'it does not wait for itself');
  assert.is(worker.process.error, undefined);
  assert.ok(errors < 0);
  assert.match(worker.told.join('\n'), /waiting +the log could not be read \(EIO\)/);
  assert.equal(
    stage.events().filter(({ type }) => type === 'released'),
    [],
  );
  assert.is(new Set(stage.finished()).size, 3);
});

Lease('a worker that cannot renew its lease starts nothing until it can', async () => {
  const stage = new Stage('stale', someConfigs(200));
  await stage.enqueue();
  const startedMs: number[] = [];
  // Configs become slow shortly before the lease is too old, so that claimed configs still wait then.
  const worker = stage.hire('w1', {
    seconds: () => {
      const { nowMs } = stage.world;
      startedMs.push(nowMs);
      return nowMs > 45_000 && nowMs < 90_000 ? 4 : 1;
    },
  });
  stage.world.interfere = ({ process, path }) => {
    const { nowMs } = stage.world;
    const isStale =
      process === worker.process && path.includes('/workers/') && nowMs > 10_000 && nowMs < 90_000;
    return isStale ? { kind: 'error', code: 'EIO' } : undefined;
  };
  await stage.run(80);
  assert.match(worker.told.join('\n'), /cannot renew the lease: EIO/);
  // two thirds of the lease of 60 s after the last success
  assert.ok(Math.max(...startedMs) < 51_000, `the last config started after ${Math.max(...startedMs)} ms`);
  const waiting = stage.events().flatMap(event => (event.type === 'claimed' ? event.configs : [])).length;
  assert.ok(waiting > startedMs.length, 'claimed configs waited');
  const before = startedMs.length;
  await stage.run(40);
  assert.ok(startedMs.length > before + 10, 'it goes on when it can');
});

Lease('a lost worker is no attempt of its configs', async () => {
  const stage = new Stage('loss', someConfigs(1));
  await stage.enqueue();
  const dead = stage.hire('w1', { seconds: () => 1000 });
  await stage.run(10);
  stage.world.kill(dead.process);
  let tries = 0;
  stage.hire('w2', { options: { attempts: 2 }, outcome: () => (++tries === 1 ? passing : undefined) });
  await stage.run(100);
  const failed = stage.events().filter(({ type }) => type === 'failed');
  assert.equal(
    failed.map(event => (event as { retry: boolean }).retry),
    [true],
  );
  assert.equal(stage.finished(), [idOf(0)]);
});

Lease('of two workers with different limits, each decides by its own', async () => {
  const stage = new Stage('two limits', someConfigs(1));
  await stage.enqueue();
  const patient = { options: { attempts: 3, forever: true }, outcome: () => passing };
  const first = stage.hire('w1', patient);
  await stage.run(2);
  const retries = (): boolean[] =>
    stage.events().flatMap(event => (event.type === 'failed' ? [event.retry] : []));
  assert.equal(retries(), [true], 'one of three attempts');
  stage.world.kill(first.process);
  const strict = stage.hire('w2', { options: { attempts: 2 }, outcome: () => passing });
  await stage.run(100);
  assert.equal(retries(), [true, false], 'the second attempt is the last one of the other worker');
  assert.is(strict.process.ended, true);
  assert.is(strict.tally!.failed, 1);
});

Lease('a report under a number that is the claim of another worker by now is not appended', async () => {
  const stage = new Stage('other claim', someConfigs(1));
  await stage.enqueue();
  const claim = await stage.append({ type: 'claimed', configs: [idOf(0)], worker: makeWorker('w2') });
  const report = finish(0, claim);
  const appended: { [worker: string]: Draft[] } = {};
  stage.world.start(stage.machine, 'reader', async host => {
    const journal = await Journal.open(LOG, host);
    for (const name of ['w1', 'w2']) {
      const standing = new Standing({ journal, worker: makeWorker(name), writeStatus: () => undefined });
      appended[name] = standing.eventsToAppend(journal.state, [report], []);
    }
  });
  await stage.run(1);
  assert.equal(appended, { w1: [], w2: [report] });
});

Lease.run();
