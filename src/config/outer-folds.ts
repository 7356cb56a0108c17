import type { CrossValidation } from '../base/config.js';
import type { Samples, SplitData } from '../base/dataset.js';
import { InputError } from '../base/errors.js';
import { isPlainName, MAX_NAME } from '../base/names.js';
import { outerName } from '../base/outer.js';
import { describeData } from '../data/store.js';
import type { PreparedSplit } from '../data/split.js';
import { takeRows, takeTarget, takeValues } from '../ml/algebra/matrix.js';
import { makeFolds } from '../ml/folds.js';
import type { Experiment } from './load.js';
import type { SplitNames } from './splits.js';

/**
 * Nested cross-validation. Each outer fold is a split of its own. Its configs are trained and cross-validated on the
 * samples outside of the fold, and validated on the samples inside. So whatever is chosen by the inner folds is scored
 * on samples that took no part in the choice. Workers, the log and all commands know splits, and need to know no more.
 */

/** A split of an outer fold, ready to be stored. */
export interface OuterSplit {
  names: SplitNames;
  prepared: PreparedSplit;
}

/** Some samples, to score on. */
function scoredSamples({ index, x, target, weights }: Samples, rows: Int32Array): Samples {
  return {
    index: Array.from(rows, row => index[row]),
    x: takeRows(x, rows),
    target: takeTarget(target, rows),
    ...(weights && { weights: takeValues(weights, rows) }),
  };
}

/** Some samples, to fit on, with what the inner folds are made of. */
function fittedSamples(samples: Samples, rows: Int32Array): Samples {
  const { groups, times } = samples;
  return {
    ...scoredSamples(samples, rows),
    ...(groups && { groups: Int32Array.from(rows, row => groups[row]) }),
    ...(times && { times: takeValues(times, rows) }),
  };
}

/**
 * The outer folds of a split. They are made as the inner ones are: of the same type and by the same seed, drawn once.
 * Throws InputError where they cannot be made, or where they leave too little for the inner folds.
 */
export function outerSplits(
  names: SplitNames,
  { data }: PreparedSplit,
  { repeats: _, ...cv }: CrossValidation,
  outer: number,
  { seed, splits, placeOf }: Pick<Experiment, 'seed' | 'splits' | 'placeOf'>,
): OuterSplit[] {
  const place = placeOf(['cv', 'outer']);
  const folds = placed(() => makeFolds(data.train, { ...cv, folds: outer }, seed), place, outer);
  return folds.map(({ train, test }, i) => {
    const split = outerName(names.split, i + 1);
    if (splits.has(split) || !isPlainName(split)) {
      throw new InputError('outer-name', `the name ${split} is needed for an outer fold`, {
        place,
        value: split,
        expected: `a name that no split has, of at most ${MAX_NAME} characters`,
        hint: 'Give your split another name.',
      });
    }
    const part: SplitData = {
      columns: data.columns,
      target: data.target,
      train: fittedSamples(data.train, train),
      validate: scoredSamples(data.train, test),
    };
    placed(() => makeFolds(part.train, cv, seed), place, outer, `outside of outer fold ${i + 1}, `);
    const fold = `outer fold ${i + 1}`;
    return {
      names: { split, train: `${names.train} outside of ${fold}`, validate: `${fold} of ${names.train}` },
      prepared: { ...describeData(part), data: part, notes: [] },
    };
  });
}

/** What makes folds. Its errors get the place of `cv.outer`. */
function placed<T>(make: () => T, place: ReturnType<Experiment['placeOf']>, outer: number, where = ''): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { expected } = error.complaint;
    throw new InputError(error.code, `${where}${error.message}`, {
      ...{ place, value: outer, expected },
      hint: 'Ask for fewer outer or inner folds, or widen the split.',
    });
  }
}
