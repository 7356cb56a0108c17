/**
 * CRC-32 of zlib, gzip and PNG (ISO 3309, reflected polynomial 0xEDB88320). Node's zlib.crc32 (from 20.15) reads long
 * input. For short input, the call costs more than it saves. There, tables give eight bytes at a time (Kounavis and
 * Berry, "A systematic approach to building high performance software-based CRC generators", 2005).
 */
import * as zlib from 'node:zlib';

/** Up to this length the tables are faster than the call. */
const SHORT_BYTES = 400;

/** TABLES[256 * k + b]: the CRC of byte b followed by k NUL bytes, without the inversions. */
const TABLES = new Int32Array(8 * 256);
for (let byte = 0; byte < 256; byte++) {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++)
    remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
  TABLES[byte] = remainder;
}
for (let at = 256; at < TABLES.length; at++) {
  const before = TABLES[at - 256];
  TABLES[at] = (before >>> 8) ^ TABLES[before & 255];
}

/** CRC-32 of `bytes[from..to)` by tables, as an unsigned integer; `previous` is the CRC of what came before them. */
export function crc32ByTables(bytes: Uint8Array, previous = 0, from = 0, to = bytes.length): number {
  const t = TABLES;
  let crc = ~previous;
  let i = from;
  for (; i + 8 <= to; i += 8) {
    const x = crc ^ (bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24));
    crc =
      t[1792 + (x & 255)] ^
      t[1536 + ((x >>> 8) & 255)] ^
      t[1280 + ((x >>> 16) & 255)] ^
      t[1024 + (x >>> 24)] ^
      t[768 + bytes[i + 4]] ^
      t[512 + bytes[i + 5]] ^
      t[256 + bytes[i + 6]] ^
      t[bytes[i + 7]];
  }
  for (; i < to; i++) crc = (crc >>> 8) ^ t[(crc ^ bytes[i]) & 255];
  return ~crc >>> 0;
}

const native = (zlib as { crc32?: (bytes: Uint8Array, previous?: number) => number }).crc32;

/** CRC-32 of `bytes[from..to)`, as an unsigned integer; `previous` is the CRC of what came before them. */
export function crc32(bytes: Uint8Array, previous = 0, from = 0, to = bytes.length): number {
  if (!native || to - from <= SHORT_BYTES) return crc32ByTables(bytes, previous, from, to);
  return native(bytes.subarray(from, to), previous);
}

/** The two digits of each byte. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/**
 * Eight lower-case hexadecimal digits of an unsigned integer. Tables of results ask for millions of ids, and
 * `toString(16)` of large numbers takes three times as long.
 */
export function hex8(value: number): string {
  return HEX[value >>> 24] + HEX[(value >>> 16) & 255] + HEX[(value >>> 8) & 255] + HEX[value & 255];
}
