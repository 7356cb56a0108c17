/**
 * The simulated searches of `npm run bench:statistics`: samples of two normal classes, and configs whose truth is
 * known.
 */
import type { Rng } from '../../src/base/rng.js';
import { strataOf, type Strata } from '../../src/statistics/bagging.js';
import { normalQuantile } from '../../src/statistics/normal.js';
import { twoSided } from '../../src/statistics/student.js';

const FEATURES = 20;
/** The features that tell the classes apart, where any do. */
const INFORMATIVE = 6;
export const CONFIGS = 60;
export const FOLDS = 5;

export interface World {
  n: number;
  area: number;
  /** The true difference of the class means, for each feature. */
  delta: Float64Array;
}

/** Samples, row by row, with 0 and 1 in turn as their classes. */
export interface Table {
  x: Float64Array;
  n: number;
}

export const isPositive = (sample: number): boolean => sample % 2 === 1;

export function worldOf(n: number, area: number): World {
  // The best direction has the area Phi(|delta| / sqrt 2).
  const length = Math.SQRT2 * normalQuantile(area);
  const delta = new Float64Array(FEATURES);
  delta.fill(length / Math.sqrt(INFORMATIVE), 0, INFORMATIVE);
  return { n, area, delta };
}

/** A standard normal number. */
function normal(rng: Rng): number {
  return normalQuantile((rng.uint32() + 0.5) / 4294967296);
}

export function drawTable({ n, delta }: World, rng: Rng): Table {
  const x = new Float64Array(n * FEATURES);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < FEATURES; j++)
      x[i * FEATURES + j] = normal(rng) + (isPositive(i) ? delta[j] / 2 : -delta[j] / 2);
  return { x, n };
}

/** The features of each config. The first two are equally good: one half of the informative features each. */
export function drawConfigs(rng: Rng): Int32Array[] {
  const configs = [Int32Array.of(0, 2, 4, 6, 8), Int32Array.of(1, 3, 5, 7, 9)];
  while (configs.length < CONFIGS) {
    const size = 1 + rng.below(10);
    configs.push(rng.permutation(FEATURES).slice(0, size));
  }
  return configs;
}

/** The class means of the samples, positive minus negative, for each feature. */
export function differenceOf({ x }: Table, samples: readonly number[]): Float64Array {
  const sums = [new Float64Array(FEATURES), new Float64Array(FEATURES)];
  const counts = [0, 0];
  for (const i of samples) {
    const code = Number(isPositive(i));
    counts[code]++;
    for (let j = 0; j < FEATURES; j++) sums[code][j] += x[i * FEATURES + j];
  }
  return sums[1].map((sum, j) => sum / counts[1] - sums[0][j] / counts[0]);
}

/** The samples of each fold and class, which the bootstrap draws from. */
export function foldsAndClasses(n: number): Strata {
  return strataOf(n, i => ((i >> 1) % FOLDS) * 2 + Number(isPositive(i)));
}

/** The value of a sample along a direction, on some features. */
export function along({ x }: Table, i: number, direction: Float64Array, features: Int32Array): number {
  let sum = 0;
  for (const j of features) sum += direction[j] * x[i * FEATURES + j];
  return sum;
}

/** Whether the sample at a place is tested in a fold. Classes alternate, so every pair of samples goes to one fold. */
export function isTested(place: number, fold: number): boolean {
  return (place >> 1) % FOLDS === fold;
}

/** The true area under the ROC curve of the direction on these features. */
export function trueArea(direction: Float64Array, features: Int32Array, { delta }: World): number {
  let [product, square] = [0, 0];
  for (const j of features) {
    product += direction[j] * delta[j];
    square += direction[j] * direction[j];
  }
  return phi(product / Math.sqrt(2 * square));
}

/** The normal distribution function: that of t with many degrees of freedom is within 1e-9 of it. */
function phi(z: number): number {
  const tail = twoSided(z, 1e9) / 2;
  return z > 0 ? 1 - tail : tail;
}
