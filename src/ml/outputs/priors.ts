import { z } from 'zod';
import { classCounts } from '../../base/dataset.js';
import { InputError } from '../../base/errors.js';
import type { ClassProblem } from '../types.js';

/** The parameter `priors` of estimators that model each class. */
export const priorsParameter = z
  .array(z.number().min(0))
  .min(2)
  .nullable()
  .default(null)
  .describe('the probability of each class before a sample is seen; null takes the shares of the classes');

/** k probabilities: those given, or the (weighted) shares of the classes. Throws InputError `bad-priors`. */
export function priorsOf(given: readonly number[] | null, problem: ClassProblem): Float64Array {
  const { y, classes, weights } = problem;
  if (given) {
    const total = given.reduce((sum, prior) => sum + prior, 0);
    if (given.length === classes && Math.abs(total - 1) < 1e-8) return Float64Array.from(given);
    throw new InputError('bad-priors', `there are ${given.length} priors, and they add up to ${total}`, {
      value: given,
      expected: `${classes} priors that add up to 1`,
    });
  }
  if (!weights) return Float64Array.from(classCounts(y, classes), count => count / y.length);
  const sums = new Float64Array(classes);
  let total = 0;
  for (let i = 0; i < y.length; i++) {
    sums[y[i]] += weights[i];
    total += weights[i];
  }
  return sums.map(sum => sum / total);
}
