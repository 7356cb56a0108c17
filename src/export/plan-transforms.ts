/** The transforms of a plan: what becomes of the features of a sample before the last part (plan.ts). */

/** What every part has. */
export interface PartBase {
  /** The name of the step in the config, for messages: `StandardScaler`. */
  step: string;
  /**
   * All parameters of the step as the config has them, defaults filled in. What a sample becomes does not depend on
   * them: it stands in the other members.
   */
  params: { readonly [name: string]: unknown };
  /** How many features go in. */
  inputs: number;
  /** Whether NaN may go in. */
  missing: boolean;
}

/** What every transform has. */
interface TransformBase extends PartBase {
  /** How many features come out. */
  outputs: number;
}

/** VarianceThreshold and all selections: feature c of the result is feature `kept[c]`. */
export interface SelectPart extends TransformBase {
  kind: 'select';
  /** `outputs` places, ascending. */
  kept: Int32Array;
}

/**
 * SimpleImputer: feature c of the result is feature `kept[c]` with `fill[c]` in place of NaN. After these come the
 * indicators: 1 where feature `marked[i]` is NaN, else 0.
 */
export interface ImputePart extends TransformBase {
  kind: 'impute';
  /** Ascending. A feature without any value in the training is not kept. */
  kept: Int32Array;
  /** One value for each kept feature. */
  fill: Float64Array;
  /** The features that have an indicator, ascending. Empty without `add_indicator`. */
  marked: Int32Array;
}

/** StandardScaler, RobustScaler, MaxAbsScaler: (x - shift) / scale. NaN stays. */
export interface ShiftScalePart extends TransformBase {
  kind: 'shift-scale';
  /** One value a feature each; 0 and 1 where nothing is subtracted or divided. No scale is 0. */
  shift: Float64Array;
  scale: Float64Array;
}

/** MinMaxScaler: x * factor + offset, then cut to `clip` where it is given. NaN stays. */
export interface ScaleShiftPart extends TransformBase {
  kind: 'scale-shift';
  /** One value a feature each. */
  factor: Float64Array;
  offset: Float64Array;
  clip: { low: number; high: number } | null;
}

/**
 * Normalizer: a sample over its norm. l1: sum of |x|. l2: root of the sum of squares. max: largest |x|. A norm below 10
 * epsilon (2.220446049250313e-15) counts as 1. The squares of extreme samples are summed in another unit (scalers.ts).
 */
export interface NormPart extends TransformBase {
  kind: 'norm';
  norm: 'l1' | 'l2' | 'max';
}

/**
 * PowerTransformer: (u(x) - shift) / scale. NaN stays. With the plain reference (0 for yeo-johnson, 1 for box-cox) u is
 * the usual transform. With another reference it is a linear function of that one, which keeps more digits; the head of
 * ml/transforms/power-fit.ts defines it. box-cox refuses values <= 0.
 */
export interface PowerPart extends TransformBase {
  kind: 'power';
  method: 'yeo-johnson' | 'box-cox';
  /** One value a feature each. */
  lambda: Float64Array;
  reference: Float64Array;
  shift: Float64Array;
  scale: Float64Array;
}

/** PCA: ((x - mean) C) / scale. */
export interface ProjectPart extends TransformBase {
  kind: 'project';
  /** One value a feature. */
  mean: Float64Array;
  /** inputs x outputs, column-major: the weights of a component lie together. */
  components: Float64Array;
  /** One value a component: the root of its variance with `whiten`, else 1. */
  scale: Float64Array;
  /** One value a component: the variance of its scores in the training. No sample depends on it. */
  variance: Float64Array;
}

/** ColumnTransformer: the features `places` of each group go through its parts. The groups stand in their order. */
export interface GroupsPart extends TransformBase {
  kind: 'groups';
  groups: { name: string; places: Int32Array; parts: TransformPart[] }[];
}

/**
 * OneHotEncoder, OrdinalEncoder: a table of what the values of each feature become. The entries of feature j are those
 * from `starts[j]` to `starts[j + 1]`. The value `categories[e]` becomes the place `places[e]`, and any other value
 * becomes `others[j]`, or is refused where `refuses` is true. NaN among the categories is a missing value.
 *
 * Without `widths`, feature j of the result is the place. With them, it becomes `widths[j]` features: 1 at the place
 * and 0 elsewhere. Place -1 is 0 everywhere.
 */
export interface EncodePart extends TransformBase {
  kind: 'encode';
  /** inputs + 1 numbers. */
  starts: Int32Array;
  categories: Float64Array;
  places: Float64Array;
  others: Float64Array;
  refuses: boolean;
  widths: Int32Array | null;
}

export type TransformPart =
  | SelectPart
  | ImputePart
  | ShiftScalePart
  | ScaleShiftPart
  | NormPart
  | PowerPart
  | ProjectPart
  | EncodePart
  | GroupsPart;
