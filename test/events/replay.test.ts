/** The scanner of a replay and JSON.parse give the same state, whatever the lines are. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { crc32, hex8 } from '../../src/base/crc.js';
import { Rng } from '../../src/base/rng.js';
import { checkedCrc } from '../../src/events/format/decode.js';
import { crcOf, encode, type Draft } from '../../src/events/format/event.js';
import { chunkBuffer } from '../../src/events/fast/module.js';
import { Replayer } from '../../src/events/replay.js';
import { FactReader } from '../../src/events/ask/read-facts.js';
import { mergedLines } from '../../src/events/ask/write-facts.js';
import { soundRun } from '../../src/events/fast/run.js';
import { Scan, type Configs } from '../../src/events/fast/scan.js';
import { State } from '../../src/events/state/state.js';
import { linesOf, show } from '../../support/random-log.js';
import {
  claim,
  contentsOf,
  enqueue,
  fail,
  finish,
  idOf,
  makeConfig,
  makeWorker,
} from '../../support/log-helpers.js';

/** Configs for a scan on its own: every id is that of the first row. */
const oneConfig: Configs = { rowInClaim: () => 0, groupOf: () => ({ scoring: 'roc_auc' }) };

/** A random event about a few configs; many do not apply. */
function randomEvent(rng: Rng): Draft {
  const some = (): number => rng.below(12);
  const epoch = (): number => rng.below(300);
  const strange = rng.below(8) === 0 ? 'ä"\\\u2028' : 'x';
  switch (rng.below(7)) {
    case 0:
      return { type: 'enqueued', config: makeConfig(some(), { pipeline: strange, seed: rng.below(9) }) };
    case 1: {
      const direction = ([undefined, 'min', 'max'] as const)[rng.below(3)];
      return { type: 'enqueued', config: makeConfig(some(), { direction }) };
    }
    case 2:
      return { ...claim(`w${some()}`, some(), some()), attempts: [1, 2] };
    case 3: {
      const slurm = { job: '7', task: strange };
      return {
        ...claim('w', ...Array.from({ length: some() }, some)),
        worker: { ...makeWorker(`v${some()}`), slurm },
      };
    }
    case 4:
      return {
        ...finish(some(), epoch(), rng.float()),
        ...(rng.below(2) === 0 && { unranked: true }),
        ...(rng.below(2) === 0 && { size: { features: some(), nodes: rng.float() } }),
        warnings: [{ code: strange, message: '{"cv":{' }],
      };
    case 5:
      return fail(some(), epoch(), { retry: rng.below(2) === 0, message: strange });
    default:
      return {
        type: 'released',
        why: rng.below(2) ? 'lost' : 'retry',
        configs: [idOf(some())],
        claim: epoch(),
      };
  }
}

test('scanning and parsing give the same state, line by line', () => {
  const scanned = new Replayer(new State());
  const parsed = new Replayer(new State(), { slowly: true });
  const rng = Rng.from('replay');
  const seen = new Set<string>();
  for (let i = 1; i <= 3000; i++) {
    let event = randomEvent(rng);
    // Every other word is one that applies, if anything is held.
    const held = scanned.state.claims.values()[0];
    if (held && rng.below(2)) {
      const config = scanned.state.id(scanned.state.held(held)[0]);
      if (event.type === 'finished' || event.type === 'failed')
        event = { ...event, config, claim: held.epoch };
    }
    if (event.type === 'finished' && rng.below(4) === 0)
      event.scores = { validate: { roc_auc: null, f1: 1e-7 } };
    if (event.type === 'finished' && rng.below(4) === 0)
      event.scores = { cv: { f1: null, roc_auc: null }, train: {} };
    const id = rng.below(20) === 0 ? 'again' : `id${i}`;
    const n = Math.max(1, i - (rng.below(10) === 0 ? rng.below(3) : 0));
    const line = encode(event, { n, previous: scanned.state.chain, id, at: `t${i}`, by: 'me' });
    const place = { segment: 1, offset: 10 * i, length: line.length - 1 };
    const crc = checkedCrc(line, 0, line.length - 1);
    assert.is(scanned.take(line, 0, line.length - 1, crc, place), 'taken');
    assert.is(parsed.take(line, 0, line.length - 1, crc, place), 'taken');
    assert.equal(scanned.outcome, parsed.outcome);
    assert.equal([scanned.n, scanned.eventId], [n, id]);
    assert.is(scanned.eventId, parsed.eventId);
    if (scanned.outcome.applied) seen.add(event.type);
    if (i % 100 === 0) assert.equal(contentsOf(scanned.state), contentsOf(parsed.state));
  }
  assert.equal([...seen].sort(), ['claimed', 'enqueued', 'failed', 'finished', 'released']);
});

test('an unranked outcome is finished and has no ranking score, for both readers and after a merge', () => {
  const events: Draft[] = [
    ...enqueue(1, 2),
    claim('w', 1, 2),
    { ...finish(1, 3, 0.75), unranked: true, warnings: [{ code: 'not-converged', message: 'x' }] },
    finish(2, 3, 0.5),
  ];
  const lines = linesOf(events, i => ({ id: `id${i}`, at: `t${i}` }));
  const facts = show(lines, new FactReader()).done();
  const merged = [...mergedLines(facts, 1e9)].map(({ line }) => line);
  for (const written of [lines, merged]) {
    const text = written.map(String).join('');
    assert.match(text, /"unranked":true,"scores":\{/);
    for (const slowly of [false, true]) {
      const { state, ...replayer } = replayed(written, slowly);
      assert.equal(replayer.verdicts, ['taken']);
      const [one, two] = [1, 2].map(number => state.row(idOf(number)));
      assert.equal([state.statusOf(one), state.statusOf(two)], ['finished', 'finished']);
      assert.equal([state.cv[one], state.cv[two]], [NaN, 0.5]);
    }
  }
});

/** The state of lines, and what was said of them. */
function replayed(lines: readonly Buffer[], slowly: boolean): { state: State; verdicts: string[] } {
  const replayer = new Replayer(new State(), { slowly });
  const verdicts = lines.map((line, i) => {
    const end = line.length - 1;
    return replayer.take(line, 0, end, checkedCrc(line, 0, end), { segment: 1, offset: i, length: end });
  });
  return { state: replayer.state, verdicts: [...new Set(verdicts)] };
}

const STRANGE: unknown[] = [
  ...[null, '', 0, -1, 1.5, 1e300, true, 'ä', 'x"y', '\u2028', [], {}, 0.1234567890123456789],
  ...['0123456789abcdef', '0123456789ABCDEF', 'x'.repeat(1025), { mean: 0.5 }, { roc_auc: { mean: 0.75 } }],
];

/** Puts something strange somewhere into an object, or takes something out, or puts it last. */
function garble(object: { [name: string]: any }, rng: Rng): void {
  const names = Object.keys(object).filter(name => name !== 'n');
  if (names.length === 0) return;
  const name = names[rng.below(names.length)];
  const value = object[name];
  if (value !== null && typeof value === 'object' && rng.below(4) > 0) return garble(value, rng);
  delete object[name];
  if (rng.below(3) === 0) object[name] = value;
  else if (rng.below(3) > 0) object[name] = structuredClone(STRANGE[rng.below(STRANGE.length)]);
}

test('lines of a strange shape are understood alike, or quarantined alike', () => {
  const [scanned, parsed] = [new Replayer(new State()), new Replayer(new State(), { slowly: true })];
  const rng = Rng.from('strange');
  const verdicts = new Set<string>();
  for (let n = 1; n <= 6000; n++) {
    const [held] = scanned.state.claims.values();
    let event = randomEvent(rng);
    if (held && (event.type === 'finished' || event.type === 'failed'))
      event = { ...event, config: scanned.state.id(scanned.state.held(held)[0]), claim: held.epoch };
    const line = encode(event, { n, previous: scanned.state.chain, id: `id${n}`, at: 'T', by: 'me' });
    const members = JSON.parse(line.toString());
    delete members.crc;
    for (let i = rng.below(3); i > 0; i--) garble(members, rng);
    const rest = Buffer.from(JSON.stringify(members).slice(1));
    const garbled = Buffer.concat([Buffer.from(`{"crc":"${hex8(crc32(rest))}",`), rest]);
    const place = { segment: 1, offset: n, length: garbled.length };
    const crc = checkedCrc(garbled, 0, garbled.length);
    const verdict = scanned.take(garbled, 0, garbled.length, crc, place);
    assert.is(parsed.take(garbled, 0, garbled.length, crc, place), verdict, garbled.toString());
    assert.equal(scanned.outcome, parsed.outcome, garbled.toString());
    verdicts.add(verdict);
    if (n % 100 === 0) assert.equal(contentsOf(scanned.state), contentsOf(parsed.state));
  }
  assert.equal([...verdicts].sort(), ['malformed', 'taken']);
});

/** A line with a right CRC around members that `encode` would have put in another order, or not written at all. */
function lineOf(members: string): Buffer {
  const rest = Buffer.from(`"n":3,"p":"00000000","id":"x","at":"T","by":"me","type":"finished",${members}}`);
  return Buffer.concat([Buffer.from(`{"crc":"${hex8(crc32(rest))}",`), rest]);
}

test('a finished line is understood alike in any order of its scores, and refused alike', () => {
  const cv = '"cv":{"f1":{"mean":0.1},"roc_auc":{"std":0.2,"mean":0.75,"folds":[0.5,1]},"mcc":{"mean":null}}';
  const validate = '"validate":{"f1":0.3,"roc_auc":0.5,"validate":{"roc_auc":0.9},"cv":null}';
  const train = '"train":{"cv":{"roc_auc":{"mean":0.8}},"roc_auc":0.9}';
  const [known, unknown] = [idOf(0), idOf(9)];
  const scores: [string, number, number][] = [
    [[validate, cv, train].join(), 0.75, 0.5],
    [[cv, validate, train].join(), 0.75, 0.5],
    [[train, cv, validate].join(), 0.75, 0.5],
    [[train, cv].join(), 0.75, NaN],
    [[validate, train].join(), NaN, 0.5],
    [train, NaN, NaN],
    ['"cv":{"roc_auc":null},"validate":{"roc_auc":"0.5"}', NaN, NaN],
  ];
  const finished = (config: string, object: string): Buffer =>
    lineOf(`"config":"${config}","claim":2,"seconds":1,"digest":"d","scores":${object},"versions":{}`);
  const read = (line: Buffer, slowly: boolean): { verdict: string; state: State } => {
    const state = new State();
    const replayer = new Replayer(state, { slowly });
    const place = { segment: 1, offset: 0, length: line.length };
    const before: Draft[] = [enqueue(0)[0], claim('w', 0)];
    before.forEach((event, i) => {
      const earlier = encode(event, { n: i + 1, previous: 0, id: `e${i}`, at: 'T', by: 'me' });
      replayer.take(earlier, 0, earlier.length - 1, crcOf(earlier), place);
    });
    return { verdict: replayer.take(line, 0, line.length, checkedCrc(line, 0, line.length), place), state };
  };
  const alike = (line: Buffer): { verdict: string; state: State } => {
    const [scanned, parsed] = [read(line, false), read(line, true)];
    assert.is(scanned.verdict, parsed.verdict, line.toString());
    assert.equal(contentsOf(scanned.state), contentsOf(parsed.state), line.toString());
    return scanned;
  };
  for (const [members, mean, validated] of scores) {
    const { verdict, state } = alike(finished(known, `{${members}}`));
    assert.equal([verdict, state.statusOf(0)], ['taken', 'finished']);
    assert.equal([state.cv[0], state.validate[0]], [mean, validated]);
    assert.is(alike(finished(unknown, `{${members}}`)).state.troubles.ignored, 1);
  }
  for (const config of [known, unknown]) {
    for (const object of ['null', '[]', '7', '"cv"', '', '{"cv"'])
      assert.is(alike(finished(config, object)).verdict, 'malformed');
  }
});

test('frequent lines are indeed scanned', () => {
  const scan = new Scan(oneConfig);
  const head = { n: 5, previous: 1, id: 'V1StGXR8_Z5jdHi6B-myT', at: '2026-01-01T00:00:00.000Z', by: 'w1' };
  const typeOf = (event: Draft): string => {
    const line = encode(event, head);
    assert.is(crcOf(line), checkedCrc(line, 0, line.length - 1));
    return scan.scan(line, 0, line.length - 1);
  };
  assert.is(typeOf(enqueue(1)[0]), 'enqueued');
  assert.equal([scan.pipeline, scan.split, scan.scoring], ['svc', 'B2', 'roc_auc']);
  assert.is(scan.direction, undefined);
  assert.is(typeOf({ type: 'enqueued', config: makeConfig(1, { direction: 'min' }) }), 'enqueued');
  assert.equal([scan.scoring, scan.direction], ['roc_auc', 'min']);
  assert.is(typeOf({ type: 'enqueued', config: makeConfig(1, { direction: 'max' }) }), 'refused');
  assert.is(typeOf({ ...claim('w1', 0, 1, 2), attempts: [1, 1, 2] }), 'claimed');
  assert.equal([scan.n, scan.size], [5, 3]);
  assert.is(typeOf(finish(1, 77, 0.123456789012345)), 'finished');
  assert.equal([scan.claim, scan.cv, scan.validate], [77, 0.123456789012345, 0.123456789012345 / 2]);
  assert.is(typeOf({ ...finish(1, 77), size: { features: 3, nodes: 40 } }), 'finished');
  assert.is(typeOf(fail(1, 1)), 'refused');
  assert.is(typeOf({ type: 'enqueued', config: makeConfig(1, { pipeline: 'ä' }) }), 'refused');
});

test('scores are the doubles that JSON.parse reads', () => {
  const scan = new Scan(oneConfig);
  const rng = Rng.from('decimals');
  const bits = new BigUint64Array(1);
  const double = new Float64Array(bits.buffer);
  const digits = (count: number): string => Array.from({ length: count }, () => rng.below(10)).join('');
  const texts = [
    '0',
    '-0',
    '0.0',
    '1',
    '-1',
    '9007199254740993',
    '0.30000000000000004',
    '123456789012345678',
  ];
  texts.push('0.1e1', '1E2', '1e-7', '12345678901234567890', '0.00000000000000000000001', '5e-324');
  for (let i = 0; i < 20_000; i++) {
    texts.push(
      String(rng.float()),
      String(-1000 * rng.float()),
      `${rng.below(1000)}.${digits(1 + rng.below(18))}`,
    );
    // Halfway between two doubles, and beside it.
    const half = 2 ** 53 + 1 + 2 * rng.below(2 ** 30);
    texts.push(`${BigInt(half)}`, `${BigInt(half) + 1n}`, `${(BigInt(half) * 5n).toString()}.${digits(1)}`);
    bits[0] = (BigInt(rng.below(2 ** 30)) << 34n) ^ BigInt(rng.below(2 ** 30));
    if (Number.isFinite(double[0])) texts.push(JSON.stringify(double[0]));
  }
  const taken = new Map<boolean, number>([
    [true, 0],
    [false, 0],
  ]);
  for (const text of texts) {
    const scores = `{"validate":{"roc_auc":${text}},"cv":{"roc_auc":{"mean":${text}}}}`;
    const line = lineOf(`"config":"${idOf(0)}","claim":2,"seconds":1,"digest":"d","scores":${scores}`);
    const isTaken = scan.scan(line, 0, line.length) === 'finished';
    taken.set(isTaken, taken.get(isTaken)! + 1);
    if (isTaken) assert.ok(Object.is(scan.cv, Number(text)) && Object.is(scan.validate, Number(text)), text);
    else assert.ok(/e|\.\d{23}/i.test(text) || text.replace(/\D/g, '').length > 15, `${text} is refused`);
  }
  assert.ok(taken.get(true)! > 60_000 && taken.get(false)! > 100, [...taken].join(' '));
});

test('what is not a number of JSON is no score', () => {
  const scan = new Scan(oneConfig);
  for (const text of ['01', '-', '1.', '.5', '+1', '00', '-01', '1.e3', 'NaN', '1..2', '0x1']) {
    const scores = `{"validate":{"roc_auc":${text}},"cv":{}}`;
    const line = lineOf(`"config":"${idOf(0)}","claim":2,"seconds":1,"digest":"d","scores":${scores}`);
    const type = scan.scan(line, 0, line.length);
    assert.ok(type === 'refused' || Number.isNaN(scan.validate), `${text}: ${type} ${scan.validate}`);
  }
});

/** Lines for a run, in the buffer in which runs are summed. */
function runOf(lines: number): { bytes: Buffer; ends: number[] } {
  const bytes: Buffer[] = [];
  const ends: number[] = [];
  for (let i = 0, end = 0; i < lines; i++) {
    const id = 'x'.repeat(1 + (i % 40));
    bytes.push(encode(enqueue(i)[0], { n: i + 1, previous: 7, id, at: 'T', by: 'w' }));
    end += bytes[i].length;
    ends.push(end - 1);
  }
  const all = Buffer.concat(bytes);
  all.copy(chunkBuffer!);
  return { bytes: chunkBuffer!.subarray(0, all.length), ends };
}

/** Whether each complete line has the CRC in front of it; there are some. */
function isEachSound(bytes: Buffer): boolean {
  let start = 0;
  for (let end = bytes.indexOf(10); end >= 0; start = end + 1, end = bytes.indexOf(10, start))
    if (checkedCrc(bytes, start, end) < 0) return false;
  return start > 0;
}

test('a run of lines is sound exactly if each line is', () => {
  const { bytes, ends } = runOf(40);
  const whole = soundRun(bytes)!;
  assert.equal([...whole.ends.subarray(0, whole.count)], ends);
  const crcs = ends.map((end, i) => checkedCrc(bytes, i === 0 ? 0 : ends[i - 1] + 1, end));
  assert.equal([...whole.crcs.subarray(0, whole.count)], crcs);
  const rest = Buffer.from('{"crc":"0000');
  rest.copy(chunkBuffer!, bytes.length);
  const longer = chunkBuffer!.subarray(0, bytes.length + rest.length);
  assert.is(soundRun(longer)!.count, 40, 'what follows the last newline is not of the run');
  const flip = (bit: number): void => void (bytes[bit >> 3] ^= 1 << (bit & 7));
  for (let bit = 0; bit < 8 * bytes.length; bit += 3) {
    const second = (bit + 8 * 137) % (8 * bytes.length);
    flip(bit);
    assert.is(soundRun(bytes) !== undefined, isEachSound(bytes), `bit ${bit}`);
    flip(second);
    assert.is(soundRun(bytes) !== undefined, isEachSound(bytes), `bits ${bit} and ${second}`);
    flip(second);
    flip(bit);
  }
  assert.is(soundRun(bytes)!.count, 40);
  assert.not(soundRun(Buffer.from(bytes)), 'it is not where runs are summed');
  assert.not(soundRun(bytes.subarray(0, 1000)), 'it is too short');
  bytes.copyWithin(ends[0] + 2, ends[0] + 1, bytes.length - 1);
  bytes[ends[0] + 1] = 10;
  assert.not(soundRun(bytes), 'an empty line has no CRC');
});

test('thousands of groups and workers are told apart', () => {
  const [scanned, parsed] = [new Replayer(new State()), new Replayer(new State(), { slowly: true })];
  const events: Draft[] = [];
  for (let i = 0; i < 5000; i++) {
    events.push({ type: 'enqueued', config: makeConfig(i, { pipeline: `p${(i * 7) % 3001}` }) });
    events.push(claim(`worker${(i * 11) % 2503}`, i));
  }
  events.forEach((event, i) => {
    const line = encode(event, { n: i + 1, previous: 0, id: `e${i}`, at: 'T', by: 'me' });
    const place = { segment: 1, offset: 0, length: line.length };
    for (const replayer of [scanned, parsed]) replayer.take(line, 0, line.length - 1, crcOf(line), place);
  });
  assert.equal(contentsOf(scanned.state), contentsOf(parsed.state));
});

test('a scanned line may be cut or garbled anywhere, it is refused or taken, never an exception', () => {
  const scan = new Scan(oneConfig);
  const head = { n: 5, previous: 1, id: 'x', at: 'T', by: 'w1' };
  for (const event of [enqueue(1)[0], claim('w1', 0, 1), finish(1, 77)]) {
    const line = encode(event, head).subarray(0, -1);
    for (let i = 0; i < line.length; i++) {
      scan.scan(line, 0, i);
      for (const byte of [0, 34, 92, 123, 125, 255]) {
        const garbled = Buffer.from(line);
        garbled[i] = byte;
        scan.scan(garbled, 0, line.length);
      }
    }
  }
});

test.run();
