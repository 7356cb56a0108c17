/**
 * The plain form of assembly/network-*.ts: the same operations, each rounded to f32, on typed arrays.
 * assembly/network-products.ts explains layouts and order of sums. Matrices are row-major with the given strides.
 * Weights lie in panels of 8 columns.
 */
import { exp, log, log1p } from '../math.js';

const f = Math.fround;
const DEPTH = 256;

/** The sum of `terms` products in partial sums of DEPTH terms. */
function sumInParts(terms: number, term: (k: number) => number): number {
  let sum = 0;
  for (let start = 0; start < terms; start += DEPTH) {
    let part = 0;
    for (let k = start; k < Math.min(start + DEPTH, terms); k++) part = f(part + term(k));
    sum = start === 0 ? part : f(sum + part);
  }
  return sum;
}

export interface Rows {
  data: Float32Array;
  stride: number;
}

/** Where weight (i, j) lies in panels of `panelRows` rows. */
export function placeInPanels(i: number, j: number, panelRows: number): number {
  return ((j >> 3) * panelRows + i) * 8 + (j & 7);
}

export function multiply(
  a: Rows,
  weights: Float32Array,
  panelRows: number,
  out: Float32Array,
  rows: number,
  fanIn: number,
  panels: number,
): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < 8 * panels; j++) {
      const term = (k: number): number =>
        f(a.data[i * a.stride + k] * weights[placeInPanels(k, j, panelRows)]);
      if (fanIn > 0) out[i * 8 * panels + j] = sumInParts(fanIn, term);
    }
  }
}

export function multiplyVector(a: Rows, w: Float32Array, out: Float32Array, rows: number): void {
  for (let i = 0; i < rows; i++) {
    const lanes = new Float32Array(4);
    for (let k = 0; k < a.stride; k++) lanes[k % 4] += f(a.data[i * a.stride + k] * w[k]);
    out[i] = f(f(lanes[0] + lanes[1]) + f(lanes[2] + lanes[3]));
  }
}

export function transpose(
  weights: Float32Array,
  fromRows: number,
  to: Float32Array,
  toRows: number,
  fanIn: number,
  fanOut: number,
): void {
  for (let i = 0; i < fanIn; i++) {
    for (let j = 0; j < fanOut; j++) {
      to[placeInPanels(j, i, toRows)] = weights[placeInPanels(i, j, fromRows)];
    }
  }
}

export function gradient(a: Rows, d: Float32Array, panels: number, out: Float32Array, rows: number): void {
  for (let i = 0; i < a.stride; i++) {
    for (let j = 0; j < 8 * panels; j++) {
      const term = (k: number): number => f(a.data[k * a.stride + i] * d[k * 8 * panels + j]);
      if (rows > 0) out[placeInPanels(i, j, a.stride)] = sumInParts(rows, term);
    }
  }
}

export function gradientVector(a: Rows, d: Float32Array, out: Float32Array, rows: number): void {
  for (let k = 0; k < a.stride; k++) {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum = f(sum + f(d[i] * a.data[i * a.stride + k]));
    out[k] = sum;
  }
}

export function outer(d: Float32Array, w: Float32Array, out: Float32Array, rows: number): void {
  for (let i = 0; i < rows; i++) for (let k = 0; k < w.length; k++) out[i * w.length + k] = d[i] * w[k];
}

export function columnSums(d: Rows, out: Float32Array, rows: number): void {
  for (let k = 0; k < d.stride; k++) {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum = f(sum + d.data[i * d.stride + k]);
    out[k] = sum;
  }
}

export function gather(x: Rows, order: Int32Array, batch: Float32Array): void {
  order.forEach((row, i) => batch.set(x.data.subarray(row * x.stride, (row + 1) * x.stride), i * x.stride));
}

export const kinds = { identity: 0, logistic: 1, tanh: 2, relu: 3 } as const;

export function activate(
  kind: keyof typeof kinds,
  z: Rows,
  width: number,
  bias: Float32Array,
  rows: number,
): void {
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < z.stride; k++) {
      const at = i * z.stride + k;
      const sum = f(z.data[at] + bias[k]);
      z.data[at] = kind === 'logistic' && k >= width ? 0 : activation(kind, sum);
    }
  }
}

function activation(kind: keyof typeof kinds, z: number): number {
  if (kind === 'identity') return z;
  if (kind === 'relu') return Math.max(z, 0);
  if (kind === 'logistic') return f(1 / f(1 + exponential(-z)));
  return hyperbolicTangent(z);
}

/** c_0 z^n + c_1 z^(n - 1) + ... by Horner's rule, with coefficients rounded to f32. */
function horner(z: number, coefficients: number[]): number {
  return coefficients.reduce((sum, c, at) => (at === 0 ? f(c) : f(f(sum * z) + f(c))), 0);
}

/** A f32 and its bits. */
const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

function exponential(z: number): number {
  const cut = Math.min(Math.max(z, f(-87.3)), f(88.3));
  // The sum with 1.5 * 2^23 is rounded to the nearest whole number, ties to even.
  const n = f(f(f(cut * f(1.44269504)) + 12582912) - 12582912);
  let r = f(cut - f(n * f(0.693359375)));
  r = f(r - f(n * f(-2.1219444e-4)));
  const p = horner(
    r,
    [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1],
  );
  bits[0] = ((n | 0) + 127) << 23;
  return f(f(f(f(f(p * r) * r) + r) + 1) * float[0]);
}

function hyperbolicTangent(z: number): number {
  const cut = Math.min(Math.max(z, f(-7.90531110763549805)), f(7.90531110763549805));
  const s = f(cut * cut);
  const p = horner(
    s,
    [
      -2.76076847742355e-16, 2.00018790482477e-13, -8.60467152213735e-11, 5.12229709037114e-8,
      1.48572235717979e-5, 6.37261928875436e-4, 4.89352455891786e-3,
    ],
  );
  const q = horner(s, [1.19825839466702e-6, 1.18534705686654e-4, 2.268434632439e-3, 4.89352518554385e-3]);
  return f(f(cut * p) / q);
}

export function derivative(kind: keyof typeof kinds, a: Float32Array, delta: Float32Array): void {
  for (let k = 0; k < a.length; k++) {
    if (kind === 'logistic') delta[k] = f(f(delta[k] * a[k]) * f(1 - a[k]));
    else if (kind === 'tanh') delta[k] = f(delta[k] * f(1 - f(a[k] * a[k])));
    else if (kind === 'relu' && a[k] === 0) delta[k] = 0;
  }
}

export function logisticOutput(z: Float32Array, y: Int32Array, delta: Float32Array): number {
  let loss = 0;
  for (let i = 0; i < z.length; i++) {
    const small = exp(-Math.abs(z[i]));
    const inverse = 1 / (1 + small);
    const p = z[i] >= 0 ? inverse : small * inverse;
    const likely = z[i] >= 0 === (y[i] === 1);
    loss += log1p(small) + (likely ? 0 : Math.abs(z[i]));
    delta[i] = y[i] === 1 ? p - 1 : p;
  }
  return loss;
}

export function softmaxOutput(z: Rows, classes: number, y: Int32Array, delta: Float32Array): number {
  let loss = 0;
  for (let i = 0; i < y.length; i++) {
    const row = z.data.subarray(i * z.stride, i * z.stride + classes);
    const top = row.reduce((a, b) => Math.max(a, b));
    const sum = row.reduce((total, value) => total + exp(value - top), 0);
    loss += log(sum) - (row[y[i]] - top);
    for (let c = 0; c < z.stride; c++) {
      const p = c < classes ? exp(row[c] - top) / sum : 0;
      delta[i * z.stride + c] = c === y[i] ? p - 1 : p;
    }
  }
  return loss;
}

/** The sum of squares in f64, of the even places and of the odd ones. */
function squaresOf(w: Float32Array): number {
  const lanes = [0, 0];
  for (let k = 0; k < w.length; k += 4) {
    for (const lane of [0, 1]) {
      lanes[lane] = lanes[lane] + w[k + lane] * w[k + lane] + w[k + 2 + lane] * w[k + 2 + lane];
    }
  }
  return lanes[0] + lanes[1];
}

export interface AdamStep {
  decay: number;
  scale: number;
  rate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
}

export function adam(
  w: Float32Array,
  g: Float32Array,
  m: Float32Array,
  v: Float32Array,
  step: AdamStep,
): number {
  const squares = squaresOf(w);
  const [decay, scale, rate, epsilon] = [step.decay, step.scale, step.rate, step.epsilon].map(f);
  for (let k = 0; k < w.length; k++) {
    const slope = f(f(g[k] + f(decay * w[k])) * scale);
    m[k] = f(f(f(step.beta1) * m[k]) + f(f(1 - step.beta1) * slope));
    v[k] = f(f(f(step.beta2) * v[k]) + f(f(1 - step.beta2) * f(slope * slope)));
    w[k] = f(w[k] - f(f(rate * m[k]) / f(f(Math.sqrt(v[k])) + epsilon)));
  }
  return squares;
}

export interface DescentStep {
  decay: number;
  scale: number;
  rate: number;
  momentum: number;
  nesterov: boolean;
}

export function descend(w: Float32Array, g: Float32Array, v: Float32Array, step: DescentStep): number {
  const squares = squaresOf(w);
  const [decay, scale, rate, momentum] = [step.decay, step.scale, step.rate, step.momentum].map(f);
  for (let k = 0; k < w.length; k++) {
    const fall = f(rate * f(f(g[k] + f(decay * w[k])) * scale));
    v[k] = f(f(momentum * v[k]) - fall);
    w[k] = f(w[k] + (step.nesterov ? f(f(momentum * v[k]) - fall) : v[k]));
  }
  return squares;
}
