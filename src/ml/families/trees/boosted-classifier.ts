/** Boosted trees as a fitted classifier: from its parameters to rules, and back from its document. */
import type { Matrix } from '../../../base/dataset.js';
import type { Rng } from '../../../base/rng.js';
import { checkNewData, checkProblem } from '../../checks.js';
import { codesOfProba } from '../../algebra/matrix.js';
import { sigmoidSingles, softmaxSingles } from '../../outputs/probabilities.js';
import { treeSize } from '../../outputs/size.js';
import { ownGenerator } from '../../random-state.js';
import { codingOf } from '../../targets/coding.js';
import { holdOut } from '../../targets/held-out.js';
import type { Document, FitContext, Classifier, ClassProblem } from '../../types.js';
import type { BoostedSamples } from './boost-task.js';
import { type BoostParameters, isLearned, rulesOf, treesOf } from './boosted-model.js';
import { boost, type Boosted, marginsOf } from './boosting.js';
import { classObjective } from './objectives.js';

interface ClassParameters extends BoostParameters {
  max_delta_step: number;
  scale_pos_weight: number;
  base_score: number;
}

type BoostedClasses = Boosted & { classes: number };

/**
 * Models of the given numbers of rounds, at the cost of the largest. Each model is bit for bit what this
 * `n_estimators` alone would give. Throws InputError for a problem that cannot be learned from.
 */
export function fitBoosted(
  problem: ClassProblem,
  params: ClassParameters,
  sizes: readonly number[],
  context: FitContext,
): Classifier[] {
  checkProblem(problem, { missing: true });
  const { x, classes, weights } = problem;
  const rng = ownGenerator(context.rng, params.random_state);
  const boosted = {
    x,
    objective: classObjective(problem, params.base_score),
    samples: samplesOf(problem, params, rng),
    lossWeights: weights,
    patience: params.early_stopping_rounds,
  };
  const models = boost(boosted, rulesOf(params, x.columns), sizes, rng);
  return models.map(({ covers, ...model }) => boostedModel({ classes, ...model }, covers));
}

/** The samples, with the weights of class 1 scaled where there are two classes. */
function samplesOf(
  { x, y, classes, weights }: ClassProblem,
  params: ClassParameters,
  rng: Rng,
): BoostedSamples {
  const { train, heldOut } =
    params.early_stopping_rounds === null
      ? { train: y.map((_, i) => i), heldOut: new Int32Array() }
      : holdOut({ x, y, classes }, params.validation_fraction, rng.child('held out'));
  const scale = Math.fround(codingOf(classes).binary ? params.scale_pos_weight : 1);
  const own = Float32Array.from(y, (code, i) => {
    const weight = Math.fround(weights ? weights[i] : 1);
    return code === 1 ? weight * scale : weight;
  });
  return { train: train.sort(), held: heldOut.sort(), weights: own };
}

/**
 * Labels and ranks come from the probabilities in f32, as xgboost's do. Margins whose probabilities are equal in f32
 * are ties.
 * @param covers what boosting tells of the nodes beside the document
 */
function boostedModel(boosted: BoostedClasses, covers?: Float64Array): Classifier {
  const { classes, features, importances } = boosted;
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
    inside: () => ({ kind: 'trees', trees: treesOf(boosted, covers), importances, scale: 'margin' }),
    size: () => treeSize(boosted.feature),
    serialize: () => ({ ...boosted }),
  };
}

export function loadBoosted(document: Document): Classifier {
  return boostedModel(document as unknown as BoostedClasses);
}
