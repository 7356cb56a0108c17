import { z } from 'zod';
import { InputError } from '../../base/errors.js';
import { kernels } from '../../kernels/loader.js';
import { log } from '../../kernels/math.js';
import { hold, scope, unsetFloat64 } from '../../kernels/memory.js';
import { eachBlock } from '../blocks.js';
import { checkNewData, checkProblem, refuseWeights } from '../checks.js';
import { combination, dot, rightSingularVectors, symmetricEigen, whitening } from '../decomposition.js';
import { classCounts, codesOfDecision, column, emptyMatrix, takeRows } from '../matrix.js';
import { product, scoresByRow } from '../products.js';
import { classMoments, columnMoments, moments } from '../transforms/statistics.js';
import { unused } from '../parameters.js';
import type { Document, Estimator, Matrix, Model, Problem } from '../types.js';
import { priorsOf, priorsParameter } from './priors.js';
import { sigmoidRows, softmaxRows } from './probabilities.js';

/**
 * Linear discriminant analysis (sklearn/discriminant_analysis.py): within each class the samples are normal around the
 * class's mean m(c), all with one covariance S, so that
 *
 *   log p(c | x) = x' S^-1 m(c) - 1/2 m(c)' S^-1 m(c) + log prior(c) + constant
 *
 * Solver svd never forms S; lsqr and eigen do, and may shrink it towards a multiple of the identity (Ledoit and Wolf 2004).
 */

/** Past it, the p x p covariance and its eigenvectors take minutes and gigabytes. */
const MOST_FEATURES_OF_COVARIANCE = 4000;

const parameters = z.strictObject({
  solver: z
    .enum(['svd', 'lsqr', 'eigen'])
    .default('svd')
    .describe(
      'svd: without the covariance, for many features; lsqr, eigen: by the covariance, with shrinkage',
    ),
  shrinkage: z
    .union([z.literal('auto'), z.number().min(0).max(1)])
    .nullable()
    .default(null)
    .describe('how far the covariance is shrunk to a multiple of the identity; auto by Ledoit and Wolf'),
  priors: priorsParameter,
  tol: z.number().min(0).default(1e-4).describe('solver svd: singular values up to it count as none'),
  n_components: unused(z.int().min(1).nullable().default(null)),
  store_covariance: unused(z.boolean().default(false)),
  covariance_estimator: unused(z.null().default(null)),
});

type Parameters = z.infer<typeof parameters>;

const params = parameters.superRefine(({ solver, shrinkage }, context) => {
  if (solver !== 'svd' || shrinkage === null) return;
  context.addIssue({
    code: 'custom',
    path: ['shrinkage'],
    message: 'solver svd has none: use lsqr',
    input: shrinkage,
  });
});

/** For two classes one row of coefficients, for more one a class; -Infinity is the intercept of a class not seen. */
type Learned = { classes: number; features: number; coefficients: Float64Array; intercepts: Float64Array };

/** Rows of coefficients and intercepts of the classes that have samples. */
interface Discriminant {
  coefficients: Float64Array[];
  intercepts: Float64Array;
}

/**
 * The classes that have samples: their means and priors, and the problem's samples less their class's mean, which live in
 * kernel memory.
 */
interface Centered {
  means: Float64Array[];
  priors: Float64Array;
  codes: number[];
  residuals: Matrix;
}

export const linearDiscriminantAnalysis: Estimator<Parameters> = {
  kind: 'classifier',
  name: 'LinearDiscriminantAnalysis',
  summary: 'linear discriminant analysis: normal classes with one covariance',
  params,
  hasProba: () => true,
  fit(problem, given) {
    checkProblem(problem);
    refuseWeights(problem);
    return scope(() => {
      const centered = center(problem, priorsOf(given.priors, problem));
      const classes = centered.codes.length;
      if (problem.x.rows <= classes) {
        throw new InputError('too-few-samples', `${problem.x.rows} samples of ${classes} classes`, {
          value: problem.x.rows,
          expected: 'more samples than classes',
        });
      }
      const found =
        given.solver === 'svd'
          ? bySvd(centered, given.tol)
          : byCovariance(problem, centered, given.shrinkage);
      return modelOf(learnedOf(found, centered.codes, problem));
    });
  },
  load: document => modelOf(document as Learned),
};

function center(problem: Problem, allPriors: Float64Array): Centered {
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
 * Whitens by the singular vectors of the residuals, then keeps the directions in which the means differ. The residuals are
 * scaled in place.
 */
function bySvd({ means, priors, residuals }: Centered, tolerance: number): Discriminant {
  const { rows, columns, data } = residuals;
  const deviations = columnMoments(residuals).variances.map(variance => Math.sqrt(variance) || 1);
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

/** Solves S w(c) = m(c) by the eigenvectors of S, leaving out those whose eigenvalue is rounding. */
function byCovariance(
  problem: Problem,
  centered: Centered,
  shrinkage: Parameters['shrinkage'],
): Discriminant {
  const { columns } = problem.x;
  if (columns > MOST_FEATURES_OF_COVARIANCE) {
    throw new InputError('too-large', `the covariance of ${columns} features is too large`, {
      value: columns,
      expected: `at most ${MOST_FEATURES_OF_COVARIANCE} features`,
      hint: 'Use solver: svd, or select features first.',
    });
  }
  const { means, priors, codes, residuals } = centered;
  const covariance = new Float64Array(columns * columns);
  codes.forEach((code, c) => {
    const rows = Int32Array.from(problem.y.keys()).filter(i => problem.y[i] === code);
    const own = classCovariance(takeRows(residuals, rows), shrinkage);
    for (let at = 0; at < covariance.length; at++) covariance[at] += priors[c] * own[at];
  });
  const { values, vectors } = symmetricEigen(covariance, columns);
  const least = Number.EPSILON * values[columns - 1];
  const kept = vectors.filter((_, at) => values[at] > least);
  const inverses = values.filter(value => value > least).map(value => 1 / value);
  const coefficients = means.map(mean =>
    combination(
      kept.map((vector, at) => dot(vector, mean) * inverses[at]),
      kept,
      columns,
    ),
  );
  const intercepts = Float64Array.from(coefficients, (row, c) => -0.5 * dot(means[c], row) + log(priors[c]));
  return { coefficients, intercepts };
}

/** The p x p covariance of samples of mean 0, shrunk to (1 - s) C + s trace(C) / p I. */
function classCovariance(residuals: Matrix, shrinkage: Parameters['shrinkage']): Float64Array {
  const { rows, columns } = residuals;
  const auto = shrinkage === 'auto';
  // Ledoit and Wolf's estimate is of features of deviation 1.
  const deviations = Float64Array.from({ length: columns }, (_, j) =>
    auto ? Math.sqrt(moments(column(residuals, j)).variance) || 1 : 1,
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
  { x, classes }: Problem,
): Learned {
  const features = x.columns;
  if (classes === 2) {
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

function modelOf(learned: Learned): Model {
  const { classes, features, coefficients, intercepts } = learned;
  const decision = (x: Matrix): Float64Array => {
    checkNewData(x, features);
    return scoresByRow(x, coefficients, intercepts);
  };
  return {
    classes,
    decision,
    proba: x => (classes === 2 ? sigmoidRows(decision(x)) : softmaxRows(decision(x), classes)),
    predict: x => codesOfDecision(decision(x), classes),
    serialize: () => learned as unknown as Document,
  };
}
