import { readFileSync } from 'node:fs';
import type { KernelExports } from './exports.js';

/**
 * The WebAssembly module of all kernels: compiled at first use, once a thread, over one memory of that thread.
 *
 * The memory is a shared one though no other thread sees it: growing it leaves the views on it valid, where growing an
 * ordinary memory would detach them all. A shared memory reserves its largest size as address space from the
 * start (not as memory), so where a limit on address space (`ulimit -v`) forbids 4 GiB, less is asked for. To spare
 * itself checks of bounds, V8 reserves 10 GiB beside it all the same, unless Node was started without its trap handler.
 */

const PAGE_BYTES = 65536;
/** As in assembly/asconfig.json; room for the static data of the module. */
const INITIAL_PAGES = 64;
const LARGEST_PAGES = 65536;
const SMALLEST_PAGES = 1024;

export interface Instance {
  kernels: KernelExports;
  memory: WebAssembly.Memory;
  /** How far the memory can grow. */
  largestBytes: number;
  /** By how much it may grow at this moment, with whatever else the process holds. */
  roomBytes(): number;
}

/** Thrown where a limit on address space leaves none for the kernels. */
export class AddressSpaceError extends Error {
  override name = 'AddressSpaceError';
  constructor(cause: RangeError) {
    super(
      'no address space for WebAssembly; with NODE_OPTIONS=--disable-wasm-trap-handler it asks for 10 GiB less',
      { cause },
    );
  }
}

let instance: Instance | undefined;
let largestPages = LARGEST_PAGES;
let roomBytes = (): number => Infinity;

/**
 * Lets this thread's memory grow no further than `bytes`, and never by more than what `room` says is left when it wants
 * to grow; to be called before the first kernel is.
 */
export function limitKernelMemory(bytes: number, room: () => number): void {
  const pages = Math.floor(bytes / PAGE_BYTES);
  largestPages = Math.min(LARGEST_PAGES, Math.max(INITIAL_PAGES, pages));
  roomBytes = room;
}

/** The thread's module and its memory. */
export function load(): Instance {
  instance ??= instantiate();
  return instance;
}

/** The thread's kernels: functions of numbers, where an array is the byte offset of its first element. */
export function kernels(): KernelExports {
  return load().kernels;
}

function instantiate(): Instance {
  const module = new WebAssembly.Module(readFileSync(new URL('kernels.wasm', import.meta.url)));
  const { memory, pages } = reserve();
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return {
    kernels: exports as unknown as KernelExports,
    memory,
    largestBytes: pages * PAGE_BYTES,
    roomBytes,
  };
}

function reserve(): { memory: WebAssembly.Memory; pages: number } {
  for (let pages = largestPages; ; pages = Math.ceil(pages / 2)) {
    try {
      return {
        memory: new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: pages, shared: true }),
        pages,
      };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      if (pages <= SMALLEST_PAGES) throw new AddressSpaceError(error);
    }
  }
}
