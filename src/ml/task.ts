/** What a model learns, and whether an estimator learns that. */
import type { TargetMeaning } from '../base/dataset.js';
import { InputError } from '../base/errors.js';
import { registry } from './registry.js';
import type { Estimator } from './types.js';

export type Task = Estimator['task'];

/** The task that a target asks for. */
export function taskOf(target: Pick<TargetMeaning, 'kind'>): Task {
  return target.kind === 'values' ? 'regression' : 'classification';
}

/**
 * Refuses an estimator of the other task, and offers the step that does the same for this task. Throws InputError
 * `not-values` or `not-classes`.
 */
export function refuseOtherTask({ name, task }: Pick<Estimator, 'name' | 'task'>, asked: Task): void {
  if (task === asked) return;
  const [learns, holds] = task === 'regression' ? ['values', 'classes'] : ['classes', 'values'];
  const sister = sisterOf(name);
  throw new InputError(`not-${learns}`, `${name} learns ${learns}, and the target holds ${holds}`, {
    value: name,
    expected: asked === 'regression' ? 'a regressor' : 'a classifier',
    hint: sister ? `Use ${sister}.` : `\`spt steps\` lists the steps for a target of ${holds}.`,
  });
}

/** Steps whose names do not tell their sister of the other task. */
const SISTERS = [
  ['LogisticRegression', 'Ridge'],
  ['RidgeClassifier', 'Ridge'],
  ['SVC', 'SVR'],
  ['LinearSVC', 'LinearSVR'],
  ['LogisticRegression', 'LinearRegression'],
  ['LogisticRegression', 'Lasso'],
  ['LogisticRegression', 'ElasticNet'],
];

/** The step that does for the other task what this step does; undefined where there is none. */
function sisterOf(name: string): string | undefined {
  const named = SISTERS.find(pair => pair.includes(name))?.find(other => other !== name);
  const sister = named ?? name.replace(/Classifier$|Regressor$/, end => OTHER_END[end]);
  return sister !== name && registry.has(sister) ? sister : undefined;
}

const OTHER_END: { [end: string]: string } = { Classifier: 'Regressor', Regressor: 'Classifier' };
