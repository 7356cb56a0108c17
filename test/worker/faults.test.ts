/**
 * A worker among faults: data that is not here, records that are damaged, a log that cannot be read for a moment or has
 * lost lines. The supervisor is real. The world and the training are simulated, and time costs nothing.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Config } from '../../src/base/config.js';
import { Failure } from '../../src/base/errors.js';
import type { Outcome } from '../../src/worker/protocol.js';
import { enqueue, idOf, makeConfig, makeWorker } from '../../support/log-helpers.js';
import { SEGMENT, Stage, someConfigs } from '../../support/stage.js';

const Faults = suite('worker faults');

Faults('claims of its own that a worker does not hold are released, or reported again', async () => {
  const stage = new Stage('strays', someConfigs(6));
  await stage.enqueue();
  const worker = stage.hire('w1', { seconds: () => 3, options: { forever: true } });
  await stage.run(60);
  assert.is(new Set(stage.finished()).size, 6);
  const bytes = stage.world.bytesOf(SEGMENT)!;
  const reports = stage.events().filter(({ type }) => type === 'finished');
  const last = bytes.lastIndexOf(`"n":${reports[3].n},`);
  stage.world.setFile(SEGMENT, Buffer.from(bytes.subarray(0, bytes.lastIndexOf(10, last) + 1)));
  assert.is(stage.finished().length, 3, 'three reports are lost, their claims are there or are lost, too');
  const other = stage.hire('w2');
  await stage.run(120);
  assert.is(new Set(stage.finished()).size, 6);
  assert.is(other.process.ended, true, 'nobody waits for ever');
  assert.match(worker.told.join('\n'), /lost +the end of the log: it was read to record \d+/);
  const trained = [...worker.told, ...other.told].filter(line => line.startsWith('finished')).length;
  assert.ok(trained < 6 + 3, 'what was still known was reported again, and not trained again');
});

Faults('a worker whose search has lost configs ends with 1, and says what to do', async () => {
  const stage = new Stage('lost configs', someConfigs(4));
  await stage.enqueue();
  const bytes = stage.world.bytesOf(SEGMENT)!;
  const worker = stage.hire('w1', { seconds: () => 10 });
  await stage.run(5);
  stage.world.setFile(SEGMENT, Buffer.from(bytes.subarray(0, bytes.indexOf(10) + 1)));
  await stage.run(200);
  assert.is(worker.process.ended, true);
  assert.equal(new Set(stage.finished()), new Set([idOf(0)]));
  const trouble = worker.tally!.trouble!;
  assert.equal(
    [trouble.code, trouble.message],
    ['log-lost-lines', 'the log has lost 3 configs while this worker used it'],
  );
  assert.match(trouble.hint!, /Run the same `spt enqueue` again/);
});

Faults('a claim whose number was given again to another worker is not taken for one of its own', async () => {
  const stage = new Stage('same epoch', someConfigs(1));
  await stage.enqueue();
  const bytes = Buffer.from(stage.world.bytesOf(SEGMENT)!);
  const worker = stage.hire('w1', { seconds: () => 30 });
  await stage.run(5);
  stage.world.setFile(SEGMENT, bytes);
  const epoch = await stage.append({ type: 'claimed', configs: [idOf(0)], worker: makeWorker('w2') });
  assert.is(epoch, 2, 'the number of the claim that was lost');
  await stage.run(60);
  assert.is(worker.process.ended, false, 'it waits for the other');
  assert.equal(stage.finished(), [], 'it does not report under the claim of another');
  assert.match(worker.told.join('\n'), /dropped +\w+ +its claim 2 is not in the log any more/);
});

Faults('a damaged record costs its config, and no worker', async () => {
  const stage = new Stage('damaged', someConfigs(5));
  await stage.enqueue();
  const trade = { options: { forever: true }, seconds: () => 0.2 };
  const worker = stage.hire('w1', trade);
  const late = makeConfig(9);
  await stage.run(20);
  const others = Array.from({ length: 60 }, (_, i) => makeConfig(10 + i));
  await stage.append(...[late, ...others].map(config => ({ type: 'enqueued' as const, config })));
  // both workers have read the record before it is damaged, as one that started from a snapshot has
  const other = stage.hire('w2', trade);
  stage.world.interfere = ({ process, name }) => {
    if (name !== 'write' || process.name === 'manager') return undefined;
    const bytes = stage.world.bytesOf(SEGMENT)!;
    const place = bytes.indexOf(`"id":"${late.id}"`);
    if (stage.world.nowMs > 20_000 && place > 0) bytes[place + 60] ^= 1;
    stage.world.interfere = () => undefined;
    return undefined;
  };
  await stage.run(120);
  assert.is(worker.process.ended || other.process.ended, false, 'no worker ends of it');
  const failed = stage.events().filter(event => event.type === 'failed');
  assert.equal(
    failed.map(event => (event as { config: string }).config),
    [late.id],
  );
  assert.match(
    (failed[0] as { message: string }).message,
    /^the record of this config in the log is damaged, so nobody can train it: /,
  );
  const claim = stage.events().find(event => event.type === 'claimed' && event.configs.includes(late.id));
  assert.ok((claim as { configs: string[] }).configs.length > 1, 'others were claimed together with it');
  assert.is(new Set(stage.finished()).size, 5 + others.length, 'the others are trained');
});

const missing = (digest: string): never => {
  throw new Failure('data-missing', `no data ${digest}`, `Copy the folder data/.prepared/${digest}.`);
};

Faults('a split whose data is not here is left to others, and the rest is trained', async () => {
  const stage = new Stage(
    'no data',
    someConfigs(20, i => ({ data: i % 2 === 0 ? 'gone' : 'here' })),
  );
  await stage.enqueue();
  const readData = (digest: string): never => (digest === 'gone' ? missing(digest) : (undefined as never));
  const worker = stage.hire('w1', { readData });
  await stage.run(200);
  assert.is(worker.process.ended, true);
  assert.equal(
    stage.finished().sort(),
    someConfigs(20)
      .flatMap(({ id }, i) => (i % 2 === 1 ? [id] : []))
      .sort(),
  );
  const { trouble } = worker.tally!;
  assert.match(trouble!.message, /^this worker did not train split A1: no data gone$/);
  assert.is(trouble!.hint, 'Copy the folder data/.prepared/gone.');
  assert.is(worker.told.filter(line => line.startsWith('set aside')).length, 1, 'it is told once');
  const claims = stage.events().flatMap(event => (event.type === 'claimed' ? event.configs : []));
  assert.ok(claims.length < 10 + 10, 'what cannot be trained is not claimed again and again');
  const other = stage.hire('w2');
  await stage.run(200);
  assert.is(other.tally?.trouble, undefined);
  assert.is(stage.finished().length, 20, 'nothing is held by who has gone');
});

Faults('what fails at once does not make a worker claim all that is left', async () => {
  const stage = new Stage(
    'pace',
    someConfigs(400, () => ({ pipeline: 'lasso', split: 'A1' })),
  );
  await stage.enqueue();
  const failure: Outcome = { kind: 'failed', failure: 'error', message: 'no', retry: false, seconds: 0 };
  const worker = stage.hire('w1', {
    seconds: ({ id }) => (id < '4' ? 0.001 : 20),
    outcome: ({ id }) => (id < '4' ? failure : undefined),
  });
  await stage.run(300);
  const sizes = stage.events().flatMap(event => (event.type === 'claimed' ? [event.configs.length] : []));
  assert.ok(Math.max(...sizes) <= 16, `claims of ${sizes.join(', ')}`);
  worker.supervisor.leaveAtOnce();
  await stage.run(10);
});

Faults(
  'a log that cannot be read for a while ends no worker; after a long while a worker ends and says why',
  async () => {
    const stage = new Stage('unreadable', someConfigs(1));
    await stage.append(...enqueue(0));
    const busy = stage.hire('busy', { seconds: () => 300 });
    await stage.run(1);
    const brief = stage.hire('w1');
    let errors = 4;
    stage.world.interfere = ({ process, name, path }) =>
      process === brief.process &&
      name === 'open' &&
      path === SEGMENT &&
      stage.world.nowMs > 4000 &&
      errors-- > 0
        ? { kind: 'error', code: 'EIO' }
        : undefined;
    await stage.run(30);
    assert.is(brief.process.ended, false);
    assert.match(brief.told.join('\n'), /waiting +the log could not be read \(EIO\); it is tried again in/);
    errors = Infinity;
    await stage.run(200);
    assert.is((brief.process.error as Failure | undefined)?.name, 'Failure');
    assert.match((brief.process.error as Failure).message, /the log cannot be read \(\/site\/log\)/);
    assert.is(busy.process.ended, false);
  },
);

Faults('half of a search is half of each of its splits', async () => {
  const splits = (i: number): Partial<Config> => ({ split: i % 2 === 0 ? 'A1' : 'B2', pipeline: 'lasso' });
  const stage = new Stage('half', someConfigs(80, splits));
  await stage.enqueue();
  stage.hire('w1', { seconds: () => 0.05 });
  await stage.run(100);
  const split = new Map(stage.configs.map(config => [config.id, config.split]));
  const order = stage.finished().map(id => split.get(id)!);
  const half = order.slice(0, 40).filter(name => name === 'A1').length;
  assert.ok(half >= 12 && half <= 28, `${half} of the first 40 are of split A1`);
  const changes = order.filter((name, i) => i > 0 && name !== order[i - 1]).length;
  assert.ok(changes <= 16, `the data of a split is loaded ${changes + 1} times`);
});

Faults(
  'a warning without a known end lets running configs finish, and a stop after it has its grace',
  async () => {
    const stage = new Stage('warned', someConfigs(3));
    await stage.enqueue();
    const worker = stage.hire('w1', { seconds: () => 600, options: { graceMs: 0 } });
    await stage.run(10);
    worker.supervisor.warn();
    await stage.run(1000);
    assert.is(worker.process.ended, true);
    assert.is(stage.finished().length, 1, 'it had all the time it took');
    assert.match(worker.told.join('\n'), /stopping +1 running config may go on until done/);

    const other = stage.hire('w2', { seconds: () => 15 });
    await stage.run(5);
    other.supervisor.warn();
    other.supervisor.stop();
    await stage.run(100);
    assert.is(stage.finished().length, 2, 'the grace is 20 s');

    const third = stage.hire('w3', { seconds: () => 15 });
    await stage.run(5);
    third.supervisor.warn();
    third.supervisor.stop();
    third.supervisor.stop();
    await stage.run(100);
    assert.is(stage.finished().length, 2, 'a second signal to stop ends it');
    assert.is(stage.events().at(-1)!.type, 'released');
  },
);

Faults('a busy worker takes up at once what a dead one held on the same machine', async () => {
  const stage = new Stage('near', someConfigs(2));
  await stage.enqueue();
  const dead = stage.hire('w1', { seconds: () => 1000 });
  const busy = stage.hire('w2', { seconds: () => 100 });
  await stage.run(30);
  const before = stage.events().length;
  stage.world.kill(dead.process);
  await stage.run(3);
  const [released] = stage.events().slice(before);
  assert.equal([released.type, (released as { why?: string }).why], ['released', 'lost']);
  assert.is(busy.process.ended, false);
});

Faults('only who has released the claims of a dead worker says so', async () => {
  const stage = new Stage('said once', someConfigs(60));
  await stage.enqueue();
  const dead = stage.hire('w0', { seconds: () => 1000 });
  const watchers = ['w1', 'w2', 'w3', 'w4', 'w5', 'w6'].map(name => stage.hire(name, { seconds: () => 500 }));
  await stage.run(30);
  stage.world.kill(dead.process);
  await stage.run(60);
  const said = watchers.flatMap(({ told }) => told.filter(line => line.startsWith('released')));
  const events = stage.events().filter(event => event.type === 'released' && event.why === 'lost');
  assert.is(said.length, 1, said.join('\n'));
  assert.is(events.length, 1);
});

Faults.run();
