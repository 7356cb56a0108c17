/**
 * Changes of a table that should not matter to a step. The step is fitted on the changed table and asked about fresh
 * samples that are changed in the same way. We compare what it says of them: the probabilities or decisions of a
 * classifier, the columns of a transform. A step states its invariances for its parameters. A test holds each step to
 * its statement, and to the invariances of scikit-learn's step.
 *
 * - exact: the bits are the same if the change itself does not round (a factor is a power of two, a shift is whole)
 * - close: the results are the same up to rounding, or up to the tolerance of a solver
 * - no: the step learns something else
 */
export type Held = 'exact' | 'close' | 'no';

export interface Invariances {
  /** A constant is added to each feature, up to 1e9. */
  shift: Held;
  /** All values are multiplied by one number, from 1e-150 to 1e150. */
  scale: Held;
  /** Each feature is multiplied by another number. */
  featureScales: Held;
  /** The features have another order. The columns of a transform may follow it. */
  featureOrder: Held;
  /** The samples have another order. */
  sampleOrder: Held;
  /** Every sample occurs twice. */
  doubled: Held;
  /**
   * The limits of these statements: the largest shift, and the smallest and the largest factor. Absent: the limits
   * above.
   */
  range?: { shift?: number; scale?: readonly [least: number, most: number] };
  /** For a transform: each column of the result may have the factor and the shift of the table. */
  upToScale?: boolean;
}

/** For steps that learn nothing from the features. */
export const ALIKE: Invariances = {
  shift: 'exact',
  scale: 'exact',
  featureScales: 'exact',
  featureOrder: 'exact',
  sampleOrder: 'exact',
  doubled: 'exact',
};

/** For steps that look at each feature by itself, at its order or its deviation. */
export const UNCHANGED: Invariances = {
  shift: 'close',
  scale: 'exact',
  featureScales: 'close',
  featureOrder: 'exact',
  sampleOrder: 'close',
  doubled: 'close',
};

/**
 * For linear models with a penalty on the coefficients. The penalty depends on the units of the features, and its
 * weight on the number of samples.
 */
export const PENALIZED: Invariances = {
  shift: 'close',
  scale: 'no',
  featureScales: 'no',
  featureOrder: 'close',
  sampleOrder: 'close',
  doubled: 'no',
};

/** Trees compare values as f32 and find no split between values closer than 1e-7, as scikit-learn's trees do. */
export const TREE_RANGE = { shift: 1e3, scale: [1e-3, 1e30] } as const;
