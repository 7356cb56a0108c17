/**
 * Columns of a page as text: typed arrays in base64, and words by their codes. A page of 100,000 configs stays small
 * and is read without parsing each value. Runs in Node and in browsers; both are little-endian.
 */
import type { Json } from '../base/config.js';

const ARRAYS = {
  u8: Uint8Array,
  u16: Uint16Array,
  u32: Uint32Array,
  f32: Float32Array,
  f64: Float64Array,
} as const;

export type Kind = keyof typeof ARRAYS;

/** A column of numbers. NaN: there is none. */
export interface Numbers {
  kind: Kind;
  data: string;
}

/** A column of values by their codes. A code that `values` does not reach stands for no value. */
export interface Coded {
  kind: 'u8' | 'u16' | 'u32';
  data: string;
  values: Json[];
}

export type Column = Numbers | Coded;

/** How many bytes are turned into characters at once. */
const BYTES_AT_ONCE = 0x8000;

function encoded(array: ArrayBufferView): string {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  let text = '';
  for (let first = 0; first < bytes.length; first += BYTES_AT_ONCE)
    text += String.fromCharCode(...bytes.subarray(first, first + BYTES_AT_ONCE));
  return btoa(text);
}

function decoded(kind: Kind, data: string): InstanceType<(typeof ARRAYS)[Kind]> {
  const text = atob(data);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return new ARRAYS[kind](bytes.buffer);
}

/** Packs numbers. `f64` keeps every bit, `f32` about seven digits; the others are for counts. */
export function packNumbers(values: ArrayLike<number>, kind: Kind): Numbers {
  return { kind, data: encoded(ARRAYS[kind].from(values)) };
}

export function unpackNumbers({ kind, data }: Numbers): Float64Array {
  return Float64Array.from(decoded(kind, data));
}

/**
 * Packs the codes of values.
 * @param codes of each row, in `values`; values.length where there is none
 */
export function packCodes(codes: ArrayLike<number>, values: readonly Json[]): Coded {
  const kind = values.length < 0x100 ? 'u8' : values.length < 0x10000 ? 'u16' : 'u32';
  return { kind, data: encoded(ARRAYS[kind].from(codes)), values: [...values] };
}

export function unpackCodes({ kind, data }: Coded): Uint32Array {
  return Uint32Array.from(decoded(kind, data));
}

/**
 * Packs the values of a parameter: as numbers where nearly every value is another number, else by codes.
 * @param codes of each row, in `values`; values.length where the parameter is absent
 */
export function packValues(codes: ArrayLike<number>, values: readonly Json[]): Column {
  const isDense = values.length > 300 && values.length > codes.length / 3;
  if (!isDense || !values.every(value => typeof value === 'number')) return packCodes(codes, values);
  return packNumbers(
    Float64Array.from(codes, code => (values[code] as number | undefined) ?? NaN),
    'f64',
  );
}
