import { z } from 'zod';
import { column, emptyMatrix } from '../matrix.js';
import { unusedParameters } from '../parameters.js';
import type { Matrix, Problem } from '../types.js';
import { defineTransform } from './define.js';
import { columnMoments, columnRanges, isConstant, quantile, safeScale, sortedPresent } from './statistics.js';

/**
 * Scalers, with scikit-learn's names, defaults and treatment of constant and missing values (sklearn/preprocessing/
 * _data.py): missing values are left out of the fit and stay missing, a constant column is divided by 1.
 */

/** x -> (x - shift) / scale, per column. */
type ShiftAndScale = { shift: Float64Array; scale: Float64Array };

function shiftAndScale({ shift, scale }: ShiftAndScale, x: Matrix): Matrix {
  const { rows, columns, data } = x;
  const scaled = emptyMatrix(rows, columns);
  for (let j = 0, at = 0; j < columns; j++) {
    const [middle, spread] = [shift[j], scale[j]];
    for (const end = at + rows; at < end; at++) scaled.data[at] = (data[at] - middle) / spread;
  }
  return scaled;
}

/** Shift and scale of each column by a function of its values. */
function perColumn(x: Matrix, of: (values: Float64Array) => [shift: number, scale: number]): ShiftAndScale {
  const shift = new Float64Array(x.columns);
  const scale = new Float64Array(x.columns);
  for (let j = 0; j < x.columns; j++) [shift[j], scale[j]] = of(column(x, j));
  return { shift, scale };
}

export const standardScaler = defineTransform({
  name: 'StandardScaler',
  summary: 'makes each feature have mean 0 and variance 1',
  missing: true,
  params: z.strictObject({
    with_mean: z.boolean().default(true).describe('subtract the mean'),
    with_std: z.boolean().default(true).describe('divide by the standard deviation'),
    copy: unusedParameters.copy,
  }),
  learn({ x }: Problem, { with_mean, with_std }) {
    const { counts, means, variances } = columnMoments(x);
    const scale = variances.map((variance, j) =>
      isConstant(variance, means[j], counts[j]) ? 1 : safeDeviation(variance),
    );
    return {
      shift: with_mean ? means : new Float64Array(x.columns),
      scale: with_std ? scale : new Float64Array(x.columns).fill(1),
    };
  },
  apply: shiftAndScale,
});

/** The root of a variance; 1 where the variance underflows to nothing. */
function safeDeviation(variance: number): number {
  const deviation = Math.sqrt(variance);
  return deviation === 0 ? 1 : deviation;
}

export const minMaxScaler = defineTransform({
  name: 'MinMaxScaler',
  summary: 'maps the range of each feature to [0, 1] or another range',
  missing: true,
  params: z.strictObject({
    feature_range: z
      .tuple([z.number(), z.number()])
      .refine(([low, high]) => low < high, 'the smaller bound comes first')
      .default([0, 1])
      .describe('the range that the features get'),
    clip: z.boolean().default(false).describe('cut new values to the range'),
    copy: unusedParameters.copy,
  }),
  learn({ x }: Problem, { feature_range: [low, high], clip }) {
    const { smallest, largest } = columnRanges(x);
    const scale = largest.map((most, j) => (high - low) / safeScale(most - smallest[j]));
    const offset = scale.map((factor, j) => low - smallest[j] * factor);
    return { scale, offset, low, high, clip };
  },
  apply({ scale, offset, low, high, clip }, x) {
    const { rows, columns, data } = x;
    const scaled = emptyMatrix(rows, columns);
    for (let j = 0, at = 0; j < columns; j++) {
      const [factor, constant] = [scale[j], offset[j]];
      for (const end = at + rows; at < end; at++) scaled.data[at] = data[at] * factor + constant;
    }
    if (clip) scaled.data.forEach((value, at) => (scaled.data[at] = Math.min(Math.max(value, low), high)));
    return scaled;
  },
});

export const robustScaler = defineTransform({
  name: 'RobustScaler',
  summary: 'subtracts the median and divides by the range between quantiles',
  missing: true,
  params: z.strictObject({
    with_centering: z.boolean().default(true).describe('subtract the median'),
    with_scaling: z.boolean().default(true).describe('divide by the range between the quantiles'),
    quantile_range: z
      .tuple([z.number().min(0), z.number().max(100)])
      .refine(([low, high]) => low < high, 'the smaller quantile comes first')
      .default([25, 75])
      .describe('the quantiles, in percent'),
    copy: unusedParameters.copy,
  }),
  learn({ x }: Problem, { with_centering, with_scaling, quantile_range: [low, high] }) {
    return perColumn(x, values => {
      const ascending = sortedPresent(values);
      const spread = quantile(ascending, high / 100) - quantile(ascending, low / 100);
      return [with_centering ? quantile(ascending, 0.5) : 0, with_scaling ? safeScale(spread) : 1];
    });
  },
  apply: shiftAndScale,
});

export const maxAbsScaler = defineTransform({
  name: 'MaxAbsScaler',
  summary: 'divides each feature by its largest absolute value',
  missing: true,
  params: z.strictObject({ copy: unusedParameters.copy }),
  learn({ x }: Problem) {
    const { smallest, largest } = columnRanges(x);
    const scale = largest.map((most, j) => safeScale(Math.max(Math.abs(smallest[j]), Math.abs(most))));
    return { shift: new Float64Array(x.columns), scale };
  },
  apply: shiftAndScale,
});

type Norm = (sum: number, value: number) => number;
const NORMS: Record<'l1' | 'l2' | 'max', Norm> = {
  l1: (sum, value) => sum + Math.abs(value),
  l2: (sum, value) => sum + value * value,
  max: (sum, value) => Math.max(sum, Math.abs(value)),
};

export const normalizer = defineTransform({
  name: 'Normalizer',
  summary: 'scales each sample to unit norm',
  params: z.strictObject({
    norm: z
      .enum(['l1', 'l2', 'max'])
      .default('l2')
      .describe('the norm that becomes 1; samples of zeros stay'),
    copy: unusedParameters.copy,
  }),
  learn: (_problem: Problem, { norm }) => ({ norm }),
  apply({ norm }, x) {
    const norms = new Float64Array(x.rows);
    for (let at = 0; at < x.data.length; at++)
      norms[at % x.rows] = NORMS[norm](norms[at % x.rows], x.data[at]);
    const scaled = emptyMatrix(x.rows, x.columns);
    for (let at = 0; at < x.data.length; at++) {
      const size = norm === 'l2' ? Math.sqrt(norms[at % x.rows]) : norms[at % x.rows];
      scaled.data[at] = x.data[at] / safeScale(size);
    }
    return scaled;
  },
});
