/** The models that exports are tried on: every step, with the parameters that change what is computed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Step } from '../src/base/config.js';
import { numberColumns, type ClassTarget, type SplitData } from '../src/base/dataset.js';
import { Rng } from '../src/base/rng.js';
import { fromRows } from '../src/ml/algebra/matrix.js';
import type { Answers, ClassAnswers } from '../src/export/writer.js';
import { predictionsOf } from '../src/ml/apply.js';
import type { Adjustment } from '../src/ml/calibration/adjustment.js';
import { calibrated, learnCalibration, scoresFor, type Method } from '../src/ml/calibration/calibration.js';
import { bestThreshold, ruleOf } from '../src/ml/calibration/threshold.js';
import type { AnyModel } from '../src/ml/any-model.js';
import { ensembleDigest } from '../src/ml/ensemble.js';
import { ready, refit } from '../src/ml/evaluate.js';
import { modelOf, type Model } from '../src/ml/model-file.js';
import { blobs, splitOf, takeProblem } from './datasets.js';
import { makeConfig } from './log-helpers.js';
import { root } from './root.js';
import { ofClasses, saidOfClasses } from './tasks.js';

/** A pipeline, and the step that it is there for. */
export interface ExportCase {
  name: string;
  steps: Step[];
  /** What stands behind the pipeline. It is learned from the training samples, which is enough for a test. */
  method?: Method;
  rule?: string;
  /** Of an ensemble: the pipelines of its members besides `steps`. */
  others?: Step[][];
}

/** The answers of a model of classes. */
export function classAnswers(answers: Answers): ClassAnswers {
  if (answers.labels) return answers;
  throw new Error('these answers are values');
}

const estimator = (name: string, params: Step[string], label = ''): ExportCase => ({
  name: `${name}${label && ` (${label})`}`,
  steps: [{ StandardScaler: {} }, { [name]: params }],
});

const tree = { DecisionTreeClassifier: { max_depth: 4 } };
const logistic = { LogisticRegression: { C: 0.1 } };

const transform = (name: string, params: Step[string], label = '', before: Step[] = []): ExportCase => ({
  name: `${name}${label && ` (${label})`}`,
  steps: [...before, { [name]: params }, logistic],
});

const positive: Step[] = [{ MinMaxScaler: { feature_range: [1, 2] } }];

const OF_TRANSFORMS: ExportCase[] = [
  transform('VarianceThreshold', { threshold: 0.01 }),
  transform('SelectKBest', { k: 3 }),
  transform('SelectPercentile', { percentile: 50 }),
  transform('SelectFromModel', { estimator: tree }),
  transform('RFE', { estimator: logistic, n_features_to_select: 3 }),
  transform('StandardScaler', {}),
  transform('StandardScaler', { with_mean: false }, 'without mean'),
  transform('MinMaxScaler', { feature_range: [-1, 2], clip: true }, 'clip'),
  transform('RobustScaler', { unit_variance: true }),
  transform('MaxAbsScaler', {}),
  transform('Normalizer', {}),
  transform('Normalizer', { norm: 'l1' }, 'l1'),
  transform('Normalizer', { norm: 'max' }, 'max'),
  transform('PowerTransformer', {}),
  transform('PowerTransformer', { standardize: false }, 'yeo-johnson alone', [{ StandardScaler: {} }]),
  transform('PowerTransformer', { method: 'box-cox' }, 'box-cox', positive),
  transform('PCA', { n_components: 3 }),
  transform('PCA', { n_components: 3, whiten: true }, 'whiten'),
  { name: 'transforms before a tree', steps: [{ RobustScaler: {} }, { SelectKBest: { k: 4 } }, tree] },
];

const OF_IMPUTERS: ExportCase[] = [
  transform('SimpleImputer', {}),
  transform('SimpleImputer', { strategy: 'median', add_indicator: true }, 'indicator'),
  transform('SimpleImputer', { strategy: 'most_frequent' }, 'most frequent'),
  transform('SimpleImputer', { strategy: 'constant', fill_value: -1 }, 'constant'),
];

const OF_LINEAR: ExportCase[] = [
  estimator('LogisticRegression', { C: 0.5 }),
  estimator('LogisticRegression', { penalty: 'l1', C: 0.05 }, 'l1'),
  estimator('LogisticRegression', { multi_class: 'ovr' }, 'ovr'),
  estimator('LogisticRegression', { multi_class: 'multinomial' }, 'multinomial'),
  estimator('RidgeClassifier', {}),
  estimator('LinearSVC', { C: 0.1 }),
  estimator('LinearDiscriminantAnalysis', {}),
];

const OF_MACHINES: ExportCase[] = [
  estimator('SVC', { kernel: 'linear' }, 'linear'),
  estimator('SVC', {}, 'rbf'),
  estimator('SVC', { kernel: 'poly', coef0: 1 }, 'poly'),
  estimator('SVC', { kernel: 'sigmoid', gamma: 0.01 }, 'sigmoid'),
  estimator('SVC', { probability: true, break_ties: true }, 'probability'),
  estimator('SVC', { kernel: 'linear', probability: true }, 'linear, probability'),
  estimator('SVC', { engine: 'ml-svm', max_iter: 100000 }, 'ml-svm'),
];

const OF_TREES: ExportCase[] = [
  { name: 'DecisionTreeClassifier', steps: [tree] },
  { name: 'RandomForestClassifier', steps: [{ RandomForestClassifier: { n_estimators: 20 } }] },
  { name: 'ExtraTreesClassifier', steps: [{ ExtraTreesClassifier: { n_estimators: 20 } }] },
  {
    name: 'RandomForestClassifier (ml-random-forest)',
    steps: [{ RandomForestClassifier: { n_estimators: 5, engine: 'ml-random-forest' } }],
  },
  { name: 'XGBClassifier', steps: [{ XGBClassifier: { n_estimators: 20, max_depth: 4 } }] },
  {
    name: 'XGBClassifier (base_score)',
    steps: [{ SelectKBest: { k: 4 } }, { XGBClassifier: { n_estimators: 5, base_score: 0.3 } }],
  },
  {
    name: 'XGBClassifier (ml-xgboost)',
    steps: [{ XGBClassifier: { n_estimators: 3, engine: 'ml-xgboost' } }],
  },
];

const boostedValues = (objective: string): Step => ({
  XGBRegressor: { objective, n_estimators: 12, max_depth: 3 },
});

/** Regressors with trees, one step each. */
export const TREES_OF_VALUES: readonly Step[] = [
  { DecisionTreeRegressor: { max_depth: 5 } },
  { RandomForestRegressor: { n_estimators: 7 } },
  { ExtraTreesRegressor: { n_estimators: 7 } },
  ...['reg:squarederror', 'reg:absoluteerror', 'reg:gamma'].map(boostedValues),
];

const small = { hidden_layer_sizes: [9], max_iter: 60, learning_rate_init: 0.01 };

const OF_OTHERS: ExportCase[] = [
  estimator('MLPClassifier', { ...small, hidden_layer_sizes: [12, 5] }, 'relu'),
  estimator('MLPClassifier', { ...small, activation: 'tanh' }, 'tanh'),
  estimator('MLPClassifier', { ...small, activation: 'logistic' }, 'logistic'),
  estimator('MLPClassifier', { ...small, activation: 'identity' }, 'identity'),
  estimator('KNeighborsClassifier', {}),
  estimator('KNeighborsClassifier', { weights: 'distance' }, 'distance'),
  estimator('KNeighborsClassifier', { p: 1, n_neighbors: 3 }, 'manhattan'),
  estimator('KNeighborsClassifier', { p: 3, weights: 'distance' }, 'p 3'),
  estimator('KNeighborsClassifier', { metric: 'chebyshev', n_neighbors: 4 }, 'chebyshev'),
  estimator('GaussianNB', {}),
];

const scaled = (last: Step): Step[] => [{ StandardScaler: {} }, last];
const logisticSteps = scaled(logistic);
const treesSteps: Step[] = [{ XGBClassifier: { n_estimators: 20, max_depth: 4 } }];
const forestSteps: Step[] = [{ RandomForestClassifier: { n_estimators: 20 } }];

const OF_ADJUSTED: ExportCase[] = [
  { name: 'calibrated: sigmoid of decisions', steps: logisticSteps, method: 'sigmoid' },
  { name: 'calibrated: sigmoid of probabilities', steps: treesSteps, method: 'sigmoid' },
  { name: 'calibrated: isotonic of decisions', steps: scaled({ SVC: {} }), method: 'isotonic' },
  { name: 'calibrated: isotonic of probabilities', steps: forestSteps, method: 'isotonic' },
];

/** For two classes. */
const OF_THRESHOLDS: ExportCase[] = [
  { name: 'threshold of probabilities', steps: forestSteps, rule: 'cost:FP=1,FN=5' },
  { name: 'threshold of decisions', steps: scaled({ LinearSVC: {} }), rule: 'f1' },
  { name: 'threshold, calibrated', steps: logisticSteps, method: 'sigmoid', rule: 'cost:FP=1,FN=5' },
  { name: 'threshold, calibrated: isotonic', steps: scaled({ SVC: {} }), method: 'isotonic', rule: 'youden' },
];

const OF_ENSEMBLES: ExportCase[] = [
  {
    name: 'ensemble of all kinds',
    steps: logisticSteps,
    others: [
      treesSteps,
      forestSteps,
      scaled({ RandomForestClassifier: { n_estimators: 5 } }),
      scaled({ SVC: { probability: true } }),
      scaled({ SVC: { kernel: 'poly', coef0: 1, probability: true } }),
      scaled({ MLPClassifier: small }),
      scaled({ KNeighborsClassifier: {} }),
      [{ PCA: { n_components: 3 } }, { GaussianNB: {} }],
    ],
  },
  { name: 'ensemble of one', steps: logisticSteps, others: [] },
];

/** Regressors, for a table of values. */
export const VALUE_CASES: readonly ExportCase[] = [
  estimator('LinearRegression', {}),
  estimator('Ridge', { alpha: 0.5 }),
  estimator('Lasso', { alpha: 0.01 }),
  estimator('ElasticNet', { alpha: 0.01, positive: true }),
  estimator('MLPRegressor', { ...small, hidden_layer_sizes: [12, 5], activation: 'tanh' }),
  estimator('MLPRegressor', { ...small, hidden_layer_sizes: [9] }, 'relu'),
  estimator('LinearSVR', { epsilon: 0.05 }),
];

/** Every transform and every classifier of the registry, for tables without missing values. */
export const EXPORT_CASES: readonly ExportCase[] = [
  ...OF_TRANSFORMS,
  ...OF_LINEAR,
  ...OF_MACHINES,
  ...OF_TREES,
  ...OF_OTHERS,
  ...OF_ADJUSTED,
  ...OF_ENSEMBLES,
];

/** A table, and the pipelines that are fitted on it. */
export interface ExportTable {
  name: string;
  data: SplitData;
  cases: readonly ExportCase[];
}

/** Pipelines for a table with missing values: a step that takes none gets them filled in first. */
const WITH_MISSING: readonly ExportCase[] = [
  ...OF_IMPUTERS,
  ...[...EXPORT_CASES, ...OF_THRESHOLDS].map(one => ({
    ...one,
    steps: withImputer(one.steps),
    others: one.others?.map(withImputer),
  })),
  {
    name: 'XGBClassifier (scaled)',
    steps: [{ StandardScaler: {} }, { XGBClassifier: { n_estimators: 10 } }],
  },
];

function withImputer(steps: Step[]): Step[] {
  const takes = steps.length === 1 && steps[0].XGBClassifier !== undefined;
  return takes ? steps : [{ SimpleImputer: { strategy: 'median' } }, ...steps];
}

/** The tables: two classes, three classes, and two classes with missing values. */
export function exportTables(): ExportTable[] {
  return [
    { name: 'breast_cancer', data: breastCancer(), cases: [...EXPORT_CASES, ...OF_THRESHOLDS] },
    {
      name: 'three classes',
      data: splitOf(blobs(150, 7, 3, 1.5), blobs(60, 7, 3, 1.5, 2)),
      cases: EXPORT_CASES,
    },
    {
      name: 'missing values',
      data: withGaps(splitOf(blobs(140, 7, 2, 1.2), blobs(60, 7, 2, 1.2, 2))),
      cases: WITH_MISSING,
    },
  ];
}

/** The shipped table: the first 399 samples for the fit, the rest for the validation. */
function breastCancer(): SplitData {
  const lines = (name: string): string[][] =>
    readFileSync(join(root, 'data', name), 'utf8')
      .trim()
      .split('\n')
      .map(line => line.split(','));
  const [[, ...names], ...rows] = lines('breast_cancer_features.csv');
  const [head, ...samples] = lines('breast_cancer_metadata.csv');
  const place = head.findIndex((_, j) => samples[0][j] === 'malignant' || samples[0][j] === 'benign');
  const classOf = new Map(samples.map(cells => [cells[0], Number(cells[place] === 'malignant')]));
  const x = fromRows(rows.map(([, ...cells]) => cells.map(Number)));
  const y = Int32Array.from(rows, ([id]) => classOf.get(id)!);
  const whole = { x, y, classes: 2 };
  const part = (from: number, to: number) =>
    takeProblem(
      whole,
      Int32Array.from({ length: to - from }, (_, i) => from + i),
    );
  return {
    ...splitOf(part(0, 399), part(399, 569)),
    columns: numberColumns(names),
    target: { kind: 'classes', names: ['benign', 'malignant'] },
  };
}

/** The split with about one value in seven missing, from our own generator. */
function withGaps(data: SplitData): SplitData {
  const rng = Rng.from('gaps');
  for (const part of [data.train, data.validate!]) {
    for (let at = 0; at < part.x.data.length; at++) if (rng.below(7) === 0) part.x.data[at] = NaN;
  }
  return data;
}

/** The model of a case on a table, without what stands behind its pipeline. */
export async function exportModel(
  { name, steps }: Pick<ExportCase, 'name' | 'steps'>,
  data: SplitData,
): Promise<Model> {
  await ready(steps);
  const config = makeConfig(1, { pipeline: name, steps });
  return modelOf(config, data, refit(config, data), { versions: { spt: '0.5.0' } });
}

/** The model or the ensemble of a case on a table. */
export async function exportAny(one: ExportCase, data: SplitData): Promise<AnyModel> {
  const model = await exportModel(one, data);
  if (!one.others) return { ...model, ...adjustmentOf(one, model, data) };
  const others = await Promise.all(one.others.map(steps => exportModel({ name: one.name, steps }, data)));
  const weights = [3, 1, 2];
  const models = [model, ...others];
  const sum = models.reduce((total, _, at) => total + weights[at % 3], 0);
  const members = models.map(({ config, digest, pipeline }, at) => ({
    ...{ config, digest, pipeline },
    weight: weights[at % 3] / sum,
  }));
  const { versions, classes, columns } = model;
  return { versions, classes, columns, digest: ensembleDigest(members), members };
}

function adjustmentOf(
  { method, rule }: ExportCase,
  { pipeline, columns }: Model,
  { train }: SplitData,
): Adjustment {
  if (!method && rule === undefined) return {};
  const truth = (train.target as ClassTarget).codes;
  const names = columns.map(({ name }) => name);
  const { proba, decision } = saidOfClasses(predictionsOf(pipeline, train.x, names));
  const outputs = {
    classes: ofClasses(pipeline).classes,
    ...(proba && { proba }),
    ...(decision && { decision }),
  };
  const calibration = method && learnCalibration(method, { truth, outputs });
  if (rule === undefined) return { calibration };
  const scores = calibration
    ? { classes: outputs.classes, proba: calibrated(calibration, outputs) }
    : outputs;
  const of = scores.proba ? 'probability' : 'decision';
  const value = bestThreshold(ruleOf(rule), scoresFor(scores, of, 1), truth, of === 'decision' ? 0 : 0.5);
  return { calibration, threshold: { of, value, rule } };
}
