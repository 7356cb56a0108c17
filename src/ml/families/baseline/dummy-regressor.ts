import { z } from 'zod';
import { quantile as quantileOf, weightedMedian } from '../../algebra/statistics.js';
import { weightedMean } from '../../algebra/sums.js';
import { checkNewData, checkProblem, refuseWeights } from '../../checks.js';
import { unless } from '../../effective.js';
import { ALIKE, type Invariances } from '../../invariances.js';
import type { Document, Regressor, RegressorKind, ValueProblem } from '../../types.js';

/**
 * A regressor that learns nothing from the features (sklearn/dummy.py). What is no better than it has learned nothing
 * either.
 *
 * A sample of weight 2 counts as two samples, also for the median. scikit-learn takes the lower of two middle values
 * there. Weights are refused for a quantile, because its interpolation is between samples.
 */

const PARAMETERS = z
  .strictObject({
    strategy: z
      .enum(['mean', 'median', 'quantile', 'constant'])
      .default('mean')
      .describe('which value is predicted: one of the training samples, or `constant`'),
    constant: z.number().nullable().default(null).describe('the value that strategy constant predicts'),
    quantile: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .default(null)
      .describe('which quantile strategy quantile predicts: 0.5 is the median'),
  })
  .refine(({ strategy, constant }) => strategy !== 'constant' || constant !== null, {
    path: ['strategy'],
    message: 'strategy constant needs `constant`, a number',
  })
  .refine(({ strategy, quantile }) => strategy !== 'quantile' || quantile !== null, {
    path: ['strategy'],
    message: 'strategy quantile needs `quantile`, a number from 0 to 1',
  });

type Parameters = z.infer<typeof PARAMETERS>;

type Learned = { features: number; value: number };

export const dummyRegressor: RegressorKind<Parameters> = {
  kind: 'estimator',
  task: 'regression',
  name: 'DummyRegressor',
  summary: 'a baseline that ignores the features: the mean, the median or another quantile of the target',
  params: PARAMETERS,
  tags: {
    missing: true,
    categories: true,
    baseline: true,
    weights: ({ strategy }) => (strategy === 'quantile' ? 'none' : 'repetitions'),
    deterministic: () => true,
    opaque: () => true,
    ordersFeatures: false,
    values: () => 'any',
  },
  invariances: ({ strategy }): Invariances =>
    strategy === 'mean'
      ? { ...ALIKE, sampleOrder: 'close', doubled: 'close' }
      : { ...ALIKE, doubled: strategy === 'quantile' ? 'no' : 'exact' },
  effective: params => {
    const { strategy } = params;
    const read = unless(strategy === 'constant', params, 'constant') as Parameters;
    return unless(strategy === 'quantile', read, 'quantile');
  },
  fit(problem, params) {
    checkProblem(problem, { missing: true });
    if (params.strategy === 'quantile') refuseWeights(problem);
    return dummyModel({ features: problem.x.columns, value: valueOf(problem, params) });
  },
  load: document => dummyModel(document as Learned),
};

function valueOf({ y, weights }: ValueProblem, { strategy, constant, quantile }: Parameters): number {
  if (strategy === 'constant') return constant!;
  if (strategy === 'quantile') return quantileOf(y.slice().sort(), quantile!);
  return strategy === 'median' ? weightedMedian(y, weights) : weightedMean(y, weights);
}

function dummyModel(learned: Learned): Regressor {
  return {
    predict(x) {
      checkNewData(x, learned.features, { missing: true });
      return new Float64Array(x.rows).fill(learned.value);
    },
    size: () => ({ features: 0, parameters: 1 }),
    serialize: () => learned as unknown as Document,
  };
}
