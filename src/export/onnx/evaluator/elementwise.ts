/** Operators that work value by value. Two tensors of different dims are broadcast. */
import { exp, log, pow, sigmoid, tanh } from '../../../kernels/math.js';
import { countOf, type DataOf, type ElementType, type Tensor } from '../model.js';
import { attributeOf, broadcastDims, eachLine, numbersOf, storage, tensorOf } from './tensors.js';
import type { Operator } from './run.js';

const identity: Operator = (_, [x]) => [x];

function unary(change: (value: number) => number, type?: ElementType): Operator {
  return (_, [x]) => {
    const values = numbersOf(x);
    return [tensorOf(type ?? x.type, x.dims, place => change(values[place]))];
  };
}

function binary(combine: (a: number, b: number) => number, type?: ElementType): Operator {
  return (_, [a, b]) => {
    const dims = broadcastDims(a.dims, b.dims);
    const data = storage(type ?? a.type, countOf(dims)) as DataOf['f64'];
    const made = [{ type: type ?? a.type, dims, data } as Tensor];
    if (a.type === 'f64' && b.type === 'f64' && data instanceof Float64Array) {
      combineDoubles(combine, a, b, dims, data);
      return made;
    }
    const [own, other] = [numbersOf(a), numbersOf(b)];
    eachLine(dims, [a.dims, b.dims], (start, length, [fromA, fromB], [stepA, stepB]) => {
      for (let at = 0; at < length; at++)
        data[start + at] = combine(own[fromA + at * stepA], other[fromB + at * stepB]);
    });
    return made;
  };
}

/** The usual case by itself, because a loop over arrays of one type is several times as fast. */
function combineDoubles(
  combine: (a: number, b: number) => number,
  { dims: dimsA, data: a }: { dims: number[]; data: Float64Array },
  { dims: dimsB, data: b }: { dims: number[]; data: Float64Array },
  dims: number[],
  data: Float64Array,
): void {
  eachLine(dims, [dimsA, dimsB], (start, length, [fromA, fromB], [stepA, stepB]) => {
    for (let at = 0; at < length; at++)
      data[start + at] = combine(a[fromA + at * stepA], b[fromB + at * stepB]);
  });
}

function compare(holds: (a: number, b: number) => boolean): Operator {
  return binary((a, b) => Number(holds(a, b)), 'bool');
}

const where: Operator = (_, [condition, yes, no]) => {
  const dims = broadcastDims(condition.dims, broadcastDims(yes.dims, no.dims));
  const chosen = numbersOf(condition);
  const data = storage(yes.type, countOf(dims)) as (number | string)[];
  eachLine(dims, [condition.dims, yes.dims, no.dims], (start, length, from, steps) => {
    for (let at = 0; at < length; at++) {
      const isYes = chosen[from[0] + at * steps[0]] === 1;
      data[start + at] = isYes ? yes.data[from[1] + at * steps[1]] : no.data[from[2] + at * steps[2]];
    }
  });
  return [{ type: yes.type, dims, data } as Tensor];
};

/** The types of Cast, by their numbers in ONNX. */
const CASTS: { [code: number]: Exclude<ElementType, 'text'> } = { 1: 'f32', 7: 'i64', 9: 'bool', 11: 'f64' };

const cast: Operator = (node, [x]) => {
  const type = CASTS[attributeOf(node, 'to', 'int')];
  const values: ArrayLike<number> = numbersOf(x);
  const change =
    type === 'i64' ? Math.trunc : type === 'bool' ? (value: number) => Number(value !== 0) : Number;
  return [tensorOf(type, x.dims, place => change(values[place])) as Tensor];
};

export const ELEMENTWISE: { [name: string]: Operator } = {
  Identity: identity,
  Abs: unary(Math.abs),
  Neg: unary(value => -value),
  Exp: unary(exp),
  Log: unary(log),
  Sqrt: unary(Math.sqrt),
  Tanh: unary(tanh),
  Sigmoid: unary(sigmoid),
  Relu: unary(value => (value < 0 ? 0 : value)),
  IsNaN: unary(value => Number(Number.isNaN(value)), 'bool'),
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  Div: binary((a, b) => a / b),
  Pow: binary(pow),
  Max: binary(Math.max),
  And: binary((a, b) => a & b),
  Equal: compare((a, b) => a === b),
  Less: compare((a, b) => a < b),
  LessOrEqual: compare((a, b) => a <= b),
  Greater: compare((a, b) => a > b),
  GreaterOrEqual: compare((a, b) => a >= b),
  Where: where,
  Cast: cast,
};
