import { z } from 'zod';
import { fitByEngine, loadByEngine, refuseUnsupported, type Engines } from '../engines/engine.js';
import { loadMlXgboost, mlXgboost } from '../engines/ml-xgboost.js';
import type { Estimator } from '../types.js';

/**
 * Gradient-boosted trees, with the names and defaults of xgboost's XGBClassifier. The engines that can train them are in
 * ENGINES. Missing values are learned from: each split sends them to the side that gains more.
 */

const share = z.number().gt(0).max(1);

const parameters = z.strictObject({
  n_estimators: z.int().min(1).default(100).describe('boosting rounds'),
  max_depth: z
    .int()
    .min(0)
    .default(6)
    .describe('depth of a tree at most; 0 for no bound (grow_policy lossguide)'),
  max_leaves: z.int().min(0).default(0).describe('leaves of a tree at most; 0 for no bound'),
  max_bin: z.int().min(2).default(256).describe('bins of a feature for tree_method hist'),
  grow_policy: z.enum(['depthwise', 'lossguide']).default('depthwise').describe('which node is split next'),
  learning_rate: z.number().gt(0).default(0.3).describe('how much of each tree is taken'),
  tree_method: z.enum(['auto', 'exact', 'approx', 'hist']).default('auto').describe('how splits are found'),
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
  random_state: z.int().min(0).nullable().default(null).describe('seed; null takes the seed of the search'),
  engine: z
    .enum(['ml-xgboost'])
    .default('ml-xgboost')
    .describe('ml-xgboost: XGBoost 0.7 as WebAssembly, from npm; f32, at most about 1.2 million values'),
});

export type XgbParameters = z.infer<typeof parameters>;

const ENGINES: Engines<XgbParameters> = { 'ml-xgboost': mlXgboost };

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
