/** Operators that move values and do not change them. */
import { countOf, type Tensor } from '../model.js';
import {
  aroundAxis,
  attributeOf,
  axisOf,
  intOf,
  numbersOf,
  placesIn,
  reshaped,
  stepsOf,
  tensorOf,
} from './tensors.js';
import type { Operator } from './run.js';

const shape: Operator = (_, [x]) => [tensorOf('i64', [x.dims.length], axis => x.dims[axis])];

const gather: Operator = (node, [x, indices]) => {
  const axis = axisOf(intOf(node, 'axis', 0), x.dims.length);
  const { length, inner } = aroundAxis(x.dims, axis);
  const wanted = numbersOf(indices);
  const count = wanted.length;
  const dims = [...x.dims.slice(0, axis), ...indices.dims, ...x.dims.slice(axis + 1)];
  for (let at = 0; at < count; at++) {
    if (!(wanted[at] >= 0 && wanted[at] < length))
      throw new Error(`${node.name}: there is no place ${wanted[at]}`);
  }
  const from = (place: number): number => {
    const block = Math.floor(place / inner);
    return (Math.floor(block / count) * length + wanted[block % count]) * inner + (place % inner);
  };
  return [tensorOf(x.type, dims, place => x.data[from(place)])];
};

const concat: Operator = (node, inputs) => {
  const [{ dims: first, type }] = inputs;
  const axis = axisOf(attributeOf(node, 'axis', 'int'), first.length);
  const lengths = inputs.map(({ dims }) => dims[axis]);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const { inner } = aroundAxis(first, axis);
  const owners = lengths.flatMap((length, at) =>
    Array.from({ length }, (_, own) => ({ ...inputs[at], own, length })),
  );
  const at = (place: number): number | string => {
    const row = Math.floor(place / inner);
    const { data, own, length } = owners[row % total];
    return data[(Math.floor(row / total) * length + own) * inner + (place % inner)];
  };
  return [tensorOf(type, [...first.slice(0, axis), total, ...first.slice(axis + 1)], at)];
};

/** 0 takes the length of the input, and -1 what is left. */
const reshape: Operator = (_, [x, wanted]) => {
  const dims = Array.from(numbersOf(wanted), (length, axis) => (length === 0 ? x.dims[axis] : length));
  const others = countOf(dims.filter(length => length !== -1));
  return [
    reshaped(
      x,
      dims.map(length => (length === -1 ? x.data.length / others : length)),
    ),
  ];
};

const squeeze: Operator = (_, [x, axes]) => {
  const gone = Array.from(numbersOf(axes));
  return [
    reshaped(
      x,
      x.dims.filter((_length, axis) => !gone.includes(axis)),
    ),
  ];
};

const unsqueeze: Operator = (_, [x, axes]) => {
  const dims = [...x.dims];
  for (const axis of Array.from(numbersOf(axes)).sort((a, b) => a - b)) dims.splice(axis, 0, 1);
  return [reshaped(x, dims)];
};

const expand: Operator = (_, [x, wanted]) => {
  const dims = Array.from(numbersOf(wanted));
  const from = placesIn(x.dims, dims);
  return [tensorOf(x.type, dims, place => x.data[from(place)])];
};

const transpose: Operator = (node, [x]) => {
  const order = attributeOf(node, 'perm', 'ints');
  const dims = order.map(axis => x.dims[axis]);
  const steps = stepsOf(x.dims);
  const own = order.map(axis => steps[axis]);
  const at = (place: number): number | string => {
    let [rest, found] = [place, 0];
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      found += (rest % dims[axis]) * own[axis];
      rest = Math.floor(rest / dims[axis]);
    }
    return x.data[found];
  };
  return [tensorOf(x.type, dims, at)];
};

/** The values of a tensor at a place of its first axis: a tensor without this axis. */
export function sliceAt({ type, dims: [, ...dims], data }: Tensor, place: number): Tensor {
  const count = countOf(dims);
  return { type, dims, data: data.slice(place * count, (place + 1) * count) } as Tensor;
}

export const SHAPES: { [name: string]: Operator } = {
  Shape: shape,
  Gather: gather,
  Concat: concat,
  Reshape: reshape,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Expand: expand,
  Transpose: transpose,
};
