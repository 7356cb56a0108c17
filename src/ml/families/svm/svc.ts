import { z } from 'zod';
import { type Effective, unless, without } from '../../effective.js';
import { PENALIZED } from '../../invariances.js';
import { fitByEngine, loadByEngine, refuseUnsupported, type Engines } from '../../engines/engine.js';
import { mlSvm } from '../../engines/ml-svm.js';
import { randomState } from '../../random-state.js';
import { svm } from './pairwise.js';
import { unusedParameters } from '../../parameters.js';
import type { ClassifierKind } from '../../types.js';
import { classWeightParameter, bindClassWeight } from '../../weights.js';

/**
 * Support vector classification, with scikit-learn's names and defaults (sklearn/svm/_classes.py). The engines that can
 * train it are in ENGINES.
 */

const PARAMETERS = z.strictObject({
  C: z.number().gt(0).default(1).describe('the weight of the loss; a smaller C is a stronger penalty'),
  kernel: z.enum(['linear', 'poly', 'rbf', 'sigmoid']).default('rbf').describe('the kernel function'),
  degree: z.int().min(0).default(3).describe('the degree of the poly kernel'),
  gamma: z
    .union([z.enum(['scale', 'auto']), z.number().min(0)])
    .default('scale')
    .describe(
      'the factor of rbf, poly and sigmoid; scale is 1 / (features x variance), auto is 1 / features',
    ),
  coef0: z.number().default(0).describe('the constant of the poly and sigmoid kernels'),
  shrinking: z
    .boolean()
    .default(true)
    .describe('whether samples that look settled are left out; changes the speed only'),
  probability: z
    .boolean()
    .default(false)
    .describe('whether the model has probabilities, fitted by an inner cross-validation (Platt)'),
  tol: z
    .number()
    .gt(0)
    .default(1e-3)
    .describe(
      'the solver stops when no pair of samples violates the optimality conditions by more than this',
    ),
  cache_size: z
    .number()
    .gt(0)
    .default(200)
    .describe('memory for kernel values, in MB; changes the speed only'),
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

/** The parameters that a kernel does not read. */
const UNREAD = {
  linear: ['gamma', 'degree', 'coef0'],
  rbf: ['degree', 'coef0'],
  sigmoid: ['degree'],
  poly: [],
} as const;

function effective(params: SvcParameters, classes: number): Effective {
  const { kernel, probability, engine } = params;
  const read = without(params, ...UNREAD[kernel], 'decision_function_shape');
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
    ordersFeatures: false,
    decision: true,
    proba: ({ probability }) => probability,
  },
  bind: bindClassWeight,
  // A shift changes every kernel except one of distances. A unit changes every kernel except one whose gamma depends on
  // the variance of the samples.
  invariances: ({ kernel, gamma }) => ({
    ...PENALIZED,
    shift: kernel === 'rbf' && gamma !== 'scale' ? 'close' : 'no',
    scale: kernel !== 'linear' && gamma === 'scale' ? 'close' : 'no',
  }),
  fit: fitByEngine(ENGINES),
  load: loadByEngine(ENGINES),
};
