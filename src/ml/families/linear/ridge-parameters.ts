/** The parameters that Ridge and RidgeClassifier share, with scikit-learn's names and defaults. */
import { z } from 'zod';
import { unused, unusedParameters } from '../../parameters.js';

const EXACT = 'no effect here, because the solution is exact';

export const penaltyParameters = {
  alpha: z
    .number()
    .min(0)
    .default(1)
    .describe('the weight of the penalty; a larger alpha makes the coefficients smaller'),
  fit_intercept: z
    .boolean()
    .default(true)
    .describe('whether the model has an intercept; the intercept is not penalized'),
};

export const solverParameters = {
  solver: unused(
    z.enum(['auto', 'svd', 'cholesky', 'lsqr', 'sparse_cg', 'sag', 'saga']).default('auto'),
    EXACT,
  ),
  tol: unused(z.number().min(0).default(1e-4), EXACT),
  max_iter: unused(z.int().min(1).nullable().default(null), EXACT),
  positive: unused(z.literal(false).default(false), 'coefficients may have any sign'),
  random_state: unusedParameters.random_state,
  copy_X: unusedParameters.copy,
};
