/**
 * The kernel that boosts trees, called from TypeScript: memory for one fit, and one tree at a time.
 * The layouts of Task and Node are those of kernels/assembly/boost.ts.
 */
import type { Rng } from '../../../base/rng.js';
import { kernels } from '../../../kernels/loader.js';
import { float32, float64, hold, uint16, uint32, uint8 } from '../../../kernels/memory.js';
import { codingOf } from '../../targets/coding.js';
import type { ClassProblem } from '../../types.js';
import { type Bins, binned, type Histograms, type Lists, NO_BIN } from './bins.js';

/** What a boosted tree is grown by. Numbers are rounded to f32, as XGBoost keeps them. */
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
  /** The node whose split is worth most is split next; else level by level. */
  lossGuide: boolean;
  /** Thresholds at the midpoints of all values; else at the cuts of at most maxBins bins. */
  exact: boolean;
  maxBins: number;
  /** How many features a tree, a level and a node draw, each from those before. */
  treeFeatures: number;
  levelFeatures: number;
  nodeFeatures: number;
}

/**
 * A boosted tree, level by level. Node 0 is the root; a split sends x < value left (a missing x if missingLeft) and has its
 * left child in `next`, which the right one follows; a leaf has feature -1 and its value.
 */
export interface BoostedTree {
  feature: Int32Array;
  value: Float32Array;
  missingLeft: Uint8Array;
  next: Int32Array;
  /** What each split is worth; 0 for leaves. */
  loss: Float32Array;
}

/** What boosts one problem. It lives in the kernels' memory until the scope ends. */
export interface Booster {
  /** n x outputs: what all trees so far add up to, for held-out samples too. */
  margins: Float32Array;
  /** Takes the gradients of all samples at their margins; once a round, before its trees. */
  gradients(): void;
  /** Grows the round's tree for an output and adds it to the margins. */
  grow(output: number, rng: Rng): BoostedTree;
}

const FLOATS = 7;
const NUMBERS = 18;
const POINTERS = 33;
const NODE_BYTES = 112;
const NODE_WORDS = NODE_BYTES / 4;
/** The place of `output` among the numbers of a task. */
const OUTPUT = 3;
/** The words of a Node that are read. */
const WEIGHT = 12;
const LOSS = 14;
const THRESHOLD = 15;
const MISSING_LEFT = 17;
const FEATURE = 19;
const LEFT = 20;

/** The samples that trees are grown on and those that are only predicted, each ascending, and all samples' weights. */
export interface BoostedSamples {
  train: Int32Array;
  held: Int32Array;
  weights: Float32Array;
}

/** Reserves all that boosting needs, in the memory of the kernels, with all margins at `start`. */
export function prepareBooster(
  problem: ClassProblem,
  rules: BoostRules,
  samples: BoostedSamples,
  start: number,
): Booster {
  const outputs = codingOf(problem.classes).columns;
  const memory = reserve(problem, rules, samples, outputs);
  const { margins, random, nodes } = memory;
  margins.fill(start);
  const task = uint8(FLOATS * 8 + (NUMBERS + POINTERS) * 4);
  const floats = new Float64Array(task.buffer, task.byteOffset, FLOATS);
  const words = new Uint32Array(task.buffer, task.byteOffset + FLOATS * 8, NUMBERS + POINTERS);
  floats.set(floatsOf(rules));
  const numbers = [...numbersOf(problem, rules, samples, outputs), ...memory.numbers];
  words.set([...numbers, ...memory.pointers.map(({ byteOffset }) => byteOffset)]);
  return {
    margins,
    gradients: () => kernels().boostGradients(task.byteOffset),
    grow(output, rng) {
      words[OUTPUT] = output;
      random.set(rng.state());
      return readTree(kernels().boostTree(task.byteOffset), nodes, Math.fround(rules.learningRate));
    },
  };
}

/** The real numbers of a Task, in its order. */
function floatsOf(rules: BoostRules): number[] {
  const { lambda, alpha, minChildWeight, maxDeltaStep, learningRate, minSplitLoss, subsample } = rules;
  return [lambda, alpha, minChildWeight, maxDeltaStep, learningRate, minSplitLoss, subsample].map(
    Math.fround,
  );
}

/** The whole numbers of a Task, in its order, up to those of its bins; `output` is set for each tree. */
function numbersOf(
  { x }: ClassProblem,
  rules: BoostRules,
  samples: BoostedSamples,
  outputs: number,
): number[] {
  return [
    x.rows,
    x.columns,
    outputs,
    0,
    samples.train.length,
    samples.held.length,
    rules.maxDepth,
    rules.maxLeaves,
    rules.lossGuide ? 1 : 0,
    rules.exact ? 1 : 0,
    rules.treeFeatures,
    rules.levelFeatures,
    rules.nodeFeatures,
  ];
}

/** The arrays of a Task, in its order as `pointers`, and the last of its numbers. */
function reserve({ x, y }: ClassProblem, rules: BoostRules, samples: BoostedSamples, outputs: number) {
  const { rows, columns } = x;
  const bins = binned(x, rules.exact ? rows : rules.maxBins);
  const random = uint32(12);
  const margins = float32(rows * outputs);
  const nodes = uint8((2 * rows + 2) * NODE_BYTES);
  const { search } = bins;
  const searched = search.kind === 'lists' ? listsOf(bins, search) : histogramsOf(bins, search);
  const pointers = [
    hold(bins.offsets),
    hold(bins.lows),
    hold(bins.common),
    hold(bins.bins as Uint8Array),
    hold(bins.present),
    hold(y),
    hold(samples.weights),
    random,
    hold(samples.train),
    hold(samples.held),
    margins,
    float64(2 * rows * outputs),
    uint32(rows),
    uint32(rows),
    uint32(rows),
    ...searched.pointers,
    uint32(columns),
    uint32(columns),
    uint32(columns),
    float64(Math.ceil(columns / 64)),
    uint32(2 * rows + 2),
    nodes,
  ];
  return {
    random,
    margins,
    nodes,
    pointers,
    numbers: [bins.bins.BYTES_PER_ELEMENT >> 1, ...searched.numbers],
  };
}

/** What splits are searched along, in the order of a Task: its last numbers, and the arrays that only this search needs. */
interface Searched {
  numbers: [lists: number, wideIds: number, storeFrom: number, freeCount: number];
  pointers: { byteOffset: number }[];
}

const NOTHING = { byteOffset: 0 };

function listsOf({ bins, present }: Bins, { order }: Lists): Searched {
  const wide = order instanceof Uint32Array;
  const rows = bins.length / present.length;
  const spare = (wide ? uint32 : uint16)(2 * order.length);
  return {
    numbers: [1, wide ? 1 : 0, 0, 0],
    pointers: [hold(order as Uint16Array), spare, uint8(rows), ...new Array<typeof NOTHING>(9).fill(NOTHING)],
  };
}

/** No more than this many nodes keep histograms at once, and two for the children of another. */
const MOST_STORED = 32;

function histogramsOf({ offsets, common }: Bins, { starts, slots }: Histograms): Searched {
  const wide = slots instanceof Uint32Array;
  const rows = starts.length - 1;
  const count = offsets[common.length];
  // From so many samples on, a node's histogram is looked through as quickly as the samples' own slots are listed.
  const worthwhile = Math.ceil((count * rows) / (2 * Math.max(1, slots.length)));
  const storeFrom = Math.max(1, worthwhile, Math.ceil(rows / MOST_STORED));
  const places = Math.floor(rows / storeFrom) + 2;
  const words = (count >> 6) + 1;
  const identity = (wide ? uint32 : uint16)(count);
  identity.forEach((_, slot) => (identity[slot] = slot));
  return {
    numbers: [0, wide ? 1 : 0, storeFrom, places],
    pointers: [
      NOTHING,
      NOTHING,
      NOTHING,
      hold(starts),
      hold(slots as Uint16Array),
      commonMarks(offsets, common, words),
      identity,
      float64(2 * count),
      float64(words),
      (wide ? uint32 : uint16)(count),
      float64(2 * count * places),
      uint32(places),
    ],
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

/** The nodes that are left of a tree, level by level. */
function readTree(count: number, bytes: Uint8Array, learningRate: number): BoostedTree {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, count * NODE_WORDS);
  const singles = new Float32Array(bytes.buffer, bytes.byteOffset, count * NODE_WORDS);
  const kept = new Int32Array(count);
  const tree: BoostedTree = {
    feature: new Int32Array(count),
    value: new Float32Array(count),
    missingLeft: new Uint8Array(count),
    next: new Int32Array(count),
    loss: new Float32Array(count),
  };
  let nodes = 1;
  for (let at = 0; at < nodes; at++) {
    const from = kept[at] * NODE_WORDS;
    tree.feature[at] = words[from + FEATURE];
    if (tree.feature[at] < 0) {
      tree.value[at] = singles[from + WEIGHT] * learningRate;
      continue;
    }
    tree.value[at] = singles[from + THRESHOLD];
    tree.missingLeft[at] = words[from + MISSING_LEFT];
    tree.loss[at] = singles[from + LOSS];
    tree.next[at] = nodes;
    kept[nodes++] = words[from + LEFT];
    kept[nodes++] = words[from + LEFT] + 1;
  }
  const { feature, value, missingLeft, next, loss } = tree;
  return {
    feature: feature.slice(0, nodes),
    value: value.slice(0, nodes),
    missingLeft: missingLeft.slice(0, nodes),
    next: next.slice(0, nodes),
    loss: loss.slice(0, nodes),
  };
}
