import { z } from 'zod';
import { InputError } from '../../../base/errors.js';
import { lives } from '../../../kernels/memory.js';
import { type Effective, without } from '../../effective.js';
import { type Invariances, UNCHANGED } from '../../invariances.js';
import { needSamples, type Obstacle, type Shape } from '../../needs.js';
import { unused, unusedParameters } from '../../parameters.js';
import type { Matrix } from '../../../base/dataset.js';

/** What KNeighborsClassifier and KNeighborsRegressor share (sklearn/neighbors). */

export const neighborsParameters = z.strictObject({
  n_neighbors: z.int().min(1).default(5).describe('the number of nearest samples that count'),
  weights: z
    .enum(['uniform', 'distance'])
    .nullable()
    .default('uniform')
    .describe('with distance, a sample counts 1 / distance; null is uniform'),
  algorithm: z
    .enum(['auto', 'ball_tree', 'kd_tree', 'brute'])
    .default('auto')
    .describe('no effect: all values mean the exact search through all samples'),
  leaf_size: z.int().min(1).default(30).describe('no effect: there is no tree'),
  metric: z
    .enum(['minkowski', 'euclidean', 'l2', 'manhattan', 'cityblock', 'l1', 'chebyshev', 'infinity'])
    .default('minkowski')
    .describe('the distance; minkowski has the power p'),
  p: z
    .number()
    .min(1)
    .default(2)
    .describe('the power of the minkowski distance: 1 is manhattan, 2 is euclidean'),
  metric_params: unused(z.null().default(null)),
  n_jobs: unusedParameters.n_jobs,
});

export type NeighborsParameters = z.infer<typeof neighborsParameters>;

/** The power of Minkowski's distance that other names stand for. */
const POWERS = {
  euclidean: 2,
  l2: 2,
  manhattan: 1,
  cityblock: 1,
  l1: 1,
  chebyshev: Infinity,
  infinity: Infinity,
};

function powerOf({ metric, p }: NeighborsParameters): number {
  if (metric === 'minkowski') return p;
  return POWERS[metric];
}

/** The power stands for the distance. null is the power of Chebyshev's distance, because JSON has no infinity. */
export function effectiveNeighbors(params: NeighborsParameters): Effective {
  const power = powerOf(params);
  return {
    ...without(params, 'algorithm', 'leaf_size', 'metric', 'p'),
    power: power === Infinity ? null : power,
    weights: params.weights ?? 'uniform',
  };
}

export const NEIGHBORS_INVARIANCES: Invariances = {
  ...UNCHANGED,
  scale: 'close',
  featureScales: 'no',
  featureOrder: 'close',
  doubled: 'no',
};

export function needNeighbors({ n_neighbors }: NeighborsParameters, shape: Shape): Obstacle | undefined {
  return needSamples('n_neighbors', n_neighbors, shape);
}

/** Refuses more neighbors than samples. Throws InputError `too-few-samples`. */
function refuseFew(n_neighbors: number, { rows }: Matrix): void {
  if (n_neighbors <= rows) return;
  throw new InputError(
    'too-few-samples',
    `n_neighbors is ${n_neighbors}, and there are only ${rows} samples`,
    {
      value: n_neighbors,
      expected: `n_neighbors of at most ${rows}`,
    },
  );
}

/**
 * What a model keeps of its parameters and samples. The samples are the problem's own array, because nobody writes into
 * a problem. Throws InputError `too-few-samples`.
 */
export function keptOf(x: Matrix, parameters: NeighborsParameters) {
  refuseFew(parameters.n_neighbors, x);
  return {
    features: x.columns,
    neighbors: parameters.n_neighbors,
    byDistance: parameters.weights === 'distance',
    power: powerOf(parameters),
    samples: lives(x.data) ? x.data.slice() : x.data,
  };
}
