import type { CrossValidation } from '../base/config.js';
import { classCounts } from '../base/dataset.js';
import { InputError } from '../base/errors.js';
import { Rng } from '../base/rng.js';
import { pairwiseSum } from './algebra/sums.js';

/**
 * Folds of a cross-validation. Without shuffling they are those of scikit-learn's StratifiedKFold and
 * StratifiedGroupKFold (sklearn/model_selection/_split.py, version 1.2), sample for sample. With shuffling the
 * algorithms are the same, and the random numbers are ours.
 */

/** One fold: the rows to fit on and the rows to score on, each ascending. Every row is in one of the two. */
export interface Fold {
  /** The place of the fold's drawing among the repeats, from 0. */
  repeat: number;
  /** The place of the fold in its drawing, from 0. */
  fold: number;
  train: Int32Array;
  test: Int32Array;
}

/** What folds of classes are made of. */
export interface FoldInput {
  /** n class codes. */
  y: Int32Array;
  classes: number;
  /** n codes of the groups that stay together; needed where `cv.group` is given. */
  groups?: Int32Array;
}

/** What folds of a target of values are made of. */
export interface ValueFoldInput {
  /** n values. */
  y: Float64Array;
  classes?: undefined;
  /** As in `FoldInput`. */
  groups?: Int32Array;
}

/**
 * The folds of all `cv.repeats` drawings, one drawing after the other. `seed` stands in for a missing `cv.seed`. Throws
 * InputError `bad-folds` for less than two folds or repeats without shuffle, `no-groups` where the codes of the groups
 * are missing, `too-few-members` where a class has fewer samples than there are folds, and `too-few-groups` where a
 * fold would be empty.
 */
export function makeFolds(input: FoldInput | ValueFoldInput, cv: CrossValidation, seed: number): Fold[] {
  checkFolds(input, cv);
  const folds: Fold[] = [];
  for (let repeat = 0; repeat < (cv.repeats ?? 1); repeat++) {
    const rng = cv.shuffle ? Rng.from('spt', 'folds', cv.seed ?? seed, repeat) : undefined;
    const foldOf = foldNumbers(input, cv, rng);
    for (let fold = 0; fold < cv.folds; fold++) {
      const rows = Int32Array.from(foldOf.keys());
      const train = rows.filter(row => foldOf[row] !== fold);
      folds.push({ repeat, fold, train, test: rows.filter(row => foldOf[row] === fold) });
    }
  }
  return folds;
}

/** The number of the fold of each sample. */
function foldNumbers(input: FoldInput | ValueFoldInput, cv: CrossValidation, rng?: Rng): Int32Array {
  if (input.classes === undefined) return evenFolds(input.y.length, cv, rng);
  return input.groups && cv.group !== undefined
    ? groupedFolds(input, cv, rng)
    : stratifiedFolds(input, cv, rng);
}

function checkFolds({ y, classes, groups }: FoldInput | ValueFoldInput, cv: CrossValidation): void {
  if (!Number.isInteger(cv.folds) || cv.folds < 2) {
    throw new InputError('bad-folds', `${cv.folds} folds`, {
      value: cv.folds,
      expected: 'an integer of at least 2',
    });
  }
  if ((cv.repeats ?? 1) > 1 && !cv.shuffle) {
    throw new InputError('bad-folds', 'repeats without shuffle would repeat the same folds', {
      value: cv.repeats,
      hint: 'Set cv.shuffle: true.',
    });
  }
  if (cv.group !== undefined && !groups) {
    throw new InputError('no-groups', `the split has no codes of the group column ${cv.group}`, {
      value: cv.group,
    });
  }
  if (classes === undefined) return refuseMoreFolds(y.length, cv);
  classCounts(y, classes).forEach((count, code) => {
    if (count === 0 || count >= cv.folds) return;
    throw new InputError(
      'too-few-members',
      `class ${code} has ${count} samples, too few for ${cv.folds} folds`,
      {
        value: count,
        expected: `at least ${cv.folds} samples of every class`,
        hint: 'Ask for fewer folds, or widen the split.',
      },
    );
  });
}

function refuseMoreFolds(samples: number, { folds }: CrossValidation): void {
  if (samples >= folds) return;
  throw new InputError('too-few-samples', `${samples} samples are too few for ${folds} folds`, {
    value: samples,
    expected: `at least ${folds} samples`,
    hint: 'Ask for fewer folds, or widen the split.',
  });
}

/**
 * KFold: the samples in their order, or with shuffling in a random one, are cut into folds. The first folds have one
 * sample more where the number of folds does not divide that of the samples.
 */
function evenFolds(samples: number, { folds }: CrossValidation, rng?: Rng): Int32Array {
  const order = Array.from({ length: samples }, (_, row) => row);
  if (rng) rng.shuffle(order);
  const foldOf = new Int32Array(samples);
  let next = 0;
  for (let fold = 0; fold < folds; fold++) {
    const size = Math.floor(samples / folds) + (fold < samples % folds ? 1 : 0);
    for (const row of order.slice(next, next + size)) foldOf[row] = fold;
    next += size;
  }
  return foldOf;
}

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
function stratifiedFolds({ y }: FoldInput, cv: CrossValidation, rng?: Rng): Int32Array {
  const { codes, count } = byAppearance(y);
  const sorted = Int32Array.from(codes).sort();
  const shares = Array.from({ length: count }, () => new Int32Array(cv.folds));
  sorted.forEach((code, place) => shares[code][place % cv.folds]++);
  const foldOf = new Int32Array(y.length);
  for (let code = 0; code < count; code++) {
    const folds: number[] = [];
    shares[code].forEach((share, fold) => folds.push(...new Array<number>(share).fill(fold)));
    if (rng) rng.shuffle(folds);
    let next = 0;
    for (let i = 0; i < y.length; i++) if (codes[i] === code) foldOf[i] = folds[next++];
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
function groupedFolds({ y, groups }: FoldInput, cv: CrossValidation, rng?: Rng): Int32Array {
  const { table, groupOf } = groupTable(y, groups!);
  if (table.length < cv.folds) {
    throw new InputError('too-few-groups', `${table.length} groups are too few for ${cv.folds} folds`, {
      value: table.length,
      expected: `at least ${cv.folds} different values of ${cv.group}`,
    });
  }
  const order = table.map((_, group) => group);
  if (rng) rng.shuffle(order);
  const unevenness = table.map(rowDeviation);
  order.sort((a, b) => unevenness[b] - unevenness[a]);

  const totals = table[0].map((_, c) => table.reduce((sum, counts) => sum + counts[c], 0));
  const filled = Array.from({ length: cv.folds }, () => new Float64Array(totals.length));
  const foldOfGroup = new Int32Array(table.length);
  for (const group of order) {
    const fold = bestFold(filled, totals, table[group]);
    table[group].forEach((count, c) => (filled[fold][c] += count));
    foldOfGroup[group] = fold;
  }
  if (new Set(foldOfGroup).size < cv.folds) {
    throw new InputError('too-few-groups', 'the groups leave a fold without samples', {
      value: cv.folds,
      hint: 'Ask for fewer folds, or for a group column with smaller groups.',
    });
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
