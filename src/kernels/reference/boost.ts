/**
 * The plain form of assembly/boost-*.ts. The header of assembly/boost-grow.ts says what is computed. Gradients are
 * rounded so that sums of them are exact, so they may be added in any order.
 */
import { exp } from '../math.js';
import { residualQuantile, valueGradient } from './boost-values.js';
import { rounderOf } from './exact.js';
import { type Draw, drawFrom, drawSubset } from './random.js';

const single = Math.fround;
const SMALLEST_LOSS = single(1e-6);

export interface BoostTask {
  lambda: number;
  alpha: number;
  minChildWeight: number;
  maxDeltaStep: number;
  learningRate: number;
  minSplitLoss: number;
  subsample: number;
  rows: number;
  features: number;
  outputs: number;
  output: number;
  train: number[];
  held: number[];
  maxDepth: number;
  maxLeaves: number;
  lossGuide: boolean;
  exact: boolean;
  treeFeatures: number;
  levelFeatures: number;
  nodeFeatures: number;
  /** features x rows. With hist, by feature, the cuts and the bin of each sample. */
  columns: Float32Array;
  hist: { cuts: number[]; bins: number[] }[];
  /** The number of an objective of values; 0 for classes. */
  objective: number;
  setting: number;
  /** 1 if leaves are quantiles of residuals, 2 if these are weighted. */
  refit: number;
  /** Classes, or values. */
  labels: ArrayLike<number>;
  weights: Float32Array;
  margins: Float32Array;
  /** [output][row] */
  gradients: Sums[][];
}

/** G and H. */
type Sums = [number, number];

export interface BoostNode {
  samples: number[];
  others: number[];
  depth: number;
  sums: Sums;
  weight: number;
  gain: number;
  split: Split;
  feature: number;
  left: number;
}

interface Split {
  loss: number;
  feature: number;
  threshold: number;
  missingLeft: boolean;
  cut: number;
  left: Sums;
  right: Sums;
}

const plus = (a: Sums, b: Sums): Sums => [a[0] + b[0], a[1] + b[1]];
const minus = (a: Sums, b: Sums): Sums => [a[0] - b[0], a[1] - b[1]];
const expSingle = (x: number): number => single(exp(single(x)));

/** Writes the gradients of all samples at their margins. */
export function boostGradients(task: BoostTask): void {
  const { outputs, labels, margins } = task;
  for (let i = 0; i < task.rows; i++) {
    const weight = task.weights[i];
    if (task.objective > 0) {
      task.gradients[0][i] = valueGradient(task.objective, task.setting, margins[i], labels[i], weight);
      continue;
    }
    if (outputs === 1) {
      const p = single(1 / single(expSingle(Math.min(-margins[i], single(88.7))) + 1));
      const h = single(Math.max(single(p * single(1 - p)), single(1e-16)) * weight);
      task.gradients[0][i] = [single(single(p - labels[i]) * weight), h];
      continue;
    }
    const own = margins.subarray(i * outputs, (i + 1) * outputs);
    const from = (least: number): number => own.reduce((a, b) => Math.max(a, b), least);
    const sumBelow = (top: number): number =>
      own.reduce((total, margin) => total + expSingle(margin - top), 0);
    const usual = from(1.1754943508222875e-38);
    const top = sumBelow(usual) === 0 ? from(-Infinity) : usual;
    const sum = sumBelow(top);
    for (let c = 0; c < outputs; c++) {
      const p = single(expSingle(own[c] - top) / single(sum));
      const h = single(single(single(2 * p) * single(1 - p)) * weight);
      const g = single((labels[i] === c ? single(p - 1) : p) * weight);
      task.gradients[c][i] = [g, Math.max(h, single(1e-16))];
    }
  }
  for (const own of task.gradients) roundGradients(task, own);
}

function roundGradients(task: BoostTask, gradients: Sums[]): void {
  const sum = (part: 0 | 1): number =>
    task.train.reduce((total, sample) => total + Math.abs(gradients[sample][part]), 0);
  const rounders = [rounderOf(sum(0)), rounderOf(sum(1))];
  for (const sample of task.train) {
    const [g, h] = gradients[sample];
    gradients[sample] = [g + rounders[0] - rounders[0], h + rounders[1] - rounders[1]];
  }
}

function towardsZero(gradient: number, alpha: number): number {
  if (gradient > alpha) return gradient - alpha;
  return gradient < -alpha ? gradient + alpha : 0;
}

function weightOf(task: BoostTask, [gradient, hessian]: Sums): number {
  if (hessian < task.minChildWeight || hessian <= 0) return 0;
  const weight = -towardsZero(gradient, task.alpha) / (hessian + task.lambda);
  const most = task.maxDeltaStep;
  return single(most !== 0 && Math.abs(weight) > most ? Math.sign(weight) * most : weight);
}

function gainOf(task: BoostTask, [gradient, hessian]: Sums): number {
  if (hessian <= 0) return 0;
  if (task.maxDeltaStep === 0) {
    const moved = towardsZero(gradient, task.alpha);
    return single(single(moved * moved) / single(hessian + task.lambda));
  }
  const weight = weightOf(task, [gradient, hessian]);
  const first = single(single(2 * single(gradient)) * weight);
  const second = single(single(single(hessian) + task.lambda) * single(weight * weight));
  return -single(first + second);
}

/** Keeps the split with `met` on one side if it is worth more than the best so far. */
function offer(task: BoostTask, node: BoostNode, met: Sums, upwards: boolean, place: Partial<Split>): void {
  const rest = minus(node.sums, met);
  if (met[1] < task.minChildWeight || rest[1] < task.minChildWeight) return;
  const loss = single(single(gainOf(task, met) + gainOf(task, rest)) - node.gain);
  if (!(loss > node.split.loss && loss < Infinity)) return;
  const [left, right] = upwards ? [met, rest] : [rest, met];
  Object.assign(node.split, place, { loss, missingLeft: !upwards, left, right });
}

/** The sums of a node in each bin of a feature, and those of its missing values. */
function histogramOf(task: BoostTask, node: BoostNode, feature: number): Sums[] {
  const { cuts, bins } = task.hist[feature];
  const histogram = cuts.concat(0).map((): Sums => [0, 0]);
  for (const sample of node.samples) {
    histogram[bins[sample]] = plus(histogram[bins[sample]], task.gradients[task.output][sample]);
  }
  return histogram;
}

function tryBins(task: BoostTask, node: BoostNode, feature: number): void {
  const { cuts } = task.hist[feature];
  const histogram = histogramOf(task, node, feature);
  let met: Sums = [0, 0];
  for (let b = 0; b < cuts.length; b++) {
    met = plus(met, histogram[b]);
    offer(task, node, met, true, { feature, threshold: cuts[b], cut: b });
  }
  met = [0, 0];
  for (let b = cuts.length - 1; b >= 0; b--) {
    met = plus(met, histogram[b]);
    offer(task, node, met, false, { feature, threshold: b > 0 ? cuts[b - 1] : -Infinity, cut: b - 1 });
  }
}

function between(lower: number, upper: number): number {
  const middle = single(single(lower + upper) * 0.5);
  return middle > lower && middle <= upper ? middle : upper;
}

function tryValues(task: BoostTask, node: BoostNode, feature: number): void {
  const value = (sample: number): number => task.columns[feature * task.rows + sample];
  const present = node.samples.filter(sample => !Number.isNaN(value(sample)));
  if (present.length === 0) return;
  const upwards = [...present].sort((a, b) => value(a) - value(b) || a - b);
  const some = present.length < node.samples.length;
  const column = task.columns.subarray(feature * task.rows, (feature + 1) * task.rows);
  if (column.some(Number.isNaN)) scanValues(task, node, feature, upwards, true, some);
  scanValues(task, node, feature, upwards.reverse(), false, some);
}

function scanValues(
  task: BoostTask,
  node: BoostNode,
  feature: number,
  order: number[],
  upwards: boolean,
  some: boolean,
): void {
  const value = (i: number): number => task.columns[feature * task.rows + order[i]];
  let met: Sums = [0, 0];
  order.forEach((sample, i) => {
    if (i > 0 && value(i) !== value(i - 1)) {
      const [lower, upper] = upwards ? [value(i - 1), value(i)] : [value(i), value(i - 1)];
      offer(task, node, met, upwards, { feature, threshold: between(lower, upper) });
    }
    met = plus(met, task.gradients[task.output][sample]);
  });
  if (!some) return;
  offer(task, node, met, upwards, { feature, threshold: upwards ? Infinity : -Infinity });
}

/** The features by which a node may be split. */
function featuresOf(
  task: BoostTask,
  depth: number,
  ofTree: number[],
  levels: number[],
  draw: Draw,
): number[] {
  let list = ofTree;
  if (task.levelFeatures < task.treeFeatures) {
    const [a, b, c, d] = levels;
    const level = drawFrom([a ^ Math.imul(depth + 1, 0x9e3779b9), b, c, d]);
    for (let i = 0; i < 8; i++) level.unit();
    list = drawSubset(level, task.treeFeatures, task.levelFeatures).map(i => ofTree[i]);
  }
  if (task.nodeFeatures === task.levelFeatures) return list;
  return drawSubset(draw, task.levelFeatures, task.nodeFeatures).map(i => list[i]);
}

function createNode(
  task: BoostTask,
  samples: number[],
  others: number[],
  depth: number,
  sums: Sums,
): BoostNode {
  return {
    samples,
    others,
    depth,
    sums,
    weight: weightOf(task, sums),
    gain: gainOf(task, sums),
    split: { loss: 0, feature: -1, threshold: 0, missingLeft: false, cut: 0, left: [0, 0], right: [0, 0] },
    feature: -1,
    left: 0,
  };
}

function isSplit(task: BoostTask, { split }: BoostNode): boolean {
  if (!(split.loss > SMALLEST_LOSS)) return false;
  return task.exact || (split.left[1] !== 0 && split.right[1] !== 0 && split.loss >= task.minSplitLoss);
}

function goesLeft(task: BoostTask, { feature, split }: BoostNode, sample: number): boolean {
  if (task.exact) {
    const value = task.columns[feature * task.rows + sample];
    return Number.isNaN(value) ? split.missingLeft : value < split.threshold;
  }
  const { cuts, bins } = task.hist[feature];
  return bins[sample] === cuts.length ? split.missingLeft : bins[sample] <= split.cut;
}

/** The two children of a node that is split. */
function childrenOf(task: BoostTask, node: BoostNode): BoostNode[] {
  return [true, false].map(left => {
    const here = (sample: number): boolean => goesLeft(task, node, sample) === left;
    const samples = node.samples.filter(here);
    const sums = left ? node.split.left : node.split.right;
    return createNode(task, samples, node.others.filter(here), node.depth + 1, sums);
  });
}

function prune(task: BoostTask, nodes: BoostNode[]): void {
  for (const node of [...nodes].reverse()) {
    if (node.feature < 0 || node.split.loss >= task.minSplitLoss) continue;
    if (nodes[node.left].feature < 0 && nodes[node.left + 1].feature < 0) node.feature = -1;
  }
}

function addMargins(task: BoostTask, nodes: BoostNode[], node: BoostNode): void {
  if (node.feature >= 0) {
    addMargins(task, nodes, nodes[node.left]);
    addMargins(task, nodes, nodes[node.left + 1]);
    return;
  }
  if (task.refit > 0) {
    const { labels, margins, weights } = task;
    const own = node.samples.map(i => ({ residual: single(labels[i] - margins[i]), weight: weights[i] }));
    if (own.some(({ weight }) => weight !== 0)) {
      node.weight = residualQuantile(own, task.setting, task.refit === 2);
    }
  }
  const value = single(node.weight * single(task.learningRate));
  for (const sample of [...node.samples, ...node.others]) {
    task.margins[sample * task.outputs + task.output] += value;
  }
}

/** Grows one tree and adds it to the margins. Returns its nodes, the root first. */
export function boostTree(task: BoostTask, draw: Draw): BoostNode[] {
  const drawn = task.train.map(() => task.subsample >= 1 || draw.unit() < task.subsample);
  const samples = task.train.filter((_, i) => drawn[i]);
  const others = [...task.train.filter((_, i) => !drawn[i]), ...task.held];
  const levels = draw.state();
  const all = Array.from({ length: task.features }, (_, j) => j);
  const list = task.treeFeatures === task.features ? all : drawSubset(draw, task.features, task.treeFeatures);
  const search = (node: BoostNode): boolean => {
    for (const feature of featuresOf(task, node.depth, list, levels, draw)) {
      if (task.exact) tryValues(task, node, feature);
      else tryBins(task, node, feature);
    }
    return isSplit(task, node);
  };
  const sums = samples.map(sample => task.gradients[task.output][sample]).reduce(plus, [0, 0]);
  const nodes = [createNode(task, samples, others, 0, sums)];
  const frontier = search(nodes[0]) ? [0] : [];
  for (let leaves = 1; frontier.length > 0 && (task.maxLeaves === 0 || leaves < task.maxLeaves); leaves++) {
    const losses = frontier.map(id => nodes[id].split.loss);
    const chosen = task.lossGuide ? losses.indexOf(Math.max(...losses)) : 0;
    const node = nodes[frontier.splice(chosen, 1)[0]];
    node.feature = node.split.feature;
    node.left = nodes.length;
    for (const child of childrenOf(task, node)) {
      nodes.push(child);
      if (task.maxDepth > 0 && child.depth >= task.maxDepth) continue;
      if (search(child)) frontier.push(nodes.length - 1);
    }
  }
  if (task.exact && task.minSplitLoss > 0) prune(task, nodes);
  addMargins(task, nodes, nodes[0]);
  return nodes;
}
