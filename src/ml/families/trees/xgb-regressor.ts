/**
 * Gradient-boosted trees for values (Chen and Guestrin 2016), with the names and defaults of xgboost's XGBRegressor.
 * value-objectives.ts has the objectives. Missing values are learned from, as in XGBClassifier.
 */
import { z } from 'zod';
import { type Effective, unless, without } from '../../effective.js';
import { orDefault, unused } from '../../parameters.js';
import type { RegressorKind } from '../../types.js';
import { fitBoostedValues, loadBoostedValues } from './boosted-regressor.js';
import { isShrunk, maxDeltaStep, refits, VALUE_OBJECTIVES, valuesOfObjective } from './value-objectives.js';
import {
  BOOSTED,
  boosterParameters,
  isDeterministic,
  refusesTree,
  runParameters,
  stoppingParameters,
} from './xgb-parameters.js';

const EVAL_METRIC = z.enum([
  'rmse',
  'mae',
  'mphe',
  'quantile',
  'poisson-nloglik',
  'gamma-nloglik',
  'rmsle',
  'mape',
  'gamma-deviance',
]);

/** The metric by which early stopping goes. It is the objective's default in xgboost. */
const OWN_METRIC = {
  'reg:squarederror': 'rmse',
  'reg:absoluteerror': 'mae',
  'reg:pseudohubererror': 'mphe',
  'reg:quantileerror': 'quantile',
  'count:poisson': 'poisson-nloglik',
  'reg:gamma': 'gamma-nloglik',
} as const;

const PARAMETERS = z.strictObject({
  objective: orDefault(z.enum(VALUE_OBJECTIVES), 'reg:squarederror').describe(
    'the loss that is minimized; count:poisson needs values of at least 0, reg:gamma values above 0',
  ),
  huber_slope: orDefault(z.number().gt(0), 1).describe(
    'where the loss of reg:pseudohubererror turns from squares to sizes',
  ),
  quantile_alpha: orDefault(z.number().gt(0).lt(1), 0.5).describe(
    'the quantile that reg:quantileerror predicts',
  ),
  ...boosterParameters,
  learning_rate: orDefault(z.number().gt(0), 0.3).describe(
    'the factor of the values of each tree; no effect on the medians of reg:absoluteerror, as in xgboost 1.7',
  ),
  max_delta_step: z
    .number()
    .min(0)
    .nullable()
    .default(null)
    .describe(
      'the largest size of the value of a leaf; 0 is no limit; null is 0.7 for count:poisson, else 0',
    ),
  base_score: z
    .number()
    .nullable()
    .default(null)
    .describe(
      'the prediction that boosting starts from; null is the median for reg:absoluteerror, the quantile for ' +
        'reg:quantileerror, and 0.5 for others, as in xgboost 1.7',
    ),
  scale_pos_weight: unused(z.literal(1).nullable().default(null)),
  ...stoppingParameters,
  eval_metric: unused(
    z
      .union([EVAL_METRIC, z.array(EVAL_METRIC).min(1)])
      .nullable()
      .default(null),
    "no effect here; early_stopping_rounds goes by the objective's own metric",
  ),
  ...runParameters,
});

export type XgbRegressorParameters = z.infer<typeof PARAMETERS>;

function refuseTogether(params: XgbRegressorParameters, context: z.core.$RefinementCtx): void {
  const refuse = (path: keyof XgbRegressorParameters, message: string): void =>
    context.addIssue({ code: 'custom', path: [path], message, input: params[path] });
  const { objective, base_score, eval_metric, early_stopping_rounds } = params;
  const tree = refusesTree(params);
  if (tree) refuse(tree[0] as 'max_depth', `this step ${tree[1]}`);
  if (base_score !== null && base_score <= 0 && ['count:poisson', 'reg:gamma'].includes(objective)) {
    refuse('base_score', `${objective} starts from a value above 0`);
  }
  const metric = Array.isArray(eval_metric) ? eval_metric[eval_metric.length - 1] : eval_metric;
  if (early_stopping_rounds !== null && metric !== null && metric !== OWN_METRIC[objective]) {
    refuse('eval_metric', `early stopping of ${objective} goes by ${OWN_METRIC[objective]}`);
  }
}

function effective(params: XgbRegressorParameters): Effective {
  const { objective, tree_method, early_stopping_rounds } = params;
  const read = {
    ...without(params, 'n_jobs'),
    tree_method: tree_method === 'auto' ? 'hist' : tree_method,
    max_delta_step: maxDeltaStep(params),
  };
  const stopped = unless(
    early_stopping_rounds !== null,
    read,
    'validation_fraction',
    'early_stopping_rounds',
  );
  const sloped = unless(objective === 'reg:pseudohubererror', stopped, 'huber_slope');
  const quantiled = unless(objective === 'reg:quantileerror', sloped, 'quantile_alpha');
  const shrunk = unless(isShrunk(params), quantiled, 'learning_rate');
  return unless(tree_method !== 'exact', shrunk, 'max_bin');
}

export const xgbRegressor: RegressorKind<XgbRegressorParameters> = {
  kind: 'estimator',
  task: 'regression',
  name: 'XGBRegressor',
  summary: 'gradient-boosted trees',
  params: PARAMETERS.superRefine(refuseTogether),
  invariances: () => BOOSTED,
  effective,
  tags: {
    missing: true,
    weights: params => (refits(params) ? 'after drawing' : 'repetitions'),
    deterministic: isDeterministic,
    // Small nodes of values have many equally good splits, and the first feature wins.
    ordersFeatures: true,
    values: ({ objective }) => valuesOfObjective(objective),
  },
  fit: (problem, params, context) => fitBoostedValues(problem, params, [params.n_estimators], context)[0],
  load: loadBoostedValues,
};
