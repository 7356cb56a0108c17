/**
 * Every byte string with a right CRC means one thing: to those who scan, to those who parse, and to those who look at
 * the log itself (merge, audit, doctor). `SPT_STORM_LINES` says how many lines are tried, `SPT_STORM_SEED` which.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Rng } from '../../src/base/rng.js';
import { checkedCrc } from '../../src/events/format/decode.js';
import { encode, type Draft } from '../../src/events/format/event.js';
import { Inspector } from '../../src/events/ask/inspect.js';
import { FactReader } from '../../src/events/ask/read-facts.js';
import { chunkBuffer } from '../../src/events/fast/module.js';
import { Replayer } from '../../src/events/replay.js';
import { State } from '../../src/events/state/state.js';
import { Journal } from '../../src/log/journal.js';
import { segmentPath } from '../../src/log/names.js';
import { nodeHost } from '../../src/log/node-host.js';
import { survey } from '../../src/log/survey.js';
import {
  claim,
  contentsOf,
  enqueue,
  fail,
  finish,
  makeFolder,
  makeWorker,
  removeFolder,
} from '../../support/log-helpers.js';
import { mutated, sealed } from '../../support/mutate-line.js';

const LINES = Number(process.env.SPT_STORM_LINES ?? 8000);
const SEED = process.env.SPT_STORM_SEED ?? 'one meaning';
/** The number of lines that are tried on one log. Configs are enqueued once in a log. */
const BLOCK = 200;

/** An event about a few configs, which applies more often than not. */
function someEvent(state: State, rng: Rng): Draft {
  const [held] = state.claims.values();
  const config = held && state.id(state.held(held)[0]);
  const some = rng.below(40);
  const full = {
    ...{ versions: { spt: '0.1.0', node: '20' }, warnings: [{ code: 'x', message: 'said "so"\u2028' }] },
    scores: {
      validate: { f1: null, roc_auc: rng.float() },
      cv: { f1: null, roc_auc: { mean: rng.float(), std: 0.1, folds: [0.5, 1] } },
      train: { roc_auc: 1 },
    },
  };
  switch (rng.below(8)) {
    case 0:
    case 1:
      return enqueue(some)[0];
    case 2:
      return { ...claim(`w${rng.below(3)}`, some, rng.below(40)), attempts: [1, 2] };
    case 3:
      return { ...claim('w', some), worker: { ...makeWorker('w'), slurm: { job: '7', node: 'n' } } };
    case 4:
      return config ? { ...fail(0, held.epoch, { retry: true }), config } : fail(some, 3);
    case 5:
      return { type: 'released', claim: held?.epoch ?? 3, why: 'lost', worker: 'w' };
    default:
      return config ? { ...finish(0, held.epoch), config, ...full } : { ...finish(some, 2), ...full };
  }
}

const Meaning = suite('one meaning');

/** Random lines, half of them mutated; `previous` of most is right. */
function* someLines(count: number, rng: Rng, state: State): Generator<Buffer> {
  let line = encode(enqueue(0)[0], { n: 1, previous: 0, id: 'first', at: 'T', by: 'me' });
  for (let i = 0; i < count; i++) {
    const before = line;
    const n = Math.min(state.n, 2 ** 40) + 1;
    const head = { n, previous: state.chain, id: rng.below(30) ? `e${i}` : 'again', at: `t${i}`, by: 'me' };
    line = encode(someEvent(state, rng), head);
    yield rng.below(2) ? line.subarray(0, -1) : mutated(line, before, rng);
  }
}

/** Where the chunk that is scanned where it stands is used, or a buffer of its own. */
function placed(line: Buffer, inChunk: boolean): Buffer {
  if (!inChunk || !chunkBuffer || line.length > chunkBuffer.length) return line;
  // what stands behind a line is not part of it
  chunkBuffer.fill('"}],', line.length, Math.min(chunkBuffer.length, line.length + 64));
  line.copy(chunkBuffer);
  return chunkBuffer;
}

/** Shows both kinds of readers a few hundred lines, and counts what became of them. */
function tryBlock(rng: Rng, seen: { taken: number; malformed: number; applied: number }): void {
  const [scanned, parsed] = [new Replayer(new State()), new Replayer(new State(), { slowly: true })];
  for (const line of someLines(BLOCK, rng, scanned.state)) {
    const place = { segment: 1, offset: seen.taken, length: line.length };
    const crc = checkedCrc(line, 0, line.length);
    assert.ok(crc >= 0);
    const told = line.toString('latin1', 0, 2000);
    const verdict = scanned.take(placed(line, rng.below(2) === 0), 0, line.length, crc, place);
    assert.is(parsed.take(line, 0, line.length, crc, place), verdict, told);
    if (verdict === 'malformed') {
      seen.malformed++;
      continue;
    }
    seen.taken++;
    if (scanned.outcome.applied) seen.applied++;
    assert.equal(scanned.outcome, parsed.outcome, told);
    for (const key of ['n', 'eventId', 'isSeal'] as const) assert.is(scanned[key], parsed[key], told);
    for (const key of ['n', 'chain', 'size'] as const) assert.is(scanned.state[key], parsed.state[key], told);
    if (rng.below(40) === 0) assert.equal(contentsOf(scanned.state), contentsOf(parsed.state), told);
  }
  assert.equal(contentsOf(scanned.state), contentsOf(parsed.state));
}

Meaning('of each line, to those who scan it and to those who parse it', () => {
  const seen = { taken: 0, malformed: 0, applied: 0 };
  for (let block = 0; block < LINES / BLOCK; block++) tryBlock(Rng.from(SEED, block), seen);
  assert.ok(Math.min(seen.taken, seen.malformed, seen.applied) > LINES / 20, JSON.stringify(seen));
});

Meaning('of a whole log, to replay, to merge and to audit', async () => {
  const host = await nodeHost();
  for (let round = 0; round < LINES / 3000; round++) {
    const folder = makeFolder();
    const replayer = new Replayer(new State());
    const lines: Buffer[] = [];
    for (const line of someLines(600, Rng.from(SEED, round), replayer.state)) {
      const place = { segment: 1, offset: 0, length: line.length };
      const crc = checkedCrc(line, 0, line.length);
      if (replayer.take(line, 0, line.length, crc, place) === 'taken' && replayer.isSeal) continue;
      lines.push(Buffer.concat([line, Buffer.from('\n')]));
    }
    writeFileSync(segmentPath(folder, 1), Buffer.concat(lines));
    const { state } = await Journal.open(folder, host, { snapshots: false });
    const [inspector, reader] = [new Inspector(), new FactReader()];
    await survey(folder, host, inspector);
    await survey(folder, host, reader);
    assert.equal(contentsOf(inspector.state), contentsOf(state));
    const facts = reader.done();
    for (let row = 0; row < state.size; row++) {
      const of = facts.configs.get(state.id(row));
      assert.ok(of?.enqueued);
      if (state.statusOf(row) === 'finished') assert.ok(of.finished, state.id(row));
      if (state.statusOf(row) === 'failed') assert.ok(of.failed, state.id(row));
    }
    removeFolder(folder);
  }
});

Meaning('of a member that is written twice: the last one counts, for everybody', async () => {
  const folder = makeFolder();
  const host = await nodeHost();
  const add = (text: string): void =>
    writeFileSync(join(folder, 'events-000001.jsonl'), `${sealed(Buffer.from(text)).toString('latin1')}\n`, {
      flag: 'a',
    });
  const textOf = (event: Draft, n: number): string =>
    encode(event, { n, previous: 0, id: `e${n}`, at: 'T', by: 'me' })
      .toString('latin1')
      .slice(18, -1);
  enqueue(0, 1).forEach((event, i) => add(textOf(event, i + 1)));
  add(textOf(claim('w', 0, 1), 3));
  add(textOf(finish(0, 3, 0.25), 4).replace(/\}$/, ',"type":"unheard-of"}'));
  add(textOf(finish(1, 3, 0.25), 5).replace('"mean":0.25', '"mean":0.25,"mean":0.75'));
  const { state } = await Journal.open(folder, host);
  const inspector = new Inspector();
  await survey(folder, host, inspector);
  for (const one of [state, inspector.state]) {
    assert.equal([one.statusOf(0), one.statusOf(1), one.cv[1]], ['claimed', 'finished', 0.75]);
    assert.is(one.troubles.unknown, 1);
  }
  removeFolder(folder);
});

Meaning.run();
