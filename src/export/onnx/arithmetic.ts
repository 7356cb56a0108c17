/**
 * Functions that ONNX has no operator for, as a few nodes. Each has the order and the rounding of the function of spt
 * that it stands for, apart from the exp and log of the runtime.
 */
import { int, ints, type Builder, type Value } from './builder.js';
import type { ElementType } from './model.js';

/** Features lie along this axis; samples along axis 0. */
export const FEATURES = 1;

export function sumOverFeatures(b: Builder, x: Value): Value {
  return b.node('ReduceSum', [x, b.i64([FEATURES])], { keepdims: int(1) });
}

export function largestOfFeatures(b: Builder, x: Value): Value {
  return b.node('ReduceMax', [x], { axes: ints([FEATURES]), keepdims: int(1) });
}

/** The features of these places, in this order. */
export function takeFeatures(b: Builder, x: Value, places: Int32Array): Value {
  return b.node('Gather', [x, b.i64(places)], { axis: int(FEATURES) });
}

export function cast(b: Builder, x: Value, type: 'f64' | 'f32' | 'i64'): Value {
  return b.node('Cast', [x], { to: int({ f32: 1, i64: 7, f64: 11 }[type]) });
}

/** x where it is at least `low`, else `low`. NaN stays. */
export function atLeast(b: Builder, x: Value, low: number): Value {
  const bound = b.f64(low);
  return b.node('Where', [b.node('Less', [x, bound]), bound, x]);
}

/** x where it is at most `high`, else `high`. NaN stays. */
export function atMost(b: Builder, x: Value, high: number): Value {
  const bound = b.f64(high);
  return b.node('Where', [b.node('Greater', [x, bound]), bound, x]);
}

/** 1 / (1 + e^-x). */
export function sigmoid(b: Builder, x: Value): Value {
  return sigmoidOfMinus(b, b.node('Neg', [x]));
}

/** 1 / (1 + e^x). */
export function sigmoidOfMinus(b: Builder, x: Value): Value {
  const one = b.f64(1);
  return b.node('Div', [one, b.node('Add', [one, b.node('Exp', [x])])]);
}

/**
 * log(1 + x), exact near 0: log(u) x / (u - 1) for u = 1 + x rounded (Goldberg, "What every computer scientist
 * should know about floating-point arithmetic", 1991, theorem 4).
 */
export function log1p(b: Builder, x: Value): Value {
  const one = b.f64(1);
  const u = b.node('Add', [one, x]);
  const rounded = b.node('Sub', [u, one]);
  const logOfU = b.node('Log', [u]);
  const exact = b.node('Mul', [logOfU, b.node('Div', [x, rounded])]);
  return b.node('Where', [b.node('Equal', [rounded, b.f64(0)]), x, exact]);
}

/**
 * e^x - 1, exact near 0: (u - 1) x / log(u) for u = e^x rounded (Kahan; Higham, "Accuracy and stability of numerical
 * algorithms", 2002, section 1.14.1). Beyond 1 in size u - 1 is exact enough, and log(u) may be infinite.
 */
export function expm1(b: Builder, x: Value): Value {
  const one = b.f64(1);
  const u = b.node('Exp', [x]);
  const plain = b.node('Sub', [u, one]);
  const exact = b.node('Mul', [plain, b.node('Div', [x, b.node('Log', [u])])]);
  const isLarge = b.node('Greater', [b.node('Abs', [x]), one]);
  const nearZero = b.node('Where', [b.node('Equal', [plain, b.f64(0)]), x, exact]);
  return b.node('Where', [isLarge, plain, nearZero]);
}

/** x to a whole power >= 0, by repeated squaring. */
export function wholePower(b: Builder, x: Value, exponent: number): Value {
  let result: Value | undefined;
  let square = x;
  for (let left = exponent; left > 0; left >>= 1) {
    if ((left & 1) === 1) result = result === undefined ? square : b.node('Mul', [result, square]);
    if (left > 1) square = b.node('Mul', [square, square]);
  }
  // Without a power, all values are 1, and a missing one stays missing.
  return result ?? b.node('Add', [b.node('Mul', [x, b.f64(0)]), b.f64(1)]);
}

/** m x columns copies of a row of values. `x` has m rows. */
export function startRows(b: Builder, x: Value, row: Value, columns: number): Value {
  const rows = b.node('Gather', [b.node('Shape', [x]), b.i64([0])], { axis: int(0) });
  const shape = b.node('Concat', [rows, b.i64([columns])], { axis: int(0) });
  return b.node('Expand', [row, shape]);
}

/**
 * A row of factors of x. ONNX Runtime moves a constant factor of one value that stands beside a MatMul into the
 * product, and rounds it to f32 there (MatMulScaleFusion). So one value is no constant here: it is copied for each
 * sample.
 */
export function factorRow(b: Builder, x: Value, values: Float64Array | readonly number[]): Value {
  const row = b.f64(values);
  return values.length > 1 ? row : startRows(b, x, row, 1);
}

/** What a sum runs along: slices of a value along its first axis. */
export interface Summed {
  value: Value;
  type: ElementType;
}

/** The value of `rank` axes with the second one in front, so that a sum can run along it. */
export function alongFeatures(b: Builder, value: Value, type: ElementType, rank: 2 | 3 = 2): Summed {
  return { value: b.node('Transpose', [value], { perm: ints(rank === 2 ? [1, 0] : [1, 0, 2]) }), type };
}

/**
 * start + term(slices 0) + term(slices 1) + ..., added one after another. A runtime may add the terms of ReduceSum and
 * MatMul in any order. This order is fixed, so ties stay ties.
 */
export function sumInOrder(
  b: Builder,
  type: 'f64' | 'f32',
  start: Value,
  along: readonly Summed[],
  term: (inside: Builder, slices: Value[]) => Value,
): Value {
  return foldInOrder(b, 'Add', type, start, along, term);
}

/** As sumInOrder, for the larger of what was found so far and of each term. */
export function largestInOrder(
  b: Builder,
  start: Value,
  along: readonly Summed[],
  term: (inside: Builder, slices: Value[]) => Value,
): Value {
  return foldInOrder(b, 'Max', 'f64', start, along, term);
}

function foldInOrder(
  b: Builder,
  op: 'Add' | 'Max',
  type: 'f64' | 'f32',
  start: Value,
  along: readonly Summed[],
  term: (inside: Builder, slices: Value[]) => Value,
): Value {
  const ports = [{ type }, ...along.map(summed => ({ type: summed.type }))];
  const body = b.inner('fold', ports, [type], (inside, [found, ...slices]) => [
    inside.node(op, [found, term(inside, slices)]),
  ]);
  return b.node('Scan', [start, ...along.map(({ value }) => value)], {
    body: { kind: 'graph', value: body },
    num_scan_inputs: int(along.length),
  });
}
