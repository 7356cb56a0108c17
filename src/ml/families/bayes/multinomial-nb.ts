import { z } from 'zod';
import type { Matrix } from '../../../base/dataset.js';
import { log } from '../../../kernels/math.js';
import { FeatureError, checkProblem } from '../../checks.js';
import { PENALIZED } from '../../invariances.js';
import { needPriors, needValues } from '../../needs.js';
import type { ClassifierKind, Document } from '../../types.js';
import {
  alphaOf,
  type CountedLearned,
  countedModel,
  countParameters,
  countsOf,
  effectiveCounts,
  priorsOfCounts,
  refuseZeroCounts,
} from './counts.js';

/**
 * Naive Bayes for counts, such as those of words (Manning, Raghavan and Schuetze 2008, chapter 13;
 * sklearn/naive_bayes.py). A count of class c is one of feature j with probability
 *
 *   q(c, j) = (sum of feature j in c + alpha) / (sum of all p features in c + p alpha)
 */

const PARAMETERS = z.strictObject(countParameters);

const HINT = 'Put a MinMaxScaler before this step, or take GaussianNB.';

export const multinomialNB: ClassifierKind<z.infer<typeof PARAMETERS>> = {
  kind: 'estimator',
  task: 'classification',
  name: 'MultinomialNB',
  summary: 'naive Bayes for counts',
  params: PARAMETERS,
  effective: effectiveCounts,
  tags: {
    missing: false,
    weights: () => 'repetitions',
    deterministic: () => true,
    opaque: () => true,
    ordersFeatures: false,
    decision: false,
    proba: () => true,
  },
  // Alpha is added to the counts. Its effect depends on their unit and on the number of samples.
  invariances: () => ({ ...PENALIZED, shift: 'no' }),
  needs: ({ class_prior }, shape) =>
    needPriors(class_prior, shape) ?? needValues('MultinomialNB', 'at least 0', HINT, shape),
  fit(problem, params) {
    checkProblem(problem);
    refuseNegative(problem.x);
    const { classes } = problem;
    const features = problem.x.columns;
    const counts = countsOf(problem, problem.x);
    const alpha = alphaOf(params);
    const weights = new Float64Array(classes * features);
    counts.features.forEach((sums, c) => {
      if (counts.samples[c] === 0) return;
      const all = sums.reduce((total, sum) => total + (sum + alpha), 0);
      for (let j = 0; j < features; j++) weights[c * features + j] = log(sums[j] + alpha) - log(all);
    });
    const priors = priorsOfCounts(params, problem, counts);
    const learned = { classes, features, priors, constants: new Float64Array(classes), weights };
    refuseZeroCounts('MultinomialNB', learned);
    return countedModel(learned);
  },
  load: document => countedModel(document as Document as CountedLearned),
};

function refuseNegative({ rows, data }: Matrix): void {
  const negative = data.findIndex(value => value < 0);
  if (negative < 0) return;
  const says = (feature: string): string =>
    `${feature} has the value ${data[negative]}, and MultinomialNB takes no negative values`;
  throw new FeatureError('negative-value', Math.floor(negative / rows), says, {
    value: data[negative],
    expected: 'values of at least 0',
    hint: HINT,
  });
}
