/**
 * The plain form of assembly/tree-*.ts. The headers of assembly/tree-grow.ts and tree-values.ts say what is computed.
 * Weights, and of values the weighted distances from a node's mean, are rounded so that sums of them are exact, so
 * samples may be added in any order. Means and variances of values are summed in the order of the samples, and sums
 * over classes in the order of the classes.
 */
import { ENTROPY, SQUARED_ERROR } from '../layouts/tree.js';
import { log } from '../math.js';
import { rounderOf } from './exact.js';
import type { Draw } from './random.js';

export interface TreeTask {
  rows: number;
  features: number;
  classes: number;
  /** GINI, ENTROPY or SQUARED_ERROR. */
  criterion: number;
  randomThresholds: boolean;
  maxFeatures: number;
  inOrder: boolean;
  maxDepth: number;
  minSamplesSplit: number;
  minSamplesLeaf: number;
  /** 0 for no limit. */
  maxLeaves: number;
  minWeightLeaf: number;
  minImprovement: number;
  /** features x rows. */
  columns: Float32Array;
  /** Classes, or values. */
  labels: ArrayLike<number>;
  weights: Float64Array;
  /** The samples to grow from, ascending. */
  samples: number[];
}

/** The task with rounded weights, and their sum before rounding. */
interface Growing extends TreeTask {
  total: number;
  /** Of values: the weighted distance of each sample from the mean of the node at hand. */
  distances: Float64Array;
}

export interface TreeNode {
  samples: number[];
  depth: number;
  /** The weight of each class. Of values: the weight, and the sum of the weighted distances from the mean. */
  values: number[];
  /** Of values. */
  mean: number;
  weight: number;
  impurity: number;
  improvement: number;
  feature: number;
  candidate: number;
  threshold: number;
  left: number;
}

interface Split {
  cost: number;
  feature: number;
  threshold: number;
}

const SAME_VALUE = Math.fround(1e-7);
const EPSILON = 2.220446049250313e-16;
const LN2 = 0.6931471805599453;

const weightOf = (values: number[]): number => values.reduce((sum, value) => sum + value, 0);

function impurityOf(task: TreeTask, values: number[], total: number): number {
  let sum = 0;
  for (const value of values) {
    if (task.criterion !== ENTROPY) sum += value * value;
    else if (value > 0) sum -= (value / total) * (log(value / total) / LN2);
  }
  return task.criterion === ENTROPY ? sum : 1 - sum / (total * total);
}

/** Adds a sample to sums: its weight to that of its class; or its weight, and its weighted distance. */
function add(task: Growing, sample: number, sums: number[]): void {
  if (task.criterion !== SQUARED_ERROR) sums[task.labels[sample]] += task.weights[sample];
  else {
    sums[0] += task.weights[sample];
    sums[1] += task.distances[sample];
  }
}

function sumsOf(task: Growing, samples: number[]): number[] {
  const sums = new Array<number>(task.classes).fill(0);
  for (const sample of samples) add(task, sample, sums);
  return sums;
}

/** The sums, the weight, the impurity and the mean of a node. Sets the distances of its samples from this mean. */
function measure(
  task: Growing,
  samples: number[],
): Pick<TreeNode, 'values' | 'weight' | 'impurity' | 'mean'> {
  if (task.criterion !== SQUARED_ERROR) {
    const values = sumsOf(task, samples);
    const weight = weightOf(values);
    return { values, weight, impurity: impurityOf(task, values, weight), mean: 0 };
  }
  const value = (sample: number): number => task.labels[sample];
  const total = (of: (sample: number) => number): number =>
    samples.reduce((sum, sample) => sum + of(sample), 0);
  const weight = total(sample => task.weights[sample]);
  const same = samples.every(sample => value(sample) === value(samples[0]));
  const mean = same ? value(samples[0]) : total(sample => task.weights[sample] * value(sample)) / weight;
  const product = (sample: number): number => task.weights[sample] * (value(sample) - mean);
  const impurity = total(sample => product(sample) * (value(sample) - mean)) / weight;
  const rounder = rounderOf(total(sample => Math.abs(product(sample))));
  for (const sample of samples) task.distances[sample] = product(sample) + rounder - rounder;
  return { values: sumsOf(task, samples), weight, impurity, mean };
}

/** The largest f32 that is not above x. */
function roundDown(x: number): number {
  const near = Math.fround(x);
  if (near <= x) return near;
  const single = new Float32Array([near]);
  const bits = new Int32Array(single.buffer);
  if (near === 0) return -1.401298464324817e-45;
  bits[0] += near > 0 ? -1 : 1;
  return single[0];
}

function midpoint(below: number, above: number): number {
  const threshold = below / 2 + above / 2;
  return threshold === above || Math.abs(threshold) === Infinity ? below : roundDown(threshold);
}

function costOf(task: TreeTask, left: number[], all: number[]): number {
  const right = all.map((value, c) => value - left[c]);
  if (task.criterion === SQUARED_ERROR) {
    if (left[0] < task.minWeightLeaf || right[0] < task.minWeightLeaf) return Infinity;
    return -((left[1] * left[1]) / left[0] + (right[1] * right[1]) / right[0]);
  }
  const [leftWeight, rightWeight] = [weightOf(left), weightOf(right)];
  if (leftWeight < task.minWeightLeaf || rightWeight < task.minWeightLeaf) return Infinity;
  return rightWeight * impurityOf(task, right, rightWeight) + leftWeight * impurityOf(task, left, leftWeight);
}

/** Tries the midpoints of one feature. Returns whether its values differ. */
function tryBest(task: Growing, node: TreeNode, feature: number, best: Split): boolean {
  const value = (sample: number): number => task.columns[feature * task.rows + sample];
  const order = [...node.samples].sort((a, b) => value(a) - value(b) || a - b);
  const left = new Array<number>(task.classes).fill(0);
  let differ = false;
  for (let i = 1; i < order.length; i++) {
    add(task, order[i - 1], left);
    const [below, above] = [value(order[i - 1]), value(order[i])];
    if (above <= Math.fround(below + SAME_VALUE)) continue;
    differ = true;
    if (Math.min(i, order.length - i) < task.minSamplesLeaf) continue;
    const cost = costOf(task, left, node.values);
    if (cost < best.cost) Object.assign(best, { cost, feature, threshold: midpoint(below, above) });
  }
  return differ;
}

/** Tries one drawn threshold. Returns whether the feature's values differ. */
function tryRandom(task: Growing, node: TreeNode, feature: number, best: Split, draw: Draw): boolean {
  const value = (sample: number): number => task.columns[feature * task.rows + sample];
  const lowest = node.samples.reduce((low, sample) => Math.min(low, value(sample)), Infinity);
  const highest = node.samples.reduce((high, sample) => Math.max(high, value(sample)), -Infinity);
  if (highest <= Math.fround(lowest + SAME_VALUE)) return false;
  const drawn = lowest + draw.unit() * (highest - lowest);
  const threshold = drawn >= highest ? lowest : roundDown(drawn);
  const below = node.samples.filter(sample => value(sample) <= threshold);
  if (Math.min(below.length, node.samples.length - below.length) < task.minSamplesLeaf) return true;
  const cost = costOf(task, sumsOf(task, below), node.values);
  if (cost < best.cost) Object.assign(best, { cost, feature, threshold });
  return true;
}

function searchSplit(task: Growing, node: TreeNode, permutation: number[], draw: Draw): Split {
  const best = { cost: Infinity, feature: -1, threshold: 0 };
  let useful = false;
  for (let i = 0; i < task.features && (i < task.maxFeatures || !useful); i++) {
    if (!task.inOrder) {
      const other = i + draw.below(task.features - i);
      [permutation[i], permutation[other]] = [permutation[other], permutation[i]];
    }
    const differs = task.randomThresholds
      ? tryRandom(task, node, permutation[i], best, draw)
      : tryBest(task, node, permutation[i], best);
    if (differs) useful = true;
  }
  return best;
}

/** A node with its best split. `candidate` is -1 if it must not be split. */
function createNode(
  task: Growing,
  samples: number[],
  depth: number,
  permutation: number[],
  draw: Draw,
): TreeNode {
  const node: TreeNode = {
    samples,
    depth,
    ...measure(task, samples),
    improvement: 0,
    feature: -1,
    candidate: -1,
    threshold: 0,
    left: 0,
  };
  const fewest = Math.max(task.minSamplesSplit, 2 * task.minSamplesLeaf);
  if (depth >= task.maxDepth || samples.length < fewest) return node;
  if (node.weight < 2 * task.minWeightLeaf || node.impurity <= EPSILON) return node;
  const best = searchSplit(task, node, permutation, draw);
  if (best.feature < 0) return node;
  node.improvement =
    task.criterion === SQUARED_ERROR
      ? -best.cost / task.total
      : (node.weight / task.total) * (node.impurity - best.cost / node.weight);
  if (node.improvement + EPSILON < task.minImprovement) return node;
  node.candidate = best.feature;
  node.threshold = best.threshold;
  return node;
}

function rounded(given: TreeTask): Growing {
  const total = weightOf(given.samples.map(sample => given.weights[sample]));
  const rounder = rounderOf(total);
  const weights = given.weights.map(weight => weight + rounder - rounder);
  return { ...given, total, weights, distances: new Float64Array(given.rows) };
}

/** Grows a tree. Returns its nodes, the root first. */
export function growTree(given: TreeTask, draw: Draw): TreeNode[] {
  const task = rounded(given);
  const permutation = Array.from({ length: task.features }, (_, j) => j);
  const nodes = [createNode(task, task.samples, 0, permutation, draw)];
  const frontier = nodes[0].candidate >= 0 ? [0] : [];
  for (let leaves = 1; frontier.length > 0 && (task.maxLeaves === 0 || leaves < task.maxLeaves); leaves++) {
    const gains = frontier.map(id => nodes[id].improvement);
    const chosen = task.maxLeaves === 0 ? frontier.length - 1 : gains.indexOf(Math.max(...gains));
    const node = nodes[frontier.splice(chosen, 1)[0]];
    node.feature = node.candidate;
    node.left = nodes.length;
    const goesLeft = (sample: number): boolean =>
      task.columns[node.feature * task.rows + sample] <= node.threshold;
    const sides = [node.samples.filter(goesLeft), node.samples.filter(sample => !goesLeft(sample))];
    for (const samples of sides) {
      nodes.push(createNode(task, samples, node.depth + 1, permutation, draw));
      if (nodes[nodes.length - 1].candidate >= 0) frontier.push(nodes.length - 1);
    }
  }
  return nodes;
}
