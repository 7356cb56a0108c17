import { z } from 'zod';
import { log } from '../../kernels/math.js';
import { checkNewData, checkProblem } from '../checks.js';
import { codesOfProba, column } from '../matrix.js';
import { moments } from '../transforms/statistics.js';
import type { Document, Estimator, Matrix, Model, Problem } from '../types.js';
import { priorsOf, priorsParameter } from './priors.js';
import { softmaxRows } from './probabilities.js';

/**
 * Gaussian naive Bayes (sklearn/naive_bayes.py): within a class each feature is normal, and no feature knows of another:
 *
 *   log p(c | x) = log prior(c) - 1/2 sum_j [ log(2 pi v(c, j)) + (x_j - m(c, j))^2 / v(c, j) ] + constant
 *
 * v is the variance within the class plus `var_smoothing` times the largest variance of a feature.
 */

const params = z.strictObject({
  priors: priorsParameter,
  var_smoothing: z
    .number()
    .min(0)
    .default(1e-9)
    .describe('share of the largest variance of a feature that is added to all variances'),
});

const TWO_PI = 6.283185307179586;

/** Means and variances: p values a class, one class after the other. */
type Learned = {
  classes: number;
  features: number;
  priors: Float64Array;
  mean: Float64Array;
  variance: Float64Array;
};

export const gaussianNB: Estimator<z.infer<typeof params>> = {
  kind: 'classifier',
  name: 'GaussianNB',
  summary: 'naive Bayes with a normal distribution for each feature',
  params,
  hasProba: () => true,
  fit(problem, { priors, var_smoothing }) {
    checkProblem(problem);
    const { x, classes } = problem;
    let largest = 0;
    for (let j = 0; j < x.columns; j++) largest = Math.max(largest, moments(column(x, j)).variance);
    const [mean, variance] = momentsByClass(problem);
    // Where no feature varies, any variance says the same: nothing.
    const smoothing = largest === 0 ? 1 : var_smoothing * largest;
    const smoothed = variance.map(value => value + smoothing);
    return modelOf({
      classes,
      features: x.columns,
      priors: priorsOf(priors, problem),
      mean,
      variance: smoothed,
    });
  },
  load: document => modelOf(document as Learned),
};

/** Weighted means and variances of each feature within each class; zeros for a class without samples. */
function momentsByClass({ x, y, classes, weights }: Problem): [Float64Array, Float64Array] {
  const mean = new Float64Array(classes * x.columns);
  const variance = new Float64Array(classes * x.columns);
  const total = new Float64Array(classes);
  for (let i = 0; i < x.rows; i++) total[y[i]] += weights?.[i] ?? 1;
  for (let j = 0; j < x.columns; j++) {
    const values = column(x, j);
    for (let i = 0; i < x.rows; i++) mean[y[i] * x.columns + j] += (weights?.[i] ?? 1) * values[i];
    for (let c = 0; c < classes; c++) mean[c * x.columns + j] /= total[c] || 1;
    for (let i = 0; i < x.rows; i++) {
      const distance = values[i] - mean[y[i] * x.columns + j];
      variance[y[i] * x.columns + j] += (weights?.[i] ?? 1) * distance * distance;
    }
    for (let c = 0; c < classes; c++) variance[c * x.columns + j] /= total[c] || 1;
  }
  return [mean, variance];
}

function modelOf(learned: Learned): Model {
  const { classes, features, priors, mean, variance } = learned;
  const proba = (x: Matrix): Float64Array => {
    checkNewData(x, features);
    const logs = new Float64Array(x.rows * classes);
    for (let c = 0; c < classes; c++) {
      let constant = log(priors[c]);
      for (let j = 0; j < features; j++) constant -= 0.5 * log(TWO_PI * variance[c * features + j]);
      for (let i = 0; i < x.rows; i++) logs[i * classes + c] = constant;
      if (priors[c] === 0) continue;
      for (let j = 0; j < features; j++) {
        const [middle, spread] = [mean[c * features + j], variance[c * features + j]];
        const from = j * x.rows;
        for (let i = 0; i < x.rows; i++) {
          const distance = x.data[from + i] - middle;
          logs[i * classes + c] -= (0.5 * distance * distance) / spread;
        }
      }
    }
    return softmaxRows(logs, classes);
  };
  return {
    classes,
    proba,
    predict: x => codesOfProba(proba(x), classes),
    serialize: () => learned as unknown as Document,
  };
}
