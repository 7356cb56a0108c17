/**
 * DecisionTreeClassifier: scikit-learn's tree, split for split, where no feature is drawn and no two splits are
 * equally good. Among equally good splits scikit-learn tries features in random order, and this tree in their order.
 * Features are compared as f32, as in scikit-learn.
 */
import { z } from 'zod';
import { TREE_RANGE, UNCHANGED } from '../../invariances.js';
import { fitForests, loadForest } from './forest-classifier.js';
import { effectiveTrees, treeMaxFeatures, treeParameters } from './parameters.js';
import type { ClassifierKind } from '../../types.js';
import { classWeightParameter, bindClassWeight } from '../../weights.js';

const PARAMETERS = z.strictObject({
  splitter: z
    .enum(['best', 'random'])
    .default('best')
    .describe('whether a feature is split at its best threshold or at a random one'),
  max_features: treeMaxFeatures,
  class_weight: classWeightParameter,
  ...treeParameters,
});

type DecisionTreeParameters = z.infer<typeof PARAMETERS>;

export const decisionTreeClassifier: ClassifierKind<DecisionTreeParameters> = {
  kind: 'estimator',
  task: 'classification',
  name: 'DecisionTreeClassifier',
  summary: 'a decision tree',
  params: PARAMETERS,
  // Of features that split equally well, one is drawn by its place.
  invariances: () => ({ ...UNCHANGED, range: TREE_RANGE, featureOrder: 'no' }),
  effective: effectiveTrees,
  tags: {
    missing: false,
    weights: () => 'repetitions',
    deterministic: ({ splitter, max_features }) => splitter === 'best' && max_features === null,
    ordersFeatures: false,
    decision: false,
    proba: () => true,
  },
  bind: bindClassWeight,
  fit(problem, params, context) {
    const alone = { n_estimators: 1, bootstrap: false, oob_score: false, max_samples: null, n_jobs: null };
    const kind = { splitter: params.splitter, inOrder: true };
    return fitForests(problem, { ...params, ...alone }, kind, [1], context)[0];
  },
  load: loadForest,
};
