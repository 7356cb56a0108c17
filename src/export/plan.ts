/**
 * What a fitted pipeline computes, as a list of plain parts. Writers of other formats read nothing else of a model.
 *
 * A sample of p features goes through the `transforms` in their order, and then through `last`. Each part names the
 * operations, their order and their precision, so that a writer can give the same bits where its format has the same
 * operations. Unless a part says otherwise, numbers are f64, every operation rounds, no two operations are fused, and
 * sums run over the features in rising order.
 *
 * Matrices say how they lie. NaN is a missing value. No model takes infinite values. spt refuses them, and it refuses
 * missing values where a part's `missing` is false.
 */

import type { Adjustment } from '../ml/calibration/adjustment.js';
import type { PartBase, TransformPart } from './plan-transforms.js';

/** What the last part of a classifier has. A label is a code: the place of the class in `classes` of the plan. */
interface ClassBase extends PartBase {
  classes: number;
}

/** What the last part of a regressor has. It gives one value a sample. */
interface ValueBase extends PartBase {
  classes?: undefined;
}

/**
 * LogisticRegression, RidgeClassifier, LinearSVC, LinearDiscriminantAnalysis: scores = x W' + b, with the intercept
 * added last. Two classes have one score, and the label is 1 where it is above 0. More classes have one each, and the
 * largest wins (the first among equals). The scores are the decision.
 */
export interface LinearPart extends ClassBase {
  kind: 'linear';
  /** outputs x inputs, row-major; outputs is 1 for two classes, else the number of classes. */
  coef: Float64Array;
  /** One an output. -Infinity for a class that had no sample (LinearDiscriminantAnalysis). */
  intercept: Float64Array;
  /**
   * From scores s to probabilities.
   * - `none`: there are none.
   * - `sigmoid`: two classes, p1 = 1 / (1 + e^-s), p0 = 1 / (1 + e^s).
   * - `sigmoid-twice`: as sigmoid of 2 s.
   * - `sigmoid-rest`: two classes, p1 = 1 / (1 + e^-s), p0 = 1 - p1.
   * - `softmax`: e^(s - largest s) over their sum.
   * - `sigmoid-shared`: more classes, 1 / (1 + e^-s) of each over their sum, or 1 / classes each where the sum is 0.
   */
  link: 'none' | 'sigmoid' | 'sigmoid-twice' | 'sigmoid-rest' | 'softmax' | 'sigmoid-shared';
}

/** A machine of the classes `first` < `second`. Its margin is positive for `second`. */
export interface PairOfClasses {
  first: number;
  second: number;
  /** Places of its support vectors, ascending, and their coefficients: margin = sum of coefficient x K + intercept. */
  support: Int32Array;
  coefficients: Float64Array;
  intercept: number;
  /** For kernel linear, one weight a feature: margin = x w + intercept is what spt computes. Else null. */
  weights: Float64Array | null;
  /** P(first | margin) = 1 / (1 + e^(offset - slope margin)), cut to [1e-7, 1 - 1e-7]. Null without probabilities. */
  curve: { slope: number; offset: number } | null;
}

/**
 * SVC. First (x - center) * unit. The kernels K(v, x) are linear v'x, rbf e^(-gamma max(0, |v|^2 + |x|^2 - 2 v'x)),
 * poly (gamma v'x + coef0)^degree and sigmoid tanh(gamma v'x + coef0).
 *
 * Two classes: the margin is the decision, and the label is 1 where it is above 0. More: each pair votes for `second`
 * where its margin is above 0 for the decision. The decision of a class is its votes plus s / (3 (|s| + 1)), where s is
 * the sum of the margins of its pairs in its favour. The label is the class of most votes (where a margin below 0 votes
 * for `first`, else for `second`; the first among equals), or the class of the largest decision where `votes` is false.
 */
export interface MachinePart extends ClassBase {
  kind: 'machine';
  kernel: 'linear' | 'rbf' | 'poly' | 'sigmoid';
  gamma: number;
  coef0: number;
  degree: number;
  /** A power of two. */
  unit: number;
  /** One value a feature, or null. */
  center: Float64Array | null;
  /** The support vectors, centered and in the unit: vectorCount x inputs, column-major. */
  vectors: Float64Array;
  vectorCount: number;
  pairs: PairOfClasses[];
  votes: boolean;
}

/**
 * Trees in one table of nodes. A walk starts at `roots[tree]`. A node with feature -1 is a leaf.
 *
 * With `singles`, the value of a sample is rounded to f32 before it is compared, and thresholds are numbers of f32; a
 * finite value whose f32 is infinite is refused. Otherwise values and thresholds are compared as f64. `rule` says when
 * a sample goes to the left child. A threshold is infinite where a split parts missing values from all others.
 */
export interface TreeTable {
  roots: Int32Array;
  /** Per node. `left` and `right` are -1 for a leaf. `threshold` is 0 for a leaf. */
  feature: Int32Array;
  threshold: Float64Array;
  left: Int32Array;
  right: Int32Array;
  /** Per node, 1 where NaN goes left; null where NaN is refused. */
  missingLeft: Uint8Array | null;
  singles: boolean;
  rule: '<=' | '<';
}

/**
 * DecisionTreeClassifier, RandomForestClassifier, ExtraTreesClassifier: the probability of a class is the sum of the
 * shares of the leaves over the trees, in their order, divided by the number of trees. The largest wins (the first
 * among equals). There is no decision.
 */
export interface ForestPart extends ClassBase {
  kind: 'forest';
  trees: TreeTable;
  /** Per node: the row of `shares` of a leaf; -1 for a split. */
  leaf: Int32Array;
  /** leaves x classes, row-major. */
  shares: Float64Array;
}

/**
 * XGBClassifier: margins in f32. Each starts from `base`, and the leaf of tree t is added to margin t % outputs, in the
 * order of the trees. outputs is 1 for two classes, else the number of classes. There is no decision. The largest
 * probability wins (the first among equals). Probabilities are f32, and each step of them is rounded to f32
 * (ml/outputs/probabilities.ts): sigmoid for two classes, softmax for more.
 */
export interface BoostedPart extends ClassBase {
  kind: 'boosted';
  /** XGBoost's trees: `<`, singles, NaN where `missingLeft` says. */
  trees: TreeTable;
  outputs: number;
  /** A number of f32: the margin that all samples start from. */
  base: number;
  /** `base_score` of the parameters: for two classes the probability whose log odds `base` is, else `base`. */
  baseScore: number;
  /** Per node: the value of a leaf, f32; 0 for a split. */
  value: Float32Array;
}

/** Layers in f32: a = x rounded to f32; then for each layer a = f(a W + b), where the last layer has no f. */
export interface Layers {
  activation: 'identity' | 'logistic' | 'tanh' | 'relu';
  /** The widths of the layers, from the features to the outputs (1 for two classes, and for values). */
  units: number[];
  /** Per layer: units[l] x units[l + 1], row-major, and units[l + 1]. */
  coefs: Float32Array[];
  intercepts: Float32Array[];
}

/**
 * MLPClassifier: the layers. Then f64: for two classes the sigmoid of the one logit (p0 = 1 / (1 + e^logit),
 * p1 = 1 / (1 + e^-logit)), for more the softmax. The largest probability wins (the first among equals). There is no
 * decision.
 */
export interface NetworkPart extends ClassBase, Layers {
  kind: 'network';
}

/**
 * KNeighborsClassifier. First x * unit. The distance is Minkowski's with `power`, Infinity for Chebyshev's. Of equal
 * distances the earlier sample is nearer. A vote counts 1, or 1 / distance with `byDistance` (where the nearest has
 * distance 0, only those at distance 0 count, 1 each). Votes are added from the nearest on and divided by their sum.
 * The largest wins (the first among equals). There is no decision.
 */
export interface NeighborsPart extends ClassBase {
  kind: 'neighbors';
  neighbors: number;
  byDistance: boolean;
  power: number;
  /** A power of two. */
  unit: number;
  /** sampleCount x inputs, column-major, in the unit. */
  samples: Float64Array;
  sampleCount: number;
  /** One class code a sample. */
  codes: Int32Array;
}

/**
 * GaussianNB. First x * unit. log(c) = log prior(c) - sum_j log(2 pi v) / 2, and then - (x_j - m)^2 / (2 v) for each
 * feature; the softmax of these. A class whose prior is 0 has probability 0. The largest wins (the first among equals).
 * There is no decision.
 */
export interface GaussianPart extends ClassBase {
  kind: 'gaussian';
  /** A power of two. */
  unit: number;
  priors: Float64Array;
  /** classes x inputs, row-major, in the unit. */
  mean: Float64Array;
  variance: Float64Array;
}

/** The last part of a classifier. */
export type ClassPart =
  LinearPart | MachinePart | ForestPart | BoostedPart | NetworkPart | NeighborsPart | GaussianPart;

/** LinearRegression, Ridge, Lasso, ElasticNet, LinearSVR: the value is x w + b, with the intercept added last. */
export interface LinearValuePart extends ValueBase {
  kind: 'linear-value';
  /** One a feature. */
  coef: Float64Array;
  intercept: number;
}

/**
 * DecisionTreeRegressor, RandomForestRegressor, ExtraTreesRegressor: each tree adds the value of its leaf, in the order
 * of the trees. The value is the sum over the number of trees.
 */
export interface ForestValuePart extends ValueBase {
  kind: 'forest-value';
  trees: TreeTable;
  /** Per node: the place of a leaf in `leaves`; -1 for a split. */
  leaf: Int32Array;
  leaves: Float64Array;
}

/**
 * XGBRegressor: from `base` on, each tree adds the value of its leaf, in the order of the trees and in f32. The
 * value is this sum, or e to its power as f32.
 */
export interface BoostedValuePart extends ValueBase {
  kind: 'boosted-value';
  /** As in `BoostedPart`. */
  trees: TreeTable;
  base: number;
  value: Float32Array;
  link: 'identity' | 'exp';
}

/** MLPRegressor: the one output of the layers, as f64. */
export interface NetworkValuePart extends ValueBase, Layers {
  kind: 'network-value';
}

/** The last part of a regressor. */
export type ValuePart = LinearValuePart | ForestValuePart | BoostedValuePart | NetworkValuePart;

export type LastPart = ClassPart | ValuePart;

/** A fitted pipeline of a classifier in parts, and what is put behind it (ml/calibration/adjustment.ts). */
export interface ClassParts {
  transforms: TransformPart[];
  last: ClassPart;
  adjustment?: Adjustment;
}

/** A fitted pipeline of a regressor in parts. */
export interface ValueParts {
  transforms: TransformPart[];
  last: ValuePart;
  adjustment?: undefined;
}

export type PipelineParts = ClassParts | ValueParts;

/** Whether the pipeline gives values, and not classes. */
export function givesValues(parts: PipelineParts): parts is ValueParts {
  return parts.last.classes === undefined;
}

export type Levels = readonly (readonly string[] | null)[];

/** What goes in and comes out. */
interface Names {
  /** The names of the p features that go in, as in the table. They may hold any character. */
  features: string[];
  /**
   * The levels of each feature of categories, and null for a feature of numbers; absent where all are numbers. A value
   * is the place of its level, or the number of levels for a level that is not there.
   */
  levels?: Levels;
  /** The names of the k classes. They may hold any character. There are none where the plan gives values. */
  classes: string[];
}

/** A model of classes. */
export type ClassPlan = Names & ClassParts;

/** A model of values. */
export type ValuePlan = Names & ValueParts;

/** A model. */
export type ExportPlan = ClassPlan | ValuePlan;

/**
 * Members whose probabilities are mixed: 0, and then for each member in its order its weight x its probability added.
 */
export interface Mixture {
  weights: Float64Array;
  members: ClassParts[];
}

/** An ensemble. The largest mixed probability wins (the first among equals). There is no decision. */
export interface MixturePlan extends Names, Mixture {}

export type AnyPlan = ExportPlan | MixturePlan;

/** What is evaluated of a plan. */
export type AnyParts = PipelineParts | Mixture;

export function isMixture<T extends Mixture>(plan: PipelineParts | T): plan is T {
  return 'members' in plan;
}

/** The pipelines of a plan: that of a model, or those of the members of an ensemble. */
export function pipelinesOf(plan: AnyParts): PipelineParts[] {
  return isMixture(plan) ? plan.members : [plan];
}
