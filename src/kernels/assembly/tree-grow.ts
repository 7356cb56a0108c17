/**
 * Growing a tree (Breiman et al. 1984, with the rules of scikit-learn's tree module).
 *
 * A node holds m samples of total weight w. For classes it has class weights w_c, and its impurity i is gini,
 * 1 - sum (w_c / w)^2, or entropy, -sum (w_c / w) log2 (w_c / w). For values, i is their weighted variance. A
 * split sends x <= threshold left and is chosen to minimize w_left i_left + w_right i_right among the drawn features:
 * over all midpoints between neighboring values (best), or at one uniformly drawn threshold a feature (random: Geurts
 * et al. 2006). Values of a feature closer than 1e-7 are one value. Nodes are split depth first, or, where leaves are
 * limited, in the order of their improvement w / W (i - w_left / w i_left - w_right / w i_right). Sums of weights are
 * exact: see ./exact.ts. For values see ./tree-values.ts.
 *
 * The reference is ../reference/tree.ts.
 */
import { clearWords, copyWords } from './copy';
import { rounderOf } from './exact';
import { orderPairs } from './tree-random';
import { searchSplit } from './tree-search';
import { bestCost, bestFeature, bestThreshold, impurityOf } from './tree-split';
import { addSample, Node, nodeAt, SQUARED_ERROR, Task, valuesOf } from './tree-task';
import { measureValues } from './tree-values';

/** Impurities up to this are zero: the spacing of f64 at 1. */
const EPSILON: f64 = 2.220446049250313e-16;

/** The bitmap of the features that are known to be constant in node `id`. */
function constantOf(task: Task, id: u32): usize {
  return task.constant + ((<usize>id * ((<usize>task.features + 63) >> 6)) << 3);
}

/** How much the best split improves on its node. */
function improvementOf(task: Task, node: Node): f64 {
  if (task.criterion == SQUARED_ERROR) return -bestCost / task.totalWeight;
  return (node.weight / task.totalWeight) * (node.impurity - bestCost / node.weight);
}

/** Writes the class weights of the samples `start` to `end` - 1 to `values` (f64[classes]). */
function sumClasses(task: Task, start: u32, end: u32, values: usize): void {
  const last = task.samples + ((<usize>end) << 2);
  let at = task.samples + ((<usize>start) << 2);
  if (task.classes != 2) {
    clearWords(values, (<usize>task.classes) << 3);
    for (; at < last; at += 4) addSample(task, <usize>load<u32>(at), values);
    return;
  }
  let even = f64x2.splat(0);
  let odd = f64x2.splat(0);
  for (; at + 4 < last; at += 8) {
    even = f64x2.add(even, v128.load(task.pairs + ((<usize>load<u32>(at)) << 4)));
    odd = f64x2.add(odd, v128.load(task.pairs + ((<usize>load<u32>(at, 4)) << 4)));
  }
  if (at < last) even = f64x2.add(even, v128.load(task.pairs + ((<usize>load<u32>(at)) << 4)));
  v128.store(values, f64x2.add(even, odd));
}

/** Sets the sums of a node of classes (f64[classes]), its weight and its impurity. */
function measureClasses(task: Task, node: Node, values: usize): void {
  sumClasses(task, node.start, node.end, values);
  let weight: f64 = 0;
  for (let c: u32 = 0; c < task.classes; c++) weight += load<f64>(values + ((<usize>c) << 3));
  node.weight = weight;
  node.impurity = impurityOf(task, values, weight);
}

/**
 * Makes node `id`, below `parent`, of the samples `start` to `end` - 1, and searches its split. Returns whether it
 * can be split.
 */
function createNode(task: Task, id: u32, parent: u32, start: u32, end: u32, depth: u32): bool {
  const node = nodeAt(task, id);
  const values = valuesOf(task, id);
  node.start = start;
  node.end = end;
  node.depth = depth;
  if (task.criterion == SQUARED_ERROR) measureValues(task, node, values);
  else measureClasses(task, node, values);
  node.feature = -1;
  node.candidate = -1;
  node.threshold = 0;
  node.left = 0;
  node.improvement = 0;
  const count = end - start;
  if (depth >= task.maxDepth || count < task.minSamplesSplit || count < 2 * task.minSamplesLeaf) return false;
  if (node.weight < 2 * task.minWeightLeaf || node.impurity <= EPSILON) return false;
  const constant = constantOf(task, id);
  if (id) copyWords(constant, constantOf(task, parent), constantOf(task, 1) - task.constant);
  else clearWords(constant, constantOf(task, 1) - task.constant);
  if (task.randomThresholds && task.classes == 2) orderPairs(task, start, end);
  searchSplit(task, node, values, constant);
  if (bestFeature < 0) return false;
  node.improvement = improvementOf(task, node);
  if (node.improvement + EPSILON < task.minImprovement) return false;
  node.candidate = bestFeature;
  node.threshold = bestThreshold;
  return true;
}

/**
 * Puts the samples of a node that go left before those that go right. Both keep their order. Returns where the second
 * ones start.
 */
function partition(task: Task, node: Node): u32 {
  const column = task.columns + ((<usize>node.feature * <usize>task.rows) << 2);
  const threshold = node.threshold;
  let left = task.samples + ((<usize>node.start) << 2);
  let right = task.places;
  for (let at = left; at < task.samples + ((<usize>node.end) << 2); at += 4) {
    const sample = load<u32>(at);
    const goesRight = <usize>(load<f32>(column + ((<usize>sample) << 2)) > threshold);
    store<u32>(left, sample);
    store<u32>(right, sample);
    left += (1 - goesRight) << 2;
    right += goesRight << 2;
  }
  copyWords(left, task.places, right - task.places);
  return <u32>((left - task.samples) >> 2);
}

/**
 * Takes the next node to split from the frontier: the last one, or where leaves are limited the one that improves
 * most. Of equal ones it is the first. `waiting` is how many nodes wait there.
 */
function takeNext(task: Task, waiting: u32): u32 {
  const frontier = task.frontier;
  let chosen = waiting - 1;
  if (task.maxLeaves) {
    chosen = 0;
    for (let i: u32 = 1; i < waiting; i++) {
      const here = nodeAt(task, load<u32>(frontier + ((<usize>i) << 2))).improvement;
      if (here > nodeAt(task, load<u32>(frontier + ((<usize>chosen) << 2))).improvement) chosen = i;
    }
  }
  const at = frontier + ((<usize>chosen) << 2);
  const id = load<u32>(at);
  if (chosen < waiting - 1) memory.copy(at, at + 4, (<usize>(waiting - 1 - chosen)) << 2);
  return id;
}

/** Rounds the weights of the samples, so that all sums of them are exact. */
function roundWeights(task: Task): void {
  const rounder = rounderOf(task.totalWeight);
  for (let i: u32 = 0; i < task.count; i++) {
    const at = task.weights + ((<usize>load<u32>(task.samples + ((<usize>i) << 2))) << 3);
    store<f64>(at, load<f64>(at) + rounder - rounder);
  }
}

/** Writes the pair of each sample: its weight in the column of its class, and 0. */
function fillPairs(task: Task): void {
  for (let i: u32 = 0; i < task.count; i++) {
    const sample = <usize>load<u32>(task.samples + ((<usize>i) << 2));
    const slot = task.pairs + (sample << 4);
    store<u64>(slot, 0);
    store<u64>(slot, 0, 8);
    addSample(task, sample, slot);
  }
}

/** Grows a tree from a TREE_TASK at `pointer`. Returns the number of its nodes. */
export function growTree(pointer: usize): u32 {
  const task = changetype<Task>(pointer);
  roundWeights(task);
  if (task.classes == 2 && task.criterion != SQUARED_ERROR) fillPairs(task);
  let nodes: u32 = 1;
  let leaves: u32 = 1;
  let waiting: u32 = 0;
  if (createNode(task, 0, 0, 0, task.count, 0)) {
    store<u32>(task.frontier, 0);
    waiting = 1;
  }
  while (waiting && (!task.maxLeaves || leaves < task.maxLeaves)) {
    const id = takeNext(task, waiting--);
    const node = nodeAt(task, id);
    node.feature = node.candidate;
    const middle = partition(task, node);
    node.left = nodes;
    for (let side: u32 = 0; side < 2; side++) {
      const start = side ? middle : node.start;
      const end = side ? node.end : middle;
      if (!createNode(task, nodes + side, id, start, end, node.depth + 1)) continue;
      store<u32>(task.frontier + ((<usize>waiting) << 2), nodes + side);
      waiting++;
    }
    nodes += 2;
    leaves++;
  }
  return nodes;
}
