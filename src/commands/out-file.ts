/** Files that a command writes with `--out`: what it refuses to write over. */
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { InputError } from '../base/errors.js';

/**
 * Refuses a file that cannot be written, before any work is done, and a file of another kind, because a typing error
 * could cost a table or a config.
 * @param starts how a file begins that may be written over; an empty file may, too
 * @param kind what such a file is, as a phrase
 * @throws InputError `bad-out`
 */
export function checkOut(path: string, starts: readonly string[], kind: string): void {
  const folder = dirname(resolve(path));
  const isFolder = existsSync(resolve(path)) && statSync(resolve(path)).isDirectory();
  if (path !== '' && !isFolder && existsSync(folder)) return refuseOther(path, starts, kind);
  const message =
    path === '' || isFolder
      ? `${path || 'an empty text'} is not the name of a file`
      : `there is no folder ${folder}`;
  throw new InputError('bad-out', message, { value: path, expected: 'a file in an existing folder' });
}

function refuseOther(path: string, starts: readonly string[], kind: string): void {
  if (!existsSync(path) || !statSync(path).isFile()) return;
  const first = Buffer.alloc(Math.max(...starts.map(start => Buffer.byteLength(start))));
  const file = openSync(path, 'r');
  const bytes = readSync(file, first, 0, first.length, 0);
  closeSync(file);
  if (bytes === 0 || starts.some(start => first.indexOf(start) === 0)) return;
  throw new InputError('bad-out', `${path} exists already, and it is not ${kind}`, {
    value: path,
    expected: `a new file, or ${kind}`,
    hint: 'Nothing was written. Name another file.',
  });
}
