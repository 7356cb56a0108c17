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
    label: '50 stumps',
    estimator: 'AdaBoostClassifier',
    params: {},
    against: 'scikit-learn',
    outcome: 'chance',
  },
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
