import { classCounts, classesOf, type Matrix } from '../../base/dataset.js';
import { InputError } from '../../base/errors.js';
import type { ClassProblem, Problem } from '../types.js';

/** The problem of a classifier, and the check of its classes. */

/**
 * The problem as a classifier takes it. Nothing is copied. Throws InputError `not-classes` for a target of values.
 */
export function classProblem({ x, target, weights, columns }: Problem): ClassProblem {
  const { codes, k } = classesOf(target);
  return { x, y: codes, classes: k, ...(weights && { weights }), ...(columns && { columns }) };
}

/** Refuses samples of a single class. Throws InputError `one-class`. */
export function refuseOneClass({ x, y, classes }: { x: Matrix; y: Int32Array; classes: number }): void {
  const present = classCounts(y, classes).filter(count => count > 0).length;
  if (present >= 2) return;
  throw new InputError('one-class', `all ${x.rows} samples are of one class`, {
    expected: 'samples of at least two classes',
  });
}
