import { z } from 'zod';
import type { Matrix } from '../../../base/dataset.js';
import { InputError } from '../../../base/errors.js';
import { log } from '../../../kernels/math.js';
import { codesOfProba } from '../../algebra/matrix.js';
import { scoresByRow, timesVector } from '../../algebra/products.js';
import { checkNewData } from '../../checks.js';
import { type Effective, without } from '../../effective.js';
import { priorsOf, priorsParameter } from '../../outputs/priors.js';
import { softmaxRows } from '../../outputs/probabilities.js';
import type { Classifier, ClassProblem, Document } from '../../types.js';

/**
 * What BernoulliNB and MultinomialNB share (sklearn/naive_bayes.py). Both count within each class, and both are linear
 * in what they count:
 *
 *   log p(c | x) = log prior(c) + constant(c) + sum_j weight(c, j) x_j + a constant of x
 */

export const countParameters = {
  alpha: z
    .number()
    .min(0)
    .default(1)
    .describe('the count that is added to each count: 1 is the smoothing of Laplace'),
  force_alpha: z
    .boolean()
    .default(true)
    .describe('whether a tiny alpha is taken as it is; false raises an alpha below 1e-10 to 1e-10'),
  fit_prior: z
    .boolean()
    .default(true)
    .describe('whether the priors are the shares of the classes; false takes equal priors'),
  class_prior: priorsParameter,
};

const SCHEMA = z.object(countParameters);
export type CountParameters = z.infer<typeof SCHEMA>;

const SMALLEST_ALPHA = 1e-10;

/** The count that is added to each count. */
export function alphaOf({ alpha, force_alpha }: CountParameters): number {
  return force_alpha ? alpha : Math.max(alpha, SMALLEST_ALPHA);
}

/** Alpha as it is added. Given priors are taken whatever fit_prior says. */
export function effectiveCounts(params: CountParameters): Effective {
  const read = { ...without(params, 'force_alpha'), alpha: alphaOf(params) };
  return params.class_prior === null ? read : without(read, 'fit_prior');
}

/** What was counted in each class. */
export interface Counts {
  /** k: the weight of the samples. */
  samples: Float64Array;
  /** k arrays of p: the sum of each feature, times the weights. */
  features: Float64Array[];
}

/** The counts of each class in x, whose samples are those of the problem. */
export function countsOf({ y, classes, weights }: ClassProblem, x: Matrix): Counts {
  const samples = new Float64Array(classes);
  const features = Array.from({ length: classes }, (_, c) => {
    const own = Float64Array.from(y, (code, i) => (code === c ? (weights?.[i] ?? 1) : 0));
    for (const weight of own) samples[c] += weight;
    return timesVector(x, own, true);
  });
  return { samples, features };
}

/** k priors that add up to 1, or those given. A class without samples has the prior 0. */
export function priorsOfCounts(params: CountParameters, problem: ClassProblem, { samples }: Counts) {
  if (params.fit_prior || params.class_prior !== null) {
    const priors = priorsOf(params.class_prior, problem);
    return priors.map((prior, c) => (samples[c] > 0 ? prior : 0));
  }
  const seen = samples.filter(weight => weight > 0).length;
  return samples.map(weight => (weight > 0 ? 1 / seen : 0));
}

/** `weights` is classes x features, row-major. */
export type CountedLearned = {
  classes: number;
  features: number;
  priors: Float64Array;
  constants: Float64Array;
  weights: Float64Array;
  /** What a value has to exceed to count as 1. Absent where values count as they are. */
  threshold?: number;
};

/** Refuses a probability of 0. Without smoothing, one new value would rule a class out. */
export function refuseZeroCounts(step: string, { weights }: CountedLearned): void {
  if (weights.every(Number.isFinite)) return;
  throw new InputError('not-learned', `${step} met a feature whose count in a class is 0, and alpha is 0`, {
    expected: 'an alpha above 0',
    hint: 'Write alpha: 1, or a smaller number such as 1e-3.',
  });
}

export function countedModel(learned: CountedLearned): Classifier {
  const { classes, features, priors, weights, threshold } = learned;
  const constants = learned.constants.map((constant, c) => constant + log(priors[c]));
  const proba = (x: Matrix): Float64Array => {
    checkNewData(x, features);
    return softmaxRows(
      scoresByRow(threshold === undefined ? x : above(x, threshold), weights, constants),
      classes,
    );
  };
  return {
    classes,
    proba,
    predict: x => codesOfProba(proba(x), classes),
    size: () => ({ features, parameters: weights.length }),
    serialize: () => learned as unknown as Document,
  };
}

/** 1 for each value above the threshold, else 0. */
export function above(x: Matrix, threshold: number): Matrix {
  return { ...x, data: x.data.map(value => (value > threshold ? 1 : 0)) };
}
