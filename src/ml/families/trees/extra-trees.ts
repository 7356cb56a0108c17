/** ExtraTreesClassifier: trees with thresholds drawn at random (Geurts, Ernst and Wehenkel 2006), as scikit-learn's. */
import { z } from 'zod';
import { TREE_RANGE, UNCHANGED } from '../../invariances.js';
import { bindClassWeight } from '../../weights.js';
import { fitForests, loadForest } from './forest-classifier.js';
import {
  effectiveTrees,
  ensembleParameters,
  forestMaxFeatures,
  refuseWithoutBootstrap,
  treeParameters,
} from './parameters.js';
import { unusedParameters } from '../../parameters.js';
import { needSamples } from '../../needs.js';
import type { ClassifierKind } from '../../types.js';

const PARAMETERS = z
  .strictObject({
    ...ensembleParameters,
    max_features: forestMaxFeatures,
    bootstrap: z
      .boolean()
      .default(false)
      .describe('whether the samples of each tree are drawn with replacement'),
    ...treeParameters,
    verbose: unusedParameters.verbose,
    warm_start: unusedParameters.warm_start,
  })
  .superRefine(refuseWithoutBootstrap);

const KIND = { splitter: 'random', inOrder: false } as const;

type ExtraTreesParameters = z.infer<typeof PARAMETERS>;

export const extraTreesClassifier: ClassifierKind<ExtraTreesParameters> = {
  kind: 'estimator',
  task: 'classification',
  name: 'ExtraTreesClassifier',
  summary: 'extremely randomized trees: random features and random thresholds',
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
    decision: false,
    proba: () => true,
  },
  bind: bindClassWeight,
  needs: ({ max_samples }, shape) => needSamples('max_samples', max_samples, shape),
  fit: (problem, params, context) => fitForests(problem, params, KIND, [params.n_estimators], context)[0],
  load: loadForest,
};
