/** Operators that work value by value. Two tensors of different dims are broadcast. */
import { exp, log, pow, sigmoid, tanh } from '../../../kernels/math.js';
import type { ElementType, Tensor } from '../model.js';
import { attributeOf, broadcastDims, numbersOf, placesIn, tensorOf } from './tensors.js';
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
    const [inA, inB] = [placesIn(a.dims, dims), placesIn(b.dims, dims)];
    const [own, other] = [numbersOf(a), numbersOf(b)];
    return [tensorOf(type ?? a.type, dims, place => combine(own[inA(place)], other[inB(place)]))];
  };
}

function compare(holds: (a: number, b: number) => boolean): Operator {
  return binary((a, b) => Number(holds(a, b)), 'bool');
}

const where: Operator = (_, [condition, yes, no]) => {
  const dims = broadcastDims(condition.dims, broadcastDims(yes.dims, no.dims));
  const [inCondition, inYes, inNo] = [condition, yes, no].map(({ dims: own }) => placesIn(own, dims));
  const chosen = numbersOf(condition);
  const at = (place: number): number | string =>
    chosen[inCondition(place)] ? yes.data[inYes(place)] : no.data[inNo(place)];
  return [tensorOf(yes.type, dims, at)];
};

/** The types of Cast, by their numbers in ONNX. */
const CASTS: { [code: number]: Exclude<ElementType, 'text'> } = { 1: 'f32', 7: 'i64', 9: 'bool', 11: 'f64' };

const cast: Operator = (node, [x]) => {
  const type = CASTS[attributeOf(node, 'to', 'int')];
  const values: ArrayLike<number> = numbersOf(x);
  const change = type === 'i64' ? Math.trunc : type === 'bool' ? (value: number) => Number(value !== 0) : Number;
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
