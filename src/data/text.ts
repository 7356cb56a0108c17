import { isAscii } from 'node:buffer';
import { closeSync, constants, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InputError } from '../base/errors.js';
import { decoderOf, type Encoding } from './encoding.js';
import { SIGNATURE_BYTES, refuseOtherKinds } from './format.js';

/**
 * The text of a file in pieces, as UTF-8: unpacked where its name ends in .gz, and converted from other encodings.
 */

const UNREADABLE: { [code: string]: string } = {
  ENOENT: 'there is no such file',
  EACCES: 'the file may not be read',
  EISDIR: 'it is a folder, not a file',
  ENOTDIR: 'a part of the path is not a directory',
};

/** The first bytes of a regular file. Pipes and devices are refused, because the program could wait for ever. */
function firstBytes(file: string): Buffer {
  try {
    const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const kind = fstatSync(descriptor);
      if (kind.isDirectory()) throw Object.assign(new Error('not a file'), { code: 'EISDIR' });
      if (!kind.isFile()) throw new Error('it is not a regular file');
      const bytes = Buffer.alloc(SIGNATURE_BYTES);
      return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, 0));
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    const why = UNREADABLE[code] ?? message;
    throw new InputError(
      'unreadable-file',
      `the table cannot be read: ${why}`,
      { place: { file } },
      { cause },
    );
  }
}

/** The bytes of a file. A piece is lent until the next one. */
function* plainBytes(file: string, pieceBytes: number): Generator<Buffer> {
  const descriptor = openSync(file, constants.O_RDONLY);
  const piece = Buffer.allocUnsafeSlow(pieceBytes);
  try {
    for (let count; (count = readSync(descriptor, piece)) > 0;) yield piece.subarray(0, count);
  } finally {
    closeSync(descriptor);
  }
}

/** The unpacked bytes of a gzip file. */
function gunzipped(file: string, pieceBytes: number): AsyncIterable<Buffer> {
  const bytes = createReadStream(file, { highWaterMark: pieceBytes });
  // The pipeline hands an error of the file on to the stream that is read here.
  return pipeline(bytes, createGunzip({ chunkSize: Math.max(64, pieceBytes) }), () => {});
}

/** The bytes of a file, unpacked where its name ends in .gz. A piece is lent until the next one. */
async function* unpackedBytes(file: string, pieceBytes: number): AsyncGenerator<Buffer> {
  const packed = /\.gz$/i.test(file);
  const first = firstBytes(file);
  const looksPacked = first.length >= 2 && first[0] === 0x1f && first[1] === 0x8b;
  if (packed !== looksPacked) {
    if (!looksPacked) refuseOtherKinds(file, first);
    throw new InputError(
      'bad-gzip',
      packed
        ? 'the name ends in .gz, and the file is not packed'
        : 'the file is packed with gzip, and its name does not say so',
      {
        place: { file },
        hint: packed ? 'Name it without .gz, or pack it.' : 'Let its name end in .gz.',
      },
    );
  }
  try {
    yield* packed ? gunzipped(file, pieceBytes) : plainBytes(file, pieceBytes);
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    const damaged = code.startsWith('Z_');
    const what = damaged ? 'the gzip file is damaged or cut off' : 'the table cannot be read';
    throw new InputError(
      damaged ? 'bad-gzip' : 'unreadable-file',
      `${what}: ${message}`,
      { place: { file } },
      { cause },
    );
  }
}

/** The bytes of a table of text. Throws InputError where they begin like another kind of file. */
async function* tableBytes(file: string, pieceBytes: number): AsyncGenerator<Buffer> {
  let start: Buffer | undefined = Buffer.alloc(0);
  for await (const bytes of unpackedBytes(file, pieceBytes)) {
    if (start === undefined) {
      yield bytes;
      continue;
    }
    start = Buffer.concat([start, bytes]);
    if (start.length < SIGNATURE_BYTES) continue;
    refuseOtherKinds(file, start);
    yield start;
    start = undefined;
  }
  if (start === undefined) return;
  refuseOtherKinds(file, start);
  yield start;
}

/** The first bytes of a table of text, at most so many. */
export async function startOf(file: string, most: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let count = 0;
  for await (const bytes of tableBytes(file, most)) {
    pieces.push(Buffer.from(bytes));
    count += bytes.length;
    if (count >= most) break;
  }
  return Buffer.concat(pieces).subarray(0, most);
}

const countNewlines = (bytes: Buffer): number => {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++;
  return count;
};

/** A mark that some programs write before the text. */
const BYTE_ORDER_MARK = Buffer.from('\ufeff');

/**
 * The bytes of a file in pieces, without a byte-order mark. Together they are text in UTF-8. A piece is lent until the
 * next one. Throws InputError at the first byte that is not text.
 */
export function textBytes(file: string, pieceBytes: number, encoding: Encoding): AsyncGenerator<Buffer> {
  return encoding === 'utf-8' ? utf8Bytes(file, pieceBytes) : convertedBytes(file, pieceBytes, encoding);
}

/** The text of a file in another encoding. */
async function* convertedBytes(file: string, pieceBytes: number, encoding: Encoding): AsyncGenerator<Buffer> {
  const decoder = decoderOf(encoding);
  let line = 1;
  for await (const bytes of tableBytes(file, pieceBytes)) {
    const text = decoder.decode(bytes, { stream: true });
    const zero = text.indexOf('\0');
    if (zero >= 0) throw notText(file, line + text.slice(0, zero).split('\n').length - 1, 'a NUL character');
    const converted = Buffer.from(text);
    line += countNewlines(converted);
    yield converted;
  }
  yield Buffer.from(decoder.decode());
}

async function* utf8Bytes(file: string, pieceBytes: number): AsyncGenerator<Buffer> {
  const strict = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  // Whether the bytes so far may end inside a character.
  let isOpen = false;
  let isFirst = true;
  for await (const bytes of tableBytes(file, pieceBytes)) {
    const zero = bytes.indexOf(0);
    if (zero >= 0) throw notText(file, line + countNewlines(bytes.subarray(0, zero)), 'a NUL byte');
    if (isOpen || !isAscii(bytes)) {
      try {
        strict.decode(bytes, { stream: true });
      } catch (cause) {
        const before = bytes.toString('utf8').split('\ufffd', 1)[0];
        throw notText(file, line + before.split('\n').length - 1, 'a byte that is not UTF-8', cause);
      }
      isOpen = bytes[bytes.length - 1] >= 0x80;
    }
    line += countNewlines(bytes);
    const isMarked = isFirst && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK);
    isFirst = false;
    yield isMarked ? bytes.subarray(3) : bytes;
  }
  try {
    strict.decode();
  } catch (cause) {
    throw notText(file, line, 'a byte that is not UTF-8', cause);
  }
}

function notText(file: string, line: number, what: string, cause?: unknown): InputError {
  const hint =
    'If the table is in Latin-1, write `encoding: latin1` under `data:`. Otherwise save it as UTF-8 again.';
  return new InputError(
    'bad-encoding',
    `the table holds ${what}`,
    { place: { file, line }, hint },
    { cause },
  );
}
