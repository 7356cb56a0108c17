import { z } from 'zod';
import { column, emptyMatrix } from '../algebra/matrix.js';
import { linspace, quantile, sortedPresent } from '../algebra/statistics.js';
import { eachFlow } from '../inside.js';
import { UNCHANGED } from '../invariances.js';
import { unused, unusedParameters } from '../parameters.js';
import { ownGenerator, randomState } from '../random-state.js';
import type { Problem } from '../types.js';
import { defineTransform } from './define.js';
import { drawRows } from './draw.js';
import { normalQuantile } from './normal-quantile.js';

/**
 * scikit-learn's QuantileTransformer (sklearn/preprocessing/_data.py): a value becomes its rank among the values of the
 * fit, as a share, or the quantile of the normal distribution at this share. Between quantiles we interpolate. Missing
 * values are left out of the fit and stay missing.
 */

const PARAMETERS = z.strictObject({
  n_quantiles: z
    .int()
    .min(1)
    .default(1000)
    .describe('how many quantiles of each feature are kept; never more than there are samples'),
  output_distribution: z
    .enum(['uniform', 'normal'])
    .default('uniform')
    .describe('the distribution that each feature gets'),
  ignore_implicit_zeros: unused(z.boolean().default(false)),
  subsample: z
    .int()
    .min(1)
    .default(10_000)
    .describe('how many samples the quantiles are estimated from; of more samples, so many are drawn'),
  random_state: randomState,
  copy: unusedParameters.copy,
});

/** Values nearer to a bound than this are at the bound, where the distribution is normal. */
const BOUND = 1e-7;
/** The shares are cut to [LEAST, 1 - LEAST], so that their normal quantiles are finite. */
const LEAST = BOUND - Number.EPSILON;

export const quantileTransformer = defineTransform({
  name: 'QuantileTransformer',
  summary: 'gives each feature a uniform or normal distribution by its ranks',
  missing: true,
  params: PARAMETERS.superRefine(({ n_quantiles, subsample }, context) => {
    if (n_quantiles <= subsample) return;
    const message = `n_quantiles is at most subsample, which is ${subsample}`;
    context.addIssue({ code: 'custom', path: ['n_quantiles'], message, input: n_quantiles });
  }),
  invariances: ({ output_distribution }) => ({
    ...UNCHANGED,
    doubled: 'no',
    ...(output_distribution === 'normal' && { range: { scale: [1e-3, 1e150] } as const }),
  }),
  leaves: (_, shape) => ({ ...shape, least: undefined }),
  learn({ x }: Problem, { n_quantiles, output_distribution, subsample, random_state }, { rng }) {
    const drawn = drawRows(x, subsample, ownGenerator(rng, random_state));
    const count = Math.min(n_quantiles, x.rows);
    const references = linspace(0, 1, count);
    const quantiles = emptyMatrix(count, x.columns);
    for (let j = 0; j < x.columns; j++) {
      const ascending = sortedPresent(column(drawn, j));
      const own = column(quantiles, j);
      // scikit-learn asks numpy in percent, and this rounding decides between equal values. Rounding may also make a
      // quantile smaller than the one before.
      references.forEach(
        (share, i) => (own[i] = Math.max(quantile(ascending, (share * 100) / 100), own[i - 1] ?? -Infinity)),
      );
    }
    return { references, quantiles: quantiles.data, isNormal: output_distribution === 'normal' };
  },
  apply({ references, quantiles, isNormal }, x) {
    const out = emptyMatrix(x.rows, x.columns);
    for (let j = 0; j < x.columns; j++) {
      const own = quantiles.subarray(j * references.length, (j + 1) * references.length);
      const to = column(out, j);
      const say = isNormal ? normalShare : uniformShare;
      column(x, j).forEach((value, i) => (to[i] = say(value, own, references)));
    }
    return out;
  },
  flow: (_, features) => eachFlow(new Float64Array(features).fill(NaN)),
});

/** The share of a value among ascending quantiles. NaN stays. */
function uniformShare(value: number, quantiles: Float64Array, references: Float64Array): number {
  if (value === quantiles[0]) return 0;
  if (value === quantiles.at(-1)) return 1;
  return shareOf(value, quantiles, references);
}

/** The normal quantile of the share of a value. NaN stays. */
function normalShare(value: number, quantiles: Float64Array, references: Float64Array): number {
  const isLowest = value - BOUND < quantiles[0];
  const isHighest = value + BOUND > quantiles.at(-1)!;
  const share = isLowest ? 0 : isHighest ? 1 : shareOf(value, quantiles, references);
  return Number.isNaN(share) ? NaN : normalQuantile(Math.min(Math.max(share, LEAST), 1 - LEAST));
}

/** The mean of the shares from below and from above, which differ where quantiles are equal. */
function shareOf(value: number, quantiles: Float64Array, references: Float64Array): number {
  if (Number.isNaN(value)) return NaN;
  const last = quantiles.length - 1;
  const below = countWhere(quantiles.length, i => quantiles[i] <= value) - 1;
  const above = countWhere(quantiles.length, i => quantiles[i] < value);
  if (below < 0) return references[0];
  if (above > last) return references[last];
  if (quantiles[below] === value) return 0.5 * (references[below] + references[above]);
  return (
    0.5 *
    (between(value, below, above, quantiles, references) +
      between(value, above, below, quantiles, references))
  );
}

/** The line through the points `from` and `to`, at a value. */
function between(
  value: number,
  from: number,
  to: number,
  quantiles: Float64Array,
  references: Float64Array,
): number {
  const slope = (references[to] - references[from]) / (quantiles[to] - quantiles[from]);
  return slope * (value - quantiles[from]) + references[from];
}

/** How many of the places 0 to count - 1 hold, where those that hold stand first. */
function countWhere(count: number, holds: (place: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
