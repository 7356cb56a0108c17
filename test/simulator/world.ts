/**
 * A world in which the log can be tried to death: machines, processes, files and clocks in memory, under one scheduler
 * that decides by a seed which process goes on, and what befalls it. The same seed gives the same run.
 *
 * Two kinds of file system:
 * - `local`: one machine. Writes are seen by all processes at once; fsync makes them last; a loss of power takes what
 *   was not synced, in whole or in part, or leaves NUL bytes; names last when their directory was synced. An fsync that
 *   fails has dropped its pages: they are seen until power is lost, and no later fsync saves them.
 * - `shared`: many machines with caches, as NFS. Opening and locking fetch the file anew; in between, what is cached is
 *   seen, and appends go to the end *as the machine knows it*. fsync and close send what was written. A machine that
 *   is cut off for longer than the lease loses its locks, and then its calls on such files fail with EIO.
 *
 * Both may lose what they said was there (`loseLines`): a server that acknowledges before its disk does has crashed, or
 * somebody has put back an older copy.
 */
import type { Rng } from '../../src/base/rng.js';
import type { Handle, Host, Identity, OpenMode } from '../../src/log/host.js';
import type { Clock } from '../../src/worker/clock.js';

export type CallName =
  | (
      | 'open'
      | 'size'
      | 'read'
      | 'write'
      | 'sync'
      | 'lock'
      | 'close'
      | 'list'
      | 'makeDirectory'
      | 'syncDirectory'
    )
  | ('rename' | 'remove' | 'sleep' | 'isProvenDead');

/** A call that is about to be made. */
export interface Call {
  process: Process;
  name: CallName;
  path: string;
  /** The number of bytes of a write. */
  length: number;
}

/** What befalls a call. Bytes are those that a write still writes. */
export type Interference =
  | { kind: 'kill'; when: 'before' | 'after'; bytes?: number }
  | { kind: 'power'; bytes?: number }
  | { kind: 'error'; code: string; bytes?: number }
  | { kind: 'short'; bytes: number }
  | { kind: 'pause'; ms: number }
  | { kind: 'cut-off'; ms: number };

interface Inode {
  /** What the server, or the page cache of the one machine, holds. */
  bytes: Buffer;
  /** Bytes before this one are on the disk, except the holes. */
  synced: number;
  /** Ranges that were dropped by a failed fsync. */
  holes: [from: number, to: number][];
  isNamed: boolean;
  locks: Map<OpenFile, 'exclusive' | 'shared'>;
}

interface OpenFile {
  process: Process;
  inode: Inode;
  mode: OpenMode;
  position: number;
  lostLock: boolean;
}

/** What one machine of a shared file system believes of a file. */
interface CachedFile {
  bytes: Buffer;
  dirty: { position: number; bytes: Buffer }[];
}

export interface Machine {
  name: string;
  /** How far its wall clock is off, and how fast its monotonic clock runs. */
  skewMs: number;
  rate: number;
  boot: number;
  cache: Map<Inode, CachedFile>;
  cutOffUntilMs: number;
}

export interface Process {
  name: string;
  machine: Machine;
  identity: Identity;
  alive: boolean;
  pausedUntilMs: number;
  files: Set<OpenFile>;
  /** The error that ended it. */
  error?: unknown;
  ended: boolean;
}

interface Pending {
  call: Call;
  atMs: number;
  perform(): unknown;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

export interface WorldOptions {
  kind: 'local' | 'shared';
  /** Locks that are always given: a file system on which locking is broken. */
  locksAreBroken?: boolean;
  /** How long a machine may be cut off before the server gives its locks away. */
  lockLeaseMs?: number;
}

function errno(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code });
}

export class World {
  nowMs = 0;
  calls = 0;
  readonly processes: Process[] = [];
  interfere: (call: Call) => Interference | undefined = () => undefined;
  /** Whether power took what a failed fsync had dropped, but others had seen. */
  lostHoles = false;
  /** How often lines that were acknowledged were lost. */
  lineLosses = 0;
  private readonly files = new Map<string, Inode>();
  private pending: Pending[] = [];
  private nextPid = 1;
  private ids = 0;

  constructor(
    readonly rng: Rng,
    readonly options: WorldOptions,
  ) {}

  addMachine(name: string, skewMs = 0, rate = 1): Machine {
    return { name, skewMs, rate, boot: 1, cache: new Map(), cutOffUntilMs: 0 };
  }

  /** Starts a process; what `main` throws is kept as its error. */
  start(machine: Machine, name: string, main: (host: Host, clock: Clock) => Promise<void>): Process {
    const pid = this.nextPid++;
    const boot = `${machine.name}#${machine.boot}`;
    const identity = { host: machine.name, pid, boot, namespace: '1', start: String(pid) };
    const process: Process = {
      ...{ name, machine, identity, alive: true, pausedUntilMs: 0, files: new Set<OpenFile>(), ended: false },
    };
    this.processes.push(process);
    main(this.hostOf(process), this.clockOf(process)).then(
      () => this.end(process),
      error => {
        if (process.alive) process.error = error;
        this.end(process);
      },
    );
    return process;
  }

  /** Lets the processes run until all have ended, or `untilMs`. */
  async run(untilMs = Infinity): Promise<void> {
    for (;;) {
      await new Promise(setImmediate);
      this.pending = this.pending.filter(({ call }) => call.process.alive);
      if (this.pending.length === 0 || this.nowMs >= untilMs) return;
      const ready = this.pending.filter(pending => this.readyMs(pending) <= this.nowMs);
      if (ready.length === 0) this.nowMs = Math.min(...this.pending.map(pending => this.readyMs(pending)));
      else this.perform(ready[this.rng.below(ready.length)]);
    }
  }

  /** The bytes of a file; undefined if there is none. */
  bytesOf(path: string): Buffer | undefined {
    return this.files.get(path)?.bytes;
  }

  /** Replaces or makes a file, as if it had always been so. */
  setFile(path: string, bytes: Buffer): void {
    const inode = { bytes, synced: bytes.length, holes: [], isNamed: true, locks: new Map() };
    this.files.set(path, inode);
  }

  paths(): string[] {
    return [...this.files.keys()].sort();
  }

  kill(process: Process): void {
    if (!process.alive) return;
    process.alive = false;
    process.ended = true;
    for (const file of process.files) this.release(file);
  }

  /** Power is lost on a machine: its processes are gone, and what was not synced. */
  losePower(machine: Machine): void {
    // A machine that shares its files may have sent some of what it wrote.
    for (const [inode, { dirty }] of machine.cache) {
      for (const { position, bytes } of dirty) {
        if (this.rng.below(2) === 0)
          putBytes(inode, position, bytes.subarray(0, this.rng.below(bytes.length + 1)));
      }
      inode.synced = inode.bytes.length;
    }
    machine.cache.clear();
    for (const process of this.processes) if (process.machine === machine) this.kill(process);
    machine.boot++;
    if (this.options.kind === 'shared') return;
    for (const [path, inode] of this.files) {
      if (!inode.isNamed && this.rng.below(2) === 0) this.files.delete(path);
      this.loseUnsynced(inode);
    }
  }

  /**
   * Loses the last lines of a log, up to all of its last segment, or the segment itself: cut at the end of a line where
   * nobody holds a lock, else by an older copy that takes its place, while who has the old file open goes on with that.
   */
  loseLines(directory: string): void {
    const path = this.paths().findLast(path => path.startsWith(directory) && path.endsWith('.jsonl'));
    if (path === undefined) return;
    this.lineLosses++;
    if (this.rng.below(6) === 0) return void this.files.delete(path);
    const inode = this.files.get(path)!;
    const ends = [0];
    for (let end = inode.bytes.indexOf(10); end >= 0; end = inode.bytes.indexOf(10, end + 1))
      ends.push(end + 1);
    const lost = this.rng.below(6) === 0 ? ends.length : this.rng.below(12);
    const kept = Buffer.from(inode.bytes.subarray(0, ends[Math.max(0, ends.length - 1 - lost)]));
    if (inode.locks.size > 0 || this.rng.below(2) === 0) return this.setFile(path, kept);
    Object.assign(inode, { bytes: kept, synced: Math.min(inode.synced, kept.length), holes: [] });
    for (const { machine } of this.processes) machine.cache.delete(inode);
  }

  // ---- scheduling --------------------------------------------------------------------------------------------------

  private readyMs({ atMs, call: { process } }: Pending): number {
    return Math.max(atMs, process.pausedUntilMs, process.machine.cutOffUntilMs);
  }

  private end(process: Process): void {
    process.ended = true;
    for (const file of [...process.files]) this.release(file);
  }

  /** A call of a process, that the scheduler will perform. */
  private call<T>(
    process: Process,
    name: CallName,
    path: string,
    perform: () => T,
    more: Partial<Call> = {},
    ms = 0,
  ) {
    const latencyMs = ms * process.machine.rate + this.rng.below(this.options.kind === 'shared' ? 4 : 2);
    return new Promise<T>((resolve, reject) => {
      const call = { process, name, path, length: 0, ...more };
      const settle = resolve as (value: unknown) => void;
      if (process.alive)
        this.pending.push({ call, atMs: this.nowMs + latencyMs, perform, resolve: settle, reject });
    });
  }

  private perform(pending: Pending): void {
    const { call } = pending;
    const what = this.interfere(call);
    if (what?.kind === 'pause') call.process.pausedUntilMs = this.nowMs + what.ms;
    else if (what?.kind === 'cut-off') this.cutOff(call.process.machine, what.ms);
    if (what?.kind === 'pause' || what?.kind === 'cut-off') return;
    this.pending = this.pending.filter(other => other !== pending);
    this.calls++;
    if (what?.kind === 'power' || (what?.kind === 'kill' && what.when === 'before')) {
      this.partially = what.bytes;
      if (call.name === 'write' && what.bytes) attempt(pending.perform);
      if (what.kind === 'power') this.losePower(call.process.machine);
      else this.kill(call.process);
      return;
    }
    this.partially = what?.kind === 'short' || what?.kind === 'error' ? (what.bytes ?? 0) : undefined;
    this.failing = what?.kind === 'error' ? what.code : undefined;
    const result = attempt(pending.perform);
    this.partially = this.failing = undefined;
    if (what?.kind === 'kill') this.kill(call.process);
    else if (result.error) pending.reject(result.error);
    else pending.resolve(result.value);
  }

  /** For the call that is performed now: how many bytes a write writes, and the error with which it fails. */
  private partially: number | undefined;
  private failing: string | undefined;

  private failIfTold(): void {
    if (this.failing) throw errno(this.failing);
  }

  private cutOff(machine: Machine, ms: number): void {
    machine.cutOffUntilMs = this.nowMs + ms;
    if (this.options.kind !== 'shared' || ms < (this.options.lockLeaseMs ?? 10_000)) return;
    for (const inode of this.files.values()) {
      for (const file of [...inode.locks.keys()].filter(({ process }) => process.machine === machine)) {
        inode.locks.delete(file);
        file.lostLock = true;
        machine.cache.delete(inode);
      }
    }
  }

  // ---- files -------------------------------------------------------------------------------------------------------

  private hostOf(process: Process): Host {
    const { machine } = process;
    const call = <T>(name: CallName, path: string, perform: () => T): Promise<T> =>
      this.call(process, name, path, () => (this.failIfTold(), perform()));
    return {
      open: (path, mode) => call('open', path, () => this.open(process, path, mode)),
      list: path => call('list', path, () => this.list(path)),
      stat: async path => {
        const inode = this.files.get(path);
        return inode ? { kind: 'file', stamp: `${inode.bytes.length}` } : { kind: 'folder', stamp: '' };
      },
      makeDirectory: path => call('makeDirectory', path, () => undefined),
      syncDirectory: path => call('syncDirectory', path, () => this.syncNames(path)),
      rename: (from, to) => call('rename', to, () => this.rename(from, to)),
      remove: path => call('remove', path, () => void this.files.delete(path)),
      monotonicMs: () => this.nowMs / machine.rate,
      wallMs: () => Date.parse('2026-01-01T00:00:00Z') + this.nowMs + machine.skewMs,
      sleep: ms => this.call(process, 'sleep', '', () => undefined, {}, ms),
      random: () => this.rng.float(),
      newId: () => `${process.name}-${++this.ids}`,
      identity: process.identity,
      isProvenDead: other => call('isProvenDead', '', () => this.isProvenDead(process, other)),
    };
  }

  private clockOf(process: Process): Clock {
    const after = (ms: number, call: () => void): (() => void) => {
      let isWanted = true;
      void this.call(process, 'sleep', '', () => undefined, {}, ms).then(() => isWanted && call());
      return () => void (isWanted = false);
    };
    return {
      nowMs: () => this.nowMs / process.machine.rate,
      after,
      every: (ms, call) => {
        let cancel = (): void => undefined;
        const again = (): void => {
          cancel = after(ms, () => (again(), call()));
        };
        again();
        return () => cancel();
      },
    };
  }

  private isProvenDead({ identity }: Process, other: Identity): boolean {
    if (identity.boot !== other.boot || identity.namespace !== other.namespace) return false;
    return !this.processes.some(process => !process.ended && process.identity.pid === other.pid);
  }

  private list(directory: string): string[] {
    const inside = this.paths().filter(path => path.startsWith(`${directory}/`));
    return inside.map(path => path.slice(directory.length + 1)).filter(name => !name.includes('/'));
  }

  private syncNames(directory: string): void {
    for (const [path, inode] of this.files) if (path.startsWith(`${directory}/`)) inode.isNamed = true;
  }

  private rename(from: string, to: string): void {
    const inode = this.files.get(from);
    if (!inode) throw errno('ENOENT');
    this.files.delete(from);
    this.files.set(to, { ...inode, isNamed: false });
  }

  private open(process: Process, path: string, mode: OpenMode): Handle {
    let inode = this.files.get(path);
    if (!inode && (mode === 'read' || mode === 'extend')) throw errno('ENOENT');
    if (inode && mode === 'create') throw errno('EEXIST');
    const isNamed = this.options.kind === 'shared';
    inode ??= { bytes: Buffer.alloc(0), synced: 0, holes: [], isNamed, locks: new Map() };
    this.files.set(path, inode);
    const file: OpenFile = { process, inode, mode, position: 0, lostLock: false };
    process.files.add(file);
    this.fetch(file);
    const call = <T>(name: CallName, perform: () => T, length = 0): Promise<T> =>
      this.call(process, name, path, () => (this.checkLock(file), perform()), { length });
    return {
      size: () => call('size', () => (this.failIfTold(), this.view(file).length)),
      read: (target, offset, length, position) =>
        call(
          'read',
          () => (this.failIfTold(), this.view(file).copy(target, offset, position, position + length)),
        ),
      write: bytes => call('write', () => this.write(file, Buffer.from(bytes)), bytes.length),
      sync: () => call('sync', () => this.sync(file)),
      lock: kind => call('lock', () => (this.failIfTold(), this.lock(file, kind))),
      close: () => call('close', () => (this.release(file), this.failIfTold())),
    };
  }

  private checkLock(file: OpenFile): void {
    if (!file.process.files.has(file)) throw errno('EBADF');
    if (file.lostLock) throw errno('EIO');
  }

  private cached({ process, inode }: OpenFile): CachedFile {
    let cached = process.machine.cache.get(inode);
    if (!cached) process.machine.cache.set(inode, (cached = { bytes: inode.bytes, dirty: [] }));
    return cached;
  }

  /** What the process sees of the file. */
  private view(file: OpenFile): Buffer {
    return this.options.kind === 'local' ? file.inode.bytes : this.cached(file).bytes;
  }

  /** Sends what was written, and takes what is there now. */
  private fetch(file: OpenFile): void {
    if (this.options.kind === 'local') return;
    this.send(file);
    file.process.machine.cache.delete(file.inode);
    this.cached(file);
  }

  private send(file: OpenFile): void {
    const cached = this.cached(file);
    for (const { position, bytes } of cached.dirty.splice(0)) putBytes(file.inode, position, bytes);
    file.inode.synced = file.inode.bytes.length;
  }

  private write(file: OpenFile, all: Buffer): number {
    const bytes = this.partially === undefined ? all : all.subarray(0, this.partially);
    const view = this.view(file);
    const position =
      file.mode === 'append' || file.mode === 'extend'
        ? view.length
        : file.mode === 'create'
          ? file.position
          : 0;
    file.position = position + bytes.length;
    if (this.options.kind === 'local') {
      putBytes(file.inode, position, bytes);
      file.inode.synced = Math.min(file.inode.synced, position);
    } else {
      const cached = this.cached(file);
      cached.dirty.push({ position, bytes });
      cached.bytes = withBytes(cached.bytes, position, bytes);
    }
    this.failIfTold();
    return bytes.length;
  }

  private sync(file: OpenFile): void {
    const { inode } = file;
    if (this.options.kind === 'shared') {
      if (this.failing) this.cached(file).dirty.splice(0);
      else this.send(file);
      if (this.failing) file.process.machine.cache.delete(inode);
    } else {
      if (this.failing) inode.holes.push([inode.synced, inode.bytes.length]);
      inode.synced = inode.bytes.length;
    }
    this.failIfTold();
  }

  private lock(file: OpenFile, kind: 'exclusive' | 'shared'): boolean {
    const others = [...file.inode.locks].filter(([other]) => other !== file);
    const isFree = others.every(([, held]) => held === 'shared' && kind === 'shared');
    if (!isFree && !this.options.locksAreBroken) return false;
    file.inode.locks.set(file, kind);
    this.fetch(file);
    return true;
  }

  private release(file: OpenFile): void {
    if (this.options.kind === 'shared' && !file.lostLock && file.mode !== 'read') this.send(file);
    file.process.files.delete(file);
    file.inode.locks.delete(file);
  }

  /** Keeps of the bytes that were not synced a random beginning, perhaps with NULs in it. */
  private loseUnsynced(inode: Inode): void {
    for (const [from, to] of inode.holes.splice(0)) {
      inode.bytes = withBytes(inode.bytes, from, Buffer.alloc(to - from));
      this.lostHoles ||= to > from;
    }
    const tail = inode.bytes.length - inode.synced;
    if (tail === 0) return;
    const kept = inode.synced + this.rng.below(tail + 1);
    inode.bytes = Buffer.from(inode.bytes.subarray(0, kept));
    if (kept > inode.synced && this.rng.below(3) === 0)
      inode.bytes.fill(0, inode.synced + this.rng.below(kept - inode.synced));
    inode.synced = kept;
  }
}

function attempt(perform: () => unknown): { value?: unknown; error?: unknown } {
  try {
    return { value: perform() };
  } catch (error) {
    return { error };
  }
}

function putBytes(inode: Inode, position: number, bytes: Buffer): void {
  inode.bytes = withBytes(inode.bytes, position, bytes);
}

/** A copy with the bytes put at the position; a gap before it is filled with NULs. */
function withBytes(old: Buffer, position: number, bytes: Buffer): Buffer {
  const result = Buffer.alloc(Math.max(old.length, position + bytes.length));
  old.copy(result);
  bytes.copy(result, position);
  return result;
}
