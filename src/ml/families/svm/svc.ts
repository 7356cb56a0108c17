import { z } from 'zod';
import { type Effective, unless, without } from '../../effective.js';
import { fitByEngine, loadByEngine, refuseUnsupported, type Engines } from '../../engines/engine.js';
import { mlSvm } from '../../engines/ml-svm.js';
import { randomState } from '../../random-state.js';
import { machineInvariances, machineParameters, readByKernel } from './parameters.js';
import { svm } from './pairwise.js';
import { unusedParameters } from '../../parameters.js';
import type { ClassifierKind } from '../../types.js';
import { classWeightParameter, bindClassWeight } from '../../weights.js';

/**
 * Support vector classification, with scikit-learn's names and defaults (sklearn/svm/_classes.py). The engines that can
 * train it are in ENGINES.
 */

const PARAMETERS = z.strictObject({
  C: machineParameters.C,
  kernel: machineParameters.kernel,
  degree: machineParameters.degree,
  gamma: machineParameters.gamma,
  coef0: machineParameters.coef0,
  shrinking: machineParameters.shrinking,
  probability: z
    .boolean()
    .default(false)
    .describe('whether the model has probabilities, fitted by an inner cross-validation (Platt)'),
  tol: machineParameters.tol,
  cache_size: machineParameters.cache_size,
  class_weight: classWeightParameter,
  decision_function_shape: z
    .enum(['ovr', 'ovo'])
    .default('ovr')
    .describe('no effect: decisions have a column for each class with both values'),
  break_ties: z
    .boolean()
    .default(false)
    .describe(
      'whether the margins decide between classes of equal votes, for three or more classes; false takes the first',
    ),
  max_iter: z
    .int()
    .min(-1)
    .default(-1)
    .describe('the largest number of iterations; -1 takes the bound of the engine'),
  random_state: randomState,
  verbose: unusedParameters.verbosely,
  engine: z
    .enum(['spt', 'ml-svm'])
    .default('spt')
    .describe(
      'spt is our own engine, as libsvm; ml-svm is the npm package, a simplified and slow SMO for a second opinion',
    ),
});

export type SvcParameters = z.infer<typeof PARAMETERS>;

const ENGINES: Engines<SvcParameters> = { spt: svm, 'ml-svm': mlSvm };

function effective(params: SvcParameters, classes: number): Effective {
  const { probability, engine } = params;
  const read = without(readByKernel(params), 'decision_function_shape');
  const isRandom = probability || engine !== 'spt';
  return unless(isRandom, unless(classes > 2, read, 'break_ties'), 'random_state');
}

export const svc: ClassifierKind<SvcParameters> = {
  kind: 'estimator',
  task: 'classification',
  name: 'SVC',
  summary: 'support vector machine with a kernel',
  params: PARAMETERS.superRefine(refuseUnsupported(ENGINES)),
  effective,
  tags: {
    missing: false,
    weights: ({ engine }) => (engine === 'spt' ? 'repetitions' : 'none'),
    deterministic: ({ engine, probability }) => engine === 'spt' && !probability,
    opaque: ({ engine, kernel }) => engine !== 'spt' || kernel !== 'linear',
    ordersFeatures: false,
    decision: true,
    proba: ({ probability }) => probability,
  },
  bind: bindClassWeight,
  invariances: machineInvariances,
  fit: fitByEngine(ENGINES),
  load: loadByEngine(ENGINES),
};
