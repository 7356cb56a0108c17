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

/** Refuses an estimator of the other task. Throws InputError `not-values` or `not-classes`. */
export function refuseOtherTask(kind: Pick<Estimator, 'name' | 'task'>, asked: Task): void {
  const error = otherTask(kind, asked);
  if (error) throw error;
}

/**
 * The error for an estimator of the other task, with the step that does the same for this task; undefined for one of
 * this task.
 */
export function otherTask(
  { name, task }: Pick<Estimator, 'name' | 'task'>,
  asked: Task,
): InputError | undefined {
  if (task === asked) return undefined;
  const [learns, holds] = task === 'regression' ? ['values', 'classes'] : ['classes', 'values'];
  const sister = sisterOf(name);
  const code = task === 'regression' ? 'not-values' : 'not-classes';
  return new InputError(code, `${name} learns ${learns}, and the target holds ${holds}`, {
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
