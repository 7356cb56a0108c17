/**
 * DecisionTreeRegressor: scikit-learn's tree, split for split, under the conditions of decision-tree.ts. Its criteria
 * are squared_error and friedman_mse.
 */
import { z } from 'zod';
import { TREE_RANGE, UNCHANGED } from '../../invariances.js';
import type { RegressorKind } from '../../types.js';
import { fitValueForests, loadValueForest } from './forest-regressor.js';
import { effectiveTrees, treeMaxFeatures, valueTreeParameters } from './parameters.js';

const PARAMETERS = z.strictObject({
  splitter: z
    .enum(['best', 'random'])
    .default('best')
    .describe('whether a feature is split at its best threshold or at a random one'),
  max_features: treeMaxFeatures,
  ...valueTreeParameters,
});

type DecisionTreeRegressorParameters = z.infer<typeof PARAMETERS>;

export const decisionTreeRegressor: RegressorKind<DecisionTreeRegressorParameters> = {
  kind: 'estimator',
  task: 'regression',
  name: 'DecisionTreeRegressor',
  summary: 'a decision tree',
  params: PARAMETERS,
  // Of features that split equally well, one is drawn by its place.
  invariances: () => ({ ...UNCHANGED, range: TREE_RANGE, featureOrder: 'no' }),
  effective: effectiveTrees,
  tags: {
    missing: false,
    weights: () => 'repetitions',
    deterministic: ({ splitter, max_features }) => splitter === 'best' && max_features === null,
    // Small nodes of values have many equally good splits.
    ordersFeatures: true,
    values: () => 'any',
  },
  fit(problem, params, context) {
    const alone = { n_estimators: 1, bootstrap: false, oob_score: false, max_samples: null, n_jobs: null };
    const kind = { splitter: params.splitter, inOrder: true };
    return fitValueForests(problem, { ...params, ...alone }, kind, [1], context)[0];
  },
  load: loadValueForest,
};
