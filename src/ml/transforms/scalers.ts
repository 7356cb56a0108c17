import { z } from 'zod';
import type { Matrix } from '../../base/dataset.js';
import { unless } from '../effective.js';
import { eachFlow } from '../inside.js';
import { UNCHANGED } from '../invariances.js';
import { column, emptyMatrix } from '../algebra/matrix.js';
import { unusedParameters } from '../parameters.js';
import type { Problem } from '../types.js';
import { largestSize, unitFor } from '../algebra/units.js';
import { defineTransform } from './define.js';
import { normalQuantile } from './normal-quantile.js';
import {
  columnMoments,
  columnRanges,
  isConstant,
  quantile,
  safeScale,
  sortedPresent,
  weightedMoments,
} from '../algebra/statistics.js';

/**
 * Scalers with scikit-learn's names and defaults (sklearn/preprocessing/_data.py). Missing values are left out of the
 * fit and stay missing. A constant column is divided by 1. n x p features stay n x p.
 */

/** scikit-learn's scalers leave a range below 10 epsilon as it is. */
const SCALER_RANGE = { scale: [1e-12, 1e150] } as const;

/** x becomes (x - shift) / scale; p values of each. */
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

/** The shift and the scale of each column, by a function of its values. */
function perColumn(x: Matrix, of: (values: Float64Array) => [shift: number, scale: number]): ShiftAndScale {
  const shift = new Float64Array(x.columns);
  const scale = new Float64Array(x.columns);
  for (let j = 0; j < x.columns; j++) [shift[j], scale[j]] = of(column(x, j));
  return { shift, scale };
}

export const standardScaler = defineTransform({
  name: 'StandardScaler',
  summary: 'scales each feature to mean 0 and variance 1, by the weights of the samples if there are any',
  missing: true,
  params: z.strictObject({
    with_mean: z.boolean().default(true).describe('whether to subtract the mean'),
    with_std: z.boolean().default(true).describe('whether to divide by the standard deviation'),
    copy: unusedParameters.copy,
  }),
  invariances: ({ with_mean, with_std }) => ({
    ...UNCHANGED,
    ...(!with_mean && ({ shift: 'no' } as const)),
    ...(!with_std && ({ scale: 'no', featureScales: 'no' } as const)),
  }),
  learn({ x, weights }: Problem, { with_mean, with_std }) {
    const { counts, means, deviations } = weights ? weightedMoments(x, weights) : columnMoments(x);
    const scale = deviations.map((deviation, j) =>
      isConstant(deviation, means[j], counts[j]) ? 1 : deviation,
    );
    return {
      shift: with_mean ? means : new Float64Array(x.columns),
      scale: with_std ? scale : new Float64Array(x.columns).fill(1),
    };
  },
  apply: shiftAndScale,
  flow: ({ scale }) => eachFlow(scale.map(spread => 1 / spread)),
});

export const minMaxScaler = defineTransform({
  name: 'MinMaxScaler',
  summary: 'maps the range of each feature to [0, 1] or another range',
  missing: true,
  params: z.strictObject({
    feature_range: z
      .tuple([z.number(), z.number()])
      .refine(([low, high]) => low < high, 'the smaller bound comes first')
      .default([0, 1])
      .describe('the range that each feature gets'),
    clip: z.boolean().default(false).describe('whether new values outside the range are cut to it'),
    copy: unusedParameters.copy,
  }),
  invariances: () => ({ ...UNCHANGED, range: SCALER_RANGE }),
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
  flow: ({ scale, clip }) => eachFlow(clip ? scale.map(() => NaN) : scale),
});

const ROBUST_PARAMETERS = z.strictObject({
  with_centering: z.boolean().default(true).describe('whether to subtract the median'),
  with_scaling: z
    .boolean()
    .default(true)
    .describe('whether to divide by the distance between the two quantiles'),
  quantile_range: z
    .tuple([z.number().min(0), z.number().max(100)])
    .refine(([low, high]) => low < high, 'the smaller quantile comes first')
    .default([25, 75])
    .describe('the two quantiles, in percent'),
  unit_variance: z
    .boolean()
    .default(false)
    .describe('whether to scale so that normally distributed features get variance 1'),
  copy: unusedParameters.copy,
});

export const robustScaler = defineTransform({
  name: 'RobustScaler',
  summary: 'subtracts the median and divides by the distance between two quantiles',
  missing: true,
  params: ROBUST_PARAMETERS.superRefine(({ quantile_range: [low, high], unit_variance }, context) => {
    if (!unit_variance || (low > 0 && high < 100)) return;
    context.addIssue({
      code: 'custom',
      path: ['unit_variance'],
      message:
        'unit_variance needs quantiles above 0 and below 100, because those of a normal distribution are finite',
      input: [low, high],
    });
  }),
  invariances: ({ with_centering, with_scaling }) => ({
    ...UNCHANGED,
    ...(!with_centering && ({ shift: 'no' } as const)),
    ...(!with_scaling && ({ scale: 'no', featureScales: 'no' } as const)),
    doubled: 'no',
    range: SCALER_RANGE,
  }),
  effective: params => unless(params.with_scaling, params, 'quantile_range'),
  learn({ x }: Problem, { with_centering, with_scaling, quantile_range: [low, high], unit_variance }) {
    const normal = unit_variance ? normalQuantile(high / 100) - normalQuantile(low / 100) : 1;
    return perColumn(x, values => {
      const ascending = sortedPresent(values);
      const spread = quantile(ascending, high / 100) - quantile(ascending, low / 100);
      const scale = with_scaling ? safeScale(spread) / normal : 1;
      return [with_centering ? quantile(ascending, 0.5) : 0, scale];
    });
  },
  apply: shiftAndScale,
  flow: ({ scale }) => eachFlow(scale.map(spread => 1 / spread)),
});

export const maxAbsScaler = defineTransform({
  name: 'MaxAbsScaler',
  summary: 'divides each feature by its largest absolute value',
  missing: true,
  params: z.strictObject({ copy: unusedParameters.copy }),
  invariances: () => ({ ...UNCHANGED, shift: 'no', range: SCALER_RANGE }),
  learn({ x }: Problem) {
    const { smallest, largest } = columnRanges(x);
    const scale = largest.map((most, j) => safeScale(Math.max(Math.abs(smallest[j]), Math.abs(most))));
    return { shift: new Float64Array(x.columns), scale };
  },
  apply: shiftAndScale,
  flow: ({ scale }) => eachFlow(scale.map(spread => 1 / spread)),
});

type Norm = (sum: number, value: number) => number;
const NORMS: Record<'l1' | 'l2' | 'max', Norm> = {
  l1: (sum, value) => sum + Math.abs(value),
  l2: (sum, value) => sum + value * value,
  max: (sum, value) => Math.max(sum, Math.abs(value)),
};

/** The norms of the n samples. A sample whose squares overflow is measured in a unit in which they do not. */
function normsOf(x: Matrix, norm: keyof typeof NORMS): Float64Array {
  const sizes = new Float64Array(x.rows);
  const add = NORMS[norm];
  for (let at = 0, i = 0; at < x.data.length; at++, i = i + 1 === x.rows ? 0 : i + 1)
    sizes[i] = add(sizes[i], x.data[at]);
  if (norm !== 'l2') return sizes;
  return sizes.map((squares, i) => {
    if (squares < Infinity) return Math.sqrt(squares);
    const row = Float64Array.from({ length: x.columns }, (_, j) => x.data[j * x.rows + i]);
    const unit = unitFor(largestSize(row));
    return Math.sqrt(row.reduce((sum, value) => sum + value * unit * (value * unit), 0)) / unit;
  });
}

export const normalizer = defineTransform({
  name: 'Normalizer',
  summary: 'scales each sample to unit norm',
  params: z.strictObject({
    norm: z
      .enum(['l1', 'l2', 'max'])
      .default('l2')
      .describe('the norm that becomes 1; a sample of zeros stays the same'),
    copy: unusedParameters.copy,
  }),
  invariances: () => ({
    ...UNCHANGED,
    shift: 'no',
    featureScales: 'no',
    featureOrder: 'close',
    range: SCALER_RANGE,
  }),
  learn: (_problem: Problem, { norm }) => ({ norm }),
  apply({ norm }, x) {
    const sizes = normsOf(x, norm).map(safeScale);
    const scaled = emptyMatrix(x.rows, x.columns);
    for (let at = 0; at < x.data.length; at++) scaled.data[at] = x.data[at] / sizes[at % x.rows];
    return scaled;
  },
  flow: (_, features) => ({ kind: 'mixed', features }),
});
