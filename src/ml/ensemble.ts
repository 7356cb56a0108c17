/**
 * An ensemble: fitted pipelines of one split whose probabilities or values are averaged. A classifier without
 * probabilities cannot take part, because decisions of different classifiers have no scale in common.
 */
import type { Config, Scores } from '../base/config.js';
import type { Matrix } from '../base/dataset.js';
import { codesOfProba } from './algebra/matrix.js';
import { predictionsOf, type Predictions } from './apply.js';
import type { Model } from './model-file.js';
import type { FittedPipeline } from './pipeline.js';
import { digest } from './serialize.js';

/** A model and its share of the mean. */
export interface Member {
  /** Above 0; the weights of all members add up to 1. */
  weight: number;
  config: Config;
  /** The digest of the learned numbers, as in the log. */
  digest: string;
  /** The scores of the config in the log, where it has finished. */
  scores?: Scores;
  pipeline: FittedPipeline;
}

/** All members have the classes and the columns of the ensemble. */
export interface Ensemble extends Pick<
  Model,
  'digest' | 'versions' | 'classes' | 'columns' | 'samples' | 'table'
> {
  /** In the order in which what they say is added up. */
  members: Member[];
}

/** The digest of an ensemble: 32 hexadecimal digits over the digests and the weights of its members, in their order. */
export function ensembleDigest(members: readonly Pick<Member, 'digest' | 'weight'>[]): string {
  return digest(members.map(({ digest, weight }) => ({ digest, weight })));
}

/**
 * The weighted mean of the probabilities or values of the members, added up in their order.
 * @param said one list of equal length for each member
 */
export function weightedMean(weights: readonly number[], said: readonly Float64Array[]): Float64Array {
  const mean = new Float64Array(said[0].length);
  said.forEach((numbers, member) => {
    for (let i = 0; i < mean.length; i++) mean[i] += weights[member] * numbers[i];
  });
  return mean;
}

/**
 * The predictions for an m x p matrix whose columns have the given names: the mean values, or the mean probabilities
 * and the class with the largest one. Throws SampleError as `predictionsOf` does.
 */
export function mixedPredictions(
  { members, classes }: Ensemble,
  x: Matrix,
  names: readonly string[],
): Predictions {
  const said = members.map(({ pipeline }) => predictionsOf(pipeline, x, names));
  const proba = weightedMean(
    members.map(({ weight }) => weight),
    said.map(one => one.values ?? one.proba!),
  );
  if (said[0].values) return { values: proba };
  return { codes: codesOfProba(proba, classes.length), proba };
}
