/** `spt rebuild --calibrate --threshold` as a user runs it: what is told, what is written, and what predicts then. */
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Config } from '../../src/base/config.js';
import { featureNames } from '../../src/base/dataset.js';
import { readPrepared } from '../../src/data/store.js';
import { predictionsOf } from '../../src/ml/apply.js';
import { crossFitted, learn } from '../../src/ml/calibration/adjustment.js';
import { ruleOf } from '../../src/ml/calibration/threshold.js';
import { readModel } from '../../src/ml/model-file.js';
import { ofClasses, outOfFold } from '../../src/ml/predictions.js';
import { findMetric, score } from '../../src/ml/scoring/metrics.js';
import { fromText } from '../../src/ml/serialize.js';
import { makeSearch, smallConfig } from '../../support/search.js';
import { saidOfClasses } from '../../support/tasks.js';

const Adjusting = suite('adjusting');

const pipes = `
ridge: [StandardScaler, RidgeClassifier]
bayes: [GaussianNB]
`;
const search = makeSearch({ pipes, config: smallConfig.replace('[accuracy]', '[accuracy, f1]') });

// Some samples have the other class, so that no threshold is right for all.
const swapped = (row: string): string =>
  row.replace(/sick|well/, name => (name === 'sick' ? 'well' : 'sick'));
const rows = search.read('data/metadata.csv').split('\n');
search.write('data/metadata.csv', rows.map((row, i) => (i % 7 === 3 ? swapped(row) : row)).join('\n'));

async function done(...args: string[]): Promise<{ out: string; err: string }> {
  const { code, out, err } = await search.sptHere(...args);
  assert.is(code, 0, `${args.join(' ')}\n${err}`);
  return { out, err };
}

search.spt('enqueue', '--splits', 'A1', '--cv', '--validate', '--pipelines', 'ridge', 'bayes');
search.spt('work', '-j', '1', '--quiet');
const configs = new Map(
  search
    .events()
    .filter(({ type }) => type === 'enqueued')
    .map(({ config }) => [config.pipeline as string, config as Config]),
);
const { id } = configs.get('ridge')!;
const data = readPrepared(join(search.root, 'data/.prepared'), configs.get('ridge')!.data);
const asked = { method: 'sigmoid' as const, rule: ruleOf('f1') };
const folds = ofClasses(outOfFold(configs.get('ridge')!, data)!.folds);

Adjusting(
  'what is told is the score of folds that taught nothing of it, beside the score of the log',
  async () => {
    const words = ['--calibrate', 'sigmoid', '--threshold', 'f1'];
    const { out } = await done('rebuild', id, ...words, '--json', '-o', 'model.json');
    const { adjusted } = JSON.parse(out);
    const after = crossFitted(asked, folds);
    const meanOf = (name: string): number =>
      folds.reduce((sum, { truth }, i) => sum + score(findMetric(name), truth, after[i])!, 0) / folds.length;
    const told = (name: string) => adjusted.folds.find((change: { name: string }) => change.name === name);
    const logged = search.events().find(event => event.type === 'finished' && event.config === id).scores;
    assert.equal(told('f1'), {
      name: 'f1',
      before: { value: logged.cv.f1.mean },
      after: { value: meanOf('f1') },
    });
    assert.equal(told('brier_score').before, { value: null });
    assert.is(told('brier_score').after.value, meanOf('brier_score'));
    const held = adjusted.validate.find((change: { name: string }) => change.name === 'f1');
    assert.is(held.before.value, logged.validate.f1);
  },
);

Adjusting('the model file has version 2, and what the folds teach', async () => {
  const text = search.read('model.json');
  const document = fromText(text) as { [name: string]: unknown };
  assert.is(document.version, 2);
  const { calibration, threshold } = await readModel(text);
  assert.equal({ calibration, threshold }, learn(asked, folds));
  await done('rebuild', id, '-o', 'plain.json');
  assert.is((fromText(search.read('plain.json')) as { version: number }).version, 1);
});

Adjusting('new samples get calibrated probabilities and the labels of the threshold', async () => {
  const { err } = await done(
    'predict',
    '--model',
    'model.json',
    '--data',
    'data/features.csv',
    '-o',
    'p.csv',
  );
  assert.is(err, '');
  const [head, ...rows] = search.read('p.csv').trim().split('\n');
  assert.is(head, 'Run,predicted,probability_well,probability_sick,outside');
  const { pipeline, calibration, threshold } = await readModel(search.read('model.json'));
  const { decision } = saidOfClasses(predictionsOf(pipeline, data.train.x, featureNames(data)));
  const byId = new Map(rows.map(row => [row.split(',')[0], row.split(',')]));
  const [{ slope, offset }] = calibration!.curves as { slope: number; offset: number }[];
  data.train.index.forEach((sample, i) => {
    const [, label, well, sick] = byId.get(sample)!;
    const p = 1 / (1 + Math.exp(slope * decision![i] + offset));
    assert.ok(Math.abs(Number(sick) - p) < 1e-15 && Math.abs(Number(well) - (1 - p)) < 1e-15);
    assert.is(label, Number(sick) >= threshold!.value ? 'sick' : 'well');
  });
  // The same without a file.
  const words = ['--calibrate', 'sigmoid', '--threshold', 'f1'];
  await done('predict', id, ...words, '--data', 'data/features.csv', '-o', 'q.csv');
  assert.is(search.read('q.csv'), search.read('p.csv'));
  const printed = await done('predict', '--model', 'model.json', '--data', 'data/features.csv');
  assert.match(printed.err, /^adjusted probabilities calibrated by sigmoid, from the decision$/m);
  assert.match(printed.err, /^ {9}sick where its probability is at least 0\.\d+ \(f1\)$/m);
});

Adjusting('a threshold alone leaves the decisions', async () => {
  await done('rebuild', id, '--threshold', 'specificity:1', '-o', 'sure.json');
  const words = ['--model', 'sure.json', '--data', 'data/features.csv', '-o', 'n.csv'];
  const { out } = await done('predict', ...words);
  assert.match(out, /sick where its decision is at least -?[\d.]+ \(specificity:1\)/);
  const { out: plain } = await done('predict', '--model', 'plain.json', '--data', 'data/features.csv');
  const decisions = (text: string): string[] =>
    text
      .trim()
      .split('\n')
      .map(row => row.split(',')[2]);
  assert.equal(decisions(search.read('n.csv')), decisions(plain));
});

Adjusting('a damaged or unsuited adjustment is refused', async () => {
  const text = search.read('model.json');
  const codeOf = async (changed: string): Promise<string> => {
    assert.is.not(changed, text);
    return readModel(changed).then(
      () => 'read',
      (error: { code: string }) => error.code,
    );
  };
  assert.is(await codeOf(text.replace(/"slope": -/, '"slope": ')), 'bad-model');
  assert.is(await codeOf(text.replace('"sigmoid"', '"isotonic"')), 'bad-model');
  assert.is(await codeOf(text.replace(/("curves": \[)/, '$1 {"slope": 1, "offset": 1},')), 'bad-model');
});

Adjusting('a model file takes no other adjustment', async () => {
  const words = ['--model', 'plain.json', '--data', 'data/features.csv', '--threshold', 'f1'];
  const { code, err } = await search.sptHere('predict', ...words);
  assert.is(code, 2);
  assert.match(err, /--model cannot stand beside/);
});

Adjusting('an export refuses what its format cannot hold', async () => {
  const { code, err } = await search.sptHere(
    'export',
    '--model',
    'model.json',
    '--to',
    'sklearn',
    '-o',
    'm.py',
  );
  assert.is(code, 2);
  assert.match(
    err,
    /a model with a calibration cannot be exported: a file of sklearn holds the pipeline of one model only/,
  );
});

Adjusting.after(() => search.remove());
Adjusting.run();
