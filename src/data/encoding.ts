import { isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';

/** The encodings of text that tables may have. */

/** `latin1` is Windows-1252, which has all letters of ISO 8859-1. */
export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'latin1'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** A decoder of text that comes in pieces. Byte-order marks are left out. */
export function decoderOf(encoding: Encoding): TextDecoder {
  return new TextDecoder(encoding === 'latin1' ? 'windows-1252' : encoding);
}

/** The encoding of a file that begins with these bytes. */
export function encodingOf(start: Buffer): Encoding {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
  // The last character may be cut off. It has at most four bytes.
  for (let cut = 0; cut < 4; cut++) if (isUtf8(start.subarray(0, start.length - cut))) return 'utf-8';
  // A NUL byte is in no text of one byte a letter. The reader of UTF-8 tells where it stands.
  return start.includes(0) ? 'utf-8' : 'latin1';
}
