/** Merging is a union: the same bytes in any order, however often; and nothing that was an outcome is lost. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256 } from '../../src/base/json.js';
import { Rng } from '../../src/base/rng.js';
import { adopt, configsOf } from '../../src/events/ask/adopt.js';
import { Auditor } from '../../src/events/ask/audit.js';
import type { Draft } from '../../src/events/format/event.js';
import { join, type Facts } from '../../src/events/ask/facts.js';
import { FactReader } from '../../src/events/ask/read-facts.js';
import { mergedLines } from '../../src/events/ask/write-facts.js';
import { collectFacts, writeFacts } from '../../src/log/collect.js';
import { Journal } from '../../src/log/journal.js';
import { segmentPath } from '../../src/log/names.js';
import { nodeHost } from '../../src/log/node-host.js';
import { claim, enqueue, fail, finish, idOf, makeFolder, removeFolder } from '../../support/log-helpers.js';
import { entriesOf, goOn, linesOf, show, stateOf } from '../../support/random-log.js';
import { makeSearch } from '../../support/search.js';

const Merge = suite('merge');
const WHOLE = 2 ** 40;

const read = new WeakMap<readonly Buffer[], Facts>();
const factsOf = (lines: readonly Buffer[]): Facts => {
  if (!read.has(lines)) read.set(lines, show(lines, new FactReader()).done());
  return read.get(lines)!;
};
const written = (facts: Facts): Buffer[] => [...mergedLines(facts, WHOLE)].map(({ line }) => line);
const merged = (...logs: (readonly Buffer[])[]): Buffer[] => written(join(logs.map(factsOf)));
const bytes = (lines: readonly Buffer[]): string => Buffer.concat([...lines]).toString('latin1');
const manifestOf = (lines: readonly Buffer[]): string => show(lines, new Auditor()).report().manifest;

/** Three logs of clusters that may have begun with the same records. */
function threeLogs(seed: number): Buffer[][] {
  const rng = Rng.from('merge', seed);
  const common = goOn([], rng, 'common', rng.below(12));
  return ['a', 'b', 'c'].map(name => goOn(rng.below(2) ? common : [], rng, name, rng.below(30)));
}

const SEEDS = Array.from({ length: 60 }, (_, seed) => seed);

Merge('in any order, in any grouping, however often: the same bytes', () => {
  let differing = 0;
  for (const seed of SEEDS) {
    const [a, b, c] = threeLogs(seed);
    const all = bytes(merged(a, b, c));
    for (const order of [
      [a, c, b],
      [b, a, c],
      [b, c, a],
      [c, a, b],
      [c, b, a],
    ])
      assert.is(bytes(merged(...order)), all, `seed ${seed}: the order matters`);
    assert.is(bytes(merged(merged(a, b), c)), all, `seed ${seed}: the grouping matters`);
    assert.is(bytes(merged(a, merged(b, c))), all, `seed ${seed}: the grouping matters`);
    assert.is(bytes(merged(merged(a, b, c), b, a)), all, `seed ${seed}: what is there is added again`);
    assert.is(bytes(merged(merged(a))), bytes(merged(a, a)), `seed ${seed}: a log and its copy`);
    if (all !== bytes(merged(a)) && all !== bytes(merged(b))) differing++;
  }
  assert.ok(differing > 40, 'the logs do differ');
});

Merge('a log and an older copy of it are the log', () => {
  for (const seed of SEEDS) {
    const [a] = threeLogs(seed);
    for (const part of [0.3, 0.7, 0.9]) {
      const older = a.slice(0, Math.floor(part * a.length));
      assert.is(bytes(merged(older, a)), bytes(merged(a)), `seed ${seed}`);
    }
  }
});

Merge('what is written is well formed, and every outcome is in it', () => {
  const seen = { finished: 0, failed: 0, queued: 0, disputed: 0 };
  for (const seed of SEEDS) {
    const logs = threeLogs(seed);
    const lines = merged(...logs);
    const state = stateOf(lines);
    const { checksum, malformed, overlong, gaps, forks, brokenLinks, doubles } = state.troubles;
    assert.equal([checksum, malformed, overlong, gaps, forks, brokenLinks, doubles], [0, 0, 0, 0, 0, 0, 0]);
    const events = entriesOf(lines);
    assert.is(new Set(events.map(({ id }) => id)).size, events.length, 'each event once');
    const known = new Map(logs.flatMap(entriesOf).map(entry => [entry.id, entry]));
    for (const { id, at, by } of events) {
      assert.ok(known.has(id), 'nothing is invented');
      assert.equal([known.get(id)!.at, known.get(id)!.by], [at, by], 'times and authors are kept');
    }
    const statesBefore = logs.map(stateOf);
    for (const one of statesBefore) {
      for (let row = 0; row < one.size; row++) {
        const id = one.id(row);
        const status = state.statusOf(state.row(id));
        assert.ok(state.row(id) >= 0, 'every config is there');
        assert.is.not(status, 'claimed', 'nobody holds anything');
        if (one.statusOf(row) === 'finished') assert.is(status, 'finished');
        seen[status as 'queued']++;
      }
    }
    seen.disputed += show(lines, new Auditor()).report().disagreements.length;
  }
  assert.ok(Math.min(...Object.values(seen)) > 20, JSON.stringify(seen));
});

Merge('the audit of a log, of its merged form and of its merge with a copy have one manifest', () => {
  for (const seed of SEEDS) {
    const [a] = threeLogs(seed);
    assert.is(manifestOf(merged(a)), manifestOf(a), `seed ${seed}`);
    assert.is(manifestOf(merged(a, a)), manifestOf(a), `seed ${seed}`);
  }
});

const at = (minute: number): string => `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000Z`;

/** A log in which one host finished config 1, at a minute of its own clock. */
const oneFinished = (name: string, digest: string, minute: number): Buffer[] =>
  linesOf(
    [
      ...enqueue(1),
      { ...claim(name, 1), worker: { id: name, host: `host-${name}`, pid: 1 } },
      { ...finish(1, 2), digest },
    ],
    i => ({ id: `${name}${i}`, at: at(minute + i), by: `${name}:1` }),
  );

Merge('equal digests are one outcome, another one is told with its host', () => {
  const [a, b, c] = [
    oneFinished('a', 'same', 10),
    oneFinished('b', 'same', 20),
    oneFinished('c', 'other', 5),
  ];
  assert.is(entriesOf(merged(a, b)).filter(({ event }) => event.type === 'finished').length, 1);
  const report = show(merged(a, b, c), new Auditor()).report();
  assert.equal([report.finished, report.open, report.isRight], [1, 0, false]);
  assert.equal(
    report.disagreements.map(({ statements }) => statements.map(({ host, digest }) => [host, digest])),
    [
      [
        ['host-c', 'other'],
        ['host-a', 'same'],
      ],
    ],
    'the earliest counts, and both hosts are named',
  );
});

Merge('a retry of one cluster undoes a failure of the other that had not heard of it, and only that', () => {
  const begin = [...enqueue(1), claim('w', 1), fail(1, 2)];
  const retry: Draft = { type: 'released', why: 'retry', configs: [idOf(1)] };
  const numbering = (name: string) => (i: number) => ({ id: `${i < 3 ? '' : name}${i}`, at: at(10 + i) });
  const failed = linesOf(begin, numbering('a'));
  const retried = linesOf([...begin, retry], numbering('b'));
  const failedAgain = linesOf([...begin, retry, claim('v', 1), fail(1, 5)], numbering('b'));
  const statusOf = (lines: Buffer[]): string => stateOf(lines).statusOf(0);
  assert.equal([statusOf(merged(failed)), statusOf(merged(failed, retried))], ['failed', 'queued']);
  assert.is(statusOf(merged(failed, failedAgain)), 'failed');
  const finished = linesOf([...enqueue(1), claim('u', 1), finish(1, 2)], i => ({ id: `c${i}`, at: at(i) }));
  assert.is(statusOf(merged(failedAgain, finished)), 'finished');
});

Merge('in a folder: segments, sealed, as the journal reads them', async () => {
  const folder = makeFolder();
  const host = await nodeHost();
  try {
    const facts = join(threeLogs(3).map(factsOf));
    await writeFacts(joinPath(folder, 'out'), host, facts, 2000);
    const names = readdirSync(joinPath(folder, 'out')).sort();
    assert.ok(names.length > 2, 'several segments');
    assert.equal(readdirSync(folder), ['out'], 'nothing is left behind');
    const journal = await Journal.open(joinPath(folder, 'out'), host);
    const { gaps, forks, brokenLinks, doubles } = journal.state.troubles;
    assert.equal([gaps, forks, brokenLinks, doubles], [0, 0, 0, 0]);
    const again = await collectFacts(joinPath(folder, 'out'), host);
    await writeFacts(joinPath(folder, 'again'), host, join([again.facts]), 2000);
    for (const name of names)
      assert.ok(
        readFileSync(joinPath(folder, 'out', name)).equals(readFileSync(joinPath(folder, 'again', name))),
        `${name} is the same`,
      );
    await journal.transact(() => enqueue(100));
    assert.is(journal.state.row(idOf(100)), journal.state.size - 1, 'and it goes on');
  } finally {
    removeFolder(folder);
  }
});

Merge('a living log takes over what it lacks, once', async () => {
  const folder = makeFolder();
  const host = await nodeHost();
  try {
    for (const seed of SEEDS.slice(0, 12)) {
      const [a, b] = threeLogs(seed);
      const own = joinPath(folder, String(seed));
      await writeFacts(own, host, join([factsOf(a)]));
      const journal = await Journal.open(own, host);
      const others = join([factsOf(b)]);
      const take = async (): Promise<number> => {
        const { facts } = await collectFacts(own, host);
        const result = await journal.transact(state => adopt(state, facts, others, configsOf(others)).drafts);
        return result.length;
      };
      await take();
      assert.is(await take(), 0, `seed ${seed}: nothing is taken over twice`);
      const expected = stateOf(merged(a, b));
      const { state } = journal;
      assert.is(state.size, expected.size);
      assert.is(state.count('claimed'), 0, 'nothing is left held');
      for (let row = 0; row < expected.size; row++) {
        const status = state.statusOf(state.row(expected.id(row)));
        assert.is(status === 'finished', expected.statusOf(row) === 'finished', `seed ${seed}`);
      }
      const digests = (facts: Facts): object =>
        [...facts.configs]
          .filter(([, { enqueued }]) => enqueued)
          .map(([id, { reports }]) => [id, [...reports.keys()].sort()])
          .sort();
      assert.equal(digests((await collectFacts(own, host)).facts), digests(join([factsOf(a), others])));
    }
  } finally {
    removeFolder(folder);
  }
});

Merge('a living log leaves to its worker what it trains, and keeps its own word', async () => {
  const folder = makeFolder();
  const host = await nodeHost();
  try {
    const journal = await Journal.open(folder, host);
    await journal.transact(() => enqueue(1, 2, 3));
    await journal.transact(() => [claim('w', 1, 2)]);
    await journal.transact(() => [{ ...finish(2, 4), digest: 'mine' }]);
    const others = factsOf(
      linesOf(
        [
          ...enqueue(1, 2, 3),
          claim('v', 1, 2, 3),
          finish(1, 4),
          { ...finish(2, 4), digest: 'theirs' },
          fail(3, 4),
        ],
        i => ({ id: `o${i}`, at: at(i) }),
      ),
    );
    const { facts } = await collectFacts(folder, host);
    const { adopted } = adopt(journal.state, facts, others, configsOf(others));
    assert.equal(adopted, { enqueued: 0, finished: 0, failed: 1, noted: 1, busy: 1 });
    await journal.transact(state => adopt(state, facts, others, configsOf(others)).drafts);
    assert.equal(
      [1, 2, 3].map(i => journal.state.statusOf(journal.state.row(idOf(i)))),
      ['claimed', 'finished', 'failed'],
    );
    assert.is((await journal.readOutcome(journal.state.row(idOf(2))))!.event.type, 'finished');
    const [reported] = await journal.transact(() => [finish(1, 4)]);
    assert.ok(reported.applied, 'the worker reports what it held');
  } finally {
    removeFolder(folder);
  }
});

Merge('takes what a new reader finds behind a segment that is not sealed', async () => {
  const folder = makeFolder();
  const host = await nodeHost();
  try {
    const drafts = [...enqueue(1, 2), claim('w', 1, 2), finish(1, 3), finish(2, 3)];
    const lines = linesOf(drafts, i => ({ id: `e${i}`, at: at(i) }));
    writeFileSync(segmentPath(folder, 1), Buffer.concat(lines.slice(0, 4)));
    writeFileSync(segmentPath(folder, 2), Buffer.concat(lines.slice(4)));
    const { facts } = await collectFacts(folder, host);
    for (const state of [(await Journal.open(folder, host)).state, stateOf(written(facts))])
      assert.equal(
        [1, 2].map(i => state.statusOf(state.row(idOf(i)))),
        ['finished', 'finished'],
      );
  } finally {
    removeFolder(folder);
  }
});

/** The contents of a log in a folder after it has taken over another one. */
async function takenOver(own: readonly Buffer[], other: readonly Buffer[]): Promise<Buffer[]> {
  const folder = makeFolder();
  const host = await nodeHost();
  try {
    const log = joinPath(folder, 'log');
    await writeFacts(log, host, factsOf(own));
    const journal = await Journal.open(log, host);
    await journal.transact(
      state => adopt(state, factsOf(own), factsOf(other), configsOf(factsOf(other))).drafts,
    );
    return readFileSync(joinPath(log, 'events-000001.jsonl'), 'latin1')
      .trimEnd()
      .split('\n')
      .map(line => Buffer.from(`${line}\n`, 'latin1'));
  } finally {
    removeFolder(folder);
  }
}

Merge('a living log keeps who finished a config, when, and by which event', async () => {
  const queued = linesOf(enqueue(1), i => ({ id: `q${i}`, at: at(5), by: 'q:1' }));
  const other = oneFinished('a', 'model', 10);
  const lines = await takenOver(queued, other);
  const [outcome] = entriesOf(lines).filter(({ event }) => event.type === 'finished');
  assert.equal((outcome.event as { origin?: object }).origin, { id: 'a2', at: at(12), by: 'a:1' });
  assert.equal(factsOf(lines).configs.get(idOf(1))!.finished, factsOf(other).configs.get(idOf(1))!.finished);
  assert.is(bytes(merged(lines)), bytes(merged(queued, other)), 'a new log of it is the same in every byte');
  const foreign = await takenOver(queued, oneFinished('c', 'other', 20));
  const [told] = show(await takenOver(lines, foreign), new Auditor()).report().disagreements;
  assert.equal(
    told.statements.map(({ by, at, host }) => [by, at, host]),
    [
      ['a:1', at(12), 'host-a'],
      ['c:1', at(22), 'host-c'],
    ],
  );
});

Merge('the size of a model is read back, merged and taken over', async () => {
  const size = { features: 3, coefficients: 5 };
  const queued = linesOf(enqueue(1), i => ({ id: `q${i}`, at: at(5), by: 'q:1' }));
  const events = [...enqueue(1), claim('w', 1), { ...finish(1, 2), size }];
  const other = linesOf(events, i => ({ id: `s${i}`, at: at(10 + i), by: 's:1' }));
  for (const lines of [other, merged(other), merged(queued, other), await takenOver(queued, other)]) {
    const sizes = entriesOf(lines).flatMap(({ event }) => (event.type === 'finished' ? [event.size] : []));
    assert.equal(sizes, [size]);
  }
  for (const wrong of [{ features: -1 }, { features: 1, nodes: '2' }, { nodes: 1 }, [1], null, 7]) {
    const event = { ...finish(1, 2), size: wrong as never };
    const [entry] = entriesOf(linesOf([event], () => ({ id: 'x', at: at(1) })));
    assert.not.ok('size' in entry.event, JSON.stringify(wrong));
  }
});

Merge('the manifest is the same whichever log takes over the other, whatever their clocks say', async () => {
  const manifests = new Set<string>();
  for (const minute of [5, 45]) {
    const [a, b] = [oneFinished('a', 'one', 20), oneFinished('b', 'two', minute)];
    manifests.add(manifestOf(await takenOver(a, b)));
    manifests.add(manifestOf(await takenOver(b, a)));
    manifests.add(manifestOf(merged(a, b)));
  }
  assert.equal([...manifests], [sha256(64, `${idOf(1)} finished one,two\n`)]);
});

Merge('a folder without a search is no place to merge into', async () => {
  const search = makeSearch();
  await search.sptHere('enqueue', '--pipelines', 'lasso', '--splits', 'train_A1');
  const { code, err } = await search.sptHere('merge', 'log', '--root', 'data');
  assert.is(code, 2);
  assert.match(err, /there is no log \S+data\/log to merge into[^]*--out DIR/);
  assert.not.ok(existsSync(joinPath(search.root, 'data/log')));
  search.remove();
});

Merge('two searches from the command line', () => {
  const [a, b] = [makeSearch(), makeSearch()];
  a.spt('enqueue', '--pipelines', 'lasso', '--splits', 'train_A1');
  a.spt('work', '-j', '1');
  b.spt('enqueue', '--pipelines', 'lasso', 'nn', '--splits', 'train_A1');
  const before = [a.logBytes(), b.logBytes()];
  const logs = [joinPath(a.root, 'log'), joinPath(b.root, 'log')];
  const first = a.spt('merge', '--out', 'both', ...logs, '--json');
  assert.is(first.code, 0, first.err);
  const { configs, finished, disputed } = JSON.parse(first.out);
  assert.equal([configs, finished, disputed], [4, 3, 0]);
  assert.is(b.spt('merge', '--out', 'both', logs[1], logs[0], logs[1]).code, 0);
  assert.is(a.read('both/events-000001.jsonl'), b.read('both/events-000001.jsonl'));
  assert.equal([a.logBytes(), b.logBytes()], before, 'the given logs are as they were');

  const into = b.spt('merge', logs[0], '--json');
  assert.is(into.code, 0, into.err);
  assert.is(JSON.parse(into.out).finished, 3);
  const after = b.logBytes();
  assert.is(JSON.parse(b.spt('merge', logs[0], '--json').out).finished, 0);
  assert.is(b.logBytes(), after, 'once more adds nothing');
  const manifest = (...args: string[]): string => JSON.parse(b.spt('audit', '--json', ...args).out).manifest;
  assert.is(manifest(), manifest('--log', 'both'));
  assert.is(JSON.parse(b.spt('work', '-j', '1', '--json').out).finished, 1, 'what is open goes on');
  a.remove();
  b.remove();
});

Merge.run();
