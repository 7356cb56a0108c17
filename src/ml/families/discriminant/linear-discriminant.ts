import { z } from 'zod';
import { type Matrix, classCounts } from '../../../base/dataset.js';
import { unless } from '../../effective.js';
import { UNCHANGED } from '../../invariances.js';
import { InputError } from '../../../base/errors.js';
import { kernels } from '../../../kernels/loader.js';
import { log } from '../../../kernels/math.js';
import { hold, scope, unsetFloat64 } from '../../../kernels/memory.js';
import { eachBlock } from '../../algebra/blocks.js';
import { checkNewData, checkProblem, refuseWeights } from '../../checks.js';
import {
  combination,
  dot,
  rightSingularVectors,
  symmetricEigen,
  whitening,
} from '../../algebra/decomposition.js';
import { column, emptyMatrix, takeRows } from '../../algebra/matrix.js';
import { product, scoresByRow } from '../../algebra/products.js';
import { codingOf } from '../../targets/coding.js';
import { linearSize } from '../../outputs/size.js';
import { unused } from '../../parameters.js';
import { classMoments, columnMoments, momentsInUnit } from '../../algebra/statistics.js';
import type { Document, ClassifierKind, FitContext, Classifier, ClassProblem } from '../../types.js';
import { needPriors } from '../../needs.js';
import { inUnit, largestSize, unitFor } from '../../algebra/units.js';
import { priorsOf, priorsParameter } from '../../outputs/priors.js';
import { softmaxRows, complementedRows } from '../../outputs/probabilities.js';

/**
 * Linear discriminant analysis (sklearn/discriminant_analysis.py). Within each class the samples are normal around
 * the class's mean m(c). All classes have one covariance S, so that
 *
 *   log p(c | x) = x' S^-1 m(c) - 1/2 m(c)' S^-1 m(c) + log prior(c) + constant
 *
 * Solver svd never forms S. Solvers lsqr and eigen form it, and may shrink it towards a multiple of the identity
 * (Ledoit and Wolf 2004).
 */

/** With more features, the p x p covariance and its eigenvectors take minutes and gigabytes. */
const MOST_FEATURES_OF_COVARIANCE = 4000;

const PARAMETERS = z.strictObject({
  solver: z
    .enum(['svd', 'lsqr', 'eigen'])
    .default('svd')
    .describe(
      'svd needs no covariance and suits many features; lsqr and eigen use the covariance and allow shrinkage',
    ),
  shrinkage: z
    .union([z.literal('auto'), z.number().min(0).max(1)])
    .nullable()
    .default(null)
    .describe(
      'how far the covariance is shrunk towards a multiple of the identity; auto follows Ledoit and Wolf',
    ),
  priors: priorsParameter,
  tol: z.number().min(0).default(1e-4).describe('singular values up to this count as 0, for solver svd'),
  n_components: unused(z.int().min(1).nullable().default(null)),
  store_covariance: unused(z.boolean().default(false)),
  covariance_estimator: unused(z.null().default(null)),
});

type Parameters = z.infer<typeof PARAMETERS>;

const CHECKED_PARAMETERS = PARAMETERS.superRefine(({ solver, shrinkage }, context) => {
  if (solver !== 'svd' || shrinkage === null) return;
  context.addIssue({
    code: 'custom',
    path: ['shrinkage'],
    message: 'solver svd has none: use lsqr',
    input: shrinkage,
  });
});

/**
 * Two classes have one row of coefficients, more classes one row each. The intercept of a class without samples is
 * -Infinity.
 */
type Learned = { classes: number; features: number; coefficients: Float64Array; intercepts: Float64Array };

/** Rows of coefficients and intercepts of the classes that have samples. */
interface Discriminant {
  coefficients: Float64Array[];
  intercepts: Float64Array;
}

/**
 * The classes that have samples, with their means and priors. `residuals` are the samples less the mean of their
 * class. They live in kernel memory.
 */
interface Centered {
  means: Float64Array[];
  priors: Float64Array;
  codes: number[];
  residuals: Matrix;
}

export const linearDiscriminantAnalysis: ClassifierKind<Parameters> = {
  kind: 'estimator',
  task: 'classification',
  name: 'LinearDiscriminantAnalysis',
  summary: 'linear discriminant analysis: normal classes with one covariance',
  params: CHECKED_PARAMETERS,
  effective: params => unless(params.solver === 'svd', params, 'tol'),
  tags: {
    missing: false,
    weights: () => 'none',
    deterministic: () => true,
    ordersFeatures: false,
    decision: true,
    proba: () => true,
  },
  invariances: ({ solver, shrinkage }) => ({
    ...UNCHANGED,
    scale: 'close',
    // A shrunk covariance depends on the units of the features, unless the features are first scaled to one deviation.
    featureScales: typeof shrinkage === 'number' && shrinkage > 0 ? 'no' : 'close',
    featureOrder: 'close',
    // svd divides by the number of samples less the number of classes. Ledoit and Wolf's share depends on the number of
    // samples.
    doubled: solver === 'svd' || shrinkage === 'auto' ? 'no' : 'close',
  }),
  needs: ({ priors }, shape) => needPriors(priors, shape),
  fit(given, parameters, context) {
    checkProblem(given);
    refuseWeights(given);
    const unit = unitFor(largestSize(given.x.data));
    const problem = { ...given, x: inUnit(given.x, unit) };
    return scope(() => {
      const centered = center(problem, priorsOf(parameters.priors, problem));
      const classes = centered.codes.length;
      if (problem.x.rows <= classes) {
        throw new InputError(
          'too-few-samples',
          `there are ${problem.x.rows} samples for ${classes} classes`,
          {
            value: problem.x.rows,
            expected: 'more samples than classes',
          },
        );
      }
      const found =
        parameters.solver === 'svd'
          ? bySvd(centered, parameters.tol)
          : byCovariance(problem, centered, parameters, context);
      const learned = learnedOf(found, centered.codes, problem);
      return discriminantModel({ ...learned, coefficients: learned.coefficients.map(value => value * unit) });
    });
  },
  load: document => discriminantModel(document as Learned),
};

function center(problem: ClassProblem, allPriors: Float64Array): Centered {
  const { x, y, classes } = problem;
  const counts = classCounts(y, classes);
  const codes = Array.from(counts.keys()).filter(code => counts[code] > 0);
  const { mean } = classMoments(problem);
  const residuals = { ...x, data: unsetFloat64(x.data.length) };
  scope(() => {
    const [own, middle] = [hold(y).byteOffset, hold(mean).byteOffset];
    eachBlock(x, ({ first, columns, x: block }) => {
      const to = residuals.data.byteOffset + 8 * first * x.rows;
      kernels().centerByClass(x.rows, columns, block, own, middle + 8 * first, x.columns, to);
    });
  });
  return {
    means: codes.map(code => mean.subarray(code * x.columns, (code + 1) * x.columns)),
    priors: Float64Array.from(codes, code => allPriors[code]),
    codes,
    residuals,
  };
}

/**
 * Whitens by the singular vectors of the residuals, then keeps the directions in which the means differ. The
 * residuals are scaled in place.
 */
function bySvd({ means, priors, residuals }: Centered, tolerance: number): Discriminant {
  const { rows, columns, data } = residuals;
  const deviations = columnMoments(residuals).deviations.map(deviation => deviation || 1);
  const factor = Math.sqrt(1 / (rows - means.length));
  scope(() => kernels().scaleColumns(rows, columns, data.byteOffset, factor, hold(deviations).byteOffset));
  const scaled = (vector: Float64Array): Float64Array => vector.map((value, j) => value / deviations[j]);
  const white = whitening(residuals, tolerance);

  const middle = combination(priors, means, columns);
  const centers = means.map(mean => mean.map((value, j) => value - middle[j]));
  const between = emptyMatrix(means.length, Math.max(1, white.count));
  centers.forEach((distance, c) => {
    const weight = Math.sqrt((rows * priors[c]) / (means.length - 1));
    white
      .project(scaled(distance))
      .forEach((value, s) => (between.data[s * means.length + c] = weight * value));
  });
  const { singular, vectors } = rightSingularVectors(between);
  const directions = vectors
    .filter((_, c) => singular[c] > tolerance * singular[0])
    .map(vector => scaled(white.combine(vector)));

  const coefficients = centers.map(distance =>
    combination(
      directions.map(direction => dot(distance, direction)),
      directions,
      columns,
    ),
  );
  // For center d and coefficients w = D D'd the constant is -1/2 d'w + log prior - middle'w.
  const intercepts = Float64Array.from(
    coefficients,
    (row, c) => -0.5 * dot(centers[c], row) + log(priors[c]) - dot(middle, row),
  );
  return { coefficients, intercepts };
}

/**
 * Solves S w(c) = m(c) by the eigenvectors of S. An eigenvalue that is no more than rounding counts as none. Where S
 * is not shrunk, at most n - k eigenvalues count, for n samples of k classes. Solver lsqr then gives the solution of
 * least length. Solver eigen has no solution.
 */
function byCovariance(
  problem: ClassProblem,
  centered: Centered,
  { solver, shrinkage }: Parameters,
  { warn }: FitContext,
): Discriminant {
  const { rows, columns } = problem.x;
  refuseTooMany(columns);
  const { means, priors } = centered;
  const { values, vectors } = symmetricEigen(covarianceOf(problem, centered, shrinkage), columns);
  const least = columns * Number.EPSILON * values[columns - 1];
  const most = shrinkage === null || shrinkage === 0 ? rows - means.length : columns;
  const counts = (value: number, at: number): boolean => value > least && at >= columns - most;
  const kept = vectors.filter((_, at) => counts(values[at], at));
  const inverses = values.filter(counts).map(value => 1 / value);
  if (kept.length < columns) singular(solver, columns, kept.length, warn);
  const solve = (vector: Float64Array): Float64Array =>
    combination(
      kept.map((own, at) => dot(own, vector) * inverses[at]),
      kept,
      columns,
    );
  if (means.length === 2) return betweenTwo(means, priors, solve);
  const coefficients = means.map(solve);
  const intercepts = Float64Array.from(coefficients, (row, c) => -0.5 * dot(means[c], row) + log(priors[c]));
  return { coefficients, intercepts };
}

/**
 * For two classes only the difference of the discriminants matters: S w = m(1) - m(0), with the constant -1/2 (m(0) +
 * m(1))'w. So means that are far from 0 cost no digits.
 */
function betweenTwo(
  [first, second]: readonly Float64Array[],
  priors: Float64Array,
  solve: (vector: Float64Array) => Float64Array,
): Discriminant {
  const row = solve(second.map((value, j) => value - first[j]));
  const middle = second.map((value, j) => 0.5 * (value + first[j]));
  return {
    coefficients: [new Float64Array(row.length), row],
    intercepts: Float64Array.of(log(priors[0]), log(priors[1]) - dot(middle, row)),
  };
}

function refuseTooMany(columns: number): void {
  if (columns <= MOST_FEATURES_OF_COVARIANCE) return;
  throw new InputError('too-large', `the covariance of ${columns} features is too large`, {
    value: columns,
    expected: `at most ${MOST_FEATURES_OF_COVARIANCE} features`,
    hint: 'Write solver: svd, or select features before this step.',
  });
}

/** The covariance has no inverse. Solver eigen refuses it, and solver lsqr warns. */
function singular(solver: string, columns: number, rank: number, warn: FitContext['warn']): void {
  const message = `the covariance of ${columns} features has rank ${rank}, so it has no inverse`;
  const hint = 'Write solver: svd, give a shrinkage, or select features before this step.';
  if (solver === 'eigen') throw new InputError('singular-covariance', message, { value: rank, hint });
  warn({ code: 'singular-covariance', message: `${message}. Its pseudo-inverse is used. ${hint}` });
}

/** The covariance within the classes, by their priors. */
function covarianceOf(
  { x, y }: ClassProblem,
  { priors, codes, residuals }: Centered,
  shrinkage: Parameters['shrinkage'],
): Float64Array {
  const covariance = new Float64Array(x.columns * x.columns);
  codes.forEach((code, c) => {
    const rows = Int32Array.from(y.keys()).filter(i => y[i] === code);
    const own = classCovariance(takeRows(residuals, rows), shrinkage);
    for (let at = 0; at < covariance.length; at++) covariance[at] += priors[c] * own[at];
  });
  return covariance;
}

/** The p x p covariance of samples of mean 0, shrunk to (1 - s) C + s trace(C) / p I. */
function classCovariance(residuals: Matrix, shrinkage: Parameters['shrinkage']): Float64Array {
  const { rows, columns } = residuals;
  const auto = shrinkage === 'auto';
  // Ledoit and Wolf's estimate needs features of deviation 1.
  const deviations = Float64Array.from({ length: columns }, (_, j) =>
    auto ? deviationOf(column(residuals, j)) || 1 : 1,
  );
  const x = {
    ...residuals,
    data: residuals.data.map((value, at) => value / deviations[Math.floor(at / rows)]),
  };
  const covariance = product({ matrix: x, transposed: true }, { matrix: x }).data.map(value => value / rows);
  let trace = 0;
  for (let j = 0; j < columns; j++) trace += covariance[j * columns + j];
  const share = shrinkage === 'auto' ? ledoitWolf(x, covariance) : (shrinkage ?? 0);
  for (let a = 0; a < columns; a++) {
    for (let b = 0; b < columns; b++) {
      const target = a === b ? trace / columns : 0;
      const at = a * columns + b;
      covariance[at] = ((1 - share) * covariance[at] + share * target) * deviations[a] * deviations[b];
    }
  }
  return covariance;
}

function deviationOf(values: Float64Array): number {
  const { variance, unit } = momentsInUnit(values);
  return Math.sqrt(variance) / unit;
}

/** The shrinkage of least expected squared error, estimated from centered samples and their covariance. */
function ledoitWolf({ rows, columns, data }: Matrix, covariance: Float64Array): number {
  if (columns === 1) return 0;
  let [trace, squares, fourth] = [0, 0, 0];
  for (let j = 0; j < columns; j++) trace += covariance[j * columns + j];
  for (const value of covariance) squares += value * value;
  for (let i = 0; i < rows; i++) {
    let norm = 0;
    for (let j = 0; j < columns; j++) norm += data[j * rows + i] * data[j * rows + i];
    fourth += norm * norm;
  }
  const delta = (squares - (trace * trace) / columns) / columns;
  const beta = Math.min((fourth / rows - squares) / (columns * rows), delta);
  return beta === 0 ? 0 : beta / delta;
}

function learnedOf(
  { coefficients, intercepts }: Discriminant,
  codes: readonly number[],
  { x, classes }: ClassProblem,
): Learned {
  const features = x.columns;
  if (codingOf(classes).binary) {
    const difference = coefficients[1].map((value, j) => value - coefficients[0][j]);
    return {
      classes,
      features,
      coefficients: difference,
      intercepts: Float64Array.of(intercepts[1] - intercepts[0]),
    };
  }
  const all = new Float64Array(classes * features);
  const constants = new Float64Array(classes).fill(-Infinity);
  codes.forEach((code, place) => {
    all.set(coefficients[place], code * features);
    constants[code] = intercepts[place];
  });
  return { classes, features, coefficients: all, intercepts: constants };
}

function discriminantModel(learned: Learned): Classifier {
  const { classes, features, coefficients, intercepts } = learned;
  const coding = codingOf(classes);
  const decision = (x: Matrix): Float64Array => {
    checkNewData(x, features);
    return scoresByRow(x, coefficients, intercepts);
  };
  return {
    classes,
    decision,
    proba: x => (coding.binary ? complementedRows(decision(x)) : softmaxRows(decision(x), classes)),
    predict: x => coding.codes(decision(x)),
    inside: () => ({ kind: 'linear', features, coef: coefficients }),
    size: () => linearSize(coefficients, features),
    serialize: () => learned as unknown as Document,
  };
}
