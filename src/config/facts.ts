import type { CrossValidation } from '../base/config.js';
import {
  classCounts,
  classesOf,
  classNames,
  featureNames,
  type Matrix,
  type SplitData,
} from '../base/dataset.js';
import { InputError, type Place } from '../base/errors.js';
import { someOf } from '../base/listing.js';
import { makeFolds } from '../ml/folds.js';

/** What is known of a split before it is trained on. */
export interface Facts {
  split: string;
  classes: string[];
  features: number;
  /** The samples of the smallest fit: of a fold, or of the whole split. */
  smallest: number;
  /** The smallest value that is trained on, and its feature. */
  least: { value: number; feature: string };
  /** The features that lack values, in what is trained on or validated on. */
  gaps: string[];
  /** What a user should know of the folds. */
  notes: string[];
}

/** How many repeats are looked at; the folds of the others are not made. */
const MOST_REPEATS = 20;

const hasGaps = ({ rows, data }: Matrix, j: number): boolean => {
  for (let at = j * rows; at < (j + 1) * rows; at++) if (Number.isNaN(data[at])) return true;
  return false;
};

function leastOf({ rows, data }: Matrix, features: readonly string[]): Facts['least'] {
  let least = 0;
  for (let at = 0; at < data.length; at++)
    if (data[at] < data[least] || Number.isNaN(data[least])) least = at;
  return { value: data[least], feature: features[Math.floor(least / rows)] };
}

/** What is known of a split. Throws InputError for folds that cannot be made or trained on. */
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
    features: features.length,
    smallest: train.x.rows,
    least: leastOf(train.x, features),
    gaps,
    notes: [],
  };
  if (cv === undefined) return facts;
  if (cv.group === undefined || !train.groups) {
    // Stratified folds are dealt like cards: none is larger by more than one, and each has every class.
    return { ...facts, smallest: train.x.rows - Math.ceil(train.x.rows / cv.folds) };
  }
  return { ...facts, ...groupFolds(data, cv, seed, placeOf(['cv', 'group'])) };
}

/** Folds of whole groups may lack a class: in what is scored there is no score then, and in what is trained no model. */
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
        throw new InputError('one-class', `without fold ${name} only one class is left to train on`, {
          place,
          value: cv.group,
          expected: 'groups of which several have each class',
          hint: 'Group by another column, ask for fewer folds, or leave `group` out.',
        });
      }
      for (const name_ of absent) lacking[part].set(name_, [...(lacking[part].get(name_) ?? []), name]);
    }
  }
  const told = (part: 'train' | 'test', what: string): string[] =>
    [...lacking[part]].map(([name, where]) => {
      const noun = where.length === 1 ? 'fold' : 'folds';
      return `cv by ${cv.group}: ${noun} ${someOf(where, 8)} (of ${folds.length}) ${where.length === 1 ? 'has' : 'have'} no sample of ${name} ${what}`;
    });
  return {
    smallest: Math.min(...folds.map(fold => fold.train.length)),
    notes: [
      ...told(
        'test',
        'to score: a metric that needs every class, as roc_auc does, has no value there, and so none over all folds.',
      ),
      ...told('train', 'to train on.'),
    ],
  };
}
