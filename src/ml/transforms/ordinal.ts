import { z } from 'zod';
import { numberColumns } from '../../base/dataset.js';
import { column, emptyMatrix } from '../algebra/matrix.js';
import { FeatureError } from '../checks.js';
import { unless } from '../effective.js';
import { eachFlow } from '../inside.js';
import { UNCHANGED } from '../invariances.js';
import { unused } from '../parameters.js';
import type { Problem } from '../types.js';
import { categoriesOf, placeIn, unknownCategory } from './categories.js';
import { defineTransform } from './define.js';

/**
 * scikit-learn's OrdinalEncoder (sklearn/preprocessing/_encoders.py): each category becomes its place among the
 * categories of its column. The levels of an ordered column keep their places, also those that no sample of the fit
 * has.
 */

/** A whole number, or a missing value. */
const code = z.union([z.int(), z.literal('nan')]);

const PARAMETERS = z.strictObject({
  categories: unused(z.enum(['auto']).default('auto')),
  handle_unknown: z
    .enum(['error', 'use_encoded_value'])
    .default('error')
    .describe('whether a category that the fit has not seen is an error, or becomes unknown_value'),
  unknown_value: code
    .nullable()
    .default(null)
    .describe('what such a category becomes: a number that is no place, or nan for a missing value'),
  encoded_missing_value: code
    .default('nan')
    .describe('what a missing value becomes: a number that is no place, or nan'),
});

const numberOf = (written: number | 'nan'): number => (written === 'nan' ? NaN : written);

export const ordinalEncoder = defineTransform({
  name: 'OrdinalEncoder',
  summary: 'turns each category into its place among the categories of its column',
  missing: true,
  categories: true,
  params: PARAMETERS.superRefine(({ handle_unknown, unknown_value }, context) => {
    if ((handle_unknown === 'error') === (unknown_value === null)) return;
    const message =
      unknown_value === null
        ? 'handle_unknown: use_encoded_value needs an unknown_value, for example -1 or nan'
        : 'unknown_value needs handle_unknown: use_encoded_value';
    context.addIssue({ code: 'custom', path: ['unknown_value'], message, input: unknown_value });
  }),
  invariances: () => ({ ...UNCHANGED, shift: 'exact', sampleOrder: 'exact', doubled: 'exact' }),
  effective: params => unless(params.handle_unknown === 'use_encoded_value', params, 'unknown_value'),
  leaves: ({ encoded_missing_value }, shape) => ({
    ...shape,
    gaps: encoded_missing_value === 'nan' ? shape.gaps : [],
    least: undefined,
  }),
  learn(problem, { handle_unknown, unknown_value, encoded_missing_value }) {
    const categories = categoriesOf(problem).map((found, j) => withAllLevels(found, problem, j));
    const isRefusing = handle_unknown === 'error';
    const unknown = numberOf(unknown_value ?? 'nan');
    const missing = numberOf(encoded_missing_value);
    categories.forEach((own, j) => {
      if (!isRefusing) refusePlace('unknown_value', unknown, own, j);
      if (Number.isNaN(own.at(-1))) refusePlace('encoded_missing_value', missing, own, j);
    });
    return { categories, unknown, missing, isRefusing };
  },
  apply({ categories, unknown, missing, isRefusing }, x) {
    const out = emptyMatrix(x.rows, x.columns);
    categories.forEach((own, j) => {
      const [to, placeOf] = [column(out, j), placeIn(own)];
      column(x, j).forEach((value, i) => {
        const place = placeOf(value);
        if (place < 0 && isRefusing) throw unknownCategory(j, value, HINT);
        to[i] = place < 0 ? unknown : Number.isNaN(value) ? missing : place;
      });
    });
    return out;
  },
  columns: (_, columns) => numberColumns(columns.map(({ name }) => name)),
  flow: (_, features) => eachFlow(new Float64Array(features).fill(NaN)),
});

const HINT = 'Write `handle_unknown: use_encoded_value` and `unknown_value: -1`.';

/** The categories of column j and, where it is ordered, all its levels. */
function withAllLevels(found: Float64Array, { columns }: Problem, j: number): Float64Array {
  const about = columns?.[j];
  if (about?.kind !== 'category' || !about.ordered) return found;
  const others = found.filter(value => !(value < about.levels.length));
  return Float64Array.of(...about.levels.keys(), ...others);
}

/** Refuses a number that is the place of a category already. Throws FeatureError `bad-parameter`. */
function refusePlace(parameter: string, value: number, categories: Float64Array, j: number): void {
  if (!(value >= 0 && value < categories.length)) return;
  const says = (feature: string): string => `${parameter} ${value} is the place of a category of ${feature}`;
  const expected = `a number below 0 or of at least ${categories.length}, or nan`;
  throw new FeatureError('bad-parameter', j, says, { value, expected });
}
