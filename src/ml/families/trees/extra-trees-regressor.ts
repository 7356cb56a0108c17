/** ExtraTreesRegressor: trees with thresholds drawn at random (Geurts, Ernst and Wehenkel 2006), as scikit-learn's. */
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
      .default(false)
      .describe('whether the samples of each tree are drawn with replacement'),
    ...valueTreeParameters,
    verbose: unusedParameters.verbose,
    warm_start: unusedParameters.warm_start,
  })
  .superRefine(refuseWithoutBootstrap);

const KIND = { splitter: 'random', inOrder: false } as const;

type ExtraTreesRegressorParameters = z.infer<typeof PARAMETERS>;

export const extraTreesRegressor: RegressorKind<ExtraTreesRegressorParameters> = {
  kind: 'estimator',
  task: 'regression',
  name: 'ExtraTreesRegressor',
  summary: 'extremely randomized trees: random thresholds',
  params: PARAMETERS,
  // Samples and features are drawn by their place.
  invariances: () => ({
    ...UNCHANGED,
    range: { ...TREE_RANGE, shift: 1 },
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
