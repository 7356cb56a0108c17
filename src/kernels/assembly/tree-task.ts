/** The structs of the kernels that grow trees, and where their parts lie. ./tree-grow.ts says what is computed. */

/** The numbers of the criteria. @public */
export const GINI: u32 = 0;
/** @public */
export const ENTROPY: u32 = 1;
/** Of values. The others are of classes. @public */
export const SQUARED_ERROR: u32 = 2;

/** From what a tree is grown, and how. `Id` is u32 or u16: see wideIds. */
@unmanaged
export class Task {
  /** The least weight of a leaf. */
  minWeightLeaf: f64;
  /** The least improvement of a split. */
  minImprovement: f64;
  /** The weight of all samples. */
  totalWeight: f64;
  rows: u32;
  features: u32;
  /** The classes. For values, 2: the weight, and the weighted distance from the mean. */
  classes: u32;
  /** How many samples the tree is grown from. */
  count: u32;
  /** GINI, ENTROPY or SQUARED_ERROR. */
  criterion: u32;
  /** 1 for random thresholds, 0 for the best ones. */
  randomThresholds: u32;
  /** How many features a node tries. */
  maxFeatures: u32;
  /** 1 if all features are tried in their order, 0 if they are drawn. */
  inOrder: u32;
  maxDepth: u32;
  minSamplesSplit: u32;
  minSamplesLeaf: u32;
  /** 0 for no limit. */
  maxLeaves: u32;
  /** 1 if Id is u32, 0 if it is u16. */
  wideIds: u32;
  /** f32[features][rows]. */
  columns: usize;
  /** Id[features][rows], by sortColumns. Unused with random thresholds. */
  order: usize;
  /** Id[features][rows], by sortColumns. Unused with random thresholds. */
  place: usize;
  /** f32[features][rows], by sortColumns. Unused with random thresholds. */
  sorted: usize;
  /** u32[features], by sortColumns. Unused with random thresholds. */
  run: usize;
  /** i32[rows] of classes, or f64[rows] of values. */
  labels: usize;
  /** f64[rows]. */
  weights: usize;
  /** u32[count], reordered: the samples of a node stand together. */
  samples: usize;
  /** u32[4]: the state of the generator. */
  random: usize;
  /** Scratch: u32[features] with a permutation. */
  permutation: usize;
  /** Scratch: u32[rows + 3]. Where thresholds are drawn, it holds the f32 values of a node. */
  places: usize;
  /** Scratch: the bitmap of sortPlaces. */
  bitmap: usize;
  /**
   * Scratch for two classes: f64[rows][2], the weight of each sample in the column of its class. For values: the
   * weight, and the weighted distance from the mean of the node that was created last.
   */
  pairs: usize;
  /**
   * Scratch for two classes and random thresholds: f64[(rows + 3) / 2][2][2], the pairs of a node's samples in their
   * order. Of each two samples, the weights in the first class come first, then those in the second.
   */
  ordered: usize;
  /** Scratch: f64[2][classes]. */
  sides: usize;
  /** Scratch: u64[2 * count - 1][features / 64], for each node the features that are known to be constant in it. */
  constant: usize;
  /** Scratch: u32[2 * count]. */
  frontier: usize;
  /** Output: Node[2 * count - 1]. */
  nodes: usize;
  /** Output: f64[2 * count - 1][classes], the class weights of the nodes. */
  values: usize;
}

/** A node of a tree. */
@unmanaged
export class Node {
  impurity: f64;
  /** The weight of its samples. */
  weight: f64;
  /** What its split improves. */
  improvement: f64;
  /** Of values: their weighted mean. */
  mean: f64;
  /** Its samples are samples[start] to samples[end - 1]. */
  start: u32;
  end: u32;
  depth: u32;
  /** The feature by which it is split, or -1 for a leaf. */
  feature: i32;
  /** The feature by which it could be split. */
  candidate: i32;
  threshold: f32;
  /** The left child. The right child follows it. */
  left: u32;
  unused: u32;
}

const NODE_BYTES: usize = offsetof<Node>();

/** Node `id` of the tree. */
export function nodeAt(task: Task, id: u32): Node {
  return changetype<Node>(task.nodes + <usize>id * NODE_BYTES);
}

/** The class weights of node `id`: f64[classes]. */
export function valuesOf(task: Task, id: u32): usize {
  return task.values + ((<usize>id * <usize>task.classes) << 3);
}

/** Adds the weight of a sample to that of its class in `to` (f64[classes]). */
export function addSample(task: Task, sample: usize, to: usize): void {
  const slot = to + ((<usize>load<i32>(task.labels + (sample << 2))) << 3);
  store<f64>(slot, load<f64>(slot) + load<f64>(task.weights + (sample << 3)));
}
