/** Boosted trees as a fitted regressor: from its parameters to rules, and back from its document. */
import type { Rng } from '../../../base/rng.js';
import { checkNewData, checkProblem } from '../../checks.js';
import { treeSize } from '../../outputs/size.js';
import { ownGenerator } from '../../random-state.js';
import { holdOut } from '../../targets/held-out.js';
import type { Document, FitContext, Regressor, ValueProblem } from '../../types.js';
import type { BoostedSamples } from './boost-task.js';
import { type BoostParameters, isLearned, rulesOf, treesOf } from './boosted-model.js';
import { boost, type Boosted, marginsOf } from './boosting.js';
import {
  isShrunk,
  maxDeltaStep,
  type ObjectiveParameters,
  predictionsOf,
  scaleOf,
  type ValueObjective,
  valueObjective,
} from './value-objectives.js';

type BoostedValues = Boosted & { objective: ValueObjective };

/**
 * Models of the given numbers of rounds, at the cost of the largest. Each model is bit for bit what this
 * `n_estimators` alone would give. Throws InputError for a problem that cannot be learned from.
 */
export function fitBoostedValues(
  problem: ValueProblem,
  params: BoostParameters & ObjectiveParameters,
  sizes: readonly number[],
  context: FitContext,
): Regressor[] {
  checkProblem(problem, { missing: true });
  const { x, weights } = problem;
  const { objective } = params;
  const rng = ownGenerator(context.rng, params.random_state);
  const samples = samplesOf(problem, params, rng);
  const rules = rulesOf({ ...params, max_delta_step: maxDeltaStep(params) }, x.columns);
  const boosted = {
    x,
    objective: valueObjective(problem, params, samples),
    samples,
    lossWeights: weights,
    patience: params.early_stopping_rounds,
  };
  const shrunk = isShrunk(params) ? rules : { ...rules, learningRate: 1 };
  const models = boost(boosted, shrunk, sizes, rng);
  return models.map(({ covers, ...model }) => regressor({ objective, ...model }, covers));
}

function samplesOf(problem: ValueProblem, params: BoostParameters, rng: Rng): BoostedSamples {
  const { y, weights } = problem;
  const { train, heldOut } =
    params.early_stopping_rounds === null
      ? { train: Int32Array.from(y.keys()), heldOut: new Int32Array() }
      : holdOut(problem, params.validation_fraction, rng.child('held out'));
  const own = Float32Array.from(y, (_, i) => (weights ? weights[i] : 1));
  return { train: train.sort(), held: heldOut.sort(), weights: own };
}

/** @param covers what boosting tells of the nodes beside the document */
function regressor(boosted: BoostedValues, covers?: Float64Array): Regressor {
  const { objective, features, importances } = boosted;
  return {
    predict(x) {
      checkNewData(x, features, { missing: true });
      return predictionsOf(objective, marginsOf(boosted, x));
    },
    singles: true,
    isLearned: () => isLearned(boosted),
    inside: () => ({
      kind: 'trees',
      trees: treesOf(boosted, covers),
      importances,
      scale: scaleOf(objective),
    }),
    size: () => treeSize(boosted.feature),
    serialize: () => ({ ...boosted }),
  };
}

export function loadBoostedValues(document: Document): Regressor {
  return regressor(document as unknown as BoostedValues);
}
