import { z } from 'zod';
import { fitByEngine, loadByEngine, refuseUnsupported, type Engines } from '../engines/engine.js';
import { mlRandomForest } from '../engines/ml-random-forest.js';
import type { Estimator } from '../types.js';
import { classWeightParameter } from '../weights.js';

/**
 * Random forests, with scikit-learn's names and defaults (sklearn/ensemble/_forest.py). The engines that can train them are
 * in ENGINES.
 */

const share = z.number().gt(0).lt(1);

const parameters = z.strictObject({
  n_estimators: z.int().min(1).default(100).describe('how many trees'),
  criterion: z.enum(['gini', 'entropy', 'log_loss']).default('gini').describe('what a split is judged by'),
  max_depth: z.int().min(1).nullable().default(null).describe('depth of a tree at most; null for no bound'),
  min_samples_split: z.int().min(2).default(2).describe('a node with fewer samples is not split'),
  min_samples_leaf: z.int().min(1).default(1).describe('a leaf has at least so many samples'),
  min_weight_fraction_leaf: z
    .number()
    .min(0)
    .max(0.5)
    .default(0)
    .describe('and at least this share of all weight'),
  max_features: z
    .union([z.enum(['sqrt', 'log2']), z.int().min(1), share])
    .nullable()
    .default('sqrt')
    .describe('features drawn for a split: a number (1 is one), a share, sqrt, log2; null for all'),
  max_leaf_nodes: z
    .int()
    .min(2)
    .nullable()
    .default(null)
    .describe('leaves of a tree at most; null for no bound'),
  min_impurity_decrease: z.number().min(0).default(0).describe('a split has to gain at least this'),
  bootstrap: z.boolean().default(true).describe('draw the samples of each tree with replacement'),
  oob_score: z.boolean().default(false).describe('score by the samples that a tree was not grown on'),
  class_weight: classWeightParameter,
  ccp_alpha: z.number().min(0).default(0).describe('cost-complexity pruning'),
  max_samples: z
    .union([z.int().min(1), share])
    .nullable()
    .default(null)
    .describe('samples drawn for a tree; null for n'),
  random_state: z.int().min(0).nullable().default(null).describe('seed; null takes the seed of the search'),
  engine: z
    .enum(['ml-random-forest'])
    .default('ml-random-forest')
    .describe('ml-random-forest: the npm package; slow, draws features once for each tree'),
});

export type RandomForestParameters = z.infer<typeof parameters>;

const ENGINES: Engines<RandomForestParameters> = { 'ml-random-forest': mlRandomForest };

export const randomForestClassifier: Estimator<RandomForestParameters> = {
  kind: 'classifier',
  name: 'RandomForestClassifier',
  summary: 'random forest: many trees on random samples and features',
  params: parameters.superRefine(refuseUnsupported(ENGINES)),
  hasProba: () => true,
  fit: fitByEngine(ENGINES),
  load: loadByEngine(ENGINES),
};
