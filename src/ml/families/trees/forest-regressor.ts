/** A forest as a fitted regressor, and back from its document. */
import { checkNewData, checkProblem } from '../../checks.js';
import type { Inside } from '../../inside.js';
import { treeSize } from '../../outputs/size.js';
import { ownGenerator } from '../../random-state.js';
import type { Document, FitContext, Regressor, ValueProblem } from '../../types.js';
import { type Forest, forestMeans, type GrownForest, growForests } from './forest.js';
import { rulesOf, samplingOf, type TreeKind, type ValueForestParameters } from './parameters.js';

/**
 * Models of the given numbers of trees, at the cost of the largest. Each model is bit for bit what this
 * `n_estimators` alone would give. Throws InputError for a problem that trees cannot be grown on.
 */
export function fitValueForests(
  problem: ValueProblem,
  params: ValueForestParameters,
  kind: TreeKind,
  sizes: readonly number[],
  context: FitContext,
): Regressor[] {
  checkProblem(problem);
  const rules = rulesOf(params, problem.x, kind);
  const sampling = samplingOf({ ...params, class_weight: null }, problem.x.rows);
  const rng = ownGenerator(context.rng, params.random_state);
  return growForests(problem, rules, sampling, sizes, rng).map(forestModel);
}

/** @param covers what growing tells of the nodes beside the document */
function forestModel({ covers, ...forest }: Forest & Partial<GrownForest>): Regressor {
  return {
    predict(x) {
      checkNewData(x, forest.features);
      return forestMeans(forest, x);
    },
    inside: () => insideOf(forest, covers),
    size: () => treeSize(forest.feature),
    serialize: () => ({ ...forest }),
  };
}

function insideOf(forest: Forest, covers?: Float64Array): Inside {
  const { features, roots, feature, threshold, next, leaves, importances } = forest;
  const trees = {
    ...{ features, outputs: 1, roots, feature, threshold, isEqualLeft: true, next, values: leaves },
    ...{ width: 1, divisor: roots.length, base: 0, covers },
  };
  return { kind: 'trees', trees, importances, scale: 'value' };
}

export function loadValueForest(document: Document): Regressor {
  return forestModel(document as unknown as Forest);
}
