/**
 * Shapley values of the features for what trees say of a sample, by the exact polynomial algorithm of Lundberg, Erion
 * and Lee ("Consistent individualized feature attribution for tree ensembles", 2018, algorithm 2; Lundberg et al.,
 * Nature Machine Intelligence 2, 2020).
 *
 * The game is the path-dependent one. A tree that knows only some features of a sample follows the sample at splits on
 * these. At any other split it takes the mean of both sides, weighed by the training samples in them (`covers`). So
 * the values of all features, with the value of the tree that knows none, add up to what the tree says.
 *
 * The algorithm walks a tree once. Its path holds the features met so far: for each the share of the training samples
 * that goes on (`zero`), whether the sample goes on (`one`), and, in `weight`, the weights of the sets of features of
 * each size. A leaf at depth d costs d^2.
 */
import type { Matrix } from '../../base/dataset.js';
import { emptyMatrix } from '../algebra/matrix.js';
import type { Trees } from '../inside.js';

type CoveredTrees = Trees & { covers: Float64Array };

/** For m samples: m x outputs x features values, and for each output what the trees say where nothing is known. */
export interface ShapleyValues {
  values: Float64Array;
  base: Float64Array;
}

export function shapleyOfTrees(trees: CoveredTrees, x: Matrix): ShapleyValues {
  const { outputs, features } = trees;
  const values = new Float64Array(x.rows * outputs * features);
  const rows = emptyMatrix(features, x.rows);
  // The features of a sample side by side, rounded as the trees compare them.
  for (let j = 0, at = 0; j < features; j++)
    for (let i = 0; i < x.rows; i++) rows.data[i * features + j] = Math.fround(x.data[at++]);
  const walker = new Walker(trees);
  for (let i = 0; i < x.rows; i++) {
    const sample = rows.data.subarray(i * features, (i + 1) * features);
    const own = values.subarray(i * outputs * features, (i + 1) * outputs * features);
    trees.roots.forEach((root, tree) => walker.add(sample, root, tree, own));
  }
  return { values: values.map(value => value / trees.divisor), base: expected(trees) };
}

/** The share of the samples of a split that goes left. Where there are none, the split tells nothing. */
function leftShare({ covers, next }: CoveredTrees, node: number): number {
  return covers[node] > 0 ? covers[next[node]] / covers[node] : 0.5;
}

/** What the trees say on average, for each output. */
function expected(trees: CoveredTrees): Float64Array {
  const { roots, outputs, feature, next, width, values, divisor, base } = trees;
  const sums = new Float64Array(outputs);
  const add = (node: number, tree: number, share: number): void => {
    if (feature[node] < 0) {
      for (let c = 0; c < width; c++)
        sums[width === 1 ? tree % outputs : c] += share * values[next[node] * width + c];
      return;
    }
    const left = leftShare(trees, node);
    add(next[node], tree, share * left);
    add(next[node] + 1, tree, share * (1 - left));
  };
  roots.forEach((root, tree) => add(root, tree, 1));
  return sums.map(sum => base + sum / divisor);
}

/** The number of splits on the longest way from a root. */
function depthOf({ roots, feature, next }: Trees): number {
  const below = (node: number): number =>
    feature[node] < 0 ? 0 : 1 + Math.max(below(next[node]), below(next[node] + 1));
  return roots.reduce((deepest, root) => Math.max(deepest, below(root)), 0);
}

/** Walks one sample through one tree. The paths of all nodes on the way stand one after the other. */
class Walker {
  /** Of each place of a path: its feature, its two shares, and the weight of the sets of this size. */
  private readonly feature: Int32Array;
  private readonly zero: Float64Array;
  private readonly one: Float64Array;
  private readonly weight: Float64Array;
  private sample!: Float64Array;
  private tree = 0;
  private sums!: Float64Array;

  constructor(private readonly trees: CoveredTrees) {
    const longest = depthOf(trees) + 2;
    const places = (longest * (longest + 1)) / 2;
    this.feature = new Int32Array(places);
    this.zero = new Float64Array(places);
    this.one = new Float64Array(places);
    this.weight = new Float64Array(places);
  }

  /** Adds the values of a tree to sums, outputs x features. */
  add(sample: Float64Array, root: number, tree: number, sums: Float64Array): void {
    this.sample = sample;
    this.tree = tree;
    this.sums = sums;
    this.visit(root, 0, 0, 1, 1, -1);
  }

  /**
   * @param start where the path of this node begins: its first `length` places are those of the node above
   * @param zero, one, feature the place that the split above adds
   */
  private visit(
    node: number,
    start: number,
    length: number,
    zero: number,
    one: number,
    feature: number,
  ): void {
    this.extend(start, length, zero, one, feature);
    const split = this.trees.feature[node];
    if (split < 0) return this.reach(node, start, length);
    const hot = this.follow(node);
    const cold = 2 * this.trees.next[node] + 1 - hot;
    const left = leftShare(this.trees, node);
    const hotShare = hot === this.trees.next[node] ? left : 1 - left;
    let [last, before, goesOn] = [length, 1, 1];
    for (let at = 1; at <= length; at++)
      if (this.feature[start + at] === split) {
        [before, goesOn, last] = [this.zero[start + at], this.one[start + at], length - 1];
        this.unwind(start, length, at);
        break;
      }
    // Where neither the sample nor any training sample goes on, nothing below counts.
    const [hotZero, coldZero] = [before * hotShare, before * (1 - hotShare)];
    if (hotZero > 0 || goesOn > 0) this.branch(hot, start, last + 1, hotZero, goesOn, split);
    if (coldZero > 0) this.branch(cold, start, last + 1, coldZero, 0, split);
  }

  /** Goes to a child with a copy of the path. */
  private branch(
    node: number,
    start: number,
    length: number,
    zero: number,
    one: number,
    split: number,
  ): void {
    const own = start + length;
    this.feature.copyWithin(own, start, own);
    this.zero.copyWithin(own, start, own);
    this.one.copyWithin(own, start, own);
    this.weight.copyWithin(own, start, own);
    this.visit(node, own, length, zero, one, split);
  }

  /** The child to which the sample goes. */
  private follow(node: number): number {
    const { feature, threshold, isEqualLeft, missingLeft, next } = this.trees;
    const value = this.sample[feature[node]];
    if (Number.isNaN(value)) return next[node] + (missingLeft?.[node] ? 0 : 1);
    const isLeft = value < threshold[node] || (isEqualLeft && value === threshold[node]);
    return next[node] + (isLeft ? 0 : 1);
  }

  /** Adds the place `length` to the path, and with it the sets that hold its feature. */
  private extend(start: number, length: number, zero: number, one: number, feature: number): void {
    const { weight } = this;
    this.feature[start + length] = feature;
    this.zero[start + length] = zero;
    this.one[start + length] = one;
    weight[start + length] = length === 0 ? 1 : 0;
    for (let at = length - 1; at >= 0; at--) {
      const here = start + at;
      weight[here + 1] += (one * weight[here] * (at + 1)) / (length + 1);
      weight[here] = (zero * weight[here] * (length - at)) / (length + 1);
    }
  }

  /** Takes a place out of a path whose last place is `last`. */
  private unwind(start: number, last: number, place: number): void {
    const { weight, zero, one, feature } = this;
    const [zeroShare, goesOn] = [zero[start + place], one[start + place]];
    let carried = weight[start + last];
    for (let at = last - 1; at >= 0; at--) {
      const here = start + at;
      if (goesOn !== 0) {
        const known = weight[here];
        weight[here] = (carried * (last + 1)) / ((at + 1) * goesOn);
        carried = known - (weight[here] * zeroShare * (last - at)) / (last + 1);
      } else weight[here] = (weight[here] * (last + 1)) / (zeroShare * (last - at));
    }
    for (let at = start + place; at < start + last; at++) {
      feature[at] = feature[at + 1];
      zero[at] = zero[at + 1];
      one[at] = one[at + 1];
    }
  }

  /** The sum of the weights that would be left without a place. */
  private unwoundSum(start: number, last: number, place: number): number {
    const { weight } = this;
    const [zeroShare, goesOn] = [this.zero[start + place], this.one[start + place]];
    let carried = weight[start + last];
    let sum = 0;
    for (let at = last - 1; at >= 0; at--) {
      if (goesOn !== 0) {
        const own = (carried * (last + 1)) / ((at + 1) * goesOn);
        sum += own;
        carried = weight[start + at] - (own * zeroShare * (last - at)) / (last + 1);
      } else sum += (weight[start + at] * (last + 1)) / (zeroShare * (last - at));
    }
    return sum;
  }

  /** Shares the values of a leaf among the features of its path. */
  private reach(node: number, start: number, last: number): void {
    const { width, values, next, outputs, features } = this.trees;
    for (let at = 1; at <= last; at++) {
      const here = start + at;
      const share = this.unwoundSum(start, last, at) * (this.one[here] - this.zero[here]);
      for (let c = 0; c < width; c++) {
        const output = width === 1 ? this.tree % outputs : c;
        this.sums[output * features + this.feature[here]] += share * values[next[node] * width + c];
      }
    }
  }
}
