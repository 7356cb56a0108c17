import { z } from 'zod';
import type { Matrix } from '../../base/dataset.js';
import { column, takeColumns } from '../algebra/matrix.js';
import { moments } from '../algebra/statistics.js';
import type { Invariances } from '../invariances.js';
import { unusedParameters } from '../parameters.js';
import type { Problem } from '../types.js';
import { defineTransform } from './define.js';
import { columnsOfGaps, completed, GAP_PARAMETERS, gapsOf, leftOfGaps } from './gaps.js';

/**
 * scikit-learn's KNNImputer (sklearn/impute/_knn.py): a missing value becomes the mean of the values that the nearest
 * samples of the fit have. The distance of two samples is Euclidean over the features that both have, times the root of
 * p over the number of these. Of samples at equal distances the earlier one is nearer.
 */

const PARAMETERS = z.strictObject({
  n_neighbors: z.int().min(1).default(5).describe('how many samples with a value a mean is taken of'),
  weights: z
    .enum(['uniform', 'distance'])
    .default('uniform')
    .describe('whether near samples count more: all alike, or by one over the distance'),
  metric: z
    .enum(['nan_euclidean'])
    .default('nan_euclidean')
    .describe('the distance, over the features that both samples have'),
  ...GAP_PARAMETERS,
  copy: unusedParameters.copy,
});

export const knnImputer = defineTransform({
  name: 'KNNImputer',
  summary: 'fills in missing values by those of the nearest samples',
  missing: true,
  params: PARAMETERS,
  invariances: (): Invariances => ({
    shift: 'close',
    scale: 'exact',
    featureScales: 'no',
    featureOrder: 'close',
    sampleOrder: 'close',
    doubled: 'no',
    upToScale: true,
  }),
  leaves: (params, shape) => leftOfGaps(params, shape),
  learn({ x }: Problem, params, context) {
    const gaps = gapsOf(x, params, context);
    const means = Float64Array.from(gaps.valid, j => moments(column(x, j)).mean);
    const { n_neighbors, weights } = params;
    return {
      ...gaps,
      means,
      rows: x.rows,
      samples: takeColumns(x, gaps.valid).data,
      neighbors: n_neighbors,
      byDistance: weights === 'distance',
    };
  },
  apply(learned, x) {
    const filled = takeColumns(x, learned.valid);
    const known = { rows: learned.rows, columns: filled.columns, data: learned.samples };
    for (let i = 0; i < x.rows; i++) fillRow(filled, i, known, x.columns, learned);
    return completed(x, filled, learned);
  },
  columns: (learned, columns) => columnsOfGaps(learned, columns),
  flow: (_, features) => ({ kind: 'mixed', features }),
});

interface Rule {
  means: Float64Array;
  neighbors: number;
  byDistance: boolean;
}

/** Fills in the gaps of sample i, in place. `features` is the p of the distance. */
function fillRow(x: Matrix, i: number, known: Matrix, features: number, rule: Rule): void {
  const row = Float64Array.from({ length: x.columns }, (_, j) => x.data[j * x.rows + i]);
  if (!row.some(Number.isNaN)) return;
  const distances = distancesTo(row, known, features);
  // NaN stands last: a sample that has no feature in common with this one.
  const order = Array.from(distances.keys()).sort((a, b) => compare(distances[a], distances[b]) || a - b);
  row.forEach((value, j) => {
    if (!Number.isNaN(value)) return;
    const values = column(known, j);
    const donors = order.filter(at => !Number.isNaN(values[at])).slice(0, rule.neighbors);
    const isFar = Number.isNaN(distances[donors[0]]);
    x.data[j * x.rows + i] = isFar ? rule.means[j] : meanOf(donors, values, distances, rule.byDistance);
  });
}

function compare(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a - b;
}

/** The distances of a sample to all samples of the fit; NaN where they have no feature in common. */
function distancesTo(row: Float64Array, known: Matrix, features: number): Float64Array {
  const [sums, shared] = [new Float64Array(known.rows), new Int32Array(known.rows)];
  row.forEach((value, j) => {
    if (Number.isNaN(value)) return;
    column(known, j).forEach((other, at) => {
      if (Number.isNaN(other)) return;
      sums[at] += (value - other) * (value - other);
      shared[at]++;
    });
  });
  return sums.map((sum, at) => (shared[at] === 0 ? NaN : Math.sqrt((sum / shared[at]) * features)));
}

/** The mean of the values of donors, from the nearest on. Where donors are at distance 0, only these count. */
function meanOf(
  donors: readonly number[],
  values: Float64Array,
  distances: Float64Array,
  byDistance: boolean,
): number {
  const isEqual = distances[donors[0]] === 0;
  const weightOf = (at: number): number => {
    if (!byDistance) return 1;
    if (isEqual) return distances[at] === 0 ? 1 : 0;
    return Number.isNaN(distances[at]) ? 0 : 1 / distances[at];
  };
  let [sum, total] = [0, 0];
  for (const at of donors) {
    sum += weightOf(at) * values[at];
    total += weightOf(at);
  }
  return sum / total;
}
