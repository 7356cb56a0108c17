import { valuesOf } from '../../base/dataset.js';
import type { Problem, ValueProblem } from '../types.js';

/** The problem as a regressor takes it. Nothing is copied. Throws InputError `not-values` for a target of classes. */
export function valueProblem({ x, target, weights, columns }: Problem): ValueProblem {
  const { values } = valuesOf(target);
  return { x, y: values, ...(weights && { weights }), ...(columns && { columns }) };
}
