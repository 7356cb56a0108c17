import type { Matrix } from '../../../base/dataset.js';
import { codesOfProba } from '../../algebra/matrix.js';
import { checkNewData, checkProblem, refuseWeights } from '../../checks.js';
import type { Document, ClassifierKind, Classifier } from '../../types.js';
import {
  effectiveNeighbors,
  keptOf,
  needNeighbors,
  NEIGHBORS_INVARIANCES,
  type NeighborsParameters,
  neighborsParameters,
} from './parameters.js';
import { weightedSearch } from './search.js';

/** Classification by a vote of the nearest samples (sklearn/neighbors/_classification.py). */

type Learned = {
  classes: number;
  features: number;
  neighbors: number;
  byDistance: boolean;
  /** The power of Minkowski's distance, or Infinity for Chebyshev's. */
  power: number;
  /** Column-major, as in a Matrix. */
  samples: Float64Array;
  codes: Int32Array;
};

export const kNeighborsClassifier: ClassifierKind<NeighborsParameters> = {
  kind: 'estimator',
  task: 'classification',
  name: 'KNeighborsClassifier',
  summary: 'a vote of the nearest samples',
  params: neighborsParameters,
  effective: effectiveNeighbors,
  tags: {
    missing: false,
    weights: () => 'none',
    deterministic: () => true,
    opaque: () => true,
    ordersFeatures: false,
    decision: false,
    proba: () => true,
  },
  invariances: () => NEIGHBORS_INVARIANCES,
  needs: needNeighbors,
  fit(problem, parameters) {
    checkProblem(problem);
    refuseWeights(problem);
    const { x, y, classes } = problem;
    return neighborsModel({ classes, ...keptOf(x, parameters), codes: y.slice() });
  },
  load: document => neighborsModel(document as Learned),
};

function neighborsModel(learned: Learned): Classifier {
  const { classes, features, codes } = learned;
  const search = weightedSearch({ ...learned, count: codes.length });
  const proba = (x: Matrix): Float64Array => {
    checkNewData(x, features);
    const votes = new Float64Array(x.rows * classes);
    search(x, (row, nearest, weights) => {
      let total = 0;
      nearest.forEach((i, place) => {
        votes[row * classes + codes[i]] += weights[place];
        total += weights[place];
      });
      for (let c = 0; c < classes; c++) votes[row * classes + c] /= total;
    });
    return votes;
  };
  return {
    classes,
    proba,
    predict: x => codesOfProba(proba(x), classes),
    size: () => ({ features, samples: codes.length }),
    serialize: () => learned as unknown as Document,
  };
}
