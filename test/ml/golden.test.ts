import { Worker } from 'node:worker_threads';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Config, Step } from '../../src/base/config.js';
import type { SplitData } from '../../src/base/dataset.js';
import { evaluate, ready, refit } from '../../src/ml/evaluate.js';
import { blobs, slopes, splitOf, splitOfValues } from '../../support/datasets.js';

/**
 * Digests of models that have to stay what they are, on every machine: whoever changes one changes every model that a
 * user's log knows, and says so in CHANGELOG.md. GOLDEN_PRINT=1 prints them.
 */

const test = suite('golden digests');

/** The number of classes, or a target of values. */
type Learned = number | 'values';

const golden: [digest: string, learned: Learned, steps: Step[]][] = [
  ['1633d4840c7870fa7a34b6507d445147', 2, [{ StandardScaler: {} }, { GaussianNB: {} }]],
  [
    'da11682472241a63ab834711cf95e333',
    3,
    [{ MinMaxScaler: { feature_range: [-1, 1] } }, { GaussianNB: { var_smoothing: 0.01 } }],
  ],
  [
    '8af6c9eb6f0cd2700f92cac8842276e1',
    2,
    [{ RobustScaler: {} }, { KNeighborsClassifier: { n_neighbors: 3, weights: 'distance', p: 3 } }],
  ],
  [
    '1d37b9f44639c25f2eb38b7a3230b9ee',
    3,
    [{ MaxAbsScaler: {} }, { Normalizer: { norm: 'l1' } }, { KNeighborsClassifier: {} }],
  ],
  [
    '0e769d2ae927a4866ca3f9433aa76b7b',
    2,
    [{ PCA: { n_components: 3, whiten: true } }, { LinearDiscriminantAnalysis: {} }],
  ],
  [
    '03e2c1aab55405c956fd9a7a73a65422',
    3,
    [{ PCA: { n_components: 0.8 } }, { LinearDiscriminantAnalysis: { solver: 'lsqr', shrinkage: 'auto' } }],
  ],
  [
    'c3b4f91e901b0d2868b9d957f02882e8',
    2,
    [{ SelectKBest: { k: 3 } }, { PowerTransformer: {} }, { LinearDiscriminantAnalysis: {} }],
  ],
  [
    'd467b0bb360a1c7d7ce4d85377f7590b',
    2,
    [{ SelectPercentile: { score_func: 'mutual_info_classif', percentile: 50 } }, { GaussianNB: {} }],
  ],
  [
    '292232350c75ef8f4184808c33c363b4',
    2,
    [{ VarianceThreshold: {} }, { SimpleImputer: { add_indicator: true } }, { GaussianNB: {} }],
  ],
  [
    '52735425dcce3adc688ecc129e71413d',
    3,
    [{ RandomForestClassifier: { engine: 'ml-random-forest', n_estimators: 5 } }],
  ],
  [
    '001e4c835f7abc8ce4767057b902ddfe',
    2,
    [{ XGBClassifier: { engine: 'ml-xgboost', n_estimators: 5, subsample: 0.8 } }],
  ],
  [
    '3ff1a4382881c64f181cdd946cfad380',
    3,
    [{ XGBClassifier: { engine: 'ml-xgboost', n_estimators: 3, colsample_bytree: 0.5 } }],
  ],
  [
    '26383b66b77a778d45669ed58e47cc6c',
    2,
    [{ StandardScaler: {} }, { RidgeClassifier: { class_weight: 'balanced' } }],
  ],
  [
    'ab0b65f6b9ab21e4198bce9077aba37a',
    2,
    [
      { SelectKBest: { k: 2 } },
      { OneHotEncoder: { handle_unknown: 'infrequent_if_exist', max_categories: 3 } },
      { GaussianNB: {} },
    ],
  ],
  [
    '7f65038f9362a2f8ae2ae52c564f5e3a',
    3,
    [
      { KBinsDiscretizer: { encode: 'ordinal', n_bins: 4, strategy: 'kmeans' } },
      { OrdinalEncoder: { handle_unknown: 'use_encoded_value', unknown_value: -1 } },
      { GaussianNB: {} },
    ],
  ],
  ['75b4d6a8032b97bc9636f38056668997', 2, [{ KBinsDiscretizer: { subsample: 20 } }, { GaussianNB: {} }]],
  ['83f623848d230c9d8f0a59cee9ba052f', 2, [{ MissingIndicator: { features: 'all' } }, { GaussianNB: {} }]],
  [
    '81b261e67836bd5f9c6bc68679c1d2d8',
    2,
    [
      { SelectKBest: { k: 3 } },
      { PolynomialFeatures: { degree: [2, 3], include_bias: false } },
      { RidgeClassifier: {} },
    ],
  ],
  [
    'b19c0b4ba80f428b8ba3a730f3bd7765',
    3,
    [
      { QuantileTransformer: { output_distribution: 'normal', n_quantiles: 9, subsample: 20 } },
      { GaussianNB: {} },
    ],
  ],
  [
    '4153fcd7b349939a3072cb76be994185',
    3,
    [
      { KBinsDiscretizer: { encode: 'ordinal', n_bins: 8 } },
      { TargetEncoder: { cv: 3 } },
      { GaussianNB: {} },
    ],
  ],
  ['867430fc20447096aed17e3fafbe3c59', 3, [{ RidgeClassifier: { alpha: 0.01, fit_intercept: false } }]],
  ['00f60dfeed7b88413318d392ac7ad55d', 3, [{ BernoulliNB: { binarize: 0.5 } }]],
  ['154362ca62e0f8dd61075d1c50ba8028', 2, [{ MinMaxScaler: {} }, { MultinomialNB: { alpha: 0.5 } }]],
  [
    'e577745ddfb3e5021f23bd29655e63f9',
    3,
    [{ StandardScaler: {} }, { QuadraticDiscriminantAnalysis: { reg_param: 0.1 } }],
  ],
  ['62c5bdb7130e478ca1c2c431ce42086e', 2, [{ QuadraticDiscriminantAnalysis: {} }]],
  ['e3b09b5fbd14441afe65bf60986ae67d', 3, [{ AdaBoostClassifier: { n_estimators: 8 } }]],
  [
    '835496bd866c301f66433c2b21a6571f',
    2,
    [{ AdaBoostClassifier: { n_estimators: 8, algorithm: 'SAMME', max_depth: 2 } }],
  ],
  [
    '98b0441b51786ecaf4688943947c1f9e',
    'values',
    [{ MaxAbsScaler: {} }, { KNeighborsRegressor: { weights: 'distance', p: 3 } }],
  ],
  ['a52c3a6842415f572062dcdfc3e53f6e', 'values', [{ StandardScaler: {} }, { SVR: { C: 3 } }]],
  ['85b9ad1e79bdddfa6d8f81c2e1f9277f', 'values', [{ SVR: { kernel: 'linear', epsilon: 0.5 } }]],
  [
    'e80af46986da1c657a8b827c21b9ae5c',
    'values',
    [{ StandardScaler: {} }, { MLPRegressor: { hidden_layer_sizes: [5], max_iter: 9 } }],
  ],
];

function configOf(steps: Step[], learned: Learned): Config {
  const names = { id: '', pipeline: 'p', split: 'A', train: 'A', data: '' };
  const scoring = learned === 'values' ? 'r2' : 'accuracy';
  return { ...names, steps, scoring, metrics: [scoring], seed: 0, cv: { folds: 3 } };
}

function dataOf(learned: Learned): SplitData {
  return learned === 'values' ? splitOfValues(slopes(42, 6)) : splitOf(blobs(42, 6, learned));
}

for (const [expected, learned, steps] of golden) {
  test(`${JSON.stringify(steps)} of ${learned}${learned === 'values' ? '' : ' classes'}`, async () => {
    await ready(steps);
    const found = evaluate(configOf(steps, learned), dataOf(learned)).digest;
    if (process.env.GOLDEN_PRINT) console.log(found, JSON.stringify(steps));
    else assert.is(found, expected);
  });
}

test('another thread, in another order, finds the same', async () => {
  const evaluated = new URL('../../src/ml/evaluate.js', import.meta.url).href;
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
  const workerData = reversed.map(([, learned, steps]) => ({
    config: configOf(steps, learned),
    data: dataOf(learned),
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
