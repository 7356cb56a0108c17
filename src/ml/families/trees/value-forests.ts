/**
 * RandomForestRegressor (Breiman 2001) and ExtraTreesRegressor (Geurts, Ernst and Wehenkel 2006), with scikit-learn's
 * names and defaults. They differ in how thresholds are found and whether samples are drawn.
 */
import { z } from 'zod';
import { type Invariances, TREE_RANGE, UNCHANGED } from '../../invariances.js';
import { needSamples } from '../../needs.js';
import { unusedParameters } from '../../parameters.js';
import type { RegressorKind } from '../../types.js';
import { fitValueForests, loadValueForest } from './forest-regressor.js';
import {
  effectiveTrees,
  refuseWithoutBootstrap,
  type TreeKind,
  valueEnsembleParameters,
  valueForestMaxFeatures,
  valueTreeParameters,
} from './parameters.js';

const parametersOf = (drawsSamples: boolean) =>
  z
    .strictObject({
      ...valueEnsembleParameters,
      max_features: valueForestMaxFeatures,
      bootstrap: z
        .boolean()
        .default(drawsSamples)
        .describe('whether the samples of each tree are drawn with replacement'),
      ...valueTreeParameters,
      verbose: unusedParameters.verbose,
      warm_start: unusedParameters.warm_start,
    })
    .superRefine(refuseWithoutBootstrap);

type Parameters = z.infer<ReturnType<typeof parametersOf>>;

/** What tells one kind of forest from the other. */
interface ForestOfValues {
  name: string;
  summary: string;
  splitter: TreeKind['splitter'];
  /** The default of `bootstrap`. */
  drawsSamples: boolean;
  range: Invariances['range'];
}

function forestOf({ splitter, drawsSamples, range, ...named }: ForestOfValues): RegressorKind<Parameters> {
  const kind = { splitter, inOrder: false };
  return {
    kind: 'estimator',
    task: 'regression',
    ...named,
    params: parametersOf(drawsSamples),
    // Samples and features are drawn by their place.
    invariances: () => ({ ...UNCHANGED, range, featureOrder: 'no', sampleOrder: 'no', doubled: 'no' }),
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
      fitValueForests(problem, params, kind, [params.n_estimators], context)[0],
    load: loadValueForest,
  };
}

export const randomForestRegressor = forestOf({
  name: 'RandomForestRegressor',
  summary: 'random forest: many trees on random samples',
  splitter: 'best',
  drawsSamples: true,
  range: TREE_RANGE,
});

export const extraTreesRegressor = forestOf({
  name: 'ExtraTreesRegressor',
  summary: 'extremely randomized trees: random thresholds',
  splitter: 'random',
  drawsSamples: false,
  range: { ...TREE_RANGE, shift: 1 },
});
