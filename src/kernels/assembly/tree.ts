/**
 * Growing and reading a classification tree (Breiman et al. 1984, with the rules of scikit-learn's tree module).
 *
 * A node holds m samples of total weight w and class weights w_c. Its impurity i is gini, 1 - sum (w_c / w)^2, or
 * entropy, -sum (w_c / w) log2 (w_c / w). A split sends x <= threshold left and is chosen to minimise
 * w_left i_left + w_right i_right among the drawn features: over all midpoints between neighbouring values (best), or
 * at one uniformly drawn threshold a feature (random: Geurts et al. 2006). Values closer than 1e-7 are one value.
 * Nodes are split depth first, or, where leaves are limited, in the order of their improvement
 * w / W (i - w_left / w i_left - w_right / w i_right). Sums of weights are exact, as ./exact.ts tells.
 *
 * The reference is ../reference/tree.ts.
 */
import { clearWords, copyWords } from './copy';
import { rounderOf } from './exact';
import { log } from './math';
import { gatherPlaces, sortPlaces } from './presort';
import { drawBelow, drawUnit } from './random';

/** Values that differ by less are equal: scikit-learn's FEATURE_THRESHOLD. */
const SAME_VALUE: f32 = 1e-7;
/** Impurities up to this are zero: the spacing of f64 at 1. */
const EPSILON: f64 = 2.220446049250313e-16;
const LN2: f64 = 0.6931471805599453;

/** What a tree is grown from and with; src/ml/trees/task.ts writes it, in this order. */
@unmanaged
class Task {
  minWeightLeaf: f64;
  minImprovement: f64;
  /** The weight of all samples. */
  totalWeight: f64;
  rows: u32;
  features: u32;
  classes: u32;
  /** How many samples the tree is grown from. */
  count: u32;
  /** 1 for entropy, 0 for gini. */
  entropy: u32;
  /** 1 for random thresholds, 0 for the best ones. */
  randomThresholds: u32;
  maxFeatures: u32;
  /** 1 where all features are tried in their order, 0 where they are drawn. */
  inOrder: u32;
  maxDepth: u32;
  minSamplesSplit: u32;
  minSamplesLeaf: u32;
  /** 0 for no limit. */
  maxLeaves: u32;
  /** 1: order and place are u32, 0: u16; `Id` below. */
  wideIds: u32;
  /** f32[features][rows], and what sortColumns makes of it (unused with random thresholds). */
  columns: usize;
  order: usize;
  place: usize;
  sorted: usize;
  run: usize;
  /** i32[rows], f64[rows]. */
  labels: usize;
  weights: usize;
  /** u32[count], reordered: the samples of a node stand together. */
  samples: usize;
  /** The state of the generator. */
  random: usize;
  /** Scratch: u32[features] holding a permutation. */
  permutation: usize;
  /** Scratch: u32[rows + 3] (the f32 values of a node where thresholds are drawn), and the bitmap of sortPlaces. */
  places: usize;
  bitmap: usize;
  /** Scratch: f64[rows][2], the weight of a sample in the column of its class (two classes only). */
  pairs: usize;
  /**
   * Scratch: f64[(rows + 3) / 2][2][2], the pairs of a node's samples where thresholds are drawn, in their order: of two
   * samples, what they have of the one class and then of the other.
   */
  ordered: usize;
  /** Scratch: f64[2][classes]. */
  sides: usize;
  /**
   * Scratch: u64[2 * count - 1][features / 64], for each node the features that are constant in it, as far as known.
   */
  constant: usize;
  /** Scratch: u32[2 * count]. */
  frontier: usize;
  /** Output: Node[2 * count - 1] and their class weights f64[2 * count - 1][classes]. */
  nodes: usize;
  values: usize;
}

/** A node; src/ml/trees/task.ts reads it. */
@unmanaged
class Node {
  impurity: f64;
  weight: f64;
  improvement: f64;
  start: u32;
  end: u32;
  depth: u32;
  /** The feature it is split by, or -1 for a leaf. */
  feature: i32;
  /** The feature it would be split by. */
  candidate: i32;
  threshold: f32;
  /** The left child; the right one follows it. */
  left: u32;
  unused: u32;
}

const NODE_BYTES: usize = offsetof<Node>();

/** The best split of the node at hand. */
let bestCost: f64 = Infinity;
let bestFeature: i32 = -1;
let bestThreshold: f32 = 0;

function nodeAt(task: Task, id: u32): Node {
  return changetype<Node>(task.nodes + <usize>id * NODE_BYTES);
}

function valuesOf(task: Task, id: u32): usize {
  return task.values + ((<usize>id * <usize>task.classes) << 3);
}

function impurityOf(task: Task, weights: usize, total: f64): f64 {
  let sum: f64 = 0;
  for (let c: u32 = 0; c < task.classes; c++) {
    const weight = load<f64>(weights + (<usize>c << 3));
    if (!task.entropy) sum += weight * weight;
    else if (weight > 0) sum -= (weight / total) * (log(weight / total) / LN2);
  }
  return task.entropy ? sum : 1 - sum / (total * total);
}

/** The largest f32 that is not above the threshold: it decides every f32 as the threshold does. */
function roundDown(threshold: f64): f32 {
  const near = <f32>threshold;
  if (<f64>near <= threshold) return near;
  const bits = reinterpret<i32>(near);
  if (near == 0) return reinterpret<f32>(0x80000001);
  return reinterpret<f32>(near > 0 ? bits - 1 : bits + 1);
}

/** The midpoint of two neighbours, below < above. */
function midpoint(below: f32, above: f32): f32 {
  const threshold = <f64>below / 2 + <f64>above / 2;
  return threshold == <f64>above || abs(threshold) == Infinity ? below : roundDown(threshold);
}

function offer(cost: f64, feature: u32, below: f32, above: f32): void {
  if (!(cost < bestCost)) return;
  bestCost = cost;
  bestFeature = feature;
  bestThreshold = midpoint(below, above);
}

/** What a split costs, for two classes and gini, or Infinity if a side is too light. */
// @ts-ignore: decorator
@inline
function pairCost(left: v128, right: v128, lightest: f64): f64 {
  const first = v128.shuffle<f64>(left, right, 0, 2);
  const second = v128.shuffle<f64>(left, right, 1, 3);
  const weight = f64x2.add(first, second);
  if (!i64x2.all_true(f64x2.ge(weight, f64x2.splat(lightest)))) return Infinity;
  const squares = f64x2.add(f64x2.mul(first, first), f64x2.mul(second, second));
  const gini = f64x2.sub(f64x2.splat(1), f64x2.div(squares, f64x2.mul(weight, weight)));
  const costs = f64x2.mul(weight, gini);
  return f64x2.extract_lane(costs, 1) + f64x2.extract_lane(costs, 0);
}

/** The pair of the sample at the i-th of the sorted places. */
// @ts-ignore: decorator
@inline
function pairAt<Id>(task: Task, order: usize, i: u32): v128 {
  const place = <usize>load<u32>(task.places + (<usize>i << 2));
  return v128.load(task.pairs + (<usize>load<Id>(order + place * sizeof<Id>()) << 4));
}

/** The value before the i-th sorted place: the lowest of the column where none is. */
function valueBefore(task: Task, sorted: usize, i: u32): f32 {
  return load<f32>(sorted + (i ? <usize>load<u32>(task.places + (<usize>(i - 1) << 2)) << 2 : 0));
}

function valueAt(task: Task, sorted: usize, i: u32): f32 {
  return load<f32>(sorted + (<usize>load<u32>(task.places + (<usize>i << 2)) << 2));
}

/** Whether there is a threshold between any of the sorted places, or below the first if others are. */
function haveGap(task: Task, sorted: usize, before: u32, count: u32): bool {
  for (let i: u32 = before ? 0 : 1; i < count; i++) {
    if (valueAt(task, sorted, i) > valueBefore(task, sorted, i) + SAME_VALUE) return true;
  }
  return false;
}

/** Tries the threshold below the i-th of the sorted places, by the class weights on its left. */
function tryPair(task: Task, feature: u32, before: u32, count: u32, i: u32, left: v128, total: v128): void {
  const sorted = task.sorted + ((<usize>feature * <usize>task.rows) << 2);
  const below = valueBefore(task, sorted, i);
  const value = valueAt(task, sorted, i);
  if (value <= below + SAME_VALUE) return;
  if (before + i < task.minSamplesLeaf || count - i < task.minSamplesLeaf) return;
  offer(pairCost(left, f64x2.sub(total, left), task.minWeightLeaf), feature, below, value);
}

/**
 * What (a^2 + b^2) / w of both sides have to add up to for a cost below the best, less more than rounding can be off by, so
 * that no split is missed.
 */
function pairTarget(weight: f64): f64 {
  return bestCost == Infinity ? -1 : weight - bestCost - 1e-9 * weight;
}

/**
 * Tries every threshold of a feature for two classes and gini. `count` samples have the sorted places, `before` others are
 * below them, at the lowest value of the column. Returns whether the values differ. Two places are tried at once, by the
 * comparison with the best cost multiplied out; only what passes it is looked at.
 */
function scanPairs<Id>(task: Task, feature: u32, before: u32, count: u32, values: usize): bool {
  const offset = <usize>feature * <usize>task.rows;
  const order = task.order + offset * sizeof<Id>();
  if (!haveGap(task, task.sorted + (offset << 2), before, count)) return false;
  const total = v128.load(values);
  const firstTotal = v128.shuffle<f64>(total, total, 0, 0);
  const secondTotal = v128.shuffle<f64>(total, total, 1, 1);
  const weight = f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1);
  let target = f64x2.splat(pairTarget(weight));
  let i: u32 = before ? 0 : 1;
  let left = before ? v128.load(task.sides) : pairAt<Id>(task, order, 0);
  while (true) {
    const pair = pairAt<Id>(task, order, i);
    const next = f64x2.add(left, pair);
    const a = v128.shuffle<f64>(left, next, 0, 2);
    const b = v128.shuffle<f64>(left, next, 1, 3);
    const c = f64x2.sub(firstTotal, a);
    const d = f64x2.sub(secondTotal, b);
    const leftWeight = f64x2.add(a, b);
    const rightWeight = f64x2.add(c, d);
    const leftSquares = f64x2.add(f64x2.mul(a, a), f64x2.mul(b, b));
    const rightSquares = f64x2.add(f64x2.mul(c, c), f64x2.mul(d, d));
    const found = f64x2.add(f64x2.mul(leftSquares, rightWeight), f64x2.mul(rightSquares, leftWeight));
    if (v128.any_true(f64x2.gt(found, f64x2.mul(target, f64x2.mul(leftWeight, rightWeight))))) {
      tryPair(task, feature, before, count, i, left, total);
      if (i + 1 < count) tryPair(task, feature, before, count, i + 1, next, total);
      target = f64x2.splat(pairTarget(weight));
    }
    i += 2;
    if (i >= count) return true;
    left = f64x2.add(left, f64x2.add(pair, pairAt<Id>(task, order, i - 1)));
  }
}

/** What the split costs that leaves these class weights on the left, or Infinity if a side is too light. */
function costOf(task: Task, left: usize, values: usize): f64 {
  let leftWeight: f64 = 0;
  let rightWeight: f64 = 0;
  let leftSum: f64 = 0;
  let rightSum: f64 = 0;
  for (let at: usize = 0; at < <usize>task.classes << 3; at += 8) {
    const here = load<f64>(left + at);
    const there = load<f64>(values + at) - here;
    leftWeight += here;
    rightWeight += there;
    leftSum += here * here;
    rightSum += there * there;
  }
  if (leftWeight < task.minWeightLeaf || rightWeight < task.minWeightLeaf) return Infinity;
  if (!task.entropy) {
    const leftGini = 1 - leftSum / (leftWeight * leftWeight);
    return rightWeight * (1 - rightSum / (rightWeight * rightWeight)) + leftWeight * leftGini;
  }
  leftSum = 0;
  rightSum = 0;
  for (let at: usize = 0; at < <usize>task.classes << 3; at += 8) {
    const here = load<f64>(left + at);
    const there = load<f64>(values + at) - here;
    if (here > 0) leftSum -= (here / leftWeight) * (log(here / leftWeight) / LN2);
    if (there > 0) rightSum -= (there / rightWeight) * (log(there / rightWeight) / LN2);
  }
  return rightWeight * rightSum + leftWeight * leftSum;
}

function addSample(task: Task, sample: usize, to: usize): void {
  const slot = to + (<usize>load<i32>(task.labels + (sample << 2)) << 3);
  store<f64>(slot, load<f64>(slot) + load<f64>(task.weights + (sample << 3)));
}

/** As scanPairs, for any number of classes and both impurities. */
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
    place = <usize>load<u32>(task.places + (<usize>i << 2));
    const below = value;
    value = load<f32>(sorted + (place << 2));
    if (value <= below + SAME_VALUE) continue;
    differ = true;
    if (before + i < fewest || count - i < fewest) continue;
    offer(costOf(task, task.sides, values), feature, below, value);
  }
  return differ;
}

/** The class weights of a node without those of the samples at `count` places: into the first of the sides. */
function subtractAbove<Id>(task: Task, order: usize, count: u32, values: usize): void {
  copyWords(task.sides, values, <usize>task.classes << 3);
  for (let i: u32 = 0; i < count; i++) {
    const place = <usize>load<u32>(task.places + (<usize>i << 2));
    const sample = <usize>load<Id>(order + place * sizeof<Id>());
    const slot = task.sides + (<usize>load<i32>(task.labels + (sample << 2)) << 3);
    store<f64>(slot, load<f64>(slot) - load<f64>(task.weights + (sample << 3)));
  }
}

/** As subtractAbove, for two classes. */
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
 * Tries the best threshold of a feature. Returns whether its values differ. Samples at the lowest value of the column
 * are not sorted, which spares most of the work where nearly all values are zero.
 */
function tryBest<Id>(task: Task, feature: u32, node: Node, values: usize): bool {
  const count = node.end - node.start;
  const offset = <usize>feature * <usize>task.rows * sizeof<Id>();
  const first = task.samples + (<usize>node.start << 2);
  const run = load<u32>(task.run + (<usize>feature << 2));
  const above = <u32>((gatherPlaces<Id>(task.place + offset, first, count, run, task.rows, task.places) - task.places) >> 2);
  if (!above) return false;
  sortPlaces(task.rows, task.places, above, task.bitmap);
  const pairs = task.classes == 2;
  const order = task.order + offset;
  if (above == count) clearWords(task.sides, <usize>task.classes << 3);
  else if (pairs) subtractPairsAbove<Id>(task, order, above, values);
  else subtractAbove<Id>(task, order, above, values);
  if (pairs && !task.entropy) return scanPairs<Id>(task, feature, count - above, above, values);
  return scanClasses<Id>(task, feature, count - above, above, values);
}

/**
 * Copies the values of the samples to `places`, in their order. Returns the lowest in lane 0 and the highest in lane 1.
 */
function gatherValues(task: Task, column: usize, first: usize, last: usize): v128 {
  let low = v128.load32_splat(column + (<usize>load<u32>(first) << 2));
  let high = low;
  let at = first;
  let out = task.places;
  for (; at + 16 <= last; at += 16) {
    let values = v128.load32_zero(column + (<usize>load<u32>(at) << 2));
    values = v128.load32_lane(column + (<usize>load<u32>(at, 4) << 2), values, 1);
    values = v128.load32_lane(column + (<usize>load<u32>(at, 8) << 2), values, 2);
    values = v128.load32_lane(column + (<usize>load<u32>(at, 12) << 2), values, 3);
    low = f32x4.pmin(low, values);
    high = f32x4.pmax(high, values);
    v128.store(out, values);
    out += 16;
  }
  for (; at < last; at += 4) {
    const value = v128.load32_splat(column + (<usize>load<u32>(at) << 2));
    low = f32x4.pmin(low, value);
    high = f32x4.pmax(high, value);
    v128.store32_lane(out, value, 0);
    out += 4;
  }
  low = f32x4.pmin(low, v128.shuffle<f32>(low, low, 2, 3, 0, 1));
  low = f32x4.pmin(low, v128.shuffle<f32>(low, low, 1, 0, 3, 2));
  high = f32x4.pmax(high, v128.shuffle<f32>(high, high, 2, 3, 0, 1));
  high = f32x4.pmax(high, v128.shuffle<f32>(high, high, 1, 0, 3, 2));
  return f32x4.replace_lane(low, 1, f32x4.extract_lane(high, 0));
}

/** Tries one drawn threshold of a feature. Returns whether its values differ. */
function tryRandom(task: Task, feature: u32, node: Node, values: usize): bool {
  const column = task.columns + ((<usize>feature * <usize>task.rows) << 2);
  const first = task.samples + (<usize>node.start << 2);
  const last = task.samples + (<usize>node.end << 2);
  const range = gatherValues(task, column, first, last);
  const lowest = f32x4.extract_lane(range, 0);
  const highest = f32x4.extract_lane(range, 1);
  if (highest <= lowest + SAME_VALUE) return false;
  const drawn = <f64>lowest + drawUnit(task.random) * (<f64>highest - <f64>lowest);
  const threshold = drawn >= <f64>highest ? lowest : roundDown(drawn);
  const pairs = task.classes == 2;
  const below = pairs
    ? splitPairs(task, node.end - node.start, threshold)
    : splitClasses(task, first, last, threshold);
  if (below < task.minSamplesLeaf || node.end - node.start - below < task.minSamplesLeaf) return true;
  const left = v128.load(task.sides);
  const cost =
    pairs && !task.entropy
      ? pairCost(left, f64x2.sub(v128.load(values), left), task.minWeightLeaf)
      : costOf(task, task.sides, values);
  if (cost < bestCost) {
    bestCost = cost;
    bestFeature = feature;
    bestThreshold = threshold;
  }
  return true;
}

/**
 * Sums the class weights of the samples up to a threshold into the first of the sides, by the values in `places`.
 * Returns how many they are.
 */
function splitClasses(task: Task, first: usize, last: usize, threshold: f32): u32 {
  clearWords(task.sides, <usize>task.classes << 4);
  let below: u32 = 0;
  let values = task.places;
  for (let at = first; at < last; at += 4) {
    const goesLeft = <u32>(load<f32>(values) <= threshold);
    const side = <usize>(1 - goesLeft) * <usize>task.classes;
    addSample(task, <usize>load<u32>(at), task.sides + (side << 3));
    below += goesLeft;
    values += 4;
  }
  return below;
}

/** As splitClasses, for two classes: by the pairs in `ordered`, four samples at a time. */
function splitPairs(task: Task, count: u32, threshold: f32): u32 {
  const bound = f32x4.splat(threshold);
  let values = task.places;
  let pairs = task.ordered;
  const end = values + (<usize>count << 2);
  let below = i32x4.splat(0);
  let first = f64x2.splat(0);
  let second = f64x2.splat(0);
  for (; values < end; values += 16) {
    let goLeft = f32x4.le(v128.load(values), bound);
    // What stands behind the last sample counts for nothing.
    if (values + 16 > end) goLeft = v128.and(goLeft, firstLanes(count & 3));
    const low = i64x2.extend_low_i32x4_s(goLeft);
    const high = i64x2.extend_high_i32x4_s(goLeft);
    below = i32x4.sub(below, goLeft);
    first = f64x2.add(first, v128.and(low, v128.load(pairs)));
    second = f64x2.add(second, v128.and(low, v128.load(pairs, 16)));
    first = f64x2.add(first, v128.and(high, v128.load(pairs, 32)));
    second = f64x2.add(second, v128.and(high, v128.load(pairs, 48)));
    pairs += 64;
  }
  const sums = f64x2.add(v128.shuffle<f64>(first, second, 0, 2), v128.shuffle<f64>(first, second, 1, 3));
  v128.store(task.sides, sums);
  below = i32x4.add(below, v128.shuffle<i32>(below, below, 2, 3, 0, 1));
  return i32x4.extract_lane(below, 0) + i32x4.extract_lane(below, 1);
}

/** A mask of the first lanes of four. */
function firstLanes(count: u32): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count));
}

function constantOf(task: Task, id: u32): usize {
  return task.constant + ((<usize>id * ((<usize>task.features + 63) >> 6)) << 3);
}

/** Draws the next feature: the i-th of a permutation that is shuffled as far as it is needed. */
function drawFeature(task: Task, i: u32): u32 {
  if (task.inOrder) return i;
  const here = task.permutation + (<usize>i << 2);
  const there = task.permutation + (<usize>(i + drawBelow(task.random, task.features - i)) << 2);
  const feature = load<u32>(there);
  store<u32>(there, load<u32>(here));
  store<u32>(here, feature);
  return feature;
}

/**
 * Looks for the best split among maxFeatures drawn features, and on until one of them is not constant. The first of equally
 * good splits counts. `constant` tells the features that are constant in the node; new ones are added.
 */
function searchSplit(task: Task, node: Node, values: usize, constant: usize): void {
  bestCost = Infinity;
  bestFeature = -1;
  let useful = false;
  for (let i: u32 = 0; i < task.features && (i < task.maxFeatures || !useful); i++) {
    const feature = drawFeature(task, i);
    const word = constant + (<usize>(feature >> 6) << 3);
    const bit = <u64>1 << <u64>(feature & 63);
    if (load<u64>(word) & bit) continue;
    const differs = task.randomThresholds
      ? tryRandom(task, feature, node, values)
      : task.wideIds
        ? tryBest<u32>(task, feature, node, values)
        : tryBest<u16>(task, feature, node, values);
    if (differs) useful = true;
    else store<u64>(word, load<u64>(word) | bit);
  }
}

/** How much the node's best split improves on it. */
function improvementOf(task: Task, node: Node): f64 {
  return (node.weight / task.totalWeight) * (node.impurity - bestCost / node.weight);
}

/** The class weights of samples start to end. */
function sumClasses(task: Task, start: u32, end: u32, values: usize): void {
  const last = task.samples + (<usize>end << 2);
  let at = task.samples + (<usize>start << 2);
  if (task.classes != 2) {
    clearWords(values, <usize>task.classes << 3);
    for (; at < last; at += 4) addSample(task, <usize>load<u32>(at), values);
    return;
  }
  let even = f64x2.splat(0);
  let odd = f64x2.splat(0);
  for (; at + 4 < last; at += 8) {
    even = f64x2.add(even, v128.load(task.pairs + (<usize>load<u32>(at) << 4)));
    odd = f64x2.add(odd, v128.load(task.pairs + (<usize>load<u32>(at, 4) << 4)));
  }
  if (at < last) even = f64x2.add(even, v128.load(task.pairs + (<usize>load<u32>(at) << 4)));
  v128.store(values, f64x2.add(even, odd));
}

/** Copies the pairs of samples start to end to `ordered`, two samples at a time. */
function orderPairs(task: Task, start: u32, end: u32): void {
  const last = task.samples + (<usize>end << 2);
  let to = task.ordered;
  for (let at = task.samples + (<usize>start << 2); at < last; at += 8) {
    const one = v128.load(task.pairs + (<usize>load<u32>(at) << 4));
    const other = v128.load(task.pairs + (<usize>load<u32>(at + 4 < last ? at + 4 : at) << 4));
    v128.store(to, v128.shuffle<f64>(one, other, 0, 2));
    v128.store(to, v128.shuffle<f64>(one, other, 1, 3), 16);
    to += 32;
  }
}

/** Makes node `id` of samples start to end below `parent`, and finds its split. Returns whether it can be split. */
function createNode(task: Task, id: u32, parent: u32, start: u32, end: u32, depth: u32): bool {
  const node = nodeAt(task, id);
  const values = valuesOf(task, id);
  sumClasses(task, start, end, values);
  let weight: f64 = 0;
  for (let c: u32 = 0; c < task.classes; c++) weight += load<f64>(values + (<usize>c << 3));
  node.start = start;
  node.end = end;
  node.depth = depth;
  node.weight = weight;
  node.impurity = impurityOf(task, values, weight);
  node.feature = -1;
  node.candidate = -1;
  node.threshold = 0;
  node.left = 0;
  node.improvement = 0;
  const count = end - start;
  if (depth >= task.maxDepth || count < task.minSamplesSplit || count < 2 * task.minSamplesLeaf) return false;
  if (weight < 2 * task.minWeightLeaf || node.impurity <= EPSILON) return false;
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

/** Puts the samples of a node that go left before those that go right, both in their order. Returns where they meet. */
function partition(task: Task, node: Node): u32 {
  const column = task.columns + ((<usize>node.feature * <usize>task.rows) << 2);
  const threshold = node.threshold;
  let left = task.samples + (<usize>node.start << 2);
  let right = task.places;
  for (let at = left; at < task.samples + (<usize>node.end << 2); at += 4) {
    const sample = load<u32>(at);
    const goesRight = <usize>(load<f32>(column + (<usize>sample << 2)) > threshold);
    store<u32>(left, sample);
    store<u32>(right, sample);
    left += (1 - goesRight) << 2;
    right += goesRight << 2;
  }
  copyWords(left, task.places, right - task.places);
  return <u32>((left - task.samples) >> 2);
}

/**
 * Takes the next node to split off the frontier: the last one, or the one that improves most, the first among equals.
 */
function takeNext(task: Task, waiting: u32): u32 {
  const frontier = task.frontier;
  let chosen = waiting - 1;
  if (task.maxLeaves) {
    chosen = 0;
    for (let i: u32 = 1; i < waiting; i++) {
      const here = nodeAt(task, load<u32>(frontier + (<usize>i << 2))).improvement;
      if (here > nodeAt(task, load<u32>(frontier + (<usize>chosen << 2))).improvement) chosen = i;
    }
  }
  const at = frontier + (<usize>chosen << 2);
  const id = load<u32>(at);
  if (chosen < waiting - 1) memory.copy(at, at + 4, <usize>(waiting - 1 - chosen) << 2);
  return id;
}

/** Rounds the weights of the samples, so that all sums of them are exact. */
function roundWeights(task: Task): void {
  const rounder = rounderOf(task.totalWeight);
  for (let i: u32 = 0; i < task.count; i++) {
    const at = task.weights + (<usize>load<u32>(task.samples + (<usize>i << 2)) << 3);
    store<f64>(at, load<f64>(at) + rounder - rounder);
  }
}

function fillPairs(task: Task): void {
  for (let i: u32 = 0; i < task.count; i++) {
    const sample = <usize>load<u32>(task.samples + (<usize>i << 2));
    const slot = task.pairs + (sample << 4);
    store<u64>(slot, 0);
    store<u64>(slot, 0, 8);
    addSample(task, sample, slot);
  }
}

/** Grows a tree from a Task. Returns the number of its nodes. */
export function growTree(pointer: usize): u32 {
  const task = changetype<Task>(pointer);
  roundWeights(task);
  if (task.classes == 2) fillPairs(task);
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
      store<u32>(task.frontier + (<usize>waiting << 2), nodes + side);
      waiting++;
    }
    nodes += 2;
    leaves++;
  }
  return nodes;
}

/** The leaf-most step: the child that x goes to, or the node itself if it is a leaf. */
function step(at: usize, row: usize, columnBytes: usize, feature: usize, threshold: usize, next: usize): usize {
  const column = load<i32>(feature + at);
  if (column < 0) return at;
  const value = load<f32>(row + <usize>column * columnBytes);
  return (<usize>load<u32>(next + at) + <usize>!(value <= load<f32>(threshold + at))) << 2;
}

/**
 * Adds the leaf distributions of trees `first` to `last` - 1 to votes f64[m][classes], tree by tree. x is f32, its rows and
 * columns so many bytes apart; roots u32[trees] are the trees' first nodes; of a node, feature i32 is -1 for a leaf, threshold f32, and next i32 the left
 * child (the right one follows it) or the leaf's row of leaves f64[][classes].
 */
export function addVotes(
  m: u32,
  x: usize,
  rowBytes: usize,
  columnBytes: usize,
  classes: u32,
  first: u32,
  last: u32,
  roots: usize,
  feature: usize,
  threshold: usize,
  next: usize,
  leaves: usize,
  votes: usize,
): void {
  const width = <usize>classes << 3;
  for (let tree = first; tree < last; tree++) {
    const root = <usize>load<u32>(roots + (<usize>tree << 2)) << 2;
    // Four samples walk side by side, so that one waits for memory while the others go on.
    for (let i: u32 = 0; i < m; i += 4) {
      const row0 = x + <usize>i * rowBytes;
      const row1 = x + <usize>min<u32>(i + 1, m - 1) * rowBytes;
      const row2 = x + <usize>min<u32>(i + 2, m - 1) * rowBytes;
      const row3 = x + <usize>min<u32>(i + 3, m - 1) * rowBytes;
      let at0 = root;
      let at1 = root;
      let at2 = root;
      let at3 = root;
      for (let moved: usize = 1; moved; ) {
        const next0 = step(at0, row0, columnBytes, feature, threshold, next);
        const next1 = step(at1, row1, columnBytes, feature, threshold, next);
        const next2 = step(at2, row2, columnBytes, feature, threshold, next);
        const next3 = step(at3, row3, columnBytes, feature, threshold, next);
        moved = (at0 ^ next0) | (at1 ^ next1) | (at2 ^ next2) | (at3 ^ next3);
        at0 = next0;
        at1 = next1;
        at2 = next2;
        at3 = next3;
      }
      const to = votes + <usize>i * width;
      addRow(to, leaves + <usize>load<u32>(next + at0) * width, width);
      if (i + 1 < m) addRow(to + width, leaves + <usize>load<u32>(next + at1) * width, width);
      if (i + 2 < m) addRow(to + 2 * width, leaves + <usize>load<u32>(next + at2) * width, width);
      if (i + 3 < m) addRow(to + 3 * width, leaves + <usize>load<u32>(next + at3) * width, width);
    }
  }
}

function addRow(to: usize, from: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 8) {
    store<f64>(to + at, load<f64>(to + at) + load<f64>(from + at));
  }
}
