/** A forest as a fitted classifier, and back from its document. */
import type { Matrix } from '../../../base/dataset.js';
import { checkNewData, checkProblem } from '../../checks.js';
import { codesOfProba } from '../../algebra/matrix.js';
import type { Inside, Trees } from '../../inside.js';
import { treeSize } from '../../outputs/size.js';
import { codingOf } from '../../targets/coding.js';
import { ownGenerator } from '../../random-state.js';
import type { Document, FitContext, Classifier, ClassProblem } from '../../types.js';
import { type Forest, forestMeans, type GrownForest, growForests } from './forest.js';
import { type EnsembleParameters, rulesOf, samplingOf, type TreeKind, weighted } from './parameters.js';

type ClassForest = Forest & { classes: number };

/** All parameters of an ensemble of trees. */
export type ForestParameters = EnsembleParameters & Parameters<typeof rulesOf>[0];

/**
 * Models of the given numbers of trees, at the cost of the largest. Each model is bit for bit what this
 * `n_estimators` alone would give. Throws InputError for a problem that trees cannot be grown on.
 */
export function fitForests(
  problem: ClassProblem,
  params: ForestParameters,
  kind: TreeKind,
  sizes: readonly number[],
  context: FitContext,
): Classifier[] {
  checkProblem(problem);
  const rules = rulesOf(params, problem.x, kind);
  const sampling = samplingOf(params, problem.x.rows);
  const rng = ownGenerator(context.rng, params.random_state);
  const forests = growForests(weighted(problem, params.class_weight), rules, sampling, sizes, rng);
  return forests.map(forest => forestModel({ classes: problem.classes, ...forest }));
}

/** @param covers what growing tells of the nodes beside the document */
function forestModel({ covers, ...forest }: ClassForest & Partial<GrownForest>): Classifier {
  const proba = (x: Matrix): Float64Array => {
    checkNewData(x, forest.features);
    return forestMeans(forest, x);
  };
  return {
    classes: forest.classes,
    proba,
    predict: x => codesOfProba(proba(x), forest.classes),
    inside: () => insideOf(forest, covers),
    size: () => treeSize(forest.feature),
    serialize: () => ({ ...forest }),
  };
}

/** Of two classes, the trees add up to the probability of class 1. */
function insideOf(forest: ClassForest, covers?: Float64Array): Inside {
  const { classes, features, roots, feature, threshold, next, leaves, importances } = forest;
  const { binary, columns } = codingOf(classes);
  const trees: Trees = {
    ...{ features, outputs: columns, roots, feature, threshold, isEqualLeft: true, next },
    values: binary ? leaves.filter((_, at) => at % 2 === 1) : leaves,
    ...{ width: columns, divisor: roots.length, base: 0, covers },
  };
  return { kind: 'trees', trees, importances, scale: 'probability' };
}

export function loadForest(document: Document): Classifier {
  return forestModel(document as unknown as ClassForest);
}
