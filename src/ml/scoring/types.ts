/**
 * What a metric is. Shapes: m samples, k classes. Class codes are 0 to k-1, and 1 is the positive class of two.
 */

import type { Direction } from '../../base/direction.js';

/** What a metric of classes reads: class codes, values that order the samples, or probabilities. */
export type MetricNeeds = 'labels' | 'ranking' | 'probabilities';

/** What a classifier says of m samples. Only the part that the metric reads has to be present. */
export interface ClassOutputs {
  /** The number of classes, k. */
  classes: number;
  /** m class codes. */
  labels?: Int32Array;
  /** As `Classifier.decision`: m values for two classes, else m x k values, row-major. */
  decision?: Float64Array;
  /** As `Classifier.proba`: m x k probabilities, row-major. */
  proba?: Float64Array;
  /** As `Classifier.singles`: whether the probabilities are f32. */
  singles?: boolean;
}

/** What a regressor says of m samples. */
export interface ValueOutputs {
  /** A regressor has no classes, and this tells its outputs from those of a classifier. */
  classes?: undefined;
  /** m values. */
  values: Float64Array;
}

/** What a model says of m samples. */
export type Outputs = ClassOutputs | ValueOutputs;

/** What is true of m samples: their class codes, or their values. */
export type Truth = Int32Array | Float64Array;

/** What all metrics have. */
interface AnyMetric {
  /** The name in `scoring:` and `metrics:`. */
  name: string;
  /** What the metric measures, on one line. */
  summary: string;
  direction: Direction;
  /** Whether the score is a mean over the samples. So it has a meaning for one sample. */
  isMean?: true;
  /** Other names that people may type. They are refused, and the error suggests `name`. */
  aliases: readonly string[];
}

/** A metric of classifiers. */
export interface ClassMetric extends AnyMetric {
  task: 'classification';
  needs: MetricNeeds;
  /** Whether the metric is defined for two classes only. */
  binaryOnly?: boolean;
  /**
   * The score of these outputs against m true codes. It is null where the metric is not defined for the samples, for
   * example because only one class occurs in `truth`.
   * @param weights m weights of the samples; absent means 1 each
   */
  score(truth: Int32Array, outputs: ClassOutputs, weights?: Float64Array): number | null;
}

/** A metric of regressors. */
export interface ValueMetric extends AnyMetric {
  task: 'regression';
  /** The true values that the metric is defined for; absent for all. */
  values?: 'at least 0' | 'above 0';
  /**
   * The score of m predicted values against m true ones. It is null where the metric is not defined for the samples.
   * @param weights m weights of the samples; absent means 1 each
   */
  score(truth: Float64Array, values: Float64Array, weights?: Float64Array): number | null;
}

export type Metric = ClassMetric | ValueMetric;
