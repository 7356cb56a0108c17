import { z } from 'zod';
import type { Matrix } from '../../../base/dataset.js';
import { type Effective, without } from '../../effective.js';
import { UNCHANGED } from '../../invariances.js';
import { InputError } from '../../../base/errors.js';
import type { Pointer } from '../../../kernels/exports.js';
import { kernels } from '../../../kernels/loader.js';
import { pow } from '../../../kernels/math.js';
import { float64, hold, int32, lives, scope, unsetFloat32 } from '../../../kernels/memory.js';
import { eachBlock } from '../../algebra/blocks.js';
import { checkNewData, checkProblem, refuseWeights } from '../../checks.js';
import { codesOfProba } from '../../algebra/matrix.js';
import { needSamples } from '../../needs.js';
import { unused, unusedParameters } from '../../parameters.js';
import type { Document, ClassifierKind, Classifier } from '../../types.js';
import { inUnit, largestSize, unitFor } from '../../algebra/units.js';

/**
 * Classification by the nearest samples (sklearn/neighbors/_classification.py). The search compares a query with
 * every sample, so it is exact. Among samples of equal distance, the earlier one is the nearer one.
 *
 * Euclidean distances are screened first. |s|^2 - 2 s'x orders the samples s of a query x up to rounding, and one
 * matrix product in f32 gives it for a block of queries. A bound for the rounding excludes the samples that cannot be
 * among the nearest. The other samples are measured exactly where there is still a choice between them, or where
 * distances are asked for. So the screen never changes what is found.
 */

const PARAMETERS = z.strictObject({
  n_neighbors: z.int().min(1).default(5).describe('the number of nearest samples that vote'),
  weights: z
    .enum(['uniform', 'distance'])
    .nullable()
    .default('uniform')
    .describe('with distance, a vote counts 1 / distance; null is uniform'),
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

type Parameters = z.infer<typeof PARAMETERS>;

/** `power` is the power of Minkowski's distance, or Infinity for Chebyshev's. */
type Learned = {
  classes: number;
  features: number;
  neighbors: number;
  byDistance: boolean;
  power: number;
  /** Column-major, as in a Matrix. They are the problem's own array, because nobody writes into a problem. */
  samples: Float64Array;
  codes: Int32Array;
};

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

function powerOf({ metric, p }: Parameters): number {
  if (metric === 'minkowski') return p;
  return POWERS[metric];
}

/** The power stands for the distance. null is the power of Chebyshev's distance, because JSON has no infinity. */
function effective(params: Parameters): Effective {
  const power = powerOf(params);
  return {
    ...without(params, 'algorithm', 'leaf_size', 'metric', 'p'),
    power: power === Infinity ? null : power,
    weights: params.weights ?? 'uniform',
  };
}

export const kNeighborsClassifier: ClassifierKind<Parameters> = {
  kind: 'estimator',
  task: 'classification',
  name: 'KNeighborsClassifier',
  summary: 'a vote of the nearest samples',
  params: PARAMETERS,
  effective,
  tags: {
    missing: false,
    weights: () => 'none',
    deterministic: () => true,
    ordersFeatures: false,
    decision: false,
    proba: () => true,
  },
  invariances: () => ({
    ...UNCHANGED,
    scale: 'close',
    featureScales: 'no',
    featureOrder: 'close',
    doubled: 'no',
  }),
  needs: ({ n_neighbors }, shape) => needSamples('n_neighbors', n_neighbors, shape),
  fit(problem, parameters) {
    checkProblem(problem);
    refuseWeights(problem);
    const { x, y, classes } = problem;
    if (parameters.n_neighbors > x.rows) {
      throw new InputError(
        'too-few-samples',
        `n_neighbors is ${parameters.n_neighbors}, and there are only ${x.rows} samples`,
        {
          value: parameters.n_neighbors,
          expected: `n_neighbors of at most ${x.rows}`,
        },
      );
    }
    return neighborsModel({
      classes,
      features: x.columns,
      neighbors: parameters.n_neighbors,
      byDistance: parameters.weights === 'distance',
      power: powerOf(parameters),
      samples: lives(x.data) ? x.data.slice() : x.data,
      codes: y.slice(),
    });
  },
  load: document => neighborsModel(document as Learned),
};

/** Writes the distances of one row of x to all samples, each to the metric's power where that is finite. */
function measure({ samples, codes, power }: Learned, x: Matrix, row: number, distances: Float64Array): void {
  const n = codes.length;
  distances.fill(0);
  for (let j = 0; j < x.columns; j++) {
    const value = x.data[j * x.rows + row];
    const from = j * n;
    if (power === 1) {
      for (let i = 0; i < n; i++) distances[i] += Math.abs(samples[from + i] - value);
    } else if (power === Infinity) {
      for (let i = 0; i < n; i++) distances[i] = Math.max(distances[i], Math.abs(samples[from + i] - value));
    } else {
      for (let i = 0; i < n; i++) distances[i] += pow(Math.abs(samples[from + i] - value), power);
    }
  }
}

/**
 * Puts place i among the nearest found so far, nearest first, if it is nearer than the last one or if there is room.
 * Returns how many there are then. It inserts, because there are few. Among equal distances, the place that was put
 * first stays first.
 */
function insert(i: number, distances: Float64Array, nearest: Int32Array, found: number): number {
  const distance = distances[i];
  if (found === nearest.length) {
    if (!(distance < distances[nearest[found - 1]])) return found;
  } else found++;
  let at = found - 1;
  for (; at > 0 && distance < distances[nearest[at - 1]]; at--) nearest[at] = nearest[at - 1];
  nearest[at] = i;
  return found;
}

/** Writes the places of the nearest, nearest first. */
function findNearest(distances: Float64Array, nearest: Int32Array): void {
  let found = 0;
  for (let i = 0; i < distances.length; i++) found = insert(i, distances, nearest, found);
}

function rooted(distance: number, power: number): number {
  if (power === 2) return Math.sqrt(distance);
  return power === 1 || power === Infinity ? distance : pow(distance, 1 / power);
}

/** A search for the nearest samples of each row of x. It also gives their distances where these make a difference. */
type NearestSearch = (
  x: Matrix,
  found: (row: number, nearest: Int32Array, distances: Float64Array) => void,
) => void;

/** Measures every sample. */
function searchAll(learned: Learned): NearestSearch {
  return (x, found) => {
    const distances = new Float64Array(learned.codes.length);
    const nearest = new Int32Array(learned.neighbors);
    for (let row = 0; row < x.rows; row++) {
      measure(learned, x, row, distances);
      findNearest(distances, nearest);
      found(row, nearest, distances);
    }
  };
}

/** Products of the screen are summed in f32 over this many features, and these sums are summed in f32. */
const FEATURES_TOGETHER = 256;
/** The products of this many queries with all samples are in memory at once. */
const QUERIES_TOGETHER = 128;

/** A matrix less the samples' means, scaled, in f32 and kernel memory, and the squared norms of its rows. */
interface Narrowed {
  rows: number;
  values: Pointer;
  norms: Float64Array;
}

/** The means of the columns, and a scale that makes the squares of all values add up to 1. */
function frameOf(x: Matrix): { means: Float64Array; scale: number } {
  return scope(() => {
    const [ones, means] = [float64(x.rows).fill(1), float64(x.columns)];
    let squares = 0;
    eachBlock(x, ({ first, columns, x: block }) => {
      const to = means.byteOffset + 8 * first;
      kernels().transposedProduct(x.rows, columns, block, ones.byteOffset, to);
      squares += kernels().dot(x.rows * columns, block, block);
    });
    return { means: means.map(sum => sum / x.rows), scale: 1 / Math.sqrt(squares) };
  });
}

/**
 * The matrix in f32. It is centered, so that norms are not much larger than distances, and scaled, so that they fit
 * f32.
 */
function narrowed(x: Matrix, means: Float64Array, scale: number): Narrowed {
  const values = unsetFloat32(x.rows * x.columns).byteOffset;
  const norms = float64(x.rows);
  const middle = hold(means);
  eachBlock(x, ({ first, columns, x: block }) => {
    const to = values + 4 * first * x.rows;
    const own = middle.byteOffset + 8 * first;
    kernels().narrowColumns(x.rows, columns, block, own, scale, to, norms.byteOffset);
  });
  return { rows: x.rows, values, norms };
}

/** The products of `count` queries, from `first` on, with all n samples: count x n, row-major. */
function screenProducts(
  queries: Narrowed,
  samples: Narrowed,
  first: number,
  count: number,
  features: number,
): Float32Array {
  const n = samples.rows;
  const products = unsetFloat32(count * n);
  const part = features > FEATURES_TOGETHER ? unsetFloat32(count * n) : products;
  for (let j = 0; j < features; j += FEATURES_TOGETHER) {
    const depth = Math.min(FEATURES_TOGETHER, features - j);
    const to = j === 0 ? products.byteOffset : part.byteOffset;
    const query = queries.values + 4 * (j * queries.rows + first);
    const sample = samples.values + 4 * j * n;
    kernels().gemmF32(count, n, depth, query, 1, queries.rows, sample, n, 1, to, n, 0);
    if (j > 0) kernels().addSingles(count * n, to, products.byteOffset);
  }
  return products;
}

/**
 * A bound for the rounding of the screen, relative to |s|^2 + |x|^2. It covers the sum over the features, and the
 * rounding of values, norms and their difference. It is doubled, because the bound itself is rounded.
 */
function screenError(features: number): number {
  const terms = Math.min(features, FEATURES_TOGETHER) + Math.ceil(features / FEATURES_TOGETHER);
  return (terms + 16) * 2 ** -23;
}

/** A bound for the loss of a feature's term that is too small for f32. */
const UNDERFLOW = 2 ** -140;

/** Measures only the samples that the screen cannot exclude. The distances of the others are not computed. */
function searchScreened(learned: Learned): NearestSearch {
  const { samples, codes, features, neighbors, byDistance } = learned;
  const stored: Matrix = { rows: codes.length, columns: features, data: samples };
  return (x, found) => {
    const { means, scale } = frameOf(stored);
    // Samples that are too small or too large to be squared leave nothing to screen by.
    if (!(scale > 0 && scale < Infinity)) return searchAll(learned)(x, found);
    const error = screenError(features);
    const nearest = new Int32Array(neighbors);
    const distances = new Float64Array(codes.length);
    const settle = (row: number, places: Int32Array): void => {
      if (places.length === neighbors && !byDistance) return found(row, places, distances);
      const query = rowOf(x, row);
      let kept = 0;
      for (const place of places) {
        distances[place] = squaredDistance(stored, place, query);
        kept = insert(place, distances, nearest, kept);
      }
      found(row, nearest, distances);
    };
    scope(() => {
      const near = narrowed(stored, means, scale);
      const queries = narrowed(x, means, scale);
      const [least, most] = [hold(narrow(near.norms, 1 - error)), hold(narrow(near.norms, 1 + error))];
      const smallest = unsetFloat32(neighbors).byteOffset;
      const places = int32(codes.length);
      for (let first = 0; first < x.rows; first += QUERIES_TOGETHER) {
        const count = Math.min(QUERIES_TOGETHER, x.rows - first);
        scope(() => {
          const { byteOffset } = screenProducts(queries, near, first, count, features);
          for (let i = 0; i < count; i++) {
            const own = byteOffset + 4 * i * codes.length;
            const last = kernels().smallestOf(codes.length, most.byteOffset, own, neighbors, smallest);
            const limit = last + 2 * error * queries.norms[first + i] + features * UNDERFLOW;
            const left = kernels().placesWithin(
              codes.length,
              least.byteOffset,
              own,
              limit,
              places.byteOffset,
            );
            settle(first + i, places.subarray(0, left));
          }
        });
      }
    });
  };
}

function narrow(values: Float64Array, factor: number): Float32Array {
  return Float32Array.from(values, value => factor * value);
}

function rowOf({ rows, columns, data }: Matrix, row: number): Float64Array {
  const values = new Float64Array(columns);
  for (let j = 0; j < columns; j++) values[j] = data[j * rows + row];
  return values;
}

function squaredDistance({ rows, columns, data }: Matrix, row: number, query: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < columns; j++) {
    const distance = data[j * rows + row] - query[j];
    sum += distance * distance;
  }
  return sum;
}

function neighborsModel(learned: Learned): Classifier {
  const { classes, features, codes, power, byDistance } = learned;
  const unit = unitFor(largestSize(learned.samples));
  const stored: Matrix = { rows: codes.length, columns: features, data: learned.samples };
  const samples = inUnit(stored, unit).data;
  const search = (power === 2 ? searchScreened : searchAll)({ ...learned, samples });
  const proba = (x: Matrix): Float64Array => {
    checkNewData(x, features);
    const votes = new Float64Array(x.rows * classes);
    search(inUnit(x, unit), (row, nearest, distances) => {
      const meets = byDistance && distances[nearest[0]] === 0;
      let total = 0;
      for (const i of nearest) {
        // Samples at distance 0 outvote all others.
        const weight = !byDistance
          ? 1
          : meets
            ? distances[i] === 0
              ? 1
              : 0
            : 1 / rooted(distances[i], power);
        votes[row * classes + codes[i]] += weight;
        total += weight;
      }
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
