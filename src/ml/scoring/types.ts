/**
 * What a metric is. Shapes: m samples, k classes. Class codes are 0 to k-1, and 1 is the positive class of two.
 */

import type { Direction } from '../../base/direction.js';

/** What a metric reads: class codes, values that order the samples, or probabilities. */
export type MetricNeeds = 'labels' | 'ranking' | 'probabilities';

/** What a model says of m samples. Only the part that the metric reads has to be present. */
export interface Outputs {
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

export interface Metric {
  /** The name in `scoring:` and `metrics:`. */
  name: string;
  /** What the metric measures, on one line. */
  summary: string;
  task: 'classification';
  direction: Direction;
  needs: MetricNeeds;
  /** Whether the metric is defined for two classes only. */
  binaryOnly?: boolean;
  /** Whether the score is a mean over the samples. So it has a meaning for one sample. */
  isMean?: true;
  /** Other names that people may type. They are refused, and the error suggests `name`. */
  aliases: readonly string[];
  /**
   * The score of these outputs against m true codes. It is null where the metric is not defined for the samples, for
   * example because only one class occurs in `truth`.
   */
  score(truth: Int32Array, outputs: Outputs, weights?: Float64Array): number | null;
}
