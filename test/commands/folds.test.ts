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
/** Columns of the metadata. */
const [DAY, SITE] = [3, 4];
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

/** The configs of a split. */
function configsOf(search: Search, split: string): Config[] {
  const events = search
    .events()
    .filter(({ type, config }: any) => type === 'enqueued' && config.split === split);
  return events.map(({ config }: any) => config);
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

Folds(
  'a nested cross-validation scores what each outer fold chose, on samples that took no part',
  async () => {
    const search = searchWith('{ folds: 3, outer: 4 }');
    const { added } = await ran(search, ...ENQUEUE);
    assert.is(added, 3 * 5, 'the split and four outer folds');
    assert.match(await text(search, 'work', '-j', '1'), '15 configs finished');
    const { nested } = await ran(search, 'select', '--split', 'A1');
    const folder = join(search.root, 'data/.prepared');
    const [whole] = configsOf(search, 'A1');
    const { train } = readPrepared(folder, whole.data);
    const outer = makeFolds(train, { folds: 4 }, whole.seed);
    for (const { fold, id, heldOut } of nested.folds) {
      const chosen = await ran(search, 'select', '--split', `A1.outer${fold}`);
      assert.equal([chosen.config, chosen.validation.score], [id, heldOut]);
      const [config] = configsOf(search, `A1.outer${fold}`);
      const data = readPrepared(folder, config.data);
      const rows = outer[fold - 1];
      assert.equal(
        data.train.index,
        Array.from(rows.train, row => train.index[row]),
      );
      assert.equal(
        data.validate!.index,
        Array.from(rows.test, row => train.index[row]),
      );
    }
    const scores = nested.folds.map(({ heldOut }: { heldOut: number }) => heldOut);
    assert.is(scores.length, 4);
    assert.ok(Math.abs(nested.mean - scores.reduce((a: number, b: number) => a + b) / 4) < 1e-12);
    const words = await text(search, 'select', '--split', 'A1');
    assert.match(words, `nested roc_auc: ${nested.mean.toFixed(4)} (sd`);
    assert.not.match(await text(search, 'replay', '--summary'), 'does not have');
    setIn(search, ', outer: 4', '');
    assert.is((await ran(search, ...ENQUEUE)).added, 0, 'the whole split is the same without outer folds');
    search.remove();
  },
);

Folds('outer folds keep groups together, and follow time', async () => {
  for (const cv of ['{ folds: 2, outer: 3, group: Site }', '{ type: time, by: Day, folds: 2, outer: 3 }']) {
    const search = searchWith(cv);
    await ran(search, ...ENQUEUE);
    const folder = join(search.root, 'data/.prepared');
    const lines = search.read('data/metadata.csv').trim().split('\n');
    const of = new Map(lines.map(line => [line.split(',')[0], line.split(',')]));
    for (const fold of [1, 2, 3]) {
      const [{ data }] = configsOf(search, `A1.outer${fold}`);
      const { train, validate } = readPrepared(folder, data);
      const cells = (index: string[], at: number): string[] => index.map(id => of.get(id)![at]);
      if (cv.includes('group')) {
        const held = new Set(cells(validate!.index, SITE));
        assert.not.ok(cells(train.index, SITE).some(site => held.has(site)));
      } else {
        const [latest, earliest] = [
          Math.max(...cells(train.index, DAY).map(Number)),
          Math.min(...cells(validate!.index, DAY).map(Number)),
        ];
        assert.ok(latest < earliest);
      }
    }
    search.remove();
  }
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
