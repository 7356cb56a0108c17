/** Files that commands write where the user asks: never over something else, and whole or not at all. */
import {
  closeSync,
  existsSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Failure, InputError } from '../base/errors.js';

/** How many bytes of an existing file are looked at. */
const HEAD_BYTES = 4096;

/**
 * Refuses a path that cannot be written, before any work is done. It also refuses to write over a file that is not of
 * the same kind, because a typing error could cost a table. Throws InputError `bad-out`.
 * @param what the kind of file, as a phrase: "a model", "a table of predictions"
 * @param isOurs whether the start of an existing file shows that it is of this kind
 */
export function checkOut(path: string, what: string, isOurs: (start: string) => boolean): void {
  const whole = resolve(path);
  const stat = existsSync(whole) ? statSync(whole) : undefined;
  if (path === '' || stat?.isDirectory() || !existsSync(dirname(whole))) {
    const message =
      path === '' || stat?.isDirectory()
        ? `${path || 'an empty text'} is not the name of a file`
        : `there is no folder ${dirname(whole)}`;
    throw new InputError('bad-out', message, { value: path, expected: 'a file in an existing folder' });
  }
  if (!stat?.isFile() || stat.size === 0 || isOurs(startOf(whole))) return;
  throw new InputError('bad-out', `${path} exists already, and it is not ${what}`, {
    value: path,
    expected: `a new file, or ${what} that may be replaced`,
    hint: 'Nothing was written. Name another file.',
  });
}

function startOf(path: string): string {
  const start = Buffer.alloc(HEAD_BYTES);
  const file = openSync(path, 'r');
  try {
    return start.toString('utf8', 0, readSync(file, start, 0, start.length, 0));
  } finally {
    closeSync(file);
  }
}

/** Writes a text to a file, whole or not at all. Throws Failure `cannot-write`. */
export function writeOut(path: string, text: string): void {
  const isPlain = !existsSync(path) || statSync(path).isFile();
  const temporary = `${path}.writing-${process.pid}`;
  try {
    // A pipe or a device has no other file to be moved onto it.
    if (!isPlain) return writeFileSync(path, text);
    writeFileSync(temporary, text, { flag: 'wx' });
    renameSync(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw new Failure('cannot-write', `cannot write ${path}: ${(cause as Error).message}`, undefined, {
      cause,
    });
  }
}
