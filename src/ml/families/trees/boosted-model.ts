/** What boosted classifiers and regressors have in common: from parameters to rules, and what is inside of a model. */
import type { Trees } from '../../inside.js';
import { codingOf } from '../../targets/coding.js';
import type { BoostRules } from './boost-task.js';
import type { Boosted } from './boosting.js';

/** The parameters of XGBClassifier and XGBRegressor that boosting looks at. */
export interface BoostParameters {
  learning_rate: number;
  max_depth: number;
  max_leaves: number;
  max_bin: number;
  grow_policy: string;
  tree_method: string;
  gamma: number;
  min_child_weight: number;
  subsample: number;
  colsample_bytree: number;
  colsample_bylevel: number;
  colsample_bynode: number;
  reg_alpha: number;
  reg_lambda: number;
  early_stopping_rounds: number | null;
  validation_fraction: number;
  random_state: number | null;
}

/** How many features a share of n is, as XGBoost counts them. */
function drawn(share: number, n: number): number {
  return Math.max(1, Math.floor(Math.fround(Math.fround(share) * n)));
}

/** The rules that the parameters make for that many features. */
export function rulesOf(params: BoostParameters & { max_delta_step: number }, features: number): BoostRules {
  const treeFeatures = drawn(params.colsample_bytree, features);
  const levelFeatures = drawn(params.colsample_bylevel, treeFeatures);
  return {
    lambda: params.reg_lambda,
    alpha: params.reg_alpha,
    minChildWeight: params.min_child_weight,
    maxDeltaStep: params.max_delta_step,
    learningRate: params.learning_rate,
    minSplitLoss: params.gamma,
    subsample: params.subsample,
    maxDepth: params.max_depth,
    maxLeaves: params.max_leaves,
    lossGuide: params.grow_policy === 'lossguide',
    exact: params.tree_method === 'exact',
    maxBins: params.max_bin,
    treeFeatures,
    levelFeatures,
    nodeFeatures: drawn(params.colsample_bynode, levelFeatures),
  };
}

/** A split of the missing values from all others has an infinite threshold. Leaves are finite. */
export function isLearned({ feature, value }: Boosted): boolean {
  return value.every((one, node) => (feature[node] < 0 ? Number.isFinite(one) : !Number.isNaN(one)));
}

/** The trees of a model. The value of a leaf stands where a split has its threshold. */
export function treesOf(boosted: Boosted, covers?: Float64Array): Trees {
  const { classes, features, roots, feature, value, missing_left, next, base } = boosted;
  const outputs = classes === undefined ? 1 : codingOf(classes).columns;
  return {
    ...{ features, outputs, roots, feature, threshold: value },
    ...{ isEqualLeft: false, missingLeft: missing_left },
    next: next.map((child, node) => (feature[node] < 0 ? node : child)),
    ...{ values: value, width: 1, divisor: 1, base, covers },
  };
}
