import { categoryNames, type DataColumn, type Matrix } from '../base/dataset.js';
import { type Complaint, InputError } from '../base/errors.js';
import { someOf } from '../base/listing.js';
import { refuseOneClass } from './targets/classes.js';
import type { ClassProblem, Document, Predictor, ValueProblem } from './types.js';

/**
 * Checks that every estimator and transform makes before it computes, and their errors. The kernels behind a step trust
 * their input.
 */

/** A feature has a value that a step cannot use. `column` counts the features that the step saw. */
export class FeatureError extends InputError {
  constructor(
    code: string,
    readonly column: number,
    /** What is wrong, given what the feature is called and, where it is known, what it holds. */
    private readonly says: (feature: string, about?: DataColumn) => string,
    complaint: Complaint,
  ) {
    super(code, says(`feature ${column}`), complaint);
  }

  /** The message with the name of the feature. `columns` are those that the step saw. */
  naming(columns: readonly DataColumn[]): string {
    const about = columns[this.column];
    return this.says(`feature "${about.name}"`, about);
  }
}

/**
 * Runs something for a part of a model. An InputError that it throws gets the name of the part in its message and,
 * where names are known, the name of the feature.
 */
export function naming<T>(part: string, columns: readonly DataColumn[] | undefined, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const message = error instanceof FeatureError && columns ? error.naming(columns) : error.message;
    throw new InputError(error.code, `${part}: ${message}`, error.complaint, { cause: error });
  }
}

/** A value that is not a finite number met a step that cannot use it. */
class NotFiniteError extends FeatureError {
  constructor(
    column: number,
    readonly sample: number,
    readonly value: number,
  ) {
    const hint = Number.isNaN(value) ? IMPUTE : INFINITE;
    super('not-finite', column, feature => notFinite(feature, sample, value), {
      value,
      expected: 'a finite number',
      hint,
    });
  }
}

const IMPUTE = 'Put a SimpleImputer before this step, or drop the feature.';
const INFINITE =
  'Infinite values cannot be learned from. Mark them as missing, or cut them to a finite range.';

function notFinite(feature: string, sample: number, value: number): string {
  const what = Number.isNaN(value) ? 'a missing value (NaN)' : `the value ${value}`;
  return `${feature} has ${what} in sample ${sample}`;
}

/**
 * Whether all values are finite. The product of a value with 0 is 0 only if the value is finite. So one pass of sums is
 * enough. There are four sums, because each addition to a sum waits for the addition before.
 */
function allFinite(data: Float64Array | Float32Array): boolean {
  let [a, b, c, d] = [0, 0, 0, 0];
  const end = data.length - (data.length % 4);
  for (let at = 0; at < end; at += 4) {
    a += data[at] * 0;
    b += data[at + 1] * 0;
    c += data[at + 2] * 0;
    d += data[at + 3] * 0;
  }
  for (let at = end; at < data.length; at++) a += data[at] * 0;
  return a + b + c + d === 0;
}

function refuse(x: Matrix, bad: (value: number) => boolean): void {
  if (allFinite(x.data)) return;
  for (let at = 0; at < x.data.length; at++) {
    if (!bad(x.data[at])) continue;
    const j = Math.floor(at / x.rows);
    throw new NotFiniteError(j, at - j * x.rows, x.data[at]);
  }
}

/** Refuses NaN and infinities, and names the first feature that has one. Throws NotFiniteError. */
export function refuseNonFinite(x: Matrix): void {
  refuse(x, value => value - value !== 0);
}

/** Refuses infinities and lets NaN pass, for steps that take missing values. Throws NotFiniteError. */
export function refuseInfinite(x: Matrix): void {
  refuse(x, value => value === Infinity || value === -Infinity);
}

/** Refuses a matrix without samples or without features. */
export function refuseEmpty(x: Matrix): void {
  if (x.rows === 0)
    throw new InputError('no-samples', 'there are no samples', { expected: 'at least one sample' });
  if (x.columns === 0) {
    throw new InputError('no-features', 'no feature is left', {
      expected: 'at least one feature',
      hint: 'An earlier step dropped all of them. Loosen that step.',
    });
  }
}

/** Refuses columns of categories for a step without `tags.categories`. A code is no magnitude. */
export function refuseCategories(tags: { categories?: true }, columns: readonly DataColumn[] = []): void {
  const categories = categoryNames(columns);
  if (tags.categories || categories.length === 0) return;
  throw new InputError('categories', `this step takes numbers only, and some features are categories`, {
    value: someOf(categories),
    expected: 'features of numbers',
    hint: 'Put a step that encodes categories before this step.',
  });
}

/** Refuses a target with NaN or an infinite value. */
function refuseNonFiniteTarget({ y }: ValueProblem): void {
  const at = y.findIndex(value => !Number.isFinite(value));
  if (at < 0) return;
  throw new InputError('not-finite', `the target has the value ${y[at]} in sample ${at}`, {
    value: y[at],
    expected: 'a finite number',
  });
}

/**
 * What an estimator asks of a problem: samples, features and finite values; of classes at least two, and of a target of
 * values finite ones.
 */
export function checkProblem(
  problem: ClassProblem | ValueProblem,
  options: { missing?: boolean } = {},
): void {
  refuseEmpty(problem.x);
  if (options.missing) refuseInfinite(problem.x);
  else refuseNonFinite(problem.x);
  if ('classes' in problem) refuseOneClass(problem);
  else refuseNonFiniteTarget(problem);
}

/** What a fitted step asks of new data: as many features as it was fitted on, and finite values. */
export function checkNewData(x: Matrix, features: number, options: { missing?: boolean } = {}): void {
  if (x.columns !== features) {
    throw new InputError(
      'feature-count',
      `the data have ${x.columns} features, and the model was fitted on ${features}`,
      {
        value: x.columns,
        expected: `${features} features`,
      },
    );
  }
  if (options.missing) refuseInfinite(x);
  else refuseNonFinite(x);
}

/**
 * Refuses a problem with sample weights, for an estimator that cannot weigh samples. Throws InputError `no-weights`.
 */
export function refuseWeights(problem: ClassProblem | ValueProblem): void {
  if (problem.weights) throw new InputError('no-weights', 'sample weights are not supported here');
}

/**
 * Whether all numbers of a document are finite. A number that stands alone may be infinite, because the power of
 * Chebyshev's distance is infinite.
 */
function isFiniteDocument(document: Document): boolean {
  if (typeof document === 'number') return !Number.isNaN(document);
  if (document instanceof Float64Array || document instanceof Float32Array) return allFinite(document);
  if (typeof document !== 'object' || document === null || ArrayBuffer.isView(document)) return true;
  return Object.values(document).every(isFiniteDocument);
}

const OTHERWISE =
  'Scale the features (StandardScaler), cut values that are far from the others, or choose parameters that learn ' +
  'less from each sample (a smaller C or learning rate).';

/** Refuses a model that learned NaN or infinity. The model would still give answers, and they would be scored. */
export function refuseUnlearned(model: Predictor, where: string): void {
  if (model.isLearned?.() ?? isFiniteDocument(model.serialize())) return;
  throw new InputError('not-learned', `the training of ${where} ended in numbers that are not finite`, {
    expected: 'a model of finite numbers',
    hint: OTHERWISE,
  });
}

/** Refuses NaN in what a model says of samples. A rank or a label made of NaN would mean nothing. */
export function refuseNaN(values: Float64Array | undefined, where: string): void {
  if (!values?.some(Number.isNaN)) return;
  throw new InputError('not-a-number', `the model of ${where} gives NaN for some samples`, {
    expected: 'a number for every sample',
    hint: OTHERWISE,
  });
}
