/** `spt predict` as a user runs it: the values of the model, the form of tables, and what is refused. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Config, Scores } from '../../src/base/config.js';
import { classesOf } from '../../src/base/dataset.js';
import { readPrepared } from '../../src/data/store.js';
import { predictionsOf } from '../../src/ml/apply.js';
import { ready, refit } from '../../src/ml/evaluate.js';
import { findMetric, score } from '../../src/ml/scoring/metrics.js';
import type { ClassOutputs } from '../../src/ml/scoring/types.js';
import { makeSearch, smallConfig, type Search } from '../../support/search.js';
import { ofClasses } from '../../support/tasks.js';

const Predict = suite('predict');

/** A pipeline for each estimator, with probabilities and without, and with gaps that are filled. */
const pipes = `
lasso: [StandardScaler, { LogisticRegression: { penalty: l1 } }]
ridge: [RobustScaler, RidgeClassifier]
linear_svc: [StandardScaler, LinearSVC]
svc: [SimpleImputer, StandardScaler, SVC]
svc_proba: [MinMaxScaler, { SVC: { kernel: linear, probability: true } }]
lda: [{ PCA: { n_components: 2 } }, LinearDiscriminantAnalysis]
bayes: [PowerTransformer, GaussianNB]
knn: [MaxAbsScaler, Normalizer, { KNeighborsClassifier: { n_neighbors: 3 } }]
tree: [{ SelectKBest: { k: 2 } }, { DecisionTreeClassifier: { max_depth: 3 } }]
rf: [{ RandomForestClassifier: { n_estimators: 5 } }]
extra: [{ ExtraTreesClassifier: { n_estimators: 5 } }]
xgb: [{ XGBClassifier: { n_estimators: 5, max_depth: 2 } }]
nn: [StandardScaler, { MLPClassifier: { hidden_layer_sizes: [4], max_iter: 20 } }]
`;
const config = smallConfig.replace(
  'metrics: [accuracy]',
  'metrics: [accuracy, log_loss, average_precision, mcc]',
);

/** A search that was trained, and its configs by pipeline. */
function trained(): { search: Search; configs: Map<string, Config>; scores: Map<string, Scores> } {
  const search = makeSearch({ config, pipes });
  const names = [...pipes.matchAll(/^(\w+):/gm)].map(match => match[1]);
  search.spt('enqueue', '--pipelines', ...names, '--splits', 'A1', '--cv', '--validate');
  const { code, err } = search.spt('work', '-j', '1', '--quiet');
  assert.is(code, 0, err);
  const events = search.events();
  const enqueued = events.filter(({ type }) => type === 'enqueued').map(event => event.config as Config);
  const finished = events.filter(({ type }) => type === 'finished');
  assert.is(finished.length, names.length);
  return {
    search,
    configs: new Map(enqueued.map(one => [one.pipeline, one])),
    scores: new Map(finished.map(event => [event.config, event.scores])),
  };
}

const { search, configs, scores } = trained();
const idOf = (pipeline: string): string => configs.get(pipeline)!.id;

/** Runs spt, which must succeed. */
async function done(...args: string[]): Promise<{ out: string; err: string }> {
  const { code, out, err } = await search.sptHere(...args);
  assert.is(code, 0, `${args.join(' ')}\n${err}`);
  return { out, err };
}

/** Runs `spt predict` on a new table, which must be refused without a trace. */
async function refused(table: string, ...args: string[]): Promise<string> {
  search.write('new.csv', table);
  const before = readdirSync(search.root);
  for (const to of [['-o', 'never.csv'], []]) {
    const model = args.some(word => word === '--model' || word === '--best') ? [] : [idOf('lasso')];
    const { code, out, err } = await search.sptHere('predict', ...model, '--data', 'new.csv', ...to, ...args);
    assert.is(code, 2, err);
    assert.is(out, '');
    assert.equal(readdirSync(search.root), before);
    if (to.length === 0) return err;
  }
  throw new Error('unreachable');
}

const rowsOf = (text: string, separator = ','): string[][] =>
  text
    .trimEnd()
    .split('\n')
    .map(line => line.split(separator));

/** The columns of a table whose names begin in a way, row-major. */
function numbers(rows: string[][], start: string): Float64Array | undefined {
  const at = rows[0].flatMap((name, j) => (name.startsWith(start) ? [j] : []));
  if (at.length === 0) return undefined;
  return Float64Array.from(rows.slice(1).flatMap(row => at.map(j => Number(row[j]))));
}

Predict(
  'gives the bits of the pipeline in memory, and the scores of the log, for every estimator',
  async () => {
    for (const [pipeline, one] of configs) {
      const { split: _, ...about } = one;
      const data = readPrepared(join(search.root, 'data/.prepared'), about.data);
      const { index, x, target } = data.validate!;
      // The samples stand in another order than in the table, and the table has samples of the training, too.
      await done('predict', one.id, '--data', 'data/features.csv', '--decision', '-o', 'p.csv').catch(
        async () => {
          await done('predict', one.id, '--data', 'data/features.csv', '-o', 'p.csv');
        },
      );
      const [head, ...all] = rowsOf(search.read('p.csv'));
      const byId = new Map(all.map(row => [row[0], row]));
      const rows = [head, ...index.map(id => byId.get(id)!)];
      const [proba, decision] = [numbers(rows, 'probability_'), numbers(rows, 'decision')];
      const labels = rows.slice(1).map(row => ['well', 'sick'].indexOf(row[1]));

      await ready(one.steps);
      const { model: fitted, digest } = refit(one, data);
      const model = ofClasses(fitted);
      const expected = predictionsOf(model, x, ['height', 'weight', 'noise']);
      assert.equal(labels, [...model.predict(x)], pipeline);
      assert.equal(labels, [...expected.codes], pipeline);
      assert.equal(proba, model.proba?.(x), pipeline);
      assert.equal(decision, model.decision?.(x), pipeline);
      assert.ok(proba || decision, pipeline);
      assert.ok(digest.length === 32);

      const outputs: ClassOutputs = { classes: 2, singles: model.singles, decision, proba };
      if (!decision) outputs.labels = Int32Array.from(labels);
      const logged = scores.get(one.id)!.validate!;
      let compared = 0;
      for (const [name, value] of Object.entries(logged)) {
        if (value === null) continue;
        assert.is(score(findMetric(name), classesOf(target).codes, outputs), value, `${pipeline} ${name}`);
        compared++;
      }
      assert.ok(compared >= 3, `${pipeline}: ${compared} scores`);
    }
  },
);

Predict(
  'is the same with a model file, by --best, in any order of columns, packed, as TSV and transposed',
  async () => {
    const id = idOf('svc_proba');
    const { out } = await done('predict', id, '--data', 'data/features.csv');
    assert.match(out, /^Run,predicted,probability_well,probability_sick,outside\nr0,/);
    assert.is(out.split('\n').length, 82);
    await done('rebuild', id, '-o', 'model.json');
    const same = async (...args: string[]): Promise<void> => {
      const found = await done('predict', '--model', 'model.json', ...args);
      assert.is(found.out, out, args.join(' '));
    };
    await same('--data', 'data/features.csv');
    const rows = rowsOf(search.read('data/features.csv'));
    const turned = rows.map(([run, height, weight, noise]) => [noise, 'text', height, run, weight]);
    turned[0][1] = 'Site';
    search.write('turned.tsv', turned.map(row => `${row.join('\t')}\n`).join(''));
    await same('--data', 'turned.tsv');
    writeFileSync(join(search.root, 'packed.csv.gz'), gzipSync(search.read('data/features.csv')));
    await same('--data', 'packed.csv.gz');
    const across = rows[0].map((_, j) => rows.map(row => row[j]).join(',')).join('\n');
    search.write('across.csv', `${across}\nextra,${'x,'.repeat(79)}x\n`);
    await same('--data', 'across.csv', '--orientation', 'features');
    // R leaves out the name of the column of row names.
    search.write('r.csv', search.read('data/features.csv').replace('Run,', ''));
    await same('--data', 'r.csv');
    const numbered = await done('predict', id, '--data', 'turned.tsv', '--no-index', '--json');
    assert.equal(Object.keys(JSON.parse(numbered.out.split('\n')[4])), [
      'id',
      'predicted',
      'probability',
      'outside',
    ]);
    assert.is(JSON.parse(numbered.out.split('\n')[4]).id, '5');
    assert.match(
      numbered.err,
      /2 columns of the table are not a feature of the model, and not read: "Site", "Run"/,
    );
  },
);

Predict('writes whole files of three kinds, and over nothing else', async () => {
  await done('predict', idOf('lasso'), '--data', 'data/features.csv', '-o', 'p.csv');
  await done('predict', idOf('lasso'), '--data', 'data/features.csv', '-o', 'p.csv');
  await done('predict', idOf('lasso'), '--data', 'data/features.csv', '-o', 'p.tsv');
  await done('predict', idOf('lasso'), '--data', 'data/features.csv', '-o', 'p.ndjson');
  const csv = rowsOf(search.read('p.csv'));
  assert.equal(rowsOf(search.read('p.tsv'), '\t'), csv);
  const objects = search
    .read('p.ndjson')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));
  assert.equal(
    objects.map(({ id, predicted, probability, outside }) =>
      [id, predicted, ...Object.values(probability), outside].map(String),
    ),
    csv.slice(1),
  );
  const { code, err } = await search.sptHere(
    'predict',
    idOf('lasso'),
    '--data',
    'data/features.csv',
    '-o',
    'data/features.csv',
  );
  assert.is(code, 2);
  assert.match(err, /exists already, and it is not a file of predictions/);
  assert.equal(
    readdirSync(search.root).filter(name => name.includes('writing')),
    [],
  );
  const told = JSON.parse(
    (await done('predict', idOf('lasso'), '--data', 'data/features.csv', '-o', 'p.csv', '--json')).out,
  );
  assert.is(told.samples, 80);
  assert.is(told.predicted.well + told.predicted.sick, 80);
  assert.is(told.outside, objects.filter(({ outside }) => outside > 0).length);
});

Predict('ids and classes with separators, quotes and controls come back as they were', async () => {
  const ids = ['a,b', 'say ""x""', ' lead', 'é\u202ex'];
  search.write('new.csv', `Run,height,weight,noise\n${ids.map(id => `"${id}",1,1,1\n`).join('')}`);
  const { out } = await done('predict', idOf('lasso'), '--data', 'new.csv');
  const found = out.split('\n').slice(1, 5);
  assert.equal(
    found.map(line => line.split(/,(?:well|sick),/)[0]),
    ['"a,b"', '"say ""x"""', '" lead"', 'é\u202ex'],
  );
});

Predict('marks samples outside the range of the training by the number of features', async () => {
  const data = readPrepared(join(search.root, 'data/.prepared'), configs.get('lasso')!.data);
  const { data: values, rows } = data.train.x;
  const range = [0, 1, 2]
    .map(j => values.slice(j * rows, (j + 1) * rows))
    .map(all => [Math.min(...all), Math.max(...all)]);
  const probes = [
    range.map(([low]) => low),
    range.map(([, high]) => high),
    range.map(([low]) => low - 1),
    [range[0][0], range[1][1] + 1e-9, 1],
  ];
  search.write(
    'new.csv',
    `Run,height,weight,noise\n${probes.map((row, i) => `n${i},${row.join(',')}\n`).join('')}`,
  );
  const { out, err } = await done('predict', idOf('lasso'), '--data', 'new.csv');
  assert.equal(
    rowsOf(out)
      .slice(1)
      .map(row => row.at(-1)),
    ['0', '0', '3', '1'],
  );
  assert.match(err, /outside {2}2 of 4 samples have a feature outside the range of the training/);
});

Predict('refuses missing and renamed columns, with the name that was probably meant', async () => {
  const err = await refused('Run,hieght,noise\na,1,2\n');
  assert.match(err, /new\.csv:1: the table has no column for 2 features of the model: "height", "weight"/);
  assert.match(err, /"hieght" \(column 2\) may be "height"\. Give each column the name that the model knows/);
  const rows = await refused('x,a,b\nheight,1,2\nwieght,1,2\nnoise,1,2\n', '--orientation', 'features');
  assert.match(rows, /no row for a feature of the model: "weight"[^]*"wieght" \(line 3\) may be "weight"/);
  assert.match(await refused('Run,a,b\nheight,1,2\nweight,1,2\n'), /did you mean `--orientation features`\?/);
  assert.match(
    await refused('height,weight,noise\n1,2,3\n'),
    /no column "Run", the index[^]*write --no-index/,
  );
  assert.match(
    await refused('Run,height,height,noise\na,1,2,3\n'),
    /the column "height" stands also in line 1, column 2/,
  );
});

Predict('refuses cells that are no numbers, with place and with words that can be copied', async () => {
  const table = 'Run,height,weight,noise\na,1,2,3\nb,1,two,3\nc,1,-,3\nd,-999,-,3\n';
  const err = await refused(table);
  assert.match(err, /new\.csv:3:3: the column "weight" holds text, "two" \(3 cells like it, in weight\)/);
  const only = table.replace('two', '?');
  const marked = await refused(only);
  const words = /If there is no value, add (.*)\.$/m.exec(marked)![1];
  assert.is(words, "--missing= --missing=NA --missing=NaN '--missing=?' --missing=-");
  search.write('new.csv', only);
  const args = [...words.replaceAll("'", '').split(' '), '--missing=-999'];
  const { out } = await done('predict', idOf('svc'), '--data', 'new.csv', ...args);
  assert.is(rowsOf(out).length, 5);
  const gaps = await search.sptHere('predict', idOf('lasso'), '--data', 'new.csv', ...args);
  assert.is(gaps.code, 2);
  assert.match(
    gaps.err,
    /new\.csv:3:3: the sample "b" cannot be predicted: LogisticRegression takes no missing value/,
  );
  assert.match(await refused('Run,height,weight,noise\na,1,2\n'), /new\.csv:2:4: the line has 3 cells/);
  assert.match(await refused('Run,height,weight,noise\na,1,2,1e999\n'), /an infinite number, "1e999"/);
  assert.match(await refused('Run,height,weight,noise\n,1,2,3\n'), /new\.csv:2:1: the id is empty here/);
  assert.match(await refused('Run,height,weight,noise\n'), /the table has a first line and no rows/);
  assert.match(
    await refused('Run,height,weight,noise\na,1e308,-1e308,1\n'),
    /the sample "a" cannot be predicted/,
  );
});

Predict('refuses two models, none, a damaged file, and decisions that are not there', async () => {
  const table = 'Run,height,weight,noise\na,1,2,3\n';
  search.write('new.csv', table);
  const told = async (...args: string[]): Promise<string> => {
    const { code, out, err } = await search.sptHere('predict', '--data', 'new.csv', ...args);
    assert.is(code, 2, err);
    assert.is(out, '');
    return err;
  };
  assert.match(await told(), /no model is named[^]*--best, --select with a rule, or --model with a file/);
  assert.match(await told('--model', 'model.json', '--best'), /--model cannot stand beside an id/);
  assert.match(await told('--model', 'nowhere.json'), /nowhere\.json: the model file cannot be read/);
  assert.match(await told('--model', 'data/features.csv'), /not the text of a model/);
  assert.match(await told(idOf('rf'), '--decision'), /RandomForestClassifier has no decisions/);
  assert.match(
    await told(idOf('rf'), '-o', 'p.xlsx'),
    /a name that ends in \.csv, \.tsv, \.ndjson or \.parquet/,
  );
  await done('rebuild', idOf('lasso'), '-o', 'damaged.json');
  search.write('damaged.json', search.read('damaged.json').replace('"sick"', '"ill"'));
  assert.match(
    await told('--model', 'damaged.json'),
    /damaged\.json: the model file has changed since it was written/,
  );
});

Predict('--best asks which split is meant, and its lines can be copied', async () => {
  const other = makeSearch({ config, pipes });
  other.spt('enqueue', '--pipelines', 'lasso', '--splits', 'A1', 'B2', '--cv', '--validate');
  other.spt('work', '-j', '1', '--quiet');
  const { code, err } = await other.sptHere(
    'predict',
    '--best',
    '--data',
    'data/features.csv',
    '--missing=-',
    '--missing=NA',
  );
  assert.is(code, 2);
  const line = /^ {2}spt (predict --best --split A1.*?) {2}# roc_auc/m.exec(err)![1];
  assert.is(line, 'predict --best --split A1 --data data/features.csv --missing=- --missing=NA');
  const again = await other.sptHere(...line.split(' '));
  assert.is(again.code, 0, again.err);
  other.remove();
});

Predict('reads the table as the search says, also from a model file alone', async () => {
  const turned = smallConfig
    .replace('metadata: data/metadata.csv', 'metadata: data/metadata.csv, orientation: features')
    .replace('index: Run', "index: Run\nmissing: ['-9.0', '']");
  const other = makeSearch({ config: turned, pipes });
  const rows = rowsOf(other.read('data/features.csv'));
  const across = rows[0].map((_, j) => `${rows.map(row => row[j]).join(',')}\n`).join('');
  other.write('data/features.csv', across);
  other.spt('enqueue', '--pipelines', 'svc', '--splits', 'train_A1');
  const id = other.events().find(({ type }) => type === 'enqueued').config.id;
  other.write('new.csv', 'x,a,b\nnoise,1,-9\nheight,1,1\nweight,1,1\n');
  const first = await other.sptHere('predict', id, '--data', 'new.csv');
  assert.is(first.code, 0, first.err);
  assert.match(first.err, /note: The config has not finished yet/);
  await other.sptHere('rebuild', id, '-o', 'model.json');
  const alone = makeSearch();
  alone.write('model.json', other.read('model.json'));
  alone.write('new.csv', other.read('new.csv'));
  const second = await alone.sptHere('predict', '--model', 'model.json', '--data', 'new.csv');
  assert.is(second.out, first.out);
  assert.is(rowsOf(second.out).length, 3);
  other.remove();
  alone.remove();
});

Predict('a folder that cannot be written costs nothing but a message', async () => {
  const { code, err } = await search.sptHere(
    'predict',
    idOf('lasso'),
    '--data',
    'data/features.csv',
    '-o',
    'none/p.csv',
  );
  assert.is(code, 2);
  assert.match(err, /there is no folder/);
  assert.not(existsSync(join(search.root, 'none')));
});

Predict('the help shows how', async () => {
  const { code, out } = await search.sptHere('predict', '--help');
  assert.is(code, 0);
  assert.match(out, /spt predict --model model\.json --data new\.csv/);
  assert.ok(readFileSync(join(search.root, 'p.csv'), 'utf8').length > 0);
  search.remove();
});

Predict.run();
