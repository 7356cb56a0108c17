/**
 * The kernel that grows trees, called from TypeScript: memory for one fit, and one tree at a time.
 * The layouts of Task and Node are those of kernels/assembly/tree.ts.
 */
import type { Rng } from '../../../base/rng.js';
import { kernels } from '../../../kernels/loader.js';
import { float64, hold, uint32, uint8 } from '../../../kernels/memory.js';
import type { ClassProblem } from '../../types.js';
import { fitsUint16, float32Columns, presort } from './presort.js';

/** What stops a tree from growing and how its splits are found, in numbers of samples, features and nodes. */
export interface TreeRules {
  criterion: 'gini' | 'entropy';
  /** The best threshold of a feature, or one drawn at random. */
  splitter: 'best' | 'random';
  maxFeatures: number;
  /** Whether all features are tried in their order; else they are drawn, so that chance decides between equal splits. */
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

/** What grows trees of one problem by one set of rules. It lives in the kernels' memory until the scope ends. */
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

const FLOATS = 3;
const NUMBERS = 13;
const POINTERS = 19;
const NODE_BYTES = 56;
const NODE_WORDS = NODE_BYTES / 4;
const NODE_FLOATS = NODE_BYTES / 8;
const LARGEST_DEPTH = 0x7fffffff;
/** The place of `count` among the numbers of a task. */
const COUNT = 3;

/** Reserves all that growing needs, in the memory of the kernels. */
export function prepareGrower(problem: ClassProblem, rules: TreeRules): Grower {
  const { rows } = problem.x;
  const memory = reserve(problem, rules.splitter === 'best');
  const { weights, samples, random, counts } = memory;
  const task = uint8(FLOATS * 8 + (NUMBERS + POINTERS) * 4);
  const floats = new Float64Array(task.buffer, task.byteOffset, FLOATS);
  const words = new Uint32Array(task.buffer, task.byteOffset + FLOATS * 8, NUMBERS + POINTERS);
  words.set([...numbersOf(problem, rules), ...memory.pointers.map(array => array.byteOffset)]);
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
      words[COUNT] = count;
      floats.set([rules.minWeightFractionLeaf * total, rules.minImpurityDecrease, total]);
      const nodes = kernels().growTree(task.byteOffset);
      return readTree(nodes, problem.classes, memory.nodes, memory.values);
    },
  };
}

/** The whole numbers of a Task, in its order; `count` is set for each tree. */
function numbersOf({ x, classes }: ClassProblem, rules: TreeRules): number[] {
  return [
    x.rows,
    x.columns,
    classes,
    0,
    rules.criterion === 'entropy' ? 1 : 0,
    rules.splitter === 'random' ? 1 : 0,
    rules.maxFeatures,
    rules.inOrder ? 1 : 0,
    Math.min(rules.maxDepth, LARGEST_DEPTH),
    rules.minSamplesSplit,
    rules.minSamplesLeaf,
    Number.isFinite(rules.maxLeafNodes) ? rules.maxLeafNodes : 0,
    fitsUint16(x.rows) ? 0 : 1,
  ];
}

/** The arrays of a Task; `pointers` has them in its order. */
function reserve({ x, y, classes }: ClassProblem, best: boolean) {
  const { rows, columns } = x;
  const [weights, samples, random] = [float64(rows).fill(1), uint32(rows), uint32(4)];
  const [nodes, values] = [uint8(2 * rows * NODE_BYTES), float64(2 * rows * classes)];
  const permutation = uint32(columns);
  for (let j = 0; j < columns; j++) permutation[j] = j;
  const presorted = best ? presort(x) : undefined;
  const unused = random;
  const pointers = [
    hold((presorted ?? float32Columns(x)).values),
    presorted ? hold(presorted.order as Uint16Array) : unused,
    presorted ? hold(presorted.place as Uint16Array) : unused,
    presorted ? hold(presorted.sorted) : unused,
    presorted ? hold(presorted.run) : unused,
    hold(y),
    weights,
    samples,
    random,
    permutation,
    uint32(rows + 3),
    float64(bitmapWords(rows)),
    float64(2 * rows),
    float64(2 * rows + 6),
    float64(2 * classes),
    float64(2 * rows * Math.ceil(columns / 64)),
    uint32(2 * rows),
    nodes,
    values,
  ];
  return { weights, samples, random, counts: uint32(rows), nodes, values, pointers };
}

/** Words of 64 bits of the bitmap that sortPlaces takes for n samples. */
export function bitmapWords(n: number): number {
  const words = Math.ceil(n / 64);
  return words + Math.ceil(words / 64);
}

/** Copies the kernel's nodes out. */
function readTree(count: number, classes: number, bytes: Uint8Array, values: Float64Array): GrownTree {
  const floats = new Float64Array(bytes.buffer, bytes.byteOffset, count * NODE_FLOATS);
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, count * NODE_WORDS);
  const singles = new Float32Array(bytes.buffer, bytes.byteOffset, count * NODE_WORDS);
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
    tree.impurity[id] = floats[id * NODE_FLOATS];
    tree.weight[id] = floats[id * NODE_FLOATS + 1];
    tree.feature[id] = words[id * NODE_WORDS + 9];
    tree.threshold[id] = singles[id * NODE_WORDS + 11];
    tree.left[id] = words[id * NODE_WORDS + 12];
  }
  return tree;
}
