/** Tools for tensors, and for the attributes of nodes. */
import { countOf, type Attribute, type DataOf, type ElementType, type Node, type Tensor } from '../model.js';

/** Room for values of a type. */
export function storage<T extends ElementType>(type: T, count: number): DataOf[T] {
  const made = {
    f64: () => new Float64Array(count),
    f32: () => new Float32Array(count),
    i64: () => new Float64Array(count),
    bool: () => new Uint8Array(count),
    text: () => new Array<string>(count).fill(''),
  };
  return made[type]() as DataOf[T];
}

/** A tensor whose value at each place is `at(place)`. */
export function tensorOf(type: ElementType, dims: number[], at: (place: number) => number | string): Tensor {
  const data = storage(type, countOf(dims)) as (number | string)[];
  for (let place = 0; place < data.length; place++) data[place] = at(place);
  return { type, dims, data } as unknown as Tensor;
}

/** The same values with other dims. */
export function reshaped(tensor: Tensor, dims: number[]): Tensor {
  if (countOf(dims) !== tensor.data.length) {
    throw new Error(`${tensor.data.length} values do not fill ${dims.join(' x ')}`);
  }
  return { ...tensor, dims } as Tensor;
}

export function numbersOf(tensor: Tensor): ArrayLike<number> {
  if (tensor.type === 'text') throw new Error('texts stand where numbers are needed');
  return tensor.data;
}

/** The dims of an operation on both, by the rules of broadcasting. */
export function broadcastDims(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, at) => {
    const [own, other] = [a[at - rank + a.length] ?? 1, b[at - rank + b.length] ?? 1];
    if (own !== other && own !== 1 && other !== 1) {
      throw new Error(`${a.join(' x ')} and ${b.join(' x ')} do not go together`);
    }
    return own === 1 ? other : own;
  });
}

/** A tensor of `dims`, seen from a place of a tensor of `wide` dims, to which it is broadcast: its own place there. */
export function placesIn(dims: readonly number[], wide: readonly number[]): (place: number) => number {
  const missing = wide.length - dims.length;
  const steps = stepsOf(dims).map((step, at) => (dims[at] === 1 ? 0 : step));
  return place => {
    let rest = place;
    let found = 0;
    for (let axis = wide.length - 1; axis >= missing; axis--) {
      found += (rest % wide[axis]) * steps[axis - missing];
      rest = Math.floor(rest / wide[axis]);
    }
    return found;
  };
}

/**
 * Calls `line` for each line along the last axis of `wide`: the place where it starts, its length, and for each
 * tensor that is broadcast to it the place where its line starts, and the step to its next value (0 where it has
 * only one).
 */
export function eachLine(
  wide: readonly number[],
  tensors: readonly (readonly number[])[],
  line: (start: number, length: number, from: number[], steps: number[]) => void,
): void {
  const length = wide[wide.length - 1] ?? 1;
  const places = tensors.map(dims => placesIn(dims, wide));
  const steps = tensors.map(dims => ((dims[dims.length - 1] ?? 1) === 1 ? 0 : 1));
  for (let start = 0, count = countOf(wide); start < count; start += length) {
    line(
      start,
      length,
      places.map(placeOf => placeOf(start)),
      steps,
    );
  }
}

/** How far apart the neighbors along each axis lie. */
export function stepsOf(dims: readonly number[]): number[] {
  return dims.map((_, axis) => countOf(dims.slice(axis + 1)));
}

/** A tensor as `outer` blocks of `length` rows of `inner` values: the axis between what is before and after it. */
export function aroundAxis(
  dims: readonly number[],
  axis: number,
): { outer: number; length: number; inner: number } {
  return { outer: countOf(dims.slice(0, axis)), length: dims[axis], inner: countOf(dims.slice(axis + 1)) };
}

/** The place of an axis that may be counted from the end. */
export function axisOf(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

export function intOf({ attributes }: Node, name: string, otherwise: number): number {
  const found = attributes[name];
  return found?.kind === 'int' ? found.value : otherwise;
}

type ValueOf<K extends Attribute['kind']> = Extract<Attribute, { kind: K }>['value'];

/** The attribute of that kind. Throws Error where there is none. */
export function attributeOf<K extends Attribute['kind']>(node: Node, name: string, kind: K): ValueOf<K> {
  const found = node.attributes[name];
  if (found?.kind === kind) return found.value as ValueOf<K>;
  throw new Error(`${node.name}: ${node.op} has no attribute ${name} of kind ${kind}`);
}
