/**
 * The parameters that decision trees, random forests and extra trees share, with scikit-learn's names and defaults, and
 * what they mean for a given problem (sklearn/tree/_classes.py, sklearn/ensemble/_forest.py).
 */
import { z } from 'zod';
import { InputError } from '../../../base/errors.js';
import { type Effective, without } from '../../effective.js';
import { amountOf, countOrShare, halfEven, featuresDrawn, type MaxFeatures } from '../../parameters.js';
import { randomState } from '../../random-state.js';
import { classWeightParameter, sampleWeights } from '../../weights.js';
import type { ClassProblem } from '../../types.js';
import type { Sampling } from './forest.js';
import type { TreeRules } from './task.js';

const growthParameters = {
  max_depth: z
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe('the largest depth of a tree; null is no limit'),
  min_samples_split: countOrShare(2, true)
    .default(2)
    .describe('a node with fewer samples than this count or share is not split'),
  min_samples_leaf: countOrShare(1, false)
    .default(1)
    .describe('the smallest number of samples of a leaf, as a count or a share'),
  min_weight_fraction_leaf: z
    .number()
    .min(0)
    .max(0.5)
    .default(0)
    .describe('the smallest share of all weight that a leaf has'),
  max_leaf_nodes: z
    .int()
    .min(2)
    .nullable()
    .default(null)
    .describe('the largest number of leaves of a tree, grown by the best splits first; null is no limit'),
  min_impurity_decrease: z
    .number()
    .min(0)
    .default(0)
    .describe('a split has to lower the impurity by at least this'),
  ccp_alpha: z.number().min(0).default(0).describe('the price of a leaf in minimal cost-complexity pruning'),
  random_state: randomState,
};

const CRITERION_TEXT = 'the measure of impurity that a split has to lower';

export const treeParameters = {
  criterion: z.enum(['gini', 'entropy', 'log_loss']).default('gini').describe(CRITERION_TEXT),
  ...growthParameters,
};

const VALUE_CRITERIA = ['squared_error', 'friedman_mse'] as const;

/** The parameters of trees that learn values. */
export const valueTreeParameters = {
  criterion: z
    .enum(VALUE_CRITERIA, {
      error: ({ input }) =>
        ['absolute_error', 'poisson'].includes(String(input))
          ? `this step has the criteria squared_error and friedman_mse, and not ${input}`
          : undefined,
    })
    .default('squared_error')
    .describe(`${CRITERION_TEXT}; the two grow the same trees, but for min_impurity_decrease`),
  ...growthParameters,
};

const maxFeatures = z.union([z.enum(['sqrt', 'log2']), countOrShare(1, true)]).nullable();
const MAX_FEATURES_TEXT =
  'the features drawn for a split: a count, a share, sqrt or log2 of them; null is all';

export const treeMaxFeatures = maxFeatures.default(null).describe(MAX_FEATURES_TEXT);
export const forestMaxFeatures = maxFeatures.default('sqrt').describe(MAX_FEATURES_TEXT);

export const valueForestMaxFeatures = maxFeatures.default({ share: 1 }).describe(MAX_FEATURES_TEXT);

/** The parameters of forests besides those of their trees. */
export const ensembleParameters = {
  n_estimators: z.int().min(1).default(100).describe('the number of trees'),
  oob_score: z
    .boolean()
    .default(false)
    .describe('whether samples are scored by the trees that were not grown on them; needs bootstrap'),
  class_weight: z
    .union([z.literal('balanced_subsample'), classWeightParameter.unwrap()])
    .default(null)
    .describe('as for other steps; balanced_subsample is balanced within the samples of each tree'),
  max_samples: countOrShare(1, true)
    .nullable()
    .default(null)
    .describe('the samples drawn for a tree, as a count or a share; null is all; needs bootstrap'),
  n_jobs: z
    .int()
    .nullable()
    .default(null)
    .describe('no effect: a worker trains several configs at once, each on one thread'),
};

const { class_weight: _classWeight, ...withoutClasses } = ensembleParameters;

/** Those that forests of values have. */
export const valueEnsembleParameters = withoutClasses;

const GROWTH_SCHEMA = z.object(growthParameters);
const ENSEMBLE_SCHEMA = z.object(ensembleParameters);
type Criterion = 'gini' | 'entropy' | 'log_loss' | (typeof VALUE_CRITERIA)[number];
type TreeParameters = z.infer<typeof GROWTH_SCHEMA> & { criterion: Criterion; max_features: MaxFeatures };
export type EnsembleParameters = z.infer<typeof ENSEMBLE_SCHEMA> & { bootstrap: boolean };

/** All parameters of an ensemble of trees that learn values. */
export type ValueForestParameters = TreeParameters & Omit<EnsembleParameters, 'class_weight'>;

/** Names of one criterion. Those of values differ only in what min_impurity_decrease means. */
function sameCriterion(criterion: Criterion, least: number): Criterion {
  if (criterion === 'log_loss') return 'entropy';
  return criterion === 'friedman_mse' && least === 0 ? 'squared_error' : criterion;
}

/** The effective parameters of trees. The share 1.0 means all, and entropy is another name of log_loss. */
export function effectiveTrees(
  params: TreeParameters & Partial<Pick<EnsembleParameters, 'max_samples' | 'n_jobs'>>,
): Effective {
  const whole = (value: unknown): unknown => (value !== null && typeof value === 'object' ? null : value);
  const { criterion, max_features, max_samples, ...others } = params;
  return {
    ...without(others, 'n_jobs'),
    criterion: sameCriterion(criterion, others.min_impurity_decrease),
    max_features: whole(max_features),
    ...(max_samples !== undefined && { max_samples: whole(max_samples) }),
  };
}

/** How the trees of an estimator look for splits. */
export interface TreeKind {
  splitter: TreeRules['splitter'];
  /** Whether features are tried in their order where none is drawn. */
  inOrder: boolean;
}

/** The rules that the parameters of a tree make for a problem. */
export function rulesOf(
  params: TreeParameters,
  { rows, columns }: ClassProblem['x'],
  kind: TreeKind,
): TreeRules {
  const maxFeatures = featuresDrawn(params.max_features, columns);
  const minSamplesLeaf = amountOf(params.min_samples_leaf, rows, Math.ceil);
  const minSamplesSplit = Math.max(
    2,
    amountOf(params.min_samples_split, rows, Math.ceil),
    2 * minSamplesLeaf,
  );
  return {
    criterion: params.criterion === 'log_loss' ? 'entropy' : params.criterion,
    splitter: kind.splitter,
    maxFeatures,
    inOrder: kind.inOrder && maxFeatures === columns,
    maxDepth: params.max_depth ?? Infinity,
    minSamplesSplit,
    minSamplesLeaf,
    minWeightFractionLeaf: params.min_weight_fraction_leaf,
    maxLeafNodes: params.max_leaf_nodes ?? Infinity,
    minImpurityDecrease: params.min_impurity_decrease,
    ccpAlpha: params.ccp_alpha,
  };
}

/** How the samples of each tree are drawn. Throws InputError `too-many-samples`. */
export function samplingOf(params: EnsembleParameters, n: number): Sampling {
  const { bootstrap, max_samples, class_weight, oob_score } = params;
  const draws = max_samples === null ? n : Math.max(1, amountOf(max_samples, n, halfEven));
  if (draws > n) {
    throw new InputError(
      'too-many-samples',
      `max_samples is ${max_samples}, and there are only ${n} samples`,
      {
        value: max_samples,
        expected: `at most ${n}`,
      },
    );
  }
  return { draws: bootstrap ? draws : 0, balanced: class_weight === 'balanced_subsample', oob: oob_score };
}

/** The problem with its sample weights multiplied by the class weights. */
export function weighted(
  problem: ClassProblem,
  classWeight: EnsembleParameters['class_weight'],
): ClassProblem {
  if (classWeight === 'balanced_subsample') return problem;
  const weights = sampleWeights(classWeight, problem);
  return weights ? { ...problem, weights } : problem;
}

/** A check for a schema's superRefine. It refuses parameters that need bootstrap samples where `bootstrap` is false. */
export function refuseWithoutBootstrap(
  params: Omit<EnsembleParameters, 'class_weight'>,
  context: z.core.$RefinementCtx,
): void {
  if (params.bootstrap) return;
  const refuse = (path: 'oob_score' | 'max_samples'): void =>
    context.addIssue({
      code: 'custom',
      path: [path],
      message: `\`${path}\` needs \`bootstrap: true\``,
      input: params[path],
    });
  if (params.oob_score) refuse('oob_score');
  if (params.max_samples !== null) refuse('max_samples');
}
