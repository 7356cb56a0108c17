/**
 * The search for the best threshold of one feature in a node of a tree, over the sorted columns of ./presort.ts.
 * ./tree-grow.ts says what is computed.
 */
import { clearWords, copyWords } from './copy';
import { gatherPlaces, sortPlaces } from './presort';
import { bestCost, costOf, costOfPairs, offer, SAME_VALUE } from './tree-split';
import { addSample, ENTROPY, Node, SQUARED_ERROR, Task } from './tree-task';

/** The pair of sums of the sample at the i-th sorted place: see task.pairs. */
// @ts-ignore: decorator
@inline
function pairAt<Id>(task: Task, order: usize, i: u32): v128 {
  const place = <usize>load<u32>(task.places + ((<usize>i) << 2));
  return v128.load(task.pairs + ((<usize>load<Id>(order + place * sizeof<Id>())) << 4));
}

/** The value before the i-th sorted place. Before the first, it is the lowest value of the column. */
function valueBefore(task: Task, sorted: usize, i: u32): f32 {
  return load<f32>(sorted + (i ? (<usize>load<u32>(task.places + ((<usize>(i - 1)) << 2))) << 2 : 0));
}

/** The value at the i-th sorted place. */
function valueAt(task: Task, sorted: usize, i: u32): f32 {
  return load<f32>(sorted + ((<usize>load<u32>(task.places + ((<usize>i) << 2))) << 2));
}

/**
 * Whether a threshold fits between two of the sorted places, or below the first one if `before` other samples are
 * there.
 */
function haveGap(task: Task, sorted: usize, before: u32, count: u32): bool {
  for (let i: u32 = before ? 0 : 1; i < count; i++) {
    if (valueAt(task, sorted, i) > valueBefore(task, sorted, i) + SAME_VALUE) return true;
  }
  return false;
}

/** Tries the threshold below the i-th sorted place. `left` holds the sums on its left, `total` those of the node. */
function tryPair(task: Task, feature: u32, before: u32, count: u32, i: u32, left: v128, total: v128): void {
  const sorted = task.sorted + ((<usize>feature * <usize>task.rows) << 2);
  const below = valueBefore(task, sorted, i);
  const value = valueAt(task, sorted, i);
  if (value <= below + SAME_VALUE) return;
  if (before + i < task.minSamplesLeaf || count - i < task.minSamplesLeaf) return;
  offer(costOfPairs(task, left, f64x2.sub(total, left)), feature, below, value);
}

/**
 * What (a^2 + b^2) / w, or of values b^2 / w, of both sides has to add up to for a cost below the best one. It is
 * lowered by more than rounding can change, so that no split is missed.
 */
function pairTarget(task: Task, weight: f64): f64 {
  if (bestCost == Infinity) return -1;
  if (task.criterion == SQUARED_ERROR) return bestCost * (1e-9 - 1);
  return weight - bestCost - 1e-9 * weight;
}

/**
 * Tries every threshold of a feature for two classes and gini, or for values. Returns whether the values of the feature
 * differ.
 *
 * `count` samples of the node have the sorted places in task.places. `before` other samples are below them, at the
 * lowest value of the column; their sums are in task.sides. `values` holds the sums of the node. Two places are tried
 * at once, by the comparison with the best cost multiplied out. Only splits that pass it are computed exactly.
 */
function scanPairs<Id>(task: Task, feature: u32, before: u32, count: u32, values: usize): bool {
  const offset = <usize>feature * <usize>task.rows;
  const order = task.order + offset * sizeof<Id>();
  if (!haveGap(task, task.sorted + (offset << 2), before, count)) return false;
  const total = v128.load(values);
  const firstTotal = v128.shuffle<f64>(total, total, 0, 0);
  const secondTotal = v128.shuffle<f64>(total, total, 1, 1);
  const isValue = task.criterion == SQUARED_ERROR;
  // For classes, both sums are weights and both are squared. For values, the first is the weight, and the second is
  // squared.
  const classes = i64x2.splat(isValue ? 0 : -1);
  const weight = f64x2.extract_lane(total, 0) + (isValue ? 0 : f64x2.extract_lane(total, 1));
  let target = f64x2.splat(pairTarget(task, weight));
  let i: u32 = before ? 0 : 1;
  let left = before ? v128.load(task.sides) : pairAt<Id>(task, order, 0);
  while (true) {
    const pair = pairAt<Id>(task, order, i);
    const next = f64x2.add(left, pair);
    const a = v128.shuffle<f64>(left, next, 0, 2);
    const b = v128.shuffle<f64>(left, next, 1, 3);
    const c = f64x2.sub(firstTotal, a);
    const d = f64x2.sub(secondTotal, b);
    const leftWeight = f64x2.add(a, v128.and(classes, b));
    const rightWeight = f64x2.add(c, v128.and(classes, d));
    const leftSquares = f64x2.add(v128.and(classes, f64x2.mul(a, a)), f64x2.mul(b, b));
    const rightSquares = f64x2.add(v128.and(classes, f64x2.mul(c, c)), f64x2.mul(d, d));
    const found = f64x2.add(f64x2.mul(leftSquares, rightWeight), f64x2.mul(rightSquares, leftWeight));
    if (v128.any_true(f64x2.gt(found, f64x2.mul(target, f64x2.mul(leftWeight, rightWeight))))) {
      tryPair(task, feature, before, count, i, left, total);
      if (i + 1 < count) tryPair(task, feature, before, count, i + 1, next, total);
      target = f64x2.splat(pairTarget(task, weight));
    }
    i += 2;
    if (i >= count) return true;
    left = f64x2.add(left, f64x2.add(pair, pairAt<Id>(task, order, i - 1)));
  }
}

/** Does what scanPairs does, for any number of classes and both impurities. */
function scanClasses<Id>(task: Task, feature: u32, before: u32, count: u32, values: usize): bool {
  const offset = <usize>feature * <usize>task.rows;
  const order = task.order + offset * sizeof<Id>();
  const sorted = task.sorted + (offset << 2);
  const fewest = task.minSamplesLeaf;
  let place = <usize>load<u32>(task.places);
  let value = load<f32>(before ? sorted : sorted + (place << 2));
  let differ = false;
  for (let i: u32 = before ? 0 : 1; i < count; i++) {
    if (i) addSample(task, <usize>load<Id>(order + place * sizeof<Id>()), task.sides);
    place = <usize>load<u32>(task.places + ((<usize>i) << 2));
    const below = value;
    value = load<f32>(sorted + (place << 2));
    if (value <= below + SAME_VALUE) continue;
    differ = true;
    if (before + i < fewest || count - i < fewest) continue;
    offer(costOf(task, task.sides, values), feature, below, value);
  }
  return differ;
}

/**
 * Writes to task.sides the class weights of a node (`values`) less those of its samples at the `count` sorted places.
 */
function subtractAbove<Id>(task: Task, order: usize, count: u32, values: usize): void {
  copyWords(task.sides, values, (<usize>task.classes) << 3);
  for (let i: u32 = 0; i < count; i++) {
    const place = <usize>load<u32>(task.places + ((<usize>i) << 2));
    const sample = <usize>load<Id>(order + place * sizeof<Id>());
    const slot = task.sides + ((<usize>load<i32>(task.labels + (sample << 2))) << 3);
    store<f64>(slot, load<f64>(slot) - load<f64>(task.weights + (sample << 3)));
  }
}

/** Does what subtractAbove does, for pairs of sums. */
function subtractPairsAbove<Id>(task: Task, order: usize, count: u32, values: usize): void {
  let even = v128.load(values);
  let odd = f64x2.splat(0);
  for (let i: u32 = 0; i + 1 < count; i += 2) {
    even = f64x2.sub(even, pairAt<Id>(task, order, i));
    odd = f64x2.sub(odd, pairAt<Id>(task, order, i + 1));
  }
  if (count & 1) even = f64x2.sub(even, pairAt<Id>(task, order, count - 1));
  v128.store(task.sides, f64x2.add(even, odd));
}

/**
 * Tries every threshold of a feature in a node with the class weights `values`. Returns whether its values differ.
 * Samples at the lowest value of the column are not sorted, which saves most of the work where nearly all values are
 * zero.
 */
export function tryBest<Id>(task: Task, feature: u32, node: Node, values: usize): bool {
  const count = node.end - node.start;
  const offset = <usize>feature * <usize>task.rows * sizeof<Id>();
  const first = task.samples + ((<usize>node.start) << 2);
  const run = load<u32>(task.run + ((<usize>feature) << 2));
  const above = <u32>(
    ((gatherPlaces<Id>(task.place + offset, first, count, run, task.rows, task.places) - task.places) >> 2)
  );
  if (!above) return false;
  sortPlaces(task.rows, task.places, above, task.bitmap);
  const pairs = task.classes == 2;
  const order = task.order + offset;
  if (above == count) clearWords(task.sides, (<usize>task.classes) << 3);
  else if (pairs) subtractPairsAbove<Id>(task, order, above, values);
  else subtractAbove<Id>(task, order, above, values);
  if (pairs && task.criterion != ENTROPY) return scanPairs<Id>(task, feature, count - above, above, values);
  return scanClasses<Id>(task, feature, count - above, above, values);
}
