/** The audit finds by place whatever is wrong with a log, and its manifest depends on outcomes only. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256 } from '../../src/base/json.js';
import { Rng } from '../../src/base/rng.js';
import { Auditor, type Audit } from '../../src/events/ask/audit.js';
import type { Draft } from '../../src/events/format/event.js';
import { isUnfinishedLine } from '../../src/events/ask/inspect.js';
import { claim, enqueue, fail, finish, idOf } from '../../support/log-helpers.js';
import { goOn, linesOf, show, stateOf } from '../../support/random-log.js';
import { makeSearch } from '../../support/search.js';

const Audits = suite('audit');

const numbering = (i: number) => ({ id: `e${i}`, at: `t${i}`, by: `host:${i % 2}` });
const auditOf = (lines: readonly Buffer[]): Audit => show(lines, new Auditor()).report();
const auditOfEvents = (...events: Draft[]): Audit => auditOf(linesOf(events, numbering));
const claimAt = (host: string, worker: string, ...numbers: number[]): Draft => ({
  ...claim(worker, ...numbers),
  worker: { id: worker, host, pid: 1 },
});

Audits('a search that is done', () => {
  const report = auditOfEvents(...enqueue(1, 2, 3), claim('w', 1, 2), finish(1, 4), fail(2, 4));
  assert.equal([report.configs, report.finished, report.failed, report.open], [3, 1, 1, 1]);
  assert.equal(report.openIds, [idOf(3)]);
  assert.is(report.isRight, true);
  const lines = [`${idOf(1)} finished digest1\n`, `${idOf(2)} failed -\n`, `${idOf(3)} open -\n`];
  assert.is(report.manifest, sha256(64, lines.sort().join('')), 'the manifest can be made by hand');
});

Audits('the manifest does not depend on order, claims or authors', () => {
  const one = auditOfEvents(...enqueue(1, 2), claim('w', 1, 2), finish(1, 3), finish(2, 3));
  const other = auditOfEvents(
    ...enqueue(2, 1),
    claim('v', 2),
    fail(2, 3, { retry: true }),
    claimAt('there', 'w', 1),
    finish(1, 5),
    claim('u', 2),
    finish(2, 7),
  );
  assert.is(other.manifest, one.manifest);
  const changed = auditOfEvents(...enqueue(1, 2), claim('w', 1, 2), finish(1, 3), {
    ...finish(2, 3),
    digest: 'x',
  });
  assert.is.not(changed.manifest, one.manifest);
});

Audits('a worker that was thought lost: what was taken from it, and what it said later', () => {
  const report = auditOfEvents(
    ...enqueue(1, 2),
    claimAt('slow', 'w1', 1, 2),
    { type: 'released', claim: 3, why: 'lost', worker: 'w1' },
    claimAt('quick', 'w2', 1),
    finish(1, 3),
    finish(1, 5),
    fail(2, 3),
  );
  assert.equal(
    report.reclaims.map(({ config, worker, host, place }) => [config, worker, host, place.line]),
    [
      [idOf(1), 'w1', 'slow', 4],
      [idOf(2), 'w1', 'slow', 4],
    ],
  );
  assert.equal(
    report.lateReports.map(({ says, host, place }) => [says, host, place.line]),
    [
      ['finished', 'slow', 6],
      ['failed', 'slow', 8],
    ],
  );
  assert.equal(report.disagreements, [], 'both trained the same model');
  assert.is(report.isRight, true);
});

Audits('two hosts, two models: both are named, whoever reported first', () => {
  const begin = [
    ...enqueue(1),
    claimAt('slow', 'w1', 1),
    { type: 'released', claim: 2, why: 'lost' } as Draft,
    claimAt('quick', 'w2', 1),
  ];
  const late: Draft = { ...finish(1, 2), digest: 'other' };
  for (const words of [
    [late, finish(1, 4)],
    [finish(1, 4), late],
  ]) {
    const report = auditOfEvents(...begin, ...words);
    assert.is(report.isRight, false);
    assert.equal(
      report.disagreements.map(({ statements }) => statements.map(({ host, digest }) => `${host} ${digest}`)),
      [['quick digest1', 'slow other']],
    );
  }
});

Audits('every record that is removed, changed, doubled or cut is told by its line', () => {
  const events = [...enqueue(1, 2, 3), claim('w', 1, 2, 3), finish(1, 4), finish(2, 4), finish(3, 4)];
  const lines = linesOf(events, numbering);
  const told = (changed: readonly Buffer[]): string[] =>
    auditOf(changed).troubles.map(({ kind, place }) => `${kind} ${place.line}`);
  assert.equal(told(lines), []);
  for (let i = 0; i < lines.length; i++) {
    const [before, after] = [lines.slice(0, i), lines.slice(i + 1)];
    const isLast = i === lines.length - 1;
    if (!isLast) assert.equal(told([...before, ...after]), [`gap ${i + 1}`, `broken-link ${i + 1}`]);
    assert.equal(told([...lines.slice(0, i + 1), lines[i], ...after])[0], `fork ${i + 2}`);
    assert.ok(told([...lines.slice(0, i + 1), lines[i], ...after]).includes(`double ${i + 2}`));
    const flipped = Buffer.from(lines[i]);
    flipped[flipped.length - 4] ^= 4;
    assert.is(told([...before, flipped, ...after])[0], `checksum ${i + 1}`);
    const torn = Buffer.concat([lines[i].subarray(0, lines[i].length - 9), Buffer.from('\n')]);
    const healed = auditOf([...before, torn, lines[i], ...after]);
    assert.equal(
      healed.troubles.map(({ kind, place }) => `${kind} ${place.line}`),
      [`unfinished ${i + 1}`],
    );
    assert.is(healed.isRight, true, 'an append that was never acknowledged costs nothing');
  }
});

Audits('a log that has lost its last lines and was written on is not right, although it has no gap', () => {
  const kinds = (...events: Draft[]): string[] =>
    auditOfEvents(...events).troubles.map(({ kind, n }) => `${kind} ${n}`);
  const begin = [...enqueue(1, 2), claim('w', 1)];
  assert.equal(kinds(...begin, finish(1, 3)), []);
  assert.equal(kinds(...begin, finish(1, 7)), ['lost-lines 4'], 'of a claim that is gone');
  assert.equal(kinds(...begin, finish(9, 3)), ['lost-lines 4'], 'of a config that is gone');
  assert.equal(kinds(...begin, claim('v', 2, 9), finish(2, 4)), ['lost-lines 4']);
  assert.is(auditOfEvents(...begin, finish(1, 7)).isRight, false);
});

Audits('every cut of a line but those at a brace is an unfinished line, and no whole one is', () => {
  const [line] = linesOf([{ ...enqueue(1)[0] }], () => ({ id: 'a"\\b{', at: 't' }));
  const whole = line.subarray(0, -1);
  for (let length = 1; length < whole.length; length++)
    assert.is(isUnfinishedLine(whole.subarray(0, length)), whole[length - 1] !== 125, `cut to ${length}`);
  assert.not(isUnfinishedLine(whole));
  assert.not(isUnfinishedLine(Buffer.from('{"other":1')));
  assert.not(isUnfinishedLine(Buffer.concat([whole.subarray(0, 40), Buffer.alloc(3)])));
});

Audits('the books of random logs balance, and agree with the fold', () => {
  for (let seed = 0; seed < 60; seed++) {
    const rng = Rng.from('audit', seed);
    const lines = goOn([], rng, 'a', 40);
    const report = auditOf(lines);
    const state = stateOf(lines);
    assert.is(report.finished + report.failed + report.open, report.configs);
    assert.equal([report.configs, report.finished], [state.size, state.count('finished')]);
    assert.equal(report.finishedTwice, []);
    const { checksum, malformed, gaps, forks, brokenLinks, doubles } = state.troubles;
    const { counts } = report;
    assert.equal(
      [counts.checksum + counts.unfinished, counts.malformed, counts.gap, counts.fork, counts['broken-link']],
      [checksum, malformed, gaps, forks, brokenLinks],
    );
    assert.is(counts.double, doubles);
  }
});

Audits('from the command line', async () => {
  const search = makeSearch();
  await search.sptHere('enqueue', '--pipelines', 'lasso', '--splits', 'train_A1');
  search.spt('work', '-j', '1');
  const right = await search.sptHere('audit');
  assert.is(right.code, 0, right.err);
  assert.match(right.out, /3 configs: 3 finished, 0 failed, 0 open/);
  const manifest = /sha256:([0-9a-f]{64})/.exec(right.out)![1];
  const lines = search.logBytes().split('\n');
  search.write('log/events-000001.jsonl', [lines[0], ...lines.slice(2)].join('\n'));
  const wrong = await search.sptHere('audit', '--json');
  assert.is(wrong.code, 1);
  const report = JSON.parse(wrong.out);
  assert.is(report.isRight, false);
  assert.is.not(report.manifest, manifest);
  assert.match(
    (await search.sptHere('audit')).out,
    /gap: 1\n  events-000001\.jsonl:2 \(byte \d+\): record 2 is missing/,
  );
  search.remove();
});

Audits.run();
