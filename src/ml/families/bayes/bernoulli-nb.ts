import { z } from 'zod';
import type { Matrix } from '../../../base/dataset.js';
import { log } from '../../../kernels/math.js';
import { FeatureError, checkProblem } from '../../checks.js';
import { UNCHANGED } from '../../invariances.js';
import { needPriors } from '../../needs.js';
import type { ClassifierKind, Document } from '../../types.js';
import {
  above,
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
 * Naive Bayes for features that are 0 or 1 (Manning, Raghavan and Schuetze 2008, chapter 13; sklearn/naive_bayes.py).
 * Within a class, feature j is 1 with probability
 *
 *   q(c, j) = (samples of c where it is 1 + alpha) / (samples of c + 2 alpha)
 */

const PARAMETERS = z.strictObject({
  ...countParameters,
  binarize: z
    .number()
    .min(0)
    .nullable()
    .default(0)
    .describe('values above this count as 1, all others as 0; null is for features that are 0 or 1'),
});

export const bernoulliNB: ClassifierKind<z.infer<typeof PARAMETERS>> = {
  kind: 'estimator',
  task: 'classification',
  name: 'BernoulliNB',
  summary: 'naive Bayes for features that are 0 or 1',
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
  // Another unit leaves the same values above 0. Alpha counts as a number of samples.
  invariances: ({ binarize }) => ({
    ...UNCHANGED,
    shift: 'no',
    scale: binarize === 0 ? 'exact' : 'no',
    featureScales: binarize === 0 ? 'exact' : 'no',
    featureOrder: 'close',
    sampleOrder: 'exact',
    doubled: 'no',
  }),
  needs: ({ class_prior }, shape) => needPriors(class_prior, shape),
  fit(problem, params) {
    checkProblem(problem);
    const { binarize } = params;
    if (binarize === null) refuseOthers(problem.x);
    const { classes } = problem;
    const features = problem.x.columns;
    const counts = countsOf(problem, binarize === null ? problem.x : above(problem.x, binarize));
    const alpha = alphaOf(params);
    const constants = new Float64Array(classes);
    const weights = new Float64Array(classes * features);
    counts.features.forEach((ones, c) => {
      const all = counts.samples[c] + 2 * alpha;
      for (let j = 0; j < features && counts.samples[c] > 0; j++) {
        const [one, zero] = [log(ones[j] + alpha), log(counts.samples[c] - ones[j] + alpha)];
        constants[c] += zero - log(all);
        weights[c * features + j] = one - zero;
      }
    });
    const priors = priorsOfCounts(params, problem, counts);
    const learned = { classes, features, priors, constants, weights };
    refuseZeroCounts('BernoulliNB', learned);
    return countedModel(binarize === null ? learned : { ...learned, threshold: binarize });
  },
  load: document => countedModel(document as Document as CountedLearned),
};

/** Refuses values other than 0 and 1. */
function refuseOthers({ rows, data }: Matrix): void {
  const other = data.findIndex(value => value !== 0 && value !== 1);
  if (other < 0) return;
  const says = (feature: string): string =>
    `${feature} has the value ${data[other]}, and BernoulliNB with binarize: null takes 0 and 1`;
  throw new FeatureError('not-binary', Math.floor(other / rows), says, {
    value: data[other],
    expected: '0 or 1',
    hint: 'Write binarize: 0, or the number that a value has to exceed to count as 1.',
  });
}
