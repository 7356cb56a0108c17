import type { CrossValidation } from '../base/config.js';
import { classCounts, classesOf, type Samples, type Target } from '../base/dataset.js';
import { InputError } from '../base/errors.js';
import { foldTypeFacts, foldTypeOf, type FoldType } from '../base/fold-types.js';
import { counted } from '../base/listing.js';
import { Rng } from '../base/rng.js';
import { distinct, groupFolds, plainFolds, predefinedFolds } from './folding/plain.js';
import { stratifiedFolds, stratifiedGroupFolds } from './folding/stratified.js';
import { alwaysEnough, fillsTime, timeFolds } from './folding/time.js';

/**
 * Folds of a cross-validation. Without shuffling they are those of scikit-learn's splitters
 * (sklearn/model_selection/_split.py, version 1.2), sample for sample. With shuffling the algorithms are the same, and
 * the random numbers are ours.
 */

/**
 * One fold: the rows to fit on and the rows to score on, each ascending. No row is in both. In time, the later rows of
 * an early fold are in none of them. Of predefined folds, rows may never be scored.
 */
export interface Fold {
  /** The place of the fold's drawing among the repeats, from 0. */
  repeat: number;
  /** The place of the fold in its drawing, from 0. */
  fold: number;
  train: Int32Array;
  test: Int32Array;
}

/** What folds are made of: the target, and the columns that the type reads. */
export type FoldInput = Pick<Samples, 'target' | 'groups' | 'times' | 'folds'>;

/**
 * The folds of all `cv.repeats` drawings, one drawing after the other. `seed` stands in for a missing `cv.seed`. Throws
 * InputError `bad-folds` for less than two folds or repeats without shuffle, `no-groups` where the column that the type
 * reads is missing, `too-few-members` where a class has fewer samples than there are folds, `too-few-groups` where a
 * fold would be empty, and `too-few-to-fold` where there are too few samples.
 */
export function makeFolds(input: FoldInput, cv: CrossValidation, seed: number): Fold[] {
  const type = foldTypeOf(cv, input.target.kind);
  checkFolds(input, cv, type);
  if (type === 'time') {
    return timeFolds(input.times!, cv.folds, cv.gap ?? 0).map((rows, fold) => ({ repeat: 0, fold, ...rows }));
  }
  const folds: Fold[] = [];
  for (let repeat = 0; repeat < (cv.repeats ?? 1); repeat++) {
    const rng = cv.shuffle ? Rng.from('spt', 'folds', cv.seed ?? seed, repeat) : undefined;
    const foldOf = foldsByRow(type, input, cv.folds, rng);
    for (let fold = 0; fold < cv.folds; fold++) {
      const rows = Int32Array.from(foldOf.keys());
      const test = rows.filter(row => foldOf[row] === fold);
      if (test.length === 0) throw emptyFold(cv);
      folds.push({ repeat, fold, train: rows.filter(row => foldOf[row] !== fold), test });
    }
  }
  return folds;
}

/** The number of folds that the data tells: of every sample, of every group, or of every number of a fold. */
export function countFolds(type: FoldType, input: FoldInput): number {
  if (type === 'leave-one-group-out') return distinct(input.groups!).values.length;
  if (type === 'predefined') return Math.max(...predefinedFolds(input.folds!)) + 1;
  return sizeOf(input.target);
}

function sizeOf(target: Target): number {
  return target.kind === 'classes' ? target.codes.length : target.values.length;
}

/** The fold of each sample, from 0; -1 for a sample that is in no fold. */
function foldsByRow(
  type: Exclude<FoldType, 'time'>,
  { target, groups, folds: numbers }: FoldInput,
  folds: number,
  rng: Rng | undefined,
): Int32Array {
  switch (type) {
    case 'stratified':
      return stratifiedFolds(classesOf(target).codes, folds, rng);
    case 'stratified-group':
      return stratifiedGroupFolds(classesOf(target).codes, groups!, folds, rng);
    case 'kfold':
      return plainFolds(sizeOf(target), folds, rng);
    case 'group':
      return groupFolds(groups!, folds, rng);
    case 'predefined':
      return predefinedFolds(numbers!);
    case 'leave-one-out':
      return Int32Array.from({ length: sizeOf(target) }, (_, row) => row);
    case 'leave-one-group-out':
      return distinct(groups!).placeOf;
    default:
      throw new InputError('bad-folds', `there is no type ${String(type)} of folds`, { value: type });
  }
}

function checkFolds(input: FoldInput, cv: CrossValidation, type: FoldType): void {
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
  const { groups, times, folds } = input;
  const { reads, isStratified } = foldTypeFacts(type);
  if (reads !== undefined && !(reads === 'group' ? groups : type === 'time' ? times : folds)) {
    throw new InputError('no-groups', `the split does not have the values of the column ${cv[reads]}`, {
      value: cv[reads],
    });
  }
  if (isStratified) checkMembers(input, cv);
  checkSizes(input, cv, type);
}

/** Every fold needs a sample of every class. */
function checkMembers({ target }: FoldInput, cv: CrossValidation): void {
  const { codes, k } = classesOf(target);
  classCounts(codes, k).forEach((count, code) => {
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

function checkSizes({ target, groups }: FoldInput, cv: CrossValidation, type: FoldType): void {
  const isGrouped = foldTypeFacts(type).reads === 'group';
  const units = isGrouped ? distinct(groups!).values.length : sizeOf(target);
  if (isGrouped && units < cv.folds) {
    throw new InputError('too-few-groups', `${units} groups are too few for ${cv.folds} folds`, {
      value: units,
      expected: `at least ${cv.folds} different values of ${cv.group}`,
    });
  }
  const isTime = type === 'time';
  if (isTime ? fillsTime(units, cv.folds, cv.gap ?? 0) : units >= cv.folds) return;
  const gap = cv.gap === undefined ? '' : ` with a gap of ${cv.gap}`;
  throw new InputError(
    'too-few-to-fold',
    `${counted(units, 'sample')} are too few for ${cv.folds} folds${gap}`,
    {
      value: units,
      expected: `at least ${isTime ? alwaysEnough(cv.folds, cv.gap ?? 0) : cv.folds} samples`,
      hint: `Ask for fewer folds${cv.gap ? ' or a smaller gap' : ''}, or widen the split.`,
    },
  );
}

function emptyFold({ folds }: CrossValidation): InputError {
  return new InputError('too-few-groups', 'the groups leave a fold without samples', {
    value: folds,
    hint: 'Ask for fewer folds, or for a group column with smaller groups.',
  });
}
