import { createHash } from 'node:crypto';
import { compareText } from './order.js';

/**
 * Canonical JSON (as RFC 8785, for the values that a config can hold): members sorted by UTF-16 code units, no white
 * space, numbers as JavaScript prints them. Members that are undefined are left out. Throws on what JSON cannot hold.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`${value} has no JSON form`);
  if (value === null || typeof value !== 'object') {
    const text = JSON.stringify(value);
    if (text === undefined) throw new TypeError(`a ${typeof value} has no JSON form`);
    return text;
  }
  if (Array.isArray(value) && value.every(isPlain)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = value as { [name: string]: unknown };
  const names = Object.keys(members).filter(name => members[name] !== undefined);
  names.sort(compareText);
  return `{${names.map(name => `${JSON.stringify(name)}:${canonicalJson(members[name])}`).join(',')}}`;
}

/** Whether JSON.stringify writes a member of a list in its one form. This is so for all members of long lists. */
const isPlain = (value: unknown): boolean => typeof value === 'string' || Number.isFinite(value);

type Part = string | NodeJS.ArrayBufferView;

/** The first `length` hexadecimal digits of the SHA-256 of a text or of bytes. */
export function sha256(length: number, whole: Part): string {
  return sha256OfParts(length, [whole]);
}

/** The same of parts in a row. They may be millions. */
export function sha256OfParts(length: number, parts: Iterable<Part>): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex').slice(0, length);
}
