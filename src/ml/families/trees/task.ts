/** The kernel that grows trees, called from TypeScript: memory for one fit, and one tree at a time. */
import type { Rng } from '../../../base/rng.js';
import { TREE_NODE, TREE_TASK } from '../../../kernels/layouts/tree.js';
import { kernels } from '../../../kernels/loader.js';
import { float64, hold, uint32 } from '../../../kernels/memory.js';
import { allocate, allocateArray, type StructArrayOf } from '../../../kernels/struct.js';
import type { ClassProblem } from '../../types.js';
import { fitsUint16, float32Columns, presort } from './presort.js';

/**
 * The rules by which a tree grows: when it stops, and how its splits are found. They are numbers of samples, features
 * and nodes.
 */
export interface TreeRules {
  criterion: 'gini' | 'entropy';
  /** The best threshold of a feature, or one drawn at random. */
  splitter: 'best' | 'random';
  maxFeatures: number;
  /**
   * Whether all features are tried in their order. Otherwise they are drawn, so chance decides between equal splits.
   */
  inOrder: boolean;
  /** Infinity for no limit. */
  maxDepth: number;
  minSamplesSplit: number;
  minSamplesLeaf: number;
  minWeightFractionLeaf: number;
  /** Infinity for no limit; else nodes are split in the order of their improvement. */
  maxLeafNodes: number;
  minImpurityDecrease: number;
  ccpAlpha: number;
}

/** A grown tree. Node 0 is the root; of a split, the right child follows the left one. */
export interface GrownTree {
  nodes: number;
  /** -1 for a leaf. */
  feature: Int32Array;
  threshold: Float32Array;
  left: Int32Array;
  impurity: Float64Array;
  weight: Float64Array;
  /** nodes x classes: the weight of each class. */
  values: Float64Array;
}

/** Grows trees of one problem by one set of rules. It lives in the kernels' memory until the scope ends. */
export interface Grower {
  /** n sample weights of the next tree; samples of weight 0 are left out. */
  weights: Float64Array;
  /** n: how often each sample came in the last bootstrap. */
  counts: Uint32Array;
  /** The generator of the next tree starts from this child's state. */
  seed(rng: Rng): void;
  /** Draws a bootstrap sample into `counts`. */
  bootstrap(draws: number): void;
  grow(): GrownTree;
}

/** No depth reaches this; it stands for no limit. */
const LARGEST_DEPTH = 0x7fffffff;

/** Reserves all that growing needs, in the memory of the kernels. */
export function prepareGrower(problem: ClassProblem, rules: TreeRules): Grower {
  const { rows } = problem.x;
  const { weights, samples, random, values } = allocateSamples(problem);
  const nodes = allocateArray(TREE_NODE, 2 * rows);
  const task = allocate(
    TREE_TASK,
    rulesOf(rules),
    columnsOf(problem, rules.splitter === 'best'),
    scratchOf(problem),
    {
      rows,
      features: problem.x.columns,
      classes: problem.classes,
      // These four belong to a tree.
      count: 0,
      totalWeight: 0,
      minWeightLeaf: 0,
      minImprovement: 0,
      labels: hold(problem.y),
      weights,
      samples,
      random,
      nodes: nodes.bytes,
      values,
    },
  );
  const counts = uint32(rows);
  const read = nodeReader(nodes, values, problem.classes);
  return {
    weights,
    counts,
    seed: rng => random.set(rng.state()),
    bootstrap: draws => kernels().drawBootstrap(random.byteOffset, rows, draws, counts.byteOffset),
    grow() {
      let count = 0;
      let total = 0;
      for (let i = 0; i < rows; i++) {
        total += weights[i];
        if (weights[i] !== 0) samples[count++] = i;
      }
      task.set('count', count);
      task.set('totalWeight', total);
      task.set('minWeightLeaf', rules.minWeightFractionLeaf * total);
      task.set('minImprovement', rules.minImpurityDecrease);
      return read(kernels().growTree(task.pointer));
    },
  };
}

function allocateSamples({ x: { rows }, classes }: ClassProblem) {
  return {
    weights: float64(rows).fill(1),
    samples: uint32(rows),
    random: uint32(4),
    values: float64(2 * rows * classes),
  };
}

/** The rules as a Task has them. */
function rulesOf(rules: TreeRules) {
  return {
    entropy: rules.criterion === 'entropy' ? 1 : 0,
    randomThresholds: rules.splitter === 'random' ? 1 : 0,
    maxFeatures: rules.maxFeatures,
    inOrder: rules.inOrder ? 1 : 0,
    maxDepth: Math.min(rules.maxDepth, LARGEST_DEPTH),
    minSamplesSplit: rules.minSamplesSplit,
    minSamplesLeaf: rules.minSamplesLeaf,
    maxLeaves: Number.isFinite(rules.maxLeafNodes) ? rules.maxLeafNodes : 0,
  };
}

/** The columns of a Task; random thresholds need no sorted ones. */
function columnsOf({ x }: ClassProblem, sorted: boolean) {
  const wideIds = fitsUint16(x.rows) ? 0 : 1;
  if (!sorted) {
    const columns = hold(float32Columns(x).values);
    return { wideIds, columns, order: null, place: null, sorted: null, run: null };
  }
  const presorted = presort(x);
  return {
    wideIds,
    columns: hold(presorted.values),
    order: hold(presorted.order as Uint16Array),
    place: hold(presorted.place as Uint16Array),
    sorted: hold(presorted.sorted),
    run: hold(presorted.run),
  };
}

/** The scratch of a Task, as large as its layout says. */
function scratchOf({ x: { rows, columns }, classes }: ClassProblem) {
  const permutation = uint32(columns);
  for (let j = 0; j < columns; j++) permutation[j] = j;
  return {
    permutation,
    places: uint32(rows + 3),
    bitmap: float64(bitmapWords(rows)),
    pairs: float64(2 * rows),
    ordered: float64(2 * rows + 6),
    sides: float64(2 * classes),
    constant: float64(2 * rows * Math.ceil(columns / 64)),
    frontier: uint32(2 * rows),
  };
}

/** Words of 64 bits of the bitmap that sortPlaces takes for n samples. */
export function bitmapWords(n: number): number {
  const words = Math.ceil(n / 64);
  return words + Math.ceil(words / 64);
}

/** Returns a function that copies out the kernel's `count` nodes. */
function nodeReader(
  nodes: StructArrayOf<typeof TREE_NODE>,
  values: Float64Array,
  classes: number,
): (count: number) => GrownTree {
  const impurity = nodes.field('impurity');
  const weight = nodes.field('weight');
  const feature = nodes.field('feature');
  const threshold = nodes.field('threshold');
  const left = nodes.field('left');
  return count => {
    const tree: GrownTree = {
      nodes: count,
      feature: new Int32Array(count),
      threshold: new Float32Array(count),
      left: new Int32Array(count),
      impurity: new Float64Array(count),
      weight: new Float64Array(count),
      values: values.slice(0, count * classes),
    };
    for (let id = 0; id < count; id++) {
      tree.impurity[id] = impurity.values[id * impurity.stride];
      tree.weight[id] = weight.values[id * weight.stride];
      tree.feature[id] = feature.values[id * feature.stride];
      tree.threshold[id] = threshold.values[id * threshold.stride];
      tree.left[id] = left.values[id * left.stride];
    }
    return tree;
  };
}
