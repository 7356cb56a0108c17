import { z } from 'zod';
import { numberColumns, type Matrix } from '../../base/dataset.js';
import { without } from '../effective.js';
import { UNCHANGED } from '../invariances.js';
import { InputError } from '../../base/errors.js';
import { scope, unsetFloat64 } from '../../kernels/memory.js';
import { rightSingularVectors } from '../algebra/decomposition.js';
import { column, emptyMatrix, mapColumns } from '../algebra/matrix.js';
import { countOrShare, unused, unusedParameters } from '../parameters.js';
import { featuresLeft, needFeatures, needSamples } from '../needs.js';
import { product } from '../algebra/products.js';
import type { Problem } from '../types.js';
import { largestSize, unitFor } from '../algebra/units.js';
import { defineTransform } from './define.js';
import { columnMoments } from '../algebra/statistics.js';

/**
 * Principal components: scikit-learn's PCA with its exact solver (sklearn/decomposition/_pca.py). The components are
 * the right singular vectors of the centered matrix, in descending order of their singular values. Each has the sign
 * that makes the score of largest magnitude positive. n x p features become n x c scores.
 */

const PARAMETERS = z.strictObject({
  n_components: countOrShare(1, false)
    .nullable()
    .default(null)
    .describe(
      'how many components are kept; a share keeps the fewest that explain more of the variance; null keeps all',
    ),
  whiten: z.boolean().default(false).describe('whether the scores of each component get variance 1'),
  svd_solver: z
    .enum(['auto', 'full'])
    .default('auto')
    .describe('no effect: both values mean the exact solver'),
  copy: unusedParameters.copy,
  tol: unused(z.number().min(0).default(0)),
  iterated_power: unused(z.union([z.literal('auto'), z.int().min(0)]).default('auto')),
  n_oversamples: unused(z.int().min(1).default(10)),
  power_iteration_normalizer: unused(z.enum(['auto', 'QR', 'LU', 'none']).default('auto')),
  random_state: unusedParameters.random_state,
});

export const pca = defineTransform({
  name: 'PCA',
  summary: 'principal components',
  params: PARAMETERS,
  invariances: ({ whiten }) => ({
    ...UNCHANGED,
    scale: whiten ? 'close' : 'exact',
    featureScales: 'no',
    featureOrder: 'close',
    // The variance divides by the number of samples less one, so doubled samples have another variance.
    doubled: whiten ? 'no' : 'close',
    upToScale: !whiten,
  }),
  effective: params => without(params, 'svd_solver'),
  needs: ({ n_components }, shape) =>
    shape.samples <= shape.features
      ? needSamples('n_components', n_components, shape)
      : needFeatures('n_components', n_components, shape),
  leaves: ({ n_components }, shape) => ({
    ...shape,
    features: featuresLeft(n_components, Math.min(shape.samples, shape.features)),
    least: undefined,
    columns: undefined,
  }),
  learn({ x }: Problem, { n_components, whiten }) {
    const most = Math.min(x.rows, x.columns);
    if (n_components !== null && n_components > most) {
      throw new InputError(
        'too-many-components',
        `n_components is ${n_components}, and there are ${x.rows} samples of ${x.columns} features`,
        {
          value: n_components,
          expected: `at most ${most}`,
        },
      );
    }
    const mean = columnMoments(x).means;
    const varianceOf = (value: number): number => (value * value) / Math.max(1, x.rows - 1);
    return scope(() => {
      const centered = centerColumns(x, mean);
      const unit = unitFor(largestSize(centered.data));
      if (unit !== 1) for (let at = 0; at < centered.data.length; at++) centered.data[at] *= unit;
      const { singular, vectors } = rightSingularVectors(centered, all =>
        componentCount(n_components, all.map(varianceOf), most),
      );
      const variance = singular.slice(0, vectors.length).map(varianceOf);
      const scale = variance.map(value => (whiten && value > 0 ? Math.sqrt(value) / unit : 1));
      return {
        mean,
        scale,
        variance: variance.map(value => value / unit / unit),
        components: joined(vectors, centered),
      };
    });
  },
  apply({ mean, scale, components }, x) {
    const matrix = { rows: x.columns, columns: scale.length, data: components };
    const scores = scope(() => product({ matrix: centerColumns(x, mean) }, { matrix }));
    return mapColumns(scores, (score, c) => score / scale[c]);
  },
  flow: ({ scale, components }, features) => ({
    kind: 'linear',
    weights: mapColumns(
      { rows: features, columns: scale.length, data: components },
      (weight, c) => weight / scale[c],
    ),
  }),
  columns: ({ scale }) => numberColumns(Array.from(scale, (_, c) => `pca${c}`)),
});

/** The components, p x c, each with the sign that makes its score of largest magnitude positive. */
function joined(vectors: readonly Float64Array[], centered: Matrix): Float64Array {
  const components = emptyMatrix(centered.columns, vectors.length);
  vectors.forEach((vector, c) => column(components, c).set(vector));
  const scores = product({ matrix: centered }, { matrix: components });
  vectors.forEach((vector, c) => {
    const own = column(scores, c);
    const largest = own.reduce((best, score, i) => (Math.abs(score) > Math.abs(own[best]) ? i : best), 0);
    if (own[largest] < 0) column(components, c).set(vector.map(value => -value));
  });
  return components.data;
}

/** The matrix less the mean of each column, in kernel memory. */
function centerColumns({ rows, columns, data }: Matrix, mean: Float64Array): Matrix {
  const centered = unsetFloat64(rows * columns);
  for (let j = 0, at = 0; j < columns; j++) {
    const middle = mean[j];
    for (const end = at + rows; at < end; at++) centered[at] = data[at] - middle;
  }
  return { rows, columns, data: centered };
}

/** How many components are kept, given the variances of all of them in descending order. */
function componentCount(wanted: number | null, variance: Float64Array, most: number): number {
  if (wanted === null) return most;
  if (wanted >= 1) return wanted;
  const total = variance.reduce((sum, value) => sum + value, 0);
  let explained = 0;
  for (let c = 0; c < most; c++) {
    explained += variance[c] / total;
    if (explained > wanted) return c + 1;
  }
  return most;
}
