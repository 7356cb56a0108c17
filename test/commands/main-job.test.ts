/** The main job from end to end, as a user runs it: enqueue, work, replay, rebuild, retry. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readPrepared } from '../../src/data/store.js';
import { decode } from '../../src/events/format/decode.js';
import { encode, type Entry } from '../../src/events/format/event.js';
import { loadPipeline } from '../../src/ml/pipeline.js';
import { pipelineDigest } from '../../src/ml/pipeline.js';
import { fromText } from '../../src/ml/serialize.js';
import type { Document } from '../../src/ml/types.js';
import { ended, makeSearch, until } from '../../support/search.js';

const MainJob = suite('main job');
const everything = ['enqueue', '--splits', 'A1', 'B2', '--cv', '--validate'];

MainJob('a search from the tables to the rebuilt model', () => {
  const search = makeSearch();
  const enqueued = search.spt(...everything, '--json');
  assert.is(enqueued.code, 0, enqueued.err);
  assert.equal(JSON.parse(enqueued.out).added, 8);

  const again = search.spt(...everything, '--json');
  assert.equal(JSON.parse(again.out).added, 0, 'what is there already is not added again');

  const worked = search.spt('work', '-j', '2', '--json');
  assert.is(worked.code, 0, worked.err);
  assert.is(JSON.parse(worked.out).finished, 8);

  const summary = JSON.parse(search.spt('replay', '--summary', '--json').out);
  assert.equal([summary.configs, summary.finished, summary.failed, summary.queued], [8, 8, 0, 0]);
  assert.equal(
    summary.groups.map((group: any) => `${group.split} ${group.pipeline} ${group.finished}`),
    ['A1 lasso 3', 'A1 nn 1', 'B2 lasso 3', 'B2 nn 1'],
  );
  const lasso = summary.groups.filter((group: any) => group.pipeline === 'lasso');
  assert.ok(
    lasso.every((group: any) => group.best.cv > 0.8),
    'the classes can be told apart',
  );

  const rebuilt = search.spt('rebuild', '--best', '--split', 'A1', '--out', 'model.json', '--json');
  assert.is(rebuilt.code, 0, rebuilt.err);
  const { config, digest, proven } = JSON.parse(rebuilt.out);
  assert.is(proven, true);
  const model = fromText(readFileSync(join(search.root, 'model.json'), 'utf8')) as {
    [name: string]: Document;
  };
  assert.is(pipelineDigest(model.pipeline), digest, 'the file holds the model of that digest');
  const { train } = readPrepared(join(search.root, 'data/.prepared'), config.data);
  assert.is(loadPipeline(model.pipeline).predict(train.x).length, train.x.rows);
  search.remove();
});

MainJob('the events have the shapes that tools rely on', async () => {
  const search = makeSearch();
  await search.sptHere(...everything);
  search.spt('work', '-j', '1');
  const events = search.events();
  const enqueued = events.filter(event => event.type === 'enqueued');
  for (const { config } of enqueued) {
    assert.match(config.id, /^[0-9a-f]{16}$/);
    assert.ok(['lasso', 'nn'].includes(config.pipeline));
    assert.equal(config.steps[0], { StandardScaler: {} });
    assert.equal([config.train, config.validate], [`train_${config.split}`, `validate_${config.split}`]);
    assert.equal([config.cv.folds, config.scoring, config.seed], [3, 'roc_auc', 7]);
    assert.type(config.data, 'string');
  }
  const finished = events.filter(event => event.type === 'finished');
  assert.equal(finished.map(event => event.config).sort(), enqueued.map(event => event.config.id).sort());
  for (const { scores, seconds, digest, claim } of finished) {
    const { mean, std, folds } = scores.cv.roc_auc;
    assert.is(folds.length, 3);
    assert.ok(Math.abs(mean - (folds[0] + folds[1] + folds[2]) / 3) < 1e-12 && std >= 0);
    assert.type(scores.validate.roc_auc, 'number');
    assert.type(scores.train.accuracy, 'number');
    assert.ok(seconds > 0 && /^[0-9a-f]{32}$/.test(digest));
    assert.is(events.find(event => event.n === claim).type, 'claimed');
  }
  search.remove();
});

MainJob('--dry-run counts and writes nothing', async () => {
  const search = makeSearch();
  const { code, out } = await search.sptHere(...everything, '--dry-run', '--json');
  assert.is(code, 0);
  assert.is(JSON.parse(out).added, 8);
  assert.is(search.logBytes(), '');
  search.remove();
});

MainJob('without --validate a split is the filter of that name; more is added to what is there', async () => {
  const search = makeSearch();
  assert.is(
    (await search.sptHere('enqueue', '--pipelines', 'lasso', '--splits', 'train_A1', '--cv')).code,
    0,
  );
  const { config } = search.events()[0];
  assert.equal([config.split, config.train, config.validate], ['train_A1', 'train_A1', undefined]);
  const more = await search.sptHere(
    'enqueue',
    '--pipelines',
    'lasso',
    'nn',
    '--splits',
    'train_A1',
    '--cv',
    '--json',
  );
  assert.is(JSON.parse(more.out).added, 1);
  search.remove();
});

MainJob('replay shows any past moment, by number and by time', async () => {
  const search = makeSearch();
  await search.sptHere(...everything);
  search.spt('work', '-j', '1');
  const events = search.events();
  const at = (moment: string) => JSON.parse(search.spt('replay', '--summary', '--json', '--at', moment).out);
  assert.equal([at('8').queued, at('8').finished], [8, 0]);
  assert.equal(at('3').configs, 3);
  const third = events.filter(event => event.type === 'finished')[2];
  assert.is(at(String(third.n)).finished, 3);
  const lastEnqueued = events.filter(event => event.type === 'enqueued').at(-1);
  assert.is(at(lastEnqueued.at).finished, 0);
  assert.is(at('2000-01-01').configs, 0);
  search.remove();
});

MainJob('a config that never ends is dropped, and the worker goes on', async () => {
  const pipes = `
endless:
  - MLPClassifier: { hidden_layer_sizes: [[2000, 2000]], max_iter: [1000000], tol: 0, n_iter_no_change: [1000000] }
lasso:
  - LogisticRegression: { penalty: l1, C: [0.1, 1] }
`;
  const search = makeSearch({ pipes });
  await search.sptHere('enqueue', '--splits', 'train_A1', '--cv');
  const worked = search.spt('work', '-j', '1', '--timeout', '5s', '--json');
  assert.is(worked.code, 0, worked.err);
  assert.equal([JSON.parse(worked.out).finished, JSON.parse(worked.out).failed], [2, 1]);
  const failed = search.events().filter(event => event.type === 'failed');
  assert.equal(
    failed.map(({ kind, retry }) => [kind, retry]),
    [['timeout', false]],
  );

  const retried = await search.sptHere('retry', failed[0].config.slice(0, 8), '--json');
  assert.is(JSON.parse(retried.out).retried, 1);
  assert.is(JSON.parse((await search.sptHere('replay', '--summary', '--json')).out).queued, 1);
  search.remove();
});

MainJob(
  'a first signal gives back what is not running, and the rest is done by the next worker',
  async () => {
    const pipes = `
slow:
  - MLPClassifier:
      { hidden_layer_sizes: [[200]], alpha: { linspace: [0.1, 0.2, 12] }, max_iter: [600],
        tol: 0, n_iter_no_change: [600] }
`;
    const search = makeSearch({ pipes });
    await search.sptHere('enqueue', '--splits', 'train_A1');
    const child = search.start('work', '-j', '1');
    await until(() => search.logBytes().includes('"type":"finished"'), 30_000, 'a first finished config');
    child.kill('SIGTERM');
    assert.is(await ended(child), 0, 'a stopped worker has not failed');
    const { finished, running, queued } = JSON.parse(
      (await search.sptHere('replay', '--summary', '--json')).out,
    );
    assert.is(running, 0, 'nothing is held by a worker that has gone');
    assert.is(finished + queued, 12);
    search.remove();
  },
);

MainJob('workers that are killed lose nothing', async () => {
  const pipes = `
mixed:
  - StandardScaler
  - MLPClassifier:
      { hidden_layer_sizes: [[20]], alpha: { linspace: [0.1, 0.2, 60] }, max_iter: [150],
        tol: 0, n_iter_no_change: [150] }
`;
  const search = makeSearch({ pipes });
  await search.sptHere('enqueue', '--splits', 'train_A1', '--cv');
  const steady = [0, 1, 2].map(() => search.start('work', '-j', '1'));
  for (let kill = 0; kill < 5; kill++) {
    const victim = search.start('work', '-j', '1');
    const before = search.logBytes().length;
    await until(
      () => search.logBytes().includes(`"pid":${victim.pid}`) || victim.exitCode !== null,
      20_000,
      'a claim',
    );
    await new Promise(resolve => setTimeout(resolve, (kill * 97) % 230));
    victim.kill('SIGKILL');
    await ended(victim);
    assert.ok(search.logBytes().length >= before);
  }
  assert.equal(await Promise.all(steady.map(ended)), [0, 0, 0]);
  const summary = JSON.parse((await search.sptHere('replay', '--summary', '--json')).out);
  assert.equal([summary.configs, summary.finished], [60, 60]);
  assert.is(summary.troubles.ignored, 0, 'nobody reported what was no longer his');
  const finished = search.events().filter(event => event.type === 'finished');
  assert.is(new Set(finished.map(event => event.config)).size, 60);
  assert.is(finished.length, 60, 'each config finished exactly once');
  search.remove();
});

MainJob('a worker that cannot read the data fails, and gives everything back', async () => {
  const search = makeSearch();
  await search.sptHere('enqueue', '--splits', 'train_A1');
  const { data } = search.events()[0].config;
  search.write(`data/.prepared/${data}/train.f64`, 'not what was stored');
  const { code, err } = search.spt('work', '-j', '2');
  assert.is(code, 1);
  assert.match(err, /has changed since it was stored/);
  const { queued, running } = JSON.parse((await search.sptHere('replay', '--summary', '--json')).out);
  assert.equal([queued, running], [4, 0], 'nothing waits for the lease of a worker that has gone');

  assert.is((await search.sptHere('enqueue', '--splits', 'train_A1')).code, 0, 'the data is stored anew');
  assert.is(JSON.parse(search.spt('work', '-j', '2', '--json').out).finished, 4);
  search.remove();
});

MainJob('what fails the same way everywhere is tried once, and says what to do', async () => {
  const pipes = `
hasty:
  - SVC: { engine: ml-svm, kernel: linear, max_iter: 1 }
`;
  const search = makeSearch({ pipes });
  await search.sptHere('enqueue', '--splits', 'train_A1');
  const worked = search.spt('work', '-j', '1', '--json');
  assert.is(JSON.parse(worked.out).failed, 1);
  const failed = search.events().filter(event => event.type === 'failed');
  assert.equal(
    failed.map(({ kind, retry }) => [kind, retry]),
    [['error', false]],
  );
  assert.match(failed[0].message, /max_iter before it converged\. Raise max_iter/);
  search.remove();
});

MainJob('status.log has a line for each step of the manager', async () => {
  const search = makeSearch();
  await search.sptHere(...everything);
  const lines = search.read('log/status.log').trimEnd().split('\n');
  assert.equal(
    lines.map(line => line.split('  ')[2]),
    ['prepared', 'prepared', 'enqueued', 'complete'],
  );
  search.remove();
});

MainJob('a model that is not the same is told', async () => {
  const search = makeSearch();
  await search.sptHere('enqueue', '--pipelines', 'lasso', '--splits', 'train_A1');
  search.spt('work', '-j', '1');
  const forged = search
    .logBytes()
    .trimEnd()
    .split('\n')
    .map(line => {
      const entry = decode(Buffer.from(line)) as Entry;
      if (entry.event.type !== 'finished') return `${line}\n`;
      const versions = { spt: '0.1.0', node: '20.0.0' };
      return encode({ ...entry.event, digest: '0'.repeat(32), versions }, entry).toString();
    });
  search.write('log/events-000001.jsonl', forged.join(''));
  const { config } = search.events().find(event => event.type === 'finished');
  const { code, err } = await search.sptHere('rebuild', config, '--out', 'model.json');
  assert.is(code, 1);
  assert.match(err, /another model/);
  assert.match(err, /spt 0\.1\.0 trained it, and this is spt [^]*CHANGELOG\.md names the steps/);
  assert.throws(() => search.read('model.json'), /ENOENT/, 'a model that is not proven is not written');
  search.remove();
});

MainJob.run();
