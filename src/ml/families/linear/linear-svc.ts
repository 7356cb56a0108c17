/**
 * LinearSVC with scikit-learn's parameters, defaults and objective. The objective is liblinear's (Fan, Chang, Hsieh,
 * Wang and Lin, "LIBLINEAR: a library for large linear classification", 2008):
 *
 *   minimize over v:  r(v) + C sum_i s_i loss(y_i v . (x_i, intercept_scaling))
 *
 * r is |v|^2 / 2 (l2) or |v|_1 (l1). The loss of a margin m is max(0, 1 - m) (hinge) or its square. The last element
 * of v, times intercept_scaling, is the intercept. It is penalized like the rest, as in liblinear. With more than two
 * classes, each class is learned against the rest. `class_weight` then weighs the samples of the class itself only,
 * as in liblinear.
 *
 * Newton's method minimizes squared hinges (solve.ts). An interior point of the dual minimizes hinges (hinge.ts).
 *
 * Converged means that the duality gap is at most 1e-4 tol times the objective. Because the intercept is penalized, a
 * shift of a feature changes the optimum, as in scikit-learn.
 */
import { z } from 'zod';
import type { Matrix } from '../../../base/dataset.js';
import { unless, without } from '../../effective.js';
import { PENALIZED } from '../../invariances.js';
import { scope } from '../../../kernels/memory.js';
import { checkProblem } from '../../checks.js';
import { codingOf, signsOf } from '../../targets/coding.js';
import { withConstant } from './constant-column.js';
import { minimizeHinge } from './hinge.js';
import { squaredHingeLoss } from './loss.js';
import { linearModel, loadLinearModel } from './model.js';
import { shortfall, type Ended } from './shortfall.js';
import { minimizeLoss } from './solve.js';
import { designOf, GAP_PER_TOLERANCE, startAtNull } from './state.js';
import type { ClassifierKind, FitContext, Classifier, ClassProblem } from '../../types.js';
import { classWeightParameter, classWeights, bindClassWeight } from '../../weights.js';

const unused = 'accepted for compatibility; has no effect';

const PARAMETERS = z
  .strictObject({
    penalty: z.enum(['l1', 'l2']).default('l2').describe('the penalty that keeps the coefficients small'),
    loss: z
      .enum(['hinge', 'squared_hinge'])
      .default('squared_hinge')
      .describe('the loss of a sample whose margin is too small'),
    C: z.number().gt(0).default(1).describe('the weight of the loss; a smaller C is a stronger penalty'),
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
    class_weight: classWeightParameter,
    multi_class: z.enum(['ovr']).default('ovr').describe('each class against the rest'),
    tol: z
      .number()
      .gt(0)
      .default(1e-4)
      .describe('the solver stops at a duality gap of 1e-4 tol times the objective'),
    max_iter: z
      .int()
      .min(1)
      .default(1000)
      .describe(
        "the largest number of steps of Newton's method, or of sweeps for very large problems with hinge",
      ),
    random_state: z
      .int()
      .min(0)
      .nullable()
      .default(null)
      .describe('the seed of the order of samples in sweeps; null takes the seed of the search'),
    dual: z
      .union([z.boolean(), z.literal('auto')])
      .default(true)
      .describe(unused),
    verbose: z
      .union([z.boolean(), z.int().min(0)])
      .default(0)
      .describe(unused),
  })
  .refine(({ penalty, loss }) => penalty !== 'l1' || loss !== 'hinge', {
    path: ['penalty'],
    message: 'penalty l1 goes with loss squared_hinge only',
  });

export type LinearSvcParameters = z.infer<typeof PARAMETERS>;

export const linearSvc: ClassifierKind<LinearSvcParameters> = {
  kind: 'estimator',
  task: 'classification',
  name: 'LinearSVC',
  summary: 'linear support vector machine, by liblinear’s objective',
  params: PARAMETERS,
  // The intercept is penalized, too.
  invariances: () => ({ ...PENALIZED, shift: 'no' }),
  effective: params =>
    unless(params.fit_intercept, without(params, 'dual', 'verbose', 'multi_class'), 'intercept_scaling'),
  tags: {
    missing: false,
    weights: () => 'repetitions',
    // Coordinate descent sweeps the samples of very large problems in random order.
    deterministic: ({ loss }) => loss !== 'hinge',
    ordersFeatures: false,
    decision: true,
    proba: () => false,
  },
  bind: bindClassWeight,
  fit,
  load: loadLinearModel,
};

function fit(problem: ClassProblem, params: LinearSvcParameters, context: FitContext): Classifier {
  checkProblem(problem);
  const { classes, x } = problem;
  const coding = codingOf(classes);
  const matrix = params.fit_intercept ? withConstant(x, params.intercept_scaling) : x;
  const coef = new Float64Array(coding.columns * x.columns);
  const intercept = new Float64Array(coding.columns);
  for (let k = 0; k < coding.columns; k++) {
    const code = coding.classOf(k);
    const v = scope(() =>
      solve(matrix, signsOf(problem.y, code), costsAgainstRest(problem, params, code), params, context),
    );
    coef.set(v.subarray(0, x.columns), k * x.columns);
    if (params.fit_intercept) intercept[k] = params.intercept_scaling * v[x.columns];
  }
  return linearModel({ classes, features: x.columns, coef, intercept, probabilities: 'none' });
}

/**
 * n prices: C times the weights of samples and classes. With more than two classes, only the samples of the class
 * `code` are weighed by class.
 */
function costsAgainstRest(problem: ClassProblem, params: LinearSvcParameters, code: number): Float64Array {
  const perClass = classWeights(params.class_weight, problem);
  const { binary } = codingOf(problem.classes);
  const costs = new Float64Array(problem.y.length);
  for (let i = 0; i < costs.length; i++) {
    const label = problem.y[i];
    const weight = binary || label === code ? perClass[label] : 1;
    costs[i] = params.C * weight * (problem.weights?.[i] ?? 1);
  }
  return costs;
}

/** The optimal v for one class against the rest. */
function solve(
  x: Matrix,
  signs: Float64Array,
  costs: Float64Array,
  params: LinearSvcParameters,
  context: FitContext,
): Float64Array {
  const solved =
    params.loss === 'hinge'
      ? solveHinge(x, signs, costs, params, context)
      : solveSquaredHinge(x, signs, costs, params);
  if (!(solved.gap <= solved.target)) context.warn(shortfall('LinearSVC', solved, params.max_iter, x));
  return solved.v;
}

/** The result of a solver. */
interface Solved extends Ended {
  v: Float64Array;
}

function solveSquaredHinge(
  x: Matrix,
  signs: Float64Array,
  costs: Float64Array,
  { penalty, tol, max_iter }: LinearSvcParameters,
): Solved {
  const prices = penalty === 'l1' ? { l1: 1, l2: 0 } : { l1: 0, l2: 1 };
  const state = startAtNull(designOf(x), squaredHingeLoss(signs, costs), prices, false, tol, max_iter);
  const { gap } = minimizeLoss(state);
  return { v: state.coef.slice(), gap, target: state.target, iterations: state.iterations };
}

function solveHinge(
  x: Matrix,
  signs: Float64Array,
  costs: Float64Array,
  { random_state, tol, max_iter }: LinearSvcParameters,
  context: FitContext,
): Solved {
  const rng = context.rng.child('LinearSVC', random_state ?? 0);
  return minimizeHinge(designOf(x), signs, costs, tol * GAP_PER_TOLERANCE, max_iter, rng);
}
