import type { z } from 'zod';
import type { DataColumn, Matrix } from '../../base/dataset.js';
import { InputError } from '../../base/errors.js';
import { refuseEmpty, refuseInfinite, refuseNonFinite } from '../checks.js';
import type { Effective } from '../effective.js';
import type { Flow } from '../inside.js';
import type { Invariances } from '../invariances.js';
import type { Obstacle, Shape } from '../needs.js';
import type { Document, FitContext, FittedTransform, Problem, Transform } from '../types.js';

/** How a transform is made. CONTRIBUTING.md lists what a new one needs. */

/** What a transform has learned: a record of plain data. */
export type Learned = { [name: string]: Document };

/** A transform as two pure functions: one learns plain data from a table, the other applies them to a table. */
export interface TransformParts<P, L extends Learned> {
  name: string;
  summary: string;
  params: z.ZodType<P>;
  invariances(params: P): Invariances;
  /** Whether NaN means a missing value. Otherwise NaN is refused. */
  missing?: boolean;
  /** Whether columns may hold codes of categories. Otherwise they are refused. */
  categories?: true;
  /** As `Transform.effective`. */
  effective?(params: P, classes: number): Effective;
  /** As `Transform.needs`. */
  needs?(params: P, shape: Shape): Obstacle | undefined;
  /** As `Transform.leaves`. */
  leaves?(params: P, shape: Shape): Shape;
  /**
   * Learns from n x p features. They are finite, or also missing (NaN) where `missing` says so; n and p are at least 1.
   */
  learn(problem: Problem, params: P, context: FitContext): L;
  /** The transform of m x p features, in new storage. */
  apply(learned: L, x: Matrix): Matrix;
  /** As `FittedTransform.trained`. */
  trained?(learned: L, problem: Problem, params: P, context: FitContext): Matrix;
  /** The columns that come out, given the p columns that go in. Absent where they stay the same. */
  columns?(learned: L, columns: readonly DataColumn[]): DataColumn[];
  /** How the features that come out depend on the p that go in. */
  flow(learned: L, features: number): Flow;
}

/**
 * Makes a transform of its parts. A fitted transform is always built from its document. So a transform that was loaded
 * from a file cannot differ from one that was just fitted. The transform throws InputError `feature-count` for another
 * number of features than it was fitted on, and refuses infinite values, and NaN where `missing` is not set.
 */
export function defineTransform<P, L extends Learned>(parts: TransformParts<P, L>): Transform<P> {
  const { name, summary, params, invariances, learn, apply, columns, flow } = parts;
  const checkValues = parts.missing ? refuseInfinite : refuseNonFinite;
  const load = (document: Document): FittedTransform => {
    const { features, learned } = document as { features: number; learned: L };
    return {
      transform(x) {
        checkCount(name, features, x.columns);
        checkValues(x);
        return apply(learned, x);
      },
      columns: columns && (given => columns(learned, given)),
      flow: () => flow(learned, features),
      serialize: () => document,
    };
  };
  return {
    kind: 'transform',
    name,
    summary,
    params,
    tags: { missing: parts.missing ?? false, ...(parts.categories && { categories: true }) },
    invariances,
    effective: parts.effective,
    needs: parts.needs,
    leaves: parts.leaves,
    load,
    fit(problem, given, context) {
      refuseEmpty(problem.x);
      checkValues(problem.x);
      const learned = learn(problem, given, context);
      const fitted = load({ features: problem.x.columns, learned });
      return parts.trained ? { ...fitted, trained: parts.trained(learned, problem, given, context) } : fitted;
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
