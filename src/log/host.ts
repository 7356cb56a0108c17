/**
 * All that the log needs of the world: files, clocks, chance, and who this process is. Programs run on `node-host.ts`;
 * the simulator of the tests is another host. Errors of files carry an errno `code`, as Node's do.
 */
import type { OpenMode } from '../base/files.js';

export type { OpenMode };

/** An open file. Every call may fail, and none is tried again here. */
export interface Handle {
  /** The size in bytes. */
  size(): Promise<number>;
  /** Reads up to `length` bytes at `position` into `target` at `offset`; the number of bytes read, 0 at the end. */
  read(target: Buffer, offset: number, length: number, position: number): Promise<number>;
  /**
   * One write; the number of bytes written. It goes to the end of a file that is open to `extend` or `append`, to byte
   * 0 of one to `overwrite`, and behind the last write of one to `create`.
   */
  write(bytes: Buffer): Promise<number>;
  /** fsync. */
  sync(): Promise<void>;
  /** One attempt to lock the whole file (flock); false if another holds it. */
  lock(kind: 'exclusive' | 'shared'): Promise<boolean>;
  /** Closes, and thereby unlocks. */
  close(): Promise<void>;
}

/** What a name stands for. `stamp` changes with every change to a file. */
export interface FileSight {
  kind: 'file' | 'folder' | 'other';
  stamp: string;
}

/** The files of a log. A journal opens a segment, reads from it, appends to it, locks it and syncs it, and no more. */
export interface Disk {
  /** Opens an ordinary file, and nothing else. */
  open(path: string, mode: OpenMode): Promise<Handle>;
  /** The names in a directory; none if it does not exist. */
  list(directory: string): Promise<string[]>;
  /** What has this name, seen without opening it; undefined if there is nothing. Follows no link. */
  stat(path: string): Promise<FileSight | undefined>;
  /** Makes a folder, and those above it. New folders in `within` have its permissions for group and others. */
  makeDirectory(path: string, within?: string): Promise<void>;
  /** fsync of a directory, which makes the names in it durable. */
  syncDirectory(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
}

/** Time and chance: what waiting needs. */
export interface Waiting {
  /** A clock that only goes forward, in ms, from an arbitrary zero. */
  monotonicMs(): number;
  sleep(ms: number): Promise<void>;
  /** A random number in [0, 1). It is for pauses only. */
  random(): number;
}

export interface Host extends Disk, Waiting {
  /** The wall clock, in ms since 1970. It is for people only. */
  wallMs(): number;
  /** A new name that nobody else has. */
  newId(): string;

  readonly identity: Identity;
  /** Whether the process is proven dead. A proof needs the same boot and the same pid namespace. */
  isProvenDead(identity: Identity): Promise<boolean>;
}

/** A process, as another one on the same machine can recognize it. */
export interface Identity {
  host: string;
  pid: number;
  /** /proc/sys/kernel/random/boot_id: the same only on one running kernel. */
  boot?: string;
  /** The pid namespace's inode: in another one, the pid means another process. */
  namespace?: string;
  /** The start time of the process, in clock ticks since boot: a pid is used again, with another start time. */
  start?: string;
}

/** The name of a process as the author of events and of lines of the status log: `host:pid`. */
export function authorOf({ host, pid }: Pick<Identity, 'host' | 'pid'>): string {
  return `${host}:${pid}`;
}

/** The errno code of a failed call. */
export function errnoOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}
