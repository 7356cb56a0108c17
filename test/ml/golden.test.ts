import { Worker } from 'node:worker_threads';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Config, Step } from '../../src/base/config.js';
import type { DataColumn, SplitData } from '../../src/base/dataset.js';
import { evaluate, ready, refit } from '../../src/ml/evaluate.js';
import { blobs, slopes, splitOf, splitOfValues } from '../../support/datasets.js';

/**
 * Digests of models that have to stay what they are, on every machine: whoever changes one changes every model that a
 * user's log knows, and says so in CHANGELOG.md. GOLDEN_PRINT=1 prints them.
 */

const LEVELS = ['a', 'b', 'c', 'd'];

const test = suite('golden digests');

/** The number of classes, or a target of values; `categories` are values whose first two features are categories. */
type Learned = number | 'values' | 'categories';

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
  ['3e01e490cae0917e461c29afc00dfda9', 2, [{ KNNImputer: { n_neighbors: 3 } }, { GaussianNB: {} }]],
  [
    '3fd14b4de808e76048a38d826a9e15c6',
    2,
    [{ IterativeImputer: { imputation_order: 'random', max_iter: 2 } }, { GaussianNB: {} }],
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
  [
    '7564a1bad3aaac8216faf89ec0eb9cf4',
    3,
    [{ StandardScaler: {} }, { LogisticRegression: { penalty: 'l1' } }],
  ],
  ['4b2d1e993482bcceb60f7b866d11ee19', 2, [{ StandardScaler: {} }, { LinearSVC: { loss: 'hinge' } }]],
  ['7365ba7037e9b0e58f7c2fd1127bf33e', 3, [{ StandardScaler: {} }, { SVC: {} }]],
  ['1a1e58650060b25490a5900f5517e452', 3, [{ DecisionTreeClassifier: { max_features: 2 } }]],
  ['473b2ae4a2d374dc05cf847ecb76fb43', 2, [{ RandomForestClassifier: { n_estimators: 5 } }]],
  ['d191a6aa6b806fb8d9fd3d8f6dcb76d9', 3, [{ ExtraTreesClassifier: { n_estimators: 5 } }]],
  [
    'b488e5cab058b51d3ce1c61eec02befc',
    3,
    [{ XGBClassifier: { n_estimators: 5, tree_method: 'hist', subsample: 0.8 } }],
  ],
  [
    '37acfaa7e2166f5bbcc31b5e7b926c6c',
    2,
    [{ StandardScaler: {} }, { MLPClassifier: { hidden_layer_sizes: [5], max_iter: 9 } }],
  ],
  ['6a30ac1ab21fb0643bdaaef4b3e1b47d', 3, [{ DummyClassifier: { strategy: 'stratified' } }]],
  [
    'a6c9a2eb323994fdd7669b3c2330d6dc',
    2,
    [
      { SelectFromModel: { estimator: { RandomForestClassifier: { n_estimators: 4 } }, max_features: 3 } },
      { GaussianNB: {} },
    ],
  ],
  [
    '14497383c40e4cb7779d71d655a32f05',
    3,
    [
      { RFE: { estimator: { DecisionTreeClassifier: {} }, n_features_to_select: 3 } },
      { RidgeClassifier: {} },
    ],
  ],
  [
    'f87645d14e8b3a88a7f6d4d46150be47',
    'values',
    [{ DummyRegressor: { strategy: 'quantile', quantile: 0.3 } }],
  ],
  ['078c9978b8036db6f3328d591124e4d0', 'values', [{ StandardScaler: {} }, { LinearRegression: {} }]],
  ['d44e27441e7ef35dadbb361e7e3edad9', 'values', [{ Ridge: { alpha: 0.3 } }]],
  ['8b950efd27f0bd22572d2e151c5df03d', 'values', [{ StandardScaler: {} }, { Lasso: { alpha: 0.05 } }]],
  ['53af09e9897cbaae4aec3c713cdc3a9a', 'values', [{ ElasticNet: { alpha: 0.1, positive: true } }]],
  [
    '49ccb00ca1a43efbe649c535322f93da',
    'values',
    [{ DecisionTreeRegressor: { max_depth: 4, max_features: 2 } }],
  ],
  ['0b1feef55423ca8d54b112c16170d6ac', 'values', [{ RandomForestRegressor: { n_estimators: 5 } }]],
  [
    '15364674b128f5df8e1beb0d0cc4432b',
    'values',
    [{ ExtraTreesRegressor: { n_estimators: 5, criterion: 'friedman_mse' } }],
  ],
  [
    'f83b975e79676fb607a19d5aeb0f65cf',
    'values',
    [{ XGBRegressor: { n_estimators: 5, tree_method: 'exact', subsample: 0.8 } }],
  ],
  [
    '111df2cd9716f8b09e3ccf99734b14fa',
    'values',
    [{ XGBRegressor: { n_estimators: 5, objective: 'reg:quantileerror', quantile_alpha: 0.8 } }],
  ],
  [
    'a879dbc2865a46b831e1cba3fbd60afd',
    'values',
    [{ XGBRegressor: { n_estimators: 5, objective: 'reg:gamma' } }],
  ],
  [
    'a3de8e5ddc96112f8ded46e3ca987721',
    'values',
    [{ XGBRegressor: { n_estimators: 9, objective: 'count:poisson', early_stopping_rounds: 2 } }],
  ],
  [
    '2e552ed1b95c6e9133150334b7a9ebf2',
    'values',
    [{ TransformedTargetRegressor: { func: 'log', regressor: { Ridge: {} } } }],
  ],
  [
    '6df3ce60cdc3e6674921c9340df6e11b',
    'values',
    [{ SelectFromModel: { estimator: { Lasso: { alpha: 0.1 } } } }, { LinearRegression: {} }],
  ],
  [
    '0987fb67c919eac1b499bb1a26724706',
    'values',
    [
      { RFE: { estimator: { RandomForestRegressor: { n_estimators: 3 } }, n_features_to_select: 2 } },
      { KNeighborsRegressor: {} },
    ],
  ],
  [
    'ab71fc915be930dda0c5bcb912937630',
    'categories',
    [
      {
        ColumnTransformer: {
          transformers: [
            {
              name: 'others',
              columns: 'categories',
              steps: [{ OneHotEncoder: { handle_unknown: 'ignore' } }],
            },
            {
              name: 'numbers',
              columns: 'numbers',
              steps: [{ StandardScaler: {} }, { PCA: { n_components: 2 } }],
            },
          ],
        },
      },
      { Ridge: {} },
    ],
  ],
  [
    '8a1447851f0afcdcbffed85210d10496',
    'categories',
    [
      {
        ColumnTransformer: {
          transformers: [
            { name: 'ranks', columns: 'ordered', steps: [{ OrdinalEncoder: { encoded_missing_value: -1 } }] },
            {
              name: 'others',
              columns: 'unordered',
              steps: [{ SimpleImputer: { strategy: 'most_frequent' } }, { OneHotEncoder: {} }],
            },
          ],
          remainder: 'passthrough',
        },
      },
      { RandomForestRegressor: { n_estimators: 3 } },
    ],
  ],
  [
    '3e3a0f6f371e61655f92a10e9ac3ab31',
    'categories',
    [{ TargetEncoder: { cv: 3 } }, { Lasso: { alpha: 0.05 } }],
  ],
];

function configOf(steps: Step[], learned: Learned): Config {
  const names = { id: '', pipeline: 'p', split: 'A', train: 'A', data: '' };
  const scoring = typeof learned === 'number' ? 'accuracy' : 'r2';
  return { ...names, steps, scoring, metrics: [scoring], seed: 0, cv: { folds: 3 } };
}

function dataOf(learned: Learned): SplitData {
  if (typeof learned === 'number') return splitOf(blobs(42, 6, learned));
  const data = splitOfValues(slopes(42, 6));
  return learned === 'values' ? data : withCategories(data);
}

/** The first feature has three levels in order, the second one four without an order. Every seventh is missing. */
function withCategories(data: SplitData): SplitData {
  const { x } = data.train;
  const codes = x.data.slice();
  for (const [j, levels] of [LEVELS.length - 1, LEVELS.length].entries())
    for (let i = 0; i < x.rows; i++)
      codes[j * x.rows + i] = (i + j) % 7 === 6 ? NaN : ((i * (j + 3)) % 11) % levels;
  const [first, second, ...others] = data.columns;
  const columns: DataColumn[] = [
    { name: first.name, kind: 'category', levels: LEVELS.slice(0, -1), ordered: true },
    { name: second.name, kind: 'category', levels: LEVELS },
    ...others,
  ];
  return { ...data, columns, train: { ...data.train, x: { ...x, data: codes } } };
}

for (const [expected, learned, steps] of golden) {
  test(`${JSON.stringify(steps)} of ${learned}${typeof learned === 'number' ? ' classes' : ''}`, async () => {
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
