/**
 * What a fitted pipeline says of new samples: a class each, and probabilities and decisions where there are any; or a
 * value each. The transforms run once for all of them. A sample that a step cannot use is named by its row.
 */
import type { Matrix } from '../base/dataset.js';
import { InputError } from '../base/errors.js';
import { codesOfDecision, codesOfProba, takeRows } from './algebra/matrix.js';
import { FeatureError, refuseNaN } from './checks.js';
import { namesAfter, type ClassPipeline, type FittedPipeline, type PlannedStep } from './pipeline.js';
import { adjusted } from './calibration/adjustment.js';
import type { Model } from './model-file.js';
import type { ModelColumn } from './model-columns.js';
import type { Classifier, Predictor } from './types.js';

/** What is said of m samples with k classes. */
export interface ClassPredictions {
  /** m codes of classes. They are those of the pipeline's `predict`. */
  codes: Int32Array;
  /** m x k, row-major; absent where the classifier has none. */
  proba?: Float64Array;
  /** m values for two classes, else m x k, row-major; absent where the classifier has none. */
  decision?: Float64Array;
  values?: undefined;
}

/** What is said of m samples with values. */
export interface ValuePredictions {
  /** m values. */
  values: Float64Array;
  codes?: undefined;
}

export type Predictions = ClassPredictions | ValuePredictions;

/** A sample that a model has no answer for. `row` counts the rows of the matrix. */
export class SampleError extends InputError {
  constructor(
    readonly row: number,
    /** The feature that is wrong, where it is one of the table's. */
    readonly feature: string | undefined,
    message: string,
    hint: string,
    cause?: unknown,
  ) {
    super('no-prediction', message, { hint }, { cause });
  }
}

const NO_GAPS =
  'The training samples had a value there, or the step would have refused them. Give the sample a value, leave the ' +
  'sample out, or choose a pipeline with a SimpleImputer.';
const TOO_LARGE =
  'The values of this sample are too large for the step. Check their unit, or leave the sample out.';

/**
 * The predictions for an m x p matrix whose columns have the given names. Throws SampleError for the first sample that
 * a step cannot use, and InputError `feature-count`.
 */
export function predictionsOf(model: ClassPipeline, x: Matrix, names: readonly string[]): ClassPredictions;
export function predictionsOf(model: FittedPipeline, x: Matrix, names: readonly string[]): Predictions;
export function predictionsOf(model: FittedPipeline, x: Matrix, names: readonly string[]): Predictions {
  try {
    return through(model, x, { names });
  } catch (error) {
    if (!(error instanceof InputError) || error.code === 'feature-count') throw error;
    // A step says which value it refuses, but not always in which sample. So the samples are tried one by one.
    for (let row = 0; row < x.rows; row++) {
      const way = { names };
      try {
        through(model, takeRows(x, Int32Array.of(row)), way);
      } catch (cause) {
        if (cause instanceof InputError) throw sampleError(row, cause, way);
        throw cause;
      }
    }
    throw error;
  }
}

/**
 * What a model says of new samples: the predictions of its pipeline with calibrated probabilities and the labels of the
 * threshold, where it has them. Decisions stay. Throws what `predictionsOf` throws.
 */
export function answersOf(model: Model, x: Matrix, names: readonly string[]): Predictions {
  const { pipeline, calibration, threshold } = model;
  if (pipeline.classes === undefined) return predictionsOf(pipeline, x, names);
  const raw = predictionsOf(pipeline, x, names);
  if (!calibration && !threshold) return raw;
  const { codes: labels, decision, proba } = raw;
  const outputs = {
    classes: pipeline.classes,
    labels,
    ...(decision && { decision }),
    ...(proba && { proba }),
  };
  const found = adjusted({ calibration, threshold }, outputs);
  return { ...raw, codes: found.labels, ...(found.proba && { proba: found.proba }) };
}

/** How far samples have come through a pipeline. */
interface Way {
  /** The step that they are in. */
  step?: PlannedStep;
  /** The names of the features that it gets. */
  names: readonly string[];
}

function through(model: FittedPipeline, x: Matrix, way: Way): Predictions {
  let current = x;
  for (const { step, fitted } of model.transforms) {
    way.step = step;
    current = fitted.transform(current);
    way.names = namesAfter(fitted, way.names);
  }
  way.step = model.last.step;
  return outputsOf(model.last.model, current);
}

function outputsOf(model: Predictor, x: Matrix): Predictions {
  if (model.classes !== undefined) return classOutputs(model, x);
  const values = model.predict(x);
  refuseNaN(values, 'this sample');
  return { values };
}

function classOutputs(model: Classifier, x: Matrix): ClassPredictions {
  const decision = model.decision?.(x);
  const proba = model.proba?.(x);
  refuseNaN(decision, 'this sample');
  refuseNaN(proba, 'this sample');
  return {
    codes: codesOf(model, x, proba, decision),
    ...(proba && { proba }),
    ...(decision && { decision }),
  };
}

/**
 * The codes that `predict` gives, without the work of a second prediction where it is known to follow from the other
 * outputs.
 */
function codesOf(model: Classifier, x: Matrix, proba?: Float64Array, decision?: Float64Array): Int32Array {
  const { classes } = model;
  if (model.votes) return model.predict(x);
  if (decision) return classes === 2 ? codesOfDecision(decision, classes) : model.predict(x);
  return proba ? codesOfProba(proba, classes) : model.predict(x);
}

/** The error for a sample, from the error of the step that it was in. */
function sampleError(row: number, cause: InputError, { step, names }: Way): SampleError {
  const name = step!.kind.name;
  if (!(cause instanceof FeatureError))
    return new SampleError(row, undefined, `${name} gives no number for it`, TOO_LARGE, cause);
  const { value } = cause.complaint;
  const feature = names[cause.column];
  const isMissing = Number.isNaN(value);
  const what = isMissing ? 'takes no missing value' : `takes no value such as ${value}`;
  const message = `${name} ${what}, and the feature ${JSON.stringify(feature)} has one`;
  return new SampleError(row, feature, message, isMissing ? NO_GAPS : TOO_LARGE, cause);
}

/**
 * For each of m samples: how many of its p features lie outside the range of the training, that is, below the smallest
 * or above the largest value of the training samples. Missing values do not count, nor do features whose range is not
 * known.
 */
export function countOutside(columns: readonly ModelColumn[], x: Matrix): Int32Array {
  const counts = new Int32Array(x.rows);
  columns.forEach(({ smallest, largest }, j) => {
    if (smallest === null || largest === null) return;
    const start = j * x.rows;
    for (let i = 0; i < x.rows; i++) {
      const value = x.data[start + i];
      if (value < smallest || value > largest) counts[i]++;
    }
  });
  return counts;
}
