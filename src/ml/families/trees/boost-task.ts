/** The kernel that boosts trees, called from TypeScript: memory for one fit, and one tree at a time. */
import type { Matrix } from '../../../base/dataset.js';
import type { Rng } from '../../../base/rng.js';
import { BOOST_NODE, BOOST_TASK } from '../../../kernels/layouts/boost.js';
import { kernels } from '../../../kernels/loader.js';
import { float32, float64, hold, uint16, uint32, uint8 } from '../../../kernels/memory.js';
import { allocate, allocateArray, type StructArrayOf, type ValuesOf } from '../../../kernels/struct.js';
import { type Bins, binned, type Histograms, type Lists, NO_BIN } from './bins.js';
import type { Objective } from './objectives.js';

/** The rules by which boosted trees grow. Numbers are rounded to f32, as in XGBoost. */
export interface BoostRules {
  lambda: number;
  alpha: number;
  minChildWeight: number;
  /** 0 for none. */
  maxDeltaStep: number;
  learningRate: number;
  minSplitLoss: number;
  /** The share of the samples that each tree draws. */
  subsample: number;
  /** 0 for no limit. */
  maxDepth: number;
  maxLeaves: number;
  /** Whether the node whose split is worth most is split next. Otherwise nodes are split level by level. */
  lossGuide: boolean;
  /** Whether thresholds are the midpoints of all values. Otherwise they are the cuts of at most maxBins bins. */
  exact: boolean;
  maxBins: number;
  /** How many features a tree, a level and a node draw. Each draws from those of the one before. */
  treeFeatures: number;
  levelFeatures: number;
  nodeFeatures: number;
}

/**
 * A boosted tree, level by level. Node 0 is the root; a split sends x < value left (a missing x if missingLeft) and
 * has its left child in `next`, which the right one follows; a leaf has feature -1 and its value.
 */
export interface BoostedTree {
  feature: Int32Array;
  value: Float32Array;
  missingLeft: Uint8Array;
  next: Int32Array;
  /** The gain of each split; 0 for leaves. */
  loss: Float32Array;
  /** The sum of the second derivatives of the samples of each node. */
  covers: Float64Array;
}

/** Boosts one problem. It lives in the kernels' memory until the scope ends. */
export interface Booster {
  /** n x outputs: the sum of all trees so far, for held-out samples too. */
  margins: Float32Array;
  /** Takes the gradients of all samples at their margins; once a round, before its trees. */
  gradients(): void;
  /** Grows the round's tree for an output and adds it to the margins. */
  grow(output: number, rng: Rng): BoostedTree;
}

/**
 * The samples that trees are grown on and those that are only predicted, each ascending, and all samples' weights.
 */
export interface BoostedSamples {
  train: Int32Array;
  held: Int32Array;
  weights: Float32Array;
}

/** Reserves all that boosting needs, in the memory of the kernels, with all margins at their start. */
export function prepareBooster(
  x: Matrix,
  { kernel, outputs, labels, base }: Objective,
  rules: BoostRules,
  samples: BoostedSamples,
): Booster {
  const bins = binned(x, rules.exact ? x.rows : rules.maxBins);
  const random = uint32(12);
  const margins = float32(x.rows * outputs).fill(base);
  const nodes = allocateArray(BOOST_NODE, 2 * x.rows + 2);
  const task = allocate(
    BOOST_TASK,
    rulesOf(rules),
    binsOf(bins),
    bins.search.kind === 'lists' ? listsOf(bins, bins.search) : histogramsOf(bins, bins.search),
    scratchOf(x.rows, x.columns),
    {
      rows: x.rows,
      features: x.columns,
      outputs,
      // Set for each tree.
      output: 0,
      trainCount: samples.train.length,
      heldCount: samples.held.length,
      ...kernel,
      labels: hold(labels as Float32Array),
      weights: hold(samples.weights),
      random,
      train: hold(samples.train),
      held: hold(samples.held),
      margins,
      gradients: float64(2 * x.rows * outputs),
      residuals: kernel.refit ? uint8(16 * x.rows + 1024) : null,
      nodes: nodes.bytes,
    },
  );
  const read = nodeReader(nodes, Math.fround(rules.learningRate));
  return {
    margins,
    gradients: () => kernels().boostGradients(task.pointer),
    grow(output, rng) {
      task.set('output', output);
      random.set(rng.state());
      return read(kernels().boostTree(task.pointer));
    },
  };
}

/** The rules as a Task has them: real numbers as XGBoost's f32. */
function rulesOf(rules: BoostRules) {
  return {
    lambda: Math.fround(rules.lambda),
    alpha: Math.fround(rules.alpha),
    minChildWeight: Math.fround(rules.minChildWeight),
    maxDeltaStep: Math.fround(rules.maxDeltaStep),
    learningRate: Math.fround(rules.learningRate),
    minSplitLoss: Math.fround(rules.minSplitLoss),
    subsample: Math.fround(rules.subsample),
    maxDepth: rules.maxDepth,
    maxLeaves: rules.maxLeaves,
    lossGuide: rules.lossGuide ? 1 : 0,
    exact: rules.exact ? 1 : 0,
    treeFeatures: rules.treeFeatures,
    levelFeatures: rules.levelFeatures,
    nodeFeatures: rules.nodeFeatures,
  };
}

/** The bins of a Task. */
function binsOf({ bins, common, lows, offsets, present }: Bins) {
  return {
    width: bins.BYTES_PER_ELEMENT >> 1,
    offsets: hold(offsets),
    lows: hold(lows),
    common: hold(common),
    bins: hold(bins as Uint8Array),
    present: hold(present),
  };
}

/** The scratch of a Task that every search needs, as large as its layout says. */
function scratchOf(rows: number, columns: number) {
  return {
    samples: uint32(rows),
    others: uint32(rows),
    places: uint32(rows),
    treeList: uint32(columns),
    levelList: uint32(columns),
    nodeList: uint32(columns),
    chosen: float64(Math.ceil(columns / 64)),
    frontier: uint32(2 * rows + 2),
  };
}

/** A search of splits along lists has no arrays of the search in histograms, and the reverse. */
const NO_LISTS = { order: null, spare: null, sides: null };
const NO_HISTOGRAMS = {
  rowStarts: null,
  rowSlots: null,
  commonMarks: null,
  identity: null,
  histogram: null,
  marks: null,
  slotList: null,
  stored: null,
  free: null,
};
type Searched = Pick<
  ValuesOf<typeof BOOST_TASK>,
  'lists' | 'wideIds' | 'storeFrom' | 'freeCount' | keyof typeof NO_LISTS | keyof typeof NO_HISTOGRAMS
>;

function listsOf({ bins, present }: Bins, { order }: Lists): Searched {
  const wide = order instanceof Uint32Array;
  return {
    ...NO_HISTOGRAMS,
    lists: 1,
    wideIds: wide ? 1 : 0,
    storeFrom: 0,
    freeCount: 0,
    order: hold(order as Uint16Array),
    spare: (wide ? uint32 : uint16)(2 * order.length),
    sides: uint8(bins.length / present.length),
  };
}

/** At most this many nodes keep histograms at once, besides the two children of another node. */
const MOST_STORED = 32;

function histogramsOf({ offsets, common }: Bins, { starts, slots }: Histograms): Searched {
  const wide = slots instanceof Uint32Array;
  const rows = starts.length - 1;
  const count = offsets[common.length];
  // From this many samples on, a search of a node's histogram is as fast as a list of the samples' own slots.
  const worthwhile = Math.ceil((count * rows) / (2 * Math.max(1, slots.length)));
  const storeFrom = Math.max(1, worthwhile, Math.ceil(rows / MOST_STORED));
  const places = Math.floor(rows / storeFrom) + 2;
  const words = (count >> 6) + 1;
  const identity = (wide ? uint32 : uint16)(count);
  identity.forEach((_, slot) => (identity[slot] = slot));
  return {
    ...NO_LISTS,
    lists: 0,
    wideIds: wide ? 1 : 0,
    storeFrom,
    freeCount: places,
    rowStarts: hold(starts),
    rowSlots: hold(slots as Uint16Array),
    commonMarks: commonMarks(offsets, common, words),
    identity,
    histogram: float64(2 * count),
    marks: float64(words),
    slotList: (wide ? uint32 : uint16)(count),
    stored: float64(2 * count * places),
    free: uint32(places),
  };
}

/** The common slots, as a bitmap of words of 64 bits. */
function commonMarks(offsets: Uint32Array, common: Uint32Array, words: number): Uint32Array {
  const marks = uint32(2 * words);
  common.forEach((bin, j) => {
    const slot = offsets[j] + bin;
    if (bin !== NO_BIN) marks[slot >> 5] |= 1 << (slot & 31);
  });
  return marks;
}

/**
 * Returns a function that copies out the nodes that are left after pruning, level by level. `count` is the number of
 * nodes before.
 */
function nodeReader(
  nodes: StructArrayOf<typeof BOOST_NODE>,
  learningRate: number,
): (count: number) => BoostedTree {
  const feature = nodes.field('feature');
  const weight = nodes.field('weight');
  const threshold = nodes.field('threshold');
  const missingLeft = nodes.field('missingLeft');
  const loss = nodes.field('loss');
  const hessian = nodes.field('hessian');
  const left = nodes.field('left');
  return count => {
    const kept = new Int32Array(count);
    const tree: BoostedTree = {
      feature: new Int32Array(count),
      value: new Float32Array(count),
      missingLeft: new Uint8Array(count),
      next: new Int32Array(count),
      loss: new Float32Array(count),
      covers: new Float64Array(count),
    };
    let length = 1;
    for (let at = 0; at < length; at++) {
      const id = kept[at];
      tree.covers[at] = hessian.values[id * hessian.stride];
      tree.feature[at] = feature.values[id * feature.stride];
      if (tree.feature[at] < 0) {
        tree.value[at] = weight.values[id * weight.stride] * learningRate;
        continue;
      }
      tree.value[at] = threshold.values[id * threshold.stride];
      tree.missingLeft[at] = missingLeft.values[id * missingLeft.stride];
      tree.loss[at] = loss.values[id * loss.stride];
      tree.next[at] = length;
      kept[length++] = left.values[id * left.stride];
      kept[length++] = left.values[id * left.stride] + 1;
    }
    return {
      feature: tree.feature.slice(0, length),
      value: tree.value.slice(0, length),
      missingLeft: tree.missingLeft.slice(0, length),
      next: tree.next.slice(0, length),
      loss: tree.loss.slice(0, length),
      covers: tree.covers.slice(0, length),
    };
  };
}
