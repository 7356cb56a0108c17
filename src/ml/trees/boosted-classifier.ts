/** Boosted trees as a fitted classifier: its parameters in numbers, and back from its document. */
import { exp, sigmoid } from '../../kernels/math.js';
import { checkNewData, checkProblem } from '../checks.js';
import { codesOfDecision } from '../matrix.js';
import type { Document, FitContext, Matrix, Model, Problem } from '../types.js';
import type { BoostRules } from './boost-task.js';
import { boost, type Boosted, type BoostOptions, marginsOf } from './boosting.js';

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
 * Models of the given numbers of rounds, for the price of the largest: each is bit for bit what `n_estimators` alone would
 * give. Throws InputError for a problem that cannot be learned from.
 */
export function fitBoosted(
  problem: Problem,
  params: BoostParameters,
  sizes: readonly number[],
  context: FitContext,
): Model[] {
  checkProblem(problem, { missing: true });
  const rng = params.random_state === null ? context.rng : context.rng.child(params.random_state);
  return boost(problem, rulesOf(params, problem.x.columns), optionsOf(params), sizes, rng).map(modelOf);
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

function modelOf(boosted: Boosted): Model {
  const { classes, features } = boosted;
  const decision = (x: Matrix): Float64Array => {
    checkNewData(x, features, { missing: true });
    return Float64Array.from(marginsOf(boosted, x));
  };
  return {
    classes,
    decision,
    predict: x => codesOfDecision(decision(x), classes),
    proba: x => probabilities(decision(x), x.rows, classes),
    serialize: () => ({ ...boosted }),
  };
}

export function loadBoosted(document: Document): Model {
  return modelOf(document as unknown as Boosted);
}

/** m x k probabilities of margins: logistic, or softmax of each row. */
function probabilities(margins: Float64Array, rows: number, classes: number): Float64Array {
  const proba = new Float64Array(rows * classes);
  for (let i = 0; i < rows; i++) {
    const own = proba.subarray(i * classes, (i + 1) * classes);
    if (classes === 2) {
      own[0] = sigmoid(-margins[i]);
      own[1] = sigmoid(margins[i]);
      continue;
    }
    own.set(margins.subarray(i * classes, (i + 1) * classes));
    const top = own.reduce((a, b) => Math.max(a, b));
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += own[c] = exp(own[c] - top);
    for (let c = 0; c < classes; c++) own[c] /= sum;
  }
  return proba;
}
