/**
 * Gradient-boosted trees (Chen and Guestrin 2016), with the names and defaults of xgboost's XGBClassifier. The engines
 * that can train them are in ENGINES. Missing values are learned from: each split sends them to the side that gains more.
 */
import { z } from 'zod';
import {
  fitByEngine,
  loadByEngine,
  refuseUnsupported,
  type Engine,
  type Engines,
} from '../engines/engine.js';
import { loadMlXgboost, mlXgboost } from '../engines/ml-xgboost.js';
import { fitBoosted, loadBoosted } from '../trees/boosted-classifier.js';
import type { Estimator } from '../types.js';

const share = z.number().gt(0).max(1);

const parameters = z.strictObject({
  n_estimators: z.int().min(1).default(100).describe('boosting rounds'),
  max_depth: z
    .int()
    .min(0)
    .default(6)
    .describe('depth of a tree at most; 0 for no bound, which exact trees do not know'),
  max_leaves: z.int().min(0).default(0).describe('leaves of a tree at most; 0 for no bound'),
  max_bin: z.int().min(2).default(256).describe('bins of a feature for tree_method hist'),
  grow_policy: z.enum(['depthwise', 'lossguide']).default('depthwise').describe('which node is split next'),
  learning_rate: z.number().gt(0).default(0.3).describe('how much of each tree is taken'),
  tree_method: z
    .enum(['auto', 'exact', 'approx', 'hist'])
    .default('auto')
    .describe('how splits are found: exact by all values, hist by bins; auto is hist with the engine spt'),
  gamma: z.number().min(0).default(0).describe('a split has to lower the loss by at least this'),
  min_child_weight: z.number().min(0).default(1).describe('least sum of second derivatives in a child'),
  max_delta_step: z.number().min(0).default(0).describe('bound for the value of a leaf; 0 for none'),
  subsample: share.default(1).describe('share of the samples that a tree is grown on'),
  colsample_bytree: share.default(1).describe('share of the features drawn for a tree'),
  colsample_bylevel: share.default(1).describe('share of those drawn for a level'),
  colsample_bynode: share.default(1).describe('share of those drawn for a node'),
  reg_alpha: z.number().min(0).default(0).describe('L1 penalty on the values of leaves'),
  reg_lambda: z.number().min(0).default(1).describe('L2 penalty on the values of leaves'),
  scale_pos_weight: z.number().gt(0).default(1).describe('weight of the samples of class 1, for two classes'),
  base_score: z.number().gt(0).lt(1).default(0.5).describe('the probability that boosting starts from'),
  early_stopping_rounds: z
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe('stop when a held-out part has not improved for so many rounds; null to go on to the end'),
  validation_fraction: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.1)
    .describe('early_stopping_rounds: the share of samples held out (xgboost takes an eval_set instead)'),
  n_jobs: z
    .int()
    .nullable()
    .default(null)
    .describe('taken and ignored: a worker runs many configs at once, each on one thread'),
  random_state: z.int().min(0).nullable().default(null).describe('seed; null takes the seed of the search'),
  engine: z
    .enum(['spt', 'ml-xgboost'])
    .default('spt')
    .describe('spt: our own; ml-xgboost: XGBoost 0.7 from npm, f32, at most about 1.2 million values'),
});

export type XgbParameters = z.infer<typeof parameters>;

/** What our own engine does not know. */
function refuses(params: XgbParameters): [string, string] | undefined {
  const { tree_method, grow_policy, max_leaves, max_depth } = params;
  if (tree_method === 'approx') return ['tree_method', 'has tree_method hist and exact only'];
  if (tree_method !== 'exact') return undefined;
  if (grow_policy !== 'depthwise') return ['grow_policy', 'grows exact trees level by level'];
  if (max_depth === 0) return ['max_depth', 'grows exact trees to a depth of at least 1'];
  return max_leaves > 0 ? ['max_leaves', 'bounds exact trees by their depth only'] : undefined;
}

const spt: Engine<XgbParameters> = {
  refuses,
  fit: (problem, params, context) => fitBoosted(problem, params, [params.n_estimators], context)[0],
  load: loadBoosted,
};

const ENGINES: Engines<XgbParameters> = { spt, 'ml-xgboost': mlXgboost };

export const xgbClassifier: Estimator<XgbParameters> = {
  kind: 'classifier',
  name: 'XGBClassifier',
  summary: 'gradient-boosted trees',
  params: parameters.superRefine(refuseUnsupported(ENGINES)),
  hasProba: () => true,
  ready: ({ engine }) => (engine === 'ml-xgboost' ? loadMlXgboost() : Promise.resolve()),
  fit: fitByEngine(ENGINES),
  load: loadByEngine(ENGINES),
};
