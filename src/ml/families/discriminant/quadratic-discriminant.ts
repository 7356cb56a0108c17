import { z } from 'zod';
import { type Matrix, classCounts } from '../../../base/dataset.js';
import { InputError } from '../../../base/errors.js';
import { log } from '../../../kernels/math.js';
import { rightSingularVectors } from '../../algebra/decomposition.js';
import { column, emptyMatrix, mapColumns, takeRows } from '../../algebra/matrix.js';
import { product } from '../../algebra/products.js';
import { classMoments } from '../../algebra/statistics.js';
import { inUnit, largestSize, unitFor } from '../../algebra/units.js';
import { checkNewData, checkProblem, refuseWeights } from '../../checks.js';
import { without } from '../../effective.js';
import { UNCHANGED } from '../../invariances.js';
import { needPriors } from '../../needs.js';
import { priorsOf, priorsParameter } from '../../outputs/priors.js';
import { sigmoidRows, softmaxRows } from '../../outputs/probabilities.js';
import { unused } from '../../parameters.js';
import { codingOf } from '../../targets/coding.js';
import type { Classifier, ClassifierKind, ClassProblem, Document, FitContext } from '../../types.js';

/**
 * Quadratic discriminant analysis (sklearn/discriminant_analysis.py). Within class c the samples are normal around the
 * mean m(c), with a covariance S(c) of its own:
 *
 *   log p(c | x) = -1/2 [ (x - m(c))' S(c)^-1 (x - m(c)) + log det S(c) ] + log prior(c) + constant
 *
 * S(c) is (1 - r) times the covariance of the samples, plus r times the identity, where r is `reg_param`. With the
 * singular value decomposition of the centered samples, s^2 / (n - 1) are the variances along the right singular
 * vectors, and S(c) is never formed. Directions in which a class does not vary are left out where r is 0.
 */

/** Where r is above 0, all p directions count. Their decomposition takes minutes for more features. */
const MOST_FEATURES_OF_COVARIANCE = 4000;

const PARAMETERS = z.strictObject({
  priors: priorsParameter,
  reg_param: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('how far the covariance of each class is shrunk towards the identity'),
  store_covariance: unused(z.boolean().default(false)),
  tol: z
    .number()
    .min(0)
    .default(1e-4)
    .describe('singular values up to this count as 0 in the warning that a covariance has no inverse'),
});

type Parameters = z.infer<typeof PARAMETERS>;

/** One class. `directions` are unit vectors over the deviation along them, p values each, one after the other. */
type Spread = {
  mean: Float64Array;
  directions: Float64Array;
  /** The sum of the logarithms of the variances along the directions. */
  logDeterminant: number;
};

type Learned = {
  classes: number;
  features: number;
  /** The factor that values are multiplied by. Absent where it is 1. */
  unit?: number;
  priors: Float64Array;
  /** One a class. A class without samples has no direction, and its prior is 0. */
  spreads: Spread[];
};

export const quadraticDiscriminantAnalysis: ClassifierKind<Parameters> = {
  kind: 'estimator',
  task: 'classification',
  name: 'QuadraticDiscriminantAnalysis',
  summary: 'quadratic discriminant analysis: normal classes, each with a covariance of its own',
  params: PARAMETERS,
  effective: params => without(params, 'tol'),
  tags: {
    missing: false,
    weights: () => 'none',
    deterministic: () => true,
    opaque: () => true,
    ordersFeatures: false,
    decision: true,
    proba: () => true,
  },
  // The identity depends on the units of the features. The variance is divided by the number of samples less 1.
  invariances: ({ reg_param }) => ({
    ...UNCHANGED,
    scale: reg_param > 0 ? 'no' : 'close',
    featureScales: reg_param > 0 ? 'no' : 'close',
    featureOrder: 'close',
    doubled: 'no',
  }),
  needs: ({ priors }, shape) => needPriors(priors, shape),
  fit(given, parameters, context) {
    checkProblem(given);
    refuseWeights(given);
    const { classes, y } = given;
    const features = given.x.columns;
    refuseFew(given);
    if (parameters.reg_param > 0) refuseTooMany(features);
    const unit = unitFor(largestSize(given.x.data));
    const problem = { ...given, x: inUnit(given.x, unit) };
    const counts = classCounts(y, classes);
    const priors = priorsOf(parameters.priors, given).map((prior, c) => (counts[c] > 0 ? prior : 0));
    const spreads = spreadsOf(problem, unit, parameters, context);
    return quadraticModel({ classes, features, ...(unit === 1 ? {} : { unit }), priors, spreads });
  },
  load: document => quadraticModel(document as Learned),
};

function refuseFew({ y, classes }: ClassProblem): void {
  if (!classCounts(y, classes).includes(1)) return;
  throw new InputError('too-few-samples', 'a class has 1 sample, which has no covariance', {
    value: 1,
    expected: 'at least 2 samples of each class',
  });
}

function refuseTooMany(columns: number): void {
  if (columns <= MOST_FEATURES_OF_COVARIANCE) return;
  throw new InputError('too-large', `the covariance of ${columns} features is too large`, {
    value: columns,
    expected: `at most ${MOST_FEATURES_OF_COVARIANCE} features`,
    hint: 'Write reg_param: 0, or select features before this step.',
  });
}

function spreadsOf(
  problem: ClassProblem,
  unit: number,
  { reg_param, tol }: Parameters,
  { warn }: FitContext,
): Spread[] {
  const { x, y, classes } = problem;
  const { mean } = classMoments(problem);
  const ranks: number[] = [];
  const spreads = Array.from({ length: classes }, (_, c) => {
    const own = mean.slice(c * x.columns, (c + 1) * x.columns);
    const rows = Int32Array.from(y.keys()).filter(i => y[i] === c);
    if (rows.length === 0) return { mean: own, directions: new Float64Array(0), logDeterminant: 0 };
    const residuals = mapColumns(takeRows(x, rows), (value, j) => value - own[j]);
    const { spread, rank } = spreadOf(residuals, own, reg_param, unit, tol * unit);
    ranks.push(rank);
    return spread;
  });
  const least = Math.min(...ranks);
  if (reg_param === 0 && least < x.columns) {
    warn({
      code: 'singular-covariance',
      message:
        `the covariance of ${x.columns} features has rank ${least} in a class, so it has no inverse. ` +
        'Directions without variance are left out. Give a reg_param, or select features before this step.',
    });
  }
  return spreads;
}

/** The spread of a class from its centered samples, and how many singular values are above `tolerance`. */
function spreadOf(
  residuals: Matrix,
  mean: Float64Array,
  share: number,
  unit: number,
  tolerance: number,
): { spread: Spread; rank: number } {
  const { rows, columns } = residuals;
  const { singular, vectors } = rightSingularVectors(share > 0 ? withAllDirections(residuals) : residuals);
  const rounding = Math.max(rows, columns) * Number.EPSILON * singular[0];
  const identity = Math.min(share * unit * unit, Number.MAX_VALUE);
  const kept = vectors.filter((_, at) => share > 0 || singular[at] > rounding);
  const variances = kept.map(
    (_, at) => (1 - share) * ((singular[at] * singular[at]) / (rows - 1)) + identity,
  );
  const directions = new Float64Array(kept.length * columns);
  let logDeterminant = 0;
  kept.forEach((vector, at) => {
    const deviation = Math.sqrt(variances[at]);
    directions.set(
      vector.map(value => value / deviation),
      at * columns,
    );
    logDeterminant += log(variances[at]);
  });
  const rank = singular.filter(value => value > Math.max(tolerance, rounding)).length;
  return { spread: { mean, directions, logDeterminant }, rank };
}

/** Rows of zeros behind fewer samples than features. They change no covariance, and all p directions are found. */
function withAllDirections(x: Matrix): Matrix {
  if (x.rows >= x.columns) return x;
  const square = emptyMatrix(x.columns, x.columns);
  for (let j = 0; j < x.columns; j++) column(square, j).set(column(x, j));
  return square;
}

/** m x k row-major: the logarithms of priors and likelihoods, up to a constant. */
function logLikelihoods({ classes, features, priors, spreads }: Learned, x: Matrix): Float64Array {
  const logs = new Float64Array(x.rows * classes);
  spreads.forEach(({ mean, directions, logDeterminant }, c) => {
    const constant = log(priors[c]) - 0.5 * logDeterminant;
    const distances = new Float64Array(x.rows);
    const count = directions.length / features;
    if (count > 0) {
      const centered = mapColumns(x, (value, j) => value - mean[j]);
      const along = product(
        { matrix: centered },
        { matrix: { rows: features, columns: count, data: directions } },
      );
      along.data.forEach((value, at) => (distances[at % x.rows] += value * value));
    }
    for (let i = 0; i < x.rows; i++) logs[i * classes + c] = constant - 0.5 * distances[i];
  });
  return logs;
}

function quadraticModel(learned: Learned): Classifier {
  const { classes, features, unit = 1 } = learned;
  const coding = codingOf(classes);
  const decision = (x: Matrix): Float64Array => {
    checkNewData(x, features);
    const logs = logLikelihoods(learned, inUnit(x, unit));
    if (!coding.binary) return logs;
    return Float64Array.from({ length: x.rows }, (_, i) => logs[2 * i + 1] - logs[2 * i]);
  };
  const parameters = learned.spreads.reduce(
    (sum, { mean, directions }) => sum + mean.length + directions.length,
    0,
  );
  return {
    classes,
    decision,
    proba: x => (coding.binary ? sigmoidRows(decision(x)) : softmaxRows(decision(x), classes)),
    predict: x => coding.codes(decision(x)),
    size: () => ({ features, parameters }),
    serialize: () => learned as unknown as Document,
  };
}
