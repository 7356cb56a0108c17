/**
 * The search for splits of boosted trees along lists: for each column, the node's samples in the order of their
 * values. A list is split together with its node, so that a node meets only its own samples. Lists are faster than
 * histograms where nearly every value has a bin of its own.
 */
import { binOf } from './bins';
import { tryFeature } from './boost-split';
import { binsOf, gradientsOf, hasMissing, missingBin, Node, Task } from './boost-task';

/** The lists of the nodes of a depth: Id[features][rows]. */
function listsAt(task: Task, depth: u32): usize {
  if (!depth && task.trainCount == task.rows && task.subsample >= 1) return task.order;
  const level = <usize>(depth & 1) * <usize>task.features * <usize>task.rows;
  return task.spare + (level << (1 + <usize>task.wideIds));
}

/** Tries the splits of one feature along the node's list. */
function tryList<Id>(task: Task, node: Node, feature: u32): void {
  const start = <usize>feature * <usize>task.rows + <usize>node.start;
  const ids = listsAt(task, node.depth) + start * sizeof<Id>();
  const bins = binsOf(task, feature);
  const missing = missingBin(task, feature);
  let count = node.end - node.start;
  while (hasMissing(task, feature) && count) {
    const last = <usize>load<Id>(ids + <usize>(count - 1) * sizeof<Id>());
    if (binOf(bins, last, task.width) != missing) break;
    count--;
  }
  tryFeature<Id>(task, node, feature, ids, count, gradientsOf(task));
}

/** Tries the splits of some features (u32[nodeFeatures]) along the node's lists. */
export function tryLists<Id>(task: Task, node: Node, features: usize): void {
  for (let i: u32 = 0; i < task.nodeFeatures; i++) {
    tryList<Id>(task, node, load<u32>(features + ((<usize>i) << 2)));
  }
}

/** Copies the samples of a list that go left to `left`, the others to `right`. `sides` (u8[rows]) is 1 for right. */
function splitList<Id>(sides: usize, from: usize, count: u32, left: usize, right: usize): void {
  for (let end = from + <usize>count * sizeof<Id>(); from < end; from += sizeof<Id>()) {
    const id = load<Id>(from);
    const side = <usize>load<u8>(sides + <usize>id);
    const to = side ? right : left;
    store<Id>(to, id);
    const moved = side ? 0 : sizeof<Id>();
    left += moved;
    right += sizeof<Id>() - moved;
  }
}

/** Splits the lists of a node between its children. Its samples from `middle` on go right. */
export function splitListsOf<Id>(task: Task, node: Node, middle: u32): void {
  const sides = task.sides;
  for (let at = node.start; at < node.end; at++) {
    store<u8>(sides + <usize>load<u32>(task.samples + ((<usize>at) << 2)), at < middle ? 0 : 1);
  }
  const from = listsAt(task, node.depth);
  const to = listsAt(task, node.depth + 1);
  for (let i: u32 = 0; i < task.treeFeatures; i++) {
    const base = <usize>load<u32>(task.treeList + ((<usize>i) << 2)) * <usize>task.rows;
    const start = (base + <usize>node.start) * sizeof<Id>();
    const right = to + (base + <usize>middle) * sizeof<Id>();
    splitList<Id>(sides, from + start, node.end - node.start, to + start, right);
  }
}

/** Makes the lists of the root. Samples that are not drawn end up behind those of the root. */
export function listRoot<Id>(task: Task, root: Node): void {
  const to = listsAt(task, 0);
  if (to == task.order) return;
  memory.fill(task.sides, 1, <usize>task.rows);
  for (let at: u32 = 0; at < root.end; at++) {
    store<u8>(task.sides + <usize>load<u32>(task.samples + ((<usize>at) << 2)), 0);
  }
  for (let i: u32 = 0; i < task.treeFeatures; i++) {
    const start = <usize>load<u32>(task.treeList + ((<usize>i) << 2)) * <usize>task.rows * sizeof<Id>();
    splitList<Id>(
      task.sides,
      task.order + start,
      task.rows,
      to + start,
      to + start + <usize>root.end * sizeof<Id>(),
    );
  }
}
