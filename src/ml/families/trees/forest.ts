/**
 * Ensembles of trees: random forests (Breiman 2001) and extremely randomized trees (Geurts et al. 2006).
 *
 * The probability of a class is a mean over the trees, summed in their order. Each tree gives the share of the class in
 * the weight of the leaf that a sample falls into. A predicted value is the mean of those of the leaves. Tree t depends
 * only on the problem, the rules and child ('tree', t) of the generator. So the first trees of a forest are the smaller
 * forest, bit for bit.
 */
import type { Matrix } from '../../../base/dataset.js';
import type { Rng } from '../../../base/rng.js';
import { kernels } from '../../../kernels/loader.js';
import { float64, hold, scope } from '../../../kernels/memory.js';
import { largestAt } from '../../algebra/matrix.js';
import type { ClassProblem } from '../../types.js';
import { walked } from './presort.js';
import { prune } from './prune.js';
import { type Grower, type GrownTree, prepareGrower, type TreeProblem, type TreeRules } from './task.js';

/**
 * All trees in one table of nodes, each tree from its root on. A split has a feature and a threshold: x <= threshold
 * goes left. `next` of a split is its left child, and the right child follows it. A leaf has feature -1, and `next`
 * is its row of `leaves`.
 */
export interface Forest {
  /** Absent where the trees predict values. */
  classes?: number;
  features: number;
  /** Per tree. */
  roots: Int32Array;
  feature: Int32Array;
  threshold: Float32Array;
  next: Int32Array;
  /** leaves x classes: shares of the weight; or leaves: values. */
  leaves: Float64Array;
  /** Per feature: the mean decrease of impurity, adding up to 1 (or all 0 where no tree has a split). */
  importances: Float64Array;
  /** The accuracy, or r2, over samples left out of a tree's bootstrap, where asked for and any were. */
  oob_score: number | null;
}

/** How the samples of a tree are drawn. */
export interface Sampling {
  /** How many draws with replacement make a tree's samples; 0: all samples, once each. */
  draws: number;
  /** Whether classes are weighted to be equal in each bootstrap. */
  balanced: boolean;
  /** Whether the samples left out are to be scored. */
  oob: boolean;
}

/** A forest that was just grown. */
export interface GrownForest extends Forest {
  /** Of each node: the weight of the samples that its tree was grown on. It is no part of the document. */
  covers: Float64Array;
}

/** The nodes of some trees. */
export type Table = Pick<GrownForest, 'feature' | 'threshold' | 'next' | 'leaves' | 'covers'>;

/** The trees grown so far, and sums over them. */
interface Growing {
  tables: Table[];
  /** Sum over trees of each tree's importances. */
  importances: Float64Array;
  /** n x width: votes of the trees that had not seen the sample. */
  oobVotes: Float64Array;
  /** n: how many trees that were. */
  oobTrees: Uint32Array;
}

/** How many numbers a leaf has. */
function widthOf({ classes }: { classes?: number }): number {
  return classes ?? 1;
}

function widthOfProblem(problem: TreeProblem): number {
  return 'classes' in problem ? problem.classes : 1;
}

/** Forests of the given sizes, grown as one. Each forest is what it would be alone. `problem.weights` count. */
export function growForests(
  problem: TreeProblem,
  rules: TreeRules,
  sampling: Sampling,
  sizes: readonly number[],
  rng: Rng,
): GrownForest[] {
  const { x } = problem;
  const trees = sizes.reduce((a, b) => Math.max(a, b), 0);
  const finished = new Map<number, GrownForest>();
  return scope(() => {
    const grower = prepareGrower(problem, rules);
    const growing: Growing = {
      tables: [],
      importances: new Float64Array(x.columns),
      oobVotes: new Float64Array(sampling.oob ? x.rows * widthOfProblem(problem) : 0),
      oobTrees: new Uint32Array(sampling.oob ? x.rows : 0),
    };
    for (let tree = 1; tree <= trees; tree++) {
      growOne(problem, rules, sampling, grower, rng.child('tree', tree - 1), growing);
      if (sizes.includes(tree)) finished.set(tree, finish(problem, sampling, growing));
    }
    return sizes.map(size => finished.get(size)!);
  });
}

function growOne(
  problem: TreeProblem,
  rules: TreeRules,
  sampling: Sampling,
  grower: Grower,
  rng: Rng,
  growing: Growing,
): void {
  grower.seed(rng);
  weigh(problem, sampling, grower);
  const grown = grower.grow();
  if (rules.ccpAlpha > 0) prune(grown, rules.ccpAlpha);
  addImportances(grown, growing.importances);
  const table = compact(grown, widthOfProblem(problem));
  growing.tables.push(table);
  if (sampling.oob) addOobVotes(problem, grower.counts, table, growing);
}

/** Sets the weights of the next tree: how often a sample was drawn, times its own weight and its class's. */
function weigh(problem: TreeProblem, { draws, balanced }: Sampling, grower: Grower): void {
  const { x, y, weights } = problem;
  if (draws > 0) grower.bootstrap(draws);
  else grower.counts.fill(1);
  const perClass =
    balanced && 'classes' in problem
      ? balance(problem, grower.counts, draws > 0 ? draws : x.rows)
      : undefined;
  for (let i = 0; i < x.rows; i++) {
    const own = (weights ? weights[i] : 1) * grower.counts[i];
    grower.weights[i] = perClass ? own * perClass[y[i]] : own;
  }
}

/** The weight of each class that makes all of them equal among `all` draws. */
function balance({ y, classes }: ClassProblem, counts: Uint32Array, all: number): Float64Array {
  const drawn = new Float64Array(classes);
  for (let i = 0; i < y.length; i++) drawn[y[i]] += counts[i];
  const present = drawn.filter(count => count > 0).length;
  return drawn.map(count => (count > 0 ? all / (present * count) : 0));
}

/** Adds the tree's importances, scaled to add up to 1. */
export function addImportances(
  { nodes, feature, left, impurity, weight }: GrownTree,
  sums: Float64Array,
): void {
  const gains = new Map<number, number>();
  let total = 0;
  for (let id = 0, waiting = [0]; waiting.length > 0;) {
    id = waiting.pop()!;
    if (feature[id] < 0) continue;
    const [a, b] = [left[id], left[id] + 1];
    const gain = weight[id] * impurity[id] - weight[a] * impurity[a] - weight[b] * impurity[b];
    gains.set(feature[id], (gains.get(feature[id]) ?? 0) + gain);
    total += gain;
    waiting.push(b, a);
  }
  if (nodes === 1 || !(total > 0)) return;
  for (const [j, gain] of gains) sums[j] += gain / total;
}

/** The nodes that are left of a tree, level by level, with the shares or values of its leaves: `width` numbers each. */
export function compact(tree: GrownTree, width: number): Table {
  const kept = new Int32Array(tree.nodes);
  const next = new Int32Array(tree.nodes);
  const leaves = new Float64Array(((tree.nodes + 1) / 2) * width);
  let [nodes, rows] = [1, 0];
  for (let at = 0; at < nodes; at++) {
    const id = kept[at];
    if (tree.feature[id] >= 0) {
      next[at] = nodes;
      kept[nodes++] = tree.left[id];
      kept[nodes++] = tree.left[id] + 1;
      continue;
    }
    next[at] = rows;
    const whole = width === 1 ? 1 : tree.weight[id];
    for (let c = 0; c < width; c++) leaves[rows * width + c] = tree.values[id * width + c] / whole;
    rows++;
  }
  const feature = new Int32Array(nodes);
  const threshold = new Float32Array(nodes);
  const covers = new Float64Array(nodes);
  for (let at = 0; at < nodes; at++) {
    feature[at] = tree.feature[kept[at]];
    covers[at] = tree.weight[kept[at]];
    if (feature[at] >= 0) threshold[at] = tree.threshold[kept[at]];
  }
  return { feature, threshold, next: next.slice(0, nodes), leaves: leaves.slice(0, rows * width), covers };
}

function addOobVotes(
  problem: TreeProblem,
  counts: Uint32Array,
  table: Table,
  { oobVotes, oobTrees }: Growing,
): void {
  const { x } = problem;
  const width = widthOfProblem(problem);
  const one = { ...table, classes: width, features: x.columns, roots: Int32Array.of(0) };
  const own = new Float64Array(oobVotes.length);
  addVotes(one, x, 0, 1, own);
  for (let i = 0; i < x.rows; i++) {
    if (counts[i] > 0) continue;
    oobTrees[i]++;
    for (let at = i * width; at < (i + 1) * width; at++) oobVotes[at] += own[at];
  }
}

/** The share of right answers, or r2, of the samples that got any vote. */
function oobScore(problem: TreeProblem, { oobVotes, oobTrees }: Growing): number | null {
  const voted = Array.from(oobTrees.keys()).filter(i => oobTrees[i] > 0);
  if (voted.length === 0) return null;
  if (!('classes' in problem)) {
    const truth = Float64Array.from(voted, i => problem.y[i]);
    return r2(
      truth,
      truth.map((_, at) => oobVotes[voted[at]] / oobTrees[voted[at]]),
    );
  }
  const { y, classes } = problem;
  return voted.filter(i => largestAt(oobVotes, i * classes, classes) === y[i]).length / voted.length;
}

/** 1 - the share of the squared deviations from the mean that is left, as scikit-learn's r2_score has it. */
function r2(truth: Float64Array, predicted: Float64Array): number {
  const mean = truth.reduce((sum, value) => sum + value, 0) / truth.length;
  const left = truth.reduce((sum, value, i) => sum + (value - predicted[i]) * (value - predicted[i]), 0);
  const all = truth.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  if (all > 0) return 1 - left / all;
  return left === 0 ? 1 : 0;
}

/** The forest of the trees grown so far. */
function finish(problem: TreeProblem, sampling: Sampling, growing: Growing): GrownForest {
  const sum = growing.importances.reduce((a, b) => a + b, 0);
  return {
    ...('classes' in problem && { classes: problem.classes }),
    features: problem.x.columns,
    ...concatenate(growing.tables, widthOfProblem(problem)),
    importances: growing.importances.map(share => (sum > 0 ? share / sum : 0)),
    oob_score: sampling.oob ? oobScore(problem, growing) : null,
  };
}

export function concatenate(tables: readonly Table[], classes: number): Table & { roots: Int32Array } {
  const nodes = tables.reduce((sum, { feature }) => sum + feature.length, 0);
  const shares = tables.reduce((sum, { leaves }) => sum + leaves.length, 0);
  const joined = {
    roots: new Int32Array(tables.length),
    feature: new Int32Array(nodes),
    threshold: new Float32Array(nodes),
    next: new Int32Array(nodes),
    leaves: new Float64Array(shares),
    covers: new Float64Array(nodes),
  };
  let [node, share] = [0, 0];
  tables.forEach(({ feature, threshold, next, leaves, covers }, tree) => {
    joined.roots[tree] = node;
    joined.feature.set(feature, node);
    joined.threshold.set(threshold, node);
    joined.leaves.set(leaves, share);
    joined.covers.set(covers, node);
    const moved = next.map((link, at) => link + (feature[at] >= 0 ? node : share / classes));
    joined.next.set(moved, node);
    node += feature.length;
    share += leaves.length;
  });
  return joined;
}

/** The parts of a forest that votes need. */
type Voters = Pick<Forest, 'classes' | 'roots'> & Omit<Table, 'covers'>;

/**
 * Adds the votes of trees `first` to `last` - 1 to votes (m x width, row-major), in the order of the trees. Votes
 * over the number of trees are the probabilities. So a growing ensemble is scored by adding what is new.
 */
export function addVotes(forest: Voters, x: Matrix, first: number, last: number, votes: Float64Array): void {
  scope(() => {
    const sums = float64(votes.length);
    sums.set(votes);
    const { start, rowBytes, columnBytes } = walked(x, last - first);
    kernels().addVotes(
      x.rows,
      start,
      rowBytes,
      columnBytes,
      widthOf(forest),
      first,
      last,
      hold(forest.roots).byteOffset,
      hold(forest.feature).byteOffset,
      hold(forest.threshold).byteOffset,
      hold(forest.next).byteOffset,
      hold(forest.leaves).byteOffset,
      sums.byteOffset,
    );
    votes.set(sums);
  });
}

/** m x classes probabilities, row-major; or m values. */
export function forestMeans(forest: Forest, x: Matrix): Float64Array {
  const trees = forest.roots.length;
  const votes = new Float64Array(x.rows * widthOf(forest));
  addVotes(forest, x, 0, trees, votes);
  return votes.map(vote => vote / trees);
}
