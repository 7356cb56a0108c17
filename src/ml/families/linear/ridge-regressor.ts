/**
 * Ridge with scikit-learn's parameters, defaults and objective (sklearn/linear_model/_ridge.py):
 *
 *   minimize over w, b:  sum_i s_i (y_i - x_i . w - b)^2 + alpha |w|^2,   s are sample weights
 *
 * The intercept is not penalized. The solution is exact (ridge.ts), so `solver`, `tol`, `max_iter` and `random_state`
 * change nothing. Weights and the intercept are taken out first (frame.ts).
 */
import { z } from 'zod';
import { checkProblem } from '../../checks.js';
import { PENALIZED } from '../../invariances.js';
import type { Regressor, RegressorKind, ValueProblem } from '../../types.js';
import { solveFramed } from './frame.js';
import { linearRegressor, loadLinearRegressor } from './model.js';
import { penaltyParameters, solverParameters } from './ridge-parameters.js';
import { leastSquaresInFrame, ridgeInFrame } from './ridge.js';

const parameters = z.strictObject({ ...penaltyParameters, ...solverParameters });

type RidgeParameters = z.infer<typeof parameters>;

export const ridge: RegressorKind<RidgeParameters> = {
  kind: 'estimator',
  task: 'regression',
  name: 'Ridge',
  summary: 'linear model of the values, by least squares with an l2 penalty',
  params: parameters,
  invariances: ({ alpha, fit_intercept }) => ({
    ...PENALIZED,
    shift: fit_intercept ? 'close' : 'no',
    ...(alpha === 0 && { scale: 'close', doubled: 'close' }),
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

function fit(problem: ValueProblem, { alpha, fit_intercept: fitIntercept }: RidgeParameters): Regressor {
  checkProblem(problem);
  const { x, y, weights } = problem;
  const targets = { rows: y.length, columns: 1, data: y };
  const { coef, intercept } = solveFramed({ x, targets, weights, fitIntercept }, framed =>
    alpha === 0 ? leastSquaresInFrame(framed) : ridgeInFrame(framed, alpha),
  );
  return linearRegressor({ features: x.columns, coef, intercept: intercept[0] });
}
