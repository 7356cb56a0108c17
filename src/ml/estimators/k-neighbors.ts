import { z } from 'zod';
import { InputError } from '../../base/errors.js';
import { pow } from '../../kernels/math.js';
import { checkNewData, checkProblem, refuseWeights } from '../checks.js';
import { codesOfProba, column, mapColumns, takeRows } from '../matrix.js';
import { product } from '../products.js';
import { moments } from '../transforms/statistics.js';
import type { Document, Estimator, Matrix, Model } from '../types.js';

/**
 * Classification by the nearest samples (sklearn/neighbors/_classification.py). The search compares with every sample, so
 * it is exact; among samples of equal distance the earlier is the nearer.
 *
 * Euclidean distances are screened first: |s|^2 - 2 s'x orders the samples s of a query x up to rounding, by one matrix
 * product for a block of queries. Only the samples that this leaves in question (as near as the k-th, within twice a bound
 * for the rounding) are measured exactly, so that the screen cannot be seen in what is found.
 */

const params = z.strictObject({
  n_neighbors: z.int().min(1).default(5).describe('how many samples vote'),
  weights: z
    .enum(['uniform', 'distance'])
    .default('uniform')
    .describe('distance: a vote counts 1 / distance'),
  algorithm: z
    .enum(['auto', 'ball_tree', 'kd_tree', 'brute'])
    .default('auto')
    .describe('every one is the exact search through all samples'),
  leaf_size: z.int().min(1).default(30).describe("size of a tree's leaf; there is no tree"),
  metric: z
    .enum(['minkowski', 'euclidean', 'manhattan', 'chebyshev'])
    .default('minkowski')
    .describe('the distance; minkowski with p'),
  p: z.number().min(1).default(2).describe('power of the minkowski distance: 1 is manhattan, 2 is euclidean'),
});

type Parameters = z.infer<typeof params>;

/** `power` is that of Minkowski's distance; Infinity for Chebyshev's. */
type Learned = {
  classes: number;
  features: number;
  neighbors: number;
  byDistance: boolean;
  power: number;
  /** Column-major, as a Matrix. */
  samples: Float64Array;
  codes: Int32Array;
};

function powerOf({ metric, p }: Parameters): number {
  if (metric === 'minkowski') return p;
  return metric === 'euclidean' ? 2 : metric === 'manhattan' ? 1 : Infinity;
}

export const kNeighborsClassifier: Estimator<Parameters> = {
  kind: 'classifier',
  name: 'KNeighborsClassifier',
  summary: 'a vote of the nearest samples',
  params,
  hasProba: () => true,
  fit(problem, parameters) {
    checkProblem(problem);
    refuseWeights(problem);
    const { x, y, classes } = problem;
    if (parameters.n_neighbors > x.rows) {
      throw new InputError('too-few-samples', `${parameters.n_neighbors} neighbours of ${x.rows} samples`, {
        value: parameters.n_neighbors,
        expected: `n_neighbors of at most ${x.rows}`,
      });
    }
    return modelOf({
      classes,
      features: x.columns,
      neighbors: parameters.n_neighbors,
      byDistance: parameters.weights === 'distance',
      power: powerOf(parameters),
      samples: x.data.slice(),
      codes: y.slice(),
    });
  },
  load: document => modelOf(document as Learned),
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
 * Puts place i among the nearest found so far, nearest first, if it is nearer than the last or there is room. Returns how
 * many there are then. By insertion, since they are few; of equal distances the one put first stays first.
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

/** What finds the nearest samples of each row of x, and their distances. */
type Search = (x: Matrix, found: (row: number, nearest: Int32Array, distances: Float64Array) => void) => void;

/** Measures every sample. */
function searchAll(learned: Learned): Search {
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

const QUERIES_TOGETHER = 256;

/** Measures the samples that the screen leaves in question; the distances of the others are left as they are. */
function searchScreened(learned: Learned): Search {
  const { samples, codes, features, neighbors } = learned;
  const stored: Matrix = { rows: codes.length, columns: features, data: samples };
  const middle = Float64Array.from({ length: features }, (_, j) => moments(column(stored, j)).mean);
  const centered = mapColumns(stored, (value, j) => value - middle[j]);
  const norms = squaredNorms(centered);
  const largest = norms.reduce((most, norm) => Math.max(most, norm), 0);
  const nearest = new Int32Array(neighbors);
  const distances = new Float64Array(codes.length);

  return (x, found) => {
    for (let first = 0; first < x.rows; first += QUERIES_TOGETHER) {
      const count = Math.min(QUERIES_TOGETHER, x.rows - first);
      const block = takeRows(
        x,
        Int32Array.from({ length: count }, (_, i) => first + i),
      );
      const queries = mapColumns(block, (value, j) => value - middle[j]);
      const products = product({ matrix: centered }, { matrix: queries, transposed: true });
      const queryNorms = squaredNorms(queries);
      for (let i = 0; i < count; i++) {
        const screen = column(products, i);
        for (let s = 0; s < screen.length; s++) screen[s] = norms[s] - 2 * screen[s];
        findNearest(screen, nearest);
        const rounding = 4 * (features + 16) * Number.EPSILON * (largest + queryNorms[i]);
        const limit = screen[nearest[neighbors - 1]] + 2 * rounding;
        for (let s = 0, kept = 0; s < screen.length; s++) {
          if (screen[s] > limit) continue;
          distances[s] = squaredDistance(stored, s, block, i);
          kept = insert(s, distances, nearest, kept);
        }
        found(first + i, nearest, distances);
      }
    }
  };
}

function squaredNorms({ rows, columns, data }: Matrix): Float64Array {
  const norms = new Float64Array(rows);
  for (let j = 0; j < columns; j++)
    for (let i = 0; i < rows; i++) norms[i] += data[j * rows + i] * data[j * rows + i];
  return norms;
}

function squaredDistance(a: Matrix, i: number, b: Matrix, k: number): number {
  let sum = 0;
  for (let j = 0; j < a.columns; j++) {
    const distance = a.data[j * a.rows + i] - b.data[j * b.rows + k];
    sum += distance * distance;
  }
  return sum;
}

function modelOf(learned: Learned): Model {
  const { classes, features, codes, power, byDistance } = learned;
  const search = power === 2 ? searchScreened(learned) : searchAll(learned);
  const proba = (x: Matrix): Float64Array => {
    checkNewData(x, features);
    const votes = new Float64Array(x.rows * classes);
    search(x, (row, nearest, distances) => {
      const meets = distances[nearest[0]] === 0;
      let total = 0;
      for (const i of nearest) {
        // A sample that is met exactly outvotes all that are not.
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
    serialize: () => learned as unknown as Document,
  };
}
