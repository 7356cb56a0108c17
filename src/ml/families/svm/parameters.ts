import { z } from 'zod';
import { without } from '../../effective.js';
import { type Invariances, PENALIZED } from '../../invariances.js';
import type { KernelFunction } from './kernel.js';

/** What SVC and SVR share, with scikit-learn's names and defaults (sklearn/svm/_classes.py). */

export const machineParameters = {
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
};

/** The parameters that a kernel does not read. */
const UNREAD = {
  linear: ['gamma', 'degree', 'coef0'],
  rbf: ['degree', 'coef0'],
  sigmoid: ['degree'],
  poly: [],
} as const;

/** The parameters without those that the kernel does not read. */
export function readByKernel<P extends { kernel: KernelFunction['kind'] }>(params: P): Partial<P> {
  return without(params, ...(UNREAD[params.kernel] as readonly (keyof P & string)[]));
}

/**
 * A shift changes every kernel except one of distances. A unit changes every kernel except one whose gamma depends on
 * the variance of the samples.
 */
export function machineInvariances({ kernel, gamma }: { kernel: string; gamma: unknown }): Invariances {
  return {
    ...PENALIZED,
    shift: kernel === 'rbf' && gamma !== 'scale' ? 'close' : 'no',
    scale: kernel !== 'linear' && gamma === 'scale' ? 'close' : 'no',
  };
}
