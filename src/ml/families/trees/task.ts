/** The kernel that grows trees, called from TypeScript: memory for one fit, and one tree at a time. */
import type { Rng } from '../../../base/rng.js';
import { ENTROPY, GINI, SQUARED_ERROR, TREE_NODE, TREE_TASK } from '../../../kernels/layouts/tree.js';
import { kernels } from '../../../kernels/loader.js';
import { float64, hold, uint32 } from '../../../kernels/memory.js';
import { allocate, allocateArray, type StructArrayOf } from '../../../kernels/struct.js';
import type { ClassProblem, ValueProblem } from '../../types.js';
import { fitsUint16, float32Columns, presort } from './presort.js';

/** What trees learn from: classes or values. */
export type TreeProblem = ClassProblem | ValueProblem;

/**
 * The rules by which a tree grows: when it stops, and how its splits are found. They are numbers of samples, features
 * and nodes.
 */
export interface TreeRules {
  /** The last two are of values. minImpurityDecrease is an average for squared_error, and a sum for friedman_mse. */
  criterion: 'gini' | 'entropy' | 'squared_error' | 'friedman_mse';
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
  /** nodes x classes: the weight of each class; or nodes: the mean of the values. */
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
export function prepareGrower(problem: TreeProblem, rules: TreeRules): Grower {
  const { rows } = problem.x;
  const classes = 'classes' in problem ? problem.classes : 2;
  const { weights, samples, random, values } = allocateSamples(rows, classes);
  const nodes = allocateArray(TREE_NODE, 2 * rows);
  const task = allocate(
    TREE_TASK,
    rulesOf(rules),
    columnsOf(problem, rules.splitter === 'best'),
    scratchOf(problem.x, classes),
    {
      rows,
      features: problem.x.columns,
      classes,
      // These four belong to a tree.
      count: 0,
      totalWeight: 0,
      minWeightLeaf: 0,
      minImprovement: 0,
      labels: hold(problem.y as Float64Array),
      weights,
      samples,
      random,
      nodes: nodes.bytes,
      values,
    },
  );
  const counts = uint32(rows);
  const read = 'classes' in problem ? classReader(nodes, values, classes) : valueReader(nodes);
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
      task.set(
        'minImprovement',
        rules.minImpurityDecrease / (rules.criterion === 'friedman_mse' ? total : 1),
      );
      return read(kernels().growTree(task.pointer));
    },
  };
}

function allocateSamples(rows: number, classes: number) {
  return {
    weights: float64(rows).fill(1),
    samples: uint32(rows),
    random: uint32(4),
    values: float64(2 * rows * classes),
  };
}

const CRITERIA = {
  gini: GINI,
  entropy: ENTROPY,
  squared_error: SQUARED_ERROR,
  friedman_mse: SQUARED_ERROR,
};

/** The rules as a Task has them. */
function rulesOf(rules: TreeRules) {
  return {
    criterion: CRITERIA[rules.criterion],
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
function columnsOf({ x }: TreeProblem, sorted: boolean) {
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
function scratchOf({ rows, columns }: TreeProblem['x'], classes: number) {
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

type Nodes = StructArrayOf<typeof TREE_NODE>;

/** Returns a function that copies out the kernel's `count` nodes, with the weights of their classes. */
function classReader(nodes: Nodes, values: Float64Array, classes: number): (count: number) => GrownTree {
  const read = nodeReader(nodes);
  return count => ({ ...read(count), values: values.slice(0, count * classes) });
}

/** Returns a function that copies out the kernel's `count` nodes, with the means of their values. */
function valueReader(nodes: Nodes): (count: number) => GrownTree {
  const read = nodeReader(nodes);
  const { values, stride } = nodes.field('mean');
  return count => ({
    ...read(count),
    values: Float64Array.from({ length: count }, (_, id) => values[id * stride]),
  });
}

function nodeReader(nodes: Nodes): (count: number) => Omit<GrownTree, 'values'> {
  const impurity = nodes.field('impurity');
  const weight = nodes.field('weight');
  const feature = nodes.field('feature');
  const threshold = nodes.field('threshold');
  const left = nodes.field('left');
  return count => {
    const tree = {
      nodes: count,
      feature: new Int32Array(count),
      threshold: new Float32Array(count),
      left: new Int32Array(count),
      impurity: new Float64Array(count),
      weight: new Float64Array(count),
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
