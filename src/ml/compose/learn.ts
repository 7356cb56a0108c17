import { classProblem } from '../targets/classes.js';
import { valueProblem } from '../targets/values.js';
import type { Estimator, FitContext, Predictor, Problem } from '../types.js';
import type { InnerStep } from './inner-step.js';

/** Fits an estimator on a problem. Throws InputError `not-classes` or `not-values` for a target of the other task. */
export function learn(
  { kind, params }: Pick<InnerStep<Estimator>, 'kind' | 'params'>,
  problem: Problem,
  context: FitContext,
): Predictor {
  return kind.task === 'regression'
    ? kind.fit(valueProblem(problem), params, context)
    : kind.fit(classProblem(problem), params, context);
}
