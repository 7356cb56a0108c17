import { weightedMean } from '../algebra/sums.js';
import type { ValueMetric } from './types.js';

/**
 * Metrics of predicted values: scikit-learn's definitions (sklearn/metrics/_regression.py, version 1.2). Every metric is
 * null without samples, and where all weights are 0.
 */

/** The weighted mean of what each sample contributes; null where there is none. */
function mean(each: Float64Array, weights?: Float64Array): number | null {
  const found = weightedMean(each, weights);
  return Number.isNaN(found) ? null : found;
}

/** The mean of a loss of the errors, truth - prediction. */
function meanOf(loss: (error: number) => number): ValueMetric['score'] {
  return (truth, values, weights) =>
    mean(
      truth.map((value, i) => loss(value - values[i])),
      weights,
    );
}

const squared = meanOf(error => error * error);

/**
 * 1 - the mean squared error over the variance of the truth. A truth that does not vary has the score 1 where all
 * predictions are right, and else 0. null for less than two samples.
 */
const r2: ValueMetric['score'] = (truth, values, weights) => {
  const center = mean(truth, weights);
  if (truth.length < 2 || center === null) return null;
  const spread = squared(truth, new Float64Array(truth.length).fill(center), weights)!;
  return shareOf(squared(truth, values, weights)!, spread);
};

/** The share of a spread that a loss leaves explained. */
function shareOf(loss: number, spread: number): number {
  if (loss === 0) return 1;
  return spread === 0 ? 0 : 1 - loss / spread;
}

/** What the losses of this file have in common. */
const LOSS = { task: 'regression', direction: 'min' } as const;

export const valueMetrics: readonly ValueMetric[] = [
  {
    task: 'regression',
    direction: 'max',
    name: 'r2',
    summary: 'share of the variance of the target that is explained',
    aliases: ['r2_score', 'r_squared', 'rsquared', 'r^2'],
    score: r2,
  },
  {
    ...LOSS,
    name: 'rmse',
    summary: 'root of the mean squared error',
    aliases: ['neg_root_mean_squared_error', 'root_mean_squared_error', 'neg_rmse'],
    score: (truth, values, weights) => {
      const mse = squared(truth, values, weights);
      return mse === null ? null : Math.sqrt(mse);
    },
  },
  {
    ...LOSS,
    name: 'mse',
    summary: 'mean squared error',
    aliases: ['neg_mean_squared_error', 'mean_squared_error', 'neg_mse', 'squared_error'],
    score: squared,
  },
  {
    ...LOSS,
    name: 'mae',
    summary: 'mean absolute error',
    aliases: ['neg_mean_absolute_error', 'mean_absolute_error', 'neg_mae', 'absolute_error'],
    score: meanOf(Math.abs),
  },
];
