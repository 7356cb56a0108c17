/** The nodes of the transforms: m x inputs values of f64 go in, m x outputs come out. */
import { exp, expm1, log, log1p as log1pOf } from '../../kernels/math.js';
import {
  atLeast,
  atMost,
  cast,
  expm1 as expm1Node,
  factorRow,
  FEATURES,
  largestOfFeatures,
  log1p as log1pNode,
  sumOverFeatures,
  takeFeatures,
} from './arithmetic.js';
import { int, type Builder, type Value } from './builder.js';
import { encodeNodes } from './encoders.js';
import type {
  GroupsPart,
  ImputePart,
  NormPart,
  PowerPart,
  ProjectPart,
  ScaleShiftPart,
  ShiftScalePart,
  TransformPart,
} from '../plan-transforms.js';

/** Adds to a graph what a part refuses (graph.ts). */
export type Check = (part: TransformPart, x: Value) => void;

export function transformNodes(b: Builder, part: TransformPart, x: Value, check: Check): Value {
  switch (part.kind) {
    case 'select':
      return takeFeatures(b, x, part.kept);
    case 'impute':
      return impute(b, part, x);
    case 'shift-scale':
      return shiftScale(b, part, x);
    case 'scale-shift':
      return scaleShift(b, part, x);
    case 'norm':
      return norm(b, part, x);
    case 'power':
      return power(b, part, x);
    case 'project':
      return project(b, part, x);
    case 'encode':
      return encodeNodes(b, part, x);
    case 'groups':
      return groups(b, part, x, check);
  }
}

function groups(b: Builder, part: GroupsPart, x: Value, check: Check): Value {
  const found = part.groups.map(group => {
    let values = takeFeatures(b, x, group.places);
    for (const inner of group.parts) {
      b.enter(`${part.step}/${group.name}/${inner.step}`);
      check(inner, values);
      values = transformNodes(b, inner, values, check);
    }
    return values;
  });
  return found.length === 1 ? found[0] : b.node('Concat', found, { axis: int(FEATURES) });
}

function impute(b: Builder, { kept, fill, marked }: ImputePart, x: Value): Value {
  const parts: Value[] = [];
  if (kept.length > 0) {
    const values = takeFeatures(b, x, kept);
    parts.push(b.node('Where', [b.node('IsNaN', [values]), b.f64(fill), values]));
  }
  if (marked.length > 0) parts.push(cast(b, b.node('IsNaN', [takeFeatures(b, x, marked)]), 'f64'));
  return parts.length === 1 ? parts[0] : b.node('Concat', parts, { axis: int(FEATURES) });
}

function shiftScale(b: Builder, { shift, scale }: Pick<ShiftScalePart, 'shift' | 'scale'>, x: Value): Value {
  return b.node('Div', [b.node('Sub', [x, b.f64(shift)]), factorRow(b, x, scale)]);
}

function scaleShift(b: Builder, { factor, offset, clip }: ScaleShiftPart, x: Value): Value {
  const scaled = b.node('Add', [b.node('Mul', [x, factorRow(b, x, factor)]), b.f64(offset)]);
  return clip ? atMost(b, atLeast(b, scaled, clip.low), clip.high) : scaled;
}

/** A norm below this counts as 1 (`safeScale`). */
const LEAST_NORM = 10 * Number.EPSILON;

function norm(b: Builder, { norm: kind }: NormPart, x: Value): Value {
  const sizes = { l1: sumOfSizes, l2: rootOfSquares, max: largestSize }[kind](b, x);
  const isTiny = b.node('Less', [sizes, b.f64(LEAST_NORM)]);
  return b.node('Div', [x, b.node('Where', [isTiny, b.f64(1), sizes])]);
}

function sumOfSizes(b: Builder, x: Value): Value {
  return sumOverFeatures(b, b.node('Abs', [x]));
}

function largestSize(b: Builder, x: Value): Value {
  return largestOfFeatures(b, b.node('Abs', [x]));
}

/** Where the squares overflow, they are summed in the unit of the largest size. */
function rootOfSquares(b: Builder, x: Value): Value {
  const squares = sumOverFeatures(b, b.node('Mul', [x, x]));
  const largest = largestSize(b, x);
  const inUnit = b.node('Div', [x, largest]);
  const large = b.node('Mul', [
    largest,
    b.node('Sqrt', [sumOverFeatures(b, b.node('Mul', [inUnit, inUnit]))]),
  ]);
  const isFinite = b.node('Less', [squares, b.f64(Infinity)]);
  return b.node('Where', [isFinite, b.node('Sqrt', [squares]), large]);
}

function project(b: Builder, { inputs, outputs, mean, components, scale }: ProjectPart, x: Value): Value {
  const centered = b.node('Sub', [x, b.f64(mean)]);
  // The components lie column by column, which are the rows of the transposed matrix.
  const weights = Float64Array.from(
    components,
    (_, at) => components[(at % outputs) * inputs + Math.floor(at / outputs)],
  );
  const scores = b.node('MatMul', [centered, b.f64(weights, [inputs, outputs])]);
  return scale.every(value => value === 1) ? scores : b.node('Div', [scores, factorRow(b, x, scale)]);
}

/** The numbers of a power that do not depend on the sample, one a feature each (ml/transforms/power-fit.ts). */
interface PowerNumbers {
  /** -1 where the reference is negative, else 1. */
  side: Float64Array;
  /** The exponent on the side of the reference. */
  exponent: Float64Array;
  /** The size of the reference, and log J of it. */
  own: Float64Array;
  logOwn: Float64Array;
  /** What a value on the other side is multiplied by, and what is added then. */
  otherFactor: Float64Array;
  otherTerm: Float64Array;
}

function numbersOf({ method, lambda, reference }: PowerPart): PowerNumbers {
  const side = reference.map(value => (value < 0 ? -1 : 1));
  const exponent = lambda.map((value, j) => (side[j] > 0 ? value : 2 - value));
  const own = reference.map(Math.abs);
  const logOwn = own.map(size => (method === 'box-cox' ? log(size) : log1pOf(size)));
  const otherFactor = logOwn.map((value, j) => exp(-exponent[j] * value));
  const otherTerm = logOwn.map((value, j) => boxCoxOf(value, -exponent[j]));
  return { side, exponent, own, logOwn, otherFactor, otherTerm };
}

function boxCoxOf(logBase: number, exponent: number): number {
  return exponent === 0 || logBase === 0 ? logBase : expm1(exponent * logBase) / exponent;
}

function power(b: Builder, part: PowerPart, x: Value): Value {
  const numbers = numbersOf(part);
  const side = b.f64(numbers.side);
  const size = b.node('Mul', [side, x]);
  const near = boxCox(b, logRatio(b, part.method, numbers, size), numbers.exponent);
  if (part.method === 'box-cox') return shiftScale(b, part, near);
  const exponents = numbers.exponent.map(exponent => 2 - exponent);
  const beyond = boxCox(b, log1pNode(b, b.node('Neg', [size])), exponents);
  const moved = b.node('Add', [
    b.node('Mul', [beyond, b.f64(numbers.otherFactor)]),
    b.f64(numbers.otherTerm),
  ]);
  const isBeyond = b.node('Less', [size, b.f64(0)]);
  const changed = b.node('Where', [isBeyond, b.node('Neg', [moved]), near]);
  return shiftScale(b, part, b.node('Mul', [side, changed]));
}

/** log (J(size) / J(own)). Close sizes are subtracted first. */
function logRatio(
  b: Builder,
  method: PowerPart['method'],
  { own, logOwn }: PowerNumbers,
  size: Value,
): Value {
  const isPlain = method === 'box-cox' ? own.every(value => value === 1) : own.every(value => value === 0);
  const logSize = method === 'box-cox' ? b.node('Log', [size]) : log1pNode(b, size);
  if (isPlain && method === 'yeo-johnson') return logSize;
  const divisor = method === 'box-cox' ? own : own.map(value => 1 + value);
  const quotient = b.node('Div', [b.node('Sub', [size, b.f64(own)]), b.f64(divisor)]);
  const isAbove = b.node('Greater', [quotient, b.f64(-0.5)]);
  const isClose = b.node('And', [isAbove, b.node('Less', [quotient, b.f64(1)])]);
  const far = b.node('Sub', [logSize, b.f64(logOwn)]);
  return b.node('Where', [isClose, log1pNode(b, quotient), far]);
}

/** (e^(exponent logBase) - 1) / exponent, and logBase where the exponent is 0. */
function boxCox(b: Builder, logBase: Value, exponents: Float64Array): Value {
  const isZero = exponents.map(exponent => Number(exponent === 0));
  const divisors = b.f64(exponents.map(exponent => exponent || 1));
  const changed = b.node('Div', [expm1Node(b, b.node('Mul', [b.f64(exponents), logBase])), divisors]);
  if (!isZero.includes(1)) return changed;
  return b.node('Where', [b.bools([...isZero].map(Boolean)), logBase, changed]);
}
