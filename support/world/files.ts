/**
 * The files of a simulated world. There are two kinds of file system:
 * - `local`: writes are seen by all processes at once; fsync makes them last; a loss of power takes what was not
 *   synced, in whole or in part, or leaves NUL bytes; names last when their directory was synced. An fsync that fails
 *   has dropped its pages: they are seen until power is lost, and no later fsync saves them.
 * - `shared`: many machines with caches, as NFS. Opening and locking fetch the file again; in between, the machine
 *   sees what is cached, and appends go to the end *as the machine knows it*. fsync and close send what was written.
 *   A machine that is cut off for longer than the lease of its locks loses them, and then its calls on these files
 *   fail with EIO.
 */
import type { Rng } from '../../src/base/rng.js';
import type { OpenMode } from '../../src/log/host.js';
import { Bytes, withBytes } from './bytes.js';
import type { Machine, Process } from './inhabitants.js';

export interface Inode {
  /** What the server, or the page cache of the one machine, holds. */
  bytes: Bytes;
  /** Bytes before this one are on the disk, except the holes. */
  synced: number;
  /** Ranges that were dropped by a failed fsync. */
  holes: [from: number, to: number][];
  isNamed: boolean;
  locks: Map<OpenFile, 'exclusive' | 'shared'>;
}

export interface OpenFile {
  process: Process;
  inode: Inode;
  mode: OpenMode;
  position: number;
  lostLock: boolean;
}

/** What one machine of a shared file system believes of a file. */
export interface CachedFile {
  bytes: Buffer;
  dirty: { position: number; bytes: Buffer }[];
}

/** What happens to the call that is performed now: an error after it, and how many bytes it still writes. */
export interface Mishap {
  code?: string;
  bytes?: number;
}

export interface FileOptions {
  kind: 'local' | 'shared';
  /** Locks that are always given: a file system on which locking is broken. */
  locksAreBroken?: boolean;
}

function errno(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code });
}

function newInode(bytes: Buffer, isNamed: boolean): Inode {
  return { bytes: new Bytes(bytes), synced: bytes.length, holes: [], isNamed, locks: new Map() };
}

export class Files {
  mishap: Mishap = {};
  /** Whether power took what a failed fsync had dropped, but others had seen. */
  lostHoles = false;
  private readonly inodes = new Map<string, Inode>();

  constructor(
    private readonly rng: Rng,
    private readonly options: FileOptions,
  ) {}

  has(path: string): boolean {
    return this.inodes.has(path);
  }

  /** The bytes of a file; undefined if there is none. */
  bytesOf(path: string): Buffer | undefined {
    return this.inodes.get(path)?.bytes.view();
  }

  /** Replaces or makes a file, as if it had always been so. */
  set(path: string, bytes: Buffer): void {
    this.inodes.set(path, newInode(bytes, true));
  }

  paths(): string[] {
    return [...this.inodes.keys()].sort();
  }

  // ---- calls -------------------------------------------------------------------------------------------------------

  failIfTold(): void {
    if (this.mishap.code) throw errno(this.mishap.code);
  }

  list(directory: string): string[] {
    const inside = this.paths().filter(path => path.startsWith(`${directory}/`));
    return inside.map(path => path.slice(directory.length + 1)).filter(name => !name.includes('/'));
  }

  syncNames(directory: string): void {
    for (const [path, inode] of this.inodes) if (path.startsWith(`${directory}/`)) inode.isNamed = true;
  }

  rename(from: string, to: string): void {
    const inode = this.inodes.get(from);
    if (!inode) throw errno('ENOENT');
    this.inodes.delete(from);
    this.inodes.set(to, { ...inode, isNamed: false });
  }

  remove(path: string): void {
    this.inodes.delete(path);
  }

  open(process: Process, path: string, mode: OpenMode): OpenFile {
    let inode = this.inodes.get(path);
    if (!inode && (mode === 'read' || mode === 'extend')) throw errno('ENOENT');
    if (inode && mode === 'create') throw errno('EEXIST');
    inode ??= newInode(Buffer.alloc(0), this.options.kind === 'shared');
    this.inodes.set(path, inode);
    const file: OpenFile = { process, inode, mode, position: 0, lostLock: false };
    process.files.add(file);
    this.fetch(file);
    return file;
  }

  checkLock(file: OpenFile): void {
    if (!file.process.files.has(file)) throw errno('EBADF');
    if (file.lostLock) throw errno('EIO');
  }

  /** What the process sees of the file. */
  view(file: OpenFile): Buffer {
    return this.options.kind === 'local' ? file.inode.bytes.view() : this.cached(file).bytes;
  }

  private cached({ process, inode }: OpenFile): CachedFile {
    let cached = process.machine.cache.get(inode);
    if (!cached) process.machine.cache.set(inode, (cached = { bytes: inode.bytes.view(), dirty: [] }));
    return cached;
  }

  /** Sends what was written, and takes what is there now. */
  private fetch(file: OpenFile): void {
    if (this.options.kind === 'local') return;
    this.send(file);
    file.process.machine.cache.delete(file.inode);
    this.cached(file);
  }

  private send({ process, inode }: OpenFile): void {
    const cached = process.machine.cache.get(inode);
    for (const { position, bytes } of cached?.dirty.splice(0) ?? []) inode.bytes.put(position, bytes);
    inode.synced = inode.bytes.size;
  }

  write(file: OpenFile, all: Buffer): number {
    const bytes = this.mishap.bytes === undefined ? all : all.subarray(0, this.mishap.bytes);
    const isAtEnd = file.mode === 'append' || file.mode === 'extend';
    const position = isAtEnd ? this.view(file).length : file.mode === 'create' ? file.position : 0;
    file.position = position + bytes.length;
    if (this.options.kind === 'local') {
      file.inode.bytes.put(position, bytes);
      file.inode.synced = Math.min(file.inode.synced, position);
    } else {
      const cached = this.cached(file);
      cached.dirty.push({ position, bytes });
      cached.bytes = withBytes(cached.bytes, position, bytes);
    }
    this.failIfTold();
    return bytes.length;
  }

  sync(file: OpenFile): void {
    const { inode } = file;
    const isFailing = this.mishap.code !== undefined;
    if (this.options.kind === 'shared') {
      if (isFailing) this.cached(file).dirty.splice(0);
      else this.send(file);
      if (isFailing) file.process.machine.cache.delete(inode);
    } else {
      if (isFailing) inode.holes.push([inode.synced, inode.bytes.size]);
      inode.synced = inode.bytes.size;
    }
    this.failIfTold();
  }

  lock(file: OpenFile, kind: 'exclusive' | 'shared'): boolean {
    const isFree = [...file.inode.locks].every(
      ([other, held]) => other === file || (held === 'shared' && kind === 'shared'),
    );
    if (!isFree && !this.options.locksAreBroken) return false;
    file.inode.locks.set(file, kind);
    this.fetch(file);
    return true;
  }

  release(file: OpenFile): void {
    if (this.options.kind === 'shared' && !file.lostLock && file.mode !== 'read') this.send(file);
    file.process.files.delete(file);
    file.inode.locks.delete(file);
  }

  // ---- mishaps -----------------------------------------------------------------------------------------------------

  /** A server gives away the locks of a machine that is cut off. */
  breakLocks(machine: Machine): void {
    for (const inode of this.inodes.values()) {
      for (const file of [...inode.locks.keys()].filter(({ process }) => process.machine === machine)) {
        inode.locks.delete(file);
        file.lostLock = true;
        machine.cache.delete(inode);
      }
    }
  }

  /** A machine that shares its files may have sent some of what it wrote when its power is lost. */
  sendSome(machine: Machine): void {
    for (const [inode, { dirty }] of machine.cache) {
      for (const { position, bytes } of dirty) {
        if (this.rng.below(2) === 0)
          inode.bytes.put(position, bytes.subarray(0, this.rng.below(bytes.length + 1)));
      }
      inode.synced = inode.bytes.size;
    }
    machine.cache.clear();
  }

  /** Power takes names and bytes of a local file system that were not synced. */
  losePower(): void {
    for (const [path, inode] of this.inodes) {
      if (!inode.isNamed && this.rng.below(2) === 0) this.inodes.delete(path);
      this.loseUnsynced(inode);
    }
  }

  /** Keeps a random beginning of the bytes that were not synced, perhaps with NULs in it. */
  private loseUnsynced(inode: Inode): void {
    for (const [from, to] of inode.holes.splice(0)) {
      inode.bytes.put(from, Buffer.alloc(to - from));
      this.lostHoles ||= to > from;
    }
    const tail = inode.bytes.size - inode.synced;
    if (tail === 0) return;
    const kept = inode.synced + this.rng.below(tail + 1);
    const bytes = Buffer.from(inode.bytes.view().subarray(0, kept));
    if (kept > inode.synced && this.rng.below(3) === 0)
      bytes.fill(0, inode.synced + this.rng.below(kept - inode.synced));
    inode.bytes = new Bytes(bytes);
    inode.synced = kept;
  }

  /**
   * Loses the last lines of a log, up to all of its last segment, or the segment itself: cut at the end of a line
   * where nobody holds a lock, else by an older copy that takes its place. A process that has the old file open goes
   * on with it.
   */
  loseLines(directory: string, machines: readonly Machine[]): boolean {
    const path = this.paths().findLast(path => path.startsWith(directory) && path.endsWith('.jsonl'));
    if (path === undefined) return false;
    if (this.rng.below(6) === 0) return this.inodes.delete(path);
    const inode = this.inodes.get(path)!;
    const bytes = inode.bytes.view();
    const ends = [0];
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, end + 1)) ends.push(end + 1);
    const lost = this.rng.below(6) === 0 ? ends.length : this.rng.below(12);
    const kept = Buffer.from(bytes.subarray(0, ends[Math.max(0, ends.length - 1 - lost)]));
    if (inode.locks.size > 0 || this.rng.below(2) === 0) this.set(path, kept);
    else {
      const synced = Math.min(inode.synced, kept.length);
      Object.assign(inode, { bytes: new Bytes(kept), synced, holes: [] });
      for (const machine of machines) machine.cache.delete(inode);
    }
    return true;
  }
}
