import { z } from 'zod';
import type { DataColumn } from '../../base/dataset.js';
import { type Effective, unless } from '../effective.js';
import { keptFlow } from '../inside.js';
import { type Invariances, UNCHANGED } from '../invariances.js';
import { InputError } from '../../base/errors.js';
import { takeColumns } from '../algebra/matrix.js';
import { featuresLeft, needFeatures, needValues, type Obstacle, type Shape } from '../needs.js';
import { classProblem } from '../targets/classes.js';
import { valueProblem } from '../targets/values.js';
import type { FitContext, Problem } from '../types.js';
import { defineTransform } from './define.js';
import {
  CLASS_SCORES,
  VALUE_SCORES,
  refuseNegative,
  type ClassScore,
  type ScoreFunction,
  type ValueScore,
} from './scores.js';
import { columnMoments, columnRanges, quantile } from '../algebra/statistics.js';

/**
 * Transforms that keep some of the p features: scikit-learn's VarianceThreshold, SelectKBest and SelectPercentile
 * (sklearn/feature_selection). Ties, and scores that are NaN, are treated as scikit-learn treats them.
 */

/** The places of the features that are kept, ascending. */
type Kept = { kept: Int32Array };

const KEEP_COLUMNS = {
  apply: ({ kept }: Kept, x: Problem['x']) => takeColumns(x, kept),
  columns: ({ kept }: Kept, columns: readonly DataColumn[]) => Array.from(kept, j => columns[j]),
  flow: ({ kept }: Kept, features: number) => keptFlow(kept, features),
};

/** The places in [0, count) that are kept, ascending. */
function placesWhere(count: number, keep: (j: number) => boolean): Int32Array {
  return Int32Array.from({ length: count }, (_, j) => j).filter(keep);
}

/** Which features are left is known only in the fit. */
function someColumns(_: unknown, shape: Shape): Shape {
  return { ...shape, least: undefined, columns: undefined };
}

export const varianceThreshold = defineTransform({
  name: 'VarianceThreshold',
  summary: 'drops features that do not vary, or vary little',
  missing: true,
  params: z.strictObject({
    threshold: z.number().min(0).default(0).describe('features whose variance is above this are kept'),
  }),
  invariances: ({ threshold }) => ({
    ...UNCHANGED,
    ...(threshold > 0 && ({ scale: 'no', featureScales: 'no' } as const)),
    upToScale: true,
  }),
  leaves: someColumns,
  learn({ x }: Problem, { threshold }): Kept {
    // Without a threshold the range decides, because rounding cannot make it 0 or more than 0, as it can a variance.
    const { smallest, largest } = columnRanges(x);
    const { variances } = columnMoments(x);
    const kept = placesWhere(x.columns, j =>
      threshold === 0 ? largest[j] > smallest[j] : variances[j] > threshold,
    );
    if (kept.length > 0) return { kept };
    throw new InputError('no-features', `no feature has a variance above ${threshold}`, {
      value: threshold,
      hint: 'Lower the threshold.',
    });
  },
  ...KEEP_COLUMNS,
});

const SCORE_FUNCTION = z
  .enum([
    'f_classif',
    'chi2',
    'mutual_info_classif',
    'f_regression',
    'r_regression',
    'mutual_info_regression',
  ])
  .default('f_classif')
  .describe(
    'how a feature is scored. For classes: by F of an analysis of variance, by chi-squared of counts, or by mutual ' +
      'information. For values: by F of a regression, by the correlation with its sign, or by mutual information',
  );

const JITTER_SEED = z
  .int()
  .min(0)
  .nullable()
  .default(null)
  .describe('the seed of the jitter of mutual information; null takes the seed of the search');

const isInformation = (name: ScoreFunction): boolean =>
  name === 'mutual_info_classif' || name === 'mutual_info_regression';

const isOfValues = (name: ScoreFunction): name is ValueScore => Object.hasOwn(VALUE_SCORES, name);

/** The score function for the other task. */
const SISTERS: { [name in ScoreFunction]: ScoreFunction } = {
  f_classif: 'f_regression',
  chi2: 'f_regression',
  mutual_info_classif: 'mutual_info_regression',
  f_regression: 'f_classif',
  r_regression: 'f_classif',
  mutual_info_regression: 'mutual_info_classif',
};

/** chi2 depends on the zero and the unit of each feature. Doubled samples are the nearest neighbors of each other. */
function invariancesOfScores(name: ScoreFunction): Invariances {
  const same: Invariances = { ...UNCHANGED, featureOrder: 'close', upToScale: true };
  if (name === 'chi2') return { ...same, shift: 'no', featureScales: 'no' };
  return isInformation(name) ? { ...same, scale: 'close', doubled: 'no' } : same;
}

/** Only the neighbors of mutual information are found in values with a random jitter. */
function effectiveSelection<P extends { score_func: ScoreFunction; random_state: number | null }>(
  params: P,
): Effective {
  return unless(isInformation(params.score_func), params, 'random_state');
}

/** The obstacle of a score function that is for the other task, or that does not take the features. */
function needsOfScores(step: string, name: ScoreFunction, shape: Shape): Obstacle | undefined {
  const hasValues = shape.classes.length === 0;
  if (isOfValues(name) !== hasValues)
    return {
      what: hasValues
        ? `the score function ${name} is for classes, and the target holds values`
        : `the score function ${name} is for values, and the target holds classes`,
      value: name,
      hint: `Write \`${step}: { score_func: ${SISTERS[name]} }\`.`,
      path: ['score_func'],
    };
  if (name !== 'chi2') return undefined;
  const hint = 'Write `score_func: f_classif`, or put a step `- MinMaxScaler` before it.';
  return needValues(name, 'at least 0', hint, shape);
}

/** The scores of the p features. A NaN becomes the lowest number, so that it ranks last. */
function featureScores(name: ScoreFunction, problem: Problem, { rng }: FitContext): Float64Array {
  const scores = isOfValues(name)
    ? VALUE_SCORES[name](valueProblem(problem), rng)
    : CLASS_SCORES[name as ClassScore](classProblem(problem), rng);
  return scores.map(value => (Number.isNaN(value) ? -Number.MAX_VALUE : value));
}

export const selectKBest = defineTransform({
  name: 'SelectKBest',
  summary: 'keeps the k features with the highest scores',
  params: z.strictObject({
    score_func: SCORE_FUNCTION,
    k: z
      .union([z.int().min(1), z.literal('all')])
      .default(10)
      .describe('how many features are kept; all keeps all of them'),
    random_state: JITTER_SEED,
  }),
  invariances: ({ score_func }) => invariancesOfScores(score_func),
  effective: effectiveSelection,
  needs({ score_func, k }, shape) {
    const tooMany = needFeatures('k', k, shape);
    if (tooMany) return { ...tooMany, hint: 'Leave the step out, or write `k: all`.' };
    return needsOfScores('SelectKBest', score_func, shape);
  },
  leaves: ({ k }, shape) => ({
    ...shape,
    features: featuresLeft(k, shape.features),
    least: undefined,
    columns: undefined,
  }),
  learn(problem: Problem, { score_func, k }, context): Kept {
    const { columns } = problem.x;
    if (k !== 'all' && k > columns) {
      throw new InputError('k-too-large', `k is ${k}, and there are only ${columns} features`, {
        value: k,
        expected: `k of at most ${columns}, or all`,
      });
    }
    if (score_func === 'chi2') refuseNegative(problem.x);
    if (k === 'all' || k === columns) return { kept: placesWhere(columns, () => true) };
    const scores = featureScores(score_func, problem, context);
    const ascending = placesWhere(columns, () => true).sort((a, b) => compare(scores[a], scores[b]));
    return { kept: ascending.slice(columns - k).sort() };
  },
  ...KEEP_COLUMNS,
});

/** An order that takes infinite scores. Equal scores keep the order of their features, so the later feature is kept. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export const selectPercentile = defineTransform({
  name: 'SelectPercentile',
  summary: 'keeps the share of the features that has the highest scores',
  params: z.strictObject({
    score_func: SCORE_FUNCTION,
    percentile: z
      .number()
      .gt(0)
      .max(100)
      .default(10)
      .describe('the share of the features that is kept, in percent'),
    random_state: JITTER_SEED,
  }),
  invariances: ({ score_func }) => invariancesOfScores(score_func),
  effective: effectiveSelection,
  needs: ({ score_func }, shape) => needsOfScores('SelectPercentile', score_func, shape),
  leaves: someColumns,
  learn(problem: Problem, { score_func, percentile }, context): Kept {
    const { columns } = problem.x;
    if (score_func === 'chi2') refuseNegative(problem.x);
    if (percentile === 100) return { kept: placesWhere(columns, () => true) };
    const scores = featureScores(score_func, problem, context);
    const threshold = quantile(Float64Array.from(scores).sort(), (100 - percentile) / 100);
    const above = placesWhere(columns, j => scores[j] > threshold);
    const room = Math.max(0, Math.floor((columns * percentile) / 100) - above.length);
    const ties = placesWhere(columns, j => scores[j] === threshold).slice(0, room);
    const kept = Int32Array.from([...above, ...ties]).sort();
    if (kept.length > 0) return { kept };
    throw new InputError('no-features', `${percentile}% of ${columns} features is none`, {
      value: percentile,
      hint: 'Raise the percentile.',
    });
  },
  ...KEEP_COLUMNS,
});
