// Written by scripts/kernel-interface.mjs from ../assembly/boost-task.ts: edit that file.
import { layoutOf } from '../struct.js';

/** What trees are grown from and with; src/ml/trees/boost-task.ts writes it, in this order. */
export const BOOST_TASK = layoutOf([
  ['lambda', 'f64'],
  ['alpha', 'f64'],
  ['minChildWeight', 'f64'],
  ['maxDeltaStep', 'f64'],
  ['learningRate', 'f64'],
  ['minSplitLoss', 'f64'],
  /** The share of the training samples that each tree draws. */
  ['subsample', 'f64'],
  ['rows', 'u32'],
  ['features', 'u32'],
  /** Trees a round: 1 for two classes, else one a class. */
  ['outputs', 'u32'],
  /** The output of the tree that is grown. */
  ['output', 'u32'],
  /** How many samples are trained on, and how many are held out. */
  ['trainCount', 'u32'],
  ['heldCount', 'u32'],
  /** 0 for no limit. */
  ['maxDepth', 'u32'],
  ['maxLeaves', 'u32'],
  /** 1: the best split next; 0: level by level. */
  ['lossGuide', 'u32'],
  /** 1 where each value has a bin of its own and thresholds lie midway between the values of a node. */
  ['exact', 'u32'],
  /** How many features a tree, a level and a node draw, each from those before. */
  ['treeFeatures', 'u32'],
  ['levelFeatures', 'u32'],
  ['nodeFeatures', 'u32'],
  /** A bin has 1 << width bytes. */
  ['width', 'u32'],
  /** 1: splits are searched along lists of samples, 0: in histograms. */
  ['lists', 'u32'],
  /** 1: samples in lists and slots of histograms are u32, 0: u16; `Id` below. */
  ['wideIds', 'u32'],
  /** Histograms: nodes of at least so many samples keep theirs, at most freeCount at once. */
  ['storeFrom', 'u32'],
  ['freeCount', 'u32'],
  /** What makeBins makes, and u32[features], how many values are not missing. */
  ['offsets', 'usize'],
  ['lows', 'usize'],
  ['common', 'usize'],
  ['bins', 'usize'],
  ['present', 'usize'],
  /** i32[rows], f32[rows]. */
  ['labels', 'usize'],
  ['weights', 'usize'],
  /** The state of the generator. */
  ['random', 'usize'],
  /** u32[trainCount], u32[heldCount]. */
  ['train', 'usize'],
  ['held', 'usize'],
  /** f32[rows][outputs]: what the trees so far add up to; each new tree is added. */
  ['margins', 'usize'],
  /** f64[outputs][rows][2]: g and h, written by boostGradients. */
  ['gradients', 'usize'],
  /** Scratch: u32[rows] each; the samples of a node stand together, among drawn and others. */
  ['samples', 'usize'],
  ['others', 'usize'],
  ['places', 'usize'],
  /** Lists: Id[features][rows], samples by value, NaN last. */
  ['order', 'usize'],
  /** Scratch: Id[2][features][rows], the order of each node's samples, for levels in turn; u8[rows], 1 for right. */
  ['spare', 'usize'],
  ['sides', 'usize'],
  /** Histograms: what listSlots makes. */
  ['rowStarts', 'usize'],
  ['rowSlots', 'usize'],
  /** The common slots as a bitmap u64[], and all slots as Id[]. */
  ['commonMarks', 'usize'],
  ['identity', 'usize'],
  /** Scratch: a histogram of zeros, a bitmap, and Id[slots]. */
  ['histogram', 'usize'],
  ['marks', 'usize'],
  ['slotList', 'usize'],
  /** Scratch: the histograms of the nodes that keep theirs; and u32[] of those that are free. */
  ['stored', 'usize'],
  ['free', 'usize'],
  /** Scratch: u32[features] each, and u64[features / 64] of zeros. */
  ['treeList', 'usize'],
  ['levelList', 'usize'],
  ['nodeList', 'usize'],
  ['chosen', 'usize'],
  /** Scratch: u32[2 * rows + 2]. */
  ['frontier', 'usize'],
  /** Output: Node[2 * rows + 2]. */
  ['nodes', 'usize'],
]);

/** A node; src/ml/trees/boost-task.ts reads it. */
export const BOOST_NODE = layoutOf([
  ['gradient', 'f64'],
  ['hessian', 'f64'],
  /** Of its best split. */
  ['leftGradient', 'f64'],
  ['leftHessian', 'f64'],
  ['rightGradient', 'f64'],
  ['rightHessian', 'f64'],
  ['weight', 'f32'],
  ['gain', 'f32'],
  /** What its best split is worth, and where it is: bins up to cut go left. */
  ['loss', 'f32'],
  ['threshold', 'f32'],
  ['cut', 'i32'],
  ['missingLeft', 'u32'],
  ['candidate', 'i32'],
  /** The feature it is split by, or -1 for a leaf. */
  ['feature', 'i32'],
  /** The left child; the right one follows it. */
  ['left', 'u32'],
  ['depth', 'u32'],
  ['start', 'u32'],
  ['end', 'u32'],
  ['othersStart', 'u32'],
  ['othersEnd', 'u32'],
  /** Where its histogram is stored, or -1. */
  ['slot', 'i32'],
  ['unused', 'u32'],
]);
