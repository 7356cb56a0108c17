import { log } from '../../kernels/math.js';
import { pairwiseSum } from '../algebra/sums.js';
import type { ClassMetric, ClassOutputs } from './types.js';

/**
 * Metrics of probabilities: scikit-learn's definitions (sklearn/metrics/_classification.py, version 1.2). They are null
 * without samples.
 */

/** The distance from 1 to the next larger f32. */
const EPSILON_SINGLE = 1.1920928955078125e-7;

/**
 * Minus the mean log of the probability of the true class. The probabilities of a sample are cut to [eps, 1 - eps] and
 * divided by their sum. eps is the spacing at 1 of the numbers that the probabilities are, f32 or f64, and the cutting
 * and the division round to the same numbers.
 *
 * The score is defined where a class is absent from the truth. scikit-learn's scorer has no number there, because it
 * takes the classes from the truth.
 */
function logLoss(truth: Int32Array, { proba, singles, classes }: ClassOutputs): number | null {
  if (truth.length === 0) return null;
  const eps = singles ? EPSILON_SINGLE : Number.EPSILON;
  const row = new (singles ? Float32Array : Float64Array)(classes);
  let sum = 0;
  for (let i = 0; i < truth.length; i++) {
    for (let c = 0; c < classes; c++) row[c] = Math.min(Math.max(proba![i * classes + c], eps), 1 - eps);
    const share = row[truth[i]] / pairwiseSum(row);
    sum -= log(singles ? Math.fround(share) : share);
  }
  return sum / truth.length;
}

/** The mean of (probability of class 1 - whether the sample is of class 1)^2. */
function brierScore(truth: Int32Array, { proba }: ClassOutputs): number | null {
  if (truth.length === 0) return null;
  let sum = 0;
  for (let i = 0; i < truth.length; i++) {
    const miss = proba![2 * i + 1] - (truth[i] === 1 ? 1 : 0);
    sum += miss * miss;
  }
  return sum / truth.length;
}

export const probabilityMetrics: readonly ClassMetric[] = [
  {
    name: 'log_loss',
    summary: 'minus the mean log-likelihood',
    task: 'classification',
    direction: 'min',
    needs: 'probabilities',
    aliases: ['neg_log_loss', 'logloss', 'cross_entropy'],
    score: logLoss,
  },
  {
    name: 'brier_score',
    summary: 'mean squared error of the probability of class 1',
    task: 'classification',
    direction: 'min',
    needs: 'probabilities',
    binaryOnly: true,
    aliases: ['neg_brier_score', 'brier_score_loss', 'brier'],
    score: brierScore,
  },
];
