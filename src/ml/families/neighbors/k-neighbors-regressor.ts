import { checkNewData, checkProblem, refuseWeights } from '../../checks.js';
import type { Document, Regressor, RegressorKind } from '../../types.js';
import {
  effectiveNeighbors,
  keptOf,
  needNeighbors,
  NEIGHBORS_INVARIANCES,
  type NeighborsParameters,
  neighborsParameters,
} from './parameters.js';
import { weightedSearch } from './search.js';

/** Regression by the mean of the nearest samples (sklearn/neighbors/_regression.py). */

type Learned = {
  features: number;
  neighbors: number;
  byDistance: boolean;
  /** The power of Minkowski's distance, or Infinity for Chebyshev's. */
  power: number;
  /** Column-major, as in a Matrix. */
  samples: Float64Array;
  values: Float64Array;
};

export const kNeighborsRegressor: RegressorKind<NeighborsParameters> = {
  kind: 'estimator',
  task: 'regression',
  name: 'KNeighborsRegressor',
  summary: 'the mean of the nearest samples',
  params: neighborsParameters,
  effective: effectiveNeighbors,
  tags: {
    missing: false,
    weights: () => 'none',
    deterministic: () => true,
    opaque: () => true,
    ordersFeatures: false,
    values: () => 'any',
  },
  invariances: () => NEIGHBORS_INVARIANCES,
  needs: needNeighbors,
  fit(problem, parameters) {
    checkProblem(problem);
    refuseWeights(problem);
    return neighborsModel({ ...keptOf(problem.x, parameters), values: problem.y.slice() });
  },
  load: document => neighborsModel(document as Learned),
};

function neighborsModel(learned: Learned): Regressor {
  const { features, values } = learned;
  const search = weightedSearch({ ...learned, count: values.length });
  return {
    predict(x) {
      checkNewData(x, features);
      const means = new Float64Array(x.rows);
      search(x, (row, nearest, weights) => {
        let [sum, total] = [0, 0];
        nearest.forEach((i, place) => {
          sum += weights[place] * values[i];
          total += weights[place];
        });
        means[row] = sum / total;
      });
      return means;
    },
    size: () => ({ features, samples: values.length }),
    serialize: () => learned as unknown as Document,
  };
}
