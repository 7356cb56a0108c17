import type { CrossValidation } from '../base/config.js';
import {
  classCounts,
  classesOf,
  featureNames,
  type DataColumn,
  valuesOf,
  type Matrix,
  type SplitData,
} from '../base/dataset.js';
import { InputError, type Place } from '../base/errors.js';
import { foldTypeOf } from '../base/fold-types.js';
import { someOf } from '../base/listing.js';
import { makeFolds, type Fold } from '../ml/folds.js';
import { sortedNotes } from './sorted-target.js';

/** What is known about a split before anything is trained on it. */
export interface Facts {
  split: string;
  /** The classes of the target; none where it holds values. */
  classes: string[];
  columns: readonly DataColumn[];
  /** The smallest value of the target in the training samples, where it holds values. */
  leastValue?: number;
  /** The number of samples of the smallest fit: of a fold, or of the whole split. */
  smallest: number;
  /** The smallest number in the training samples, and its feature. Absent where there are no numbers. */
  least?: { value: number; feature: string };
  /** The features with missing values in the training or the validation samples. */
  gaps: string[];
  /** Whether the samples have weights. */
  hasWeights: boolean;
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
  placeOf: PlaceIn,
): Facts {
  const { train, validate } = data;
  const features = featureNames(data);
  const gaps = features.filter((_, j) => hasGaps(train.x, j) || (validate && hasGaps(validate.x, j)));
  const facts: Facts = {
    split,
    ...targetFacts(data),
    columns: data.columns,
    smallest: train.x.rows,
    least: leastOf(train.x, data.columns),
    gaps,
    hasWeights: train.weights !== undefined,
    notes: [],
  };
  if (cv === undefined) return facts;
  if (foldTypeOf(cv, train.target.kind) === 'stratified' && !train.weights) {
    // Stratified folds differ by at most one sample, and each of them has every class.
    return { ...facts, smallest: train.x.rows - Math.ceil(train.x.rows / cv.folds) };
  }
  return { ...facts, ...foldFacts(data, cv, seed, placeOf) };
}

function targetFacts({ target, train }: SplitData): Pick<Facts, 'classes' | 'leastValue'> {
  if (target.kind === 'classes') return { classes: target.names };
  return {
    classes: [],
    leastValue: valuesOf(train.target).values.reduce((least, value) => Math.min(least, value)),
  };
}

type PlaceIn = (path: (string | number)[]) => Place;

/** The folds of some drawings. An error gets the place of the cross-validation. */
function placedFolds({ train }: SplitData, cv: CrossValidation, seed: number, placeOf: PlaceIn): Fold[] {
  const repeats = Math.min(cv.repeats ?? 1, MOST_REPEATS);
  try {
    return makeFolds(train, { ...cv, ...(cv.repeats && { repeats }) }, seed);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const place = placeOf(['cv', cv.group === undefined ? 'folds' : 'group']);
    throw new InputError(error.code, error.message, { ...error.complaint, place }, { cause: error });
  }
}

/** Folds may lack a class, or have no weight. Then scores are undefined, or the model does not know the class. */
function foldFacts(
  data: SplitData,
  cv: CrossValidation,
  seed: number,
  placeOf: PlaceIn,
): Pick<Facts, 'smallest' | 'notes'> {
  const folds = placedFolds(data, cv, seed, placeOf);
  const { weights } = data.train;
  const lacking = { train: new Map<string, string[]>(), test: new Map<string, string[]>() };
  for (const fold of folds) {
    const name = (cv.repeats ?? 1) > 1 ? `${fold.repeat}.${fold.fold}` : `${fold.fold}`;
    for (const part of ['train', 'test'] as const) {
      const rows = weights ? fold[part].filter(row => weights[row] > 0) : fold[part];
      if (rows.length === 0) throw weightless(part, name, placeOf(['weights']));
      const absent = absentClasses(data, rows);
      if (part === 'train' && data.target.kind === 'classes' && data.target.names.length - absent.length < 2)
        throw oneClass(cv, name, placeOf);
      for (const label of absent) lacking[part].set(label, [...(lacking[part].get(label) ?? []), name]);
    }
  }
  const smallest = Math.min(...folds.map(fold => fold.train.length));
  if (cv.type === 'leave-one-out') return { smallest, notes: [] };
  const by = cv.group ?? cv.by;
  const notesOf = (part: 'train' | 'test', why: string): string[] =>
    [...lacking[part]].map(([label, where]) => {
      const [noun, have] = where.length === 1 ? ['fold', 'has'] : ['folds', 'have'];
      const named = `${noun} ${someOf(where, 8)} (of ${folds.length})`;
      return `cv${by === undefined ? '' : ` by ${by}`}: ${named} ${have} no sample of ${label} ${why}`;
    });
  const unscored =
    'to score. A metric that needs every class, such as roc_auc, has no value there. ' +
    'Then its mean over the folds has no value either.';
  const lacks = [...notesOf('test', unscored), ...notesOf('train', 'to train on.')];
  return { smallest, notes: [...lacks, ...sortedNotes(data, cv, folds)] };
}

/** The classes of which there is no sample among some rows. */
function absentClasses({ target, train }: SplitData, rows: Int32Array): string[] {
  if (target.kind === 'values') return [];
  const { codes, k } = classesOf(train.target);
  const counts = classCounts(
    rows.map(row => codes[row]),
    k,
  );
  return target.names.filter((_, code) => counts[code] === 0);
}

function weightless(part: 'train' | 'test', fold: string, place: Place): InputError {
  const which = part === 'train' ? `outside of fold ${fold}` : `of fold ${fold}`;
  return new InputError('no-weight', `every sample ${which} has the weight 0`, {
    place,
    expected: 'in each fold, and outside of it, a weight above 0',
    hint: 'Leave the samples of weight 0 out of the split, or ask for fewer folds.',
  });
}

function oneClass(cv: CrossValidation, fold: string, placeOf: PlaceIn): InputError {
  const message = `outside of fold ${fold}, only one class is left to train on`;
  const key = cv.group !== undefined ? 'group' : cv.by !== undefined ? 'by' : 'folds';
  return new InputError('one-class', message, {
    place: placeOf(['cv', key]),
    value: cv.group ?? cv.by ?? cv.folds,
    expected: `${cv.group === undefined ? 'folds' : 'groups'} of which several have each class`,
    hint:
      cv.group === undefined
        ? 'Ask for fewer folds, or for folds of another type.'
        : 'Group by another column, ask for fewer folds, or leave `group` out.',
  });
}
