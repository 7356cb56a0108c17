import { z } from 'zod';
import { PENALIZED } from '../../invariances.js';
import { fitByEngine, loadByEngine, refuseUnsupported, type Engines } from '../../engines/engine.js';
import { mlSvm } from '../../engines/ml-svm.js';
import { randomState } from '../../random-state.js';
import { svm } from './pairwise.js';
import { unusedParameters } from '../../parameters.js';
import type { Estimator } from '../../types.js';
import { classWeightParameter, bindClassWeight } from '../../weights.js';

/**
 * Support vector classification, with scikit-learn's names and defaults (sklearn/svm/_classes.py). The engines that can
 * train it are in ENGINES.
 */

const parameters = z.strictObject({
  C: z.number().gt(0).default(1).describe('the price of a sample on the wrong side; smaller is smoother'),
  kernel: z.enum(['linear', 'poly', 'rbf', 'sigmoid']).default('rbf').describe('the kernel function'),
  degree: z.int().min(0).default(3).describe('degree of the poly kernel'),
  gamma: z
    .union([z.enum(['scale', 'auto']), z.number().min(0)])
    .default('scale')
    .describe('width of rbf, poly, sigmoid; scale is 1 / (features x variance), auto is 1 / features'),
  coef0: z.number().default(0).describe('constant of the poly and sigmoid kernels'),
  shrinking: z.boolean().default(true).describe('leave out samples that look settled; changes speed only'),
  probability: z
    .boolean()
    .default(false)
    .describe('fit probabilities too (Platt), by an inner cross-validation'),
  tol: z.number().gt(0).default(1e-3).describe('how exactly the optimum is met'),
  cache_size: z.number().gt(0).default(200).describe('memory for kernel values, in MB; changes speed only'),
  class_weight: classWeightParameter,
  decision_function_shape: z
    .enum(['ovr', 'ovo'])
    .default('ovr')
    .describe('accepted as scikit-learn does; decisions have a column per class with either'),
  break_ties: z
    .boolean()
    .default(false)
    .describe('many classes: whether equal votes are settled by the margins and not by the order'),
  max_iter: z
    .int()
    .min(-1)
    .default(-1)
    .describe("the largest number of iterations; -1 for the engine's own bound"),
  random_state: randomState,
  verbose: unusedParameters.verbosely,
  engine: z
    .enum(['spt', 'ml-svm'])
    .default('spt')
    .describe('spt: our own, as libsvm; ml-svm: the npm package, a simplified SMO, slow, a second opinion'),
});

export type SvcParameters = z.infer<typeof parameters>;

const ENGINES: Engines<SvcParameters> = { spt: svm, 'ml-svm': mlSvm };

export const svc: Estimator<SvcParameters> = {
  kind: 'estimator',
  task: 'classification',
  name: 'SVC',
  summary: 'support vector machine with a kernel',
  params: parameters.superRefine(refuseUnsupported(ENGINES)),
  tags: {
    missing: false,
    weights: ({ engine }) => (engine === 'spt' ? 'repetitions' : 'none'),
    deterministic: ({ engine, probability }) => engine === 'spt' && !probability,
    ordersFeatures: false,
    decision: true,
    proba: ({ probability }) => probability,
  },
  bind: bindClassWeight,
  // Only distances know no shift; only a gamma by the variance of the samples knows no unit.
  invariances: ({ kernel, gamma }) => ({
    ...PENALIZED,
    shift: kernel === 'rbf' && gamma !== 'scale' ? 'close' : 'no',
    scale: kernel !== 'linear' && gamma === 'scale' ? 'close' : 'no',
  }),
  fit: fitByEngine(ENGINES),
  load: loadByEngine(ENGINES),
};
