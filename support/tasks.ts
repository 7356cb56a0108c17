/** Both tasks in one suite: what is known to be of classes, and fits that may be of either task. */
import assert from 'node:assert/strict';
import type { Matrix } from '../src/base/dataset.js';
import type { ClassPredictions, Predictions } from '../src/ml/apply.js';
import { registry } from '../src/ml/registry.js';
import { findMetric, metrics } from '../src/ml/scoring/metrics.js';
import type { ClassMetric } from '../src/ml/scoring/types.js';
import type {
  ClassifierKind,
  ClassProblem,
  Estimator,
  FitContext,
  Predictor,
  RegressorKind,
} from '../src/ml/types.js';

/** A model, a pipeline or outputs, which must be of classes. */
export function ofClasses<T extends { classes?: number }>(one: T): Extract<T, { classes: number }> {
  assert.ok(one.classes !== undefined, 'this is of values');
  return one as Extract<T, { classes: number }>;
}

/** Predictions, which must be of classes. */
export function saidOfClasses(said: Predictions): ClassPredictions {
  assert.ok(said.values === undefined, 'these are values');
  return said;
}

/** All metrics of classes. */
export const classMetrics: readonly ClassMetric[] = [...metrics.values()].filter(
  metric => metric.task === 'classification',
);

/** The metric of classes of that name. */
export function classMetric(name: string): ClassMetric {
  const metric = findMetric(name);
  assert.ok(metric.task === 'classification', name);
  return metric;
}

const estimators = [...registry.values()].filter(kind => kind.kind === 'estimator');

/** All classifiers. */
export const classifiers: readonly ClassifierKind[] = estimators.filter(
  kind => kind.task === 'classification',
);

/** All regressors. */
export const regressors: readonly RegressorKind[] = estimators.filter(kind => kind.task === 'regression');

/** A fit of an estimator of either task. A regressor learns the codes of the classes as values. */
export function fitEither(
  kind: Estimator,
  problem: ClassProblem,
  params: object,
  context: FitContext,
): Predictor {
  if (kind.task === 'classification') return kind.fit(problem, params, context);
  const { x, y, weights } = problem;
  return kind.fit({ x, y: Float64Array.from(y), ...(weights && { weights }) }, params, context);
}

/** What a model of either task says with the most digits: probabilities, decisions or values. */
export function saidBy(model: Predictor, x: Matrix): Float64Array {
  if (model.classes === undefined) return model.predict(x);
  return model.proba?.(x) ?? model.decision!(x);
}
