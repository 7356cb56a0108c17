/** Lines of the log, and the state that the fold makes of their events. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { crc32, crc32ByTables } from '../../src/base/crc.js';
import { decode } from '../../src/events/format/decode.js';
import { crcOf, encode, type Draft, type Entry } from '../../src/events/format/event.js';
import { apply, type Outcome } from '../../src/events/fold.js';
import { State } from '../../src/events/state/state.js';
import { summarize } from '../../src/events/ask/summary.js';
import { claim, enqueue, fail, finish, idOf, makeConfig } from '../../support/log-helpers.js';
import { sealed } from '../../support/mutate-line.js';

/** A log in memory: events are encoded, decoded and applied, as in a file. */
class Tape {
  state = new State();
  lines: Buffer[] = [];
  add(event: Draft, more: { id?: string; n?: number } = {}): Outcome & { n: number } {
    const { n, chain } = this.state;
    const head = {
      n: more.n ?? n + 1,
      previous: chain,
      id: more.id ?? `e${this.lines.length}`,
      at: 'T',
      by: 'me',
    };
    const line = encode(event, head);
    this.lines.push(line);
    const entry = decode(line.subarray(0, -1)) as Entry;
    assert.type(entry, 'object');
    return { ...apply(this.state, entry, { segment: 1, offset: 0, length: line.length - 1 }), n: head.n };
  }
  status(i: number): string {
    return this.state.statusOf(this.state.row(idOf(i)));
  }
}

function tapeOf(...numbers: number[]): Tape {
  const tape = new Tape();
  for (const event of enqueue(...numbers)) tape.add(event);
  return tape;
}

test('the CRC is that of zlib, gzip and PNG, natively and by tables', () => {
  const bytes = Buffer.from('123456789');
  assert.is(crc32ByTables(bytes), 0xcbf43926);
  assert.is(crc32(bytes), 0xcbf43926);
  // The polynomial division itself, bit by bit.
  const slowly = (data: Uint8Array): number => {
    let crc = -1;
    for (const byte of data) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    }
    return ~crc >>> 0;
  };
  const noise = Buffer.from(Array.from({ length: 1000 }, (_, i) => (i * 7919) & 255));
  for (let length = 0; length < 40; length++) {
    assert.is(crc32ByTables(noise, 0, 3, 3 + length), slowly(noise.subarray(3, 3 + length)));
  }
  for (const length of [399, 400, 401, 997]) {
    assert.is(crc32(noise, 0, 3, 3 + length), slowly(noise.subarray(3, 3 + length)));
    assert.is(crc32(noise, crc32(noise, 0, 0, 3), 3, 3 + length), crc32ByTables(noise, 0, 0, 3 + length));
  }
});

test('a line is JSON, begins with its CRC, and comes back as it was', () => {
  const config = makeConfig(1, { pipeline: 'käse\u009b\u2028"\\', data: '\u0007' });
  const line = encode({ type: 'enqueued', config }, { n: 7, previous: 255, id: 'x', at: 'T', by: 'me' });
  assert.match(line.toString(), /^\{"crc":"[0-9a-f]{8}","n":7,"p":"000000ff","id":"x","at":"T","by":"me",/);
  assert.not.match(line.toString(), /[\u0000-\u0009\u007f-\u009f\u2028]/);
  const entry = decode(line.subarray(0, -1)) as Entry;
  assert.equal(entry.event, { type: 'enqueued', config });
  assert.is(entry.crc, crcOf(line));
  assert.is(JSON.parse(line.toString()).config.pipeline, config.pipeline);
});

test('every flipped bit and every truncation of a line is seen', () => {
  const line = encode(finish(3, 9), { n: 7, previous: 255, id: 'x', at: 'T', by: 'me' }).subarray(0, -1);
  for (let bit = 0; bit < 8 * line.length; bit++) {
    line[bit >> 3] ^= 1 << (bit & 7);
    assert.is(decode(line), 'checksum', `bit ${bit}`);
    line[bit >> 3] ^= 1 << (bit & 7);
  }
  for (let length = 0; length < line.length; length++) assert.is(decode(line, 0, length), 'checksum');
  assert.type(decode(line), 'object');
});

test('a right CRC around anything else is malformed, never an exception', () => {
  const good = {
    n: 1,
    p: '00000000',
    id: 'x',
    at: 'T',
    by: 'me',
    type: 'claimed',
    configs: [],
    worker: { id: 'w' },
  };
  const bad: string[] = ['', '}', '[]', 'null}', '"n":1', '"__proto__":{"n":1}}', '"n":1e999}'];
  const change = (more: object): string => JSON.stringify({ ...good, ...more }).slice(1);
  bad.push(
    change({}),
    change({ n: 0 }),
    change({ n: 1.5 }),
    change({ n: '1' }),
    change({ p: 'xyz' }),
    change({ id: 7 }),
  );
  bad.push(
    change({ type: 'enqueued', config: { id: 'UPPER' } }),
    change({ type: 'finished' }),
    change({ type: 'failed' }),
  );
  bad.push(
    change({ type: 'released', why: 'lost' }),
    change({ type: 'released', why: 'retry', configs: undefined }),
    change({ type: 'sealed' }),
  );
  bad.push(
    change({ worker: { id: '../../etc', host: 'h', pid: 1 } }),
    change({ type: '' }),
    change({ by: 'x'.repeat(2000) }),
  );
  const unknown = { ...good, type: 'unheard-of' };
  const withValue = (value: string): string => `${JSON.stringify(unknown).slice(1, -1)},"more":${value}}`;
  const nested = (levels: number): string => withValue(`${'['.repeat(levels)}${']'.repeat(levels)}`);
  assert.is(typeof decode(sealed(Buffer.from(nested(99)))), 'object');
  assert.is(typeof decode(sealed(Buffer.from(withValue('1e308')))), 'object');
  bad.push(nested(100), nested(100_000), withValue('1e309'), withValue(`-1${'0'.repeat(309)}`));
  for (const rest of bad) {
    const bytes = Buffer.from(rest);
    const line = Buffer.concat([
      Buffer.from(`{"crc":"${crc32(bytes).toString(16).padStart(8, '0')}",`),
      bytes,
    ]);
    assert.is(typeof decode(line), 'string', rest);
  }
});

test('a config goes from queued to claimed to finished, once', () => {
  const tape = tapeOf(0, 1);
  assert.not(tape.add(enqueue(0)[0]).applied);
  const { n } = tape.add(claim('w1', 0, 1));
  assert.equal(tape.status(0), 'claimed');
  assert.equal(tape.add(claim('w2', 0, 7)), { applied: false, missed: [idOf(0), idOf(7)], n: n + 1 });
  assert.ok(tape.add(finish(0, n, 0.75)).applied);
  assert.not(tape.add(finish(0, n)).applied);
  assert.is(tape.status(0), 'finished');
  assert.is(tape.state.cv[tape.state.row(idOf(0))], 0.75);
  assert.equal(tape.state.claimsOf('w1').length, 1);
  assert.ok(tape.add(finish(1, n)).applied);
  assert.equal(tape.state.claimsOf('w1'), []);
  assert.is(tape.state.troubles.ignored, 3);
});

test('reports under an epoch that is over are ignored', () => {
  const tape = tapeOf(0);
  const first = tape.add(claim('w1', 0)).n;
  assert.ok(tape.add({ type: 'released', claim: first, why: 'lost', worker: 'w1' }).applied);
  assert.not(tape.add(finish(0, first)).applied);
  const second = tape.add(claim('w2', 0)).n;
  assert.not(tape.add(finish(0, first)).applied);
  assert.not(tape.add(fail(0, first)).applied);
  assert.not(tape.add({ type: 'released', claim: first, why: 'signal' }).applied);
  assert.is(tape.status(0), 'claimed');
  assert.ok(tape.add(finish(0, second)).applied);
  assert.is(tape.state.losses[0], 1);
  assert.is(tape.state.attempts[0], 0);
});

test('failures count attempts, losses count apart, retry starts afresh', () => {
  const tape = tapeOf(0);
  for (let attempt = 1; attempt <= 3; attempt++) {
    const { n } = tape.add(claim('w1', 0));
    assert.ok(tape.add(fail(0, n, { retry: attempt < 3, kind: 'timeout' })).applied);
    assert.is(tape.state.attempts[0], attempt);
  }
  assert.is(tape.status(0), 'failed');
  assert.is(tape.state.failureOf(0), 'timeout');
  assert.equal(summarize(tape.state).failures, { timeout: 1 });
  const missed = tape.add({ type: 'released', why: 'retry', configs: [idOf(0), idOf(1)] }).missed;
  assert.equal(missed, [idOf(1)]);
  assert.is(tape.status(0), 'queued');
  assert.is(tape.state.attempts[0], 0);
  const { n } = tape.add(claim('w1', 0));
  tape.add(fail(0, n, { kind: 'lost' }));
  assert.is(tape.state.losses[0], 1);
  assert.is(tape.state.attempts[0], 0);
});

test('a claim with a number that was used before gets nothing, because its epoch would not be unique', () => {
  const tape = tapeOf(0, 1);
  const { n } = tape.add(claim('w1', 0));
  assert.not(tape.add(claim('w2', 1), { n }).applied);
  assert.is(tape.status(1), 'queued');
  assert.is(tape.state.troubles.forks, 1);
  assert.is(tape.state.n, n);
});

test('doubles, gaps and broken links are counted', () => {
  const tape = tapeOf(0);
  tape.add(enqueue(1)[0], { id: 'twice' });
  tape.add(enqueue(2)[0], { id: 'twice' });
  assert.is(tape.state.size, 2);
  tape.add(enqueue(3)[0], { n: 10 });
  assert.equal(
    [tape.state.troubles.doubles, tape.state.troubles.gaps, tape.state.troubles.missing],
    [1, 1, 6],
  );
});

test('a number far beyond the others does not count, so that numbers cannot run out', () => {
  const tape = tapeOf(0, 1);
  const { n } = tape.add(claim('w1', 0));
  for (const far of [Number.MAX_SAFE_INTEGER, n + 2 ** 32 + 1]) {
    assert.equal(tape.add(claim('w2', 1), { n: far }).missed, [idOf(1)]);
    assert.is(tape.state.n, n);
  }
  assert.is(tape.state.troubles.forks, 2);
  assert.is(tape.add(claim('w3', 1)).applied, true);
  tape.add(enqueue(2)[0], { n: n + 1 + 2 ** 32 });
  assert.is(tape.state.n, n + 1 + 2 ** 32);
  assert.is(tape.state.troubles.missing, 2 ** 32 - 1);
});

test('an id is found by a prefix while it is unique', () => {
  const tape = tapeOf(...Array.from({ length: 500 }, (_, i) => i));
  const { state } = tape;
  for (const i of [0, 17, 499]) {
    assert.equal(state.find(idOf(i)), [i]);
    assert.equal(state.find(idOf(i).slice(0, 12)), [i]);
    assert.ok(state.find(idOf(i).slice(0, 2), 1000).includes(i));
  }
  assert.equal(state.find('not hex'), []);
  assert.equal(state.find('0000000000000000'), []);
  const counted = state.find(idOf(3).slice(0, 1), 1000).length;
  const wanted = Array.from({ length: 500 }, (_, i) => idOf(i)).filter(id => id[0] === idOf(3)[0]).length;
  assert.is(counted, wanted);
});

test('the next queued config of a split is found, also after releases', () => {
  const tape = tapeOf(0, 1, 2, 3, 4, 5);
  const { state } = tape;
  assert.equal([state.nextQueued(), state.nextQueued(0, 'B2'), state.nextQueued(2, 'B2')], [0, 1, 3]);
  const first = tape.add(claim('w1', 0, 1, 2, 3)).n;
  assert.equal([state.nextQueued(), state.nextQueued(0, 'A1'), state.nextQueued(0, 'B2')], [4, 4, 5]);
  tape.add({ type: 'released', claim: first, configs: [idOf(1)], why: 'signal' });
  assert.equal([state.nextQueued(), state.nextQueued(0, 'A1'), state.nextQueued(0, 'B2')], [1, 4, 1]);
  tape.add(claim('w1', 1, 4, 5));
  assert.equal([state.nextQueued(), state.nextQueued(0, 'A1'), state.nextQueued(0, 'nothing')], [-1, -1, -1]);
  tape.add(enqueue(6)[0]);
  assert.equal([state.nextQueued(), state.nextQueued(0, 'A1'), state.nextQueued(0, 'B2')], [6, 6, -1]);
});

test('the summary counts by pipeline and split, and knows the best', () => {
  const tape = tapeOf(0, 2, 4, 6, 8);
  const { n } = tape.add(claim('w1', 0, 2, 4, 6));
  tape.add(finish(0, n, 0.7));
  tape.add(finish(6, n, 0.9));
  tape.add(finish(2, n, 0.8));
  const summary = summarize(tape.state);
  assert.equal(
    [summary.configs, summary.queued, summary.running, summary.finished, summary.failed],
    [5, 1, 1, 3, 0],
  );
  assert.equal(summary.groups, [
    {
      ...{
        pipeline: 'lasso',
        split: 'A1',
        scoring: 'roc_auc',
        queued: 0,
        running: 0,
        finished: 2,
        failed: 0,
      },
      best: { config: idOf(6), score: 0.9, by: 'cv', cv: 0.9, validate: 0.45 },
    },
    {
      ...{ pipeline: 'svc', split: 'A1', scoring: 'roc_auc', queued: 1, running: 1, finished: 1, failed: 0 },
      best: { config: idOf(2), score: 0.8, by: 'cv', cv: 0.8, validate: 0.4 },
    },
  ]);
  assert.equal(
    summary.workers.map(({ worker, configs }) => [worker.id, configs]),
    [['w1', [idOf(4)]]],
  );
});

test.run();
