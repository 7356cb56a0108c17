// Written by scripts/kernel-interface.mjs from ../assembly/boost-task.ts, ../assembly/boost-values.ts: edit that file.
import { layoutOf } from '../struct.js';

/** From what trees are grown, and how. `Id` is u32 or u16: see wideIds. */
export const BOOST_TASK = layoutOf([
  ['lambda', 'f64'],
  ['alpha', 'f64'],
  ['minChildWeight', 'f64'],
  /** 0 for none. */
  ['maxDeltaStep', 'f64'],
  ['learningRate', 'f64'],
  ['minSplitLoss', 'f64'],
  /** The share of the training samples that each tree draws. */
  ['subsample', 'f64'],
  /** The number that an objective has: a slope, a step or a quantile. See ./boost-values.ts. */
  ['setting', 'f64'],
  ['rows', 'u32'],
  ['features', 'u32'],
  /** What is minimized, by its number in ./boost-values.ts. */
  ['objective', 'u32'],
  /** 1 if leaves are quantiles of residuals: ./boost-refit.ts. 2 if these are weighted. */
  ['refit', 'u32'],
  /** How many trees a round has: one a class for three classes or more, else 1. */
  ['outputs', 'u32'],
  /** The output of the tree that is grown. */
  ['output', 'u32'],
  /** How many samples are trained on. */
  ['trainCount', 'u32'],
  /** How many samples are held out. */
  ['heldCount', 'u32'],
  /** 0 for no limit. */
  ['maxDepth', 'u32'],
  /** 0 for no limit. */
  ['maxLeaves', 'u32'],
  /** 1 if the best split is made next, 0 if splits are made level by level. */
  ['lossGuide', 'u32'],
  /** 1 if each value has a bin of its own and thresholds lie midway between the values of a node. */
  ['exact', 'u32'],
  /** How many features a tree draws. */
  ['treeFeatures', 'u32'],
  /** How many features a level draws from those of its tree. */
  ['levelFeatures', 'u32'],
  /** How many features a node draws from those of its level. */
  ['nodeFeatures', 'u32'],
  /** A bin has 1 << width bytes. */
  ['width', 'u32'],
  /** 1 if splits are searched along lists of samples, 0 if they are searched in histograms. */
  ['lists', 'u32'],
  /** 1 if Id is u32, 0 if it is u16. */
  ['wideIds', 'u32'],
  /** Histograms: nodes with at least this many samples keep theirs. */
  ['storeFrom', 'u32'],
  /** Histograms: how many can be stored at once. */
  ['freeCount', 'u32'],
  /** u32[features + 1], by makeBins. */
  ['offsets', 'usize'],
  /** f32[offsets[features]], by makeBins. */
  ['lows', 'usize'],
  /** u32[features], by makeBins. */
  ['common', 'usize'],
  /** [features][rows] of 1 << width bytes each, by makeBins. */
  ['bins', 'usize'],
  /** u32[features]: how many values are not missing. */
  ['present', 'usize'],
  /** i32[rows] of classes, or f32[rows] of values. */
  ['labels', 'usize'],
  /** f32[rows]. */
  ['weights', 'usize'],
  /** u32[3][4]: the state of the generator, and scratch for those of levels and of the tree. */
  ['random', 'usize'],
  /** u32[trainCount]: the samples that are trained on. */
  ['train', 'usize'],
  /** u32[heldCount]: the samples that are held out. */
  ['held', 'usize'],
  /** f32[rows][outputs]: the sum of the trees so far. Each new tree is added. */
  ['margins', 'usize'],
  /** f64[outputs][rows][2]: g and h, by boostGradients. */
  ['gradients', 'usize'],
  /** Scratch: u32[rows], the drawn samples. Those of a node stand together. */
  ['samples', 'usize'],
  /** Scratch: u32[rows], the other samples. Those of a node stand together. */
  ['others', 'usize'],
  /** Scratch: u32[rows]. */
  ['places', 'usize'],
  /** Lists: Id[features][rows], the samples by value, NaN last. */
  ['order', 'usize'],
  /** Lists, scratch: Id[2][features][rows], the order of each node's samples. Levels alternate between the two. */
  ['spare', 'usize'],
  /** Lists, scratch: u8[rows], 1 for samples that go right. */
  ['sides', 'usize'],
  /** Histograms: u32[rows + 1], by listSlots. */
  ['rowStarts', 'usize'],
  /** Histograms: Id[], by listSlots. */
  ['rowSlots', 'usize'],
  /** Histograms: u64[], the common slots as a bitmap. */
  ['commonMarks', 'usize'],
  /** Histograms: Id[slots], all slots. */
  ['identity', 'usize'],
  /** Histograms, scratch: f64[slots][2] of zeros. */
  ['histogram', 'usize'],
  /** Histograms, scratch: u64[], a bitmap of the slots. */
  ['marks', 'usize'],
  /** Histograms, scratch: Id[slots]. */
  ['slotList', 'usize'],
  /** Histograms, scratch: f64[freeCount][slots][2], the stored histograms. */
  ['stored', 'usize'],
  /** Histograms, scratch: u32[freeCount], the free places among those. */
  ['free', 'usize'],
  /** Scratch: u32[features], the features of the tree. */
  ['treeList', 'usize'],
  /** Scratch: u32[features], the features of a level. */
  ['levelList', 'usize'],
  /** Scratch: u32[features], the features of a node. */
  ['nodeList', 'usize'],
  /** Scratch: u64[features / 64] of zeros. */
  ['chosen', 'usize'],
  /** Scratch where leaves are quantiles: 16 * rows + 1024 bytes. */
  ['residuals', 'usize'],
  /** Scratch: u32[2 * rows + 2]. */
  ['frontier', 'usize'],
  /** Output: Node[2 * rows + 2]. */
  ['nodes', 'usize'],
]);

/** A node of a tree. */
export const BOOST_NODE = layoutOf([
  /** The sum of g over its samples. */
  ['gradient', 'f64'],
  /** The sum of h over its samples. */
  ['hessian', 'f64'],
  /** The sums of both sides of its best split. */
  ['leftGradient', 'f64'],
  ['leftHessian', 'f64'],
  ['rightGradient', 'f64'],
  ['rightHessian', 'f64'],
  ['weight', 'f32'],
  ['gain', 'f32'],
  /** What its best split is worth. */
  ['loss', 'f32'],
  ['threshold', 'f32'],
  /** In its best split, the bins up to this one go left. */
  ['cut', 'i32'],
  /** 1 if missing values go left. */
  ['missingLeft', 'u32'],
  /** The feature of its best split. */
  ['candidate', 'i32'],
  /** The feature by which it is split, or -1 for a leaf. */
  ['feature', 'i32'],
  /** The left child. The right child follows it. */
  ['left', 'u32'],
  ['depth', 'u32'],
  /** Its drawn samples are samples[start] to samples[end - 1]. */
  ['start', 'u32'],
  ['end', 'u32'],
  /** Its other samples are others[othersStart] to others[othersEnd - 1]. */
  ['othersStart', 'u32'],
  ['othersEnd', 'u32'],
  /** The place of its stored histogram, or -1. */
  ['slot', 'i32'],
  ['unused', 'u32'],
]);

/** The numbers of the objectives. */
export const CLASSES = 0;

export const SQUARED_ERROR = 1;

export const ABSOLUTE_ERROR = 2;

export const PSEUDO_HUBER = 3;

export const POISSON = 4;

export const GAMMA = 5;

export const QUANTILE = 6;
