/** The operator for trees, for trees whose leaves have one weight each. */
import { storage, attributeOf, numbersOf } from './tensors.js';
import type { Node } from '../model.js';
import type { Operator } from './run.js';

/** The nodes of all trees. A leaf has the mode LEAF, and its target and weight. */
interface Table {
  /** The first node of each tree. */
  roots: number[];
  mode: readonly string[];
  feature: readonly number[];
  threshold: ArrayLike<number>;
  /** Places of nodes. */
  yes: number[];
  no: number[];
  missingIsYes: readonly number[];
  target: number[];
  weight: number[];
}

/** The values that the attribute has in f32, or in a tensor of f64. */
function valuesOf(node: Node, name: string): ArrayLike<number> {
  return node.attributes[name]
    ? attributeOf(node, name, 'floats')
    : numbersOf(attributeOf(node, `${name}_as_tensor`, 'tensor'));
}

/** The tables of nodes that have run before. */
const known = new WeakMap<Node, Table>();

function tableOf(node: Node): Table {
  const table = known.get(node) ?? readTable(node);
  known.set(node, table);
  return table;
}

function readTable(node: Node): Table {
  const ints = (name: string): readonly number[] => attributeOf(node, name, 'ints');
  const [trees, ids] = [ints('nodes_treeids'), ints('nodes_nodeids')];
  const places: number[][] = [];
  ids.forEach((id, place) => ((places[trees[place]] ??= [])[id] = place));
  const placeOf = (tree: number, id: number): number => places[tree][id];
  const [target, weight] = [new Array<number>(ids.length), new Array<number>(ids.length)];
  const [targetNodes, targets] = [ints('target_nodeids'), ints('target_ids')];
  const weights = valuesOf(node, 'target_weights');
  ints('target_treeids').forEach((tree, leaf) => {
    const place = placeOf(tree, targetNodes[leaf]);
    target[place] = targets[leaf];
    weight[place] = weights[leaf];
  });
  return {
    roots: trees.flatMap((tree, place) => (tree !== trees[place - 1] ? [place] : [])),
    mode: attributeOf(node, 'nodes_modes', 'texts'),
    feature: ints('nodes_featureids'),
    threshold: valuesOf(node, 'nodes_values'),
    yes: ints('nodes_truenodeids').map((id, place) => placeOf(trees[place], id)),
    no: ints('nodes_falsenodeids').map((id, place) => placeOf(trees[place], id)),
    missingIsYes: node.attributes.nodes_missing_value_tracks_true
      ? ints('nodes_missing_value_tracks_true')
      : [],
    target,
    weight,
  };
}

/** m x targets sums of the weights of the leaves. */
const treeEnsemble: Operator = (node, [x]) => {
  const table = tableOf(node);
  const values = numbersOf(x);
  const [rows, features] = x.dims;
  const targets = attributeOf(node, 'n_targets', 'int');
  const data = storage('f32', rows * targets);
  for (let row = 0; row < rows; row++) {
    for (const root of table.roots) {
      const leaf = walk(table, root, values, row * features);
      data[row * targets + table.target[leaf]] += table.weight[leaf];
    }
  }
  return [{ type: 'f32', dims: [rows, targets], data }];
};

/** The leaf to which the values from `start` on come. */
function walk(table: Table, root: number, values: ArrayLike<number>, start: number): number {
  let at = root;
  while (table.mode[at] !== 'LEAF') {
    const value = values[start + table.feature[at]];
    const isYes = table.mode[at] === 'BRANCH_LT' ? value < table.threshold[at] : value <= table.threshold[at];
    const missesToYes = Number.isNaN(value) && table.missingIsYes[at] === 1;
    at = isYes || missesToYes ? table.yes[at] : table.no[at];
  }
  return at;
}

export const TREES: { [name: string]: Operator } = { TreeEnsembleRegressor: treeEnsemble };
