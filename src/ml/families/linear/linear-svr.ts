/**
 * LinearSVR with scikit-learn's parameters, defaults and objective. The objective is liblinear's (Ho and Lin,
 * "Large-scale linear support vector regression", JMLR 2012):
 *
 *   minimize over v:  |v|^2 / 2 + C sum_i s_i loss(y_i - v . (x_i, intercept_scaling)),   s are sample weights
 *
 * The loss of an error e is max(0, |e| - epsilon) (epsilon_insensitive) or its square. The last element of v, times
 * intercept_scaling, is the intercept. It is penalized like the rest, as in liblinear. Because of that, a shift of a
 * feature or of the values changes the optimum, as in scikit-learn.
 *
 * Newton's method minimizes squared losses (solve.ts). An interior point of the dual minimizes the others (tube.ts).
 * Values are taken in the unit of the largest one. Converged means that the duality gap is at most 1e-4 tol times the
 * objective.
 */
import { z } from 'zod';
import type { Matrix } from '../../../base/dataset.js';
import { scope } from '../../../kernels/memory.js';
import { largestSize } from '../../algebra/units.js';
import { checkProblem } from '../../checks.js';
import { unless } from '../../effective.js';
import { PENALIZED } from '../../invariances.js';
import { unused, unusedParameters } from '../../parameters.js';
import type { FitContext, Regressor, RegressorKind, ValueProblem } from '../../types.js';
import { withConstant } from './constant-column.js';
import type { HingeFit } from './hinge.js';
import { squaredTubeLoss } from './loss.js';
import { linearRegressor, loadLinearRegressor } from './model.js';
import { shortfall } from './shortfall.js';
import { minimizeLoss } from './solve.js';
import { designOf, GAP_PER_TOLERANCE, startAtNull } from './state.js';
import { minimizeTube } from './tube.js';

const PARAMETERS = z.strictObject({
  epsilon: z.number().min(0).default(0).describe('errors up to this cost nothing'),
  tol: z
    .number()
    .gt(0)
    .default(1e-4)
    .describe('the solver stops at a duality gap of 1e-4 tol times the objective'),
  C: z.number().gt(0).default(1).describe('the weight of the loss; a smaller C is a stronger penalty'),
  loss: z
    .enum(['epsilon_insensitive', 'squared_epsilon_insensitive'])
    .default('epsilon_insensitive')
    .describe('the loss of an error: what is beyond epsilon, or its square'),
  fit_intercept: z
    .boolean()
    .default(true)
    .describe('whether the model has an intercept; the intercept is penalized'),
  intercept_scaling: z
    .number()
    .gt(0)
    .default(1)
    .describe(
      'the value of the constant feature that makes the intercept; a larger value penalizes the intercept less',
    ),
  dual: unused(z.union([z.boolean(), z.literal('auto')]).default(true)),
  verbose: unusedParameters.verbose,
  random_state: unused(z.int().min(0).nullable().default(null), 'nothing is drawn'),
  max_iter: z.int().min(1).default(1000).describe('the largest number of steps of the solver'),
});

type LinearSvrParameters = z.infer<typeof PARAMETERS>;

export const linearSvr: RegressorKind<LinearSvrParameters> = {
  kind: 'estimator',
  task: 'regression',
  name: 'LinearSVR',
  summary: 'linear support vector regression, by liblinear’s objective',
  params: PARAMETERS,
  // The intercept is penalized, too.
  invariances: () => ({ ...PENALIZED, shift: 'no' }),
  effective: params => unless(params.fit_intercept, params, 'intercept_scaling'),
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

function fit(problem: ValueProblem, params: LinearSvrParameters, { warn }: FitContext): Regressor {
  checkProblem(problem);
  const { x } = problem;
  const { fit_intercept, intercept_scaling } = params;
  const matrix = fit_intercept ? withConstant(x, intercept_scaling) : x;
  const unit = largestSize(problem.y) || 1;
  const solved = scope(() => solve(matrix, problem, params, unit));
  if (!(solved.gap <= solved.target)) warn(shortfall('LinearSVR', solved, params.max_iter, x));
  const v = solved.v.map(value => value * unit);
  return linearRegressor({
    features: x.columns,
    coef: v.slice(0, x.columns),
    intercept: fit_intercept ? intercept_scaling * v[x.columns] : 0,
  });
}

/** The optimal v for the values in that unit. */
function solve(
  x: Matrix,
  { y, weights }: ValueProblem,
  { C, loss, epsilon, tol, max_iter }: LinearSvrParameters,
  unit: number,
): HingeFit {
  const [values, free] = [y.map(value => value / unit), epsilon / unit];
  // 0 gives all values within epsilon.
  if (free >= 1) return { v: new Float64Array(x.columns), gap: 0, target: 0, iterations: 0 };
  const price = loss === 'epsilon_insensitive' ? C / unit : C;
  const costs = y.map((_, i) => price * (weights?.[i] ?? 1));
  if (loss === 'epsilon_insensitive')
    return minimizeTube(designOf(x), values, costs, free, tol * GAP_PER_TOLERANCE, max_iter);
  const tube = squaredTubeLoss(values, costs, free);
  const state = startAtNull(designOf(x), tube, { l1: 0, l2: 1 }, false, tol, max_iter);
  const { gap } = minimizeLoss(state);
  return { v: state.coef.slice(), gap, target: state.target, iterations: state.iterations };
}
