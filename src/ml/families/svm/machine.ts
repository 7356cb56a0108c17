/**
 * A two-class support vector machine: fitted on a pair of classes, and its margins. With one machine for each pair,
 * they make a classifier of many classes (one versus one), as in libsvm.
 */
import type { Matrix } from '../../../base/dataset.js';
import type { Rng } from '../../../base/rng.js';
import { kernels } from '../../../kernels/loader.js';
import { float64, scope } from '../../../kernels/memory.js';
import { takeRows } from '../../algebra/matrix.js';
import { type KernelFunction, baseOf, kernelRows, writeKernelOfFour } from './kernel.js';
import { type Curve, fitCurve } from '../../outputs/platt.js';
import { type PackedSamples, type WholeBase, packSamples, wholeBase, wholeBytes } from './samples.js';
import { type Solution, type SolverOptions, solveDual } from './solver.js';

/** The data that machines are fitted on. */
export interface Material {
  x: Matrix;
  /** The largest alpha of each sample of x: C times its weight. */
  bounds: Float64Array;
  kernel: KernelFunction;
  options: SolverOptions;
  /** The bases of all samples of x, if they are at hand; changes speed only. */
  whole?: WholeBase;
}

/** margin(x) = sum_s coefficients_s K(x_support_s, x) + intercept. */
export interface Machine {
  /** Places of the support vectors. */
  support: Int32Array;
  coefficients: Float64Array;
  intercept: number;
}

/** Fits a machine whose margin is positive for the `positive` samples. */
export function fitMachine(
  { x, bounds, kernel, options, whole }: Material,
  positive: Int32Array,
  negative: Int32Array,
): { machine: Machine; solution: Solution } {
  const chosen = new Int32Array(positive.length + negative.length);
  chosen.set(positive);
  chosen.set(negative, positive.length);
  const y = new Float64Array(chosen.length).fill(-1).fill(1, 0, positive.length);
  const bound = new Float64Array(chosen.length);
  for (let t = 0; t < chosen.length; t++) bound[t] = bounds[chosen[t]];
  const solution = scope(() => solveDual({ y, bound, ...kernelRows(kernel, x, chosen, whole) }, options));
  const { alpha, rho } = solution;
  const supporting: number[] = [];
  for (let t = 0; t < chosen.length; t++) if (alpha[t] > 0) supporting.push(t);
  const machine = {
    support: Int32Array.from(supporting, t => chosen[t]),
    coefficients: Float64Array.from(supporting, t => y[t] * alpha[t]),
    intercept: -rho,
  };
  return { machine, solution };
}

/** For each machine the margins of all samples of x; `support` are places among the vectors. */
export function marginsOf(
  machines: readonly Machine[],
  kernel: KernelFunction,
  vectors: PackedSamples,
  x: Matrix,
): Float64Array[] {
  return scope(() => {
    const tested = packSamples(x, everyRow(x));
    const factors = machines.map(({ support, coefficients }) => {
      const dense = float64(vectors.padded);
      support.forEach((place, s) => (dense[place] = coefficients[s]));
      return dense.byteOffset;
    });
    const margins = machines.map(() => new Float64Array(x.rows));
    const strip = float64(4 * vectors.padded);
    const { dot } = kernels();
    for (let first = 0; first < x.rows; first += 4) {
      writeKernelOfFour(kernel, tested, first, vectors, strip);
      for (let i = first; i < Math.min(first + 4, x.rows); i++) {
        const row = strip.byteOffset + 8 * (i - first) * vectors.padded;
        for (let m = 0; m < machines.length; m++) {
          margins[m][i] = dot(vectors.padded, factors[m], row) + machines[m].intercept;
        }
      }
    }
    return margins;
  });
}

/**
 * Samples of up to this many bytes fit the cache of a core. They are multiplied row by row, when a row is asked for.
 * Larger ones are multiplied all at once.
 */
const CORE_BYTES = 2 ** 18;

/**
 * The bases of the samples of x that `chosen` names, in the order of their use. Undefined where rows on demand are
 * better. `isRepeated` says that products are asked for more than once.
 */
export function ownBases(
  x: Matrix,
  chosen: Int32Array,
  { kernel, cache_size }: { kernel: KernelFunction['kind']; cache_size: number },
  isRepeated = false,
): WholeBase | undefined {
  const fits = wholeBytes(chosen.length) <= (cache_size * 2 ** 20) / 2;
  if (!fits || (x.data.byteLength <= CORE_BYTES && !isRepeated)) return undefined;
  return wholeBase(x, chosen, baseOf(kernel));
}

export function everyRow(x: Matrix): Int32Array {
  return new Int32Array(x.rows).map((_, i) => i);
}

const CURVE_FOLDS = 5;

/**
 * The curve from margins to probabilities of a pair, on margins of samples that the machine was not fitted on: five
 * folds in random order, as libsvm's svm_binary_svc_probability.
 */
export function fitProbability(
  material: Material,
  positive: Int32Array,
  negative: Int32Array,
  rng: Rng,
): Curve {
  const count = positive.length + negative.length;
  const isPositive = (t: number): boolean => t < positive.length;
  const sampleOf = (t: number): number => (isPositive(t) ? positive[t] : negative[t - positive.length]);
  const order = rng.permutation(count);
  const margins = new Float64Array(count);
  for (let fold = 0; fold < CURVE_FOLDS; fold++) {
    const begin = Math.floor((fold * count) / CURVE_FOLDS);
    const end = Math.floor(((fold + 1) * count) / CURVE_FOLDS);
    const left = order.subarray(begin, end);
    const rest = order.filter((_, at) => at < begin || at >= end);
    const found = marginsOnOthers(
      material,
      rest.filter(isPositive).map(sampleOf),
      rest.filter(t => !isPositive(t)).map(sampleOf),
      left.map(sampleOf),
    );
    left.forEach((t, at) => (margins[t] = found[at]));
  }
  return fitCurve(
    margins,
    margins.map((_, t) => (isPositive(t) ? 1 : -1)),
  );
}

/** Margins of `others` by a machine fitted on the rest; without one of the classes, 1 for the other, or 0. */
function marginsOnOthers(
  material: Material,
  positive: Int32Array,
  negative: Int32Array,
  others: Int32Array,
): Float64Array {
  if (positive.length === 0 || negative.length === 0) {
    return new Float64Array(others.length).fill(Math.sign(positive.length - negative.length));
  }
  const { x, kernel } = material;
  const { machine } = fitMachine(material, positive, negative);
  return scope(() => {
    const vectors = packSamples(x, machine.support);
    const ranked = { ...machine, support: machine.support.map((_, s) => s) };
    return marginsOf([ranked], kernel, vectors, takeRows(x, others))[0];
  });
}
