import { z } from 'zod';
import { numberColumns } from '../../base/dataset.js';
import { column, emptyMatrix } from '../algebra/matrix.js';
import { FeatureError } from '../checks.js';
import { unless } from '../effective.js';
import { UNCHANGED } from '../invariances.js';
import { unused } from '../parameters.js';
import type { Problem } from '../types.js';
import { defineTransform } from './define.js';

/** scikit-learn's MissingIndicator (sklearn/impute/_base.py): a 0/1 feature says where a feature lacks its value. */
export const missingIndicator = defineTransform({
  name: 'MissingIndicator',
  summary: 'turns each feature into a 0/1 feature that says where its values are missing',
  missing: true,
  categories: true,
  params: z.strictObject({
    features: z
      .enum(['missing-only', 'all'])
      .default('missing-only')
      .describe('the features that are marked: those with missing values in the fit, or all'),
    error_on_new: z
      .boolean()
      .default(true)
      .describe('whether a missing value is an error in a feature without missing values in the fit'),
    sparse: unused(z.union([z.boolean(), z.literal('auto')]).default('auto')),
  }),
  invariances: () => ({ ...UNCHANGED, shift: 'exact', sampleOrder: 'exact', doubled: 'exact' }),
  effective: params => unless(params.features === 'missing-only', params, 'error_on_new'),
  leaves: (_, shape) => ({ ...shape, gaps: [], least: undefined }),
  learn({ x }: Problem, { features, error_on_new }) {
    const places = Int32Array.from({ length: x.columns }, (_, j) => j);
    const marked = features === 'all' ? places : places.filter(j => column(x, j).some(Number.isNaN));
    const complete = error_on_new ? places.filter(j => !marked.includes(j)) : new Int32Array();
    return { marked, complete };
  },
  apply({ marked, complete }, x) {
    for (const j of complete) if (column(x, j).some(Number.isNaN)) throw newGap(j);
    const out = emptyMatrix(x.rows, marked.length);
    marked.forEach((j, at) => {
      const to = column(out, at);
      column(x, j).forEach((value, i) => (to[i] = Number.isNaN(value) ? 1 : 0));
    });
    return out;
  },
  columns: ({ marked }, columns) =>
    numberColumns(Array.from(marked, j => `missingindicator_${columns[j].name}`)),
  flow: ({ marked }, features) => ({
    kind: 'each',
    features,
    from: marked,
    factor: new Float64Array(marked.length).fill(NaN),
  }),
});

function newGap(j: number): FeatureError {
  const says = (feature: string): string =>
    `${feature} has a missing value, and it has none in the training samples of this fit`;
  return new FeatureError('new-gap', j, says, { value: NaN, hint: 'Write `error_on_new: false`.' });
}
