/** From the errno of a failed call on the log to a message and a hint for people. */
import { Failure } from '../base/errors.js';
import { errnoOf } from './host.js';

const ROOM = 'Free some space. Nothing that was acknowledged is lost.';
const ELSEWHERE = 'Name another log with --log.';
const PERMISSIONS = 'Check the permissions of the log folder and of the files in it.';
const LOCKS = 'Run spt doctor. It tells what the file system lacks.';

const MEANINGS: { [errno: string]: [code: string, message: string, hint: string] } = {
  ENOSPC: ['disk-full', 'no space is left for the log', ROOM],
  EDQUOT: ['disk-full', 'the quota for the log is used up', ROOM],
  EROFS: ['log-not-writable', 'the log is on a read-only file system', ELSEWHERE],
  EACCES: ['log-not-writable', 'this user may not use the log', PERMISSIONS],
  EPERM: ['log-not-writable', 'this user may not use the log', PERMISSIONS],
  ENOTDIR: ['log-not-writable', 'the log is not a folder', ELSEWHERE],
  EISDIR: ['log-not-writable', 'a folder stands where a file of the log should be', ELSEWHERE],
  ENOLCK: ['no-locks', 'the file system refuses locks', LOCKS],
  ENOTSUP: ['no-locks', 'the file system refuses locks', LOCKS],
  ESTALE: [
    'log-unreachable',
    'the server of the file system has forgotten an open file of the log',
    'Check that the folder is still mounted.',
  ],
};

/** Errors that trying again does not cure. */
const HOPELESS = new Set(['EROFS', 'EACCES', 'EPERM', 'ENOTDIR', 'EISDIR', 'ENOTSUP']);

export function isHopeless(error: unknown): boolean {
  return HOPELESS.has(errnoOf(error) ?? '');
}

/** The failure of an append after all attempts. The events may or may not be in the log. */
export function ioFailure(error: unknown, directory: string): Failure {
  return failureOf(error, directory, 'the log cannot be written');
}

/** The failure of reading the log after all attempts. */
export function readFailure(error: unknown, directory: string): Failure {
  return failureOf(error, directory, 'the log cannot be read');
}

function failureOf(error: unknown, directory: string, otherwise: string): Failure {
  const unknown: [string, string, string] = [
    'log-io',
    otherwise,
    'Run spt doctor. It looks at the disk and the log.',
  ];
  const [code, message, hint] = MEANINGS[errnoOf(error) ?? ''] ?? unknown;
  const detail = error instanceof Error ? error.message : String(error);
  return new Failure(code, `${message} (${directory}): ${detail}`, hint, { cause: error });
}
