/**
 * How files are opened in a folder that several people and programs write to. Only ordinary files are opened, because a
 * link could lead out of the folder, and a named pipe would stop the process for ever. New files get the permissions of
 * the folder for group and others, whatever the umask is, as with git's core.sharedRepository.
 */
import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  openSync,
  statSync,
  type Stats,
} from 'node:fs';
import { dirname } from 'node:path';
import { Failure } from './errors.js';

/**
 * - `read`: an existing file, to read;
 * - `extend`: an existing file, to read and to append (O_RDWR | O_APPEND);
 * - `append`: the same, made when it is missing;
 * - `overwrite`: to write from its beginning without emptying it, made when it is missing;
 * - `create`: to write, must not exist (O_EXCL).
 */
export type OpenMode = 'read' | 'extend' | 'append' | 'overwrite' | 'create';

const FLAGS: Record<OpenMode, number> = {
  read: constants.O_RDONLY,
  extend: constants.O_RDWR | constants.O_APPEND,
  append: constants.O_RDWR | constants.O_APPEND,
  overwrite: constants.O_WRONLY,
  create: constants.O_WRONLY,
};
/** How often opening is tried, because another process may make or remove the file between two calls. */
const MOST_TRIES = 5;

/**
 * The descriptor of an ordinary file.
 * @throws Failure `not-a-file` when something else has that name; else an error with the errno as its code
 */
export function openFile(path: string, mode: OpenMode): number {
  if (mode === 'create') return openNew(path, FLAGS[mode]);
  const isMade = mode === 'append' || mode === 'overwrite';
  for (let tries = 1; ; tries++) {
    try {
      return openExisting(path, FLAGS[mode]);
    } catch (error) {
      if (!isMade || codeOf(error) !== 'ENOENT' || tries === MOST_TRIES) throw error;
    }
    try {
      return openNew(path, FLAGS[mode]);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
}

function openNew(path: string, flags: number): number {
  const descriptor = openSync(path, flags | constants.O_CREAT | constants.O_EXCL, 0o666);
  const bits = bitsOf(dirname(path));
  if (bits !== undefined) quietly(() => fchmodSync(descriptor, 0o600 | (bits & 0o066)));
  return descriptor;
}

function openExisting(path: string, flags: number): number {
  const descriptor = openQuickly(path, flags | constants.O_NOFOLLOW);
  const found = fstatSync(descriptor);
  if (found.isFile()) return descriptor;
  closeSync(descriptor);
  throw notAFile(path, found);
}

/** Opens without waiting: a named pipe without a reader is opened, or refused, at once. */
function openQuickly(path: string, flags: number): number {
  try {
    return openSync(path, flags | constants.O_NONBLOCK);
  } catch (error) {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found && !found.isFile()) throw notAFile(path, found);
    // The server may have delegated the file to another client. Then a call that waits opens it a moment later.
    if (codeOf(error) === 'EAGAIN' && found) return openSync(path, flags);
    throw error;
  }
}

function notAFile(path: string, found: Stats): Failure {
  return new Failure(
    'not-a-file',
    `${path} is ${kindOf(found)}, and an ordinary file is expected there`,
    'Remove it, because only an ordinary file may have this name.',
  );
}

function kindOf(found: Stats): string {
  if (found.isSymbolicLink()) return 'a symbolic link';
  if (found.isDirectory()) return 'a folder';
  if (found.isFIFO()) return 'a named pipe';
  return found.isSocket() ? 'a socket' : 'a device';
}

/** Gives a new file or folder the permissions of a folder, for group and others. */
export function share(path: string, like: string): void {
  const bits = bitsOf(like);
  if (bits === undefined) return;
  const own = lstatSync(path).isDirectory() ? 0o700 | (bits & 0o2077) : 0o600 | (bits & 0o066);
  quietly(() => chmodSync(path, own));
}

/** Whether the group may write to the folder: then what is new in it is for the group. */
export function isForGroup(folder: string): boolean {
  return ((bitsOf(folder) ?? 0) & 0o020) !== 0;
}

function bitsOf(folder: string): number | undefined {
  return statSync(folder, { throwIfNoEntry: false })?.mode;
}

/** Sets permissions. If the file system refuses this, they stay as they are. */
function quietly(set: () => void): void {
  try {
    set();
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
