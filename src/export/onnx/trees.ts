/**
 * Forests and boosted trees. The operator for trees gives f32 only, and adds the trees in any order. So here it only
 * finds the leaf that a sample falls into: tree t adds the number of its leaf to output t, which is exact. The values
 * of the leaves are gathered in their own precision, and added in the order of the trees.
 */
import { refusal } from '../refusal.js';
import {
  alongFeatures,
  atMost,
  cast,
  FEATURES,
  largestOfFeatures,
  startRows,
  sumInOrder,
  sumOverFeatures,
} from './arithmetic.js';
import { int, type Builder, type Value } from './builder.js';
import type { Outputs } from './outputs.js';
import { TREE_OPERATORS, type Attribute } from './model.js';
import type { BoostedPart, BoostedValuePart, ForestPart, ForestValuePart, TreeTable } from '../plan.js';

/** The largest f32 below which all whole numbers are numbers of f32. */
const MOST_LEAVES = 2 ** 24;

export function forestNodes(b: Builder, part: ForestPart, x: Value): Outputs {
  return { probabilities: meanOfLeaves(b, part, part.shares, part.classes, x) };
}

/** m x 1 values. */
export function forestValueNodes(b: Builder, part: ForestValuePart, x: Value): Value {
  return meanOfLeaves(b, part, part.leaves, 1, x);
}

/** m x width: the mean over the trees of what stands in the rows of the leaves. */
function meanOfLeaves(
  b: Builder,
  { trees, leaf, step }: ForestPart | ForestValuePart,
  rows: Float64Array,
  width: number,
  x: Value,
): Value {
  const leaves = leavesOf(b, step, trees, leaf, x);
  const table = b.f64(rows, [rows.length / width, width]);
  const start = startRows(b, x, b.f64(new Float64Array(width), [1, width]), width);
  const along = [alongFeatures(b, leaves, 'i64')];
  const votes = sumInOrder(b, 'f64', start, along, (inside, [own]) =>
    inside.node('Gather', [table, own], { axis: int(0) }),
  );
  return b.node('Div', [votes, b.f64(trees.roots.length)]);
}

export function boostedNodes(b: Builder, part: BoostedPart, x: Value): Outputs {
  const margins = marginsOf(b, part, part.outputs, x);
  return { probabilities: part.outputs === 1 ? sigmoidSingles(b, margins) : softmaxSingles(b, margins) };
}

/** m x 1 values. */
export function boostedValueNodes(b: Builder, part: BoostedValuePart, x: Value): Value {
  const margins = marginsOf(b, part, 1, x);
  return cast(b, part.link === 'exp' ? expSingles(b, margins) : margins, 'f64');
}

/** m x outputs margins of f32. */
function marginsOf(
  b: Builder,
  { trees, base, value, step }: BoostedPart | BoostedValuePart,
  outputs: number,
  x: Value,
): Value {
  const isLeaf = (node: number): boolean => trees.feature[node] < 0;
  const places = new Int32Array(value.length).fill(-1);
  let count = 0;
  for (let node = 0; node < value.length; node++) if (isLeaf(node)) places[node] = count++;
  const own = value.filter((_, node) => isLeaf(node));
  const table = b.f32(own, [own.length]);
  const leaves = leavesOf(b, step, trees, places, x);
  const rounds = trees.roots.length / outputs;
  const byRound = b.node('Reshape', [leaves, b.i64([0, rounds, outputs])]);
  const start = startRows(b, x, b.f32(new Float32Array(outputs).fill(base), [1, outputs]), outputs);
  const along = [alongFeatures(b, byRound, 'i64', 3)];
  return sumInOrder(b, 'f32', start, along, (inside, [own]) =>
    inside.node('Gather', [table, own], { axis: int(0) }),
  );
}

/** m x trees numbers of i64: for each tree the number that `places` has for the leaf. */
function leavesOf(b: Builder, step: string, trees: TreeTable, places: Int32Array, x: Value): Value {
  const table = tableOf(trees, places);
  if (table.most >= MOST_LEAVES) throw refusal(step, `a tree has more than ${MOST_LEAVES} leaves`);
  const values = trees.singles ? cast(b, x, 'f32') : x;
  const attributes = { ...table.attributes, n_targets: int(trees.roots.length) };
  const [found] = b.nodeOfSet(TREE_OPERATORS, 'TreeEnsembleRegressor', [values], attributes, 1);
  const numbers = cast(b, found, 'i64');
  return table.first.every(first => first === 0) ? numbers : b.node('Add', [numbers, b.i64(table.first)]);
}

interface TreeColumns {
  /** Per node. */
  tree: number[];
  node: number[];
  feature: number[];
  threshold: number[];
  mode: string[];
  left: number[];
  right: number[];
  missingLeft: number[];
  /** Per leaf. */
  leafTree: number[];
  leafNode: number[];
  leafPlace: number[];
}

/** The attributes of the operator. The numbers of a tree's leaves are given less the smallest of them, `first`. */
function tableOf(trees: TreeTable, places: Int32Array) {
  const columns: TreeColumns = {
    ...{ tree: [], node: [], feature: [], threshold: [], mode: [], left: [], right: [], missingLeft: [] },
    ...{ leafTree: [], leafNode: [], leafPlace: [] },
  };
  const first: number[] = [];
  let most = 0;
  trees.roots.forEach((root, tree) => {
    const begin = columns.leafPlace.length;
    addTree(columns, trees, places, tree, root);
    const own = columns.leafPlace.slice(begin);
    const [least, largest] = own.reduce(
      ([a, z], place) => [Math.min(a, place), Math.max(z, place)],
      [Infinity, 0],
    );
    own.forEach((place, at) => (columns.leafPlace[begin + at] = place - least));
    first.push(least);
    most = Math.max(most, largest - least);
  });
  return { first, most, attributes: attributesOf(columns, trees) };
}

/** Adds the nodes of a tree, each before its children. */
function addTree(
  columns: TreeColumns,
  trees: TreeTable,
  places: Int32Array,
  tree: number,
  root: number,
): void {
  const { feature, threshold, left, right, missingLeft, rule } = trees;
  const waiting = [root];
  let known = 1;
  for (let node = 0; node < waiting.length; node++) {
    const at = waiting[node];
    const isLeaf = feature[at] < 0;
    columns.tree.push(tree);
    columns.node.push(node);
    columns.feature.push(isLeaf ? 0 : feature[at]);
    columns.threshold.push(isLeaf ? 0 : threshold[at]);
    columns.mode.push(isLeaf ? 'LEAF' : rule === '<' ? 'BRANCH_LT' : 'BRANCH_LEQ');
    columns.left.push(isLeaf ? 0 : known);
    columns.right.push(isLeaf ? 0 : known + 1);
    columns.missingLeft.push(isLeaf ? 0 : (missingLeft?.[at] ?? 0));
    if (isLeaf) {
      columns.leafTree.push(tree);
      columns.leafNode.push(node);
      columns.leafPlace.push(places[at]);
    } else {
      waiting.push(left[at], right[at]);
      known += 2;
    }
  }
}

/** Thresholds and numbers of leaves are f32 where samples are, else f64. */
function attributesOf(
  columns: TreeColumns,
  { singles, missingLeft }: TreeTable,
): { [name: string]: Attribute } {
  const ints = (value: number[]): Attribute => ({ kind: 'ints', value });
  const numbers = (name: string, value: number[]): { [name: string]: Attribute } =>
    singles
      ? { [name]: { kind: 'floats', value } }
      : {
          [`${name}_as_tensor`]: {
            kind: 'tensor',
            value: { type: 'f64', dims: [value.length], data: Float64Array.from(value) },
          },
        };
  return {
    nodes_treeids: ints(columns.tree),
    nodes_nodeids: ints(columns.node),
    nodes_featureids: ints(columns.feature),
    ...numbers('nodes_values', columns.threshold),
    nodes_modes: { kind: 'texts', value: columns.mode },
    nodes_truenodeids: ints(columns.left),
    nodes_falsenodeids: ints(columns.right),
    ...(missingLeft && { nodes_missing_value_tracks_true: ints(columns.missingLeft) }),
    target_treeids: ints(columns.leafTree),
    target_nodeids: ints(columns.leafNode),
    target_ids: ints(columns.leafTree),
    ...numbers('target_weights', columns.leafPlace),
  };
}

/** e^x of f32 values, as f32: computed in f64 and rounded once. */
function expSingles(b: Builder, x: Value): Value {
  return cast(b, b.node('Exp', [cast(b, x, 'f64')]), 'f32');
}

/** XGBoost replaces larger exponents by this one (ml/outputs/probabilities.ts). */
const LARGEST_EXPONENT = Math.fround(88.7);

/** m x 2 probabilities of the margins, each step rounded to f32. */
function sigmoidSingles(b: Builder, margins: Value): Value {
  const one = b.f32(1);
  const bounded = cast(b, atMost(b, cast(b, b.node('Neg', [margins]), 'f64'), LARGEST_EXPONENT), 'f32');
  const positive = b.node('Div', [one, b.node('Add', [expSingles(b, bounded), one])]);
  const both = b.node('Concat', [b.node('Sub', [one, positive]), positive], { axis: int(FEATURES) });
  return cast(b, both, 'f64');
}

/** m x k probabilities of the margins, each step rounded to f32, and the sum once. */
function softmaxSingles(b: Builder, margins: Value): Value {
  const exps = expSingles(b, b.node('Sub', [margins, largestOfFeatures(b, margins)]));
  const total = cast(b, sumOverFeatures(b, cast(b, exps, 'f64')), 'f32');
  return cast(b, b.node('Div', [exps, total]), 'f64');
}
