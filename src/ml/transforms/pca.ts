import { z } from 'zod';
import { InputError } from '../../base/errors.js';
import { rightSingularVectors } from '../decomposition.js';
import { column, emptyMatrix } from '../matrix.js';
import type { Matrix, Problem } from '../types.js';
import { defineTransform } from './define.js';
import { moments } from './statistics.js';

/**
 * Principal components, as scikit-learn's PCA with its exact solver (sklearn/decomposition/_pca.py): the right singular
 * vectors of the centered matrix, in descending order of their singular values, each with the sign that makes the largest
 * score of a sample positive.
 */

const PARAMETERS = z.strictObject({
  n_components: z
    .union([z.int().min(1), z.number().gt(0).lt(1)])
    .nullable()
    .default(null)
    .describe(
      'how many components; a share keeps as many as explain more than it of the variance; null keeps all',
    ),
  whiten: z.boolean().default(false).describe('give the components variance 1'),
  svd_solver: z.enum(['auto', 'full']).default('auto').describe('both are the exact solver'),
});

export const pca = defineTransform({
  name: 'PCA',
  summary: 'principal components',
  params: PARAMETERS,
  learn({ x }: Problem, { n_components, whiten }) {
    const most = Math.min(x.rows, x.columns);
    if (n_components !== null && n_components > most) {
      throw new InputError(
        'too-many-components',
        `${n_components} components of ${x.rows} x ${x.columns} values`,
        {
          value: n_components,
          expected: `at most ${most}, the smaller of samples and features`,
        },
      );
    }
    const mean = Float64Array.from({ length: x.columns }, (_, j) => moments(column(x, j)).mean);
    const centered = centerColumns(x, mean);
    const varianceOf = (value: number): number => (value * value) / Math.max(1, x.rows - 1);
    const { singular, vectors } = rightSingularVectors(centered, all =>
      componentCount(n_components, all.map(varianceOf), most),
    );
    const variance = singular.slice(0, vectors.length).map(varianceOf);
    const scale = variance.map(value => (whiten && value > 0 ? Math.sqrt(value) : 1));
    const kept = vectors.map(vector => withSign(vector, centered));
    return { mean, scale, variance, components: joined(kept, x.columns) };
  },
  apply({ mean, scale, components }, x) {
    const scores = emptyMatrix(x.rows, scale.length);
    for (let c = 0; c < scale.length; c++) {
      const component = components.subarray(c * x.columns, (c + 1) * x.columns);
      addScores(column(scores, c), x, mean, component);
      for (let i = 0; i < x.rows; i++) scores.data[c * x.rows + i] /= scale[c];
    }
    return scores;
  },
  names: ({ scale }) => Array.from(scale, (_, c) => `pca${c}`),
});

function joined(components: Float64Array[], columns: number): Float64Array {
  const all = new Float64Array(components.length * columns);
  components.forEach((component, c) => all.set(component, c * columns));
  return all;
}

function centerColumns(x: Matrix, mean: Float64Array): Matrix {
  const centered = emptyMatrix(x.rows, x.columns);
  for (let j = 0; j < x.columns; j++) {
    for (let at = j * x.rows; at < (j + 1) * x.rows; at++) centered.data[at] = x.data[at] - mean[j];
  }
  return centered;
}

/** Adds (x - mean) . component to each sample's score, feature by feature. */
function addScores(
  scores: Float64Array,
  x: Matrix,
  mean: Float64Array | undefined,
  component: Float64Array,
): void {
  for (let j = 0; j < x.columns; j++) {
    const weight = component[j];
    const shift = mean ? mean[j] : 0;
    const from = j * x.rows;
    for (let i = 0; i < x.rows; i++) scores[i] += (x.data[from + i] - shift) * weight;
  }
}

/** How many components are kept of those with these variances. */
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

/** The component with the sign that makes the sample's score of largest magnitude positive. */
function withSign(component: Float64Array, centered: Matrix): Float64Array {
  const scores = new Float64Array(centered.rows);
  addScores(scores, centered, undefined, component);
  let largest = 0;
  for (let i = 1; i < scores.length; i++) if (Math.abs(scores[i]) > Math.abs(scores[largest])) largest = i;
  return scores[largest] < 0 ? component.map(value => -value) : component;
}
