/** The parameters that XGBClassifier and XGBRegressor share, with xgboost's names and defaults. */
import { z } from 'zod';
import { type Invariances, UNCHANGED } from '../../invariances.js';
import { orDefault, unused } from '../../parameters.js';
import { randomState } from '../../random-state.js';
import type { BoostParameters } from './boosted-model.js';

const share = orDefault(z.number().gt(0).max(1), 1);
const weight = z.number().min(0);

/** Other parameters of xgboost. They change nothing here. */
const unusedXgb = {
  booster: unused(z.literal('gbtree').nullable().default('gbtree')),
  verbosity: unused(z.int().min(0).max(3).nullable().default(null)),
  sampling_method: unused(z.literal('uniform').nullable().default('uniform')),
  num_parallel_tree: unused(z.literal(1).nullable().default(1)),
  monotone_constraints: unused(z.null().default(null)),
  interaction_constraints: unused(z.null().default(null)),
  importance_type: unused(
    z.enum(['gain', 'weight', 'cover', 'total_gain', 'total_cover']).nullable().default(null),
  ),
  gpu_id: unused(z.int().min(-1).nullable().default(null)),
  validate_parameters: unused(z.boolean().nullable().default(null)),
  predictor: unused(z.enum(['auto', 'cpu_predictor']).nullable().default('auto')),
  enable_categorical: unused(z.literal(false).default(false)),
  feature_types: unused(z.null().default(null)),
  max_cat_to_onehot: unused(z.int().min(1).nullable().default(null)),
  max_cat_threshold: unused(z.int().min(1).nullable().default(null)),
  callbacks: unused(z.null().default(null)),
};

/** How many trees are boosted, and how each of them grows. */
export const boosterParameters = {
  n_estimators: z.int().min(1).default(100).describe('the number of boosting rounds'),
  max_depth: orDefault(z.int().min(0), 6).describe(
    'the largest depth of a tree; 0 is no limit, which tree_method exact refuses',
  ),
  max_leaves: orDefault(z.int().min(0), 0).describe('the largest number of leaves of a tree; 0 is no limit'),
  max_bin: orDefault(z.int().min(2), 256).describe('the number of bins of a feature, for tree_method hist'),
  grow_policy: orDefault(z.enum(['depthwise', 'lossguide']), 'depthwise').describe(
    'which node is split next',
  ),
  learning_rate: orDefault(z.number().gt(0), 0.3).describe('the factor of the values of each tree'),
  tree_method: orDefault(z.enum(['auto', 'exact', 'approx', 'hist']), 'auto').describe(
    'how splits are found: exact tries all values, hist tries bins; auto is hist with the engine spt',
  ),
  gamma: orDefault(weight, 0).describe('a split has to lower the loss by at least this'),
  min_child_weight: orDefault(weight, 1).describe('the smallest sum of second derivatives in a child'),
  max_delta_step: orDefault(weight, 0).describe('the largest size of the value of a leaf; 0 is no limit'),
  subsample: share.describe('the share of the samples drawn for a tree'),
  colsample_bytree: share.describe('the share of the features drawn for a tree'),
  colsample_bylevel: share.describe('the share of the features of the tree drawn for a level'),
  colsample_bynode: share.describe('the share of the features of the level drawn for a node'),
  reg_alpha: orDefault(weight, 0).describe('the L1 penalty on the values of leaves'),
  reg_lambda: orDefault(weight, 1).describe('the L2 penalty on the values of leaves'),
};

export const stoppingParameters = {
  early_stopping_rounds: z
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe(
      'training stops when a held-out part has not improved for this number of rounds; null trains all rounds',
    ),
  validation_fraction: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.1)
    .describe(
      'the share of the samples held out for early_stopping_rounds; xgboost takes an eval_set instead',
    ),
};

export const runParameters = {
  n_jobs: z
    .int()
    .nullable()
    .default(null)
    .describe('no effect: a worker trains several configs at once, each on one thread'),
  random_state: randomState,
  ...unusedXgb,
};

type Tree = Pick<BoostParameters, 'tree_method' | 'grow_policy' | 'max_leaves' | 'max_depth'>;

/** The first parameter that our engine cannot honor, and the reason. */
export function refusesTree(params: Tree): [string, string] | undefined {
  const { tree_method, grow_policy, max_leaves, max_depth } = params;
  if (tree_method === 'approx') return ['tree_method', 'has tree_method hist and exact only'];
  if (tree_method !== 'exact') return undefined;
  if (grow_policy !== 'depthwise') return ['grow_policy', 'grows exact trees level by level'];
  if (max_depth === 0) return ['max_depth', 'grows exact trees to a depth of at least 1'];
  return max_leaves > 0 ? ['max_leaves', 'bounds exact trees by their depth only'] : undefined;
}

/** Whether nothing is drawn. */
export function isDeterministic(params: BoostParameters): boolean {
  const shares = [
    params.subsample,
    params.colsample_bytree,
    params.colsample_bylevel,
    params.colsample_bynode,
  ];
  return params.early_stopping_rounds === null && shares.every(one => one === 1);
}

/** Of features that split equally well, the first is taken. Values are rounded to f32. */
export const BOOSTED: Invariances = {
  ...UNCHANGED,
  range: { shift: 1e3, scale: [1e-30, 1e30] },
  featureOrder: 'no',
  doubled: 'no',
};
