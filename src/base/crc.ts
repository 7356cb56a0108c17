/**
 * CRC-32 as of zlib, gzip and PNG (ISO 3309, reflected polynomial 0xEDB88320). Node's own zlib.crc32 (from 20.15) is
 * used where it exists; the table is the reference and the way out.
 */
import * as zlib from 'node:zlib';

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++)
    remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
  return remainder;
});

/** CRC-32 of the bytes, as an unsigned integer; `previous` is the CRC of what came before them. */
export function crc32ByTable(bytes: Uint8Array, previous = 0): number {
  let crc = ~previous;
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ TABLE[(crc ^ bytes[i]) & 255];
  return ~crc >>> 0;
}

type Crc32 = (bytes: Uint8Array, previous?: number) => number;

/** CRC-32 of the bytes, as an unsigned integer; `previous` is the CRC of what came before them. */
export const crc32: Crc32 = (zlib as { crc32?: Crc32 }).crc32 ?? crc32ByTable;

/** Eight lower-case hexadecimal digits. */
export function hex8(value: number): string {
  return value.toString(16).padStart(8, '0');
}
