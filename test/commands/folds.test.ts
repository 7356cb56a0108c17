/** Cross-validation of every type, and weights, as a user runs them: from config.yaml to what commands say. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Config } from '../../src/base/config.js';
import { shareOf } from '../../src/statistics/folds.js';
import { makeFolds } from '../../src/ml/folds.js';
import { readPrepared } from '../../src/data/store.js';
import { makeSearch, smallConfig, type Search } from '../../support/search.js';
import { join } from 'node:path';

const Folds = suite('folds and weights');
const ENQUEUE = ['enqueue', '--splits', 'A1', '--cv', '--validate'];

/** A search of two small pipelines; the metadata has a day, a site, a fold and a weight of each sample. */
function searchWith(cv: string, more = ''): Search {
  const pipes = 'nb: [GaussianNB]\nlr:\n  - StandardScaler\n  - LogisticRegression: { C: [0.1, 1] }\n';
  const config = smallConfig.replace('cv: { folds: 3 }', `cv: ${cv}`) + more;
  const search = makeSearch({ config, pipes });
  const [head, ...rows] = search.read('data/metadata.csv').trim().split('\n');
  const cells = rows.map(
    (row, i) => `${row},${(i * 31) % 80},s${i % 7},${(Math.floor(i / 3) % 4) - 1},${(i % 5) / 2}`,
  );
  search.write('data/metadata.csv', `${[`${head},Day,Site,Fold,Weight`, ...cells].join('\n')}\n`);
  return search;
}

async function ran(search: Search, ...args: string[]): Promise<any> {
  const { code, out, err } = await search.sptHere(...args, '--json');
  assert.is(code, 0, `${args.join(' ')}: ${err}`);
  return JSON.parse(out.trim().split('\n').at(-1)!);
}

async function text(search: Search, ...args: string[]): Promise<string> {
  const { code, out, err } = await search.sptHere(...args);
  assert.is(code, 0, `${args.join(' ')}: ${err}`);
  return out;
}

const setIn = (search: Search, from: string, to: string): void =>
  search.write('configs/config.yaml', search.read('configs/config.yaml').replace(from, to));

const types: {
  cv: string;
  metrics?: string;
  folds: number;
  words: string;
  scored: (fold: number) => boolean;
}[] = [
  { cv: '{ type: kfold, folds: 4 }', folds: 4, words: '4 kfold folds', scored: () => true },
  {
    cv: '{ type: group, group: Site, folds: 3 }',
    folds: 3,
    words: '3 group folds, grouped by Site',
    scored: () => true,
  },
  {
    cv: '{ type: time, by: Day, folds: 3, gap: 2 }',
    folds: 3,
    words: '3 folds in time by Day, with a gap of 2',
    scored: () => false,
  },
  {
    cv: '{ type: predefined, by: Fold }',
    folds: 3,
    words: 'predefined folds by Fold',
    scored: fold => fold >= 0,
  },
  {
    cv: '{ type: leave-one-group-out, group: Site }',
    folds: 7,
    words: 'leave-one-group-out folds, grouped by Site',
    scored: () => true,
  },
  {
    cv: '{ type: leave-one-out }',
    metrics: 'accuracy',
    folds: 60,
    words: 'leave-one-out folds',
    scored: () => true,
  },
];

for (const { cv, metrics = 'roc_auc', folds, words, scored } of types) {
  Folds(`${cv}: trained, chosen, predicted and rebuilt`, async () => {
    const search = searchWith(cv);
    setIn(search, 'scoring: roc_auc', `scoring: ${metrics}`);
    await ran(search, ...ENQUEUE);
    await text(search, 'work', '-j', '1');
    const chosen = await ran(search, 'select', '--split', 'A1');
    const { id } = chosen.chosen;
    assert.match(await text(search, 'select', '--split', 'A1'), words);
    const shown = await ran(search, 'show', id);
    const config: Config = shown.config;
    assert.is(config.cv!.folds, folds);
    assert.is(shown.finished.scores.cv[metrics].folds.length, folds);
    const { train } = readPrepared(join(search.root, 'data/.prepared'), config.data);
    const made = makeFolds(train, config.cv!, config.seed);
    const told = await ran(search, 'predictions', id, '--oof');
    assert.is(
      told.samples.length,
      made.reduce((sum, { test }) => sum + test.length, 0),
    );
    const times = new Map<string, number>();
    for (const { id: sample } of told.samples) times.set(sample, (times.get(sample) ?? 0) + 1);
    assert.is(Math.max(...times.values()), 1, 'no sample is scored twice');
    if (scored(0))
      train.index.forEach((sample, row) => assert.is(times.has(sample), scored(train.folds?.[row] ?? 0)));
    await text(search, 'rebuild', id, '--out', join(search.root, 'model.json'));
    assert.is((await ran(search, ...ENQUEUE)).added, 0);
    search.remove();
  });
}

Folds('a default that is written down is not another config', async () => {
  const search = searchWith('{ folds: 3 }');
  assert.is((await ran(search, ...ENQUEUE)).added, 3);
  setIn(search, 'cv: { folds: 3 }', 'cv: { type: stratified, folds: 3 }');
  assert.is((await ran(search, ...ENQUEUE)).added, 0);
  assert.not.match(await text(search, 'replay', '--summary'), 'not ');
  setIn(search, 'type: stratified', 'type: kfold');
  assert.is((await ran(search, ...ENQUEUE)).added, 3);
  search.remove();
});

Folds('in time, BBC-CV draws from the samples that are scored', async () => {
  const search = searchWith('{ type: time, by: Day, folds: 3 }');
  setIn(search, 'scoring: roc_auc', 'scoring: accuracy');
  await ran(search, ...ENQUEUE);
  await text(search, 'work', '-j', '1');
  const { bootstrap } = await ran(search, 'select', '--split', 'A1', '--bootstrap');
  assert.ok(bootstrap.estimate > 0.5 && bootstrap.estimate <= 1, JSON.stringify(bootstrap));
  search.remove();
});

Folds('with weights, every command has the weighted scores, and fits weigh', async () => {
  const search = searchWith('{ folds: 3 }', 'weights: Weight\n');
  await ran(search, ...ENQUEUE);
  await text(search, 'work', '-j', '1');
  const { chosen, bootstrap, validation } = await ran(search, 'select', '--split', 'A1', '--bootstrap');
  assert.ok(bootstrap.estimate > 0.5);
  assert.not.equal(validation?.method, 'DeLong');
  const weighted = await ran(search, 'show', chosen.id);
  assert.equal((await ran(search, 'predictions', chosen.id, '--oof')).cv, weighted.finished.scores.cv);
  setIn(search, 'weights: Weight\n', '');
  assert.is((await ran(search, ...ENQUEUE)).added, 3, 'other data');
  search.remove();
});

Folds('the share of the corrected error is that of the folds, as a mean', () => {
  const n = 6000;
  const input = {
    target: { kind: 'values', values: new Float64Array(n) },
    times: new Float64Array(n),
  } as const;
  for (const type of ['kfold', 'time'] as const)
    for (const folds of [2, 5, 10]) {
      const made = makeFolds(input, { type, folds }, 0);
      const mean = made.reduce((sum, { train, test }) => sum + test.length / train.length, 0) / folds;
      assert.ok(Math.abs(shareOf({ type, folds })! - mean) < 2e-3, `${type} ${folds}`);
    }
  assert.is(shareOf({ folds: 1 }), undefined);
});

Folds.run();
