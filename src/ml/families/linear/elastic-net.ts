/**
 * Lasso and ElasticNet with scikit-learn's parameters, defaults and objective (sklearn/linear_model/
 * _coordinate_descent.py):
 *
 *   minimize over w, b:  sum_i s_i (y_i - x_i . w - b)^2 / (2 sum_i s_i)
 *                          + alpha (l1_ratio |w|_1 + (1 - l1_ratio) |w|^2 / 2)
 *
 * s are sample weights, and l1_ratio is 1 for Lasso. R's glmnet has the same objective without `standardize`, for targets
 * of standard deviation 1. The intercept is not penalized. Weights and the intercept are taken
 * out first (frame.ts). With an l1 penalty, or for coefficients of at least 0, sparse-squares.ts finds the optimum. It
 * is exact on each working set, so `selection` and `precompute` change nothing. Otherwise the optimum has a closed form
 * (ridge.ts).
 *
 * Converged means that the duality gap is at most 1e-4 tol times the objective. scikit-learn stops at tol times the sum
 * of the squared targets, which is many times more.
 */
import { z } from 'zod';
import type { Matrix } from '../../../base/dataset.js';
import { checkProblem } from '../../checks.js';
import { without } from '../../effective.js';
import { PENALIZED } from '../../invariances.js';
import { unused, unusedParameters } from '../../parameters.js';
import type { FitContext, Regressor, RegressorKind, ValueProblem } from '../../types.js';
import { solveFramed, type Framed } from './frame.js';
import { linearRegressor, loadLinearRegressor } from './model.js';
import { leastSquaresInFrame, ridgeInFrame } from './ridge.js';
import { shortfall } from './shortfall.js';
import { sparseSquares } from './sparse-squares.js';
import { GAP_PER_TOLERANCE } from './state.js';

const PENALTY = {
  alpha: z
    .number()
    .min(0)
    .default(1)
    .describe('the weight of the penalty; a larger alpha leaves fewer coefficients that are not 0'),
};

const OTHERS = {
  fit_intercept: z
    .boolean()
    .default(true)
    .describe('whether the model has an intercept; the intercept is not penalized'),
  positive: z.boolean().default(false).describe('whether coefficients are held at 0 or above'),
  max_iter: z
    .int()
    .min(1)
    .default(1000)
    .describe('the largest number of working sets of features that are solved one after the other'),
  tol: z
    .number()
    .min(0)
    .default(1e-4)
    .describe('the solver stops at a duality gap of 1e-4 tol times the objective'),
  selection: unused(
    z.enum(['cyclic', 'random']).default('cyclic'),
    'no effect here, because each working set is solved exactly',
  ),
  precompute: unused(z.boolean().default(false)),
  warm_start: unusedParameters.warm_start,
  random_state: unusedParameters.random_state,
  copy_X: unusedParameters.copy,
};

const positiveNeedsAlpha = {
  path: ['alpha'],
  message: 'positive: true needs an alpha above 0; a small one, such as 1e-10, is close to least squares',
};

const lassoParameters = z
  .strictObject({ ...PENALTY, ...OTHERS })
  .refine(({ alpha, positive }) => alpha > 0 || !positive, positiveNeedsAlpha);

const elasticNetParameters = z
  .strictObject({
    ...PENALTY,
    l1_ratio: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe('the share of the l1 penalty: 1 is the lasso, and 0 has an l2 penalty only'),
    ...OTHERS,
  })
  .refine(({ alpha, positive }) => alpha > 0 || !positive, positiveNeedsAlpha);

type LassoParameters = z.infer<typeof lassoParameters>;
type ElasticNetParameters = z.infer<typeof elasticNetParameters>;

/** What both estimators have in common. */
const SHARED = {
  kind: 'estimator',
  task: 'regression',
  invariances: ({ alpha, fit_intercept }: LassoParameters) => ({
    ...PENALIZED,
    shift: fit_intercept ? 'close' : 'no',
    doubled: 'close',
    ...(alpha === 0 && { scale: 'close' }),
  }),
  tags: {
    missing: false,
    weights: () => 'repetitions',
    deterministic: () => true,
    ordersFeatures: false,
    values: () => 'any',
  },
  load: loadLinearRegressor,
} as const satisfies Partial<RegressorKind<LassoParameters>>;

export const lasso: RegressorKind<LassoParameters> = {
  ...SHARED,
  name: 'Lasso',
  summary: 'linear model of the values with few coefficients, by least squares with an l1 penalty',
  params: lassoParameters,
  fit: (problem, params, context) => fit('Lasso', problem, { ...params, l1_ratio: 1 }, context),
};

export const elasticNet: RegressorKind<ElasticNetParameters> = {
  ...SHARED,
  name: 'ElasticNet',
  summary: 'linear model of the values, by least squares with an l1 and an l2 penalty',
  params: elasticNetParameters,
  effective: params => (params.alpha === 0 ? without(params, 'l1_ratio') : params),
  fit: (problem, params, context) => fit('ElasticNet', problem, params, context),
};

function fit(
  step: string,
  problem: ValueProblem,
  params: ElasticNetParameters,
  context: FitContext,
): Regressor {
  checkProblem(problem);
  const { x, y, weights } = problem;
  const targets: Matrix = { rows: y.length, columns: 1, data: y };
  const { coef, intercept } = solveFramed(
    { x, targets, weights, fitIntercept: params.fit_intercept },
    framed => {
      const { alpha, l1_ratio, positive } = params;
      if (alpha === 0) return leastSquaresInFrame(framed);
      if (l1_ratio === 0 && !positive) return ridgeInFrame(framed, alpha * framed.total);
      return solveSparse(step, x, framed, params, context);
    },
  );
  return linearRegressor({ features: x.columns, coef, intercept: intercept[0] });
}

const RAISE = 'Raise alpha, or raise tol.';

/** W for a problem in its frame. Warns where the search ends early. */
function solveSparse(
  step: string,
  x: Matrix,
  { a, t, unit, targetUnit, total }: Framed,
  { alpha, l1_ratio, positive, tol, max_iter }: ElasticNetParameters,
  context: FitContext,
): Matrix {
  const [l1, l2] = [alpha * l1_ratio * total, alpha * (1 - l1_ratio) * total];
  const { w, ...ended } = sparseSquares(
    {
      a,
      t: t.data,
      // The penalties of coefficients that are measured in the units.
      l1: cut(l1 * unit * targetUnit),
      l2: cut(l2 * unit * unit),
      least: positive ? 0 : -Infinity,
    },
    tol * GAP_PER_TOLERANCE,
    max_iter,
  );
  if (!(ended.gap <= ended.target)) context.warn(shortfall(step, ended, max_iter, x, RAISE));
  return { rows: x.columns, columns: 1, data: w };
}

/** A penalty beyond all numbers is as good as the largest number. */
function cut(penalty: number): number {
  return Math.min(penalty, Number.MAX_VALUE);
}
