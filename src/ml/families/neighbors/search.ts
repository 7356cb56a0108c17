import type { Matrix } from '../../../base/dataset.js';
import type { Pointer } from '../../../kernels/exports.js';
import { kernels } from '../../../kernels/loader.js';
import { pow } from '../../../kernels/math.js';
import { float64, hold, int32, scope, unsetFloat32 } from '../../../kernels/memory.js';
import { eachBlock } from '../../algebra/blocks.js';
import { inUnit, largestSize, unitFor } from '../../algebra/units.js';

/**
 * The nearest samples of a query. The search compares a query with every sample, so it is exact. Among samples of equal
 * distance, the earlier one is the nearer one.
 *
 * Euclidean distances are screened first. |s|^2 - 2 s'x orders the samples s of a query x up to rounding, and one
 * matrix product in f32 gives it for a block of queries. A bound for the rounding excludes the samples that cannot be
 * among the nearest. The other samples are measured exactly where there is still a choice between them, or where
 * distances are asked for. So the screen never changes what is found.
 */

/** What is searched through. `power` is the power of Minkowski's distance, or Infinity for Chebyshev's. */
export interface Stored {
  features: number;
  /** The number of samples. */
  count: number;
  /** Column-major, as in a Matrix. */
  samples: Float64Array;
  /** How many nearest samples are wanted. */
  neighbors: number;
  byDistance: boolean;
  power: number;
}

/** The nearest samples of a row of x, nearest first, and how much each of them counts. */
type Found = (row: number, nearest: Int32Array, weights: Float64Array) => void;

/** A search through the samples for each row of x. */
export function weightedSearch(stored: Stored): (x: Matrix, found: Found) => void {
  const { samples, count, features, neighbors, byDistance, power } = stored;
  const unit = unitFor(largestSize(samples));
  const own = { ...stored, samples: inUnit({ rows: count, columns: features, data: samples }, unit).data };
  const search = (power === 2 ? searchScreened : searchAll)(own);
  return (x, found) => {
    const weights = new Float64Array(neighbors).fill(1);
    search(inUnit(x, unit), (row, nearest, distances) => {
      if (byDistance) weigh(nearest, distances, power, weights);
      found(row, nearest, weights);
    });
  };
}

/** Writes 1 / distance for each of the nearest. Samples at distance 0 outweigh all others, and count 1 each. */
function weigh(nearest: Int32Array, distances: Float64Array, power: number, weights: Float64Array): void {
  const meets = distances[nearest[0]] === 0;
  nearest.forEach((i, place) => {
    weights[place] = meets ? (distances[i] === 0 ? 1 : 0) : 1 / rooted(distances[i], power);
  });
}

/** Writes the distances of one row of x to all samples, each to the metric's power where that is finite. */
function measure({ samples, count, power }: Stored, x: Matrix, row: number, distances: Float64Array): void {
  distances.fill(0);
  for (let j = 0; j < x.columns; j++) {
    const value = x.data[j * x.rows + row];
    const from = j * count;
    if (power === 1) {
      for (let i = 0; i < count; i++) distances[i] += Math.abs(samples[from + i] - value);
    } else if (power === Infinity) {
      for (let i = 0; i < count; i++)
        distances[i] = Math.max(distances[i], Math.abs(samples[from + i] - value));
    } else {
      for (let i = 0; i < count; i++) distances[i] += pow(Math.abs(samples[from + i] - value), power);
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
function searchAll(stored: Stored): NearestSearch {
  return (x, found) => {
    const distances = new Float64Array(stored.count);
    const nearest = new Int32Array(stored.neighbors);
    for (let row = 0; row < x.rows; row++) {
      measure(stored, x, row, distances);
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
function searchScreened(known: Stored): NearestSearch {
  const { samples, count: all, features, neighbors, byDistance } = known;
  const stored: Matrix = { rows: all, columns: features, data: samples };
  return (x, found) => {
    const { means, scale } = frameOf(stored);
    // Samples that are too small or too large to be squared leave nothing to screen by.
    if (!(scale > 0 && scale < Infinity)) return searchAll(known)(x, found);
    const error = screenError(features);
    const nearest = new Int32Array(neighbors);
    const distances = new Float64Array(all);
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
      const places = int32(all);
      for (let first = 0; first < x.rows; first += QUERIES_TOGETHER) {
        const count = Math.min(QUERIES_TOGETHER, x.rows - first);
        scope(() => {
          const { byteOffset } = screenProducts(queries, near, first, count, features);
          for (let i = 0; i < count; i++) {
            const own = byteOffset + 4 * i * all;
            const last = kernels().smallestOf(all, most.byteOffset, own, neighbors, smallest);
            const limit = last + 2 * error * queries.norms[first + i] + features * UNDERFLOW;
            const left = kernels().placesWithin(all, least.byteOffset, own, limit, places.byteOffset);
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
