/**
 * What a split of a node of a boosted tree is worth, and the best split of a node that a search has found so far.
 *
 * A search of one feature walks along ids into a table of sums g, h. In lists, the ids are the node's samples in the
 * order of a column. In a histogram, they are the slots of the column's bins. Because all sums are exact, both find
 * the same splits.
 */
import { binOf } from './bins';
import { binsOf, firstSlot, hasMissing, Node, Task } from './boost-task';

/** The best split of the node at hand: its worth, its place, its left sums and its right sums. */
let bestLoss: f32 = 0;
let bestFeature: i32 = -1;
let bestCut: i32 = 0;
let bestMissingLeft: u32 = 0;
let bestLeft: v128 = f64x2.splat(0);
let bestRight: v128 = f64x2.splat(0);

/** T of ./boost-grow.ts: the gradient moved by alpha towards zero. */
function towardsZero(gradient: f64, alpha: f64): f64 {
  if (gradient > alpha) return gradient - alpha;
  return gradient < -alpha ? gradient + alpha : 0;
}

/** The weight of a node with these sums; 0 if it is too light. */
export function weightOf(task: Task, gradient: f64, hessian: f64): f32 {
  if (hessian < task.minChildWeight || hessian <= 0) return 0;
  const weight = -towardsZero(gradient, task.alpha) / (hessian + task.lambda);
  if (task.maxDeltaStep != 0 && abs(weight) > task.maxDeltaStep) {
    return <f32>copysign(task.maxDeltaStep, weight);
  }
  return <f32>weight;
}

/** The gain of a node with these sums. */
export function gainOf(task: Task, gradient: f64, hessian: f64): f32 {
  if (hessian <= 0) return 0;
  if (task.maxDeltaStep == 0) {
    const moved = towardsZero(gradient, task.alpha);
    return <f32>(moved * moved) / <f32>(hessian + task.lambda);
  }
  const weight = weightOf(task, gradient, hessian);
  const first: f32 = <f32>2 * <f32>gradient * weight;
  const second: f32 = (<f32>hessian + <f32>task.lambda) * (weight * weight);
  return -(first + second);
}

/** What a split of a node is worth, by the sums of its two sides, or -1 if a side is too light. */
function worth(task: Task, node: Node, met: v128, rest: v128): f32 {
  const first = f64x2.extract_lane(met, 1);
  const second = f64x2.extract_lane(rest, 1);
  if (first < task.minChildWeight || second < task.minChildWeight) return -1;
  const gain =
    gainOf(task, f64x2.extract_lane(met, 0), first) + gainOf(task, f64x2.extract_lane(rest, 0), second);
  return gain - node.gain;
}

/**
 * Keeps a split if it is worth more than the best one so far. It lies after (upwards) or before (downwards) an id,
 * and `met` holds the sums met so far. Two samples of a list that share a bin cannot be separated; `next` is the
 * next one.
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

/** Tries the split at every id, from `at` in steps of `step` bytes to `last`, which is included. */
function scanAll<Id>(
  task: Task,
  node: Node,
  feature: u32,
  at: usize,
  last: usize,
  step: usize,
  table: usize,
): void {
  let met = f64x2.splat(0);
  const upwards = step == sizeof<Id>();
  for (; ; at += step) {
    const id = <u32>load<Id>(at);
    met = f64x2.add(met, v128.load(table + ((<usize>id) << 4)));
    const next = at == last ? id : <u32>load<Id>(at + step);
    consider(task, node, feature, id, next, upwards, met);
    if (at == last) return;
  }
}

/**
 * What G^2 / H + G'^2 / H' of a split has to exceed. It is lowered by more than the rounding of f32, so that no split
 * is missed.
 */
function targetOf(node: Node): f64 {
  return (<f64>bestLoss + <f64>node.gain) * (1 - 1e-6);
}

/**
 * Does what scanAll does where alpha and max_delta_step are 0 and min_child_weight is positive. Sides that are too
 * light are skipped, because H only grows on the way. Two ids are tried at once, by G^2 / H + G'^2 / H' > target
 * multiplied out.
 */
function scanPlain<Id>(
  task: Task,
  node: Node,
  feature: u32,
  at: usize,
  last: usize,
  step: usize,
  table: usize,
): void {
  const upwards = step == sizeof<Id>();
  const least = task.minChildWeight;
  const total = v128.load(changetype<usize>(node));
  const gradient = v128.shuffle<f64>(total, total, 0, 0);
  const hessian = v128.shuffle<f64>(total, total, 1, 1);
  const lambda = f64x2.splat(task.lambda);
  let target = f64x2.splat(targetOf(node));
  let met = v128.load(table + ((<usize>load<Id>(at)) << 4));
  while (f64x2.extract_lane(met, 1) < least) {
    if (at == last) return;
    at += step;
    met = f64x2.add(met, v128.load(table + ((<usize>load<Id>(at)) << 4)));
  }
  while (at != last) {
    const middle = at + step;
    const one = v128.load(table + ((<usize>load<Id>(middle)) << 4));
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
    // This sum does not wait for the one in `second`.
    met = f64x2.add(met, f64x2.add(one, v128.load(table + ((<usize>load<Id>(at)) << 4))));
  }
  consider(task, node, feature, <u32>load<Id>(at), <u32>load<Id>(at), upwards, met);
}

/** Forgets the best split, before the search in another node. */
export function forgetSplit(): void {
  bestLoss = 0;
  bestFeature = -1;
}

/** Writes the best split into its node. */
export function writeSplit(node: Node): void {
  node.loss = bestLoss;
  node.candidate = bestFeature;
  node.cut = bestCut;
  node.missingLeft = bestMissingLeft;
  node.leftGradient = f64x2.extract_lane(bestLeft, 0);
  node.leftHessian = f64x2.extract_lane(bestLeft, 1);
  node.rightGradient = f64x2.extract_lane(bestRight, 0);
  node.rightHessian = f64x2.extract_lane(bestRight, 1);
}

/** Tries the splits of one feature in one direction, along `count` ids by ascending values. */
function scan<Id>(
  task: Task,
  node: Node,
  feature: u32,
  ids: usize,
  count: u32,
  upwards: bool,
  table: usize,
): void {
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
 * Tries the splits of one feature. In the scan upwards, missing values go right; in the scan downwards, left. Exact
 * splits of a column without missing values are tried downwards only, as in XGBoost.
 */
export function tryFeature<Id>(
  task: Task,
  node: Node,
  feature: u32,
  ids: usize,
  count: u32,
  table: usize,
): void {
  const some = hasMissing(task, feature);
  if (some || !task.exact) scan<Id>(task, node, feature, ids, count, true, table);
  if (some || task.exact) scan<Id>(task, node, feature, ids, count, false, table);
}
