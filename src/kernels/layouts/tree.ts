// Written by scripts/kernel-interface.mjs from ../assembly/tree-task.ts: edit that file.
import { layoutOf } from '../struct.js';

/** What a tree is grown from and with; src/ml/trees/task.ts writes it, in this order. */
export const TREE_TASK = layoutOf([
  ['minWeightLeaf', 'f64'],
  ['minImprovement', 'f64'],
  /** The weight of all samples. */
  ['totalWeight', 'f64'],
  ['rows', 'u32'],
  ['features', 'u32'],
  ['classes', 'u32'],
  /** How many samples the tree is grown from. */
  ['count', 'u32'],
  /** 1 for entropy, 0 for gini. */
  ['entropy', 'u32'],
  /** 1 for random thresholds, 0 for the best ones. */
  ['randomThresholds', 'u32'],
  ['maxFeatures', 'u32'],
  /** 1 where all features are tried in their order, 0 where they are drawn. */
  ['inOrder', 'u32'],
  ['maxDepth', 'u32'],
  ['minSamplesSplit', 'u32'],
  ['minSamplesLeaf', 'u32'],
  /** 0 for no limit. */
  ['maxLeaves', 'u32'],
  /** 1: order and place are u32, 0: u16; `Id` below. */
  ['wideIds', 'u32'],
  /** f32[features][rows], and what sortColumns makes of it (unused with random thresholds). */
  ['columns', 'usize'],
  ['order', 'usize'],
  ['place', 'usize'],
  ['sorted', 'usize'],
  ['run', 'usize'],
  /** i32[rows], f64[rows]. */
  ['labels', 'usize'],
  ['weights', 'usize'],
  /** u32[count], reordered: the samples of a node stand together. */
  ['samples', 'usize'],
  /** The state of the generator. */
  ['random', 'usize'],
  /** Scratch: u32[features] holding a permutation. */
  ['permutation', 'usize'],
  /** Scratch: u32[rows + 3] (the f32 values of a node where thresholds are drawn), and the bitmap of sortPlaces. */
  ['places', 'usize'],
  ['bitmap', 'usize'],
  /** Scratch: f64[rows][2], the weight of a sample in the column of its class (two classes only). */
  ['pairs', 'usize'],
  /**
   * Scratch: f64[(rows + 3) / 2][2][2], the pairs of a node's samples where thresholds are drawn, in their order: of two
   * samples, what they have of the one class and then of the other.
   */
  ['ordered', 'usize'],
  /** Scratch: f64[2][classes]. */
  ['sides', 'usize'],
  /**
   * Scratch: u64[2 * count - 1][features / 64], for each node the features that are constant in it, as far as known.
   */
  ['constant', 'usize'],
  /** Scratch: u32[2 * count]. */
  ['frontier', 'usize'],
  /** Output: Node[2 * count - 1] and their class weights f64[2 * count - 1][classes]. */
  ['nodes', 'usize'],
  ['values', 'usize'],
]);

/** A node; src/ml/trees/task.ts reads it. */
export const TREE_NODE = layoutOf([
  ['impurity', 'f64'],
  ['weight', 'f64'],
  ['improvement', 'f64'],
  ['start', 'u32'],
  ['end', 'u32'],
  ['depth', 'u32'],
  /** The feature it is split by, or -1 for a leaf. */
  ['feature', 'i32'],
  /** The feature it would be split by. */
  ['candidate', 'i32'],
  ['threshold', 'f32'],
  /** The left child; the right one follows it. */
  ['left', 'u32'],
  ['unused', 'u32'],
]);
