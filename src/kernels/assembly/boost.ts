/**
 * Boosting trees by second-order gradients: Chen and Guestrin, "XGBoost: a scalable tree boosting system" (2016), in the
 * arithmetic of XGBoost 1.7 (src/tree/), so that the same splits are found.
 *
 * A node has the sums G and H of its samples' gradients g and h. Its weight is w = -T(G) / (H + lambda), where T moves G
 * by alpha towards zero, and its gain T(G)^2 / (H + lambda). A split is worth gain(left) + gain(right) - gain(node). With
 * max_delta_step, w is clipped to it and the gain is -(2 G w + (H + lambda) w^2). g and h are f32, sums f64, gains f32.
 *
 * A value x goes left if x < threshold. A missing one goes where the split is worth more. Splits are searched at the
 * midpoints of sorted values (exact) or at the cuts of bins (hist). Of equally good splits the first counts: lower
 * features first, for exact higher thresholds first where no value is missing.
 *
 * The reference is ../reference/boost.ts.
 */
import { exp } from './math';
import { gatherPlaces, sortPlaces } from './presort';
import { drawSubset, drawUnit } from './random';

/** A split is worth more than this: XGBoost's kRtEps. */
const SMALLEST_LOSS: f32 = 1e-6;

/** What trees are grown from and with; src/ml/trees/boost-task.ts writes it, in this order. */
@unmanaged
class Task {
  lambda: f64;
  alpha: f64;
  minChildWeight: f64;
  maxDeltaStep: f64;
  learningRate: f64;
  minSplitLoss: f64;
  /** The share of the training samples that each tree draws. */
  subsample: f64;
  rows: u32;
  features: u32;
  /** Trees a round: 1 for two classes, else one a class. */
  outputs: u32;
  /** The output of the tree that is grown. */
  output: u32;
  /** How many samples are trained on, and how many are held out. */
  trainCount: u32;
  heldCount: u32;
  /** 0 for no limit. */
  maxDepth: u32;
  maxLeaves: u32;
  /** 1: the best split next; 0: level by level. */
  lossGuide: u32;
  exact: u32;
  /** How many features a tree, a level and a node draw, each from those before. */
  treeFeatures: u32;
  levelFeatures: u32;
  nodeFeatures: u32;
  /** 1 for bins of u16, 0 for u8; and the bins that a column can have. */
  wide: u32;
  maxBins: u32;
  /** Nodes of at least so many samples keep their histograms; 0 for none. */
  storeFrom: u32;
  /** How many nodes can keep theirs at once. */
  freeCount: u32;
  /** exact: f32[features][rows] and what sortColumns makes of it. */
  columns: usize;
  order: usize;
  place: usize;
  sorted: usize;
  present: usize;
  /** hist: what makeBins makes. */
  cuts: usize;
  binCounts: usize;
  bins: usize;
  /** The bin that most values of a column are in, if it is most of them; else u32.MAX_VALUE. */
  common: usize;
  /** i32[rows], f32[rows]. */
  labels: usize;
  weights: usize;
  /** The state of the generator. */
  random: usize;
  /** u32[trainCount], u32[heldCount]. */
  train: usize;
  held: usize;
  /** f32[rows][outputs]: what the trees so far add up to; each new tree is added. */
  margins: usize;
  /** f64[outputs][rows][2]: g and h, written by boostGradients. */
  gradients: usize;
  /** Scratch: u32[rows] each; the samples of a node stand together, among drawn and others. */
  samples: usize;
  others: usize;
  /** Scratch: u32[rows + 1], and the bitmap of sortPlaces. */
  places: usize;
  bitmap: usize;
  /**
   * Scratch: f64[rows][2], a histogram of zeros, u64[maxBins / 64 + 1] of zeros, u32[maxBins + 1], and 0 to maxBins.
   */
  ordered: usize;
  histogram: usize;
  strands: usize;
  marks: usize;
  list: usize;
  identity: usize;
  /** Scratch: histograms of all features of a tree, of each node that keeps them; and u32[] of those that are free. */
  stored: usize;
  free: usize;
  /** Scratch: u32[features] each, and u64[features / 64] of zeros. */
  treeList: usize;
  levelList: usize;
  nodeList: usize;
  chosen: usize;
  /** Scratch: u32[2 * rows + 2]. */
  frontier: usize;
  /** Output: Node[2 * rows + 2]. */
  nodes: usize;
}

/** A node; src/ml/trees/boost-task.ts reads it. */
@unmanaged
class Node {
  gradient: f64;
  hessian: f64;
  /** Of its best split. */
  leftGradient: f64;
  leftHessian: f64;
  rightGradient: f64;
  rightHessian: f64;
  weight: f32;
  gain: f32;
  /** What its best split is worth, and where it is; cut is its bin. */
  loss: f32;
  threshold: f32;
  cut: i32;
  missingLeft: u32;
  candidate: i32;
  /** The feature it is split by, or -1 for a leaf. */
  feature: i32;
  /** The left child; the right one follows it. */
  left: u32;
  depth: u32;
  start: u32;
  end: u32;
  othersStart: u32;
  othersEnd: u32;
  /** Where its histograms are stored, or -1. */
  slot: i32;
  unused: u32;
}

const NODE_BYTES: usize = offsetof<Node>();

/** The best split of the node at hand: its left sums (right ones follow), its worth and its place. */
let bestLoss: f32 = 0;
let bestFeature: i32 = -1;
let bestThreshold: f32 = 0;
let bestCut: i32 = 0;
let bestMissingLeft: u32 = 0;
let bestLeft: v128 = f64x2.splat(0);
let bestRight: v128 = f64x2.splat(0);

/** How many places for stored histograms are free now. */
let free: u32 = 0;

function nodeAt(task: Task, id: u32): Node {
  return changetype<Node>(task.nodes + <usize>id * NODE_BYTES);
}

/** The gradients of the output at hand. */
function gradientsOf(task: Task): usize {
  return task.gradients + ((<usize>task.output * <usize>task.rows) << 4);
}

/** expf, as exact as glibc's. */
function expSingle(x: f32): f32 {
  return <f32>exp(<f64>x);
}

/** g and h of binary:logistic (src/objective/regression_loss.h). The weights include scale_pos_weight. */
function logisticGradients(task: Task): void {
  for (let i: u32 = 0; i < task.rows; i++) {
    const at = <usize>i << 2;
    const p: f32 = 1 / (expSingle(min<f32>(-load<f32>(task.margins + at), 88.7)) + 1);
    const weight = load<f32>(task.weights + at);
    const g: f32 = (p - <f32>load<i32>(task.labels + at)) * weight;
    const h: f32 = max<f32>(p * (1 - p), <f32>1e-16) * weight;
    store<f64>(task.gradients + (at << 2), <f64>g);
    store<f64>(task.gradients + (at << 2), <f64>h, 8);
  }
}

/** g and h of multi:softprob (src/objective/multiclass_obj.cu). */
function softmaxGradients(task: Task): void {
  const k = task.outputs;
  for (let i: u32 = 0; i < task.rows; i++) {
    const margins = task.margins + ((<usize>i * <usize>k) << 2);
    const weight = load<f32>(task.weights + (<usize>i << 2));
    const label = load<u32>(task.labels + (<usize>i << 2));
    let top: f32 = f32.MIN_NORMAL_VALUE;
    for (let c: u32 = 0; c < k; c++) top = max<f32>(top, load<f32>(margins + (<usize>c << 2)));
    let sum: f64 = 0;
    for (let c: u32 = 0; c < k; c++) sum += <f64>expSingle(load<f32>(margins + (<usize>c << 2)) - top);
    for (let c: u32 = 0; c < k; c++) {
      const p: f32 = expSingle(load<f32>(margins + (<usize>c << 2)) - top) / <f32>sum;
      const h: f32 = max<f32>(<f32>2 * p * (1 - p) * weight, <f32>1e-16);
      const g: f32 = (label == c ? p - 1 : p) * weight;
      const at = task.gradients + ((<usize>c * <usize>task.rows + <usize>i) << 4);
      store<f64>(at, <f64>g);
      store<f64>(at, <f64>h, 8);
    }
  }
}

/** Writes the gradients of all samples at their margins, for all trees of a round. */
export function boostGradients(pointer: usize): void {
  const task = changetype<Task>(pointer);
  if (task.outputs == 1) logisticGradients(task);
  else softmaxGradients(task);
}

function towardsZero(gradient: f64, alpha: f64): f64 {
  if (gradient > alpha) return gradient - alpha;
  return gradient < -alpha ? gradient + alpha : 0;
}

function weightOf(task: Task, gradient: f64, hessian: f64): f32 {
  if (hessian < task.minChildWeight || hessian <= 0) return 0;
  const weight = -towardsZero(gradient, task.alpha) / (hessian + task.lambda);
  if (task.maxDeltaStep != 0 && abs(weight) > task.maxDeltaStep) {
    return <f32>copysign(task.maxDeltaStep, weight);
  }
  return <f32>weight;
}

function gainOf(task: Task, gradient: f64, hessian: f64): f32 {
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

/** What a split is worth, or a negative number if a side is too light. */
function worth(task: Task, node: Node, met: v128, rest: v128): f32 {
  const first = f64x2.extract_lane(met, 1);
  const second = f64x2.extract_lane(rest, 1);
  if (first < task.minChildWeight || second < task.minChildWeight) return -1;
  const gain =
    gainOf(task, f64x2.extract_lane(met, 0), first) + gainOf(task, f64x2.extract_lane(rest, 0), second);
  return gain - node.gain;
}

/** As worth, where neither alpha nor max_delta_step matters and min_child_weight is positive: both sides at once. */
// @ts-ignore: decorator
@inline
function plainWorth(met: v128, rest: v128, least: v128, lambda: v128, gain: f32): f32 {
  const hessians = v128.shuffle<f64>(met, rest, 1, 3);
  if (!i64x2.all_true(f64x2.ge(hessians, least))) return -1;
  const gradients = v128.shuffle<f64>(met, rest, 0, 2);
  const squares = f32x4.demote_f64x2_zero(f64x2.mul(gradients, gradients));
  const gains = f32x4.div(squares, f32x4.demote_f64x2_zero(f64x2.add(hessians, lambda)));
  return f32x4.extract_lane(gains, 0) + f32x4.extract_lane(gains, 1) - gain;
}

function isPlain(task: Task): bool {
  return task.alpha == 0 && task.maxDeltaStep == 0 && task.minChildWeight > 0;
}

/** Remembers a split. */
function keep(loss: f32, feature: u32, threshold: f32, cut: i32, missingLeft: u32, left: v128, right: v128): void {
  bestLoss = loss;
  bestFeature = feature;
  bestThreshold = threshold;
  bestCut = cut;
  bestMissingLeft = missingLeft;
  bestLeft = left;
  bestRight = right;
}

/** A histogram holds G and H of each bin, then of the missing values. */
function histogramBytes(task: Task): usize {
  return <usize>(task.maxBins + 1) << 4;
}

/** Adds the node's gradients to the bins of one column; `ordered` holds them in the order of the samples. */
function addToBins<T>(task: Task, bins: usize, first: usize, last: usize, histogram: usize): void {
  let from = task.ordered;
  for (let at = first; at < last; at += 4) {
    const bin = <usize>load<T>(bins + <usize>load<u32>(at) * sizeof<T>());
    const slot = histogram + (bin << 4);
    v128.store(slot, f64x2.add(v128.load(slot), v128.load(from)));
    from += 16;
  }
}

/** How many sums a bin is added up in where the column has a common bin; a power of 2. */
const STRANDS: u32 = 4;

/**
 * As addToBins, for a column with a common bin: each bin has STRANDS sums, which its samples are added to in turn, as
 * adding to one place again and again would wait for each sum before. The sums are 0 before and after.
 */
function addToStrands<T>(task: Task, bins: usize, first: usize, last: usize, count: u32, histogram: usize): void {
  const strands = task.strands;
  let from = task.ordered;
  let strand: usize = 0;
  for (let at = first; at < last; at += 4) {
    const bin = <usize>load<T>(bins + <usize>load<u32>(at) * sizeof<T>());
    const slot = strands + ((bin << 6) | strand);
    v128.store(slot, f64x2.add(v128.load(slot), v128.load(from)));
    from += 16;
    strand = (strand + 16) & ((STRANDS - 1) << 4);
  }
  for (let b: u32 = 0; b < count; b++) {
    const at = strands + (<usize>b << 6);
    const half = f64x2.add(v128.load(at), v128.load(at, 16));
    const sum = f64x2.add(half, f64x2.add(v128.load(at, 32), v128.load(at, 48)));
    v128.store(histogram + (<usize>b << 4), sum);
    memory.fill(at, 0, 64);
  }
}

/** Marks the bins of one column that the node's samples are in. */
function markBins<T>(task: Task, bins: usize, first: usize, count: u32): void {
  const marks = task.marks;
  for (let i: u32 = 0; i < count; i++) {
    const sample = <usize>load<u32>(first + (<usize>i << 2));
    const bin = <usize>load<T>(bins + sample * sizeof<T>());
    const word = marks + ((bin >> 6) << 3);
    store<u64>(word, load<u64>(word) | (<u64>1 << <u64>(bin & 63)));
  }
}

/** Lists the marked bins below `bins` in order and clears the marks. Returns how many. */
function listMarked(task: Task, bins: u32): u32 {
  let out = task.list;
  for (let w: u32 = 0; w <= bins >> 6; w++) {
    const at = task.marks + (<usize>w << 3);
    let bits = load<u64>(at);
    store<u64>(at, 0);
    for (; bits; bits &= bits - 1) {
      store<u32>(out, (w << 6) | <u32>ctz(bits));
      out += 4;
    }
  }
  const count = <u32>((out - task.list) >> 2);
  return count && load<u32>(out - 4) == bins ? count - 1 : count;
}

/** Adds up one column of a node in a histogram of zeros. */
function buildHistogram(task: Task, node: Node, feature: u32, histogram: usize): void {
  const column = task.bins + ((<usize>feature * <usize>task.rows) << <usize>task.wide);
  const first = task.samples + (<usize>node.start << 2);
  const last = task.samples + (<usize>node.end << 2);
  const bins = load<u32>(task.binCounts + (<usize>feature << 2));
  const common = load<u32>(task.common + (<usize>feature << 2)) != u32.MAX_VALUE;
  if (common && node.end - node.start >= 2 * bins) {
    if (task.wide) addToStrands<u16>(task, column, first, last, bins + 1, histogram);
    else addToStrands<u8>(task, column, first, last, bins + 1, histogram);
    return;
  }
  if (task.wide) addToBins<u16>(task, column, first, last, histogram);
  else addToBins<u8>(task, column, first, last, histogram);
}

/** Lists the bins of one column that a node of few samples has. Returns how many. */
function listBins(task: Task, node: Node, feature: u32, bins: u32): u32 {
  const column = task.bins + ((<usize>feature * <usize>task.rows) << <usize>task.wide);
  const first = task.samples + (<usize>node.start << 2);
  if (task.wide) markBins<u16>(task, column, first, node.end - node.start);
  else markBins<u8>(task, column, first, node.end - node.start);
  return listMarked(task, bins);
}

/** Tries the cuts of one feature by the node's samples. */
function tryBins(task: Task, node: Node, feature: u32): void {
  const bins = load<u32>(task.binCounts + (<usize>feature << 2));
  const histogram = task.histogram;
  buildHistogram(task, node, feature, histogram);
  if (node.end - node.start >= bins) {
    tryHistogram(task, node, feature, histogram, task.identity, bins);
    memory.fill(histogram, 0, <usize>(bins + 1) << 4);
    return;
  }
  const listed = listBins(task, node, feature, bins);
  tryHistogram(task, node, feature, histogram, task.list, listed);
  for (let at: u32 = 0; at < listed; at++) {
    v128.store(histogram + (<usize>load<u32>(task.list + (<usize>at << 2)) << 4), f64x2.splat(0));
  }
  v128.store(histogram + (<usize>bins << 4), f64x2.splat(0));
}

/** Tries the cuts of one feature by its histogram. `list` has the bins that may not be empty, in order. */
function tryHistogram(task: Task, node: Node, feature: u32, histogram: usize, list: usize, listed: u32): void {
  const bins = load<u32>(task.binCounts + (<usize>feature << 2));
  const someMissing = v128.any_true(v128.load(histogram + (<usize>bins << 4)));
  // Empty bins at the end would offer a split that leaves nothing on the right.
  while (listed && !v128.any_true(v128.load(histogram + (<usize>load<u32>(list + (<usize>(listed - 1) << 2)) << 4)))) {
    listed--;
  }
  if (!listed) return;
  const last = list + (<usize>(listed - 1) << 2);
  if (isPlain(task)) {
    scanPlain(task, node, feature, histogram, list, someMissing ? last + 4 : last, 4);
    if (someMissing) scanPlain(task, node, feature, histogram, last, list - 4, -4);
    return;
  }
  scanBins(task, node, feature, histogram, list, someMissing ? last + 4 : last, 4);
  if (someMissing) scanBins(task, node, feature, histogram, last, list - 4, -4);
}

/** Keeps the split after (upwards) or before (downwards) a bin. */
function keepCut(task: Task, feature: u32, bin: u32, upwards: bool, loss: f32, met: v128, rest: v128): void {
  const cuts = task.cuts + ((<usize>feature * <usize>task.maxBins) << 2);
  const cut = <i32>bin - (upwards ? 0 : 1);
  const threshold: f32 = cut < 0 ? -Infinity : load<f32>(cuts + (<usize>cut << 2));
  if (upwards) keep(loss, feature, threshold, cut, 0, met, rest);
  else keep(loss, feature, threshold, cut, 1, rest, met);
}

/**
 * Tries the cuts at the bins listed from `at` to before `end`: upwards (step 4) the bins met are the left side and missing
 * values go right; downwards (step -4) they are the right side and missing values go left.
 */
function scanBins(task: Task, node: Node, feature: u32, histogram: usize, at: usize, end: usize, step: i32): void {
  const total = v128.load(changetype<usize>(node));
  let met = f64x2.splat(0);
  for (; at != end; at += step) {
    const bin = load<u32>(at);
    met = f64x2.add(met, v128.load(histogram + (<usize>bin << 4)));
    const rest = f64x2.sub(total, met);
    const loss = worth(task, node, met, rest);
    if (loss > bestLoss && loss < Infinity) keepCut(task, feature, bin, step > 0, loss, met, rest);
  }
}

/** As scanBins, where plainWorth holds. */
function scanPlain(task: Task, node: Node, feature: u32, histogram: usize, at: usize, end: usize, step: i32): void {
  const total = v128.load(changetype<usize>(node));
  const least = f64x2.splat(task.minChildWeight);
  const lambda = f64x2.splat(task.lambda);
  const gain = node.gain;
  let met = f64x2.splat(0);
  for (; at != end; at += step) {
    const bin = load<u32>(at);
    met = f64x2.add(met, v128.load(histogram + (<usize>bin << 4)));
    const rest = f64x2.sub(total, met);
    const loss = plainWorth(met, rest, least, lambda, gain);
    if (loss > bestLoss && loss < Infinity) keepCut(task, feature, bin, step > 0, loss, met, rest);
  }
}

function storedAt(task: Task, slot: i32, i: u32): usize {
  return task.stored + <usize>(<u32>slot * task.treeFeatures + i) * histogramBytes(task);
}

/** Adds up all columns of a node in a place of its own. */
function storeHistograms(task: Task, node: Node): void {
  free--;
  node.slot = load<i32>(task.free + (<usize>free << 2));
  memory.fill(storedAt(task, node.slot, 0), 0, <usize>task.treeFeatures * histogramBytes(task));
  orderGradients(task, node);
  for (let i: u32 = 0; i < task.treeFeatures; i++) {
    const feature = load<u32>(task.treeList + (<usize>i << 2));
    buildHistogram(task, node, feature, storedAt(task, node.slot, i));
  }
}

function freeHistograms(task: Task, node: Node): void {
  if (node.slot < 0) return;
  store<i32>(task.free + (<usize>free << 2), node.slot);
  free++;
  node.slot = -1;
}

/** Turns the histograms of a node into those of one child by subtracting those of the other. */
function subtractHistograms(task: Task, node: Node, from: Node, to: Node): void {
  const start = storedAt(task, node.slot, 0);
  const end = storedAt(task, node.slot + 1, 0);
  let other = storedAt(task, from.slot, 0);
  for (let at = start; at < end; at += 16) {
    v128.store(at, f64x2.sub(v128.load(at), v128.load(other)));
    other += 16;
  }
  to.slot = node.slot;
  node.slot = -1;
}

/** Gives the children of a node histograms of their own where the larger child has many samples. */
function shareHistograms(task: Task, node: Node, first: Node, second: Node): void {
  const isFirst = first.end - first.start < second.end - second.start;
  const small = isFirst ? first : second;
  const large = isFirst ? second : first;
  if (node.slot < 0) return;
  if (large.end - large.start < task.storeFrom) return freeHistograms(task, node);
  storeHistograms(task, small);
  subtractHistograms(task, node, small, large);
}

/** The threshold between two neighbours, lower < upper: lower < threshold <= upper. */
function between(lower: f32, upper: f32): f32 {
  const middle: f32 = (lower + upper) * 0.5;
  return middle > lower && middle <= upper ? middle : upper;
}

/** Keeps the split between the value met last and the next one. */
function keepMidpoint(feature: u32, last: f32, value: f32, upwards: bool, loss: f32, met: v128, rest: v128): void {
  if (upwards) keep(loss, feature, between(last, value), 0, 0, met, rest);
  else keep(loss, feature, between(value, last), 0, 1, rest, met);
}

/**
 * Tries the midpoints of one feature, over `count` sorted places, upwards (missing values go right, the samples met so
 * far are on the left) or downwards (missing values go left, those met are on the right). `some`: whether there are
 * missing values to be split from all others.
 */
function scanValues(task: Task, node: Node, feature: u32, count: u32, upwards: bool, some: bool): void {
  const offset = (<usize>feature * <usize>task.rows) << 2;
  const order = task.order + offset;
  const sorted = task.sorted + offset;
  const gradients = gradientsOf(task);
  const total = v128.load(changetype<usize>(node));
  const plain = isPlain(task);
  const least = f64x2.splat(task.minChildWeight);
  const lambda = f64x2.splat(task.lambda);
  const gain = node.gain;
  let met = f64x2.splat(0);
  let last: f32 = 0;
  let at = upwards ? task.places : task.places + (<usize>(count - 1) << 2);
  for (let i: u32 = 0; i < count; i++) {
    const place = <usize>load<u32>(at) << 2;
    const value = load<f32>(sorted + place);
    if (i && value != last) {
      const rest = f64x2.sub(total, met);
      const loss = plain ? plainWorth(met, rest, least, lambda, gain) : worth(task, node, met, rest);
      if (loss > bestLoss && loss < Infinity) keepMidpoint(feature, last, value, upwards, loss, met, rest);
    }
    met = f64x2.add(met, v128.load(gradients + (<usize>load<u32>(order + place) << 4)));
    last = value;
    at += upwards ? 4 : -4;
  }
  if (!some) return;
  const rest = f64x2.sub(total, met);
  const loss = worth(task, node, met, rest);
  if (!(loss > bestLoss && loss < Infinity)) return;
  if (upwards) keep(loss, feature, Infinity, 0, 0, met, rest);
  else keep(loss, feature, -Infinity, 0, 1, rest, met);
}

/** Tries the midpoints of one feature. */
function tryValues(task: Task, node: Node, feature: u32): void {
  const place = task.place + ((<usize>feature * <usize>task.rows) << 2);
  const present = load<u32>(task.present + (<usize>feature << 2));
  const samples = task.samples + (<usize>node.start << 2);
  const count = node.end - node.start;
  const here = <u32>((gatherPlaces(place, samples, count, 0, present, task.places) - task.places) >> 2);
  if (!here) return;
  sortPlaces(task.rows, task.places, here, task.bitmap);
  // A column without missing values is read downwards only, as XGBoost reads it.
  if (present < task.rows) scanValues(task, node, feature, here, true, here < count);
  scanValues(task, node, feature, here, false, here < count);
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
function drawFeatures(task: Task, state: usize, n: u32, k: u32, from: usize, to: usize): void {
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

/** Tries the cuts of one feature, the i-th of the tree, by the stored histogram. */
function tryStored(task: Task, node: Node, feature: u32, i: u32): void {
  const bins = load<u32>(task.binCounts + (<usize>feature << 2));
  tryHistogram(task, node, feature, storedAt(task, node.slot, i), task.identity, bins);
}

/** Looks for the best split of a node. */
function searchSplit(task: Task, node: Node): void {
  bestLoss = 0;
  bestFeature = -1;
  let list = task.treeList;
  if (task.levelFeatures < task.treeFeatures) {
    drawLevel(task, node.depth);
    list = task.levelList;
  }
  if (task.nodeFeatures < task.levelFeatures) {
    drawFeatures(task, task.random, task.levelFeatures, task.nodeFeatures, list, task.nodeList);
    list = task.nodeList;
  }
  if (!task.exact && node.slot < 0) orderGradients(task, node);
  for (let i: u32 = 0; i < task.nodeFeatures; i++) {
    const feature = load<u32>(list + (<usize>i << 2));
    if (task.exact) tryValues(task, node, feature);
    else if (node.slot < 0) tryBins(task, node, feature);
    else tryStored(task, node, feature, i);
  }
  node.loss = bestLoss;
  node.candidate = bestFeature;
  node.threshold = bestThreshold;
  node.cut = bestCut;
  node.missingLeft = bestMissingLeft;
  node.leftGradient = f64x2.extract_lane(bestLeft, 0);
  node.leftHessian = f64x2.extract_lane(bestLeft, 1);
  node.rightGradient = f64x2.extract_lane(bestRight, 0);
  node.rightHessian = f64x2.extract_lane(bestRight, 1);
}

/** The gradients of a node's samples, in their order. */
function orderGradients(task: Task, node: Node): void {
  const gradients = gradientsOf(task);
  let to = task.ordered;
  for (let at = node.start; at < node.end; at++) {
    const sample = <usize>load<u32>(task.samples + (<usize>at << 2));
    v128.store(to, v128.load(gradients + (sample << 4)));
    to += 16;
  }
}

/** The sum of the gradients of samples start to end. */
function sumGradients(task: Task, start: u32, end: u32): v128 {
  const gradients = gradientsOf(task);
  let sum = f64x2.splat(0);
  for (let at = start; at < end; at++) {
    const sample = <usize>load<u32>(task.samples + (<usize>at << 2));
    sum = f64x2.add(sum, v128.load(gradients + (sample << 4)));
  }
  return sum;
}

/** Makes a node of samples start to end with the given sums. */
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

/** Whether a node's best split is made (XGBoost's CPUExpandEntry::IsValid; exact prunes afterwards instead). */
function splits(task: Task, node: Node): bool {
  if (!(node.loss > SMALLEST_LOSS)) return false;
  if (task.exact) return true;
  if (node.leftHessian == 0 || node.rightHessian == 0) return false;
  return <f64>node.loss >= task.minSplitLoss;
}

/** Whether a sample goes right by a bin. */
// @ts-ignore: decorator
@inline
function isBeyond<T>(bins: usize, sample: usize, cut: i32, missing: i32, missingRight: bool): bool {
  const bin = <i32>load<T>(bins + sample * sizeof<T>());
  return bin == missing ? missingRight : bin > cut;
}

/** Whether a sample goes right. */
// @ts-ignore: decorator
@inline
function goesRight(task: Task, node: Node, sample: usize): bool {
  const missingRight = !node.missingLeft;
  if (task.exact) {
    const value = load<f32>(task.columns + ((<usize>node.feature * <usize>task.rows + sample) << 2));
    return value != value ? missingRight : value >= node.threshold;
  }
  const bins = task.bins + ((<usize>node.feature * <usize>task.rows) << <usize>task.wide);
  const missing = load<i32>(task.binCounts + (<usize>node.feature << 2));
  return task.wide
    ? isBeyond<u16>(bins, sample, node.cut, missing, missingRight)
    : isBeyond<u8>(bins, sample, node.cut, missing, missingRight);
}

/** Puts those of the samples that go left before those that go right, both in their order. Returns where they meet. */
function partition(task: Task, node: Node, samples: usize, start: u32, end: u32): u32 {
  let left = samples + (<usize>start << 2);
  let right = task.places;
  for (let at = left; at < samples + (<usize>end << 2); at += 4) {
    const sample = load<u32>(at);
    const isRight = <usize>goesRight(task, node, <usize>sample);
    store<u32>(left, sample);
    store<u32>(right, sample);
    left += (1 - isRight) << 2;
    right += isRight << 2;
  }
  memory.copy(left, task.places, right - task.places);
  return <u32>((left - samples) >> 2);
}

/** Splits a node by its candidate into nodes `left` and `left` + 1. */
function expand(task: Task, node: Node, left: u32): void {
  node.feature = node.candidate;
  node.left = left;
  const middle = partition(task, node, task.samples, node.start, node.end);
  const others = partition(task, node, task.others, node.othersStart, node.othersEnd);
  let leftSums = v128.load(changetype<usize>(node) + offsetof<Node>('leftGradient'));
  let rightSums = v128.load(changetype<usize>(node) + offsetof<Node>('rightGradient'));
  if (task.exact) {
    leftSums = sumGradients(task, node.start, middle);
    rightSums = sumGradients(task, middle, node.end);
  }
  const first = createNode(task, left, node.start, middle, node.depth + 1, leftSums);
  const second = createNode(task, left + 1, middle, node.end, node.depth + 1, rightSums);
  first.othersStart = node.othersStart;
  first.othersEnd = others;
  second.othersStart = others;
  second.othersEnd = node.othersEnd;
}

/** Takes the next node to split: the first one, or the one whose split is worth most. */
function takeNext(task: Task, waiting: u32): u32 {
  let chosen: u32 = 0;
  for (let i: u32 = 1; task.lossGuide && i < waiting; i++) {
    const here = nodeAt(task, load<u32>(task.frontier + (<usize>i << 2))).loss;
    if (here > nodeAt(task, load<u32>(task.frontier + (<usize>chosen << 2))).loss) chosen = i;
  }
  const at = task.frontier + (<usize>chosen << 2);
  const id = load<u32>(at);
  memory.copy(at, at + 4, <usize>(waiting - 1 - chosen) << 2);
  return id;
}

/** Draws the samples of the tree; those not drawn and those held out are the others. Makes the root. */
function drawRoot(task: Task): Node {
  let drawn: u32 = 0;
  let others: u32 = 0;
  for (let i: u32 = 0; i < task.trainCount; i++) {
    const sample = load<u32>(task.train + (<usize>i << 2));
    if (task.subsample < 1 && drawUnit(task.random) >= task.subsample) {
      store<u32>(task.others + (<usize>others << 2), sample);
      others++;
    } else {
      store<u32>(task.samples + (<usize>drawn << 2), sample);
      drawn++;
    }
  }
  memory.copy(task.others + (<usize>others << 2), task.held, <usize>task.heldCount << 2);
  const root = createNode(task, 0, 0, drawn, 0, sumGradients(task, 0, drawn));
  root.othersStart = 0;
  root.othersEnd = others + task.heldCount;
  return root;
}

/** Draws the features of the tree, and keeps the state that those of its levels are drawn from. */
function drawTreeFeatures(task: Task): void {
  memory.copy(task.random + 32, task.random, 16);
  const list = task.levelList;
  for (let j: u32 = 0; j < task.features; j++) store<u32>(list + (<usize>j << 2), j);
  if (task.treeFeatures == task.features) memory.copy(task.treeList, list, <usize>task.features << 2);
  else drawFeatures(task, task.random, task.features, task.treeFeatures, list, task.treeList);
}

/** Cuts splits that are worth too little, from the leaves up, where both children are leaves (XGBoost's `prune`). */
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

/** Adds the tree to the margins of all samples; `id` is a node whose parents are all split. */
function addMargins(task: Task, id: u32): void {
  const node = nodeAt(task, id);
  if (node.feature >= 0) {
    addMargins(task, node.left);
    addMargins(task, node.left + 1);
    return;
  }
  const value = leafValue(task, node);
  addToSamples(task, task.samples, node.start, node.end, value);
  addToSamples(task, task.others, node.othersStart, node.othersEnd, value);
}

function addToSamples(task: Task, samples: usize, start: u32, end: u32, value: f32): void {
  for (let i = start; i < end; i++) {
    const sample = <usize>load<u32>(samples + (<usize>i << 2));
    const at = task.margins + ((sample * <usize>task.outputs + <usize>task.output) << 2);
    store<f32>(at, load<f32>(at) + value);
  }
}

/** Whether a node is to be split, once its best split has been found. Its histograms are kept for its children. */
function isSplit(task: Task, node: Node): bool {
  searchSplit(task, node);
  const count = node.end - node.start;
  const found = splits(task, node);
  if (!found || count < task.storeFrom) freeHistograms(task, node);
  return found;
}

/** Grows one tree from a Task and adds it to the margins. Returns the number of its nodes. */
export function boostTree(pointer: usize): u32 {
  const task = changetype<Task>(pointer);
  const root = drawRoot(task);
  drawTreeFeatures(task);
  for (free = 0; free < task.freeCount; free++) store<u32>(task.free + (<usize>free << 2), free);
  let nodes: u32 = 1;
  let leaves: u32 = 1;
  let waiting: u32 = 0;
  const limit = task.maxDepth ? task.maxDepth : u32.MAX_VALUE;
  if (task.storeFrom && root.end >= task.storeFrom) storeHistograms(task, root);
  if (isSplit(task, root)) {
    store<u32>(task.frontier, 0);
    waiting = 1;
  }
  while (waiting && (!task.maxLeaves || leaves < task.maxLeaves)) {
    const node = nodeAt(task, takeNext(task, waiting--));
    expand(task, node, nodes);
    leaves++;
    const isLast = node.depth + 1 >= limit;
    if (isLast) freeHistograms(task, node);
    else shareHistograms(task, node, nodeAt(task, nodes), nodeAt(task, nodes + 1));
    for (let side: u32 = 0; side < 2 && !isLast; side++) {
      if (!isSplit(task, nodeAt(task, nodes + side))) continue;
      store<u32>(task.frontier + (<usize>waiting << 2), nodes + side);
      waiting++;
    }
    nodes += 2;
  }
  if (task.exact && task.minSplitLoss > 0) prune(task, nodes);
  addMargins(task, 0);
  return nodes;
}

/**
 * Adds trees `first` to `last` - 1 to margins f32[m][outputs], tree by tree; tree t belongs to output t % outputs. x is
 * f32[p][m]; roots u32[trees]; of a node, feature i32 is -1 for a leaf, value f32 the threshold of a split or the leaf's
 * value, missingLeft u8, and next i32 the left child (the right one follows it).
 */
export function addTrees(
  m: u32,
  x: usize,
  outputs: u32,
  first: u32,
  last: u32,
  roots: usize,
  feature: usize,
  value: usize,
  missingLeft: usize,
  next: usize,
  margins: usize,
): void {
  for (let tree = first; tree < last; tree++) {
    const root = <usize>load<u32>(roots + (<usize>tree << 2));
    const output = <usize>(tree % outputs);
    for (let i: u32 = 0; i < m; i++) {
      const row = x + (<usize>i << 2);
      let at = root;
      let column = load<i32>(feature + (at << 2));
      while (column >= 0) {
        const here = load<f32>(row + ((<usize>column * <usize>m) << 2));
        const right = here != here ? !load<u8>(missingLeft + at) : here >= load<f32>(value + (at << 2));
        at = <usize>load<u32>(next + (at << 2)) + <usize>right;
        column = load<i32>(feature + (at << 2));
      }
      const to = margins + ((<usize>i * <usize>outputs + output) << 2);
      store<f32>(to, load<f32>(to) + load<f32>(value + (at << 2)));
    }
  }
}
