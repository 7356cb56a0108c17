/** Files that commands write where the user asks: never over something else, and whole or not at all. */
import { closeSync, existsSync, openSync, readSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Failure, InputError } from '../../base/errors.js';
import { NewFile, type Sink } from '../../tables/sink.js';

/** How much of an existing file is looked at, at its beginning and its end. */
const LOOKED_AT_BYTES = 256 * 1024;

/** What an existing file must be, so that it is replaced. */
export interface Kind {
  /** As a phrase: `a table of results`. */
  what: string;
  isOne(start: Buffer, end: Buffer): boolean;
  /** Whether a pipe or a device cannot take it. */
  needsFile?: boolean;
}

/**
 * Throws InputError `bad-out` where the path is no file in an existing folder, or where a file stands there that is of
 * another kind, because a typing error could cost a table or a config. An empty file is replaced.
 * @param isForced whether a file of any kind is replaced; undefined where the command has no --force
 */
export function checkOut(path: string, { what, isOne, needsFile }: Kind, isForced?: boolean): void {
  if (path === '-')
    throw new InputError('bad-out', '- is not the name of a file', {
      value: path,
      expected: 'the name of a file; ./- for a file with this name',
      hint: 'Nothing was written. Without --out, tables and predictions are printed.',
    });
  const full = resolve(path);
  const found = path === '' ? undefined : statSync(full, { throwIfNoEntry: false });
  if (path === '' || found?.isDirectory() || !existsSync(dirname(full))) {
    const message =
      path === '' || found
        ? `${path || 'an empty text'} is not the name of a file`
        : `there is no folder ${dirname(full)}`;
    throw new InputError('bad-out', message, { value: path, expected: 'a file in an existing folder' });
  }
  if (!found) return;
  if (!found.isFile()) {
    if (!needsFile) return;
    const hint = 'Without --out, the result is printed, and the shell can lead it elsewhere.';
    throw new InputError('bad-out', `${path} is not an ordinary file`, { value: path, hint });
  }
  if (isForced || found.size === 0 || isOne(...endsOf(full, found.size))) return;
  const force = isForced === undefined ? '' : ', or give --force to replace this one';
  throw new InputError('bad-out', `${path} exists already, and it is not ${what}`, {
    value: path,
    expected: `a new file, or ${what} of an earlier run`,
    hint: `Nothing was written. Name another file${force}.`,
  });
}

function endsOf(path: string, size: number): [start: Buffer, end: Buffer] {
  const file = openSync(path, 'r');
  try {
    const part = (from: number): Buffer => {
      const bytes = Buffer.alloc(Math.min(size, LOOKED_AT_BYTES));
      return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from));
    };
    return [part(0), part(Math.max(0, size - LOOKED_AT_BYTES))];
  } finally {
    closeSync(file);
  }
}

/** Writes a text or bytes to a file, whole or not at all. Throws Failure `cannot-write`. */
export function writeOut(path: string, text: string | Uint8Array): void {
  let file: NewFile | undefined;
  try {
    // A pipe or a device has no other file to be moved onto it.
    if (existsSync(path) && !statSync(path).isFile()) return writeFileSync(path, text);
    file = new NewFile(path);
    file.write(text);
    file.finish();
  } catch (cause) {
    file?.abandon();
    throw cannotWrite(path, cause);
  }
}

/** Writes a file that appears when it is whole. Throws Failure `cannot-write`. */
export async function toFile<T>(path: string, write: (sink: Sink) => Promise<T>): Promise<T> {
  let file: NewFile;
  try {
    file = new NewFile(path);
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
  try {
    const written = await write(file);
    file.finish();
    return written;
  } catch (cause) {
    file.abandon();
    throw (cause as NodeJS.ErrnoException).syscall === undefined ? cause : cannotWrite(path, cause);
  }
}

export function cannotWrite(what: string, cause: unknown): Failure {
  const message = `cannot write ${what}: ${(cause as Error).message}`;
  return new Failure('cannot-write', message, 'Nothing is left behind.', { cause });
}
