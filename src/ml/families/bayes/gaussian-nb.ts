import { z } from 'zod';
import type { Matrix } from '../../../base/dataset.js';
import { UNCHANGED } from '../../invariances.js';
import { kernels } from '../../../kernels/loader.js';
import { log } from '../../../kernels/math.js';
import { float64, hold, scope } from '../../../kernels/memory.js';
import { eachBlock } from '../../algebra/blocks.js';
import { checkNewData, checkProblem } from '../../checks.js';
import { codesOfProba } from '../../algebra/matrix.js';
import { classMoments, columnMoments } from '../../algebra/statistics.js';
import type { Document, ClassifierKind, Classifier } from '../../types.js';
import { needPriors } from '../../needs.js';
import { inUnit, largestSize, unitFor } from '../../algebra/units.js';
import { priorsOf, priorsParameter } from '../../outputs/priors.js';
import { softmaxRows } from '../../outputs/probabilities.js';

/**
 * Gaussian naive Bayes (sklearn/naive_bayes.py). Within a class each feature is normal, and the features are
 * independent:
 *
 *   log p(c | x) = log prior(c) - 1/2 sum_j [ log(2 pi v(c, j)) + (x_j - m(c, j))^2 / v(c, j) ] + constant
 *
 * v is the variance within the class plus `var_smoothing` times the largest variance of a feature.
 */

const PARAMETERS = z.strictObject({
  priors: priorsParameter,
  var_smoothing: z
    .number()
    .min(0)
    .default(1e-9)
    .describe('this share of the largest variance of a feature is added to all variances'),
});

const TWO_PI = 6.283185307179586;

/** The means and the variances: p values for each class, one class after the other. */
type Learned = {
  classes: number;
  features: number;
  /** The factor that values are multiplied by. Absent where it is 1. */
  unit?: number;
  priors: Float64Array;
  mean: Float64Array;
  variance: Float64Array;
};

export const gaussianNB: ClassifierKind<z.infer<typeof PARAMETERS>> = {
  kind: 'estimator',
  task: 'classification',
  name: 'GaussianNB',
  summary: 'naive Bayes with a normal distribution for each feature',
  params: PARAMETERS,
  tags: {
    missing: false,
    weights: () => 'repetitions',
    deterministic: () => true,
    opaque: () => true,
    ordersFeatures: false,
    decision: false,
    proba: () => true,
  },
  // The number that is added to all variances depends on the feature with the largest variance.
  invariances: ({ var_smoothing }) => ({
    ...UNCHANGED,
    scale: 'close',
    featureScales: var_smoothing === 0 ? 'close' : 'no',
    featureOrder: 'close',
  }),
  needs: ({ priors }, shape) => needPriors(priors, shape),
  fit(problem, { priors, var_smoothing }) {
    checkProblem(problem);
    const { classes } = problem;
    const unit = unitFor(largestSize(problem.x.data));
    const x = inUnit(problem.x, unit);
    const largest = columnMoments(x).variances.reduce((most, variance) => Math.max(most, variance), 0);
    const { mean, variance } = classMoments({ ...problem, x });
    // Where no feature varies, every variance gives the same probabilities.
    const smoothing = largest === 0 ? 1 : var_smoothing * largest;
    const smoothed = variance.map(value => value + smoothing);
    return gaussianModel({
      classes,
      features: x.columns,
      ...(unit === 1 ? {} : { unit }),
      priors: priorsOf(priors, problem),
      mean,
      variance: smoothed,
    });
  },
  load: document => gaussianModel(document as Learned),
};

/** The logarithms of priors and likelihoods, up to a constant: m x k row-major. */
function logLikelihoods({ classes, features, priors, mean, variance }: Learned, x: Matrix): Float64Array {
  const { rows } = x;
  return scope(() => {
    const [means, variances, byClass] = [hold(mean), hold(variance), float64(classes * rows)];
    for (let c = 0; c < classes; c++) {
      let constant = log(priors[c]);
      for (let j = 0; j < features; j++) constant -= 0.5 * log(TWO_PI * variance[c * features + j]);
      byClass.fill(constant, c * rows, (c + 1) * rows);
    }
    eachBlock(x, ({ first, columns, x: values }) => {
      for (let c = 0; c < classes; c++) {
        if (priors[c] === 0) continue;
        const at = 8 * (c * features + first);
        const to = byClass.byteOffset + 8 * c * rows;
        kernels().takeGaussians(rows, columns, values, means.byteOffset + at, variances.byteOffset + at, to);
      }
    });
    const logs = new Float64Array(rows * classes);
    for (let at = 0; at < logs.length; at++)
      logs[at] = byClass[(at % classes) * rows + Math.floor(at / classes)];
    return logs;
  });
}

function gaussianModel(learned: Learned): Classifier {
  const { classes, features } = learned;
  const proba = (x: Matrix): Float64Array => {
    checkNewData(x, features);
    return softmaxRows(logLikelihoods(learned, inUnit(x, learned.unit ?? 1)), classes);
  };
  return {
    classes,
    proba,
    predict: x => codesOfProba(proba(x), classes),
    size: () => ({ features, parameters: learned.mean.length + learned.variance.length }),
    serialize: () => learned as unknown as Document,
  };
}
