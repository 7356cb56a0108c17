/**
 * LogisticRegression with scikit-learn's parameters, defaults and objective (sklearn/linear_model/_logistic.py):
 *
 *   minimize over w, b:  C sum_i s_i log(1 + e^(-y_i (x_i . w + b))) + r(w)
 *
 * for two classes (y is -1 or 1, and s are sample weights times class weights). More classes have the softmax loss. r
 * is |w|^2 / 2 (l2), |w|_1 (l1), (1 - l1_ratio) |w|^2 / 2 + l1_ratio |w|_1 (elasticnet) or 0 (none). The intercept is
 * not penalized. One solver serves all of them (solve.ts). `solver` is read for its meaning in scikit-learn, where
 * liblinear implies one-versus-rest.
 *
 * A free intercept absorbs any shift of a feature, so the solver gets features with mean 0. Features that are far
 * from 0, such as dates in seconds, then have the same optimum as the same features after a shift.
 *
 * Converged means that the duality gap is at most 1e-4 tol times the objective. Without a penalty it means that the
 * next step of Newton's method promises at most 1e-4 tol times the loss of the null model (intercepts only).
 */
import { z } from 'zod';
import type { Matrix } from '../../../base/dataset.js';
import { type Effective, without } from '../../effective.js';
import { PENALIZED } from '../../invariances.js';
import { scope } from '../../../kernels/memory.js';
import { checkProblem } from '../../checks.js';
import { codingOf, signsOf } from '../../targets/coding.js';
import { binaryLoss, softmaxLoss, type Loss } from './loss.js';
import { linearModel, loadLinearModel, type LinearFit } from './model.js';
import { minimizeLoss } from './solve.js';
import { centeredDesign, designOf, startAtNull, type Design, type Penalty } from './state.js';
import { shortfall } from './shortfall.js';
import type { ClassifierKind, FitContext, Classifier, ClassProblem } from '../../types.js';
import { classWeightParameter, classWeights, sampleWeights, bindClassWeight } from '../../weights.js';

const unused = 'accepted for compatibility; has no effect';

const PARAMETERS = z
  .strictObject({
    penalty: z
      .enum(['l1', 'l2', 'elasticnet', 'none'])
      .nullable()
      .default('l2')
      .describe('the penalty that keeps the coefficients small; null is none'),
    C: z.number().gt(0).default(1).describe('the weight of the loss; a smaller C is a stronger penalty'),
    l1_ratio: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .default(null)
      .describe('the share of the l1 penalty, for elasticnet'),
    fit_intercept: z
      .boolean()
      .default(true)
      .describe('whether the model has an intercept; the intercept is not penalized'),
    class_weight: classWeightParameter,
    multi_class: z
      .enum(['auto', 'ovr', 'multinomial'])
      .default('auto')
      .describe('auto is multinomial for three or more classes, unless solver is liblinear'),
    tol: z
      .number()
      .gt(0)
      .default(1e-4)
      .describe('the solver stops at a duality gap of 1e-4 tol times the objective'),
    max_iter: z.int().min(1).default(100).describe("the largest number of steps of Newton's method"),
    solver: z
      .enum(['lbfgs', 'liblinear', 'newton-cg', 'newton-cholesky', 'sag', 'saga'])
      .default('lbfgs')
      .describe(
        'one solver serves all values; liblinear makes multi_class auto one-versus-rest, and then ' +
          'class_weight weighs only the class itself',
      ),
    random_state: z
      .int()
      .min(0)
      .nullable()
      .default(null)
      .describe('accepted for compatibility; has no effect, because the solver is deterministic'),
    dual: z.boolean().default(false).describe(unused),
    intercept_scaling: z.number().gt(0).default(1).describe(unused),
    warm_start: z.boolean().default(false).describe(unused),
    n_jobs: z.int().nullable().default(null).describe(unused),
    verbose: z
      .union([z.boolean(), z.int().min(0)])
      .default(0)
      .describe(unused),
  })
  .refine(({ penalty, l1_ratio }) => penalty !== 'elasticnet' || l1_ratio !== null, {
    path: ['l1_ratio'],
    message: 'penalty elasticnet needs an l1_ratio between 0 and 1',
  });

export type LogisticRegressionParameters = z.infer<typeof PARAMETERS>;

/** One solver does the work of all solvers of scikit-learn. It gets the loss and the weights of the two penalties. */
function effective(
  { penalty, l1_ratio, C, solver, multi_class, class_weight, ...others }: LogisticRegressionParameters,
  classes: number,
): Effective {
  const isLiblinear = solver === 'liblinear';
  const l1 = { none: undefined, l1: 1, l2: 0, elasticnet: l1_ratio }[penalty ?? 'none'];
  const isMultinomial =
    multi_class === 'multinomial' || (multi_class === 'auto' && classes > 2 && !isLiblinear);
  return {
    ...without(others, 'random_state', 'dual', 'intercept_scaling', 'warm_start', 'n_jobs', 'verbose'),
    class_weight,
    multinomial: isMultinomial,
    // Only liblinear applies the class weight to the samples of the class alone (see `costsAgainstRest`).
    ...(classes > 2 && class_weight !== null && { liblinear: isLiblinear }),
    ...(l1 !== undefined && { C, l1 }),
  };
}

export const logisticRegression: ClassifierKind<LogisticRegressionParameters> = {
  kind: 'estimator',
  task: 'classification',
  name: 'LogisticRegression',
  summary: 'linear model of the odds, with l1, l2, elasticnet or no penalty',
  params: PARAMETERS,
  invariances: ({ penalty }) => (penalty === null ? { ...PENALIZED, doubled: 'close' } : PENALIZED),
  effective,
  tags: {
    missing: false,
    weights: () => 'repetitions',
    deterministic: () => true,
    ordersFeatures: false,
    decision: true,
    proba: () => true,
  },
  bind: bindClassWeight,
  fit,
  load: loadLinearModel,
};

/** One optimum: outputs x p coefficients and as many intercepts as outputs. */
type Part = Pick<LinearFit, 'coef' | 'intercept'>;

function fit(problem: ClassProblem, params: LogisticRegressionParameters, context: FitContext): Classifier {
  checkProblem(problem);
  const { classes, x } = problem;
  const multinomial =
    params.multi_class === 'multinomial' ||
    (params.multi_class === 'auto' && !codingOf(classes).binary && params.solver !== 'liblinear');
  const { coef, intercept } = scope(() => {
    if (!params.fit_intercept) return fitDesign(problem, designOf(x), multinomial, params, context);
    const { design, means } = centeredDesign(x);
    return shifted(fitDesign(problem, design, multinomial, params, context), means, multinomial);
  });
  return linearModel({
    classes,
    features: x.columns,
    coef,
    intercept,
    probabilities: multinomial ? 'multinomial' : 'one-versus-rest',
  });
}

function fitDesign(
  problem: ClassProblem,
  design: Design,
  multinomial: boolean,
  params: LogisticRegressionParameters,
  context: FitContext,
): Part {
  const { classes, x, y } = problem;
  const { binary } = codingOf(classes);
  if (!multinomial && !binary) return fitOneVersusRest(problem, design, params, context);
  const costs = costsOf(problem, params);
  if (!binary) return fitLoss(x, design, softmaxLoss(y, classes, costs), params, context);
  const [penalty, signs] = [pricesOf(params), signsOf(y, 1)];
  if (!multinomial) return fitLoss(x, design, binaryLoss(signs, costs), params, context, penalty);
  return halved(fitLoss(x, design, binaryLoss(signs, costs), params, context, halfSquared(penalty)));
}

/**
 * The optimum for the features before they were centered. The intercepts of a softmax are free up to a constant, and
 * are given mean 0.
 */
function shifted({ coef, intercept }: Part, means: Float64Array, multinomial: boolean): Part {
  const columns = means.length;
  const moved = intercept.map((value, k) => {
    let shift = 0;
    for (let j = 0; j < columns; j++) shift += coef[k * columns + j] * means[j];
    return value - shift;
  });
  if (!multinomial || moved.length === 1) return { coef, intercept: moved };
  const mean = moved.reduce((sum, value) => sum + value, 0) / moved.length;
  return { coef, intercept: moved.map(value => value - mean) };
}

function pricesOf({ penalty, l1_ratio }: LogisticRegressionParameters): Penalty {
  if (penalty === 'l1') return { l1: 1, l2: 0 };
  if (penalty === 'l2') return { l1: 0, l2: 1 };
  if (penalty === 'elasticnet') return { l1: l1_ratio!, l2: 1 - l1_ratio! };
  return { l1: 0, l2: 0 };
}

/**
 * A softmax of two classes has the coefficients -w and w. Written in 2w, the coefficients of the margin, it is the
 * loss of two classes. The l1 penalty of both rows together is |2w|_1. The squared penalty of both is |2w|^2 / 2,
 * half of what two classes have.
 */
function halfSquared({ l1, l2 }: Penalty): Penalty {
  return { l1, l2: l2 / 2 };
}

function halved({ coef, intercept }: Part): Part {
  return { coef: coef.map(value => value / 2), intercept: intercept.map(value => value / 2) };
}

/** n prices: C times the weights. Without a penalty, C has no meaning and counts as 1. */
function costsOf(problem: ClassProblem, params: LogisticRegressionParameters): Float64Array {
  const none = params.penalty === null || params.penalty === 'none';
  const price = none ? 1 : params.C;
  const weights = sampleWeights(params.class_weight, problem);
  const costs = new Float64Array(problem.x.rows).fill(price);
  return weights ? costs.map((cost, i) => cost * weights[i]) : costs;
}

/**
 * The prices of class k against the rest, as in scikit-learn. With liblinear, the class weight counts for the samples
 * of the class itself only. Otherwise `balanced` weighs the class against the rest, and a map weighs each class.
 */
function costsAgainstRest(
  problem: ClassProblem,
  params: LogisticRegressionParameters,
  k: number,
  own: Int32Array,
): Float64Array {
  if (params.solver === 'liblinear') {
    const weight = classWeights(params.class_weight, problem)[k];
    const costs = costsOf(problem, { ...params, class_weight: null });
    return costs.map((cost, i) => (own[i] ? cost * weight : cost));
  }
  return costsOf(params.class_weight === 'balanced' ? { ...problem, y: own, classes: 2 } : problem, params);
}

function fitOneVersusRest(
  problem: ClassProblem,
  design: Design,
  params: LogisticRegressionParameters,
  context: FitContext,
): Part {
  const { classes, x, y } = problem;
  const coef = new Float64Array(classes * x.columns);
  const intercept = new Float64Array(classes);
  for (let k = 0; k < classes; k++) {
    const part = scope(() => {
      const own = y.map(code => (code === k ? 1 : 0));
      const costs = costsAgainstRest(problem, params, k, own);
      return fitLoss(x, design, binaryLoss(signsOf(y, k), costs), params, context);
    });
    coef.set(part.coef, k * x.columns);
    intercept[k] = part.intercept[0];
  }
  return { coef, intercept };
}

function fitLoss(
  x: Matrix,
  design: Design,
  loss: Loss,
  params: LogisticRegressionParameters,
  context: FitContext,
  penalty: Penalty = pricesOf(params),
): Part {
  const state = startAtNull(design, loss, penalty, params.fit_intercept, params.tol, params.max_iter);
  const { gap } = minimizeLoss(state);
  if (!(gap <= state.target)) {
    const { iterations, target } = state;
    context.warn(shortfall('LogisticRegression', { gap, target, iterations }, params.max_iter, x));
  }
  if (penalty.l1 === 0 && penalty.l2 === 0 && loss.separated()) {
    context.warn({
      code: 'separable',
      step: 'LogisticRegression',
      message:
        'a plane separates the classes, so the coefficients grow without end where there is no penalty. They were ' +
        'stopped at the tolerance. Use a penalty (l1, l2).',
    });
  }
  return { coef: state.coef.slice(), intercept: state.intercepts.slice() };
}
