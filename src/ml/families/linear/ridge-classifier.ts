/**
 * RidgeClassifier with scikit-learn's parameters, defaults and objective (sklearn/linear_model/_ridge.py):
 *
 *   minimize over w, b:  sum_i s_i (y_i - x_i . w - b)^2 + alpha |w|^2
 *
 * y is 1 for a class and -1 for the others, and s are sample weights times class weights. Two classes have one column,
 * and more classes have a column each. The intercept is not penalized.
 *
 * The solution is exact (ridge.ts), so `solver`, `tol`, `max_iter` and `random_state` change nothing. A free intercept
 * absorbs any shift of a feature, so features and targets are centered at their weighted means.
 */
import { z } from 'zod';
import type { Matrix } from '../../../base/dataset.js';
import { PENALIZED } from '../../invariances.js';
import { checkProblem } from '../../checks.js';
import { scope, unsetFloat64 } from '../../../kernels/memory.js';
import { dot } from '../../algebra/decomposition.js';
import { column, emptyMatrix } from '../../algebra/matrix.js';
import { inUnit, largestSize, unitFor } from '../../algebra/units.js';
import { codingOf, signsOf } from '../../targets/coding.js';
import { unused, unusedParameters } from '../../parameters.js';
import { linearModel, loadLinearModel } from './model.js';
import { ridgeSolution } from './ridge.js';
import type { ClassifierKind, Classifier, ClassProblem } from '../../types.js';
import { bindClassWeight, classWeightParameter, sampleWeights } from '../../weights.js';

const EXACT = 'no effect here, because the solution is exact';

const parameters = z.strictObject({
  alpha: z
    .number()
    .min(0)
    .default(1)
    .describe('the weight of the penalty; a larger alpha makes the coefficients smaller'),
  fit_intercept: z
    .boolean()
    .default(true)
    .describe('whether the model has an intercept; the intercept is not penalized'),
  class_weight: classWeightParameter,
  solver: unused(
    z.enum(['auto', 'svd', 'cholesky', 'lsqr', 'sparse_cg', 'sag', 'saga']).default('auto'),
    EXACT,
  ),
  tol: unused(z.number().min(0).default(1e-4), EXACT),
  max_iter: unused(z.int().min(1).nullable().default(null), EXACT),
  positive: unused(z.literal(false).default(false), 'coefficients may have any sign'),
  random_state: unusedParameters.random_state,
  copy_X: unusedParameters.copy,
});

type RidgeClassifierParameters = z.infer<typeof parameters>;

export const ridgeClassifier: ClassifierKind<RidgeClassifierParameters> = {
  kind: 'estimator',
  task: 'classification',
  name: 'RidgeClassifier',
  summary: 'linear model of the classes as -1 and 1, by least squares with an l2 penalty',
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
    decision: true,
    proba: () => false,
  },
  bind: bindClassWeight,
  fit,
  load: loadLinearModel,
};

function fit(problem: ClassProblem, params: RidgeClassifierParameters): Classifier {
  checkProblem(problem);
  const { classes, y } = problem;
  const coding = codingOf(classes);
  const unit = unitFor(largestSize(problem.x.data));
  const x = inUnit(problem.x, unit);
  const targets = emptyMatrix(x.rows, coding.columns);
  for (let k = 0; k < coding.columns; k++) column(targets, k).set(signsOf(y, coding.classOf(k)));
  const weights = sampleWeights(params.class_weight, problem) ?? new Float64Array(x.rows).fill(1);
  const middles = [x, targets].map(matrix =>
    params.fit_intercept ? weightedMeans(matrix, weights) : new Float64Array(matrix.columns),
  );
  const roots = weights.map(Math.sqrt);
  // The penalty of coefficients that are measured in the unit.
  const alpha = Math.min(params.alpha * unit * unit, Number.MAX_VALUE);
  const solution = scope(() => {
    const [features, signs] = [x, targets].map((matrix, at) => centered(matrix, middles[at], roots));
    return ridgeSolution(features, signs, alpha);
  });
  const [means, heights] = middles;
  const intercept = heights.map((height, k) => height - dot(means, column(solution, k)));
  const coef = solution.data.map(value => value * unit);
  return linearModel({ classes, features: x.columns, coef, intercept, probabilities: 'none' });
}

/**
 * The mean of each column by n weights. The mean of values far from 0 is rounded, so the mean of what is left of them
 * is added. Without any weight, the means are 0.
 */
function weightedMeans(x: Matrix, weights: Float64Array): Float64Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0) || 1;
  return Float64Array.from({ length: x.columns }, (_, j) => {
    const values = column(x, j);
    const mean = dot(values, weights) / total;
    let rest = 0;
    for (let i = 0; i < values.length; i++) rest += (values[i] - mean) * weights[i];
    return mean + rest / total;
  });
}

/** The columns less their means, each row times its root, in the memory of the kernels. */
function centered({ rows, columns, data }: Matrix, means: Float64Array, roots: Float64Array): Matrix {
  const moved = unsetFloat64(rows * columns);
  for (let j = 0, at = 0; j < columns; j++) {
    const mean = means[j];
    for (let i = 0; i < rows; i++, at++) moved[at] = (data[at] - mean) * roots[i];
  }
  return { rows, columns, data: moved };
}
