import type { Parameters } from '../src/base/config.js';

/** What `bench/estimators.ts` compares: an estimator or a transform with parameters, here and at the peer. */
export interface Row {
  label: string;
  estimator: string;
  params: Parameters;
  /** Parameters of the peer that differ from ours or that only it has: its solver, its seed. */
  peer?: Parameters;
  /** What the peer runs, for the table: liblinear, saga, libsvm. */
  against: string;
  /** `same`: both find the one optimum. `chance`: one draws, or stops short of it, so scores differ by chance. */
  outcome: 'same' | 'chance';
  /** Tables with more columns are left out: what the step makes of them does not fit a memory. */
  mostColumns?: number;
}

const LINEAR = 'LogisticRegression';

export const rows: readonly Row[] = [
  { label: 'l2', estimator: LINEAR, params: { penalty: 'l2' }, against: 'lbfgs', outcome: 'same' },
  {
    label: 'l1',
    estimator: LINEAR,
    params: { penalty: 'l1' },
    peer: { solver: 'liblinear' },
    against: 'liblinear',
    outcome: 'same',
  },
  {
    label: 'l1',
    estimator: LINEAR,
    params: { penalty: 'l1' },
    peer: { solver: 'saga', random_state: 0 },
    against: 'saga',
    outcome: 'chance',
  },
  {
    label: 'elasticnet 0.5',
    estimator: LINEAR,
    params: { penalty: 'elasticnet', l1_ratio: 0.5 },
    peer: { solver: 'saga', random_state: 0 },
    against: 'saga',
    outcome: 'chance',
  },
  { label: 'none', estimator: LINEAR, params: { penalty: 'none' }, against: 'lbfgs', outcome: 'chance' },
  {
    label: 'squared hinge',
    estimator: 'LinearSVC',
    params: {},
    peer: { random_state: 0 },
    against: 'liblinear',
    outcome: 'same',
  },
  {
    label: 'hinge',
    estimator: 'LinearSVC',
    params: { loss: 'hinge' },
    peer: { random_state: 0 },
    against: 'liblinear',
    outcome: 'same',
  },
  { label: 'linear', estimator: 'SVC', params: { kernel: 'linear' }, against: 'libsvm', outcome: 'same' },
  { label: 'rbf', estimator: 'SVC', params: {}, against: 'libsvm', outcome: 'same' },
  {
    label: 'one tree',
    estimator: 'DecisionTreeClassifier',
    params: { random_state: 0 },
    against: 'scikit-learn',
    outcome: 'chance',
  },
  {
    label: '100 trees',
    estimator: 'RandomForestClassifier',
    params: { random_state: 0 },
    against: 'scikit-learn',
    outcome: 'chance',
  },
  {
    label: '100 trees',
    estimator: 'ExtraTreesClassifier',
    params: { random_state: 0 },
    against: 'scikit-learn',
    outcome: 'chance',
  },
  {
    label: 'hist, 50 rounds',
    estimator: 'XGBClassifier',
    params: { tree_method: 'hist', n_estimators: 50 },
    against: 'xgboost',
    outcome: 'chance',
  },
  {
    label: 'exact, 50 rounds',
    estimator: 'XGBClassifier',
    params: { tree_method: 'exact', n_estimators: 50 },
    against: 'xgboost',
    outcome: 'chance',
  },
  {
    label: 'adam, 50 epochs',
    estimator: 'MLPClassifier',
    params: { max_iter: 50, random_state: 0 },
    against: 'scikit-learn',
    outcome: 'chance',
  },
  {
    label: '5 neighbors',
    estimator: 'KNeighborsClassifier',
    params: {},
    against: 'scikit-learn',
    outcome: 'same',
  },
  { label: '', estimator: 'GaussianNB', params: {}, against: 'scikit-learn', outcome: 'same' },
  {
    label: 'svd',
    estimator: 'LinearDiscriminantAnalysis',
    params: {},
    against: 'scikit-learn',
    outcome: 'same',
  },
  { label: '', estimator: 'BernoulliNB', params: {}, against: 'scikit-learn', outcome: 'same' },
  {
    label: 'reg_param 0.1',
    estimator: 'QuadraticDiscriminantAnalysis',
    params: { reg_param: 0.1 },
    against: 'scikit-learn',
    outcome: 'same',
    mostColumns: 100,
  },
  {
    label: '50 stumps',
    estimator: 'AdaBoostClassifier',
    params: {},
    against: 'scikit-learn',
    outcome: 'chance',
  },
];

const least = (estimator: string, label: string, params: Parameters): Row => ({
  label,
  estimator,
  params,
  against: 'scikit-learn',
  outcome: 'same',
});

const drawn = (estimator: string, label: string, params: Parameters, against = 'scikit-learn'): Row => ({
  label,
  estimator,
  params,
  against,
  outcome: 'chance',
});

/** The regressors, on the tables of values. */
export const valueRows: readonly Row[] = [
  least('LinearRegression', '', {}),
  least('Ridge', 'alpha 1', {}),
  least('Lasso', 'alpha 0.05', { alpha: 0.05 }),
  least('ElasticNet', 'alpha 0.05', { alpha: 0.05 }),
  { ...least('SVR', 'linear', { kernel: 'linear' }), against: 'libsvm' },
  { ...least('SVR', 'rbf', {}), against: 'libsvm' },
  least('KNeighborsRegressor', '5 neighbors', {}),
  drawn('DecisionTreeRegressor', 'one tree', { random_state: 0 }),
  drawn('RandomForestRegressor', '100 trees', { random_state: 0 }),
  drawn('ExtraTreesRegressor', '100 trees', { random_state: 0 }),
  drawn('XGBRegressor', 'hist, 50 rounds', { tree_method: 'hist', n_estimators: 50 }, 'xgboost'),
  drawn('XGBRegressor', 'exact, 50 rounds', { tree_method: 'exact', n_estimators: 50 }, 'xgboost'),
  drawn('MLPRegressor', 'adam, 50 epochs', { max_iter: 50, random_state: 0 }),
];

const transform = (
  estimator: string,
  label: string,
  params: Parameters = {},
  peer: Parameters = {},
): Row => ({
  label,
  estimator,
  params,
  peer,
  against: 'scikit-learn',
  outcome: 'same',
});

/** The transforms that cost something: fit, then transform all rows. */
export const transformRows: readonly Row[] = [
  transform('StandardScaler', ''),
  transform('MinMaxScaler', ''),
  transform('RobustScaler', ''),
  transform('PowerTransformer', 'yeo-johnson'),
  transform('QuantileTransformer', 'normal', { output_distribution: 'normal' }),
  transform('KBinsDiscretizer', 'ordinal', { encode: 'ordinal' }, { subsample: null }),
  { ...transform('PolynomialFeatures', 'degree 2'), mostColumns: 100 },
  transform('SelectKBest', 'f_classif, 10', { k: 10 }, { score_func: 'f_classif' }),
  transform('PCA', '5 components', { n_components: 5 }, { svd_solver: 'full' }),
];

/** The engines of others, behind the same steps: what they cost. */
export const engineRows: readonly Row[] = [
  {
    label: 'rbf, ml-svm',
    estimator: 'SVC',
    params: { engine: 'ml-svm' },
    against: 'libsvm',
    outcome: 'chance',
  },
  {
    label: '10 trees, ml-random-forest',
    estimator: 'RandomForestClassifier',
    params: { engine: 'ml-random-forest', n_estimators: 10 },
    peer: { random_state: 0 },
    against: 'scikit-learn',
    outcome: 'chance',
  },
  {
    label: '50 rounds, ml-xgboost',
    estimator: 'XGBClassifier',
    params: { engine: 'ml-xgboost', n_estimators: 50 },
    peer: { tree_method: 'exact' },
    against: 'xgboost',
    outcome: 'chance',
  },
];
