/**
 * The search for the best split of a node of a boosted tree. ./boost.ts says what is computed.
 *
 * Every search walks along ids into a table of sums g, h: either the samples of the node in the order of a column (lists) or
 * the slots of its bins in a histogram. As all sums are exact, both find the same splits; lists are quicker where nearly
 * every value has a bin of its own, histograms where many samples share one.
 *
 * A list is split with its node, so that a node meets its own samples only. A histogram leaves out each column's common bin,
 * which is what the others lack of the node; that of the larger child of a node is what the smaller one leaves of the
 * node's own. A node of few samples lists the slots that it has instead.
 */
import { binOf } from './bins';
import { binsOf, firstSlot, gradientsOf, hasMissing, missingBin, Node, Task, worth } from './boost-node';
import { drawSubset, drawUnit } from './random';

/** The best split of the node at hand: its left sums, right sums, its worth and its place. */
let bestLoss: f32 = 0;
let bestFeature: i32 = -1;
let bestCut: i32 = 0;
let bestMissingLeft: u32 = 0;
let bestLeft: v128 = f64x2.splat(0);
let bestRight: v128 = f64x2.splat(0);

/** How many places for stored histograms are free now. */
let free: u32 = 0;

/**
 * Keeps a split if it is worth more than the best so far: that after (upwards) or before an id, `met` being the sums met so
 * far. Samples that share a bin with the next one, `next`, cannot be split from it.
 */
function consider(task: Task, node: Node, feature: u32, id: u32, next: u32, upwards: bool, met: v128): void {
  const rest = f64x2.sub(v128.load(changetype<usize>(node)), met);
  const loss = worth(task, node, met, rest);
  if (!(loss > bestLoss && loss < Infinity)) return;
  let bin = id - firstSlot(task, feature);
  if (task.lists) {
    bin = binOf(binsOf(task, feature), <usize>id, task.width);
    if (next != id && binOf(binsOf(task, feature), <usize>next, task.width) == bin) return;
  }
  bestLoss = loss;
  bestFeature = feature;
  bestCut = upwards ? <i32>bin : <i32>bin - 1;
  bestMissingLeft = upwards ? 0 : 1;
  bestLeft = upwards ? met : rest;
  bestRight = upwards ? rest : met;
}

/** Tries the split at every id, from `at` in steps of `step` bytes up to and with `last`. */
function scanAll<Id>(task: Task, node: Node, feature: u32, at: usize, last: usize, step: usize, table: usize): void {
  let met = f64x2.splat(0);
  const upwards = step == sizeof<Id>();
  for (; ; at += step) {
    const id = <u32>load<Id>(at);
    met = f64x2.add(met, v128.load(table + (<usize>id << 4)));
    const next = at == last ? id : <u32>load<Id>(at + step);
    consider(task, node, feature, id, next, upwards, met);
    if (at == last) return;
  }
}

/** What G^2 / H + G'^2 / H' of a split has to exceed, less more than f32 can be off by, so that none is missed. */
function targetOf(node: Node): f64 {
  return (<f64>bestLoss + <f64>node.gain) * (1 - 1e-6);
}

/**
 * As scanAll, where neither alpha nor max_delta_step matters and min_child_weight is positive. Sides that are too light are
 * passed over: H only grows on the way. Two ids are tried at once: G^2 / H + G'^2 / H' > target, multiplied out.
 */
function scanPlain<Id>(task: Task, node: Node, feature: u32, at: usize, last: usize, step: usize, table: usize): void {
  const upwards = step == sizeof<Id>();
  const least = task.minChildWeight;
  const total = v128.load(changetype<usize>(node));
  const gradient = v128.shuffle<f64>(total, total, 0, 0);
  const hessian = v128.shuffle<f64>(total, total, 1, 1);
  const lambda = f64x2.splat(task.lambda);
  let target = f64x2.splat(targetOf(node));
  let met = v128.load(table + (<usize>load<Id>(at) << 4));
  while (f64x2.extract_lane(met, 1) < least) {
    if (at == last) return;
    at += step;
    met = f64x2.add(met, v128.load(table + (<usize>load<Id>(at) << 4)));
  }
  while (at != last) {
    const middle = at + step;
    const one = v128.load(table + (<usize>load<Id>(middle) << 4));
    const second = f64x2.add(met, one);
    const g = v128.shuffle<f64>(met, second, 0, 2);
    const h = v128.shuffle<f64>(met, second, 1, 3);
    const restG = f64x2.sub(gradient, g);
    const restH = f64x2.sub(hessian, h);
    const below = f64x2.add(h, lambda);
    const above = f64x2.add(restH, lambda);
    const gains = f64x2.add(f64x2.mul(f64x2.mul(g, g), above), f64x2.mul(f64x2.mul(restG, restG), below));
    if (v128.any_true(f64x2.gt(gains, f64x2.mul(target, f64x2.mul(below, above))))) {
      consider(task, node, feature, <u32>load<Id>(at), <u32>load<Id>(middle), upwards, met);
      const next = middle == last ? middle : middle + step;
      consider(task, node, feature, <u32>load<Id>(middle), <u32>load<Id>(next), upwards, second);
      target = f64x2.splat(targetOf(node));
    }
    if (middle == last || f64x2.extract_lane(restH, 1) < least) return;
    at = middle + step;
    // The next sum does not wait for the one between.
    met = f64x2.add(met, f64x2.add(one, v128.load(table + (<usize>load<Id>(at) << 4))));
  }
  consider(task, node, feature, <u32>load<Id>(at), <u32>load<Id>(at), upwards, met);
}

/** Tries the splits of one feature in one direction, along `count` ids by ascending values. */
function scan<Id>(task: Task, node: Node, feature: u32, ids: usize, count: u32, upwards: bool, table: usize): void {
  if (!count) return;
  const highest = ids + <usize>(count - 1) * sizeof<Id>();
  const at = upwards ? ids : highest;
  const last = upwards ? highest : ids;
  const step = upwards ? sizeof<Id>() : 0 - sizeof<Id>();
  const plain = task.alpha == 0 && task.maxDeltaStep == 0 && task.minChildWeight > 0;
  if (plain) scanPlain<Id>(task, node, feature, at, last, step, table);
  else scanAll<Id>(task, node, feature, at, last, step, table);
}

/**
 * Tries the splits of one feature. Upwards, missing values go right; downwards, left. Exact splits of a column without
 * missing values are tried downwards only, as XGBoost tries them.
 */
function tryFeature<Id>(task: Task, node: Node, feature: u32, ids: usize, count: u32, table: usize): void {
  const some = hasMissing(task, feature);
  if (some || !task.exact) scan<Id>(task, node, feature, ids, count, true, table);
  if (some || task.exact) scan<Id>(task, node, feature, ids, count, false, table);
}

/** The samples of nodes of a depth in the order of each column. */
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

/** Copies those samples of a list that are to go left to `left`, the others to `right`. */
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

/** Splits the lists of a node whose samples from `middle` on go right. */
function splitListsOf<Id>(task: Task, node: Node, middle: u32): void {
  const sides = task.sides;
  for (let at = node.start; at < node.end; at++) {
    store<u8>(sides + <usize>load<u32>(task.samples + (<usize>at << 2)), at < middle ? 0 : 1);
  }
  const from = listsAt(task, node.depth);
  const to = listsAt(task, node.depth + 1);
  for (let i: u32 = 0; i < task.treeFeatures; i++) {
    const base = <usize>load<u32>(task.treeList + (<usize>i << 2)) * <usize>task.rows;
    const start = (base + <usize>node.start) * sizeof<Id>();
    const right = to + (base + <usize>middle) * sizeof<Id>();
    splitList<Id>(sides, from + start, node.end - node.start, to + start, right);
  }
}

/** Lists the samples of the root. Those that are not drawn end up behind them. */
function listRoot<Id>(task: Task, root: Node): void {
  const to = listsAt(task, 0);
  if (to == task.order) return;
  memory.fill(task.sides, 1, <usize>task.rows);
  for (let at: u32 = 0; at < root.end; at++) {
    store<u8>(task.sides + <usize>load<u32>(task.samples + (<usize>at << 2)), 0);
  }
  for (let i: u32 = 0; i < task.treeFeatures; i++) {
    const start = <usize>load<u32>(task.treeList + (<usize>i << 2)) * <usize>task.rows * sizeof<Id>();
    splitList<Id>(task.sides, task.order + start, task.rows, to + start, to + start + <usize>root.end * sizeof<Id>());
  }
}

/** The place of a stored histogram. */
function storedAt(task: Task, slot: i32): usize {
  return task.stored + <usize>slot * <usize>(firstSlot(task, task.features)) * 16;
}

/** Adds the gradients of samples start to end, times a sign, to the slots of a histogram. */
function addRows<Id>(task: Task, start: u32, end: u32, sign: f64, table: usize): void {
  const gradients = gradientsOf(task);
  for (let at = start; at < end; at++) {
    const sample = <usize>load<u32>(task.samples + (<usize>at << 2));
    const sums = f64x2.mul(v128.load(gradients + (sample << 4)), f64x2.splat(sign));
    const first = load<u32>(task.rowStarts + (sample << 2));
    const last = task.rowSlots + <usize>load<u32>(task.rowStarts + (sample << 2), 4) * sizeof<Id>();
    for (let from = task.rowSlots + <usize>first * sizeof<Id>(); from < last; from += sizeof<Id>()) {
      const slot = table + (<usize>load<Id>(from) << 4);
      v128.store(slot, f64x2.add(v128.load(slot), sums));
    }
  }
}

/** Marks the slots of a node's samples. */
function markRows<Id>(task: Task, node: Node): void {
  const marks = task.marks;
  for (let at = node.start; at < node.end; at++) {
    const sample = <usize>load<u32>(task.samples + (<usize>at << 2));
    const first = load<u32>(task.rowStarts + (sample << 2));
    const last = task.rowSlots + <usize>load<u32>(task.rowStarts + (sample << 2), 4) * sizeof<Id>();
    for (let from = task.rowSlots + <usize>first * sizeof<Id>(); from < last; from += sizeof<Id>()) {
      const slot = <usize>load<Id>(from);
      const word = marks + ((slot >> 6) << 3);
      store<u64>(word, load<u64>(word) | (<u64>1 << <u64>(slot & 63)));
    }
  }
}

/** Lists the marked slots. Returns the end of the list. */
function listMarked<Id>(task: Task): usize {
  let out = task.slotList;
  for (let w: u32 = 0; w <= firstSlot(task, task.features) >> 6; w++) {
    for (let bits = load<u64>(task.marks + (<usize>w << 3)); bits; bits &= bits - 1) {
      store<Id>(out, <Id>((w << 6) | <u32>ctz(bits)));
      out += sizeof<Id>();
    }
  }
  return out;
}

/** Tries the splits of one feature in a histogram: of those slots that are listed from ids to end, or may be. */
function trySlots<Id>(task: Task, node: Node, feature: u32, ids: usize, end: usize, table: usize): void {
  const first = firstSlot(task, feature);
  const missing = first + missingBin(task, feature);
  const common = load<u32>(task.common + (<usize>feature << 2));
  const slot = table + (<usize>(first + common) << 4);
  if (common != u32.MAX_VALUE) {
    let others = f64x2.splat(0);
    for (let at = ids; at < end; at += sizeof<Id>()) {
      others = f64x2.add(others, v128.load(table + (<usize>load<Id>(at) << 4)));
    }
    v128.store(slot, f64x2.sub(v128.load(changetype<usize>(node)), others));
  }
  if (end > ids && <u32>load<Id>(end - sizeof<Id>()) == missing) end -= sizeof<Id>();
  tryFeature<Id>(task, node, feature, ids, <u32>((end - ids) / sizeof<Id>()), table);
  if (common != u32.MAX_VALUE) v128.store(slot, f64x2.splat(0));
}

/** Tries the splits of some features in the node's histogram. */
function tryStored<Id>(task: Task, node: Node, features: usize): void {
  const table = storedAt(task, node.slot);
  for (let i: u32 = 0; i < task.nodeFeatures; i++) {
    const feature = load<u32>(features + (<usize>i << 2));
    const ids = task.identity + <usize>firstSlot(task, feature) * sizeof<Id>();
    const end = task.identity + <usize>firstSlot(task, feature + 1) * sizeof<Id>();
    trySlots<Id>(task, node, feature, ids, end, table);
  }
}

/** Tries the splits of some features of a node of few samples, at those slots that it has. */
function tryListed<Id>(task: Task, node: Node, features: usize): void {
  const words = <usize>((firstSlot(task, task.features) >> 6) + 1);
  memory.copy(task.marks, task.commonMarks, words << 3);
  markRows<Id>(task, node);
  addRows<Id>(task, node.start, node.end, 1, task.histogram);
  const last = listMarked<Id>(task);
  let at = task.slotList;
  for (let i: u32 = 0; i < task.nodeFeatures; i++) {
    const feature = load<u32>(features + (<usize>i << 2));
    while (at < last && <u32>load<Id>(at) < firstSlot(task, feature)) at += sizeof<Id>();
    const ids = at;
    while (at < last && <u32>load<Id>(at) < firstSlot(task, feature + 1)) at += sizeof<Id>();
    trySlots<Id>(task, node, feature, ids, at, task.histogram);
  }
  for (at = task.slotList; at < last; at += sizeof<Id>()) {
    v128.store(task.histogram + (<usize>load<Id>(at) << 4), f64x2.splat(0));
  }
}

/** Adds up the histogram of a node in a place of its own. */
function storeHistogram(task: Task, node: Node): void {
  free--;
  node.slot = load<i32>(task.free + (<usize>free << 2));
  const table = storedAt(task, node.slot);
  memory.fill(table, 0, <usize>firstSlot(task, task.features) << 4);
  if (task.wideIds) addRows<u32>(task, node.start, node.end, 1, table);
  else addRows<u16>(task, node.start, node.end, 1, table);
}

export function freeHistogram(task: Task, node: Node): void {
  if (node.slot < 0) return;
  store<i32>(task.free + (<usize>free << 2), node.slot);
  free++;
  node.slot = -1;
}

/** Takes the histogram of a child from that of its node, which becomes that of the other child. */
function takeHistogram(task: Task, table: usize, child: Node): void {
  if (child.slot < 0) {
    if (task.wideIds) addRows<u32>(task, child.start, child.end, -1, table);
    else addRows<u16>(task, child.start, child.end, -1, table);
    return;
  }
  let other = storedAt(task, child.slot);
  for (let end = table + (<usize>firstSlot(task, task.features) << 4); table < end; table += 16) {
    v128.store(table, f64x2.sub(v128.load(table), v128.load(other)));
    other += 16;
  }
}

/** Gives the children of a node histograms of their own, where they have many samples. */
function shareHistogram(task: Task, node: Node, first: Node, second: Node): void {
  if (node.slot < 0) return;
  const isFirst = first.end - first.start < second.end - second.start;
  const small = isFirst ? first : second;
  const large = isFirst ? second : first;
  if (large.end - large.start < task.storeFrom) return freeHistogram(task, node);
  if (small.end - small.start >= task.storeFrom) storeHistogram(task, small);
  takeHistogram(task, storedAt(task, node.slot), small);
  large.slot = node.slot;
  node.slot = -1;
}

/** Makes ready what the root is searched in, once its samples are drawn. */
export function prepareRoot(task: Task, root: Node): void {
  for (free = 0; free < task.freeCount; free++) store<u32>(task.free + (<usize>free << 2), free);
  if (task.lists) {
    if (task.wideIds) listRoot<u32>(task, root);
    else listRoot<u16>(task, root);
  } else if (root.end >= task.storeFrom) storeHistogram(task, root);
}

/** Makes ready what the children of a node are searched in, where one of them may be split. */
export function prepareChildren(task: Task, node: Node, first: Node, second: Node): void {
  if (!maySplit(task, first) && !maySplit(task, second)) return freeHistogram(task, node);
  if (!task.lists) return shareHistogram(task, node, first, second);
  if (task.wideIds) splitListsOf<u32>(task, node, second.start);
  else splitListsOf<u16>(task, node, second.start);
}

/** Whether a node is heavy enough for two children. */
function maySplit(task: Task, node: Node): bool {
  return node.hessian >= 2 * task.minChildWeight;
}

/** Copies the marked ones of a list of n and clears the marks. */
function copyMarked(task: Task, n: u32, from: usize, to: usize): void {
  for (let w: u32 = 0; w < (n + 63) >> 6; w++) {
    const at = task.chosen + (<usize>w << 3);
    let bits = load<u64>(at);
    store<u64>(at, 0);
    for (; bits; bits &= bits - 1) {
      store<u32>(to, load<u32>(from + (<usize>((w << 6) | <u32>ctz(bits)) << 2)));
      to += 4;
    }
  }
}

/** Draws k of the n features of a list, in their order. */
export function drawFeatures(task: Task, state: usize, n: u32, k: u32, from: usize, to: usize): void {
  drawSubset(state, n, k, task.chosen);
  copyMarked(task, n, from, to);
}

/** The features of a level: the same for all its nodes, whenever they are asked for. */
function drawLevel(task: Task, depth: u32): void {
  const state = task.random + 16;
  memory.copy(state, task.random + 32, 16);
  store<u32>(state, load<u32>(state) ^ ((depth + 1) * 0x9e3779b9));
  for (let i = 0; i < 8; i++) drawUnit(state);
  drawFeatures(task, state, task.treeFeatures, task.levelFeatures, task.treeList, task.levelList);
}

/** The features that a node may be split by: u32[nodeFeatures]. */
function featuresOf(task: Task, depth: u32): usize {
  let list = task.treeList;
  if (task.levelFeatures < task.treeFeatures) {
    drawLevel(task, depth);
    list = task.levelList;
  }
  if (task.nodeFeatures == task.levelFeatures) return list;
  drawFeatures(task, task.random, task.levelFeatures, task.nodeFeatures, list, task.nodeList);
  return task.nodeList;
}

function tryLists<Id>(task: Task, node: Node, features: usize): void {
  for (let i: u32 = 0; i < task.nodeFeatures; i++) {
    tryList<Id>(task, node, load<u32>(features + (<usize>i << 2)));
  }
}

function tryAll<Id>(task: Task, node: Node, features: usize): void {
  if (task.lists) tryLists<Id>(task, node, features);
  else if (node.slot < 0) tryListed<Id>(task, node, features);
  else tryStored<Id>(task, node, features);
}

/** Looks for the best split of a node. */
export function searchSplit(task: Task, node: Node): void {
  bestLoss = 0;
  bestFeature = -1;
  const features = featuresOf(task, node.depth);
  if (maySplit(task, node)) {
    if (task.wideIds) tryAll<u32>(task, node, features);
    else tryAll<u16>(task, node, features);
  }
  node.loss = bestLoss;
  node.candidate = bestFeature;
  node.cut = bestCut;
  node.missingLeft = bestMissingLeft;
  node.leftGradient = f64x2.extract_lane(bestLeft, 0);
  node.leftHessian = f64x2.extract_lane(bestLeft, 1);
  node.rightGradient = f64x2.extract_lane(bestRight, 0);
  node.rightHessian = f64x2.extract_lane(bestRight, 1);
}
