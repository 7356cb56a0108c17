/**
 * Minimal cost-complexity pruning (Breiman et al. 1984, chapter 3), as scikit-learn's `ccp_alpha`.
 *
 * The cost of a node is its weight times its impurity over the weight of the tree. A subtree costs the sum over its
 * leaves. A cut at node t raises the cost by (cost of t - cost of its subtree) for each leaf less. The node where
 * this is least is cut. That is repeated while it is at most alpha.
 */
import type { GrownTree } from './task.js';

/** Turns the nodes that pruning cuts into leaves: `feature` is changed in place. */
export function prune(tree: GrownTree, alpha: number): void {
  while (tree.feature[0] >= 0) {
    const { node, rise } = weakestLink(tree);
    if (rise > alpha) return;
    tree.feature[node] = -1;
  }
}

/**
 * The split whose cut raises the cost least for each leaf less, the first among equals. Children stand after their
 * parents.
 */
function weakestLink({ nodes, feature, left, impurity, weight }: GrownTree): { node: number; rise: number } {
  const cost = new Float64Array(nodes);
  const leaves = new Int32Array(nodes);
  const reached = reachable(nodes, feature, left);
  let weakest = { node: 0, rise: Infinity };
  for (let id = nodes - 1; id >= 0; id--) {
    if (!reached[id]) continue;
    const own = (weight[id] * impurity[id]) / weight[0];
    if (feature[id] < 0) {
      cost[id] = own;
      leaves[id] = 1;
      continue;
    }
    cost[id] = cost[left[id]] + cost[left[id] + 1];
    leaves[id] = leaves[left[id]] + leaves[left[id] + 1];
    const rise = (own - cost[id]) / (leaves[id] - 1);
    if (rise <= weakest.rise) weakest = { node: id, rise };
  }
  return weakest;
}

function reachable(nodes: number, feature: Int32Array, left: Int32Array): Uint8Array {
  const reached = new Uint8Array(nodes);
  reached[0] = 1;
  for (let id = 0; id < nodes; id++) {
    if (reached[id] && feature[id] >= 0) reached.fill(1, left[id], left[id] + 2);
  }
  return reached;
}
