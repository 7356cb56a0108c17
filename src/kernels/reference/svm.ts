/**
 * The plain form of assembly/svm-*.ts: the same operations in the same order, on typed arrays.
 * assembly/svm-products.ts explains layouts, assembly/svm-smo.ts states the problem.
 */
import { tanh } from '../math.js';

const f = Math.fround;

/** Where feature j of sample i lies in panels of 4 samples. */
export function placeInPanels(i: number, j: number, features: number): number {
  return ((i >> 2) * features + j) * 4 + (i & 3);
}

/** The product of sample i of the panels with a vector. */
function product(panels: Float64Array, i: number, v: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < v.length; j++) sum += v[j] * panels[placeInPanels(i, j, v.length)];
  return sum;
}

export function products(panels: Float64Array, v: Float64Array, out: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i] = product(panels, i, v);
}

/** The products of one panel `a` with the samples of the panels b. `out` is 4 x stride; only those are written. */
export function productsOfFour(
  a: Float64Array,
  b: Float64Array,
  panelCount: number,
  features: number,
  out: Float64Array,
  stride: number,
): void {
  for (let k = 0; k < 4; k++) {
    const v = Float64Array.from({ length: features }, (_, j) => a[placeInPanels(k, j, features)]);
    for (let i = 0; i < 4 * panelCount; i++) out[k * stride + i] = product(b, i, v);
  }
}

export function distances(values: Float64Array, norms: Float64Array, own: number): void {
  for (let j = 0; j < values.length; j++) values[j] = Math.max(0, own + norms[j] - 2 * values[j]);
}

const KINDS = { linear: 0, rbf: 1, poly: 2, sigmoid: 3 } as const;
export const kinds: { [name: string]: number } = KINDS;

export function kernel(
  kind: keyof typeof KINDS,
  values: Float64Array,
  gamma: number,
  coef0: number,
  degree: number,
): void {
  for (let j = 0; j < values.length; j++) {
    const u = gamma * values[j] + coef0;
    if (kind === 'rbf') values[j] = decay(-gamma * values[j]);
    else if (kind === 'poly') values[j] = power(u, degree);
    else if (kind === 'sigmoid') values[j] = tanh(u);
  }
}

function power(base: number, exponent: number): number {
  let result = 1;
  for (let rest = exponent; rest > 0; rest >>= 1) {
    if ((rest & 1) === 1) result *= base;
    base *= base;
  }
  return result;
}

/** A double and its two halves, the low one first. */
const double = new Float64Array(1);
const halves = new Int32Array(double.buffer);

/** e^z for z <= 0; e^-708 below that. */
function decay(z: number): number {
  const cut = Math.max(z, -708);
  const shifted = cut * 1.442695040888963387 + 6755399441055744;
  const k = shifted - 6755399441055744;
  const r = cut - k * 6.9314718036912381649e-1 - k * 1.90821492927058770002e-10;
  const square = r * r;
  let even = 1 / 479001600;
  let odd = 1 / 39916800;
  for (const [nextEven, nextOdd] of [
    [1 / 3628800, 1 / 362880],
    [1 / 40320, 1 / 5040],
    [1 / 720, 1 / 120],
    [1 / 24, 1 / 6],
  ]) {
    even = even * square + nextEven;
    odd = odd * square + nextOdd;
  }
  even = even * square + 1 / 2;
  double[0] = 1 + (r + square * (even + r * odd));
  halves[1] += k << 20;
  return double[0];
}

export function gather(row: Float32Array, places: Int32Array, out: Float32Array): void {
  places.forEach((place, k) => (out[k] = row[place]));
}

export function addRow(row: Float32Array, factor: number, sums: Float64Array): void {
  for (let k = 0; k < sums.length; k++) sums[k] += factor * row[k];
}

export function mirror(values: Float32Array, stride: number): void {
  for (let i = 0; i < stride; i++) {
    for (let j = 0; j < (i & ~3); j++) values[i * stride + j] = values[j * stride + i];
  }
}

/** What svmIterate works on; `rows` are the rows of K in f32, `control` as in assembly/svm-smo.ts. */
export interface Dual {
  y: Float64Array;
  bound: Float64Array;
  alpha: Float64Array;
  diagonal: Float64Array;
  force: Float64Array;
  up: Float64Array;
  low: Float64Array;
  rows: Float32Array[];
  control: Float64Array;
}

const LEAST_CURVATURE = 1e-12;
const [ITERATIONS, PAUSE_AT, TOLERANCE, VIOLATION, FIRST, HIGHEST] = [0, 1, 2, 4, 5, 6];

/** svmIterate with all rows at hand: 0 at the optimum, 2 at the pause. */
export function iterate(dual: Dual): number {
  const { alpha, control, diagonal, force, rows, y } = dual;
  if (control[FIRST] < 0) strongest(dual);
  for (;;) {
    const i = control[FIRST];
    if (i < 0) {
      control[VIOLATION] = 0;
      return 0;
    }
    const j = partner(dual, i);
    if (j < 0 || control[VIOLATION] < control[TOLERANCE]) return 0;
    if (control[ITERATIONS] >= control[PAUSE_AT]) return 2;
    control[ITERATIONS]++;
    const curvature = Math.max(diagonal[i] + diagonal[j] - 2 * rows[i][j], LEAST_CURVATURE);
    const [oldI, oldJ] = [alpha[i], alpha[j]];
    stepPair(dual, i, j, curvature);
    mark(dual, i);
    mark(dual, j);
    const [stepI, stepJ] = [y[i] * (alpha[i] - oldI), y[j] * (alpha[j] - oldJ)];
    for (let t = 0; t < force.length; t++) force[t] -= stepI * rows[i][t] + stepJ * rows[j][t];
    strongest(dual);
  }
}

/** The better of two lanes, even and odd places. Of equal ones it is the later. */
function better(values: number[], places: number[]): number {
  return values[1] > values[0] || (values[1] === values[0] && places[1] > places[0]) ? 1 : 0;
}

function strongest({ force, up, control }: Dual): void {
  const best = [-Infinity, -Infinity];
  const places = [-1, -1];
  for (let t = 0; t < force.length; t++) {
    const value = force[t] + up[t];
    if (!(value >= best[t % 2])) continue;
    best[t % 2] = value;
    places[t % 2] = t;
  }
  const lane = better(best, places);
  control[HIGHEST] = best[lane];
  control[FIRST] = best[lane] === -Infinity ? -1 : places[lane];
}

function partner({ diagonal, force, low, rows, control }: Dual, i: number): number {
  const best = [0, 0];
  const places = [-1, -1];
  let widest = -Infinity;
  for (let t = 0; t < force.length; t++) {
    const gap = control[HIGHEST] - (force[t] + low[t]);
    widest = Math.max(widest, gap);
    const curvature = Math.max(LEAST_CURVATURE, diagonal[i] + diagonal[t] - 2 * rows[i][t]);
    if (!(gap > 0 && gap * gap >= best[t % 2] * curvature)) continue;
    best[t % 2] = (gap * gap) / curvature;
    places[t % 2] = t;
  }
  control[VIOLATION] = widest;
  return places[better(best, places)];
}

/** Steps along the pair's direction until the force is spent or a side of the box is met. */
function stepPair({ y, bound, alpha, force }: Dual, i: number, j: number, curvature: number): void {
  const step = (force[i] - force[j]) / curvature;
  let a = alpha[i] + y[i] * step;
  let b = alpha[j] - y[j] * step;
  if (y[i] !== y[j]) {
    const difference = alpha[i] - alpha[j];
    if (difference > 0 && b < 0) [a, b] = [difference, 0];
    else if (difference <= 0 && a < 0) [a, b] = [0, -difference];
    const corner = bound[i] - bound[j];
    if (difference > corner && a > bound[i]) [a, b] = [bound[i], bound[i] - difference];
    else if (difference <= corner && b > bound[j]) [a, b] = [bound[j] + difference, bound[j]];
  } else {
    const sum = alpha[i] + alpha[j];
    if (sum > bound[i] && a > bound[i]) [a, b] = [bound[i], sum - bound[i]];
    else if (sum <= bound[i] && b < 0) [a, b] = [sum, 0];
    if (sum > bound[j] && b > bound[j]) [a, b] = [sum - bound[j], bound[j]];
    else if (sum <= bound[j] && a < 0) [a, b] = [0, sum];
  }
  alpha[i] = a;
  alpha[j] = b;
}

function mark({ y, bound, alpha, up, low }: Dual, t: number): void {
  const full = alpha[t] >= bound[t];
  const empty = alpha[t] <= 0;
  up[t] = (y[t] > 0 ? full : empty) ? -Infinity : 0;
  low[t] = (y[t] > 0 ? empty : full) ? Infinity : 0;
}

/** Values rounded to f32. */
export function round(values: Float64Array): Float32Array {
  return Float32Array.from(values, f);
}
