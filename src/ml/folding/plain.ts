import type { Rng } from '../../base/rng.js';

/**
 * Folds that look at no class: KFold, GroupKFold, PredefinedSplit and LeaveOneGroupOut of scikit-learn
 * (sklearn/model_selection/_split.py, version 1.2). Each gives the fold of every sample.
 */

/** KFold: neighbors stay together. The first n % folds folds have one sample more. */
export function plainFolds(n: number, folds: number, rng?: Rng): Int32Array {
  const order = Array.from({ length: n }, (_, i) => i);
  if (rng) rng.shuffle(order);
  const foldOf = new Int32Array(n);
  let start = 0;
  for (let fold = 0; fold < folds; fold++) {
    const end = start + Math.floor(n / folds) + (fold < n % folds ? 1 : 0);
    for (let at = start; at < end; at++) foldOf[order[at]] = fold;
    start = end;
  }
  return foldOf;
}

/** The different codes, ascending, and the place of each sample's code among them. */
export function distinct(codes: Int32Array): { values: number[]; placeOf: Int32Array } {
  const values = [...new Set(codes)].sort((a, b) => a - b);
  const places = new Map(values.map((value, place) => [value, place]));
  return { values, placeOf: codes.map(code => places.get(code)!) };
}

/**
 * GroupKFold: the groups go, the largest first, each to the fold with the fewest samples so far. Of groups of one size,
 * the one with the larger code goes first; scikit-learn leaves the order of more than 16 such groups to numpy's sort.
 * With a generator, the groups are dealt out in random order, as many to each fold, as in scikit-learn 1.6.
 */
export function groupFolds(groups: Int32Array, folds: number, rng?: Rng): Int32Array {
  const { values, placeOf } = distinct(groups);
  const sizes = new Int32Array(values.length);
  for (const place of placeOf) sizes[place]++;
  const order = Array.from(sizes, (_, place) => place);
  if (rng) {
    rng.shuffle(order);
    const dealt = plainFolds(order.length, folds);
    const foldOfGroup = new Int32Array(order.length);
    order.forEach((group, at) => (foldOfGroup[group] = dealt[at]));
    return placeOf.map(place => foldOfGroup[place]);
  }
  order.sort((a, b) => sizes[b] - sizes[a] || b - a);
  const filled = new Array<number>(folds).fill(0);
  const foldOfGroup = new Int32Array(order.length);
  for (const group of order) {
    const lightest = filled.indexOf(Math.min(...filled));
    filled[lightest] += sizes[group];
    foldOfGroup[group] = lightest;
  }
  return placeOf.map(place => foldOfGroup[place]);
}

/** PredefinedSplit: the numbers of folds in their order. A sample of -1 is in no fold, and is always fitted on. */
export function predefinedFolds(numbers: Int32Array): Int32Array {
  const values = [...new Set(numbers)].filter(value => value >= 0).sort((a, b) => a - b);
  const places = new Map(values.map((value, place) => [value, place]));
  return numbers.map(value => places.get(value) ?? -1);
}
