/**
 * What can be known before anything is trained is refused when it is enqueued, by pipeline and step; and when the
 * advice is followed, the next run accepts the search.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { makeSearch, type Run, type Search, smallConfig, smallTables } from '../../support/search.js';

const Feasible = suite('what is known before training');
const { features } = smallTables();
const withGaps = features.replace(/r5,[^,]*/, 'r5,NA');
const enqueue = ['enqueue', '--splits', 'A1', '--cv', '--validate'];

/**
 * What enqueue says of these pipelines on the small tables; 60 samples of 3 features to train on, 40 in the smallest
 * fit.
 */
async function said(pipes: string, files: { [path: string]: string } = {}, args = enqueue): Promise<Run> {
  const search: Search = makeSearch({ pipes });
  try {
    for (const [path, text] of Object.entries(files)) search.write(path, text);
    const run = await search.sptHere(...args);
    if (run.code !== 0) assert.is(search.logBytes(), '', 'nothing was appended');
    return run;
  } finally {
    search.remove();
  }
}

async function refused(pipes: string, files?: { [path: string]: string }): Promise<string> {
  const { code, err } = await said(pipes, files);
  assert.is(code, 2, err);
  return err;
}

async function accepted(pipes: string, files?: { [path: string]: string }): Promise<string> {
  const { code, out, err } = await said(pipes, files);
  assert.is(code, 0, err);
  return out;
}

Feasible(
  'missing values name each pipeline and step that does not take them, and an imputer ends it',
  async () => {
    const gaps = { 'data/features.csv': withGaps };
    const err = await refused(
      'xgb: [XGBClassifier]\nlr: [StandardScaler, LogisticRegression]\n' +
        'knn: [SimpleImputer, KNeighborsClassifier]\nnb: [PCA, GaussianNB]\n',
      gaps,
    );
    assert.match(
      err,
      'the pipeline lr cannot be trained on A1: LogisticRegression: ' +
        'this step takes no missing values, and 1 feature has some: height',
    );
    assert.match(err, 'the pipeline nb cannot be trained on A1: PCA: this step takes no missing values');
    assert.match(err, 'Put a step `- SimpleImputer` before LogisticRegression.');
    assert.not.match(err, /pipeline (xgb|knn)/);
    const out = await accepted(
      'lr: [StandardScaler, SimpleImputer, LogisticRegression]\nxgb: [XGBClassifier]\n',
      gaps,
    );
    assert.not.match(out, /missing/, 'and nothing is said where every pipeline takes them');
  },
);

Feasible(
  'parameters that the data cannot serve name pipeline, step, value and the most that goes',
  async () => {
    const cases: [string, string[]][] = [
      [
        'p: [{ PCA: { n_components: [2, 100] } }, GaussianNB]',
        ['p cannot be trained on A1: PCA: n_components is 100', 'at most 3: 3 features'],
      ],
      ['p: [{ SelectKBest: { k: 50 } }, GaussianNB]', ['SelectKBest: k is 50', 'k of at most 3', '`k: all`']],
      ['p: [SelectKBest, GaussianNB]', ['SelectKBest: k is 10', 'k of at most 3']],
      [
        'p: [{ SelectKBest: { k: 2 } }, { PCA: { n_components: 3 } }, GaussianNB]',
        ['PCA: n_components is 3', 'at most 2: 2 features'],
      ],
      [
        'p: [{ KNeighborsClassifier: { n_neighbors: [5, 41] } }]',
        ['n_neighbors is 41', 'at most 40: 40 samples'],
      ],
      ['p: [{ RandomForestClassifier: { max_samples: 41 } }]', ['max_samples is 41', 'at most 40']],
    ];
    const values: [string, string[]][] = [
      [
        'p: [{ SelectKBest: { k: 1, score_func: chi2 } }, GaussianNB]',
        ['chi2 takes no negative values, and the feature weight has -1.', 'MinMaxScaler'],
      ],
      [
        'p: [{ PowerTransformer: { method: box-cox } }, GaussianNB]',
        ['box-cox takes values above 0 only', 'yeo-johnson'],
      ],
      [
        'p: [{ GaussianNB: { priors: [[0.2, 0.3, 0.5]] } }]',
        ['3 priors for 2 classes', 'each of well, sick'],
      ],
    ];
    for (const [pipes, words] of [...cases, ...values]) {
      const err = await refused(pipes);
      for (const word of words) assert.ok(err.includes(word), `${word} in ${err}`);
    }
    await accepted(
      'a: [{ PCA: { n_components: [1, 3] } }, GaussianNB]\nb: [{ SelectKBest: { k: [3, all] } }, GaussianNB]\n' +
        'c: [{ KNeighborsClassifier: { n_neighbors: 40 } }]\nd: [{ RandomForestClassifier: { max_samples: 40 } }]\n' +
        'f: [MinMaxScaler, { SelectKBest: { k: 1, score_func: chi2 } }, GaussianNB]\n' +
        'g: [{ PowerTransformer: { method: yeo-johnson } }, { GaussianNB: { priors: [[0.2, 0.8]] } }]\n',
    );
  },
);

Feasible('a drawn search is looked at, too', async () => {
  const pipes = (most: number) =>
    'p: { search: { method: random, n: 30 }, ' +
    `steps: [{ PCA: { n_components: { randint: [1, ${most}] } } }, GaussianNB] }`;
  assert.match(await refused(pipes(90)), /PCA: n_components is \d+/);
  await accepted(pipes(4));
});

/** Groups of which only the first and the last quarter have sick samples. */
const grouped = (groups: number) =>
  [
    'Run,Condition,Batch,Patient',
    ...Array.from({ length: 80 }, (_, i) => {
      const group = Math.floor((i * groups) / 80);
      return `r${i},${group % 4 === 0 ? 'sick' : 'well'},${i < 60 ? 1 : 4},p${group}`;
    }),
  ].join('\n');

Feasible('folds of groups that lack a class are named, with the class', async () => {
  const config = smallConfig
    .replace('folds: 3', 'folds: 4, group: Patient')
    .replace('Batch: 4', 'Batch: 9')
    .replace('[1, 2, 3]', '{ lte: 4 }');
  const files = { 'configs/config.yaml': config, 'data/metadata.csv': grouped(8) };
  const run = await said('nb: [GaussianNB]', files, ['enqueue', '--splits', 'train_A1', '--cv']);
  assert.is(run.code, 0, run.err);
  assert.match(run.out, 'train_A1: cv by Patient: folds 2, 3 (of 4) have no sample of sick to score');
  const one = { ...files, 'data/metadata.csv': grouped(4) };
  const alone = await said('nb: [GaussianNB]', one, ['enqueue', '--splits', 'train_A1', '--cv']);
  assert.is(alone.code, 2, alone.out);
  assert.match(alone.err, /outside of fold \d, only one class is left to train on/);
});

const ofValues = {
  'configs/config.yaml': smallConfig
    .replace('target: Condition\npositive: sick', 'target: Batch\ntask: regression')
    .replace('scoring: roc_auc\nmetrics: [accuracy]', 'scoring: r2'),
};
const select = (task: string, selection: string): string =>
  `p:\n  - ${selection}\n  - ${task === 'values' ? 'Ridge' : 'GaussianNB'}\n`;

Feasible(
  'a selection by what the target does not hold, or by nothing, is refused with what goes',
  async () => {
    const cases: [task: 'values' | 'classes', selection: string, says: string, right: string][] = [
      [
        'values',
        'SelectKBest: { k: 2 }',
        'SelectKBest: the score function f_classif is for classes, and the target holds values',
        'SelectKBest: { score_func: f_regression, k: 2 }',
      ],
      [
        'values',
        'SelectPercentile: { score_func: mutual_info_classif, percentile: 60 }',
        'Write `SelectPercentile: { score_func: mutual_info_regression }`',
        'SelectPercentile: { score_func: mutual_info_regression, percentile: 60 }',
      ],
      [
        'classes',
        'SelectKBest: { score_func: r_regression, k: 2 }',
        'SelectKBest: the score function r_regression is for values, and the target holds classes',
        'SelectKBest: { score_func: f_classif, k: 2 }',
      ],
      [
        'values',
        'RFE: { estimator: { LogisticRegression: {} } }',
        'RFE: LogisticRegression learns classes, and the target holds values',
        'RFE: { estimator: { Lasso: {} } }',
      ],
      [
        'classes',
        'SelectFromModel: { estimator: { KNeighborsClassifier: {} } }',
        'SelectFromModel: this KNeighborsClassifier has no coefficients and no importances',
        'SelectFromModel: { estimator: { RandomForestClassifier: { n_estimators: 3 } } }',
      ],
      [
        'values',
        'RFE: { estimator: { SVR: { kernel: [linear, rbf] } } }',
        'RFE: this SVR has no coefficients and no importances',
        'RFE: { estimator: { SVR: { kernel: linear } } }',
      ],
    ];
    for (const [task, wrong, says, right] of cases) {
      const files = task === 'values' ? ofValues : {};
      assert.match(await refused(select(task, wrong), files), says);
      await accepted(select(task, right), files);
    }
  },
);

Feasible.run();
