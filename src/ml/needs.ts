import type { DataColumn } from '../base/dataset.js';

/**
 * What a step needs of the data that reach it. The needs are known before anything is trained. So a config that would
 * fail in its fit is refused when it is enqueued.
 */

/** What is known of the data that reach a step. */
export interface Shape {
  /** The number of samples of the smallest fit: of a fold, or of the whole split. */
  samples: number;
  /** The largest number of features that may reach the step. */
  features: number;
  /** The classes of the target. */
  classes: readonly string[];
  /** The features that lack values. */
  gaps: readonly string[];
  /** The features that hold codes of categories. A step without `tags.categories` is refused such features. */
  categories: readonly string[];
  /** The features with what they hold. Absent where an earlier step may have left others. */
  columns?: readonly DataColumn[];
  /** The smallest value, and its feature. Absent where an earlier step may have changed the values or the features. */
  least?: { value: number; feature: string };
}

/** Why a step cannot be fitted. */
export interface Obstacle {
  /** What is wrong, as a phrase. */
  what: string;
  value: unknown;
  expected?: string;
  hint?: string;
  /** Where it stands among the parameters. Absent where it is the step as a whole. */
  path?: (string | number)[];
}

const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 1;

function atMost(parameter: string, value: unknown, most: number, because: string): Obstacle | undefined {
  if (!isCount(value) || value <= most) return undefined;
  const expected = `${parameter} of at most ${most}: ${because}`;
  return { what: `${parameter} is ${value}`, value, expected };
}

/** Refuses a count above the number of samples. A share, a word and null are never refused. */
export function needSamples(parameter: string, value: unknown, { samples }: Shape): Obstacle | undefined {
  return atMost(parameter, value, samples, `${samples} samples in the smallest fit`);
}

/** Refuses a count above the number of features. A share, a word and null are never refused. */
export function needFeatures(parameter: string, value: unknown, { features }: Shape): Obstacle | undefined {
  return atMost(parameter, value, features, `${features} features are left there`);
}

/** Refuses class priors that are not one for each class. */
export function needPriors(priors: readonly number[] | null, { classes }: Shape): Obstacle | undefined {
  if (priors === null || priors.length === classes.length) return undefined;
  return {
    what: `${priors.length} priors for ${classes.length} classes`,
    value: priors,
    expected: `a prior for each of ${classes.join(', ')}`,
  };
}

/** Refuses values below 0, or also 0 itself, for a step or function of the name `who`. */
export function needValues(
  who: string,
  relation: 'at least 0' | 'above 0',
  hint: string,
  { least }: Shape,
): Obstacle | undefined {
  if (!least || least.value > 0 || (least.value === 0 && relation === 'at least 0')) return undefined;
  const takes = relation === 'above 0' ? 'takes values above 0 only' : 'takes no negative values';
  const what = `${who} ${takes}, and the feature ${least.feature} has ${least.value}`;
  return { what, value: least.value, hint };
}

/**
 * The number of features after a step that keeps `count` of them. All of them stay where `count` is not a whole number.
 */
export function featuresLeft(count: unknown, features: number): number {
  return isCount(count) ? Math.min(features, count) : features;
}
