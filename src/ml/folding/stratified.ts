import type { Rng } from '../../base/rng.js';
import { pairwiseSum } from '../algebra/sums.js';

/**
 * Folds with even shares of the classes: StratifiedKFold and StratifiedGroupKFold of scikit-learn
 * (sklearn/model_selection/_split.py, version 1.2). Each gives the fold of every sample.
 */

/** The codes renumbered from 0 in the order of their first appearance, and the number of different codes. */
function byAppearance(codes: Int32Array): { codes: Int32Array; count: number } {
  const seen = new Map<number, number>();
  const renamed = codes.map(code => {
    if (!seen.has(code)) seen.set(code, seen.size);
    return seen.get(code)!;
  });
  return { codes: renamed, count: seen.size };
}

/**
 * StratifiedKFold. The sorted classes are dealt to the folds in turn. This gives the number of samples of each class in
 * each fold. Then the samples of a class fill the folds in order, or with shuffling in random order.
 */
export function stratifiedFolds(y: Int32Array, folds: number, rng?: Rng): Int32Array {
  const { codes, count } = byAppearance(y);
  const sorted = Int32Array.from(codes).sort();
  const shares = Array.from({ length: count }, () => new Int32Array(folds));
  sorted.forEach((code, place) => shares[code][place % folds]++);
  const foldOf = new Int32Array(y.length);
  for (let code = 0; code < count; code++) {
    const order: number[] = [];
    shares[code].forEach((share, fold) => order.push(...new Array<number>(share).fill(fold)));
    if (rng) rng.shuffle(order);
    let next = 0;
    for (let i = 0; i < y.length; i++) if (codes[i] === code) foldOf[i] = order[next++];
  }
  return foldOf;
}

/** The standard deviation of a row, divided by n. The sum is pairwise, as numpy's over a row. */
function rowDeviation(values: Float64Array): number {
  const mean = pairwiseSum(values) / values.length;
  return Math.sqrt(pairwiseSum(values.map(value => (value - mean) * (value - mean))) / values.length);
}

/** The standard deviation of a column, divided by n. The sum runs row by row, as numpy's over a column. */
function columnDeviation(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  const mean = sum / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i] - mean) * (values[i] - mean);
  return Math.sqrt(squares / values.length);
}

/** The number of samples of each group (row) and each class that occurs (column). */
function groupTable(y: Int32Array, groups: Int32Array): { table: Float64Array[]; groupOf: Int32Array } {
  const groupCodes = [...new Set(groups)].sort((a, b) => a - b);
  const classCodes = [...new Set(y)].sort((a, b) => a - b);
  const placeOfGroup = new Map(groupCodes.map((code, place) => [code, place]));
  const placeOfClass = new Map(classCodes.map((code, place) => [code, place]));
  const table = groupCodes.map(() => new Float64Array(classCodes.length));
  const groupOf = groups.map(code => placeOfGroup.get(code)!);
  for (let i = 0; i < y.length; i++) table[groupOf[i]][placeOfClass.get(y[i])!]++;
  return { table, groupOf };
}

/**
 * The greedy algorithm of StratifiedGroupKFold. It takes the groups in descending order of how uneven their classes
 * are. Each group goes to the fold that leaves the shares of the classes most even over the folds. Of folds that are
 * nearly equal in this, it goes to the fold with the fewest samples. Rounding decides between groups, and between
 * folds, that are equal otherwise. So every sum has numpy's order: the values of a row pairwise, rows one after the
 * other.
 */
export function stratifiedGroupFolds(
  y: Int32Array,
  groups: Int32Array,
  folds: number,
  rng?: Rng,
): Int32Array {
  const { table, groupOf } = groupTable(y, groups);
  const order = table.map((_, group) => group);
  if (rng) rng.shuffle(order);
  const unevenness = table.map(rowDeviation);
  order.sort((a, b) => unevenness[b] - unevenness[a]);

  const totals = table[0].map((_, c) => table.reduce((sum, counts) => sum + counts[c], 0));
  const filled = Array.from({ length: folds }, () => new Float64Array(totals.length));
  const foldOfGroup = new Int32Array(table.length);
  for (const group of order) {
    const fold = bestFold(filled, totals, table[group]);
    table[group].forEach((count, c) => (filled[fold][c] += count));
    foldOfGroup[group] = fold;
  }
  return groupOf.map(group => foldOfGroup[group]);
}

/** The fold that a group with these class counts goes to, given the class counts of the folds so far. */
function bestFold(filled: Float64Array[], totals: Float64Array, counts: Float64Array): number {
  let [best, bestSpread, bestSize] = [0, Infinity, Infinity];
  const [shares, spreads] = [new Float64Array(filled.length), new Float64Array(totals.length)];
  for (let fold = 0; fold < filled.length; fold++) {
    let size = 0;
    for (let c = 0; c < totals.length; c++) {
      for (let f = 0; f < filled.length; f++) {
        shares[f] = (filled[f][c] + (f === fold ? counts[c] : 0)) / totals[c];
      }
      spreads[c] = columnDeviation(shares);
      size += filled[fold][c];
    }
    const spread = pairwiseSum(spreads) / totals.length;
    const close = Math.abs(spread - bestSpread) <= 1e-8 + 1e-5 * bestSpread;
    if (spread < bestSpread || (close && bestSpread !== Infinity && size < bestSize)) {
      [best, bestSpread, bestSize] = [fold, spread, size];
    }
  }
  return best;
}
