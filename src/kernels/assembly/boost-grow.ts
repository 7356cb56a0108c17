/**
 * Growing trees by second-order gradients: Chen and Guestrin, "XGBoost: a scalable tree boosting system" (2016), in
 * the arithmetic of XGBoost 1.7 (src/tree/), so that the same splits are found.
 *
 * A node has the sums G and H of its samples' gradients g and h. Its weight is w = -T(G) / (H + lambda), where T
 * moves G by alpha towards zero. Its gain is T(G)^2 / (H + lambda). A split is worth gain(left) + gain(right) -
 * gain(node). With max_delta_step, w is clipped to it, and the gain is -(2 G w + (H + lambda) w^2). g, h and gains
 * are f32.
 *
 * Sums are exact: see ./exact.ts. So a split may be searched in whatever way is fastest, and a histogram may be
 * subtracted from another one.
 *
 * A value x goes left if x < threshold. A missing value goes to the side where the split is worth more. Splits are
 * searched between bins. With exact, each value has a bin of its own, and a threshold lies midway between the two
 * values of the node that it separates. With hist, bins end at quantiles, and a threshold is a cut between bins. Of
 * equally good splits the first counts: lower features come first, then lower thresholds. In an exact column without
 * missing values, higher thresholds come first.
 *
 * The reference is ../reference/boost.ts.
 */
import { binOf } from './bins';
import { drawTreeFeatures } from './boost-features';
import { freeHistogram } from './boost-histograms';
import { refitLeaf } from './boost-refit';
import { prepareChildren, prepareRoot, searchSplit } from './boost-search';
import { gainOf, weightOf } from './boost-split';
import { binsOf, firstSlot, gradientsOf, missingBin, Node, nodeAt, Task } from './boost-task';
import { copyWords } from './copy';
import { drawUnit } from './random';

/** A split must be worth more than this: kRtEps of XGBoost. */
const SMALLEST_LOSS: f32 = 1e-6;

/** The sums of g and h of the node's samples `start` to `end` - 1. */
function sumGradients(task: Task, start: u32, end: u32): v128 {
  const gradients = gradientsOf(task);
  let sum = f64x2.splat(0);
  for (let at = start; at < end; at++) {
    const sample = <usize>load<u32>(task.samples + ((<usize>at) << 2));
    sum = f64x2.add(sum, v128.load(gradients + (sample << 4)));
  }
  return sum;
}

/** Makes node `id` of the samples `start` to `end` - 1 with the given sums. */
function createNode(task: Task, id: u32, start: u32, end: u32, depth: u32, sums: v128): Node {
  const node = nodeAt(task, id);
  node.start = start;
  node.end = end;
  node.depth = depth;
  node.feature = -1;
  node.candidate = -1;
  node.left = 0;
  node.loss = 0;
  node.slot = -1;
  node.gradient = f64x2.extract_lane(sums, 0);
  node.hessian = f64x2.extract_lane(sums, 1);
  node.weight = weightOf(task, node.gradient, node.hessian);
  node.gain = gainOf(task, node.gradient, node.hessian);
  return node;
}

/**
 * Whether the best split of a node is made (CPUExpandEntry::IsValid of XGBoost). With exact, pruning decides later.
 */
function splits(task: Task, node: Node): bool {
  if (!(node.loss > SMALLEST_LOSS)) return false;
  if (task.exact) return true;
  if (node.leftHessian == 0 || node.rightHessian == 0) return false;
  return <f64>node.loss >= task.minSplitLoss;
}

/** The threshold between two neighbors lower < upper, with lower < threshold <= upper. */
function between(lower: f32, upper: f32): f32 {
  const middle: f32 = (lower + upper) * 0.5;
  return middle > lower && middle <= upper ? middle : upper;
}

/** The lowest value in a bin of a column, or a number above all of its values. */
function lowOf(task: Task, feature: u32, bin: i32): f32 {
  return load<f32>(task.lows + ((<usize>(firstSlot(task, feature) + bin)) << 2));
}

/**
 * Moves the threshold of an exact split midway between the highest value on its left and the lowest one on its right.
 * The cut moves along, because samples that the tree is not grown from may lie between the two.
 */
function center(task: Task, node: Node): void {
  const bins = binsOf(task, node.feature);
  const missing = <i32>missingBin(task, node.feature);
  let left: i32 = -1;
  let right = missing;
  for (let at = node.start; at < node.end; at++) {
    const sample = <usize>load<u32>(task.samples + ((<usize>at) << 2));
    const bin = <i32>binOf(bins, sample, task.width);
    if (bin <= node.cut) left = max(left, bin);
    else right = min(right, bin);
  }
  node.threshold = lowOf(task, node.feature, right);
  if (left < 0) node.threshold = -Infinity;
  else if (right < missing) node.threshold = between(lowOf(task, node.feature, left), node.threshold);
  node.cut = left;
  while (lowOf(task, node.feature, node.cut + 1) < node.threshold) node.cut++;
}

/**
 * Puts the samples that go left before those that go right. Both keep their order. Returns where the second ones
 * start.
 */
function partition(task: Task, node: Node, samples: usize, start: u32, end: u32): u32 {
  const bins = binsOf(task, node.feature);
  const cut = node.cut;
  // The bin of missing values is above all others, so they go right without a test. They need a test only to go left.
  const missing = node.missingLeft ? <i32>missingBin(task, node.feature) : -1;
  let left = samples + ((<usize>start) << 2);
  let right = task.places;
  for (let at = left; at < samples + ((<usize>end) << 2); at += 4) {
    const sample = load<u32>(at);
    const bin = <i32>binOf(bins, <usize>sample, task.width);
    const isRight = <usize>((<u32>(bin > cut)) & (<u32>(bin != missing)));
    store<u32>(left, sample);
    store<u32>(right, sample);
    left += (1 - isRight) << 2;
    right += isRight << 2;
  }
  copyWords(left, task.places, right - task.places);
  return <u32>((left - samples) >> 2);
}

/** Splits a node by its candidate into the nodes `left` and `left` + 1. */
function expand(task: Task, node: Node, left: u32): void {
  node.feature = node.candidate;
  node.left = left;
  if (task.exact) center(task, node);
  else node.threshold = node.cut < 0 ? -Infinity : lowOf(task, node.feature, node.cut + 1);
  const middle = partition(task, node, task.samples, node.start, node.end);
  const others = partition(task, node, task.others, node.othersStart, node.othersEnd);
  const leftSums = v128.load(changetype<usize>(node) + offsetof<Node>('leftGradient'));
  const rightSums = v128.load(changetype<usize>(node) + offsetof<Node>('rightGradient'));
  const first = createNode(task, left, node.start, middle, node.depth + 1, leftSums);
  const second = createNode(task, left + 1, middle, node.end, node.depth + 1, rightSums);
  first.othersStart = node.othersStart;
  first.othersEnd = others;
  second.othersStart = others;
  second.othersEnd = node.othersEnd;
}

/**
 * Takes the next node to split from the frontier: the first one, or with lossGuide the one whose split is worth most.
 * `waiting` is how many nodes wait there.
 */
function takeNext(task: Task, waiting: u32): u32 {
  let chosen: u32 = 0;
  for (let i: u32 = 1; task.lossGuide && i < waiting; i++) {
    const here = nodeAt(task, load<u32>(task.frontier + ((<usize>i) << 2))).loss;
    if (here > nodeAt(task, load<u32>(task.frontier + ((<usize>chosen) << 2))).loss) chosen = i;
  }
  const at = task.frontier + ((<usize>chosen) << 2);
  const id = load<u32>(at);
  memory.copy(at, at + 4, (<usize>(waiting - 1 - chosen)) << 2);
  return id;
}

/**
 * Draws the samples of the tree and makes the root of them. The samples not drawn and those held out are the others.
 */
function drawRoot(task: Task): Node {
  let drawn: u32 = 0;
  let others: u32 = 0;
  for (let i: u32 = 0; i < task.trainCount; i++) {
    const sample = load<u32>(task.train + ((<usize>i) << 2));
    if (task.subsample < 1 && drawUnit(task.random) >= task.subsample) {
      store<u32>(task.others + ((<usize>others) << 2), sample);
      others++;
    } else {
      store<u32>(task.samples + ((<usize>drawn) << 2), sample);
      drawn++;
    }
  }
  memory.copy(task.others + ((<usize>others) << 2), task.held, (<usize>task.heldCount) << 2);
  const root = createNode(task, 0, 0, drawn, 0, sumGradients(task, 0, drawn));
  root.othersStart = 0;
  root.othersEnd = others + task.heldCount;
  return root;
}

/** Cuts splits that are worth too little where both children are leaves, from the leaves up (`prune` of XGBoost). */
function prune(task: Task, nodes: u32): void {
  for (let id = nodes; id > 0; id--) {
    const node = nodeAt(task, id - 1);
    if (node.feature < 0 || <f64>node.loss >= task.minSplitLoss) continue;
    if (nodeAt(task, node.left).feature < 0 && nodeAt(task, node.left + 1).feature < 0) node.feature = -1;
  }
}

/** The value of a leaf. */
function leafValue(task: Task, node: Node): f32 {
  return node.weight * <f32>task.learningRate;
}

/** Adds the tree to the margins of all samples below node `id`, whose parents are all split. */
function addMargins(task: Task, id: u32): void {
  const node = nodeAt(task, id);
  if (node.feature >= 0) {
    addMargins(task, node.left);
    addMargins(task, node.left + 1);
    return;
  }
  if (task.refit) refitLeaf(task, node);
  const value = leafValue(task, node);
  addToSamples(task, task.samples, node.start, node.end, value);
  addToSamples(task, task.others, node.othersStart, node.othersEnd, value);
}

/** Adds a leaf's value to the margins of `samples[start]` to `samples[end - 1]`. */
function addToSamples(task: Task, samples: usize, start: u32, end: u32, value: f32): void {
  for (let i = start; i < end; i++) {
    const sample = <usize>load<u32>(samples + ((<usize>i) << 2));
    const at = task.margins + ((sample * <usize>task.outputs + <usize>task.output) << 2);
    store<f32>(at, load<f32>(at) + value);
  }
}

/**
 * Searches the best split of a node. Returns whether it is made. A large node keeps its histogram for its children.
 */
function isSplit(task: Task, node: Node): bool {
  searchSplit(task, node);
  const found = splits(task, node);
  if (!found || node.end - node.start < task.storeFrom) freeHistogram(task, node);
  return found;
}

/**
 * Grows one tree from a BOOST_TASK at `pointer` and adds it to the margins of all samples. Returns the number of its
 * nodes, including those that pruning cut.
 */
export function boostTree(pointer: usize): u32 {
  const task = changetype<Task>(pointer);
  const root = drawRoot(task);
  drawTreeFeatures(task);
  prepareRoot(task, root);
  let nodes: u32 = 1;
  let leaves: u32 = 1;
  let waiting: u32 = 0;
  const limit = task.maxDepth ? task.maxDepth : u32.MAX_VALUE;
  if (isSplit(task, root)) {
    store<u32>(task.frontier, 0);
    waiting = 1;
  }
  while (waiting && (!task.maxLeaves || leaves < task.maxLeaves)) {
    const node = nodeAt(task, takeNext(task, waiting--));
    expand(task, node, nodes);
    leaves++;
    const isLast = node.depth + 1 >= limit;
    if (isLast) freeHistogram(task, node);
    else prepareChildren(task, node, nodeAt(task, nodes), nodeAt(task, nodes + 1));
    for (let side: u32 = 0; side < 2 && !isLast; side++) {
      if (!isSplit(task, nodeAt(task, nodes + side))) continue;
      store<u32>(task.frontier + ((<usize>waiting) << 2), nodes + side);
      waiting++;
    }
    nodes += 2;
  }
  if (task.exact && task.minSplitLoss > 0) prune(task, nodes);
  addMargins(task, 0);
  return nodes;
}
