import { Worker } from 'node:worker_threads';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Config, Step } from '../src/base/config.js';
import { evaluate, ready, refit } from '../src/ml/evaluate.js';
import { blobs, splitOf } from './support/datasets.js';

/**
 * Digests of models that have to stay what they are, on every machine: whoever changes one changes every model that a
 * user's log knows, and says so in CHANGELOG.md. GOLDEN_PRINT=1 prints them.
 */

const test = suite('golden digests');

const golden: [digest: string, classes: number, steps: Step[]][] = [
  ['b4e4e151b1d9b6fceec597c753772843', 2, [{ StandardScaler: {} }, { GaussianNB: {} }]],
  [
    '240885e72323688c26140a505a3704f7',
    3,
    [{ MinMaxScaler: { feature_range: [-1, 1] } }, { GaussianNB: { var_smoothing: 0.01 } }],
  ],
  [
    '5edf52e11984f38d8949fefdba06071e',
    2,
    [{ RobustScaler: {} }, { KNeighborsClassifier: { n_neighbors: 3, weights: 'distance', p: 3 } }],
  ],
  [
    '846fbe9c85f2f27fdce116d048732f80',
    3,
    [{ MaxAbsScaler: {} }, { Normalizer: { norm: 'l1' } }, { KNeighborsClassifier: {} }],
  ],
  [
    'a58de69caf67b3f49b8fcbcc50eb315a',
    2,
    [{ PCA: { n_components: 3, whiten: true } }, { LinearDiscriminantAnalysis: {} }],
  ],
  [
    '7dcc5f56f07252f899e35b7728ef3a90',
    3,
    [{ PCA: { n_components: 0.8 } }, { LinearDiscriminantAnalysis: { solver: 'lsqr', shrinkage: 'auto' } }],
  ],
  [
    '8c54d287142a671f92e2480c795e4c45',
    2,
    [{ SelectKBest: { k: 3 } }, { PowerTransformer: {} }, { LinearDiscriminantAnalysis: {} }],
  ],
  [
    '26fff044252fe2f607f32d983a43e43a',
    2,
    [{ SelectPercentile: { score_func: 'mutual_info_classif', percentile: 50 } }, { GaussianNB: {} }],
  ],
  [
    '44b4bc628c33a1fb5e24cc8521470eb3',
    2,
    [{ VarianceThreshold: {} }, { SimpleImputer: { add_indicator: true } }, { GaussianNB: {} }],
  ],
  [
    '523cf5726f64a09f3fca784fbaecf745',
    3,
    [{ RandomForestClassifier: { engine: 'ml-random-forest', n_estimators: 5 } }],
  ],
  [
    '0f96c5b459ead6bb14fa647adc944716',
    2,
    [{ XGBClassifier: { engine: 'ml-xgboost', n_estimators: 5, subsample: 0.8 } }],
  ],
  [
    '78e80b5d30d02bb911a0dc714eb4bdc0',
    3,
    [{ XGBClassifier: { engine: 'ml-xgboost', n_estimators: 3, colsample_bytree: 0.5 } }],
  ],
];

function configOf(steps: Step[], seed = 0): Config {
  const names = { id: '', pipeline: 'p', split: 'A', train: 'A', data: '' };
  return { ...names, steps, scoring: 'accuracy', metrics: ['accuracy'], seed, cv: { folds: 3 } };
}

const dataOf = (classes: number) => splitOf(blobs(42, 6, classes));

for (const [expected, classes, steps] of golden) {
  test(`${JSON.stringify(steps)} of ${classes} classes`, async () => {
    await ready(steps);
    const found = evaluate(configOf(steps), dataOf(classes)).digest;
    if (process.env.GOLDEN_PRINT) console.log(found, JSON.stringify(steps));
    else assert.is(found, expected);
  });
}

test('another thread, in another order, finds the same', async () => {
  const evaluated = new URL('../src/ml/evaluate.js', import.meta.url).href;
  const script = `
    const { parentPort, workerData } = require('node:worker_threads');
    import('${evaluated}').then(async ({ ready, refit }) => {
      const found = [];
      for (const { config, data } of workerData) {
        await ready(config.steps);
        found.push(refit(config, data).digest);
      }
      parentPort.postMessage(found);
    });`;
  const reversed = [...golden].reverse();
  const workerData = reversed.map(([, classes, steps]) => ({
    config: configOf(steps),
    data: dataOf(classes),
  }));
  const worker = new Worker(script, { eval: true, workerData });
  const found = await new Promise<string[]>((resolve, reject) => {
    worker.on('message', resolve);
    worker.on('error', reject);
  });
  await worker.terminate();
  assert.equal(
    found,
    workerData.map(({ config, data }) => refit(config, data).digest),
  );
});

test.run();
