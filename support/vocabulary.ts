/** A few steps and metrics, so that the tests of configurations do not depend on what the real ones accept today. */
import { z } from 'zod';
import type { Vocabulary } from '../src/config/load.js';
import type { ClassifierKind, Transform } from '../src/ml/types.js';

const unused = (): never => {
  throw new Error('nothing is fitted here');
};

const transform = (name: string, params: z.ZodType): Transform => ({
  kind: 'transform',
  name,
  summary: name,
  params,
  tags: { missing: false },
  invariances: unused,
  fit: unused,
  load: unused,
});

const classifier = (name: string, params: z.ZodType, proba: (params: any) => boolean): ClassifierKind => ({
  kind: 'estimator',
  task: 'classification',
  name,
  summary: name,
  params,
  tags: {
    missing: false,
    weights: () => 'none',
    deterministic: () => true,
    ordersFeatures: false,
    decision: true,
    proba,
  },
  invariances: unused,
  fit: unused,
  load: unused,
});

const logistic = z
  .strictObject({
    penalty: z.enum(['l1', 'l2', 'elasticnet']).default('l2'),
    C: z.number().positive().default(1),
    l1_ratio: z.number().min(0).max(1).nullable().default(null),
    max_iter: z.int().min(1).default(100),
    fit_intercept: z.boolean().default(true),
  })
  .refine(({ penalty, l1_ratio }) => penalty !== 'elasticnet' || l1_ratio !== null, {
    path: ['penalty'],
    message: 'elasticnet needs `l1_ratio`',
  });

const vector = z.strictObject({
  kernel: z.enum(['linear', 'rbf', 'poly']).default('rbf'),
  C: z.number().positive().default(1),
  gamma: z.union([z.enum(['scale', 'auto']), z.number().positive()]).default('scale'),
  degree: z.int().min(0).default(3),
  probability: z.boolean().default(false),
});

const network = z.strictObject({
  hidden_layer_sizes: z.union([z.int().min(1), z.array(z.int().min(1))]).default([100]),
  alpha: z.number().min(0).default(0.0001),
});

const steps = [
  transform('StandardScaler', z.strictObject({ with_mean: z.boolean().default(true) })),
  transform('SelectKBest', z.strictObject({ k: z.union([z.int().min(1), z.literal('all')]).default(10) })),
  classifier('LogisticRegression', logistic, () => true),
  classifier('SVC', vector, ({ probability }) => probability),
  classifier('MLPClassifier', network, () => true),
];

const metrics = [
  { name: 'roc_auc', aliases: ['auc'], needs: 'ranking', direction: 'max' },
  { name: 'accuracy', aliases: [], needs: 'labels', direction: 'max' },
  { name: 'log_loss', aliases: ['neg_log_loss'], needs: 'probabilities', direction: 'min' },
] as const;

export const vocabulary: Vocabulary = {
  steps: new Map(steps.map(step => [step.name, step])),
  metrics: new Map(metrics.map(metric => [metric.name, metric])),
};
