/** What a split of a node of a tree costs, and the best split that a search has found so far. */
import { log } from './math';
import { ENTROPY, SQUARED_ERROR, Task } from './tree-task';

/** Values that differ by less are equal: FEATURE_THRESHOLD of scikit-learn. */
export const SAME_VALUE: f32 = 1e-7;
const LN2: f64 = 0.6931471805599453;
/** The best split of the node at hand. */
export let bestCost: f64 = Infinity;
export let bestFeature: i32 = -1;
export let bestThreshold: f32 = 0;

/** The impurity of a node with these class weights (f64[classes]), whose sum is `total`. */
export function impurityOf(task: Task, weights: usize, total: f64): f64 {
  let sum: f64 = 0;
  for (let c: u32 = 0; c < task.classes; c++) {
    const weight = load<f64>(weights + ((<usize>c) << 3));
    if (task.criterion != ENTROPY) sum += weight * weight;
    else if (weight > 0) sum -= (weight / total) * (log(weight / total) / LN2);
  }
  return task.criterion == ENTROPY ? sum : 1 - sum / (total * total);
}

/**
 * What a split costs for two classes and gini, by the class weights of its two sides, or Infinity if a side weighs
 * less than `lightest`.
 */
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

/**
 * What a split of values costs, by the sums of its two sides: the weight, and the weighted distance from the mean of
 * the node. It is less the more the means of the sides differ. Infinity if a side weighs less than `lightest`.
 */
// @ts-ignore: decorator
@inline
function valueCost(left: v128, right: v128, lightest: f64): f64 {
  const weight = v128.shuffle<f64>(left, right, 0, 2);
  if (!i64x2.all_true(f64x2.ge(weight, f64x2.splat(lightest)))) return Infinity;
  const sum = v128.shuffle<f64>(left, right, 1, 3);
  const gains = f64x2.div(f64x2.mul(sum, sum), weight);
  return -(f64x2.extract_lane(gains, 0) + f64x2.extract_lane(gains, 1));
}

/** What a split costs by the pairs of sums of its two sides, for values, or for two classes and gini. */
// @ts-ignore: decorator
@inline
export function costOfPairs(task: Task, left: v128, right: v128): f64 {
  if (task.criterion == SQUARED_ERROR) return valueCost(left, right, task.minWeightLeaf);
  return pairCost(left, right, task.minWeightLeaf);
}

/**
 * What a split costs for any number of classes and both impurities, or Infinity if a side is too light. `left` holds
 * the class weights on its left, `values` those of the node (f64[classes] each).
 */
export function costOf(task: Task, left: usize, values: usize): f64 {
  let leftWeight: f64 = 0;
  let rightWeight: f64 = 0;
  let leftSum: f64 = 0;
  let rightSum: f64 = 0;
  for (let at: usize = 0; at < (<usize>task.classes) << 3; at += 8) {
    const here = load<f64>(left + at);
    const there = load<f64>(values + at) - here;
    leftWeight += here;
    rightWeight += there;
    leftSum += here * here;
    rightSum += there * there;
  }
  if (leftWeight < task.minWeightLeaf || rightWeight < task.minWeightLeaf) return Infinity;
  if (task.criterion != ENTROPY) {
    const leftGini = 1 - leftSum / (leftWeight * leftWeight);
    return rightWeight * (1 - rightSum / (rightWeight * rightWeight)) + leftWeight * leftGini;
  }
  leftSum = 0;
  rightSum = 0;
  for (let at: usize = 0; at < (<usize>task.classes) << 3; at += 8) {
    const here = load<f64>(left + at);
    const there = load<f64>(values + at) - here;
    if (here > 0) leftSum -= (here / leftWeight) * (log(here / leftWeight) / LN2);
    if (there > 0) rightSum -= (there / rightWeight) * (log(there / rightWeight) / LN2);
  }
  return rightWeight * rightSum + leftWeight * leftSum;
}

/** The largest f32 that is not above the threshold: it decides every f32 as the threshold does. */
export function roundDown(threshold: f64): f32 {
  const near = <f32>threshold;
  if (<f64>near <= threshold) return near;
  const bits = reinterpret<i32>(near);
  if (near == 0) return reinterpret<f32>(0x80000001);
  return reinterpret<f32>(near > 0 ? bits - 1 : bits + 1);
}

/** The threshold between two neighbors below < above. */
function midpoint(below: f32, above: f32): f32 {
  const threshold = <f64>below / 2 + <f64>above / 2;
  return threshold == <f64>above || abs(threshold) == Infinity ? below : roundDown(threshold);
}

/** Keeps the split between two neighbors below < above if it costs less than the best so far. */
export function offer(cost: f64, feature: u32, below: f32, above: f32): void {
  if (!(cost < bestCost)) return;
  bestCost = cost;
  bestFeature = feature;
  bestThreshold = midpoint(below, above);
}

/** Keeps a split with this threshold if it costs less than the best so far. */
export function keep(cost: f64, feature: u32, threshold: f32): void {
  if (!(cost < bestCost)) return;
  bestCost = cost;
  bestFeature = feature;
  bestThreshold = threshold;
}

/** Forgets the best split, before the search in another node. */
export function forgetSplit(): void {
  bestCost = Infinity;
  bestFeature = -1;
}
