/** Refuses a file that should not be written, before any work is done. */
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { InputError } from '../base/errors.js';

/** How much of an existing file is looked at, at its beginning and its end. */
const LOOKED_AT_BYTES = 256 * 1024;

/** What an existing file may be, so that it is replaced. */
export interface Replaceable {
  /** As a phrase: `a table of results`. */
  what: string;
  isOne(start: Buffer, end: Buffer): boolean;
}

/**
 * Throws InputError `bad-out` where the path is no file in an existing folder, or where a file stands there that is of
 * another kind, because a typing error could cost a table or a config. An empty file is replaced.
 */
export function checkOutFile(path: string, { what, isOne }: Replaceable, isForced = false): void {
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
    const hint = 'Without --out, the table is printed, and the shell can lead it elsewhere.';
    throw new InputError('bad-out', `${path} is not an ordinary file`, { value: path, hint });
  }
  if (isForced || found.size === 0 || isOne(...endsOf(full, found.size))) return;
  throw new InputError('bad-out', `${path} exists already, and it is not ${what}`, {
    value: path,
    expected: `a new file, or ${what} of an earlier run`,
    hint: 'Nothing was written. Name another file, or give --force to replace this one.',
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
