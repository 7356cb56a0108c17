/**
 * BBC-CV: the score of the best of many configs without the optimism of having been chosen, from out-of-fold
 * predictions (Tsamardinos, Greasidou and Borboudakis, "Bootstrapping the out-of-sample predictions for efficient and
 * accurate cross-validation", Machine Learning 107, 2018, algorithm 5).
 *
 * Samples are drawn with replacement. The config that is best on the drawn samples is scored on those that were not
 * drawn. The mean over all draws is the estimate, and their quantiles are the interval. No model is fitted again.
 *
 * Two things differ from the paper. A score is the mean over the folds, as everywhere in spt, and not one score of
 * pooled predictions, because the models of different folds have different scales. And samples are drawn within each
 * fold and class (or whole groups within each fold), so that few draws leave a fold without a class.
 */
import { Rng } from '../base/rng.js';
import { quantileOf } from './sample.js';

/** What is drawn together (one sample, or all of a group), in sets that are drawn from separately. */
export type Strata = readonly (readonly Int32Array[])[];

/** The predictions of all configs, as a function that scores them. */
export interface Predictions {
  configs: number;
  folds: number;
  samples: number;
  /** 1 where large scores are good, and -1 where small ones are. */
  sign: 1 | -1;
  /**
   * The score of a config in a fold where sample i counts weights[i] times; NaN where the metric is not defined for
   * these samples.
   */
  score(config: number, fold: number, weights: Int32Array): number;
}

/** The config that is best on the drawn samples, and its score on the others. */
export interface Bag {
  chosen: number;
  score: number;
}

/** The scores of all draws: their mean, their quantiles, and their standard deviation. */
export interface Spread {
  estimate: number;
  low: number;
  high: number;
  deviation: number;
}

/** What all draws say. */
export interface Bagged extends Spread {
  /** The draws with a score. */
  draws: number;
  /** For each config, how often it was the best of the drawn samples. */
  chosen: Int32Array;
}

/**
 * The samples of 0 to n-1 in strata.
 * @param stratum a key for each sample; samples of one key are drawn from among themselves, those of no key never
 * @param groups codes of the groups that are drawn as a whole; all samples of a group need one key
 */
export function strataOf(
  samples: number,
  stratum: (sample: number) => string | number | undefined,
  groups?: ArrayLike<number>,
): Strata {
  const units = new Map<string | number, Map<number, number[]>>();
  for (let i = 0; i < samples; i++) {
    const key = stratum(i);
    if (key === undefined) continue;
    const members = units.get(key) ?? new Map<number, number[]>();
    units.set(key, members);
    const unit = groups ? groups[i] : i;
    members.set(unit, [...(members.get(unit) ?? []), i]);
  }
  return [...units.values()].map(members => [...members.values()].map(rows => Int32Array.from(rows)));
}

/** How often each sample is in one draw with replacement. */
export function drawWeights(rng: Rng, strata: Strata, samples: number): Int32Array {
  const weights = new Int32Array(samples);
  for (const units of strata)
    for (let i = 0; i < units.length; i++) for (const row of units[rng.below(units.length)]) weights[row]++;
  return weights;
}

/** One draw; undefined where no fold has a score. Of equals, the first config is chosen. */
export function oneBag(predictions: Predictions, weights: Int32Array): Bag | undefined {
  const { configs, sign } = predictions;
  let [chosen, best] = [-1, -Infinity];
  for (let config = 0; config < configs; config++) {
    const mean = sign * meanOverFolds(predictions, config, weights);
    if (mean > best) [chosen, best] = [config, mean];
  }
  if (chosen < 0) return undefined;
  const outside = weights.map(weight => (weight === 0 ? 1 : 0));
  const score = meanOverFolds(predictions, chosen, outside);
  return Number.isNaN(score) ? undefined : { chosen, score };
}

/** The mean over the folds that have a score. */
function meanOverFolds({ folds, score }: Predictions, config: number, weights: Int32Array): number {
  let [sum, count] = [0, 0];
  for (let fold = 0; fold < folds; fold++) {
    const value = score(config, fold, weights);
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return sum / count;
}

/** All draws. Equal seeds draw the same samples, whatever the configs are. Undefined where half have no score. */
export function bagged(
  predictions: Predictions,
  strata: Strata,
  { draws, seed, alpha }: { draws: number; seed: number; alpha: number },
): Bagged | undefined {
  const rng = Rng.from('spt', 'bbc-cv', seed);
  const chosen = new Int32Array(predictions.configs);
  const scores: number[] = [];
  for (let draw = 0; draw < draws; draw++) {
    const bag = oneBag(predictions, drawWeights(rng, strata, predictions.samples));
    if (!bag) continue;
    chosen[bag.chosen]++;
    scores.push(bag.score);
  }
  if (2 * scores.length < draws) return undefined;
  return { ...spreadOf(scores, alpha), draws: scores.length, chosen };
}

/** The mean of two scores or more, and the quantiles that hold 1 - alpha of them. */
export function spreadOf(scores: readonly number[], alpha: number): Spread {
  const estimate = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const squares = scores.reduce((sum, score) => sum + (score - estimate) * (score - estimate), 0);
  const sorted = Float64Array.from(scores).sort();
  return {
    estimate,
    low: quantileOf(sorted, alpha / 2),
    high: quantileOf(sorted, 1 - alpha / 2),
    deviation: Math.sqrt(squares / (scores.length - 1)),
  };
}

/** The samples of one fold in the order of their values: the area under the ROC curve for any weights, in one pass. */
export class RankedFold {
  /** The samples in ascending order of their values. */
  private readonly order: Int32Array;
  /** By place: whether the sample is positive (1), and whether the next one has another value (2). */
  private readonly flags: Uint8Array;

  /**
   * @param samples the numbers of the fold's samples, m
   * @param values m values; larger ones speak for the positive class
   * @param isPositive m flags
   */
  constructor(samples: ArrayLike<number>, values: ArrayLike<number>, isPositive: ArrayLike<boolean>) {
    const places = Array.from(samples, (_, place) => place).sort((a, b) => values[a] - values[b]);
    this.order = Int32Array.from(places, place => samples[place]);
    this.flags = Uint8Array.from(places, (place, i) => {
      const isLast = i + 1 === places.length || values[places[i + 1]] !== values[place];
      return Number(isPositive[place]) + (isLast ? 2 : 0);
    });
  }

  /** The area where sample i counts weights[i] times; NaN where a class has no weight. */
  area(weights: Int32Array): number {
    const { order, flags } = this;
    let [halves, positives, negatives, tiedPositives, tiedNegatives] = [0, 0, 0, 0, 0];
    for (let i = 0; i < order.length; i++) {
      const weight = weights[order[i]];
      if ((flags[i] & 1) === 1) tiedPositives += weight;
      else tiedNegatives += weight;
      if (flags[i] < 2) continue;
      halves += tiedPositives * (2 * negatives + tiedNegatives);
      positives += tiedPositives;
      negatives += tiedNegatives;
      tiedPositives = tiedNegatives = 0;
    }
    return halves / (2 * positives * negatives);
  }
}
