/** `spt explain` as a user runs it: the numbers of the fits, tables of every form, and what is refused. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import Papa from 'papaparse';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Draft } from '../../src/events/format/event.js';
import { correctedError } from '../../src/statistics/folds.js';
import { meanOf } from '../../src/statistics/sample.js';
import { studentQuantile } from '../../src/statistics/student.js';
import { readPrepared } from '../../src/data/store.js';
import { explained } from '../../src/ml/explain/explain.js';
import { makeSearch, smallConfig, type Search } from '../../support/search.js';
import { writeLog } from '../../support/written-log.js';

const Explain = suite('explain');

const pipes = `
lasso: [StandardScaler, { LogisticRegression: { penalty: l1, C: 0.3 } }]
forest: [{ SelectKBest: { k: 2 } }, { RandomForestClassifier: { n_estimators: 5 } }]
mixed: [{ PCA: { n_components: 2 } }, { DecisionTreeClassifier: { max_depth: 3 } }]
bayes: [GaussianNB]
`;

function trained(): Search {
  const search = makeSearch({ config: smallConfig, pipes });
  assert.is(search.spt('enqueue', '--splits', 'A1', '--cv', '--validate').code, 0);
  const { code, err } = search.spt('work', '-j', '1', '--quiet');
  assert.is(code, 0, err);
  return search;
}
const search = trained();
Explain.after(() => search.remove());

const events = search.events();
const configOf = (pipeline: string) => events.find(({ config }) => config?.pipeline === pipeline).config;

async function done(...args: string[]): Promise<string> {
  const { code, out, err } = await search.sptHere('explain', ...args);
  assert.is(code, 0, err);
  return out;
}

type Row = { [column: string]: string };
const tableOf = (csv: string): Row[] => Papa.parse<Row>(csv, { header: true, skipEmptyLines: true }).data;

Explain('the numbers are those of the fits, with intervals that know that folds overlap', async () => {
  for (const pipeline of ['lasso', 'forest', 'bayes']) {
    const config = configOf(pipeline);
    const data = readPrepared(join(search.root, 'data/.prepared'), config.data);
    const found = explained(config, data, { repeats: 4 });
    const { features, digest } = JSON.parse(await done(config.id, '--repeats', '4', '--json'));
    assert.is(digest, found.digest);
    assert.equal(features.map(({ feature }: any) => feature).sort(), ['height', 'noise', 'weight']);
    for (const line of features) {
      const j = found.names.indexOf(line.feature);
      const drops = found.drops.map(all => all[j]);
      const error = correctedError(drops, { folds: 3 })!;
      assert.is(line.drop.mean, meanOf(drops));
      assert.ok(Math.abs(line.drop.error - error) < 1e-15);
      const half = studentQuantile(0.975, 2) * error;
      assert.ok(Math.abs(line.drop.high - line.drop.low - 2 * half) < 1e-12);
      const values = found.folds.map(fold => fold.values.get(line.feature)?.[0] ?? 0);
      if (pipeline === 'forest') {
        assert.is(line.selected, meanOf(found.folds.map(({ reaches }) => reaches[j])));
        assert.is(line.importance.value, found.refit.values.get(line.feature)?.[0] ?? 0);
        assert.equal(
          [line.importance.least, line.importance.most],
          [Math.min(...values), Math.max(...values)],
        );
      } else assert.not('importance' in line);
      if (pipeline !== 'lasso') continue;
      const [one] = line.coefficients;
      const sign = Math.sign(found.refit.values.get(line.feature)?.[0] ?? 0);
      assert.is(one.nonZero, values.filter(value => value !== 0).length / 3);
      if (sign !== 0) assert.is(one.sameSign, values.filter(value => Math.sign(value) === sign).length / 3);
    }
  }
});

Explain('the forest: each column is shuffled by itself', async () => {
  // Trees prepare an array once. A stale copy would give all columns the drop of the first one.
  const { features } = JSON.parse(await done(configOf('forest').id, '--json'));
  const used = features.filter(({ importance }: any) => importance.value > 0);
  assert.is(used.length, 2);
  assert.is.not(used[0].drop.mean, used[1].drop.mean);
});

Explain('text fits 80 columns; values of mixed features stand by themselves, with a reason', async () => {
  for (const pipeline of ['lasso', 'forest', 'mixed', 'bayes']) {
    const out = await done(configOf(pipeline).id.slice(0, 8));
    for (const line of out.split('\n')) assert.ok(line.length <= 80, line);
    assert.match(out, /scores and digest are those of the log, bit for bit/);
  }
  const mixed = await done(configOf('mixed').id);
  assert.match(mixed, /\npca\d +\d\.\d{3} +\[/);
  assert.match(mixed, /note: PCA mixes the columns, and DecisionTreeClassifier cannot be led/);
  const bayes = (await done('--best', '--pipelines', 'bayes', '--split', 'A1')).replaceAll('\n', ' ');
  assert.match(bayes, /GaussianNB has neither coefficients nor importances/);
  assert.match(await done('--select', '1se', '--pipelines', 'lasso', '--repeats', '0'), /per sd/);
});

Explain('a file has all features in every form, and an earlier one is replaced', async () => {
  const { id } = configOf('forest');
  const { features } = JSON.parse(await done(id, '--json'));
  for (const name of ['f.csv', 'f.tsv', 'f.json', 'f.ndjson', 'f.parquet', 'f.md', 'f.tex'])
    for (const _ of [1, 2]) assert.match(await done(id, '-o', name), `written  ${name}: 3 features`);
  const rows = tableOf(search.read('f.csv'));
  assert.equal(
    rows.map(({ feature, drop, drop_low, importance, selected }) => [
      feature,
      drop,
      drop_low,
      importance,
      selected,
    ]),
    features.map((one: any) => [
      one.feature,
      ...[one.drop.mean, one.drop.low, one.importance.value, one.selected].map(String),
    ]),
  );
  const bytes = readFileSync(join(search.root, 'f.parquet'));
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
  const read = await parquetReadObjects({ file });
  assert.equal(
    read.map(({ feature, drop }) => [feature, drop]),
    features.map((one: any) => [one.feature, one.drop.mean]),
  );
  assert.ok(parquetMetadata(file).key_value_metadata!.some(({ value }) => value === id));
  const refused = await search.sptHere('explain', id, '-o', 'data/features.csv');
  assert.is(refused.code, 2);
  assert.match(refused.err, 'it is not a table of features');
  assert.is((await search.sptHere('explain', id, '-o', 'f.xyz')).code, 2);
  for (const ending of ['csv', 'tsv', 'json', 'ndjson', 'parquet', 'md', 'tex'])
    rmSync(join(search.root, `f.${ending}`));
});

Explain('one score that is not the log’s, or another digest, fails the command', async () => {
  for (const [spoil, message] of [
    [(event: any) => (event.scores.cv.roc_auc.folds[1] += 1e-15), /roc_auc \(fold 1\)/],
    [(event: any) => (event.digest = '0'.repeat(32)), /another model than before, with equal scores/],
  ] as [(event: any) => void, RegExp][]) {
    const { id } = configOf('lasso');
    const drafts = structuredClone(search.events()).filter(({ type }) => type !== 'opened') as any[];
    const event = drafts.find(({ type, config }) => type === 'finished' && config === id);
    spoil(event);
    const other = makeSearch({ config: smallConfig, pipes });
    try {
      writeLog(other, drafts as Draft[]);
      const root = ['--log', join(other.root, 'log')];
      const { code, out, err } = await search.sptHere('explain', id, ...root);
      assert.is(code, 1, err);
      assert.is(out, '');
      assert.match(err, message);
    } finally {
      other.remove();
    }
  }
});

Explain('a report has the features of the chosen config', async () => {
  const { code, err } = await search.sptHere('report', '--pipelines', 'forest');
  assert.is(code, 0, err);
  const html = search.read('report.html');
  const json = html.slice(html.indexOf('id="document">') + 14);
  const [{ features: shown }] = JSON.parse(json.slice(0, json.indexOf('</script>'))).sections;
  const { config, features, notes } = JSON.parse(await done(configOf('forest').id, '--json'));
  const six = (value: number): number => Math.round(value * 1e6) / 1e6;
  assert.equal([shown.id, shown.repeats, shown.folds, shown.notes], [config, 5, 3, notes]);
  assert.equal(
    shown.lines.map(({ feature, drop, low, gain, selected }: any) => [feature, drop, low, gain, selected]),
    features.map(({ feature, drop, importance, selected }: any) => [
      feature,
      ...[drop.mean, drop.low, importance.value, selected].map(six),
    ]),
  );
  await search.sptHere('report', '--pipelines', 'forest', '--refit', '0');
  assert.not.match(search.read('report.html'), '"features":{"id"');
  rmSync(join(search.root, 'report.html'));
});

Explain('commands to copy are those of explain', async () => {
  const { code, err } = await search.sptHere('explain');
  assert.is(code, 2);
  assert.match(err, 'no config is named');
  const more = await search.sptHere('explain', 'zzzz');
  assert.match(more.err, 'no config has the id zzzz');
});

Explain.run();
