import type { CrossValidation } from '../base/config.js';
import {
  classCounts,
  classesOf,
  classNames,
  featureNames,
  type DataColumn,
  type Matrix,
  type SplitData,
} from '../base/dataset.js';
import { InputError, type Place } from '../base/errors.js';
import { someOf } from '../base/listing.js';
import { makeFolds } from '../ml/folds.js';

/** What is known about a split before anything is trained on it. */
export interface Facts {
  split: string;
  classes: string[];
  columns: readonly DataColumn[];
  /** The number of samples of the smallest fit: of a fold, or of the whole split. */
  smallest: number;
  /** The smallest number in the training samples, and its feature. Absent where there are no numbers. */
  least?: { value: number; feature: string };
  /** The features with missing values in the training or the validation samples. */
  gaps: string[];
  /** What a user should know about the folds. */
  notes: string[];
}

/** The largest number of repeats whose folds are made and looked at. */
const MOST_REPEATS = 20;

const hasGaps = ({ rows, data }: Matrix, j: number): boolean => {
  for (let at = j * rows; at < (j + 1) * rows; at++) if (Number.isNaN(data[at])) return true;
  return false;
};

/** Codes of categories are no magnitudes, so they do not count. */
function leastOf({ rows, data }: Matrix, columns: readonly DataColumn[]): Facts['least'] {
  let least: Facts['least'];
  columns.forEach(({ name, kind }, j) => {
    if (kind !== 'number') return;
    for (const value of data.subarray(j * rows, (j + 1) * rows))
      if (value < (least?.value ?? Infinity)) least = { value, feature: name };
  });
  return least;
}

/** The facts of a split. Throws InputError for folds that cannot be made, or that leave one class to train on. */
export function factsOf(
  split: string,
  data: SplitData,
  cv: CrossValidation | undefined,
  seed: number,
  placeOf: (path: (string | number)[]) => Place,
): Facts {
  const { target, train, validate } = data;
  const features = featureNames(data);
  const gaps = features.filter((_, j) => hasGaps(train.x, j) || (validate && hasGaps(validate.x, j)));
  const facts: Facts = {
    split,
    classes: classNames(target),
    columns: data.columns,
    smallest: train.x.rows,
    least: leastOf(train.x, data.columns),
    gaps,
    notes: [],
  };
  if (cv === undefined) return facts;
  if (cv.group === undefined || !train.groups) {
    // Stratified folds differ by at most one sample, and each of them has every class.
    return { ...facts, smallest: train.x.rows - Math.ceil(train.x.rows / cv.folds) };
  }
  return { ...facts, ...groupFolds(data, cv, seed, placeOf(['cv', 'group'])) };
}

/** Folds of whole groups may lack a class. Then scores are undefined, or the model does not know the class. */
function groupFolds(
  { train, target }: SplitData,
  cv: CrossValidation,
  seed: number,
  place: Place,
): Pick<Facts, 'smallest' | 'notes'> {
  const classes = classNames(target);
  const { codes } = classesOf(train.target);
  const repeats = Math.min(cv.repeats ?? 1, MOST_REPEATS);
  const folds = makeFolds(
    { y: codes, classes: classes.length, groups: train.groups },
    { ...cv, ...(cv.repeats && { repeats }) },
    seed,
  );
  const lacking = { train: new Map<string, string[]>(), test: new Map<string, string[]>() };
  for (const fold of folds) {
    const name = repeats > 1 ? `${fold.repeat}.${fold.fold}` : `${fold.fold}`;
    for (const part of ['train', 'test'] as const) {
      const counts = classCounts(
        fold[part].map(row => codes[row]),
        classes.length,
      );
      const absent = classes.filter((_, code) => counts[code] === 0);
      if (part === 'train' && classes.length - absent.length < 2) {
        throw new InputError('one-class', `outside of fold ${name}, only one class is left to train on`, {
          place,
          value: cv.group,
          expected: 'groups of which several have each class',
          hint: 'Group by another column, ask for fewer folds, or leave `group` out.',
        });
      }
      for (const label of absent) lacking[part].set(label, [...(lacking[part].get(label) ?? []), name]);
    }
  }
  const notesOf = (part: 'train' | 'test', why: string): string[] =>
    [...lacking[part]].map(([label, where]) => {
      const [noun, have] = where.length === 1 ? ['fold', 'has'] : ['folds', 'have'];
      const named = `${noun} ${someOf(where, 8)} (of ${folds.length})`;
      return `cv by ${cv.group}: ${named} ${have} no sample of ${label} ${why}`;
    });
  const unscored =
    'to score. A metric that needs every class, such as roc_auc, has no value there. ' +
    'Then its mean over the folds has no value either.';
  return {
    smallest: Math.min(...folds.map(fold => fold.train.length)),
    notes: [...notesOf('test', unscored), ...notesOf('train', 'to train on.')],
  };
}
