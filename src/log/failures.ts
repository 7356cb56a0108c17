/**
 * What a failed call on the log means to a person.
 */
import { Failure } from '../base/errors.js';
import { errnoOf } from './host.js';

const MEANINGS: { [errno: string]: [code: string, message: string, hint: string] } = {
  ENOSPC: ['disk-full', 'no space is left for the log', 'make room; nothing that was acknowledged is lost'],
  EDQUOT: [
    'disk-full',
    'the quota for the log is used up',
    'make room; nothing that was acknowledged is lost',
  ],
  EROFS: ['log-not-writable', 'the log is on a read-only file system', 'name another log with --log'],
  EACCES: [
    'log-not-writable',
    'the log may not be written by this user',
    'check the permissions of the log folder',
  ],
  EPERM: [
    'log-not-writable',
    'the log may not be written by this user',
    'check the permissions of the log folder',
  ],
  ENOTDIR: ['log-not-writable', 'the log is not a folder', 'name another log with --log'],
  EISDIR: [
    'log-not-writable',
    'a folder stands where a file of the log should be',
    'name another log with --log',
  ],
  ENOLCK: ['no-locks', 'the file system gives no locks', 'run spt doctor: it says what the mount lacks'],
  ENOTSUP: ['no-locks', 'the file system gives no locks', 'run spt doctor: it says what the mount lacks'],
  ESTALE: [
    'log-unreachable',
    "the log's file system does not know the file any more",
    'is the mount still there?',
  ],
};

/** Errors that do not go away by trying again. */
const HOPELESS = new Set(['EROFS', 'EACCES', 'EPERM', 'ENOTDIR', 'EISDIR', 'ENOTSUP']);

export function isHopeless(error: unknown): boolean {
  return HOPELESS.has(errnoOf(error) ?? '');
}

/** The failure of an append after all attempts. What was to be appended may or may not be in the log. */
export function ioFailure(error: unknown, directory: string): Failure {
  const unknown: [string, string, string] = ['log-io', 'the log cannot be written', 'run spt doctor'];
  const [code, message, hint] = MEANINGS[errnoOf(error) ?? ''] ?? unknown;
  const detail = error instanceof Error ? error.message : String(error);
  return new Failure(code, `${message} (${directory}): ${detail}`, hint, { cause: error });
}
