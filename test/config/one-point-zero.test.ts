/**
 * `1.0` is a share and `1` is a count, wherever scikit-learn tells them apart: from the text of a file through the id
 * and the log to the model.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Config, Json, Step } from '../../src/base/config.js';
import type { SplitData } from '../../src/base/dataset.js';
import { evaluate } from '../../src/ml/evaluate.js';
import { Rng } from '../../src/base/rng.js';
import { emptyMatrix } from '../../src/ml/algebra/matrix.js';
import { amountOf, halfEven } from '../../src/ml/parameters.js';
import { planSteps } from '../../src/ml/pipeline.js';
import { configsFrom, errorsOf } from '../../support/configs.js';
import { blobs, splitOf } from '../../support/datasets.js';

const Shares = suite('1.0 and 1');

/** The values that one parameter of one step has in the configs of a pipeline, in the order of their text. */
function valuesOf(step: string, parameter: string, written: string, search = ''): Json[] {
  const steps = `[${step}: { ${parameter}: ${written} }]`;
  const configs = configsFrom(search === '' ? `p: ${steps}` : `p: { search: ${search}, steps: ${steps} }`);
  const values = configs.map(({ steps }) => steps[0][step][parameter]);
  return values.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
const tree = (parameter: string, written: string, search?: string): Json[] =>
  valuesOf('DecisionTreeClassifier', parameter, written, search);

const ALL = { share: 1 };

Shares('a number is what it is written as', () => {
  for (const text of ['1.0', '1.', '1e0', '+1.0', '1.00', '10e-1', '[1.0]', '!!float 1.0'])
    assert.equal(tree('max_features', text), [ALL], text);
  for (const text of ['1', '+1', '0x1', '0o1', '[1]', '!!int 1'])
    assert.equal(tree('max_features', text), [1], text);
  assert.equal(tree('max_features', '[0.5, 1, 1.0, sqrt, null]'), ['sqrt', 0.5, 1, null, ALL]);
  assert.equal(tree('max_features', '&a 1.0, min_samples_split: *a'), [ALL]);
});

Shares('the words that make numbers are as numpy has them: linspace and logspace floats, range whole', () => {
  assert.equal(tree('max_features', '{ linspace: [0.5, 1, 3] }'), [0.5, 0.75, ALL]);
  assert.equal(tree('max_features', '{ logspace: [-1, 0, 2] }'), [0.1, ALL]);
  assert.equal(tree('max_features', '{ range: [1, 4] }'), [1, 2, 3]);
  const drawn = tree('max_features', '{ randint: [1, 3] }', '{ method: random, n: 2 }');
  assert.equal(drawn, [1, 2]);
  const uniform = tree('max_features', '{ uniform: [0.5, 1] }', '{ method: sobol, n: 64 }');
  assert.ok(uniform.every(value => typeof value === 'number' && value >= 0.5 && value < 1));
});

Shares(
  'a share of all and a count of one are two values, and a value twice is told as it was written',
  () => {
    const configs = configsFrom('p: [DecisionTreeClassifier: { max_features: [1.0, 1] }]');
    assert.is(new Set(configs.map(({ id }) => id)).size, 2);
    const [error] = errorsOf('p: [DecisionTreeClassifier: { max_features: [1.0, 0.5, 1.] }]');
    assert.is(error.code, 'duplicate-value');
    assert.is(error.complaint.value, '1.0');
  },
);

Shares('what the peer refuses is refused with the number as it was written', () => {
  const refused: [string, string][] = [
    ['DecisionTreeClassifier: { max_features: 2.0 }', '2.0'],
    ['DecisionTreeClassifier: { max_features: 0.0 }', '0.0'],
    ['DecisionTreeClassifier: { min_samples_leaf: 1.0 }', '1.0'],
    ['DecisionTreeClassifier: { min_samples_split: 3.0 }', '3.0'],
    ['RandomForestClassifier: { max_samples: 20.0 }', '20.0'],
    ['RandomForestClassifier: { max_features: { linspace: [1, 3, 3] } }', '2.0'],
  ];
  for (const [step, value] of refused) {
    const [error] = errorsOf(`p: [${step}]`);
    assert.match(error.message, `bad value ${value} for `, step);
    assert.match(error.complaint.expected!, /a whole number of at least \d, or a share above 0 and /, step);
    assert.match(error.complaint.hint!, /A number with a point, or of a linspace, is a share/, step);
    assert.is(error.complaint.place!.line, 1, step);
  }
  const [error] = errorsOf('p: [PCA: { n_components: 1.0 }, GaussianNB]');
  assert.match(error.message, 'bad value 1.0 for `PCA.n_components`');
  assert.match(error.complaint.expected!, 'below 1');
});

/** Ids of version 0.1.0. */
const OLD: { [pipes: string]: string[] } = {
  ['count: [DecisionTreeClassifier: { max_features: [1, 3, 0.5, sqrt, null], ' +
  'min_samples_split: 2, min_samples_leaf: [1, 0.1] }]']: [
    '28db2133210df11a',
    '366b5b57c1453c68',
    '3e0a5a5b70c7a198',
    '4b55121b2c6ff456',
    '57ee672f8133276e',
    '95468951610854b4',
    '95ebd93a78e64bb4',
    'a81fa10347bcf033',
    'b1c331c13e84eadc',
    'c22dcd2b14fa9b57',
  ],
  'boost: [XGBClassifier: { subsample: 1.0, colsample_bytree: { linspace: [0.5, 1, 2] }, n_estimators: 10.0 }]':
    ['37117586a1b1317f', 'bcdae19f19af7166'],
  'forest: [RandomForestClassifier: { max_samples: [1, 0.5], n_jobs: 2, max_features: { range: [1, 3] } }]': [
    '895fb7998fcd059f',
    'e807cbee8850a9a3',
    'fcb5725569b2126a',
    'ffe2c3f747fa62ce',
  ],
  ['network: [StandardScaler, PCA: { n_components: [1, 0.9] }, ' +
  'MLPClassifier: { momentum: 1.0, hidden_layer_sizes: [[10.0]] }]']: [
    '4bbae8778e7c8d0b',
    '5dac8b083b381182',
  ],
};

Shares('searches without such a value have the ids that they always had', () => {
  for (const [pipes, ids] of Object.entries(OLD)) {
    const found = configsFrom(pipes).map(({ id }) => id);
    assert.equal(found.sort(), ids, pipes);
  }
});

/** 60 samples of eight features, of which one tells the classes apart. */
function oneGood(): SplitData {
  const rng = Rng.from('one good feature');
  const x = emptyMatrix(60, 8);
  const y = Int32Array.from({ length: 60 }, (_, i) => i % 2);
  x.data.forEach((_, at) => (x.data[at] = rng.float()));
  y.forEach((code, i) => (x.data[5 * 60 + i] = code));
  return splitOf({ x, y, classes: 2 });
}

const configOf = (step: Step): Config => ({
  id: '',
  pipeline: 'p',
  steps: [step],
  split: 'all',
  train: 'all',
  cv: { folds: 5 },
  scoring: 'roc_auc',
  metrics: ['roc_auc'],
  seed: 0,
  data: '',
});

Shares('with 1.0 every split sees all features, and with 1 it sees one', () => {
  const data = oneGood();
  const names = ['DecisionTreeClassifier: { ', 'RandomForestClassifier: { n_estimators: 20, '];
  for (const name of names) {
    const aucs = (written: string): readonly number[] => {
      const [{ steps }] = configsFrom(
        `p: [${name}max_depth: 1, max_features: ${written}, random_state: 0 }]`,
      );
      // Through the log, whose lines are JSON.
      const read: Step[] = JSON.parse(JSON.stringify(steps));
      return evaluate(configOf(read[0]), data).scores.cv!.roc_auc!.folds;
    };
    assert.equal(aucs('1.0'), [1, 1, 1, 1, 1], name);
    assert.equal(aucs('null'), [1, 1, 1, 1, 1], name);
    assert.ok(
      aucs('1').some(auc => auc < 1),
      name,
    );
  }
});

Shares('a share of all samples is all of them', () => {
  const data = splitOf(blobs(40, 4));
  const digest = (steps: Step): string => evaluate({ ...configOf(steps), cv: undefined }, data).digest;
  const forest = (params: Step[string]) => digest({ RandomForestClassifier: { n_estimators: 5, ...params } });
  assert.is(forest({ max_samples: ALL }), forest({ max_samples: 40 }));
  assert.is(forest({ max_samples: ALL }), forest({}));
  assert.is.not(forest({ max_samples: ALL }), forest({ max_samples: 1 }));
  assert.is(
    forest({ min_samples_split: ALL, bootstrap: false }),
    forest({ min_samples_split: 40, bootstrap: false }),
  );
});

Shares('shares are rounded as the peer rounds them', () => {
  assert.equal([0.5, 1.5, 2.5, 2.51, 3.5, 7].map(halfEven), [0, 2, 2, 3, 4, 7]);
  assert.is(amountOf(0.5, 5, halfEven), 2);
  assert.is(amountOf(3, 5, halfEven), 3);
  assert.is(amountOf({ share: 1 }, 5, halfEven), 5);
});

Shares('no other share has a form of its own', () => {
  for (const share of [0.5, 2, 0])
    assert.throws(() => planSteps([{ DecisionTreeClassifier: { max_features: { share } } }]), /max_features/);
  assert.throws(() => planSteps([{ DecisionTreeClassifier: { min_samples_leaf: ALL } }]), /min_samples_leaf/);
});

Shares.run();
