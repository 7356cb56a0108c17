/** Operators that make one value of many along an axis: sums, products, the largest, the nearest. */
import { exp } from '../../../kernels/math.js';
import { countOf, type Tensor } from '../model.js';
import { aroundAxis, attributeOf, axisOf, intOf, numbersOf, storage, tensorOf } from './tensors.js';
import type { Operator } from './run.js';

/** The values along each line of the axis: their first place, how far apart they are, and how many. */
interface Line {
  start: number;
  step: number;
  length: number;
}

function lineAt(dims: readonly number[], axis: number, place: number): Line {
  const { length, inner } = aroundAxis(dims, axis);
  return { start: Math.floor(place / inner) * length * inner + (place % inner), step: inner, length };
}

function reduced(
  x: Tensor,
  axis: number,
  keeps: boolean,
  type: Tensor['type'],
  of: (line: Line) => number,
): Tensor {
  const dims = [...x.dims.slice(0, axis), ...(keeps ? [1] : []), ...x.dims.slice(axis + 1)];
  return tensorOf(type, dims, place => of(lineAt(x.dims, axis, place)));
}

/** The sum along one axis, or of all values where no axis is given. */
const reduceSum: Operator = (node, [x, axes]) => {
  const values = numbersOf(x);
  const sum = ({ start, step, length }: Line): number => {
    let total = 0;
    for (let at = 0, place = start; at < length; at++, place += step) total += values[place];
    return total;
  };
  const keeps = intOf(node, 'keepdims', 1) === 1;
  if (!axes) return [tensorOf(x.type, [], () => sum({ start: 0, step: 1, length: values.length }))];
  return [reduced(x, axisOf(numbersOf(axes)[0], x.dims.length), keeps, x.type, sum)];
};

/** The place of the largest along a line, and the first among equals. */
function largestOn(values: ArrayLike<number>, { start, step, length }: Line): number {
  let best = 0;
  for (let at = 1; at < length; at++) if (values[start + at * step] > values[start + best * step]) best = at;
  return best;
}

const reduceMax: Operator = (node, [x]) => {
  const values = numbersOf(x);
  const axis = axisOf(attributeOf(node, 'axes', 'ints')[0], x.dims.length);
  const largest = (line: Line): number => values[line.start + largestOn(values, line) * line.step];
  return [reduced(x, axis, intOf(node, 'keepdims', 1) === 1, x.type, largest)];
};

const argMax: Operator = (node, [x]) => {
  const values = numbersOf(x);
  const axis = axisOf(intOf(node, 'axis', 0), x.dims.length);
  return [reduced(x, axis, intOf(node, 'keepdims', 1) === 1, 'i64', line => largestOn(values, line))];
};

/** The `k` smallest along the last axis, smallest first; of equal ones the first. Their values and their places. */
const topK: Operator = (node, [x, k]) => {
  if (intOf(node, 'largest', 1) !== 0) throw new Error(`${node.name}: the evaluator knows the smallest only`);
  const values = numbersOf(x);
  const length = x.dims[x.dims.length - 1];
  const wanted = numbersOf(k)[0];
  const dims = [...x.dims.slice(0, -1), wanted];
  const lines = values.length / length;
  const [found, places] = [storage('f64', lines * wanted), storage('i64', lines * wanted)];
  for (let line = 0; line < lines; line++) {
    const [from, to] = [line * length, line * wanted];
    for (let place = 0; place < length; place++) {
      const value = values[from + place];
      let rank = Math.min(place, wanted);
      if (rank === wanted && !(value < found[to + wanted - 1])) continue;
      if (rank === wanted) rank--;
      for (; rank > 0 && value < found[to + rank - 1]; rank--) {
        found[to + rank] = found[to + rank - 1];
        places[to + rank] = places[to + rank - 1];
      }
      found[to + rank] = value;
      places[to + rank] = place;
    }
  }
  return [
    { type: 'f64', dims, data: found },
    { type: 'i64', dims, data: places },
  ];
};

/** Along the last axis. */
const softmax: Operator = (_, [x]) => {
  const values = numbersOf(x);
  const k = x.dims[x.dims.length - 1];
  const data = storage('f64', values.length);
  for (let start = 0; start < values.length; start += k) {
    const line = { start, step: 1, length: k };
    const largest = values[start + largestOn(values, line)];
    let total = 0;
    for (let c = 0; c < k; c++) total += data[start + c] = exp(values[start + c] - largest);
    for (let c = 0; c < k; c++) data[start + c] /= total;
  }
  return [{ type: 'f64', dims: x.dims, data }];
};

/** m x n times n x p. Each product and each sum is rounded to the type. */
const matMul: Operator = (node, [a, b]) => {
  const [[m, n], [rows, p]] = [a.dims, b.dims];
  if (n !== rows)
    throw new Error(`${node.name}: ${a.dims.join(' x ')} times ${b.dims.join(' x ')} is not defined`);
  if (a.type !== 'f32' && a.type !== 'f64') throw new Error(`${node.name}: ${a.type} cannot be multiplied`);
  const data = storage(a.type, countOf([m, p]));
  const [left, right] = [numbersOf(a), numbersOf(b)];
  const round = a.type === 'f32' ? Math.fround : Number;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      const own = left[i * n + j];
      for (let c = 0; c < p; c++) data[i * p + c] += round(own * right[j * p + c]);
    }
  }
  return [{ type: a.type, dims: [m, p], data } as Tensor];
};

export const REDUCTIONS: { [name: string]: Operator } = {
  ReduceSum: reduceSum,
  ReduceMax: reduceMax,
  ArgMax: argMax,
  TopK: topK,
  Softmax: softmax,
  MatMul: matMul,
};
