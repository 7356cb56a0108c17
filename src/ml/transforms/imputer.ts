import { z } from 'zod';
import { categoryNames, numberColumns, type Matrix } from '../../base/dataset.js';
import { InputError } from '../../base/errors.js';
import { someOf } from '../../base/listing.js';
import { unless } from '../effective.js';
import { UNCHANGED } from '../invariances.js';
import { column, emptyMatrix } from '../algebra/matrix.js';
import type { Obstacle } from '../needs.js';
import { unusedParameters } from '../parameters.js';
import type { Problem } from '../types.js';
import { defineTransform } from './define.js';
import { mode, moments, quantile, sortedPresent } from '../algebra/statistics.js';

/**
 * scikit-learn's SimpleImputer (sklearn/impute/_base.py): missing values become a statistic of their column. A column
 * without values is dropped with a warning `empty-feature`, unless the statistic is a constant, or
 * `keep_empty_features` fills the column with 0.
 */

const STATISTICS = {
  mean: (values: Float64Array) => moments(values).mean,
  median: (values: Float64Array) => quantile(sortedPresent(values), 0.5),
  most_frequent: (values: Float64Array) => mode(sortedPresent(values)),
};

export const simpleImputer = defineTransform({
  name: 'SimpleImputer',
  summary: 'fills in missing values',
  missing: true,
  categories: true,
  params: z.strictObject({
    strategy: z
      .enum(['mean', 'median', 'most_frequent', 'constant'])
      .default('mean')
      .describe('what a missing value becomes'),
    fill_value: z
      .number()
      .nullable()
      .default(null)
      .describe('the value that strategy constant fills in; null is 0'),
    add_indicator: z
      .boolean()
      .default(false)
      .describe('whether to add a 0/1 feature for each feature that has missing values in the fit'),
    keep_empty_features: z
      .boolean()
      .default(false)
      .describe('whether a feature without values is filled with 0; false drops it'),
    copy: unusedParameters.copy,
  }),
  invariances: ({ strategy }) => ({
    ...UNCHANGED,
    ...(strategy === 'constant' && ({ shift: 'no', scale: 'no', featureScales: 'no' } as const)),
    upToScale: true,
  }),
  effective: params => unless(params.strategy === 'constant', params, 'fill_value'),
  needs: ({ strategy }, { categories }) => needNumbers(strategy, categories),
  leaves: ({ add_indicator }, shape) => ({
    ...shape,
    features: add_indicator ? 2 * shape.features : shape.features,
    gaps: [],
    ...(add_indicator && { columns: undefined }),
  }),
  learn(
    { x, columns = [] }: Problem,
    { strategy, fill_value, add_indicator, keep_empty_features },
    { warn },
  ) {
    const obstacle = needNumbers(strategy, categoryNames(columns));
    if (obstacle) throw new InputError('categories', obstacle.what, obstacle);
    const kept: number[] = [];
    const fill: number[] = [];
    const marked: number[] = [];
    for (let j = 0; j < x.columns; j++) {
      const values = column(x, j);
      const missing = values.filter(Number.isNaN).length;
      if (add_indicator && missing > 0) marked.push(j);
      const empty = missing === x.rows && strategy !== 'constant';
      if (empty && !keep_empty_features) continue;
      kept.push(j);
      if (strategy === 'constant') fill.push(fill_value ?? 0);
      else fill.push(empty ? 0 : STATISTICS[strategy](values));
    }
    if (kept.length < x.columns) {
      const dropped = x.columns - kept.length;
      const [have, were] = dropped === 1 ? ['feature has', 'was'] : ['features have', 'were'];
      warn({ code: 'empty-feature', message: `${dropped} ${have} no value and ${were} dropped.` });
    }
    return { kept: Int32Array.from(kept), fill: Float64Array.from(fill), marked: Int32Array.from(marked) };
  },
  apply: ({ kept, fill, marked }, x) => impute(x, kept, fill, marked),
  flow: ({ kept, marked }, features) => ({
    kind: 'each',
    features,
    from: Int32Array.of(...kept, ...marked),
    factor: Float64Array.of(...kept.map(() => 1), ...Array.from(marked, () => NaN)),
  }),
  columns: ({ kept, marked }, columns) => [
    ...Array.from(kept, j => columns[j]),
    ...numberColumns(Array.from(marked, j => `missingindicator_${columns[j].name}`)),
  ],
});

/** Only the most frequent level says something of a category: the mean of codes means nothing. */
function needNumbers(strategy: string, categories: readonly string[]): Obstacle | undefined {
  if (categories.length === 0 || strategy === 'most_frequent') return undefined;
  return {
    what: `strategy ${strategy} is for numbers, and some features are categories: ${someOf(categories)}`,
    value: strategy,
    expected: 'most_frequent, which fills categories, too',
  };
}

/** m x (kept + marked): the kept columns with their gaps filled, then a 0/1 column for each marked one. */
function impute(x: Matrix, kept: Int32Array, fill: Float64Array, marked: Int32Array): Matrix {
  const filled = emptyMatrix(x.rows, kept.length + marked.length);
  kept.forEach((j, at) => {
    const to = column(filled, at);
    column(x, j).forEach((value, i) => (to[i] = Number.isNaN(value) ? fill[at] : value));
  });
  marked.forEach((j, at) => {
    const to = column(filled, kept.length + at);
    column(x, j).forEach((value, i) => (to[i] = Number.isNaN(value) ? 1 : 0));
  });
  return filled;
}
