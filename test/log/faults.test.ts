/** A log survives every death, every error and every damage, at every call and every byte of every write. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Failure } from '../../src/base/errors.js';
import { Rng } from '../../src/base/rng.js';
import type { Host } from '../../src/log/host.js';
import { Journal } from '../../src/log/journal.js';
import { claim, enqueue, finish, idOf } from '../../support/log-helpers.js';
import { World } from '../../support/world/world.js';
import { runScenario } from '../simulator/scenario.js';

/** `npm run storm` tries every byte and every error. The suite tries one of each 31. */
const STRIDE = Number(process.env.SPT_STORM_STRIDE ?? 31);

const isStorm = STRIDE === 1;
const PATH = '/log/events-000001.jsonl';

/** Lets a process use a log of one segment with the given bytes, in a new world; gives that world. */
async function withLog(bytes: Buffer | undefined, use: (host: Host) => Promise<void>): Promise<World> {
  const world = new World(Rng.from('faults'), { kind: 'local' });
  if (bytes) world.setFile(PATH, bytes);
  const process = world.start(world.addMachine('m'), bytes ? 'later' : 'first', use);
  await world.run();
  if (process.error) throw process.error;
  return world;
}

async function sample(): Promise<Buffer> {
  const world = await withLog(undefined, async host => {
    const journal = await Journal.open('/log', host);
    await journal.transact(() => enqueue(0, 1));
    const [{ n }] = await journal.transact(() => [claim('w1', 0, 1)]);
    await journal.transact(() => [finish(0, n)]);
  });
  return world.bytesOf(PATH)!;
}

test('a log that was cut anywhere is healed by the next append, and then read in full', async () => {
  const whole = await sample();
  const ends = [...whole.keys()].filter(i => whole[i] === 10);
  for (let length = 0; length <= whole.length; length++) {
    await withLog(Buffer.from(whole.subarray(0, length)), async host => {
      const journal = await Journal.open('/log', host);
      assert.is(journal.state.n, ends.filter(end => end < length).length);
      await journal.transact(() => enqueue(7));
      await (await Journal.open('/log', host)).transact(() => enqueue(8));
      const { state } = await Journal.open('/log', host);
      // A line that lacks only its newline is whole again once the next writer has ended it.
      const isTorn = length > 0 && whole[length - 1] !== 10 && !ends.includes(length);
      assert.is(state.n, ends.filter(end => end <= length).length + 2, `cut at ${length}`);
      assert.is(state.troubles.checksum, isTorn ? 1 : 0, `cut at ${length}`);
      assert.ok(state.row(idOf(7)) >= 0 && state.row(idOf(8)) >= 0);
      assert.equal([state.troubles.gaps, state.troubles.forks, state.troubles.brokenLinks], [0, 0, 0]);
    });
  }
});

test('every flipped bit is seen, wherever it is, and costs no more than its line', async () => {
  const whole = await sample();
  const all = whole.toString().split('\n').length - 1;
  for (let bit = 0; bit < 8 * whole.length; bit += isStorm ? 1 : 11) {
    const bytes = Buffer.from(whole);
    bytes[bit >> 3] ^= 1 << (bit & 7);
    // A lost newline joins two lines, and an added one splits a line.
    const joins = whole[bit >> 3] === 10;
    await withLog(bytes, async host => {
      const journal = await Journal.open('/log', host);
      const isLast = bit >> 3 === whole.length - 1;
      assert.is(journal.state.troubles.checksum > 0, !isLast, `bit ${bit}`);
      if (bit % 5 > 0 && !joins) return;
      await journal.transact(() => enqueue(7));
      const { state } = await Journal.open('/log', host);
      assert.ok(state.troubles.checksum > 0, `bit ${bit}`);
      assert.ok(state.row(idOf(7)) >= 0 && state.n >= all - (joins ? 2 : 1));
    });
  }
});

test('undisturbed, the scenario is acknowledged in full', async () => {
  const { broken, acknowledged, errors, calls } = await runScenario();
  assert.equal([broken, errors, acknowledged], [[], [], 12]);
  assert.ok(
    calls.some(({ path }) => path.endsWith('events-000002.jsonl')),
    'a segment is sealed',
  );
});

test('killed or without power at every call, all that was acknowledged is there, and the log goes on', async () => {
  const { calls } = await runScenario();
  let runs = 0;
  for (let at = 0; at < calls.length; at++) {
    for (const mishap of [
      { kind: 'kill', when: 'before' },
      { kind: 'kill', when: 'after' },
      { kind: 'power' },
    ] as const) {
      const { broken } = await runScenario(at, mishap);
      assert.equal(broken, [], `${mishap.kind} at call ${at}, ${calls[at].name} ${calls[at].path}`);
      runs++;
    }
  }
  assert.ok(runs > 300);
});

test('killed or without power at every byte of every write, all that was acknowledged is there', async () => {
  const { calls } = await runScenario();
  for (let at = 0; at < calls.length; at++) {
    if (calls[at].name !== 'write' || !calls[at].path.endsWith('.jsonl')) continue;
    for (let bytes = 1; bytes <= calls[at].length; bytes += STRIDE) {
      for (const mishap of [
        { kind: 'kill', when: 'before', bytes },
        { kind: 'power', bytes },
      ] as const) {
        const { broken } = await runScenario(at, mishap);
        assert.equal(broken, [], `${mishap.kind} at byte ${bytes} of call ${at}`);
      }
    }
  }
});

const CODES = ['ENOSPC', 'EIO', 'ESTALE', 'EINTR', 'ENOLCK', 'EAGAIN'];

test('every error at every call, once, loses nothing and is told clearly', async () => {
  const { calls } = await runScenario();
  for (let at = 0; at < calls.length; at++) {
    const { name, length } = calls[at];
    if (name === 'sleep') continue;
    for (const code of CODES.filter((_, i) => isStorm || (at + i) % CODES.length < 1)) {
      for (const bytes of name === 'write' ? [0, length >> 1, length] : [0]) {
        const once = await runScenario(at, { kind: 'error', code, bytes });
        const where = `${code} at call ${at}, ${name} ${calls[at].path}, ${bytes} bytes`;
        assert.equal(once.broken, [], where);
        assert.ok(once.survived || once.errors.length > 0, where);
      }
    }
  }
});

test('every short write is made good', async () => {
  const { calls } = await runScenario();
  for (let at = 0; at < calls.length; at++) {
    if (calls[at].name !== 'write') continue;
    for (const bytes of [0, 1, calls[at].length >> 1, calls[at].length - 1]) {
      const { broken, acknowledged } = await runScenario(at, { kind: 'short', bytes });
      assert.equal([broken, acknowledged], [[], 12], `${bytes} bytes of call ${at}`);
    }
  }
});

test('an error that stays is a failure with a name, and nothing acknowledged is lost', async () => {
  const { calls } = await runScenario();
  const expected: { [code: string]: string } = {
    ENOSPC: 'disk-full',
    EIO: 'log-io',
    ESTALE: 'log-unreachable',
  };
  expected.ENOLCK = 'no-locks';
  for (const [code, name] of Object.entries(expected)) {
    const at = calls.findIndex((call, i) => i > calls.length / 2 && call.name === 'write');
    const first = code === 'ENOLCK' ? calls.findIndex((call, i) => i > at && call.name === 'lock') : at;
    const { broken, errors } = await runScenario(first, { kind: 'error', code, bytes: 7 }, 1000);
    assert.equal(broken, []);
    assert.ok(errors.length > 0);
    for (const error of errors)
      assert.ok(error instanceof Failure && error.code === name, `${code}: ${error}`);
  }
});

test.run();
