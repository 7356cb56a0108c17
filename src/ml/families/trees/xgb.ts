/**
 * Gradient-boosted trees (Chen and Guestrin 2016), with the names and defaults of xgboost's XGBClassifier. ENGINES
 * lists the engines that can train them. Missing values are learned from: each split sends them to the side that
 * gains more.
 */
import { z } from 'zod';
import { type Effective, unless, without } from '../../effective.js';
import {
  fitByEngine,
  loadByEngine,
  refuseUnsupported,
  type Engine,
  type Engines,
} from '../../engines/engine.js';
import { loadMlXgboost, mlXgboost } from '../../engines/ml-xgboost.js';
import { fitBoosted, loadBoosted } from './boosted-classifier.js';
import { orDefault, unused } from '../../parameters.js';
import type { ClassifierKind } from '../../types.js';
import {
  BOOSTED,
  boosterParameters,
  isDeterministic,
  refusesTree,
  runParameters,
  stoppingParameters,
} from './xgb-parameters.js';

const EVAL_METRIC = z.enum([
  'logloss',
  'mlogloss',
  'error',
  'merror',
  'auc',
  'aucpr',
  'rmse',
  'rmsle',
  'mae',
  'mape',
]);

const PARAMETERS = z.strictObject({
  ...boosterParameters,
  scale_pos_weight: orDefault(z.number().gt(0), 1).describe(
    'the weight of the samples of class 1, for two classes',
  ),
  base_score: orDefault(z.number().gt(0).lt(1), 0.5).describe('the probability that boosting starts from'),
  ...stoppingParameters,
  eval_metric: unused(
    z
      .union([EVAL_METRIC, z.array(EVAL_METRIC).min(1)])
      .nullable()
      .default(null),
    'no effect here; early_stopping_rounds goes by logloss, of three classes or more by mlogloss',
  ),
  ...runParameters,
  use_label_encoder: unused(z.literal(false).nullable().default(null)),
  objective: unused(z.enum(['binary:logistic', 'multi:softprob']).nullable().default('binary:logistic')),
  engine: z
    .enum(['spt', 'ml-xgboost'])
    .default('spt')
    .describe(
      'spt is our own engine; ml-xgboost is XGBoost 0.7 from npm, in f32, for at most about 1.2 million values',
    ),
});

export type XgbParameters = z.infer<typeof PARAMETERS>;

/** Early stopping uses the loss. Another metric would stop at another round. */
function refuseOtherMetric(params: XgbParameters, context: z.core.$RefinementCtx): void {
  const { early_stopping_rounds, eval_metric } = params;
  const metrics = Array.isArray(eval_metric) ? eval_metric.slice(-1) : [eval_metric ?? 'logloss'];
  if (early_stopping_rounds === null || metrics.every(name => ['logloss', 'mlogloss'].includes(name))) return;
  context.addIssue({
    code: 'custom',
    path: ['eval_metric'],
    message: 'early stopping goes by logloss or mlogloss',
    input: eval_metric,
  });
}

const spt: Engine<XgbParameters> = {
  refuses: refusesTree,
  fit: (problem, params, context) => fitBoosted(problem, params, [params.n_estimators], context)[0],
  load: loadBoosted,
};

const ENGINES: Engines<XgbParameters> = { spt, 'ml-xgboost': mlXgboost };

function effective(params: XgbParameters, classes: number): Effective {
  const { tree_method, engine, early_stopping_rounds } = params;
  const method = tree_method === 'auto' && engine === 'spt' ? 'hist' : tree_method;
  const isStopped = early_stopping_rounds !== null;
  const stopping = unless(
    isStopped,
    without(params, 'n_jobs'),
    'validation_fraction',
    'early_stopping_rounds',
  );
  const weighed = unless(classes === 2 || engine !== 'spt', stopping, 'scale_pos_weight');
  return { ...unless(method !== 'exact', weighed, 'max_bin'), tree_method: method };
}

export const xgbClassifier: ClassifierKind<XgbParameters> = {
  kind: 'estimator',
  task: 'classification',
  name: 'XGBClassifier',
  summary: 'gradient-boosted trees',
  params: PARAMETERS.superRefine(refuseUnsupported(ENGINES)).superRefine(refuseOtherMetric),
  invariances: () => BOOSTED,
  effective,
  tags: {
    missing: true,
    weights: ({ engine }) => (engine === 'spt' ? 'repetitions' : 'none'),
    deterministic: isDeterministic,
    opaque: ({ engine }) => engine !== 'spt',
    ordersFeatures: false,
    decision: false,
    proba: () => true,
  },
  ready: ({ engine }) => (engine === 'ml-xgboost' ? loadMlXgboost() : Promise.resolve()),
  fit: fitByEngine(ENGINES),
  load: loadByEngine(ENGINES),
};
