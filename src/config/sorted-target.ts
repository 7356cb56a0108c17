import type { CrossValidation } from '../base/config.js';
import { valuesOf, type SplitData } from '../base/dataset.js';
import { foldTypeOf } from '../base/fold-types.js';
import type { Fold } from '../ml/folds.js';

/**
 * Plain folds are cut in the order of the rows. Where a table is sorted by the target, or by what the target depends
 * on, each fold holds other values than those that its model has seen, and r2 is far below 0.
 */

/**
 * Folds differ where the F statistic of a one-way analysis of variance over them is larger than this. For 5 folds of
 * independent samples that happens less than once in 1000 searches from 20 samples on.
 */
const MOST_F = 10;

/** A note where plain folds without shuffle differ in the values of the target; else none. */
export function sortedNotes({ train }: SplitData, cv: CrossValidation, folds: readonly Fold[]): string[] {
  if (train.target.kind !== 'values' || cv.shuffle || foldTypeOf(cv, 'values') !== 'kfold') return [];
  const { values } = valuesOf(train.target);
  const means = folds.map(({ test }) => meanOf(test, values));
  if (!(statisticOf(values, folds, means) > MOST_F)) return [];
  const [least, most] = [Math.min(...means), Math.max(...means)].map(mean => Number(mean.toPrecision(3)));
  return [
    `cv: the mean of the target is ${least} in one fold and ${most} in another, because folds are cut in the order ` +
      'of the rows. If that order means nothing, write `shuffle: true` under `cv:`. If it is time, or rows belong ' +
      'together, ask for such folds (docs/folds.md).',
  ];
}

const squared = (value: number): number => value * value;

function meanOf(rows: Int32Array, values: Float64Array): number {
  return rows.reduce((sum, row) => sum + values[row], 0) / rows.length;
}

/** The mean square between folds over the mean square within them. Each of the n values is in one fold. */
function statisticOf(values: Float64Array, folds: readonly Fold[], means: readonly number[]): number {
  const n = values.length;
  const center = values.reduce((sum, value) => sum + value, 0) / n;
  let [between, within] = [0, 0];
  folds.forEach(({ test }, k) => {
    between += test.length * squared(means[k] - center);
    for (const row of test) within += squared(values[row] - means[k]);
  });
  return between / (folds.length - 1) / (within / (n - folds.length));
}
