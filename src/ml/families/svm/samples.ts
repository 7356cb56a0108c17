/**
 * Samples in the panels that the kernels read (kernels/assembly/svm-products.ts), and the bases of kernel functions.
 * The base of two samples is their squared distance for rbf, and their product for all other kernels. A base depends
 * on the two samples alone. It has the same bits whether it is computed for a row or for a whole matrix.
 */
import type { Matrix } from '../../../base/dataset.js';
import type { Pointer } from '../../../kernels/exports.js';
import { kernels } from '../../../kernels/loader.js';
import { float32, float64, scope, unsetFloat32, unsetFloat64 } from '../../../kernels/memory.js';

/** In the kernels' memory, until the scope ends. */
export interface PackedSamples {
  count: number;
  features: number;
  /** count rounded up to a multiple of 4: panels hold 4 samples. */
  padded: number;
  panels: Float64Array;
  /** The product of each sample with itself; `padded` values. */
  norms: Float64Array;
}

export type Base = 'products' | 'distances';

export function padded(count: number): number {
  return Math.ceil(count / 4) * 4;
}

/** Features that are copied together, so that the columns they are read from stay in the cache. */
const BLOCK = 64;

/** The samples of a matrix that `chosen` names, in that order. */
export function packSamples(x: Matrix, chosen: Int32Array): PackedSamples {
  const count = chosen.length;
  const features = x.columns;
  const panels = unsetFloat64(padded(count) * features);
  // The last panel may not be full. Its other values are zero.
  panels.fill(0, (count & ~3) * features);
  const norms = float64(padded(count));
  for (let start = 0; start < features; start += BLOCK) {
    const end = Math.min(start + BLOCK, features);
    for (let i = 0; i + 4 <= count; i += 4) packFour(x, chosen, i, start, end, panels, norms);
    for (let i = count & ~3; i < count; i++) {
      const first = (i >> 2) * features * 4 + (i & 3);
      for (let f = start; f < end; f++) {
        const value = x.data[f * x.rows + chosen[i]];
        panels[first + f * 4] = value;
        norms[i] += value * value;
      }
    }
  }
  return { count, features, padded: padded(count), panels, norms };
}

/** Copies features `start` to `end` of the four samples from place i on. */
function packFour(
  { data, rows, columns }: Matrix,
  chosen: Int32Array,
  i: number,
  start: number,
  end: number,
  panels: Float64Array,
  norms: Float64Array,
): void {
  const [a, b, c, d] = [chosen[i], chosen[i + 1], chosen[i + 2], chosen[i + 3]];
  let [aa, bb, cc, dd] = [norms[i], norms[i + 1], norms[i + 2], norms[i + 3]];
  let to = i * columns + start * 4;
  for (let f = start; f < end; f++) {
    const from = f * rows;
    const va = data[from + a];
    const vb = data[from + b];
    const vc = data[from + c];
    const vd = data[from + d];
    panels[to++] = va;
    panels[to++] = vb;
    panels[to++] = vc;
    panels[to++] = vd;
    aa += va * va;
    bb += vb * vb;
    cc += vc * vc;
    dd += vd * vd;
  }
  norms[i] = aa;
  norms[i + 1] = bb;
  norms[i + 2] = cc;
  norms[i + 3] = dd;
}

/** Memory for computing a row of bases: a sample's features, and the row in f64 and in f32. */
export interface Desk {
  vector: Float64Array;
  wide: Float64Array;
  row: Float32Array;
}

export function deskFor(samples: PackedSamples): Desk {
  return {
    vector: float64(samples.features),
    wide: float64(samples.padded),
    row: float32(samples.padded),
  };
}

/**
 * The bases of sample i with all samples, in f32. Returns the address of `padded` values, which are valid until the
 * next call.
 */
export function baseRowOf(samples: PackedSamples, base: Base, desk: Desk, i: number): Pointer {
  const { features, panels, norms } = samples;
  const first = (i >> 2) * features * 4 + (i & 3);
  for (let f = 0; f < features; f++) desk.vector[f] = panels[first + f * 4];
  const wide = desk.wide.byteOffset;
  const row = desk.row.byteOffset;
  kernels().svmProducts(panels.byteOffset, samples.padded / 4, features, desk.vector.byteOffset, wide);
  round(base, wide, norms.byteOffset, norms[i], row, samples.padded);
  return row;
}

/** Writes bases in f32 to `out`, from products with a sample of the norm `own`. */
function round(
  base: Base,
  products: Pointer,
  norms: Pointer,
  own: number,
  out: Pointer,
  count: number,
): void {
  if (base === 'distances') kernels().svmRoundDistances(products, norms, own, out, count);
  else kernels().svmRound(products, out, count);
}

/** The bases of all pairs of samples: `stride` rows of `stride` values, f32. */
export interface WholeBase {
  stride: number;
  values: Float32Array;
  /** The product of each sample with itself, f64. */
  norms: Float64Array;
  /** For each sample of the matrix its row; -1 for one that was not chosen. */
  placeOf: Int32Array;
}

/** The bytes that the bases of a number of samples need. */
export function wholeBytes(count: number): number {
  return 4 * padded(count) * padded(count);
}

/**
 * The bases of the samples of x that `chosen` names. The best order of `chosen` is the order of use. They live until
 * the scope ends.
 */
export function wholeBase(x: Matrix, chosen: Int32Array, base: Base): WholeBase {
  const stride = padded(chosen.length);
  const values = unsetFloat32(stride * stride);
  const norms = new Float64Array(stride);
  scope(() => {
    const samples = packSamples(x, chosen);
    norms.set(samples.norms);
    const rows = float64(4 * stride);
    const { svmProductsOfFour } = kernels();
    for (let i = 0; i < stride; i += 4) {
      const panel = samples.panels.byteOffset + 8 * i * x.columns;
      const length = stride - i;
      svmProductsOfFour(panel, panel, length / 4, x.columns, rows.byteOffset, length);
      for (let k = 0; k < 4; k++) {
        const row = rows.byteOffset + 8 * k * length;
        const out = values.byteOffset + 4 * ((i + k) * stride + i);
        round(base, row, samples.norms.byteOffset + 8 * i, norms[i + k], out, length);
      }
    }
    kernels().svmMirror(values.byteOffset, stride);
  });
  const placeOf = new Int32Array(x.rows).fill(-1);
  chosen.forEach((sample, place) => (placeOf[sample] = place));
  return { stride, values, norms, placeOf };
}
