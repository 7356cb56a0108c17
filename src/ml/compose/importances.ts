import { numberColumns } from '../../base/dataset.js';
import { InputError } from '../../base/errors.js';
import { naming, refuseUnlearned } from '../checks.js';
import type { Obstacle, Shape } from '../needs.js';
import type { Estimator, FitContext, Problem } from '../types.js';
import { innerContext } from './fitted-chain.js';
import type { InnerStep } from './inner-step.js';
import { learn } from './learn.js';

/** How much each feature counts in a model: what scikit-learn's `importance_getter='auto'` reads. */

/** How the coefficients of several outputs become one number for each feature. */
export type Joining = 'norm' | 'squares';

/**
 * The importances of the p features for an estimator that is fitted on the problem: of a linear model the sum of |coef|
 * over the outputs (`norm`) or of coef^2 (`squares`), and of trees `feature_importances_` or its square. Throws
 * InputError `no-importances` for a model that has neither.
 */
export function importancesOf(
  step: InnerStep<Estimator>,
  problem: Problem,
  context: FitContext,
  joining: Joining,
): Float64Array {
  const { name } = step.kind;
  const columns =
    context.columns ?? numberColumns(Array.from({ length: problem.x.columns }, (_, j) => `x${j}`));
  return naming(name, columns, () => {
    const model = learn(step, problem, innerContext(context, step, columns, 'estimator'));
    refuseUnlearned(model, name);
    const inside = model.inside?.();
    if (!inside) throw noImportances(name);
    const joined = joining === 'norm' ? Math.abs : (value: number) => value * value;
    if (inside.kind === 'trees') return inside.importances.map(joined);
    const { coef, features } = inside;
    const found = new Float64Array(features);
    for (let at = 0; at < coef.length; at++) found[at % features] += joined(coef[at]);
    return found;
  });
}

/** Why the importances of an estimator cannot be had on data of a shape: it learns another target, or has none. */
export function noImportancesOf({ kind, params }: InnerStep<Estimator>, shape: Shape): Obstacle | undefined {
  const hasValues = shape.classes.length === 0;
  const { name, tags, task } = kind;
  const [wanted, such] = hasValues
    ? ['a regressor', 'Lasso or RandomForestRegressor']
    : ['a classifier', 'LogisticRegression with penalty l1, or RandomForestClassifier'];
  const instead = {
    value: name,
    expected: wanted,
    hint: `Take ${wanted} such as ${such}.`,
    path: ['estimator'],
  };
  if ((task === 'regression') !== hasValues) {
    const [learns, holds] = hasValues ? ['classes', 'values'] : ['values', 'classes'];
    return { ...instead, what: `${name} learns ${learns}, and the target holds ${holds}` };
  }
  if (tags.opaque?.(params) !== true) return undefined;
  return { ...instead, what: `this ${name} has no coefficients and no importances`, expected: TELLING };
}

const TELLING = 'a linear model, trees, or a machine with kernel linear';

function noImportances(name: string): InputError {
  return new InputError('no-importances', `this ${name} has no coefficients and no importances`, {
    value: name,
    expected: TELLING,
    hint: 'Take another estimator, such as LogisticRegression with penalty l1.',
  });
}
