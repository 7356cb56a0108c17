import { EigenvalueDecomposition, Matrix as DenseMatrix, SingularValueDecomposition } from 'ml-matrix';
import { z } from 'zod';
import { InputError } from '../../base/errors.js';
import { column, emptyMatrix } from '../matrix.js';
import type { Matrix, Problem } from '../types.js';
import { defineTransform } from './define.js';
import { moments } from './statistics.js';

/**
 * Principal components, as scikit-learn's PCA with its exact solver (sklearn/decomposition/_pca.py): the right singular
 * vectors of the centered matrix, in descending order of their singular values, each with the sign that makes the largest
 * score of a sample positive.
 *
 * Not more features than samples: ml-matrix's singular value decomposition (Golub and Reinsch). More features than
 * samples: the eigenvectors u of the n x n Gram matrix X X' (ml-matrix's tred2 and tql2), and components X'u / |X'u|, made
 * orthogonal to those before them, since the small ones carry the rounding of the large. Both use + - * / and sqrt only.
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

type Decomposition = {
  /** Singular values, descending. */
  singular: Float64Array;
  /** p values a component, one component after the other. */
  components: Float64Array[];
};

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
    const { singular, components } =
      x.columns <= x.rows ? bySingularValues(centered) : byGramMatrix(centered);
    const variance = singular.map(value => (value * value) / Math.max(1, x.rows - 1));
    const count = componentCount(n_components, variance, most);
    const scale = variance.slice(0, count).map(value => (whiten && value > 0 ? Math.sqrt(value) : 1));
    const kept = components.slice(0, count).map(component => withSign(component, centered));
    return { mean, scale, variance: variance.slice(0, count), components: joined(kept, x.columns) };
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

function bySingularValues(centered: Matrix): Decomposition {
  const { rows, columns } = centered;
  const dense = new DenseMatrix(rows, columns);
  for (let j = 0; j < columns; j++) column(centered, j).forEach((value, i) => dense.set(i, j, value));
  const found = new SingularValueDecomposition(dense, { computeLeftSingularVectors: false });
  const vectors = found.rightSingularVectors;
  const components = Array.from({ length: columns }, (_, c) => Float64Array.from(vectors.getColumn(c)));
  return { singular: Float64Array.from(found.diagonal.slice(0, columns)), components };
}

function byGramMatrix(centered: Matrix): Decomposition {
  const { rows, columns } = centered;
  const gram = new DenseMatrix(rows, rows);
  const sums = new Float64Array(rows * rows);
  for (let j = 0; j < columns; j++) {
    const values = column(centered, j);
    for (let a = 0; a < rows; a++) {
      for (let b = a; b < rows; b++) sums[a * rows + b] += values[a] * values[b];
    }
  }
  for (let a = 0; a < rows; a++)
    for (let b = 0; b < rows; b++) gram.set(a, b, sums[Math.min(a, b) * rows + Math.max(a, b)]);

  const found = new EigenvalueDecomposition(gram, { assumeSymmetric: true });
  const singular = new Float64Array(rows);
  const components: Float64Array[] = [];
  const negligible = Math.sqrt(Math.max(0, found.realEigenvalues[rows - 1])) * rows * Number.EPSILON;
  // Eigenvalues come in ascending order.
  for (let c = 0; c < rows; c++) {
    const component = new Float64Array(columns);
    const left = found.eigenvectorMatrix.getColumn(rows - 1 - c);
    for (let j = 0; j < columns; j++) {
      const values = column(centered, j);
      for (let i = 0; i < rows; i++) component[j] += values[i] * left[i];
    }
    singular[c] = makeOrthonormal(component, components, negligible);
    components.push(component);
  }
  return { singular, components };
}

/** Makes a vector orthogonal to others and of length 1, in place; returns its length before. Zero if it is negligible. */
function makeOrthonormal(vector: Float64Array, others: readonly Float64Array[], negligible: number): number {
  const length = Math.sqrt(dot(vector, vector));
  for (let pass = 0; pass < 2; pass++) {
    for (const other of others) {
      const share = dot(vector, other);
      for (let j = 0; j < vector.length; j++) vector[j] -= share * other[j];
    }
  }
  const rest = Math.sqrt(dot(vector, vector));
  if (!(rest > negligible)) {
    vector.fill(0);
    return 0;
  }
  for (let j = 0; j < vector.length; j++) vector[j] /= rest;
  return length;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j];
  return sum;
}
