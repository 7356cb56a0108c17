/**
 * What a fitted pipeline says of new samples: a class each, and probabilities and decisions where there are any. The
 * transforms run once for all of them. A sample that a step cannot use is named by its row.
 */
import type { Matrix } from '../base/dataset.js';
import { InputError } from '../base/errors.js';
import { codesOfDecision, codesOfProba } from './algebra/matrix.js';
import { NotFiniteError } from './checks.js';
import { inStep, namesAfter, type FittedPipeline, type PlannedStep } from './pipeline.js';
import type { ModelColumn } from './model-file.js';
import type { Classifier } from './types.js';

/** m samples, k classes. */
export interface Predictions {
  /** m codes of classes. They are those of the pipeline's `predict`. */
  codes: Int32Array;
  /** m x k, row-major; absent where the classifier has none. */
  proba?: Float64Array;
  /** m values for two classes, else m x k, row-major; absent where the classifier has none. */
  decision?: Float64Array;
}

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
export function predictionsOf(model: FittedPipeline, x: Matrix, names: readonly string[]): Predictions {
  let current = x;
  let currentNames = names;
  for (const { step, fitted } of model.transforms) {
    current = forSamples(step, currentNames, () => fitted.transform(current));
    currentNames = namesAfter(fitted, currentNames) ?? currentNames;
  }
  const { step, model: classifier } = model.last;
  return forSamples(step, currentNames, () => outputsOf(classifier, current));
}

function outputsOf(model: Classifier, x: Matrix): Predictions {
  const decision = model.decision?.(x);
  const proba = model.proba?.(x);
  refuseNaN(decision, x.rows);
  refuseNaN(proba, x.rows);
  const codes = decision
    ? codesOfDecision(decision, model.classes)
    : proba
      ? codesOfProba(proba, model.classes)
      : model.predict(x);
  return { codes, ...(proba && { proba }), ...(decision && { decision }) };
}

function refuseNaN(values: Float64Array | undefined, rows: number): void {
  const at = values?.findIndex(Number.isNaN) ?? -1;
  if (at < 0) return;
  const row = Math.floor(at / (values!.length / rows));
  throw new SampleError(row, undefined, 'the model gives no number (NaN) for this sample', TOO_LARGE);
}

/** Runs a step. An error about one value becomes an error about its sample. */
function forSamples<T>(step: PlannedStep, names: readonly string[], run: () => T): T {
  try {
    return inStep(step, names, run);
  } catch (error) {
    const { cause } = error as { cause?: unknown };
    if (!(cause instanceof NotFiniteError)) throw error;
    const { sample, column, value } = cause;
    const name = names[column];
    const [what, hint] = Number.isNaN(value)
      ? ['a missing value, and it takes none', NO_GAPS]
      : [`the value ${value}, which is no finite number`, TOO_LARGE];
    const message = `${step.kind.name} gets ${what}, in the feature ${JSON.stringify(name)}`;
    throw new SampleError(sample, name, message, hint, error);
  }
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
