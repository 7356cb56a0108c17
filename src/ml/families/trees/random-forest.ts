/**
 * Random forests (Breiman 2001), with scikit-learn's names and defaults (sklearn/ensemble/_forest.py). The engines that
 * can train them are in ENGINES.
 */
import { z } from 'zod';
import { TREE_RANGE, UNCHANGED } from '../../invariances.js';
import {
  fitByEngine,
  loadByEngine,
  refuseUnsupported,
  type Engine,
  type Engines,
} from '../../engines/engine.js';
import { mlRandomForest } from '../../engines/ml-random-forest.js';
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
import type { ClassifierKind, WeightUse } from '../../types.js';
import { needSamples } from '../../needs.js';

const PARAMETERS = z.strictObject({
  ...ensembleParameters,
  max_features: forestMaxFeatures,
  bootstrap: z
    .boolean()
    .default(true)
    .describe('whether the samples of each tree are drawn with replacement'),
  ...treeParameters,
  verbose: unusedParameters.verbose,
  warm_start: unusedParameters.warm_start,
  engine: z
    .enum(['spt', 'ml-random-forest'])
    .default('spt')
    .describe(
      'spt is our own engine; ml-random-forest is the npm package, which is slow and draws features once for each tree',
    ),
});

export type RandomForestParameters = z.infer<typeof PARAMETERS>;

const KIND = { splitter: 'best', inOrder: false } as const;

const spt: Engine<RandomForestParameters> = {
  fit: (problem, params, context) => fitForests(problem, params, KIND, [params.n_estimators], context)[0],
  load: loadForest,
};

const ENGINES: Engines<RandomForestParameters> = { spt, 'ml-random-forest': mlRandomForest };

function weightUse({ bootstrap, engine }: RandomForestParameters): WeightUse {
  if (engine !== 'spt') return 'none';
  return bootstrap ? 'after drawing' : 'repetitions';
}

export const randomForestClassifier: ClassifierKind<RandomForestParameters> = {
  kind: 'estimator',
  task: 'classification',
  name: 'RandomForestClassifier',
  summary: 'random forest: many trees on random samples and features',
  params: PARAMETERS.superRefine(refuseUnsupported(ENGINES)).superRefine(refuseWithoutBootstrap),
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
    weights: weightUse,
    deterministic: () => false,
    opaque: ({ engine }) => engine !== 'spt',
    ordersFeatures: true,
    decision: false,
    proba: () => true,
  },
  bind: bindClassWeight,
  needs: ({ max_samples }, shape) => needSamples('max_samples', max_samples, shape),
  fit: fitByEngine(ENGINES),
  load: loadByEngine(ENGINES),
};
