import type { Matrix } from '../base/dataset.js';

/**
 * What is inside of a fitted step, as far as plain words tell it: how a transform leads features to features, and how
 * a classifier adds its features up. Contributions and importances are computed from these words. So they know no
 * step by name.
 */

/** How the q features that come out of a transform depend on the p `features` that go in. */
export type Flow =
  /**
   * Feature i that comes out depends on feature `from[i]` alone. A value that is not missing becomes `factor[i]` times
   * itself plus a constant. A factor that is NaN means another function of the feature.
   */
  | { kind: 'each'; features: number; from: Int32Array; factor: Float64Array }
  /** The features that come out are the product of those that go in with p x q weights, plus constants. */
  | { kind: 'linear'; weights: Matrix }
  /** Each feature that comes out depends on all that go in, and not in a linear way. */
  | { kind: 'mixed'; features: number };

export type EachFlow = Flow & { kind: 'each' };

/** The flow of a transform that changes p features one by one. */
export function eachFlow(factor: Float64Array): EachFlow {
  return { kind: 'each', features: factor.length, from: Int32Array.from(factor.keys()), factor };
}

/** The flow of a transform that keeps some of p features as they are: those of these places. */
export function keptFlow(from: Int32Array, features: number): EachFlow {
  return { kind: 'each', features, from, factor: new Float64Array(from.length).fill(1) };
}

/** How a classifier of p features comes to what it says. */
export type Inside = LinearInside | TreesInside;

/**
 * Linear: output o is the sum over j of coef[o * p + j] x_j, plus a constant. Outputs are those of
 * `Classifier.decision`, or the margins of pairs of classes.
 */
export interface LinearInside {
  kind: 'linear';
  features: number;
  /** outputs x p. */
  coef: Float64Array;
  /** The class codes of each output, where outputs are pairs of three or more classes: positive for the second. */
  pairs?: [number, number][];
}

export interface TreesInside {
  kind: 'trees';
  trees: Trees;
  /** The share of each feature in what all splits gained. It is `feature_importances_` of scikit-learn and xgboost. */
  importances: Float64Array;
  /**
   * What the trees add up to. Of classes: probabilities, or margins, whose logistic function or softmax gives
   * probabilities. Of a regressor: the values, or their logarithms.
   */
  scale: 'probability' | 'margin' | 'value' | 'logarithm';
}

/**
 * Trees in one table of nodes. A split compares f32: x < threshold goes left, and x = threshold where `isEqualLeft`
 * says so. A missing x goes left where `missingLeft` is 1. `next` of a split is its left child, and the right child
 * follows it. `next` of a leaf is its row of `values`.
 */
export interface Trees {
  features: number;
  /** How many numbers the trees add up to: 1 for two classes, else one a class. */
  outputs: number;
  /** Per tree. */
  roots: Int32Array;
  /** -1 for a leaf. */
  feature: Int32Array;
  threshold: Float32Array;
  isEqualLeft: boolean;
  missingLeft?: Uint8Array;
  next: Int32Array;
  /** Rows of `width` values: one value for each output; or one value, and then tree t belongs to output t % outputs. */
  values: ArrayLike<number>;
  width: number;
  /** Each output is the sum of the trees over `divisor`, plus `base`. */
  divisor: number;
  base: number;
  /** Of each node, the weight of the training samples in it. Not known of a model that was read from its document. */
  covers?: Float64Array;
}
