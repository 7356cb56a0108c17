/**
 * Time and a file server in memory, for many workers in one process as if each had a machine of its own. Code takes no
 * time here; what takes time are the calls to the server, and the processor time for what was read.
 */
import { nanoid } from 'nanoid';
import type { Handle, Host, OpenMode } from '../../src/log/host.js';
import type { Clock } from '../../src/worker/clock.js';

interface Due {
  atMs: number;
  /** Of two that are due at the same time, the one that was there first comes first. */
  order: number;
  call(): void;
}

const isBefore = (a: Due, b: Due): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

/** Time that passes only when nothing is left to do at its moment. */
export class VirtualTime implements Clock {
  private now = 0;
  private orders = 0;
  /** A binary heap, the earliest first. */
  private readonly heap: Due[] = [];

  nowMs(): number {
    return this.now;
  }

  after(ms: number, call: () => void): () => void {
    const due = { atMs: this.now + Math.max(0, ms), order: this.orders++, call };
    this.push(due);
    return () => (due.call = () => undefined);
  }

  every(ms: number, call: () => void): () => void {
    let cancel = (): void => undefined;
    const again = (): void => {
      cancel = this.after(ms, again);
      call();
    };
    cancel = this.after(ms, again);
    return () => cancel();
  }

  sleep(ms: number): Promise<void> {
    return new Promise(resolve => this.after(ms, resolve));
  }

  /** Lets time pass until the work is done. */
  async run<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const done = (): void => void (isDone = true);
    work.then(done, done);
    for (;;) {
      // all promises settle before
      await new Promise(resolve => setImmediate(resolve));
      if (isDone) return work;
      const next = this.pop();
      if (!next) throw new Error('nothing is left to wait for, and the work is not done');
      this.now = next.atMs;
      next.call();
    }
  }

  private push(due: Due): void {
    const { heap } = this;
    let at = heap.push(due) - 1;
    for (let parent = (at - 1) >> 1; at > 0 && isBefore(due, heap[parent]); parent = (at - 1) >> 1) {
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = due;
  }

  private pop(): Due | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (heap.length === 0 || !last) return first;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) child++;
      if (!isBefore(heap[child], last)) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

/** How long calls take, in ms. */
export interface Costs {
  /** Every call that goes to the server: open, lock, read, write with sync, close. */
  callMs: number;
  /** What fsync takes beyond that. */
  syncMs: number;
  /** What a reader's processor takes for a megabyte of the log. */
  megabyteMs: number;
}

interface File {
  bytes: Buffer;
  size: number;
  exclusive?: object;
  readonly shared: Set<object>;
}

/** Files that many machines share. Their writes are seen by everybody at once; locks exclude. */
export class VirtualServer {
  /** How many calls it was asked for. */
  calls = 0;
  private readonly files = new Map<string, File>();

  constructor(
    private readonly time: VirtualTime,
    private readonly costs: Costs,
  ) {}

  /** Puts a file there. */
  put(path: string, bytes: Buffer): void {
    this.files.set(path, { bytes, size: bytes.length, shared: new Set() });
  }

  /** Every file and what it holds. */
  all(): [path: string, bytes: Buffer][] {
    return [...this.files].map(([path, { bytes, size }]) => [path, bytes.subarray(0, size)]);
  }

  /** A machine of its own, with one process. */
  host(name: string, random: () => number): Host {
    const { time, files } = this;
    return {
      open: (path, mode) => this.open(path, mode),
      list: async directory => {
        await this.call();
        const prefix = `${directory}/`;
        return [...files.keys()]
          .filter(path => path.startsWith(prefix))
          .map(path => path.slice(prefix.length));
      },
      stat: async path => ({ kind: files.has(path) ? 'file' : 'folder', stamp: '' }),
      makeDirectory: () => this.call(),
      syncDirectory: () => this.call(this.costs.syncMs),
      rename: async (from, to) => {
        await this.call();
        files.set(to, files.get(from)!);
        files.delete(from);
      },
      remove: async path => {
        await this.call();
        files.delete(path);
      },
      monotonicMs: () => time.nowMs(),
      wallMs: () => Date.UTC(2026, 0) + time.nowMs(),
      sleep: ms => time.sleep(ms),
      random,
      newId: () => nanoid(),
      identity: { host: name, pid: 1 },
      isProvenDead: async () => false,
    };
  }

  private call(extraMs = 0): Promise<void> {
    this.calls++;
    return this.time.sleep(this.costs.callMs + extraMs);
  }

  private async open(path: string, mode: OpenMode): Promise<Handle> {
    await this.call();
    if (!this.files.has(path)) {
      if (mode === 'read' || mode === 'extend')
        throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });
      this.put(path, Buffer.alloc(0));
    } else if (mode === 'create') throw Object.assign(new Error(`EEXIST: ${path}`), { code: 'EEXIST' });
    return this.handle(this.files.get(path)!, mode);
  }

  /** Size and write are answered by the machine itself: an open or a lock has fetched the size, a sync sends the bytes. */
  private handle(file: File, mode: OpenMode): Handle {
    const owner = {};
    let position = 0;
    return {
      size: async () => file.size,
      read: async (target, offset, length, from) => {
        const count = Math.max(0, Math.min(length, file.size - from));
        file.bytes.copy(target, offset, from, from + count);
        await this.call((count / 2 ** 20) * this.costs.megabyteMs);
        return count;
      },
      write: async bytes => {
        const from = mode === 'append' || mode === 'extend' ? file.size : position;
        write(file, from, bytes);
        position = mode === 'overwrite' ? 0 : from + bytes.length;
        return bytes.length;
      },
      sync: () => this.call(this.costs.syncMs),
      lock: async kind => {
        await this.call();
        if (file.exclusive || (kind === 'exclusive' && file.shared.size > 0)) return false;
        if (kind === 'exclusive') file.exclusive = owner;
        else file.shared.add(owner);
        return true;
      },
      close: async () => {
        await this.call();
        if (file.exclusive === owner) file.exclusive = undefined;
        file.shared.delete(owner);
      },
    };
  }
}

function write(file: File, from: number, bytes: Buffer): void {
  const end = from + bytes.length;
  if (end > file.bytes.length) {
    const larger = Buffer.alloc(Math.max(2 * file.bytes.length, end));
    file.bytes.copy(larger, 0, 0, file.size);
    file.bytes = larger;
  }
  bytes.copy(file.bytes, from);
  file.size = Math.max(file.size, end);
}
