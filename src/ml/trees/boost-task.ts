/**
 * The kernel that boosts trees, called from TypeScript: memory for one fit, and one tree at a time.
 * The layouts of Task and Node are those of kernels/assembly/boost.ts.
 */
import type { Rng } from '../../base/rng.js';
import { kernels } from '../../kernels/loader.js';
import { float32, float64, hold, uint32, uint8 } from '../../kernels/memory.js';
import type { Problem } from '../types.js';
import { binned } from './bins.js';
import { presort } from './presort.js';
import { bitmapWords } from './task.js';

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
const NUMBERS = 17;
const POINTERS = 34;
const NODE_BYTES = 112;
const NODE_WORDS = NODE_BYTES / 4;
/** Sums that a bin may be added up in, as in the kernel. */
const STRANDS = 4;
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
  problem: Problem,
  rules: BoostRules,
  samples: BoostedSamples,
  start: number,
): Booster {
  const outputs = problem.classes === 2 ? 1 : problem.classes;
  const memory = reserve(problem, rules, samples, outputs);
  const { margins, random, nodes } = memory;
  margins.fill(start);
  const task = uint8(FLOATS * 8 + (NUMBERS + POINTERS) * 4);
  const floats = new Float64Array(task.buffer, task.byteOffset, FLOATS);
  const words = new Uint32Array(task.buffer, task.byteOffset + FLOATS * 8, NUMBERS + POINTERS);
  floats.set(floatsOf(rules));
  const numbers = numbersOf(problem, rules, samples, outputs, memory.hist);
  words.set([...numbers, ...memory.pointers.map(array => array.byteOffset)]);
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

/** The whole numbers of a Task, in its order; `output` is set for each tree. */
function numbersOf(
  { x }: Problem,
  rules: BoostRules,
  samples: BoostedSamples,
  outputs: number,
  hist: HistShape,
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
    hist.wide ? 1 : 0,
    hist.maxBins,
    hist.storeFrom,
    hist.slots,
  ];
}

/** The arrays of a Task; `pointers` has them in its order. */
function reserve({ x, y }: Problem, rules: BoostRules, samples: BoostedSamples, outputs: number) {
  const { rows, columns } = x;
  const random = uint32(12);
  const margins = float32(rows * outputs);
  const nodes = uint8((2 * rows + 2) * NODE_BYTES);
  const { pointers: data, hist } = rules.exact ? exactData(x, random) : histData(x, rules, random);
  const pointers = [
    ...data,
    hold(y),
    hold(samples.weights),
    random,
    hold(samples.train),
    hold(samples.held),
    margins,
    float64(2 * rows * outputs),
    uint32(rows),
    uint32(rows),
    uint32(rows + 1),
    float64(bitmapWords(rows)),
    ...histScratch(rows, rules, hist),
    uint32(columns),
    uint32(columns),
    uint32(columns),
    float64(Math.ceil(columns / 64)),
    uint32(2 * rows + 2),
    nodes,
  ];
  return { random, margins, nodes, pointers, hist };
}

/** What the histograms of a fit are like. */
interface HistShape {
  maxBins: number;
  wide: boolean;
  /** Nodes of at least so many samples keep their histograms, at most so many at once. */
  storeFrom: number;
  slots: number;
}

/** The arrays that exact splits are searched in; those of hist are unused. */
function exactData(x: Problem['x'], unused: Uint32Array) {
  const { values, order, place, sorted, present } = presort(x);
  const held = [hold(values), hold(order), hold(place), hold(sorted), hold(present)];
  const hist = { maxBins: 0, wide: false, storeFrom: 0, slots: 0 };
  return { pointers: [...held, unused, unused, unused, unused], hist };
}

/** The arrays that splits between bins are searched in; those of exact are unused. */
function histData(x: Problem['x'], rules: BoostRules, unused: Uint32Array) {
  const { cuts, counts, common, bins, maxBins } = binned(x, rules.maxBins);
  const held = [hold(cuts), hold(counts), hold(bins as Uint8Array), hold(common)];
  const storeFrom = keepsHistograms(rules) ? Math.max(FEWEST_STORED, Math.ceil(x.rows / MOST_STORED)) : 0;
  const hist = {
    maxBins,
    wide: bins instanceof Uint16Array,
    storeFrom,
    slots: storeFrom > 0 ? Math.floor(x.rows / storeFrom) + 2 : 0,
  };
  return { pointers: [unused, unused, unused, unused, unused, ...held], hist };
}

/** From so many samples on it is quicker to subtract histograms than to add up samples. */
const FEWEST_STORED = 512;
/** So that no more than this many nodes keep histograms at once. */
const MOST_STORED = 32;

/**
 * Whether nodes keep histograms for their children: only if all need the same features, and only with a least weight of
 * children, since subtracting leaves traces of samples that are not there.
 */
function keepsHistograms(rules: BoostRules): boolean {
  return rules.nodeFeatures === rules.treeFeatures && rules.minChildWeight >= 1e-3;
}

/** The scratch that only histograms need, in the order of a Task. */
function histScratch(rows: number, rules: BoostRules, { maxBins, slots }: HistShape) {
  const histogram = 2 * (maxBins + 1);
  const identity = uint32(maxBins + 1);
  for (let b = 0; b <= maxBins; b++) identity[b] = b;
  return [
    float64(2 * rows),
    float64(histogram),
    float64(STRANDS * histogram),
    float64((maxBins >> 6) + 1),
    uint32(maxBins + 1),
    identity,
    float64(slots * rules.treeFeatures * histogram),
    uint32(slots),
  ];
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
