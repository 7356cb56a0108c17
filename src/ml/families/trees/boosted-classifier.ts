/** Boosted trees as a fitted classifier: from its parameters to rules, and back from its document. */
import type { Matrix } from '../../../base/dataset.js';
import { checkNewData, checkProblem } from '../../checks.js';
import { codingOf } from '../../targets/coding.js';
import { sigmoidSingles, softmaxSingles } from '../../outputs/probabilities.js';
import { codesOfProba } from '../../algebra/matrix.js';
import type { Inside, Trees } from '../../inside.js';
import { treeSize } from '../../outputs/size.js';
import { ownGenerator } from '../../random-state.js';
import type { Document, FitContext, Classifier, ClassProblem } from '../../types.js';
import type { BoostRules } from './boost-task.js';
import { boost, type Boosted, type BoostOptions, type GrownBoosted, marginsOf } from './boosting.js';

/** The parameters of XGBClassifier that boosting looks at. */
export interface BoostParameters {
  learning_rate: number;
  max_depth: number;
  max_leaves: number;
  max_bin: number;
  grow_policy: string;
  tree_method: string;
  gamma: number;
  min_child_weight: number;
  max_delta_step: number;
  subsample: number;
  colsample_bytree: number;
  colsample_bylevel: number;
  colsample_bynode: number;
  reg_alpha: number;
  reg_lambda: number;
  scale_pos_weight: number;
  base_score: number;
  early_stopping_rounds: number | null;
  validation_fraction: number;
  random_state: number | null;
}

/**
 * Models of the given numbers of rounds, at the cost of the largest. Each model is bit for bit what this
 * `n_estimators` alone would give. Throws InputError for a problem that cannot be learned from.
 */
export function fitBoosted(
  problem: ClassProblem,
  params: BoostParameters,
  sizes: readonly number[],
  context: FitContext,
): Classifier[] {
  checkProblem(problem, { missing: true });
  const rng = ownGenerator(context.rng, params.random_state);
  return boost(problem, rulesOf(params, problem.x.columns), optionsOf(params), sizes, rng).map(boostedModel);
}

/** How many features a share of n is, as XGBoost counts them. */
function drawn(share: number, n: number): number {
  return Math.max(1, Math.floor(Math.fround(Math.fround(share) * n)));
}

function rulesOf(params: BoostParameters, features: number): BoostRules {
  const treeFeatures = drawn(params.colsample_bytree, features);
  const levelFeatures = drawn(params.colsample_bylevel, treeFeatures);
  return {
    lambda: params.reg_lambda,
    alpha: params.reg_alpha,
    minChildWeight: params.min_child_weight,
    maxDeltaStep: params.max_delta_step,
    learningRate: params.learning_rate,
    minSplitLoss: params.gamma,
    subsample: params.subsample,
    maxDepth: params.max_depth,
    maxLeaves: params.max_leaves,
    lossGuide: params.grow_policy === 'lossguide',
    exact: params.tree_method === 'exact',
    maxBins: params.max_bin,
    treeFeatures,
    levelFeatures,
    nodeFeatures: drawn(params.colsample_bynode, levelFeatures),
  };
}

function optionsOf(params: BoostParameters): BoostOptions {
  const rounds = params.early_stopping_rounds;
  return {
    baseScore: params.base_score,
    scalePosWeight: params.scale_pos_weight,
    earlyStopping: rounds === null ? null : { rounds, fraction: params.validation_fraction },
  };
}

/**
 * Labels and ranks come from the probabilities in f32, as xgboost's do. Margins whose probabilities are equal in f32
 * are ties.
 * @param covers what boosting tells of the nodes beside the document
 */
function boostedModel({ covers, ...boosted }: Boosted & Partial<GrownBoosted>): Classifier {
  const { classes, features } = boosted;
  const proba = (x: Matrix): Float64Array => {
    checkNewData(x, features, { missing: true });
    const margins = marginsOf(boosted, x);
    return codingOf(classes).binary ? sigmoidSingles(margins) : softmaxSingles(margins, classes);
  };
  return {
    classes,
    proba,
    singles: true,
    predict: x => codesOfProba(proba(x), classes),
    isLearned: () => isLearned(boosted),
    inside: () => insideOf(boosted, covers),
    size: () => treeSize(boosted.feature),
    serialize: () => ({ ...boosted }),
  };
}

/** A split of the missing values from all others has an infinite threshold. Leaves are finite. */
function isLearned({ feature, value }: Boosted): boolean {
  return value.every((one, node) => (feature[node] < 0 ? Number.isFinite(one) : !Number.isNaN(one)));
}

/** The value of a leaf stands where a split has its threshold. */
function insideOf(boosted: Boosted, covers?: Float64Array): Inside {
  const { classes, features, roots, feature, value, missing_left, next, base, importances } = boosted;
  const trees: Trees = {
    ...{ features, outputs: codingOf(classes).columns, roots, feature, threshold: value },
    ...{ isEqualLeft: false, missingLeft: missing_left },
    next: next.map((child, node) => (feature[node] < 0 ? node : child)),
    ...{ values: value, width: 1, divisor: 1, base, covers },
  };
  return { kind: 'trees', trees, importances, scale: 'margin' };
}

export function loadBoosted(document: Document): Classifier {
  return boostedModel(document as unknown as Boosted);
}
