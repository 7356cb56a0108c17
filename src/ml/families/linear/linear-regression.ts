/**
 * LinearRegression with scikit-learn's parameters, defaults and objective (sklearn/linear_model/_base.py):
 *
 *   minimize over w, b:  sum_i s_i (y_i - x_i . w - b)^2,   s are sample weights
 *
 * Without a unique solution, w has the least length. Weights and the intercept are taken out first (frame.ts). The Gram
 * matrix of the features gives the solution where its rank is certain, else their singular values do (ridge.ts).
 * Singular values of at most max(n, p) times the rounding of the largest one count as 0.
 */
import { z } from 'zod';
import type { Matrix } from '../../../base/dataset.js';
import { checkProblem } from '../../checks.js';
import { PENALIZED } from '../../invariances.js';
import { unused, unusedParameters } from '../../parameters.js';
import type { Regressor, RegressorKind, ValueProblem } from '../../types.js';
import { solveFramed } from './frame.js';
import { linearRegressor, loadLinearRegressor } from './model.js';
import { leastSquaresInFrame } from './ridge.js';

const parameters = z.strictObject({
  fit_intercept: z.boolean().default(true).describe('whether the model has an intercept'),
  positive: unused(
    z.literal(false).default(false),
    'coefficients may have any sign; Lasso with positive: true and a small alpha keeps them at 0 or above',
  ),
  copy_X: unusedParameters.copy,
  n_jobs: unusedParameters.n_jobs,
});

type LinearRegressionParameters = z.infer<typeof parameters>;

export const linearRegression: RegressorKind<LinearRegressionParameters> = {
  kind: 'estimator',
  task: 'regression',
  name: 'LinearRegression',
  summary: 'linear model of the values, by least squares without a penalty',
  params: parameters,
  invariances: ({ fit_intercept }) => ({
    ...PENALIZED,
    shift: fit_intercept ? 'close' : 'no',
    scale: 'close',
    featureScales: 'close',
    doubled: 'close',
  }),
  tags: {
    missing: false,
    weights: () => 'repetitions',
    deterministic: () => true,
    ordersFeatures: false,
    values: () => 'any',
  },
  fit,
  load: loadLinearRegressor,
};

function fit(problem: ValueProblem, params: LinearRegressionParameters): Regressor {
  checkProblem(problem);
  const { x, y, weights } = problem;
  const targets: Matrix = { rows: y.length, columns: 1, data: y };
  const { coef, intercept } = solveFramed(
    { x, targets, weights, fitIntercept: params.fit_intercept },
    leastSquaresInFrame,
  );
  return linearRegressor({ features: x.columns, coef, intercept: intercept[0] });
}
