/** What `spt select`, `spt compare` and `--select` promise: numbers of the peer, one setting, commands that work. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Config } from '../../src/base/config.js';
import { Rng } from '../../src/base/rng.js';
import { scorerOf } from '../../src/commands/bootstrapping.js';
import { readPrepared } from '../../src/data/store.js';
import { ready } from '../../src/ml/evaluate.js';
import { outOfFold } from '../../src/ml/predictions.js';
import { fixture } from '../../support/fixture.js';
import { idOf, makeConfig } from '../../support/log-helpers.js';
import { sizeWith, trainHere, writeOutcomes, type Outcome } from '../../support/scored-log.js';
import { makeSearch, smallConfig, type Search } from '../../support/search.js';
import { classMetric, classMetrics } from '../../support/tasks.js';

const Select = suite('spt select and compare');
const peer = fixture('choice').selection;

const own = (i: number, more: Partial<Config> = {}): Config =>
  makeConfig(i, { pipeline: i < 7 ? 'lasso' : 'svc', split: 'A1', cv: { folds: 10 }, seed: 7, ...more });

const near = (ours: number, theirs: number, what: string): void =>
  assert.ok(Math.abs(ours - theirs) < 1e-9, `${what}: ${ours} ${theirs}`);

/** Tables in which the classes overlap. */
function noisySearch(scoring = 'roc_auc'): Search {
  const search = makeSearch({ config: smallConfig.replace('scoring: roc_auc', `scoring: ${scoring}`) });
  const rows = search.read('data/features.csv').trim().split('\n');
  const noisy = rows.map((row, i) => {
    const [run, height, weight, noise] = row.split(',');
    return i === 0
      ? row
      : [run, Number(height) + ((i * 29) % 17) / 8, Number(weight) + ((i * 41) % 23) / 6, noise].join(',');
  });
  search.write('data/features.csv', `${noisy.join('\n')}\n`);
  return search;
}

async function printed(search: Search, ...args: string[]): Promise<any> {
  const { code, out, err } = await search.sptHere(...args);
  assert.is(code, 0, err);
  return args.includes('--json') ? JSON.parse(out) : out;
}

/** The search of the reference: ten folds, 14 configs, ranked by a metric of either direction. */
function referenceSearch(scoring: string): Search {
  const config = smallConfig
    .replace('scoring: roc_auc', `scoring: ${scoring}`)
    .replace('folds: 3', 'folds: 10');
  const search = makeSearch({ config });
  const configs = peer.table.map((_: unknown, i: number) => own(i, { scoring }));
  const outcomes = peer.table.map((folds: number[], i: number): Outcome => {
    const [features, parts] = peer.sizes[i];
    return { folds, size: sizeWith(features, parts) };
  });
  writeOutcomes(search, configs, outcomes);
  return search;
}

for (const [direction, scoring] of [
  ['max', 'roc_auc'],
  ['min', 'log_loss'],
] as const) {
  Select(`choose as the reference in numpy where the metric ranks by ${direction}`, async () => {
    const search = referenceSearch(scoring);
    const wanted = peer[direction];
    for (const rule of ['best', '1se', 'simplest']) {
      const found = await printed(search, 'select', '--rule', rule, '--json');
      assert.is(found.config, idOf(wanted[rule]), rule);
      assert.is(found.best.id, idOf(wanted.best));
      assert.is(found.candidates, 14);
      near(found.best.error, wanted.error, 'error');
      near(found.optimism, wanted.optimism, 'optimism');
      const { score, low, high } = found.corrected;
      [score, low, high].forEach((value, i) => near(value, wanted.corrected[i], 'corrected'));
      const { reported } = found;
      const told = [reported.score, reported.low, reported.high];
      told.forEach((value, i) => near(value, wanted.reported[rule][i], 'reported'));
      near(found.visible.pair, wanted.pair, 'pair');
      near(found.visible.all, wanted.all, 'all');
      const alike = found.alike.first.map(({ id }: { id: string }) => id);
      assert.equal(alike.sort(), wanted.alike.map(idOf).sort());
      assert.is(found.alike.configs, alike.length);
      for (const { id, p, adjusted } of found.alike.first) {
        const i = peer.table.findIndex((_: unknown, place: number) => idOf(place) === id);
        near(p, wanted.p[i], 'p');
        near(adjusted, wanted.adjusted[i], 'adjusted');
      }
    }
    search.remove();
  });
}

Select('the rules choose three different configs in the reference', () => {
  assert.is(new Set([peer.max.best, peer.max['1se'], peer.max.simplest]).size, 3);
});

Select('of equals, the config that was enqueued first is chosen', async () => {
  const search = makeSearch();
  const folds = [0.8, 0.9, 0.7];
  const configs = [3, 1, 2].map(i => own(i, { cv: { folds: 3 } }));
  writeOutcomes(
    search,
    configs,
    configs.map(() => ({ folds, size: sizeWith(2, 2) })),
  );
  for (const rule of ['best', '1se', 'simplest'])
    assert.is((await printed(search, 'select', '--rule', rule, '--json')).config, idOf(3), rule);
  search.remove();
});

Select('every line fits 80 columns, and every command that is printed works', async () => {
  const search = noisySearch();
  await trainHere(search, '--splits', 'A1', '--pipelines', 'lasso', '--cv', '--validate');
  for (const args of [[], ['--rule', '1se'], ['--rule', 'simplest'], ['--bootstrap']]) {
    const out: string = await printed(search, 'select', ...args);
    const lines = out.split('\n');
    assert.equal(
      lines.filter(line => line.length > 80 && !line.startsWith('  spt')),
      [],
    );
    const commands = lines
      .filter(line => line.startsWith('  spt '))
      .map(line => line.trim().split(' ').slice(1));
    assert.ok(commands.length >= 3);
    for (const words of commands) await printed(search, ...words);
  }
  const compared: string = await printed(search, 'compare', 'lasso', ...(await idsOf(search)).slice(1, 3));
  assert.equal(
    compared.split('\n').filter(line => line.length > 80),
    [],
  );
  search.remove();
});

async function idsOf(search: Search): Promise<string[]> {
  const { out } = await search.sptHere('replay', '--json');
  return out
    .trim()
    .split('\n')
    .map(line => JSON.parse(line).config);
}

Select('settings are never mixed: each command that is offered leaves one', async () => {
  const search = makeSearch();
  const folds = [0.8, 0.9, 0.7];
  const three = { cv: { folds: 3 } };
  const configs = [
    own(1, three),
    own(2, { ...three, split: 'B2' }),
    own(3, { cv: { folds: 3, shuffle: true } }),
  ];
  writeOutcomes(
    search,
    configs,
    configs.map(() => ({ folds })),
  );
  const { code, err } = await search.sptHere('select', '--alpha', '0.1');
  assert.is(code, 2);
  const offered = [...err.matchAll(/^ {2}spt (.*?) {2}#/gm)].map(match => match[1]);
  assert.equal(offered, ['select --split A1 --alpha 0.1', 'select --split B2 --alpha 0.1']);
  for (const line of offered) {
    const found = await printed(search, ...line.split(' '), '--json');
    assert.is(found.candidates, 1);
    assert.is(found.alpha, 0.1);
  }
  const like = await printed(search, 'select', '--like', idOf(3), '--json');
  assert.is(like.config, idOf(3));
  search.remove();
});

Select('a config whose fit did not converge, or without a score, takes no part and is told', async () => {
  const search = makeSearch();
  const folds = [0.8, 0.9, 0.7];
  const configs = [1, 2, 3].map(i => own(i, { cv: { folds: 3 } }));
  const best = { folds: [0.9, 0.9, 0.9], unranked: true as const };
  writeOutcomes(search, configs, [{ folds }, best, { scores: { cv: { roc_auc: null } } }]);
  const found = await printed(search, 'select', '--json');
  assert.is(found.config, idOf(1));
  assert.is(found.candidates, 1);
  assert.match(
    found.notes[0],
    /2 configs are left out, because .*did not converge, or roc_auc is not defined/,
  );
  search.remove();
});

Select('without folds the best is named, and no error is made up', async () => {
  const search = makeSearch();
  const configs = [1, 2].map(i => own(i, { cv: undefined }));
  const scores = [0.7, 0.8].map(roc_auc => ({ scores: { validate: { roc_auc } } }));
  writeOutcomes(search, configs, scores);
  const found = await printed(search, 'select', '--json');
  assert.is(found.config, idOf(2));
  assert.is(found.corrected, undefined);
  assert.match(found.notes[0], /No config has scores of folds/);
  const refused = await search.sptHere('select', '--bootstrap');
  assert.is(refused.code, 2);
  assert.match(refused.err, /--bootstrap needs the scores of folds[^]*spt enqueue again with --cv/);
  assert.match(await printed(search, 'select'), /The score is 0\.8000, and nothing corrects it/);
  search.remove();
});

Select('a log with anything in it is printed as text', async () => {
  const search = makeSearch();
  const evil = '<script>\u001b[2J\u202e';
  const configs = [own(1, { cv: { folds: 3 }, steps: [{ [evil]: { [evil]: evil } }], pipeline: evil })];
  writeOutcomes(search, configs, [{ folds: [0.8, 0.9, 0.7], size: { features: 'many' as never } }]);
  const out: string = await printed(search, 'select');
  assert.not.match(out, /[\u001b\u202e]/);
  search.remove();
});

Select('pairs are those of the reference, and a plain sentence says what they mean', async () => {
  const search = referenceSearch('roc_auc');
  const { pairs, configs } = await printed(search, 'compare', 'svc', idOf(0), idOf(1), '--json');
  assert.equal(
    configs.map(({ pipeline }: any) => pipeline),
    ['svc', 'lasso', 'lasso'],
  );
  assert.is(configs[0].bestOf, 7);
  const { low, high, mean, p } = pairs[2];
  near(p, peer.max.p[1], 'p');
  assert.ok(low < mean && mean < high && mean > 0);
  const out: string = await printed(search, 'compare', idOf(0), idOf(13));
  assert.match(
    out,
    /A is better than B by 0\.0809 \(p = 0\.00\d\d\)\.|A is better than B by 0\.0809 \(p < 0\.0001\)\./,
  );
  assert.match(await printed(search, 'compare', idOf(1), idOf(3)), /do not tell A and B apart/);
  assert.match(await printed(search, 'compare', idOf(0), 'lasso'), /A and B are the same config/);
  const { code, err } = await search.sptHere('compare', idOf(0), 'laso');
  assert.is(code, 2);
  assert.match(err, /no config of the log has the pipeline laso[^]*Did you mean `lasso`/);
  search.remove();
});

Select(
  'a pipeline of another split is not compared, and a split that all pipelines share is found',
  async () => {
    const search = makeSearch();
    const splits = [...Array(3).fill('A1'), 'B2', 'B2'];
    const pipelines = ['lasso', 'lasso', 'svc', 'lasso', 'nn'];
    const configs = splits.map((split, i) => own(i, { split, pipeline: pipelines[i], cv: { folds: 3 } }));
    writeOutcomes(
      search,
      configs,
      configs.map((_, i) => ({ folds: [0.8, 0.9, 0.7 + i / 100] })),
    );
    const shared = await printed(search, 'compare', 'lasso', 'nn', '--json');
    assert.equal([shared.split, shared.configs.map(({ id }: any) => id)], ['B2', [idOf(3), idOf(4)]]);
    for (const [words, message] of [
      [[idOf(0), 'nn'], /nn has no config to compare: split A1/],
      [['svc', 'nn'], /no split has configs of svc, nn that can be compared/],
      [['lasso', 'nn', '--split', 'A1'], /no split has configs of lasso, nn that can be compared/],
    ] as const) {
      const { code, err } = await search.sptHere('compare', ...words);
      assert.is(code, 2);
      assert.match(err, message);
    }
    search.remove();
  },
);

Select('BBC-CV and the validation interval use the predictions behind the log', async () => {
  const search = noisySearch();
  await trainHere(search, '--splits', 'A1', '--pipelines', 'lasso', '--cv', '--validate');
  const found = await printed(search, 'select', '--bootstrap', '--json');
  const { bootstrap, validation, best } = found;
  assert.equal([bootstrap.configs, bootstrap.others, bootstrap.differing], [3, 0, []]);
  assert.ok(bootstrap.low <= bootstrap.estimate && bootstrap.estimate <= bootstrap.high);
  assert.ok(Math.abs(bootstrap.estimate - best.score) < 0.1);
  const share = bootstrap.winners.reduce((sum: number, one: any) => sum + one.share, 0);
  assert.ok(Math.abs(share - 1) < 1e-9);
  assert.is(validation.method, 'DeLong');
  assert.ok(validation.low < validation.score && validation.score < validation.high);
  assert.equal(await printed(search, 'select', '--bootstrap', '--json'), found);
  search.remove();
});

Select('other metrics have Wilson or the bootstrap, in either direction', async () => {
  for (const [scoring, method] of [
    ['accuracy', 'Wilson'],
    ['log_loss', 'bootstrap'],
  ]) {
    const search = noisySearch(scoring);
    await trainHere(search, '--splits', 'A1', '--pipelines', 'lasso', '--cv', '--validate');
    const { validation, bootstrap, best } = await printed(search, 'select', '--bootstrap', '--json');
    assert.is(validation.method, method);
    assert.ok(validation.low < validation.score && validation.score < validation.high, scoring);
    assert.ok(
      Math.abs(bootstrap.estimate - best.score) < 0.2,
      `${scoring} ${bootstrap.estimate} ${best.score}`,
    );
    search.remove();
  }
});

Select(
  'the scorer of a draw gives the score of the log for all samples, and counts copies as copies',
  async () => {
    const search = noisySearch();
    const [config] = await trainHere(search, '--splits', 'A1', '--pipelines', 'lasso', '--cv', '--validate');
    const data = readPrepared(`${search.root}/data/.prepared`, config.data);
    await ready(config.steps);
    const folds = outOfFold({ ...config, metrics: classMetrics.map(({ name }) => name) }, data)!.folds;
    const samples = data.train.index.length;
    const [once, rng] = [new Int32Array(samples).fill(1), Rng.from('copies')];
    const ranked = ['roc_auc', 'roc_auc_ovr'].map(classMetric);
    let scored = 0;
    for (const fold of folds) {
      for (const metric of classMetrics) {
        const ours = scorerOf(fold, metric)(once);
        assert.is(ours, fold.scores[metric.name] ?? NaN, metric.name);
        scored += Number(!Number.isNaN(ours));
      }
      // With two classes, these are one metric in two ways: by weights, and by copies of the samples.
      const weights = once.map(() => rng.below(4));
      const [byWeights, byCopies] = ranked.map(metric => scorerOf(fold, metric)(weights));
      near(byWeights, byCopies, 'weights and copies');
    }
    assert.ok(scored > 20);
    search.remove();
  },
);

Select('folds that are drawn again count, and BBC-CV keeps the copies of a sample together', async () => {
  const config = smallConfig.replace('folds: 3', 'folds: 3, shuffle: true, repeats: 2');
  const search = makeSearch({ config });
  await trainHere(search, '--splits', 'A1', '--pipelines', 'lasso', '--cv', '--validate');
  const { folding, bootstrap } = await printed(search, 'select', '--bootstrap', '--json');
  assert.equal(folding, { scores: 6, share: 0.5 });
  assert.ok(bootstrap.estimate > 0.5 && bootstrap.draws === 1000);
  search.remove();
});

Select('BBC-CV draws whole groups where folds keep them together', async () => {
  const search = makeSearch({ config: smallConfig.replace('folds: 3', 'folds: 3, group: Site') });
  const [head, ...rows] = search.read('data/metadata.csv').trim().split('\n');
  const sites = rows.map((row, i) => `${row},s${Math.floor(i / 4)}`);
  search.write('data/metadata.csv', `${[`${head},Site`, ...sites].join('\n')}\n`);
  await trainHere(search, '--splits', 'train_A1', '--pipelines', 'lasso', '--cv');
  const { setting, bootstrap } = await printed(search, 'select', '--bootstrap', '--json');
  assert.is(setting.cv.group, 'Site');
  assert.ok(bootstrap.estimate > 0.5 && bootstrap.draws > 900, `${bootstrap.draws}`);
  search.remove();
});

Select('rebuild and predict --select use what select chooses', async () => {
  const search = makeSearch();
  await trainHere(search, '--splits', 'A1', '--pipelines', 'lasso', '--cv', '--validate');
  for (const rule of ['best', '1se', 'simplest']) {
    const { config } = await printed(search, 'select', '--rule', rule, '--json');
    const rebuilt = await printed(search, 'rebuild', '--select', rule, '--json');
    assert.is(rebuilt.config.id, config, rule);
    assert.is(rebuilt.proven, true);
    const data = ['--data', 'data/features.csv'];
    const predicted = await printed(search, 'predict', '--select', rule, ...data);
    assert.is(predicted, await printed(search, 'predict', config, ...data));
    assert.is(predicted.trim().split('\n').length, 81);
  }
  const refused = await search.sptHere('rebuild', '--like', idOf(1));
  assert.is(refused.code, 2);
  search.remove();
});

Select.run();
