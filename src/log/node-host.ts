/**
 * The host that programs run on: Node's files, fs-ext's flock, the kernel's clocks.
 *
 * The lock is flock and not fcntl, because closing any descriptor of a file drops fcntl's lock on it. A call of flock
 * never blocks here. A process that waits for a lock must still answer, and a few blocking locks in libuv's pool would
 * stop all file access of the process.
 *
 * Calls on an open file run at once, on the caller's thread. In libuv's pool, each call would take several times as
 * long, and the log would be locked meanwhile. On a crowded machine, a writer would give up the processor seven times
 * in one append, and wait for it each time. The process does not answer while a file server hangs. Without the log, it
 * has nothing to report.
 */
import { closeSync, constants, fstatSync, fsyncSync, lstatSync, readSync, writeSync } from 'node:fs';
import { mkdir, open, readdir, readFile, readlink, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import fsExt from 'fs-ext';
import { nanoid } from 'nanoid';
import { isForGroup, openFile, share, type OpenMode } from '../base/files.js';
import { errnoOf, type FileSight, type Handle, type Host, type Identity } from './host.js';

/** A host made of this process. */
export async function nodeHost(): Promise<Host> {
  const identity = await ownIdentity();
  return {
    open: async (path, mode) => nodeHandle(openFile(path, mode), mode),
    list,
    stat,
    makeDirectory,
    syncDirectory,
    rename,
    remove: path => rm(path, { force: true }),
    monotonicMs: () => performance.now(),
    wallMs: () => Date.now(),
    sleep: ms => delay(ms),
    random: () => Math.random(),
    newId: () => nanoid(),
    identity,
    isProvenDead: other => isProvenDead(identity, other),
  };
}

function nodeHandle(fd: number, mode: OpenMode): Handle {
  const position = mode === 'overwrite' ? 0 : null;
  return {
    size: async () => fstatSync(fd).size,
    read: async (target, offset, length, from) => readSync(fd, target, offset, length, from),
    write: async bytes => writeSync(fd, bytes, 0, bytes.length, position),
    sync: async () => fsyncSync(fd),
    lock: async kind => tryLock(fd, kind),
    close: async () => closeSync(fd),
  };
}

function tryLock(fd: number, kind: 'exclusive' | 'shared'): boolean {
  try {
    fsExt.flockSync(fd, kind === 'exclusive' ? 'exnb' : 'shnb');
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EAGAIN' || errnoOf(error) === 'EWOULDBLOCK') return false;
    throw error;
  }
}

async function list(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** The call blocks, as reading and writing do, because each append waits for one. */
async function stat(path: string): Promise<FileSight | undefined> {
  const found = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (!found) return undefined;
  const kind = found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other';
  return { kind, stamp: [found.ino, found.size, found.mtimeNs].join() };
}

/** New folders have the permissions of `within`, or of the folder above them where a group shares that one. */
async function makeDirectory(path: string, within?: string): Promise<void> {
  const highest = await mkdir(path, { recursive: true });
  if (highest === undefined || !(within !== undefined || isForGroup(dirname(highest)))) return;
  const made = [path];
  while (made[0] !== highest && made[0] !== dirname(made[0])) made.unshift(dirname(made[0]));
  for (const folder of made) share(folder, dirname(folder));
}

/** Some file systems refuse fsync of a directory (EINVAL). Nothing more can be done for its names there. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, constants.O_RDONLY);
  try {
    await directory.sync();
  } catch (error) {
    if (errnoOf(error) !== 'EINVAL') throw error;
  } finally {
    await directory.close();
  }
}

async function ownIdentity(): Promise<Identity> {
  const boot = await orNothing(readFile('/proc/sys/kernel/random/boot_id', 'utf8'));
  const namespace = await orNothing(readlink('/proc/self/ns/pid'));
  const start = (await processState(process.pid))?.start;
  return { host: hostname(), pid: process.pid, boot: boot?.trim(), namespace, start };
}

async function orNothing(text: Promise<string>): Promise<string | undefined> {
  return text.catch(() => undefined);
}

/** State and start time from /proc/<pid>/stat (proc(5): fields 3 and 22; the name before them may hold anything). */
async function processState(pid: number): Promise<{ state: string; start: string } | undefined> {
  const stat = await orNothing(readFile(`/proc/${pid}/stat`, 'utf8'));
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0], start: fields[19] };
}

async function isProvenDead(own: Identity, other: Identity): Promise<boolean> {
  if (!own.boot || !own.namespace || !own.start || !other.start) return false;
  if (own.boot !== other.boot || own.namespace !== other.namespace) return false;
  const found = await processState(other.pid);
  if (!found) return !exists(other.pid);
  return found.start !== other.start || found.state === 'Z' || found.state === 'X';
}

/**
 * Whether any process has this pid. This is asked where /proc does not show it, because hidepid hides other users'
 * processes.
 */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) !== 'ESRCH';
  }
}
