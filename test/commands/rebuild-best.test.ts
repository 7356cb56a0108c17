/**
 * What `spt rebuild --best` promises: the best of configs that may be compared, or a question with the words to write.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Config } from '../../src/base/config.js';
import type { Draft, Finished } from '../../src/events/format/event.js';
import { toldRanking } from '../../src/base/direction.js';
import { metrics } from '../../src/ml/scoring/metrics.js';
import { bestRow } from '../../src/commands/best.js';
import { openLog } from '../../src/commands/journal.js';
import { besides } from '../../src/commands/this-search.js';
import { claim, fail, finish, idOf, makeConfig } from '../../support/log-helpers.js';
import { makeSearch, smallConfig, type Search } from '../../support/search.js';
import { writeLog } from '../../support/written-log.js';

const Best = suite('rebuild --best');

const asked = (i: number, more: Partial<Config> = {}): Config =>
  makeConfig(i, { pipeline: 'lasso', split: 'A1', cv: { folds: 3 }, seed: 7, ...more });

/** Enqueues configs, claims all of them, and finishes the i-th with the i-th scores. */
function searchOf(configs: Config[], scores: Finished['scores'][]): Draft[] {
  const epoch = configs.length + 1;
  return [
    ...configs.map((config): Draft => ({ type: 'enqueued', config })),
    { ...claim('w1'), configs: configs.map(({ id }) => id) },
    ...configs.map(({ id }, i): Draft => ({ ...finish(i, epoch), config: id, scores: scores[i] })),
  ];
}

const cv = (mean: number, metric = 'roc_auc'): Finished['scores'] => ({
  cv: { [metric]: { mean, std: 0, folds: [mean] } },
});

/** The id that --best chooses, and what it says beside it. */
async function chosen(search: Search, choice: object = {}): Promise<{ id: string; notes: string[] }> {
  const log = `${search.root}/log`;
  const { journal, host } = await openLog(log);
  const beside = await besides(journal, host, { root: search.root })();
  const { row, notes } = await bestRow(journal, host, log, beside, { rest: '', ...choice });
  return { id: journal.state.id(row), notes };
}

const refused = async (search: Search, ...args: string[]): Promise<string> => {
  const { code, err } = await search.sptHere('rebuild', '--best', ...args);
  assert.is(code, 2, err);
  return err;
};

Best('is the better of two configs by every metric', async () => {
  const search = makeSearch();
  for (const { name, direction } of metrics.values()) {
    search.write('configs/config.yaml', smallConfig.replace('scoring: roc_auc', `scoring: ${name}`));
    const configs = [0, 1, 2].map(i => asked(i, toldRanking(name, direction)));
    writeLog(search, searchOf(configs, [cv(0.3, name), cv(0.2, name), cv(0.4, name)]));
    assert.is((await chosen(search)).id, idOf(direction === 'max' ? 2 : 1), name);
  }
  search.remove();
});

Best('writes over a model, and over nothing else', async () => {
  const search = makeSearch();
  await search.sptHere('enqueue', '--pipelines', 'lasso', '--splits', 'train_A1', '--cv');
  const { out } = await search.sptHere('replay', '--json');
  const { config } = JSON.parse(out.split('\n')[0]);
  const before = search.read('configs/config.yaml');
  const refusal = await search.sptHere('rebuild', config, '--out', 'configs/config.yaml');
  assert.is(refusal.code, 2);
  assert.match(refusal.err, /configs\/config\.yaml exists already, and it is not a model/);
  assert.is(search.read('configs/config.yaml'), before);
  for (const _ of [1, 2]) assert.is((await search.sptHere('rebuild', config, '--out', 'model.json')).code, 0);
  search.remove();
});

Best('is trained again by the smallest Brier score', () => {
  const search = makeSearch({ config: smallConfig.replace('scoring: roc_auc', 'scoring: brier_score') });
  search.spt('enqueue', '--pipelines', 'lasso', '--splits', 'train_A1', '--cv');
  search.spt('work', '-j', '1');
  const scores = search
    .events()
    .filter(({ type }) => type === 'finished')
    .map(({ config, scores: { cv: folds } }) => ({ config, mean: folds.brier_score.mean }));
  const smallest = scores.reduce((a, b) => (b.mean < a.mean ? b : a));
  assert.is(scores.length, 3);
  const { code, out, err } = search.spt('rebuild', '--best', '--json');
  assert.is(code, 0, err);
  assert.is(JSON.parse(out).config.id, smallest.config);
  search.remove();
});

Best('asks which split is meant, and each line that it offers can be copied', async () => {
  const search = makeSearch();
  writeLog(
    search,
    searchOf([asked(0), asked(1, { split: 'B2', data: 'd2' }), asked(2)], [cv(0.9), cv(0.99), cv(0.95)]),
  );
  const err = await refused(search, '--pipelines', 'lasso');
  assert.match(err, /needs one split, metric, data and folds, because only their scores can be compared/);
  assert.match(err, /^ {2}spt rebuild --best --split A1 --pipelines lasso {2}# roc_auc, 3 folds$/m);
  assert.match(err, /^ {2}spt rebuild --best --split B2 --pipelines lasso/m);
  assert.is((await chosen(search, { split: 'A1' })).id, idOf(2));
  assert.is((await chosen(search, { split: 'B2' })).id, idOf(1));
  assert.match(
    await refused(search, '--split', 'C3'),
    /no config of the log has the split C3[^]*one of A1, B2/,
  );
  assert.match(await refused(search, 'abcd'), /an id cannot stand beside options that choose a config/);
  search.remove();
});

Best('never compares folds, data or metrics that differ: this search goes first', async () => {
  const search = makeSearch();
  const configs = [
    asked(0, { data: 'old' }),
    asked(1, { cv: { folds: 5 } }),
    asked(2, { scoring: 'accuracy' }),
    asked(3),
    asked(4),
  ];
  writeLog(search, searchOf(configs, [cv(0.99), cv(0.98), cv(0.97, 'accuracy'), cv(0.6), cv(0.7)]));
  assert.is((await chosen(search)).id, idOf(4));
  assert.is((await chosen(search, { scoring: 'accuracy' })).id, idOf(2), 'an older one, when it is named');
  search.write('configs/config.yaml', smallConfig.replace('folds: 3', 'folds: 10'));
  const err = await refused(search);
  for (const words of [
    `spt rebuild ${idOf(0)}`,
    `spt rebuild ${idOf(1)}`,
    `spt rebuild ${idOf(4)}`,
    '--split A1 --scoring accuracy',
  ])
    assert.ok(err.includes(words), `${words} in\n${err}`);
  search.remove();
});

Best('is not made of the scores of one split by cv and of another by validation', async () => {
  const search = makeSearch();
  const configs = [asked(0), asked(1, { cv: undefined })];
  writeLog(search, searchOf(configs, [cv(0.7), { validate: { roc_auc: 0.9 } }]));
  assert.match(await refused(search), /# roc_auc, no cross-validation/);
  search.remove();
});

Best('says why there is none', async () => {
  const search = makeSearch();
  const scoreless = searchOf([asked(0)], [{ train: { roc_auc: 1 } }]);
  const cases: [Draft[], RegExp][] = [
    [scoreless.slice(0, 1), /no config has finished yet\n.*Run spt work first/],
    [[scoreless[0], claim('w1', 0), fail(0, 2)], /the only config failed\n.*spt replay --summary shows why/],
    [
      scoreless,
      /the only finished config has no score that ranks: no score was requested[^]*--cv or --validate/,
    ],
    [
      searchOf([asked(0)], [{ cv: { roc_auc: null, accuracy: { mean: 1, std: 0, folds: [1] } } }]),
      /roc_auc is not defined for the samples of a fold \(these metrics are: accuracy\)\n.*write another metric/,
    ],
  ];
  for (const [events, words] of cases) {
    writeLog(search, events);
    assert.match(await refused(search), words);
  }
  search.remove();
});

Best('leaves out fits that did not converge, whatever their score, and tells how many', async () => {
  const search = makeSearch();
  const events = searchOf([asked(0), asked(1), asked(2)], [cv(0.9), cv(0.99), cv(0.98)]);
  const unranked = events.map((event, i) => (i > 4 ? { ...event, unranked: true } : event)) as Draft[];
  writeLog(search, unranked);
  assert.equal(await chosen(search), {
    id: idOf(0),
    notes: ['2 configs are left out, because their fit did not converge.'],
  });
  writeLog(
    search,
    unranked.map(event => (event.type === 'finished' ? { ...event, unranked: true } : event)),
  );
  assert.match(
    await refused(search),
    /none of the 3 finished configs has a score that ranks: their fit did not converge/,
  );
  search.remove();
});

Best('keeps folds and data apart in a merged log, whose members stand in another order', async () => {
  const search = makeSearch();
  const configs = [asked(0), asked(1, { cv: { folds: 4 } }), asked(2, { data: 'f'.repeat(32) })];
  writeLog(search, searchOf(configs, [cv(0.6), cv(0.8), cv(0.9)]));
  const { code, err } = await search.sptHere('merge', '--out', 'both', 'log');
  assert.is(code, 0, err);
  const { journal, host } = await openLog(`${search.root}/both`);
  const beside = await besides(journal, host, { root: search.root })();
  const settings = [0, 1, 2].map(row => beside.settings.all[beside.settings.of(row)]);
  assert.equal(settings.map(({ cv }) => cv?.folds).sort(), [3, 3, 4]);
  assert.is(new Set(settings).size, 3);
  search.remove();
});

Best.run();
