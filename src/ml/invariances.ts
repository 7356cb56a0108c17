/**
 * What does not change in what a step says when its table changes in a way that should not matter. It is said of fresh
 * samples that change as the table does: probabilities or decisions of a classifier, the columns that a transform gives. A
 * step states it for its parameters, and a test holds each step to it and to what scikit-learn's step holds.
 *
 * - exact: the same bits, where the change itself rounds nothing (a factor that is a power of two, a shift of whole numbers)
 * - close: the same up to rounding, or to the tolerance of a solver
 * - no: something else is learned
 */
export type Held = 'exact' | 'close' | 'no';

export interface Invariances {
  /** A constant is added to each feature, up to 1e9. */
  shift: Held;
  /** All values are multiplied by one number, from 1e-150 to 1e150. */
  scale: Held;
  /** Each feature is multiplied by a number of its own. */
  featureScales: Held;
  /** The features come in another order; the columns that a transform gives may follow it. */
  featureOrder: Held;
  sampleOrder: Held;
  /** Every sample is there twice. */
  doubled: Held;
  /** The largest shift, and the smallest and largest factor, for which that is promised, where it is less. */
  range?: { shift?: number; scale?: readonly [least: number, most: number] };
  /** Of a transform: its columns are the same up to a factor and a shift of each, which are the table's. */
  upToScale?: boolean;
}

/** For steps that see each feature for itself, by its order or its deviation. */
export const UNCHANGED: Invariances = {
  shift: 'close',
  scale: 'exact',
  featureScales: 'close',
  featureOrder: 'exact',
  sampleOrder: 'close',
  doubled: 'close',
};

/** For linear models whose coefficients have a price: it is of the features' units, and of the number of samples. */
export const PENALIZED: Invariances = {
  shift: 'close',
  scale: 'no',
  featureScales: 'no',
  featureOrder: 'close',
  sampleOrder: 'close',
  doubled: 'no',
};

/** scikit-learn's scalers leave a range below 10 epsilon as it is. */
export const SCALER_RANGE = { scale: [1e-12, 1e150] } as const;

/** Trees compare values in f32, and find no split between values closer than 1e-7, as scikit-learn's do. */
export const TREE_RANGE = { shift: 1e3, scale: [1e-3, 1e30] } as const;
