import type { z } from 'zod';
import type { FitWarning, ModelSize } from '../base/config.js';
import type { DataColumn, Matrix, Target, TargetMeaning } from '../base/dataset.js';
import type { Rng } from '../base/rng.js';
import type { Effective } from './effective.js';
import type { Flow, Inside } from './inside.js';
import type { Invariances } from './invariances.js';
import type { Obstacle, Shape } from './needs.js';

/** The contract of all transforms and estimators. Shapes: n samples, p features, k classes; m new samples. */

/** The data that a step learns from: n x p features and a target of n samples. Nobody writes into a problem. */
export interface Problem {
  x: Matrix;
  target: Target;
  /** n weights >= 0; absent means 1 each. */
  weights?: Float64Array;
  /** What the p columns of x hold; absent where all of them hold numbers. */
  columns?: readonly DataColumn[];
}

/**
 * The data that a classifier learns from: a problem whose target is known to be classes. `classProblem` of
 * targets/classes.ts makes it.
 */
export interface ClassProblem {
  x: Matrix;
  /** n codes in [0, classes). In a two-class problem 1 is the positive class. */
  y: Int32Array;
  classes: number;
  /** n weights >= 0; absent means 1 each. */
  weights?: Float64Array;
  /** As in `Problem`. */
  columns?: readonly DataColumn[];
}

/**
 * The data that a regressor learns from: a problem whose target is known to be values. `valueProblem` of
 * targets/values.ts makes it.
 */
export interface ValueProblem {
  x: Matrix;
  /** n finite values. */
  y: Float64Array;
  /** n weights >= 0; absent means 1 each. */
  weights?: Float64Array;
  /** As in `Problem`. */
  columns?: readonly DataColumn[];
}

/** What a fit may use besides its problem and parameters. */
export interface FitContext {
  /** The only source of randomness; the same for the same config, fold and step. */
  rng: Rng;
  /** The p columns of the problem with their names. Absent where nothing is known of them. */
  columns?: readonly DataColumn[];
  /** Tells of something that the user should know; the fit goes on. */
  warn(warning: FitWarning): void;
}

/** A fitted thing as plain data: JSON values and typed arrays. The model's digest is computed from its bytes. */
export type Document =
  | null
  | boolean
  | number
  | string
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint8Array
  | Document[]
  | { [name: string]: Document };

/** What classifiers and regressors have in common when they are fitted. */
interface FittedEstimator {
  /**
   * Whether what the model says is f32, as in the peer's step of the same name. Then log_loss cuts probabilities at the
   * spacing of f32.
   */
  readonly singles?: boolean;
  /** Whether the fit ended in usable numbers. Absent where each number of the document has to be finite. */
  isLearned?(): boolean;
  /** What is inside of the model. Absent where only its predictions tell. No part of the document. */
  inside?(): Inside;
  /** How large the model is. The size is no part of the document. */
  size(): ModelSize;
  serialize(): Document;
}

/** A fitted classifier. Its methods take an m x p matrix and leave it as it is. */
export interface Classifier extends FittedEstimator {
  readonly classes: number;
  /** m class codes. */
  predict(x: Matrix): Int32Array;
  /**
   * Two classes: m values, positive for class 1. More classes: m x k values, row-major; the largest wins. Absent
   * where scikit-learn's step has no decision_function. Probabilities then rank the samples.
   */
  decision?(x: Matrix): Float64Array;
  /** m x k probabilities, row-major; rows add up to 1. Absent where there are none. */
  proba?(x: Matrix): Float64Array;
  /**
   * Whether a class may win that does not have the largest decision or probability: where `predict` counts the votes of
   * pairs of classes, as libsvm does, or draws a class.
   */
  readonly votes?: boolean;
}

/** A fitted regressor. Its methods take an m x p matrix and leave it as it is. */
export interface Regressor extends FittedEstimator {
  /** A regressor has no classes, and this tells it from a classifier. */
  readonly classes?: undefined;
  /** m values. */
  predict(x: Matrix): Float64Array;
}

/** A fitted estimator: a classifier, or a regressor. */
export type Predictor = Classifier | Regressor;

/** A fitted transform. */
export interface FittedTransform {
  /** A new m x p' matrix; the argument is left as it is. */
  transform(x: Matrix): Matrix;
  /**
   * What the n samples of the fit become, n x p'. Absent where `transform` says it. A step that learns from the target
   * may need it, because each of these samples would carry a part of its own target to the next step. So whoever fits
   * the next step takes `trained ?? transform(x)`. Only a fit gives it: it is no part of the document.
   */
  trained?: Matrix;
  /**
   * The columns that come out, given those that go in. Each has its name and what it holds. Absent where the columns
   * stay as they are.
   */
  columns?(columns: readonly DataColumn[]): DataColumn[];
  /** How these features depend on those that go in. */
  flow(): Flow;
  serialize(): Document;
}

/** What a kind of step is before it is fitted. `P` are its parameters after defaults have been filled in. */
interface StepKind<P> {
  /** scikit-learn's name. */
  name: string;
  /** What the step does, on one line; docs/steps.md shows it. */
  summary: string;
  /** A strict zod object with scikit-learn's names and defaults, each parameter with a `.describe()`. */
  params: z.ZodType<P>;
  /** How far the results of the step stay the same when its table changes. */
  invariances(params: P): Invariances;
  /**
   * The parameters that make a difference on a target of that number of classes (ml/effective.ts). Absent where all of
   * them do. Unused parameters were left out before.
   */
  effective?(params: P, classes: number): Effective;
  /** Why the step cannot be fitted on data of this shape. Absent where it always can. */
  needs?(params: P, shape: Shape): Obstacle | undefined;
  /** The parameters with names of classes turned into codes. Absent where no parameter names a class. */
  bind?(params: P, target: TargetMeaning): P;
  /** Loads what a fit or a loaded model with these parameters needs. Absent where nothing has to be loaded. */
  ready?(params: P): Promise<void>;
}

/** What any step can do and what it asks for. The contract suite holds each step to its tags. */
interface StepTags {
  /** Whether NaN means a missing value. A step without this tag refuses NaN. */
  missing: boolean;
  /** Whether columns may hold codes of categories (DataColumn). A step without this tag is refused such columns. */
  categories?: true;
}

/** How an estimator takes the weights of samples. */
export type WeightUse =
  /** Weights are refused (`no-weights`). */
  | 'none'
  /** A sample of weight 2 counts as two samples. */
  | 'repetitions'
  /**
   * Weights count, but a sample of weight 2 is not two samples. Samples are drawn whatever they weigh, and the weights
   * count for those that were drawn. Or quantiles are not interpolated where samples have weights.
   */
  | 'after drawing';

interface EstimatorTags<P> extends StepTags {
  /** Whether the model learns nothing from the features. */
  baseline?: true;
  weights(params: P): WeightUse;
  /** Whether two fits with different generators give the same bits. */
  deterministic(params: P): boolean;
  /** Whether models do not tell what is inside of them. Absent where all of them do. */
  opaque?(params: P): boolean;
  /** Whether features are drawn or weighed by their place. Another order of the features then gives another model. */
  ordersFeatures: boolean;
}

export interface ClassifierTags<P> extends EstimatorTags<P> {
  /**
   * Whether models have a decision. They do if scikit-learn's step has a decision_function. Otherwise probabilities
   * rank the samples.
   */
  decision: boolean;
  /** Whether models have probabilities. A metric that needs them is refused before training where they have none. */
  proba(params: P): boolean;
}

/** What a regressor asks of the values that it learns. */
export type ValueRange = 'any' | 'at least 0' | 'above 0';

export interface RegressorTags<P> extends EstimatorTags<P> {
  /** The values that may be learned. Others are refused before training. */
  values(params: P): ValueRange;
}

export interface Transform<P = any> extends StepKind<P> {
  kind: 'transform';
  tags: StepTags;
  /** The data that reach the next step. Absent where their shape is the same and only their values change. */
  leaves?(params: P, shape: Shape): Shape;
  /** The features that the parameters leave out, whatever their values are. Absent where there are none. */
  dropped?(params: P, shape: Shape): readonly string[];
  fit(problem: Problem, params: P, context: FitContext): FittedTransform;
  load(document: Document): FittedTransform;
}

/** What classifiers and regressors have in common before they are fitted. */
interface EstimatorKind<P> extends StepKind<P> {
  kind: 'estimator';
}

/** An estimator that predicts codes of classes. */
export interface ClassifierKind<P = any> extends EstimatorKind<P> {
  task: 'classification';
  tags: ClassifierTags<P>;
  fit(problem: ClassProblem, params: P, context: FitContext): Classifier;
  load(document: Document): Classifier;
}

/** An estimator that predicts values. */
export interface RegressorKind<P = any> extends EstimatorKind<P> {
  task: 'regression';
  tags: RegressorTags<P>;
  fit(problem: ValueProblem, params: P, context: FitContext): Regressor;
  load(document: Document): Regressor;
}

export type Estimator<P = any> = ClassifierKind<P> | RegressorKind<P>;
