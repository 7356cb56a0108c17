import type { Matrix } from '../../base/dataset.js';
import { combination, dot, symmetricEigen } from './decomposition.js';
import { mapColumns } from './matrix.js';
import { gramOfRows, product, timesVector } from './products.js';
import { columnMoments, moments } from './statistics.js';
import { inUnit, largestSize, unitFor } from './units.js';

/**
 * scikit-learn's BayesianRidge with its defaults (sklearn/linear_model/_bayes.py; MacKay, "Bayesian Interpolation",
 * 1992). The coefficients w are those of ridge regression, (X'X + (lambda / alpha) I) w = X'y, for centered X and y.
 * alpha is the precision of the noise and lambda that of the coefficients. Both are estimated in turn with w.
 */

const MOST_STEPS = 300;
const TOLERANCE = 1e-3;
/** The shape and the rate of the gamma distributions that alpha and lambda have before. */
const PRIOR = 1e-6;

/** p coefficients and the constant of a linear function. */
export interface LinearFunction {
  coef: Float64Array;
  intercept: number;
}

/** The function from n x p features to n values. */
export function bayesianRidge(x: Matrix, y: Float64Array): LinearFunction {
  const { means } = columnMoments(x);
  const { mean, variance } = moments(y);
  const centered = mapColumns(x, (value, j) => value - means[j]);
  const target = y.map(value => value - mean);
  const solve = ridgeOf(centered, target);
  let [alpha, lambda] = [1 / (variance + Number.EPSILON), 1];
  let before: Float64Array | undefined;
  for (let step = 0; step < MOST_STEPS; step++) {
    const { coef, used } = solve(alpha, lambda);
    const rest = timesVector(centered, coef).map((value, i) => target[i] - value);
    lambda = (used + 2 * PRIOR) / (dot(coef, coef) + 2 * PRIOR);
    alpha = (x.rows - used + 2 * PRIOR) / (dot(rest, rest) + 2 * PRIOR);
    if (before && coef.reduce((sum, own, j) => sum + Math.abs(own - before![j]), 0) < TOLERANCE) break;
    before = coef;
  }
  const { coef } = solve(alpha, lambda);
  return { coef, intercept: mean - dot(means, coef) };
}

/** The coefficients for two precisions, and how many parameters the data determine (gamma of MacKay). */
type Ridge = (alpha: number, lambda: number) => { coef: Float64Array; used: number };

/**
 * Ridge regression by the eigenvalues of X'X, or of XX' where there are no more samples than features. Extreme features
 * are taken in another unit, so that their squares are finite.
 */
function ridgeOf(given: Matrix, y: Float64Array): Ridge {
  const unit = unitFor(largestSize(given.data));
  const x = inUnit(given, unit);
  const isTall = x.rows > x.columns;
  const size = isTall ? x.columns : x.rows;
  const gram = isTall ? product({ matrix: x, transposed: true }, { matrix: x }).data : gramOfRows(x);
  const { values, vectors } = symmetricEigen(gram, size);
  const eigenvalues = values.map(value => Math.max(0, value));
  const right = isTall ? timesVector(x, y, true) : y;
  const along = vectors.map(vector => dot(vector, right));
  return (alpha, lambda) => {
    const penalty = (lambda / alpha) * unit * unit;
    const weights = along.map((value, k) => value / (eigenvalues[k] + penalty));
    const found = combination(weights, vectors, size);
    const coef = isTall ? found : timesVector(x, found, true);
    const used = eigenvalues.reduce((sum, own) => sum + own / (penalty + own), 0);
    return { coef: coef.map(value => value * unit), used };
  };
}
