/**
 * One threshold of a feature, drawn at random, in a node of a tree (Geurts et al. 2006). ./tree-grow.ts says what is
 * computed.
 */
import { clearWords } from './copy';
import { drawUnit } from './random';
import { costOf, costOfPairs, keep, roundDown, SAME_VALUE } from './tree-split';
import { addSample, ENTROPY, Node, Task } from './tree-task';

/** Copies the pairs of the samples `start` to `end` - 1 to task.ordered, two samples at a time. */
export function orderPairs(task: Task, start: u32, end: u32): void {
  const last = task.samples + ((<usize>end) << 2);
  let to = task.ordered;
  for (let at = task.samples + ((<usize>start) << 2); at < last; at += 8) {
    const one = v128.load(task.pairs + ((<usize>load<u32>(at)) << 4));
    const other = v128.load(task.pairs + ((<usize>load<u32>(at + 4 < last ? at + 4 : at)) << 4));
    v128.store(to, v128.shuffle<f64>(one, other, 0, 2));
    v128.store(to, v128.shuffle<f64>(one, other, 1, 3), 16);
    to += 32;
  }
}

/**
 * Copies the values of the samples from `first` up to `last` to task.places (f32), in the order of the samples.
 * Returns the lowest value in lane 0 and the highest one in lane 1.
 */
function gatherValues(task: Task, column: usize, first: usize, last: usize): v128 {
  let low = v128.load32_splat(column + ((<usize>load<u32>(first)) << 2));
  let high = low;
  let at = first;
  let out = task.places;
  for (; at + 16 <= last; at += 16) {
    let values = v128.load32_zero(column + ((<usize>load<u32>(at)) << 2));
    values = v128.load32_lane(column + ((<usize>load<u32>(at, 4)) << 2), values, 1);
    values = v128.load32_lane(column + ((<usize>load<u32>(at, 8)) << 2), values, 2);
    values = v128.load32_lane(column + ((<usize>load<u32>(at, 12)) << 2), values, 3);
    low = f32x4.pmin(low, values);
    high = f32x4.pmax(high, values);
    v128.store(out, values);
    out += 16;
  }
  for (; at < last; at += 4) {
    const value = v128.load32_splat(column + ((<usize>load<u32>(at)) << 2));
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

/**
 * Tries one drawn threshold of a feature in a node with the class weights `values`. Returns whether its values
 * differ.
 */
export function tryRandom(task: Task, feature: u32, node: Node, values: usize): bool {
  const column = task.columns + ((<usize>feature * <usize>task.rows) << 2);
  const first = task.samples + ((<usize>node.start) << 2);
  const last = task.samples + ((<usize>node.end) << 2);
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
    pairs && task.criterion != ENTROPY
      ? costOfPairs(task, left, f64x2.sub(v128.load(values), left))
      : costOf(task, task.sides, values);
  keep(cost, feature, threshold);
  return true;
}

/**
 * Sums the class weights of the samples on each side of a threshold to task.sides, by the values in task.places.
 * Returns how many samples are on its left.
 */
function splitClasses(task: Task, first: usize, last: usize, threshold: f32): u32 {
  clearWords(task.sides, (<usize>task.classes) << 4);
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

/**
 * Does what splitClasses does for two classes and the left side only: by the pairs in task.ordered, four samples at a
 * time.
 */
function splitPairs(task: Task, count: u32, threshold: f32): u32 {
  const bound = f32x4.splat(threshold);
  let values = task.places;
  let pairs = task.ordered;
  const end = values + ((<usize>count) << 2);
  let below = i32x4.splat(0);
  let first = f64x2.splat(0);
  let second = f64x2.splat(0);
  for (; values < end; values += 16) {
    let goLeft = f32x4.le(v128.load(values), bound);
    // Values behind those of the last sample do not count.
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
