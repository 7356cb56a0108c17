import { POWERS } from './families/neighbors/k-neighbors.js';
import { traitsOf } from './definition.js';
import type { Estimator, Transform } from './types.js';

/**
 * What the parameters of a step come to: those that change nothing beside the others are left out, and of several
 * spellings of one thing one is kept. Steps that come to the same predict the same, bit for bit.
 */
type Parameters = { [name: string]: any };
type Rule = (params: Parameters, classes: number) => Parameters;

function without(params: Parameters, ...names: string[]): Parameters {
  return Object.fromEntries(Object.entries(params).filter(([name]) => !names.includes(name)));
}

/** `without` where a condition holds. */
const unless = (kept: boolean, params: Parameters, ...names: string[]): Parameters =>
  kept ? params : without(params, ...names);

/** How one solver stands in for all of scikit-learn's: by the loss and the prices of both penalties. */
function logisticRegression(params: Parameters, classes: number): Parameters {
  const { penalty, l1_ratio, C, solver, multi_class, class_weight, ...others } = params;
  const liblinear = solver === 'liblinear';
  const l1 = { l1: 1, l2: 0, elasticnet: l1_ratio }[penalty as 'l1'];
  const multinomial = multi_class === 'multinomial' || (multi_class === 'auto' && classes > 2 && !liblinear);
  return {
    ...without(others, 'random_state', 'dual', 'intercept_scaling', 'warm_start', 'n_jobs', 'verbose'),
    class_weight,
    multinomial,
    // liblinear weighs the samples of one class against the rest in its own way.
    ...(classes > 2 && class_weight !== null && { liblinear }),
    ...(l1 !== undefined && { C, l1 }),
  };
}

function supportVectors(params: Parameters, classes: number): Parameters {
  const unread = {
    linear: ['gamma', 'degree', 'coef0'],
    rbf: ['degree', 'coef0'],
    sigmoid: ['degree'],
    poly: [],
  };
  const kernel = without(params, ...unread[params.kernel as 'rbf'], 'decision_function_shape');
  return unless(
    params.probability || params.engine !== 'spt',
    unless(classes > 2, kernel, 'break_ties'),
    'random_state',
  );
}

function trees(params: Parameters): Parameters {
  const all = (value: unknown) => (value !== null && typeof value === 'object' ? null : value);
  const { criterion, max_features, max_samples, ...others } = params;
  return {
    ...without(others, 'n_jobs'),
    criterion: criterion === 'log_loss' ? 'entropy' : criterion,
    max_features: all(max_features),
    ...(max_samples !== undefined && { max_samples: all(max_samples) }),
  };
}

function boostedTrees(params: Parameters, classes: number): Parameters {
  const { tree_method, engine } = params;
  const method = tree_method === 'auto' && engine === 'spt' ? 'hist' : tree_method;
  const stopping = params.early_stopping_rounds !== null;
  const read = unless(stopping, without(params, 'n_jobs'), 'validation_fraction', 'early_stopping_rounds');
  const weighed = unless(classes === 2 || engine !== 'spt', read, 'scale_pos_weight');
  return { ...unless(method !== 'exact', weighed, 'max_bin'), tree_method: method };
}

const OF_SGD = ['learning_rate', 'power_t', 'momentum', 'nesterovs_momentum'];
const OF_ADAM = ['beta_1', 'beta_2', 'epsilon'];
const OF_EPOCHS = ['batch_size', 'learning_rate_init', 'shuffle', 'early_stopping', 'validation_fraction'];

function network(params: Parameters): Parameters {
  const { solver, learning_rate, early_stopping } = params;
  const read: Parameters = { ...params, hidden_layer_sizes: [params.hidden_layer_sizes].flat() };
  if (solver === 'lbfgs') return without(read, ...OF_SGD, ...OF_ADAM, ...OF_EPOCHS, 'n_iter_no_change');
  const own = without(read, ...(solver === 'adam' ? OF_SGD : OF_ADAM), 'max_fun');
  const held = unless(early_stopping, own, 'validation_fraction');
  return unless(learning_rate === 'invscaling', held, 'power_t');
}

function neighbors(params: Parameters): Parameters {
  const { weights, metric, p } = params;
  const power = metric === 'minkowski' ? p : (POWERS[metric as 'l1'] ?? metric);
  return {
    ...without(params, 'algorithm', 'leaf_size', 'metric', 'p'),
    power: power === Infinity ? null : power,
    weights: weights ?? 'uniform',
  };
}

const selection: Rule = params => unless(params.score_func === 'mutual_info_classif', params, 'random_state');

const RULES: { [step: string]: Rule } = {
  SimpleImputer: params => unless(params.strategy === 'constant', params, 'fill_value'),
  RobustScaler: params => unless(params.with_scaling, params, 'quantile_range'),
  SelectKBest: selection,
  SelectPercentile: selection,
  PCA: params => without(params, 'svd_solver'),
  LogisticRegression: logisticRegression,
  LinearSVC: params =>
    unless(params.fit_intercept, without(params, 'dual', 'verbose', 'multi_class'), 'intercept_scaling'),
  SVC: supportVectors,
  DecisionTreeClassifier: trees,
  RandomForestClassifier: trees,
  ExtraTreesClassifier: trees,
  XGBClassifier: boostedTrees,
  MLPClassifier: network,
  KNeighborsClassifier: neighbors,
  LinearDiscriminantAnalysis: params => unless(params.solver === 'svd', params, 'tol'),
};

/** What a step's parameters, defaults filled in, come to on a target with that number of classes. */
export function effective(kind: Transform | Estimator, params: Parameters, classes: number): Parameters {
  const idle = Object.keys(params).filter(name => traitsOf(kind.params, name).unused);
  const rule = RULES[kind.name];
  const read = without(params, ...idle);
  return rule ? rule(read, classes) : read;
}
