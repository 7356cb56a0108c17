import { sha256OfParts } from '../base/json.js';
import { InputError } from '../base/errors.js';
import type { Document } from './types.js';

/**
 * A fitted model as bytes, for its digest, and as the text of a file.
 *
 * Digest: SHA-256 over a prefix code. A value is a tag and then its content. Numbers are little-endian.
 *   n null   t true   f false   d <f64>   s <u32 bytes> <utf-8>
 *   a <u32 items> items   o <u32 members> (string, value), sorted by UTF-16 code units
 *   D <u32 items> <f64...>   F <u32> <f32...>   I <u32> <i32...>   B <u32> <u8...>
 * Every NaN is written with the same bits, because WebAssembly leaves the bits of a NaN to the engine. -0 and 0 differ.
 *
 * Text: JSON. Typed arrays are {"$f64": [...]}, {"$f32": [...]}, {"$i32": [...]} and {"$u8": "<base64>"}. JSON lacks
 * NaN, infinities and -0. They are the strings "NaN", "Infinity", "-Infinity" and "-0" inside such an array, and
 * {"$number": "NaN"} and so on elsewhere. A member whose own name starts with $ gets another $ in front.
 */

type TypedArray = Float64Array | Float32Array | Int32Array | Uint8Array;

const TAGS = { f64: 'D', f32: 'F', i32: 'I', u8: 'B' } as const;

function kindOf(value: TypedArray): keyof typeof TAGS {
  if (value instanceof Float64Array) return 'f64';
  if (value instanceof Float32Array) return 'f32';
  return value instanceof Int32Array ? 'i32' : 'u8';
}

function isTyped(value: unknown): value is TypedArray {
  return (
    value instanceof Float64Array ||
    value instanceof Float32Array ||
    value instanceof Int32Array ||
    value instanceof Uint8Array
  );
}

function sortedMembers(value: { [name: string]: Document }): [string, Document][] {
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

function header(tag: string, count: number): Buffer {
  const bytes = Buffer.alloc(5, tag, 'latin1');
  bytes.writeUInt32LE(count, 1);
  return bytes;
}

function numberBytes(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  if (Number.isNaN(value)) bytes.writeBigUInt64LE(0x7ff8000000000000n);
  return bytes;
}

/** The bytes of the array, with one form of NaN. They are little-endian on every machine that WebAssembly runs on. */
function arrayBytes(array: TypedArray): Buffer {
  const bytes = Buffer.from(array.slice().buffer);
  const width = array.BYTES_PER_ELEMENT;
  for (let i = 0; i < array.length; i++) {
    if (!Number.isNaN(array[i])) continue;
    if (width === 8) bytes.writeBigUInt64LE(0x7ff8000000000000n, i * width);
    else bytes.writeUInt32LE(0x7fc00000, i * width);
  }
  return bytes;
}

function* canonicalBytes(value: Document): Generator<Buffer> {
  if (value === null) yield Buffer.from('n');
  else if (typeof value === 'boolean') yield Buffer.from(value ? 't' : 'f');
  else if (typeof value === 'number') yield* [Buffer.from('d'), numberBytes(value)];
  else if (typeof value === 'string') {
    const text = Buffer.from(value, 'utf8');
    yield* [header('s', text.length), text];
  } else if (isTyped(value)) yield* [header(TAGS[kindOf(value)], value.length), arrayBytes(value)];
  else if (Array.isArray(value)) {
    yield header('a', value.length);
    for (const item of value) yield* canonicalBytes(item);
  } else if (typeof value === 'object') {
    const members = sortedMembers(value);
    yield header('o', members.length);
    for (const [name, member] of members) {
      yield* canonicalBytes(name);
      yield* canonicalBytes(member);
    }
  } else throw new TypeError(`a ${typeof value} has no place in a document`);
}

/** The digest of a document: 32 hexadecimal digits, the same for equal bits. Throws TypeError for other values. */
export function digest(document: Document): string {
  return sha256OfParts(32, canonicalBytes(document));
}

/** A number in JSON, or the string that stands for it. */
function numberText(value: number): string {
  if (Object.is(value, -0)) return '"-0"';
  return Number.isFinite(value) ? JSON.stringify(value) : `"${value}"`;
}

function typedText(array: TypedArray): string {
  const kind = kindOf(array);
  if (kind === 'u8') return `{"$u8": "${Buffer.from(array as Uint8Array).toString('base64')}"}`;
  return `{"$${kind}": [${Array.from(array, numberText).join(', ')}]}`;
}

/** The text of the document, for a file. It ends with a line feed. */
export function toText(document: Document): string {
  return `${textOf(document, '')}\n`;
}

/** The text of an object whose members stand in the given order. No name starts with $. */
export function membersToText(members: readonly (readonly [string, Document])[]): string {
  const lines = members.map(([name, member]) => `  ${JSON.stringify(name)}: ${textOf(member, '  ')}`);
  return `{\n${lines.join(',\n')}\n}\n`;
}

function textOf(value: Document, indent: string): string {
  if (typeof value === 'number') {
    const text = numberText(value);
    return text.startsWith('"') ? `{"$number": ${text}}` : text;
  }
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isTyped(value)) return typedText(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return `[\n${value.map(item => inner + textOf(item, inner)).join(',\n')}\n${indent}]`;
  }
  const members = sortedMembers(value).map(([name, member]) => {
    const shown = name.startsWith('$') ? `$${name}` : name;
    return `${inner}${JSON.stringify(shown)}: ${textOf(member, inner)}`;
  });
  return members.length === 0 ? '{}' : `{\n${members.join(',\n')}\n${indent}}`;
}

const SPECIAL = new Map([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
  ['-0', -0],
]);

function broken(what: string): InputError {
  return new InputError('bad-model', `not the text of a model: ${what}`, {
    hint: 'The file is damaged or of another kind. `spt rebuild` writes the model again.',
  });
}

function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  const special = typeof value === 'string' ? SPECIAL.get(value) : undefined;
  if (special === undefined) throw broken(`${JSON.stringify(value)} where a number belongs`);
  return special;
}

function numbersOf(value: unknown): number[] {
  if (!Array.isArray(value)) throw broken('a typed array without its values');
  return value.map(numberOf);
}

/** The value of a tagged member; undefined where the tag is unknown. */
function untag(tag: string, value: unknown): Document | undefined {
  if (tag === '$f64') return Float64Array.from(numbersOf(value));
  if (tag === '$f32') return Float32Array.from(numbersOf(value));
  if (tag === '$i32') return Int32Array.from(numbersOf(value));
  if (tag === '$number') return numberOf(value);
  if (tag === '$u8' && typeof value === 'string') return Uint8Array.from(Buffer.from(value, 'base64'));
  return undefined;
}

/** The document that parsed JSON stands for. */
function revive(value: unknown): Document {
  if (Array.isArray(value)) return value.map(revive);
  if (value === null || typeof value !== 'object') return value as Document;
  const members = Object.entries(value);
  if (members.length === 1 && /^\$[^$]/.test(members[0][0])) {
    const found = untag(...members[0]);
    if (found === undefined) throw broken(`unknown tag ${members[0][0]}`);
    return found;
  }
  return Object.fromEntries(members.map(([name, member]) => [name.replace(/^\$/, ''), revive(member)]));
}

/**
 * The document of a text that `toText` wrote. Throws InputError `bad-model` for any other text. `look` sees the JSON
 * before its typed arrays are made, and may refuse it.
 */
export function fromText(text: string, look?: (json: unknown) => void): Document {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw broken((error as Error).message);
  }
  look?.(parsed);
  return revive(parsed);
}
