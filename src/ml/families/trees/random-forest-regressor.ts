/** RandomForestRegressor: random forests (Breiman 2001), with scikit-learn's names and defaults. */
import { z } from 'zod';
import { TREE_RANGE, UNCHANGED } from '../../invariances.js';
import { needSamples } from '../../needs.js';
import { unusedParameters } from '../../parameters.js';
import type { RegressorKind } from '../../types.js';
import { fitValueForests, loadValueForest } from './forest-regressor.js';
import {
  effectiveTrees,
  refuseWithoutBootstrap,
  valueEnsembleParameters,
  valueForestMaxFeatures,
  valueTreeParameters,
} from './parameters.js';

const PARAMETERS = z
  .strictObject({
    ...valueEnsembleParameters,
    max_features: valueForestMaxFeatures,
    bootstrap: z
      .boolean()
      .default(true)
      .describe('whether the samples of each tree are drawn with replacement'),
    ...valueTreeParameters,
    verbose: unusedParameters.verbose,
    warm_start: unusedParameters.warm_start,
  })
  .superRefine(refuseWithoutBootstrap);

const KIND = { splitter: 'best', inOrder: false } as const;

type RandomForestRegressorParameters = z.infer<typeof PARAMETERS>;

export const randomForestRegressor: RegressorKind<RandomForestRegressorParameters> = {
  kind: 'estimator',
  task: 'regression',
  name: 'RandomForestRegressor',
  summary: 'random forest: many trees on random samples',
  params: PARAMETERS,
  // Samples and features are drawn by their place.
  invariances: () => ({
    ...UNCHANGED,
    range: TREE_RANGE,
    featureOrder: 'no',
    sampleOrder: 'no',
    doubled: 'no',
  }),
  effective: effectiveTrees,
  tags: {
    missing: false,
    weights: ({ bootstrap }) => (bootstrap ? 'after drawing' : 'repetitions'),
    deterministic: () => false,
    ordersFeatures: true,
    values: () => 'any',
  },
  needs: ({ max_samples }, shape) => needSamples('max_samples', max_samples, shape),
  fit: (problem, params, context) =>
    fitValueForests(problem, params, KIND, [params.n_estimators], context)[0],
  load: loadValueForest,
};
