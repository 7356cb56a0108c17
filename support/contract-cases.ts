import type { ClassProblem } from '../src/ml/types.js';
import { fromRows, mapColumns } from '../src/ml/algebra/matrix.js';
import { blobs } from './datasets.js';

/**
 * With which parameters each step is held to the contract, and what it warns of when. A step that is not named here is
 * checked with its defaults. Ensembles and networks are small, so that the suite is quick.
 */

/** A fit that must warn. */
interface WarningCase {
  params: object;
  problem: ClassProblem;
  /** The code of the warning. */
  code: string;
}

interface Cases {
  /** Sets of parameters to check with; one empty set where not given. */
  params?: object[];
  warnings?: WarningCase[];
  /** Whether the step takes no negative values. It is then checked on problems without them. */
  atLeastZero?: true;
  /** Promises that the step cannot keep, and why. */
  except?: { [promise: string]: string };
}

const noisy = blobs(40, 4, 2, 0.5);
/** Features that a plane separates. */
const apart = blobs(40, 4, 2, 9);
const twice = fromRows(Array.from({ length: 12 }, (_, i) => [(i * 7) % 5, (i * 7) % 5]));
/** Two equal features, so that their covariance has no inverse. */
const dependent: ClassProblem = { x: twice, y: Int32Array.from({ length: 12 }, (_, i) => i % 2), classes: 2 };
/** A feature of few different values. */
const noisyCounts: ClassProblem = {
  ...dependent,
  x: fromRows(Array.from({ length: 12 }, (_, i) => [i % 3])),
};
/** A feature that tells nothing. */
const constant: ClassProblem = { ...dependent, x: fromRows(Array.from({ length: 12 }, () => [1])) };
const empty = fromRows(Array.from({ length: 12 }, (_, i) => [(i * 7) % 5, NaN]));
/** Each feature lacks some values. */
const gappy: ClassProblem = { ...noisy, x: mapColumns(noisy.x, value => (value > 1.5 ? NaN : value)) };
/** A feature without any value. */
const hollow: ClassProblem = { ...dependent, x: empty };

const notConverged = (params: object): WarningCase => ({ params, problem: noisy, code: 'not-converged' });

export const CASES: { [step: string]: Cases } = {
  DummyClassifier: {
    params: [{}, { strategy: 'most_frequent' }, { strategy: 'stratified' }, { strategy: 'uniform' }],
  },
  DummyRegressor: {
    params: [{}, { strategy: 'median' }, { strategy: 'quantile', quantile: 0.9 }],
  },
  ColumnTransformer: {
    params: [
      {
        transformers: [
          { name: 'left', columns: ['x1', 'x0'], steps: [{ StandardScaler: {} }] },
          { name: 'right', columns: ['x2*', 'x3*'], steps: [{ SimpleImputer: {} }, { MinMaxScaler: {} }] },
        ],
        remainder: 'passthrough',
      },
      { transformers: [{ name: 'all', columns: 'numbers', steps: [{ RobustScaler: {} }] }] },
    ],
  },
  // XGBoost's trees take missing values, and so do these steps with them inside.
  SelectFromModel: { params: [{ estimator: { XGBClassifier: { n_estimators: 5, max_depth: 2 } } }] },
  RFE: { params: [{ estimator: { XGBClassifier: { n_estimators: 5, max_depth: 2 } }, step: 2 }] },
  TransformedTargetRegressor: {
    params: [{ regressor: { XGBRegressor: { n_estimators: 40, max_depth: 3 } } }],
  },
  Lasso: { params: [{ alpha: 0.01 }, { alpha: 0.01, positive: true }] },
  ElasticNet: { params: [{ alpha: 0.01 }, { alpha: 0.01, l1_ratio: 0 }] },
  LinearSVR: {
    params: [{}, { loss: 'squared_epsilon_insensitive', epsilon: 0.1 }],
  },
  PCA: { params: [{}, { n_components: 0.9, whiten: true }] },
  SelectKBest: {
    params: [{ k: 2 }, { k: 3, score_func: 'chi2' }, { k: 2, score_func: 'mutual_info_classif' }],
  },
  SelectPercentile: { params: [{ percentile: 100 }, { percentile: 100, score_func: 'mutual_info_classif' }] },
  SimpleImputer: {
    params: [{}, { strategy: 'median', add_indicator: true }, { strategy: 'most_frequent' }],
    warnings: [{ params: {}, problem: hollow, code: 'empty-feature' }],
  },
  OneHotEncoder: {
    params: [
      { handle_unknown: 'ignore' },
      { handle_unknown: 'infrequent_if_exist', max_categories: 3, drop: 'first' },
    ],
  },
  OrdinalEncoder: { params: [{ handle_unknown: 'use_encoded_value', unknown_value: -1 }] },
  KNNImputer: {
    params: [{}, { n_neighbors: 2, weights: 'distance', add_indicator: true }],
    warnings: [{ params: {}, problem: hollow, code: 'empty-feature' }],
  },
  IterativeImputer: {
    params: [{}, { imputation_order: 'random', max_iter: 2 }],
    warnings: [
      { params: {}, problem: hollow, code: 'empty-feature' },
      { params: { max_iter: 1, tol: 0 }, problem: gappy, code: 'still-changing' },
    ],
  },
  TargetEncoder: { params: [{ cv: 2 }, { cv: 3, smooth: 1 }] },
  MissingIndicator: { params: [{ features: 'all' }] },
  KBinsDiscretizer: {
    params: [{}, { encode: 'ordinal', strategy: 'uniform' }, { strategy: 'kmeans', n_bins: 3 }],
    warnings: [{ params: {}, problem: noisyCounts, code: 'few-bins' }],
  },
  PolynomialFeatures: { params: [{}, { degree: [2, 3], interaction_only: true, include_bias: false }] },
  QuantileTransformer: { params: [{}, { n_quantiles: 5, output_distribution: 'normal', subsample: 20 }] },
  PowerTransformer: { params: [{}, { method: 'box-cox', standardize: false }] },
  LogisticRegression: {
    warnings: [
      notConverged({ max_iter: 1, C: 100, tol: 1e-9 }),
      { params: { penalty: null }, problem: apart, code: 'separable' },
    ],
  },
  LinearSVC: { warnings: [notConverged({ max_iter: 1, C: 100, tol: 1e-9 })] },
  LinearDiscriminantAnalysis: {
    warnings: [{ params: { solver: 'lsqr' }, problem: dependent, code: 'singular-covariance' }],
  },
  SVR: {
    params: [
      { kernel: 'linear', tol: 1e-6 },
      { gamma: 0.1, C: 10, tol: 1e-6 },
      { kernel: 'poly', gamma: 0.3, coef0: 1, tol: 1e-6 },
    ],
    warnings: [notConverged({ max_iter: 1 })],
  },
  BernoulliNB: { params: [{}, { binarize: 0.5, alpha: 0.1, fit_prior: false }] },
  MultinomialNB: {
    atLeastZero: true,
    except: { 'one feature is enough': 'its share in all counts is always 1' },
  },
  QuadraticDiscriminantAnalysis: {
    params: [{}, { reg_param: 0.2 }],
    warnings: [{ params: {}, problem: dependent, code: 'singular-covariance' }],
  },
  AdaBoostClassifier: {
    params: [
      { n_estimators: 10 },
      { n_estimators: 10, algorithm: 'SAMME', learning_rate: 0.5 },
      { n_estimators: 5, max_depth: 2 },
    ],
    warnings: [{ params: { algorithm: 'SAMME' }, problem: constant, code: 'no-better-than-chance' }],
  },
  MLPClassifier: {
    params: [{ hidden_layer_sizes: [8], max_iter: 80, learning_rate_init: 0.03 }],
    warnings: [
      notConverged({ hidden_layer_sizes: [2], max_iter: 2 }),
      notConverged({ hidden_layer_sizes: [2], max_iter: 2, solver: 'lbfgs' }),
    ],
  },
  MLPRegressor: {
    params: [{ hidden_layer_sizes: [8], max_iter: 300, learning_rate_init: 0.03 }],
    warnings: [
      notConverged({ hidden_layer_sizes: [2], max_iter: 2 }),
      notConverged({ hidden_layer_sizes: [2], max_iter: 2, solver: 'lbfgs' }),
    ],
  },
  'SVC spt': {
    // A gamma of its own: 'scale' looks at the samples, and so sees whether one is there twice.
    params: [
      { kernel: 'linear', tol: 1e-6 },
      { gamma: 0.3, tol: 1e-6 },
      { kernel: 'poly', gamma: 0.3, coef0: 1, tol: 1e-6, probability: true },
    ],
    warnings: [notConverged({ max_iter: 1 })],
  },
  'SVC ml-svm': { params: [{ kernel: 'linear' }, {}] },
  DecisionTreeClassifier: {
    params: [
      { max_depth: 3 },
      { criterion: 'entropy', max_leaf_nodes: 4 },
      { ccp_alpha: 0.02, max_depth: 4 },
    ],
  },
  'RandomForestClassifier spt': {
    params: [
      { n_estimators: 15, max_depth: 3 },
      { n_estimators: 10, criterion: 'entropy', oob_score: true },
    ],
  },
  ExtraTreesClassifier: { params: [{ n_estimators: 15 }] },
  'RandomForestClassifier ml-random-forest': { params: [{ n_estimators: 15 }] },
  'XGBClassifier spt': {
    params: [
      { n_estimators: 15, max_depth: 3 },
      { n_estimators: 10, tree_method: 'exact', max_depth: 3, min_child_weight: 0.1 },
    ],
  },
  DecisionTreeRegressor: {
    params: [{ max_depth: 5 }, { criterion: 'friedman_mse', max_leaf_nodes: 9 }, { ccp_alpha: 0.02 }],
  },
  RandomForestRegressor: {
    params: [{ n_estimators: 15 }, { n_estimators: 10, oob_score: true, max_features: 'sqrt' }],
  },
  ExtraTreesRegressor: { params: [{ n_estimators: 15 }] },
  XGBRegressor: {
    params: [
      { n_estimators: 25, max_depth: 3 },
      { n_estimators: 25, tree_method: 'exact', max_depth: 3, min_child_weight: 0.1 },
      { n_estimators: 25, max_depth: 3, objective: 'reg:pseudohubererror', huber_slope: 5, base_score: 5 },
      { n_estimators: 25, max_depth: 3, objective: 'reg:quantileerror' },
      { n_estimators: 25, max_depth: 3, objective: 'count:poisson' },
      { n_estimators: 25, max_depth: 3, objective: 'reg:gamma' },
    ],
  },
  'XGBClassifier ml-xgboost': { params: [{ n_estimators: 15, max_depth: 3 }] },
};
