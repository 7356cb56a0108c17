import type { z } from 'zod';
import type { Matrix } from '../../base/dataset.js';
import { InputError } from '../../base/errors.js';
import { refuseEmpty, refuseInfinite, refuseNonFinite } from '../checks.js';
import type { Invariances } from '../invariances.js';
import type { Obstacle, Shape } from '../needs.js';
import type { Document, FitContext, FittedTransform, Problem, Transform } from '../types.js';

/** What a transform has learned: a record of plain data. */
export type Learned = { [name: string]: Document };

/** A transform as two pure functions, with what they learn between them as plain data. */
export interface TransformParts<P, L extends Learned> {
  name: string;
  summary: string;
  params: z.ZodType<P>;
  invariances(params: P): Invariances;
  /** Whether NaN means a missing value to it; where not, NaN is refused. */
  missing?: boolean;
  /** As `Transform.needs`. */
  needs?(params: P, shape: Shape): Obstacle | undefined;
  /** As `Transform.leaves`. */
  leaves?(params: P, shape: Shape): Shape;
  learn(problem: Problem, params: P, context: FitContext): L;
  /** The transformed matrix in new storage. */
  apply(learned: L, x: Matrix): Matrix;
  /** The names of the features that come out, given those that go in. Absent where they stay as they are. */
  names?(learned: L, names: readonly string[]): string[];
}

/**
 * Makes a transform of its parts. A fitted transform is always built from its document, so that one that was loaded from a
 * file cannot differ from one that was just fitted.
 */
export function defineTransform<P, L extends Learned>(parts: TransformParts<P, L>): Transform<P> {
  const { name, summary, params, invariances, learn, apply, names } = parts;
  const checkValues = parts.missing ? refuseInfinite : refuseNonFinite;
  const load = (document: Document): FittedTransform => {
    const { features, learned } = document as { features: number; learned: L };
    return {
      transform(x) {
        checkCount(name, features, x.columns);
        checkValues(x);
        return apply(learned, x);
      },
      names: names && (given => names(learned, given)),
      serialize: () => document,
    };
  };
  return {
    kind: 'transform',
    name,
    summary,
    params,
    tags: { missing: parts.missing ?? false },
    invariances,
    needs: parts.needs,
    leaves: parts.leaves,
    load,
    fit(problem, given, context) {
      refuseEmpty(problem.x);
      checkValues(problem.x);
      return load({ features: problem.x.columns, learned: learn(problem, given, context) });
    },
  };
}

function checkCount(name: string, expected: number, columns: number): void {
  if (columns === expected) return;
  throw new InputError(
    'feature-count',
    `${name} was fitted on ${expected} features, and the data have ${columns}`,
    {
      value: columns,
      expected: `${expected} features`,
    },
  );
}
