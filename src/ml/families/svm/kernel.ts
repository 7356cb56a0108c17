/**
 * Kernel functions: linear x'z, rbf exp(-gamma ||x - z||^2), poly (gamma x'z + coef0)^degree, sigmoid
 * tanh(gamma x'z + coef0).
 */
import type { Matrix } from '../../../base/dataset.js';
import type { Pointer } from '../../../kernels/exports.js';
import { LINEAR, POLY, RBF, SIGMOID } from '../../../kernels/layouts/svm.js';
import { kernels } from '../../../kernels/loader.js';
import { pow } from '../../../kernels/math.js';
import { float32, float64, int32, scope } from '../../../kernels/memory.js';
import { resolveGamma, type Gamma } from '../../algebra/gamma.js';
import { FeatureError } from '../../checks.js';
import { mapColumns } from '../../algebra/matrix.js';
import { columnMoments } from '../../algebra/statistics.js';
import { inUnit, largestSize, unitFor } from '../../algebra/units.js';
import {
  type Base,
  type PackedSamples,
  type WholeBase,
  deskFor,
  packSamples,
  padded,
  baseRowOf,
} from './samples.js';

export interface KernelFunction {
  kind: 'linear' | 'rbf' | 'poly' | 'sigmoid';
  gamma: number;
  coef0: number;
  degree: number;
}

const KINDS = { linear: LINEAR, rbf: RBF, poly: POLY, sigmoid: SIGMOID } as const;

/**
 * gamma as a number, in the frame. The variance is that of the samples as they are, also where distances are those of
 * centered samples.
 */
export function gammaIn(frame: Frame, gamma: Gamma, x: Matrix): number {
  return gamma === 'scale'
    ? resolveGamma(gamma, inUnit(x, frame.unit))
    : inFrame(resolveGamma(gamma, x), frame);
}

/**
 * Where kernels are computed: on samples less a center, in a unit in which their products are numbers of f32. A
 * center changes no distance, and the unit goes into gamma. So only rounding changes.
 */
export interface Frame {
  unit: number;
  /** Present where the rounding of products would destroy the distances of the uncentered samples. */
  center?: Float64Array;
}

/** Above this ratio of the squares of samples to the squares of their distances, rounding costs too many digits. */
const MOST_SHIFT = 2 ** 20;
/** The number of samples that are tested first. All samples are tested only if these suggest it. */
const LOOKED_AT = 8;

/**
 * The frame for samples. The frame of ordinary samples changes nothing. A linear kernel has no frame, because C
 * depends on its unit.
 */
export function frameFor(kind: KernelFunction['kind'], x: Matrix): Frame {
  if (kind === 'linear') return { unit: 1 };
  const unit = unitFor(largestSize(x.data));
  if (kind !== 'rbf' || !looksShifted(x, unit)) return { unit };
  const { means, deviations } = columnMoments(x);
  if (!isShifted(means, deviations, unit)) return { unit };
  return { unit: unitFor(largestSize(deviations)), center: means };
}

/** Whether the first sample is far from 0, compared with its distances from some others. */
function looksShifted({ rows, columns, data }: Matrix, unit: number): boolean {
  const others = Math.min(LOOKED_AT, rows - 1);
  let [size, distance] = [0, 0];
  for (let j = 0; j < columns; j++) {
    const own = data[j * rows] * unit;
    size += own * own;
    for (let i = 1; i <= others; i++) {
      const difference = data[j * rows + i] * unit - own;
      distance += difference * difference;
    }
  }
  return size * others * 4 > MOST_SHIFT * distance;
}

function isShifted(means: Float64Array, deviations: Float64Array, unit: number): boolean {
  const squares = (values: Float64Array): number =>
    values.reduce((sum, value) => sum + value * unit * (value * unit), 0);
  const spread = squares(deviations);
  return spread > 0 && squares(means) > MOST_SHIFT * spread;
}

/** PackedSamples as the frame has them: x itself where it changes nothing. */
export function framed({ unit, center }: Frame, x: Matrix): Matrix {
  if (!center) return inUnit(x, unit);
  return mapColumns(x, (value, j) => (value - center[j]) * unit);
}

/**
 * gamma for samples of a frame that was made for others: `scale` knows them as they are, `auto` and a number the
 * unit.
 */
function inFrame(gamma: number, { unit }: Frame): number {
  return Math.min(gamma / unit / unit, Number.MAX_VALUE);
}

export function baseOf(kind: KernelFunction['kind']): Base {
  return kind === 'rbf' ? 'distances' : 'products';
}

/** The diagonal of a kernel matrix, and what writes its rows. Lives until the scope ends. */
export interface KernelRows {
  diagonal: Float64Array;
  /** Writes row i in f32 to `out`: as many values as samples, rounded up to a multiple of 4. */
  writeRow(i: number, out: Pointer): void;
}

/**
 * The kernel matrix of the samples of x that `chosen` names, in that order. With `whole`, which holds the bases of
 * these and perhaps of other samples of x, it is the same matrix, bit for bit, without computing products again.
 */
export function kernelRows(
  kernel: KernelFunction,
  x: Matrix,
  chosen: Int32Array,
  whole?: WholeBase,
): KernelRows {
  const length = padded(chosen.length);
  const { baseRow, norms } = whole ? basesOfWhole(whole, chosen) : basesOfSamples(kernel, x, chosen);
  const { kind, gamma, coef0, degree } = kernel;
  const wide = float64(length).byteOffset;
  const { svmKernel, svmRound, svmWiden } = kernels();
  const writeRow = (i: number, out: Pointer): void => {
    svmWiden(baseRow(i), wide, length);
    svmKernel(KINDS[kind], wide, length, gamma, coef0, degree);
    svmRound(wide, out, length);
  };
  return { diagonal: diagonalOf(kernel, norms), writeRow };
}

interface BaseRows {
  norms: Float64Array;
  /** The address of row i. It is valid until the next row is asked for. */
  baseRow(i: number): Pointer;
}

function basesOfSamples(kernel: KernelFunction, x: Matrix, chosen: Int32Array): BaseRows {
  const samples = packSamples(x, chosen);
  const desk = deskFor(samples);
  return {
    norms: samples.norms.subarray(0, samples.count),
    baseRow: i => baseRowOf(samples, baseOf(kernel.kind), desk, i),
  };
}

function basesOfWhole({ values, stride, norms, placeOf }: WholeBase, chosen: Int32Array): BaseRows {
  const places = int32(padded(chosen.length));
  places.set(chosen.map(i => placeOf[i]));
  const rowOf = (i: number): Pointer => values.byteOffset + 4 * stride * places[i];
  const ownNorms = Float64Array.from(chosen, i => norms[placeOf[i]]);
  if (chosen.every((_, k) => places[k] === k)) return { norms: ownNorms, baseRow: rowOf };
  const row = float32(places.length).byteOffset;
  return {
    norms: ownNorms,
    baseRow: i => {
      kernels().svmGather(rowOf(i), places.byteOffset, row, places.length);
      return row;
    },
  };
}

/** K(x, x) of samples with the given norms; a distance of a sample from itself is zero. */
function diagonalOf({ kind, gamma, coef0, degree }: KernelFunction, norms: Float64Array): Float64Array {
  return scope(() => {
    const values = float64(padded(norms.length));
    if (kind !== 'rbf') values.set(norms);
    kernels().svmKernel(KINDS[kind], values.byteOffset, values.length, gamma, coef0, degree);
    return values.slice(0, norms.length);
  });
}

/** The bound of kernel values, because rows of a kernel matrix are f32. */
const LARGEST_VALUE = 2 ** 128;

/** Whether samples of this largest norm may have a kernel value that is no number. */
function overflows({ kind, gamma, coef0, degree }: KernelFunction, norm: number): boolean {
  if (kind === 'linear') return !(norm < LARGEST_VALUE);
  return kind === 'poly' && !(pow(gamma * norm + Math.abs(coef0), degree) < LARGEST_VALUE);
}

/** Refuses samples whose kernel values are too large to be numbers, and names the feature with the largest value. */
export function refuseOverflow(kernel: KernelFunction, x: Matrix, given: Matrix): void {
  const largest = largestSize(x.data);
  // The bound comes first, because it costs nothing.
  if (!overflows(kernel, largest * largest * x.columns) || !overflows(kernel, largestNorm(x))) return;
  const at = x.data.findIndex(value => Math.abs(value) === largest);
  const value = given.data[at];
  const says = (feature: string): string =>
    `${feature} has the value ${value}, too large for kernel ${kernel.kind}`;
  throw new FeatureError('too-large', Math.floor(at / x.rows), says, {
    value,
    expected: 'values whose kernel is at most 1e38',
    hint: 'Put a StandardScaler before this step.',
  });
}

function largestNorm({ rows, data }: Matrix): number {
  const norms = new Float64Array(rows);
  for (let at = 0; at < data.length; at++) norms[at % rows] += data[at] * data[at];
  return largestSize(norms);
}

/** The kernel of up to 4 samples of a panel with others, in f64: 4 rows of `others.padded` values, to `out`. */
export function writeKernelOfFour(
  kernel: KernelFunction,
  samples: PackedSamples,
  first: number,
  others: PackedSamples,
  out: Float64Array,
): void {
  const { kind, gamma, coef0, degree } = kernel;
  const { svmProductsOfFour, svmDistances, svmKernel } = kernels();
  const panel = samples.panels.byteOffset + 8 * first * samples.features;
  const length = others.padded;
  svmProductsOfFour(panel, others.panels.byteOffset, length / 4, others.features, out.byteOffset, length);
  for (let k = 0; k < 4 && kind === 'rbf'; k++) {
    const row = out.byteOffset + 8 * k * length;
    svmDistances(row, others.norms.byteOffset, samples.norms[first + k], length);
  }
  svmKernel(KINDS[kind], out.byteOffset, 4 * length, gamma, coef0, degree);
}
