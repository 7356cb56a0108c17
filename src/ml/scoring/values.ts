import { log } from '../../kernels/math.js';
import { weightedMedian } from '../algebra/statistics.js';
import { weightedMean } from '../algebra/sums.js';
import type { ValueMetric } from './types.js';

/**
 * Metrics of predicted values: scikit-learn's definitions (sklearn/metrics/_regression.py, version 1.2). Every metric
 * is null without samples, where all weights are 0, and where the score is no finite number.
 *
 * A sample of weight 2 counts as two samples. So a median of an even number of samples is the mean of the two in the
 * middle, with weights and without. scikit-learn 1.2 takes the lower one where there are weights.
 */

type Score = ValueMetric['score'];

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** The mean of a loss of the true and the predicted value. */
function meanOf(loss: (truth: number, value: number) => number): Score {
  return (truth, values, weights) =>
    finite(
      weightedMean(
        truth.map((value, i) => loss(value, values[i])),
        weights,
      ),
    );
}

const squared = meanOf((truth, value) => (truth - value) * (truth - value));
const absolute = meanOf((truth, value) => Math.abs(truth - value));

const rmse: Score = (truth, values, weights) => {
  const mse = squared(truth, values, weights);
  return mse === null ? null : Math.sqrt(mse);
};

/** The distance from 1 to the next larger f64. Smaller true values count as this in a relative error. */
const LEAST = 2 ** -52;

const relative = meanOf((truth, value) => Math.abs(truth - value) / Math.max(Math.abs(truth), LEAST));

const absolutes = (truth: Float64Array, values: Float64Array): Float64Array =>
  truth.map((value, i) => Math.abs(value - values[i]));

const medianAbsolute: Score = (truth, values, weights) =>
  finite(weightedMedian(absolutes(truth, values), weights));

/** The largest error. Samples of weight 0 do not count. */
const largest: Score = (truth, values, weights) => {
  const errors = absolutes(truth, values).filter((_, i) => !weights || weights[i] > 0);
  return errors.length === 0 ? null : finite(errors.reduce((most, error) => Math.max(most, error), 0));
};

/** The loss of a quantile: an error above the prediction costs `alpha`, and one below it 1 - `alpha`. */
const pinball = (alpha: number): Score =>
  meanOf((truth, value) => (truth >= value ? alpha * (truth - value) : (1 - alpha) * (value - truth)));

/**
 * What a loss leaves of the loss of a constant: 1 - their ratio. Where the constant is right for all samples, the score
 * is 1 if the predictions are, too, and else 0. null for less than two samples.
 */
function shareOf(loss: Score, constant: (truth: Float64Array, weights?: Float64Array) => number): Score {
  return (truth, values, weights) => {
    if (truth.length < 2) return null;
    const found = loss(truth, values, weights);
    const usual = loss(truth, new Float64Array(truth.length).fill(constant(truth, weights)), weights);
    if (found === null || usual === null) return null;
    if (found === 0) return 1;
    return usual === 0 ? 0 : finite(1 - found / usual);
  };
}

const r2 = shareOf(squared, weightedMean);

/** As r2, but a constant error costs nothing. */
const explainedVariance: Score = (truth, values, weights) => {
  const error = weightedMean(
    truth.map((value, i) => value - values[i]),
    weights,
  );
  return r2(
    truth,
    values.map(value => value + error),
    weights,
  );
};

/** The ranks of values, where equal values share the middle of their ranks. A value of weight 2 counts as two. */
function ranksOf(values: Float64Array, weights?: Float64Array): Float64Array {
  const order = Int32Array.from(values.keys()).sort((a, b) => values[a] - values[b]);
  const ranks = new Float64Array(values.length);
  let before = 0;
  for (let at = 0; at < order.length;) {
    let end = at;
    let tied = 0;
    for (; end < order.length && values[order[end]] === values[order[at]]; end++)
      tied += weights?.[order[end]] ?? 1;
    for (; at < end; at++) ranks[order[at]] = before + tied / 2;
    before += tied;
  }
  return ranks;
}

/** The correlation of the ranks; null where one side does not vary. */
const spearman: Score = (truth, values, weights) => {
  const [a, b] = [truth, values].map(side => {
    const ranks = ranksOf(side, weights);
    const center = weightedMean(ranks, weights);
    return ranks.map(rank => rank - center);
  });
  const product = (x: Float64Array, y: Float64Array): number =>
    weightedMean(
      x.map((value, i) => value * y[i]),
      weights,
    );
  const spread = Math.sqrt(product(a, a)) * Math.sqrt(product(b, b));
  return spread > 0 ? Math.max(-1, Math.min(1, product(a, b) / spread)) : null;
};

/** Twice what is missing to the likelihood of a perfect prediction. null where a predicted value is not above 0. */
function deviance(of: (truth: number, value: number) => number, least: (truth: number) => boolean): Score {
  const mean = meanOf((truth, value) => 2 * of(truth, value));
  return (truth, values, weights) => {
    if (!values.every(value => value > 0) || !truth.every(least)) return null;
    return mean(truth, values, weights);
  };
}

const poisson = deviance(
  (truth, value) => (truth === 0 ? value : truth * log(truth / value) - truth + value),
  truth => truth >= 0,
);
const gamma = deviance(
  (truth, value) => log(value / truth) + truth / value - 1,
  truth => truth > 0,
);

/** What the losses and the shares of this file have in common. */
const LOSS = { task: 'regression', direction: 'min' } as const;
const SHARE = { task: 'regression', direction: 'max' } as const;

/** The quantiles whose loss has a name of its own. */
const QUANTILES = [0.05, 0.1, 0.25, 0.75, 0.9, 0.95];

export const valueMetrics: readonly ValueMetric[] = [
  {
    ...SHARE,
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
    score: rmse,
  },
  {
    ...LOSS,
    name: 'mse',
    summary: 'mean squared error',
    isMean: true,
    aliases: ['neg_mean_squared_error', 'mean_squared_error', 'neg_mse', 'squared_error'],
    score: squared,
  },
  {
    ...LOSS,
    name: 'mae',
    summary: 'mean absolute error',
    isMean: true,
    aliases: ['neg_mean_absolute_error', 'mean_absolute_error', 'neg_mae', 'absolute_error'],
    score: absolute,
  },
  {
    ...LOSS,
    name: 'mape',
    summary: 'mean absolute error as a share of the true value',
    isMean: true,
    aliases: ['neg_mean_absolute_percentage_error', 'mean_absolute_percentage_error'],
    score: relative,
  },
  {
    ...LOSS,
    name: 'median_absolute_error',
    summary: 'median of the absolute errors',
    aliases: ['neg_median_absolute_error', 'medae', 'median_ae'],
    score: medianAbsolute,
  },
  {
    ...LOSS,
    name: 'max_error',
    summary: 'largest absolute error',
    aliases: ['neg_max_error', 'maximum_error'],
    score: largest,
  },
  {
    ...SHARE,
    name: 'explained_variance',
    summary: 'as r2, but an error that all samples share costs nothing',
    aliases: ['explained_variance_score', 'ev'],
    score: explainedVariance,
  },
  {
    ...SHARE,
    name: 'spearman',
    summary: "Spearman's rank correlation",
    aliases: ['spearmanr', 'spearman_r', 'rho', 'rank_correlation'],
    score: spearman,
  },
  {
    ...SHARE,
    name: 'd2_absolute_error',
    summary: 'share of the absolute error of the median that is explained',
    aliases: ['d2_absolute_error_score', 'd2_pinball_score', 'd2'],
    score: shareOf(absolute, weightedMedian),
  },
  {
    ...LOSS,
    name: 'mean_poisson_deviance',
    summary: 'deviance of counts; the target is at least 0',
    isMean: true,
    aliases: ['neg_mean_poisson_deviance', 'poisson_deviance', 'poisson'],
    values: 'at least 0',
    score: poisson,
  },
  {
    ...LOSS,
    name: 'mean_gamma_deviance',
    summary: 'deviance of amounts; the target is above 0',
    isMean: true,
    aliases: ['neg_mean_gamma_deviance', 'gamma_deviance', 'gamma'],
    values: 'above 0',
    score: gamma,
  },
  {
    ...LOSS,
    name: 'pinball',
    summary: 'loss of the median: half of the mean absolute error',
    isMean: true,
    aliases: ['mean_pinball_loss', 'neg_mean_pinball_loss', 'pinball_loss', 'pinball_0.5'],
    score: pinball(0.5),
  },
  ...QUANTILES.map(alpha => ({
    ...LOSS,
    name: `pinball_${alpha}`,
    summary: `loss of the quantile ${alpha}`,
    aliases: [],
    score: pinball(alpha),
  })),
];
