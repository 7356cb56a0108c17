/**
 * AdaBoostClassifier: small trees, each grown on samples that weigh more where the trees before went wrong (Zhu, Zou,
 * Rosset and Hastie, "Multi-class AdaBoost", 2009; sklearn/ensemble/_weight_boosting.py). A tree adds to each class:
 *
 * - SAMME.R: (k - 1) (log p(c) - the mean of log p over the k classes), for the shares p of its leaf
 * - SAMME: its weight log((1 - error) / error) + log(k - 1) to the largest class of its leaf
 *
 * The decision is the sum over the trees, divided by the sum of their weights, which are 1 for SAMME.R.
 */
import { z } from 'zod';
import { classCounts, type Matrix } from '../../../base/dataset.js';
import { exp, log } from '../../../kernels/math.js';
import { scope } from '../../../kernels/memory.js';
import { largestAt } from '../../algebra/matrix.js';
import { checkNewData, checkProblem } from '../../checks.js';
import type { Inside } from '../../inside.js';
import { TREE_RANGE, UNCHANGED } from '../../invariances.js';
import { treeSize } from '../../outputs/size.js';
import { sigmoidRows, softmaxRows } from '../../outputs/probabilities.js';
import { unusedParameters } from '../../parameters.js';
import { codingOf } from '../../targets/coding.js';
import type { Classifier, ClassifierKind, ClassProblem, FitContext } from '../../types.js';
import { addImportances, addVotes, compact, concatenate, type Table } from './forest.js';
import { rulesOf, treeParameters } from './parameters.js';
import { type Grower, prepareGrower } from './task.js';

const PARAMETERS = z.strictObject({
  n_estimators: z.int().min(1).default(50).describe('the largest number of trees'),
  learning_rate: z.number().gt(0).default(1).describe('the factor of how much a tree changes the weights'),
  algorithm: z
    .enum(['SAMME', 'SAMME.R'])
    .default('SAMME.R')
    .describe('SAMME.R adds up the shares of the leaves, SAMME the votes of the trees'),
  max_depth: z.int().min(1).default(1).describe('the largest depth of a tree; 1 is a single split'),
  random_state: unusedParameters.random_state,
});

type Parameters = z.infer<typeof PARAMETERS>;

/** Trees in one table of nodes, as in a Forest. A leaf has a row of what it adds to each class. */
type Boosted = Omit<Table, 'covers'> & {
  classes: number;
  features: number;
  /** The codes of the classes that have samples. The others are never said. */
  seen: Int32Array;
  /** What the sum over the trees is divided by. */
  divisor: number;
  roots: Int32Array;
  importances: Float64Array;
};

export const adaBoostClassifier: ClassifierKind<Parameters> = {
  kind: 'estimator',
  task: 'classification',
  name: 'AdaBoostClassifier',
  summary: 'AdaBoost: small trees, each grown on what those before got wrong',
  params: PARAMETERS,
  // Of features that split equally well, the first is taken.
  invariances: () => ({ ...UNCHANGED, range: TREE_RANGE, featureOrder: 'no' }),
  tags: {
    missing: false,
    weights: () => 'repetitions',
    deterministic: () => true,
    ordersFeatures: false,
    decision: true,
    proba: () => true,
  },
  fit(problem, params, context) {
    checkProblem(problem);
    return boostedModel(...grow(problem, params, context));
  },
  load: document => boostedModel(document as unknown as Boosted),
};

/** What one tree comes to. */
interface Round {
  table: Table;
  /** The divisor's share of this tree. */
  weight: number;
  /** The factor of the weight of each sample. Absent where boosting ends. */
  factors?: Float64Array;
}

/** The growth of all trees. It gives the document, and the weight of the samples in each node. */
function grow(problem: ClassProblem, params: Parameters, context: FitContext): [Boosted, Float64Array] {
  const { x, y, classes } = problem;
  const seen = Int32Array.from(classCounts(y, classes).keys()).filter(code => y.includes(code));
  return scope(() => {
    const defaults = z.object(treeParameters).parse({});
    const rules = rulesOf({ ...defaults, max_depth: params.max_depth, max_features: null }, x, {
      splitter: 'best',
      inOrder: true,
    });
    const grower = prepareGrower(problem, rules);
    grower.seed(context.rng);
    const rounds: Round[] = [];
    const importances = new Float64Array(x.columns);
    let weights: Float64Array | undefined = startWeights(problem);
    while (weights && rounds.length < params.n_estimators) {
      const round = growOne(problem, params, seen, grower, weights, importances, rounds.length === 0);
      if (!round) break;
      rounds.push(round);
      weights = round.factors && nextWeights(weights, round.factors);
    }
    if (rounds[0].weight === 0) warnOfChance(context);
    const divisor = rounds.reduce((sum, { weight }) => sum + weight, 0) || 1;
    const { covers, ...table } = concatenate(
      rounds.map(({ table }) => table),
      classes,
    );
    const shares = importances.map(value => value / divisor);
    return [{ classes, features: x.columns, seen, divisor, ...table, importances: shares }, covers];
  });
}

function warnOfChance({ warn }: FitContext): void {
  warn({
    code: 'no-better-than-chance',
    message: 'the first tree is no better than chance, and boosting ends there. Allow a larger max_depth.',
  });
}

/** The weights of the samples, which add up to 1. */
function startWeights({ y, weights }: ClassProblem): Float64Array {
  const own = weights ?? new Float64Array(y.length).fill(1);
  const total = own.reduce((sum, weight) => sum + weight, 0);
  return own.map(weight => weight / total);
}

/** The weights times their factors, made to add up to 1. Undefined where their sum is no positive number. */
function nextWeights(weights: Float64Array, factors: Float64Array): Float64Array | undefined {
  const next = weights.map((weight, i) => weight * factors[i]);
  const total = next.reduce((sum, weight) => sum + weight, 0);
  return total > 0 && total < Infinity ? next.map(weight => weight / total) : undefined;
}

/**
 * Grows a tree on weighted samples. No weight but 0 is below the spacing of numbers at 1. Undefined for a tree of SAMME
 * that is no better than chance, unless it is the first.
 */
function growOne(
  problem: ClassProblem,
  { algorithm, learning_rate }: Parameters,
  seen: Int32Array,
  grower: Grower,
  weights: Float64Array,
  importances: Float64Array,
  isFirst: boolean,
): Round | undefined {
  const { x, y, classes } = problem;
  for (let i = 0; i < y.length; i++)
    grower.weights[i] = weights[i] === 0 ? 0 : Math.max(weights[i], Number.EPSILON);
  weights.set(grower.weights);
  const grown = grower.grow();
  const table = compact(grown, classes);
  const leafOf = leavesOf(table, x);
  const shares = sharesOf(problem, weights, leafOf, table.leaves.length);
  const isWrong = Uint8Array.from(y, (code, i) =>
    largestAt(shares, leafOf[i] * classes, classes) === code ? 0 : 1,
  );
  const error = errorOf(isWrong, weights);
  const k = seen.length;
  const isReal = algorithm === 'SAMME.R';
  if (!isReal && !isFirst && isChance(error, k)) return undefined;
  const weight = isReal || error <= 0 ? 1 : voteOf(error, k, learning_rate);
  const own = new Float64Array(importances.length);
  addImportances(grown, own);
  own.forEach((share, j) => (importances[j] += weight * share));
  const leaves = isReal ? realLeaves(shares, classes, seen) : votes(shares, classes, weight);
  const round = { table: { ...table, leaves }, weight };
  if (error <= 0 || weight === 0) return round;
  const factors = isReal
    ? realFactors(leafOf, shares, problem, seen, learning_rate)
    : Float64Array.from(isWrong, wrong => (wrong ? exp(weight) : 1));
  return { ...round, factors };
}

/** The leaf that each sample falls into: n rows of `leaves`. */
function leavesOf(table: Table, x: Matrix): Float64Array {
  const numbers = Float64Array.from(table.next.keys());
  const found = new Float64Array(x.rows);
  addVotes({ ...table, leaves: numbers, classes: 1, roots: Int32Array.of(0) }, x, 0, 1, found);
  return found;
}

/**
 * The share of each class in the weight of a leaf, leaves x classes. The tree has them as differences of sums, where a
 * class that is not in a leaf may keep some rounding. Its logarithm would count.
 */
function sharesOf(
  { y, classes }: ClassProblem,
  weights: Float64Array,
  leafOf: Float64Array,
  length: number,
): Float64Array {
  const sums = new Float64Array(length);
  const totals = new Float64Array(length / classes);
  for (let i = 0; i < y.length; i++) {
    sums[leafOf[i] * classes + y[i]] += weights[i];
    totals[leafOf[i]] += weights[i];
  }
  return sums.map((sum, at) => sum / totals[Math.floor(at / classes)]);
}

/** The share of the weight of wrong samples. */
function errorOf(isWrong: Uint8Array, weights: Float64Array): number {
  let [wrong, total] = [0, 0];
  for (let i = 0; i < weights.length; i++) {
    total += weights[i];
    if (isWrong[i]) wrong += weights[i];
  }
  return wrong / total;
}

/** Whether a tree is no better than chance, up to the rounding of its error. */
function isChance(error: number, k: number): boolean {
  return error >= 1 - 1 / k - 1e-12;
}

/** The weight of a tree of SAMME, and 0 for one that is no better than chance. */
function voteOf(error: number, k: number, rate: number): number {
  return isChance(error, k) ? 0 : rate * (log((1 - error) / error) + log(k - 1));
}

/** Shares that are 0 count as the spacing of numbers at 1, so that they have a logarithm. */
function logShare(share: number): number {
  return log(Math.max(share, Number.EPSILON));
}

/** What each leaf of SAMME.R adds, from the shares of the classes in the leaves. */
function realLeaves(shares: Float64Array, classes: number, seen: Int32Array): Float64Array {
  const k = seen.length;
  const added = new Float64Array(shares.length);
  for (let start = 0; start < shares.length; start += classes) {
    let sum = 0;
    for (const c of seen) sum += logShare(shares[start + c]);
    for (const c of seen) added[start + c] = (k - 1) * (logShare(shares[start + c]) - sum / k);
  }
  return added;
}

/** What each leaf of SAMME adds: the weight of the tree to its largest class. */
function votes(shares: Float64Array, classes: number, weight: number): Float64Array {
  const added = new Float64Array(shares.length);
  for (let start = 0; start < shares.length; start += classes)
    added[start + largestAt(shares, start, classes)] = weight;
  return added;
}

/** e^(-rate (k - 1) / k (log p of the own class - the mean of log p of the others)) for each sample. */
function realFactors(
  leafOf: Float64Array,
  shares: Float64Array,
  { y, classes }: ClassProblem,
  seen: Int32Array,
  rate: number,
): Float64Array {
  const k = seen.length;
  return Float64Array.from(y, (code, i) => {
    let sum = 0;
    for (const c of seen) {
      const coded = c === code ? 1 : -1 / (k - 1);
      sum += coded * logShare(shares[leafOf[i] * classes + c]);
    }
    return exp(-rate * ((k - 1) / k) * sum);
  });
}

/** @param covers the weight of the samples in each node, which is no part of the document */
function boostedModel(boosted: Boosted, covers?: Float64Array): Classifier {
  const { classes, features, seen, divisor } = boosted;
  const coding = codingOf(classes);
  const decision = (x: Matrix): Float64Array => {
    checkNewData(x, features);
    const sums = new Float64Array(x.rows * classes);
    addVotes(boosted, x, 0, boosted.roots.length, sums);
    if (coding.binary)
      return Float64Array.from({ length: x.rows }, (_, i) => (sums[2 * i + 1] - sums[2 * i]) / divisor);
    return sums.map((sum, at) => (seen.includes(at % classes) ? sum / divisor : -Infinity));
  };
  const proba = (x: Matrix): Float64Array => {
    if (coding.binary) return sigmoidRows(decision(x));
    return softmaxRows(
      decision(x).map(value => value / (seen.length - 1)),
      classes,
    );
  };
  return {
    classes,
    decision,
    proba,
    predict: x => coding.codes(decision(x)),
    inside: () => insideOf(boosted, covers),
    size: () => treeSize(boosted.feature),
    serialize: () => ({ ...boosted }),
  };
}

/** The trees add up to margins, whose logistic function or softmax gives the probabilities. */
function insideOf(boosted: Boosted, covers?: Float64Array): Inside {
  const { classes, features, seen, divisor, roots, feature, threshold, next, leaves, importances } = boosted;
  const { binary, columns } = codingOf(classes);
  const differences = (_: number, row: number): number => leaves[2 * row + 1] - leaves[2 * row];
  return {
    kind: 'trees',
    trees: {
      ...{ features, outputs: columns, roots, feature, threshold, isEqualLeft: true, next },
      values: binary ? new Float64Array(leaves.length / 2).map(differences) : leaves,
      ...{ width: columns, divisor: divisor * (seen.length - 1), base: 0, covers },
    },
    importances,
    scale: 'margin',
  };
}
