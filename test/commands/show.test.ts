/** What `spt show` promises: all that the log says of one config. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Draft } from '../../src/events/format/event.js';
import { claim, fail, finish, idOf, makeConfig } from '../../support/log-helpers.js';
import { makeSearch } from '../../support/search.js';
import { writeLog } from '../../support/written-log.js';

const Show = suite('show');

const warning = { code: 'not-converged', message: 'stopped at max_iter', step: 'SVC', where: 'fold 1' };
const scores = {
  cv: {
    roc_auc: { mean: 0.75, std: 0.25, folds: [0.5, 1] },
    mcc: { mean: 0.125, std: 0, folds: [0.125, 0.125] },
    f1: null,
  },
  validate: { roc_auc: 0.625, mcc: -0.5, f1: 0 },
  train: { roc_auc: 1, mcc: 1, f1: 1 },
};

/** Claimed twice: given back, then a failure that is tried again, then finished. */
const told: Draft[] = [
  {
    type: 'enqueued',
    config: makeConfig(0, { metrics: ['roc_auc', 'mcc', 'f1'], cv: { folds: 2 }, validate: 'validate_A1' }),
  },
  { type: 'enqueued', config: makeConfig(1) },
  claim('w1', 0, 1),
  { type: 'released', claim: 3, why: 'signal' },
  claim('w2', 0),
  fail(0, 5, { kind: 'memory', message: 'too large for 100 MB', retry: true, seconds: 4 }),
  claim('w3', 0, 1),
  { ...finish(0, 7), scores, seconds: 3599.6, size: { features: 2, supportVectors: 1 }, warnings: [warning] },
  fail(1, 7, { message: '10% of 40 features is none' }),
];

Show('parameters, every metric with its folds, attempts, who, when, warnings', async () => {
  const search = makeSearch();
  writeLog(search, told);
  const { code, out } = await search.sptHere('show', idOf(0).slice(0, 6));
  assert.is(code, 0);
  for (const part of [
    /config {3}1234567800000000\nstatus {3}finished, failed once\n/,
    /\{"SVC":\{"C":0\}\}/,
    /folds {4}2 folds/,
    // sd: sqrt((0.25^2 + 0.25^2) / 1); se: sd * sqrt(1/2 + 1/1)
    /metric +cv +sd +se +validate +train\nroc_auc +0\.7500 +0\.3536 +0\.4330 +0\.6250 +1\.0000\n/,
    /mcc +0\.1250 +0\.0000 +0\.0000 +-0\.5000 +1\.0000\n/,
    /f1 +- +- +- +0\.0000 +1\.0000\n/,
    /roc_auc by fold: 0\.5000 1\.0000\nmcc by fold: 0\.1250 0\.1250\n/,
    /size {5}2 features, 1 support vector\n/,
    /warning \(SVC, fold 1\): stopped at max_iter/,
    /2026-01-01T00:00:02\.000Z {2}claimed by worker w1 on here, pid 1\n.*03\.000Z {2}released by here:1 \(signal\)/,
    /failed by here:1 after 4\.00 s \(memory, queued again\)\n {4}too large for 100 MB\n/,
    /06\.000Z {2}claimed by worker w3 .*\n.*07\.000Z {2}finished by here:1 after 1 h 0 min/,
  ])
    assert.match(out, part);
  assert.is((await search.sptHere('replay', idOf(0))).out, out, 'spt replay ID shows the same');
  search.remove();
});

Show('a failure with its whole message, and --json for programs', async () => {
  const search = makeSearch();
  writeLog(search, told);
  assert.match(
    (await search.sptHere('show', idOf(1))).out,
    /failed by here:1 \(error\)\n {4}10% of 40 features is none/,
  );
  const shown = JSON.parse((await search.sptHere('show', idOf(0), '--json')).out);
  assert.equal(shown.finished.scores, scores);
  assert.equal(shown.finished.warnings, [warning]);
  assert.equal([shown.status, shown.attempts, shown.config.id], ['finished', 1, idOf(0)]);
  assert.equal(
    shown.history.map(({ what, worker }: any) => [what, worker?.id]),
    [
      ['enqueued', undefined],
      ['claimed', 'w1'],
      ['released', undefined],
      ['claimed', 'w2'],
      ['failed', undefined],
      ['claimed', 'w3'],
      ['finished', undefined],
    ],
  );
  assert.equal(shown.spread.mcc, { sd: 0, se: 0 });
  assert.ok(Math.abs(shown.spread.roc_auc.se - Math.sqrt(3 / 16)) < 1e-15);
  for (const command of ['replay', 'show']) {
    const { out } = await search.sptHere(command, idOf(0), '--at', '5', '--json');
    const then = JSON.parse(out);
    assert.equal([then.status, then.worker.id, then.history.length], ['running', 'w2', 4]);
    assert.is(then.finished, undefined);
  }
  search.remove();
});

Show('an id that begins several configs is refused, with the candidates', async () => {
  const search = makeSearch();
  const ids = ['abcd000000000001', 'abcd000000000002'];
  writeLog(
    search,
    ids.map((id): Draft => ({ type: 'enqueued', config: makeConfig(0, { id }) })),
  );
  for (const command of ['show', 'replay']) {
    const { code, err } = await search.sptHere(command, 'abcd');
    assert.is(code, 2);
    for (const id of ids) assert.ok(err.includes(id), err);
    assert.is((await search.sptHere(command, ids[1])).code, 0);
    assert.match((await search.sptHere(command, 'ffff')).err, /no config has the id ffff/);
  }
  search.remove();
});

Show('retry refuses what has not failed, and counts what was put back', async () => {
  const search = makeSearch();
  writeLog(search, told);
  const before = search.logBytes();
  const { code, err } = await search.sptHere('retry', idOf(0), idOf(1));
  assert.is(code, 2);
  assert.match(err, new RegExp(`config ${idOf(0)} has not failed: it is finished`));
  assert.match(
    (await search.sptHere('retry', idOf(1), '--kind', 'timeout')).err,
    /does not match the options/,
  );
  assert.match(
    (await search.sptHere('retry', '--pipelines', 'laso')).err,
    /has the pipeline laso[^]*Did you mean `lasso`/,
  );
  assert.is(search.logBytes(), before, 'nothing was put back');
  const { out } = await search.sptHere('retry', idOf(1), idOf(1).slice(0, 9), '--json');
  assert.equal(JSON.parse(out), { retried: 1 });
  assert.match((await search.sptHere('retry', '--all')).out, /No failed config matches these options/);
  search.remove();
});

Show.run();
