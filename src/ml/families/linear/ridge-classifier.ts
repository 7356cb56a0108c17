/**
 * RidgeClassifier with scikit-learn's parameters, defaults and objective (sklearn/linear_model/_ridge.py):
 *
 *   minimize over w, b:  sum_i s_i (y_i - x_i . w - b)^2 + alpha |w|^2
 *
 * y is 1 for a class and -1 for the others, and s are sample weights times class weights. Two classes have one column,
 * and more classes have a column each. The intercept is not penalized.
 *
 * The solution is exact (ridge.ts), so `solver`, `tol`, `max_iter` and `random_state` change nothing. Weights and the
 * intercept are taken out first (frame.ts).
 */
import { z } from 'zod';
import { PENALIZED } from '../../invariances.js';
import { checkProblem } from '../../checks.js';
import { column, emptyMatrix } from '../../algebra/matrix.js';
import { codingOf, signsOf } from '../../targets/coding.js';
import { solveFramed } from './frame.js';
import { linearModel, loadLinearModel } from './model.js';
import { penaltyParameters, solverParameters } from './ridge-parameters.js';
import { ridgeInFrame } from './ridge.js';
import type { ClassifierKind, Classifier, ClassProblem } from '../../types.js';
import { bindClassWeight, classWeightParameter, sampleWeights } from '../../weights.js';

const parameters = z.strictObject({
  ...penaltyParameters,
  class_weight: classWeightParameter,
  ...solverParameters,
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
  const { classes, x, y } = problem;
  const coding = codingOf(classes);
  const targets = emptyMatrix(x.rows, coding.columns);
  for (let k = 0; k < coding.columns; k++) column(targets, k).set(signsOf(y, coding.classOf(k)));
  const weights = sampleWeights(params.class_weight, problem);
  const { coef, intercept } = solveFramed(
    { x, targets, weights, fitIntercept: params.fit_intercept },
    framed => ridgeInFrame(framed, params.alpha),
  );
  return linearModel({ classes, features: x.columns, coef, intercept, probabilities: 'none' });
}
