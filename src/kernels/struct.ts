/**
 * Structs in the kernel memory. Their layouts (layouts/) are made from the assembly sources. A layout lists the
 * fields of an @unmanaged class in their order. Each field starts at the next multiple of its size, as in
 * AssemblyScript.
 */
import { lives, uint8 } from './memory.js';
import type { Pointer } from './pointer.js';

/** A type of AssemblyScript; usize is the address of an array. */
type FieldType = 'f64' | 'f32' | 'i32' | 'u32' | 'usize';
type Fields = readonly (readonly [name: string, type: FieldType])[];

interface Layout<F extends Fields> {
  fields: F;
  /** The end of the last field, in bytes. Structs of an array follow each other at this distance. */
  bytes: number;
  /** The size of the largest field, in bytes. */
  alignment: number;
  /** Where each field starts in the struct, in bytes. */
  offsets: { [N in F[number][0]]: number };
  /** The type of each field. */
  types: { [N in F[number][0]]: FieldType };
}

const FIELD_BYTES: { [T in FieldType]: number } = { f64: 8, f32: 4, i32: 4, u32: 4, usize: 4 };
type View<A> = { new (buffer: ArrayBufferLike, start: number, length: number): A; BYTES_PER_ELEMENT: number };
interface Arrays {
  f64: Float64Array;
  f32: Float32Array;
  i32: Int32Array;
  u32: Uint32Array;
  usize: Uint32Array;
}
const VIEWS: { [T in FieldType]: View<Arrays[T]> } = {
  f64: Float64Array,
  f32: Float32Array,
  i32: Int32Array,
  u32: Uint32Array,
  usize: Uint32Array,
};

/** An array in the kernel memory, or null where the kernel reads none. */
type Held = Parameters<typeof lives>[0] | null;
type TypeOf<F extends Fields, N extends F[number][0]> = Extract<F[number], readonly [N, FieldType]>[1];
/** What a struct is made of: a number for each field, an array for each address. */
type Values<F extends Fields> = {
  [N in F[number][0]]: TypeOf<F, N> extends 'usize' ? Held : number;
};
/** The values of the structs that `L` describes. */
export type ValuesOf<L> = L extends Layout<infer F> ? Values<F> : never;

/** Places the fields of a struct. */
export function layoutOf<const F extends Fields>(fields: F): Layout<F> {
  const offsets: { [name: string]: number } = {};
  let bytes = 0;
  let alignment = 1;
  for (const [name, type] of fields) {
    const size = FIELD_BYTES[type];
    alignment = Math.max(alignment, size);
    offsets[name] = Math.ceil(bytes / size) * size;
    bytes = offsets[name] + size;
  }
  const types = Object.fromEntries(fields) as Layout<F>['types'];
  return { fields, bytes, alignment, offsets: offsets as Layout<F>['offsets'], types };
}

/** The names of the fields that are numbers. */
type Numbers<F extends Fields> = Extract<F[number], readonly [string, Exclude<FieldType, 'usize'>]>[0];

/** One struct in the kernel memory. */
interface Struct<F extends Fields> {
  pointer: Pointer;
  get(name: Numbers<F>): number;
  set(name: Numbers<F>, value: number): void;
}
/** The struct that `L` describes. */
export type StructOf<L> = L extends Layout<infer F> ? Struct<F> : never;

/** What the parts have together. */
type Joined<P extends readonly object[]> = P extends readonly [infer A, ...infer R extends readonly object[]]
  ? A & Joined<R>
  : unknown;

/**
 * Allocates a struct and writes all of its fields. Arrays must live in the kernel memory.
 *
 * The values come in parts, because an object of dozens of fields that is spread together has new hidden classes at
 * each call. V8 keeps these in its old heap, and they cost megabytes until its next full collection.
 */
export function allocate<F extends Fields, const P extends readonly object[]>(
  layout: Layout<F>,
  ...parts: Joined<P> extends Values<F> ? P : P & readonly Values<F>[]
): Struct<F> {
  const bytes = uint8(layout.bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, layout.bytes);
  const types: { [name: string]: FieldType } = layout.types;
  const offsets: { [name: string]: number } = layout.offsets;
  const write = (name: string, value: number): void => {
    const type = types[name];
    if (type === 'f64') view.setFloat64(offsets[name], value, true);
    else if (type === 'f32') view.setFloat32(offsets[name], value, true);
    else if (type === 'i32') view.setInt32(offsets[name], value, true);
    else view.setUint32(offsets[name], value, true);
  };
  const read = (name: string): number => {
    const type = types[name];
    if (type === 'f64') return view.getFloat64(offsets[name], true);
    if (type === 'f32') return view.getFloat32(offsets[name], true);
    return type === 'i32' ? view.getInt32(offsets[name], true) : view.getUint32(offsets[name], true);
  };
  for (const [name, type] of layout.fields) {
    const { [name]: value } = parts.find(part => name in part) as { [name: string]: number | Held };
    write(name, type === 'usize' ? addressOf(name, value as Held) : (value as number));
  }
  return { pointer: bytes.byteOffset, get: read, set: write };
}

function addressOf(name: string, array: Held): Pointer {
  if (array === null) return 0;
  if (!lives(array)) throw new TypeError(`${name} is not in the kernel memory`);
  return array.byteOffset;
}

/** One field of an array of structs: element i is at `values[i * stride]`. */
interface Column<A> {
  values: A;
  stride: number;
}

/** Structs one after the other in the kernel memory. */
interface StructArray<F extends Fields> {
  /** For `allocate`. */
  bytes: Uint8Array;
  field<N extends F[number][0]>(name: N): Column<Arrays[TypeOf<F, N>]>;
}

/** Structs that `L` describes. */
export type StructArrayOf<L> = L extends Layout<infer F> ? StructArray<F> : never;

/** Allocates `count` structs of zeros. */
export function allocateArray<F extends Fields>(layout: Layout<F>, count: number): StructArray<F> {
  if (layout.bytes % layout.alignment !== 0)
    throw new RangeError(`structs of ${layout.bytes} bytes would not be aligned to ${layout.alignment}`);
  const bytes = uint8(count * layout.bytes);
  return {
    bytes,
    field<N extends F[number][0]>(name: N) {
      const View = VIEWS[layout.types[name]] as unknown as View<Arrays[TypeOf<F, typeof name>]>;
      const offset = layout.offsets[name];
      const length = (bytes.length - offset) / View.BYTES_PER_ELEMENT;
      return {
        values: new View(bytes.buffer, bytes.byteOffset + offset, length),
        stride: layout.bytes / View.BYTES_PER_ELEMENT,
      };
    },
  };
}
