import { readFileSync } from 'node:fs';
import type { KernelExports } from './exports.js';

/**
 * The WebAssembly module of all kernels. Each thread compiles it at first use, over one memory of its own.
 *
 * No other thread sees the memory, but it is a shared one: its views stay valid when it grows. An ordinary memory
 * would detach them all. A shared memory reserves its largest size as address space (not as memory) from the start.
 * Where a limit on address space (`ulimit -v`) forbids 4 GiB, this asks for less. V8 also reserves 10 GiB of
 * address space for each memory, whatever its size, to skip bounds checks. Node's option
 * `--disable-wasm-trap-handler` turns this off.
 */

const PAGE_BYTES = 65536;
/** Pages at the start, as in assembly/asconfig.json: room for the static data of the module. */
const INITIAL_PAGES = 64;
const LARGEST_PAGES = 65536;
const SMALLEST_PAGES = 1024;

export interface Instance {
  kernels: KernelExports;
  memory: WebAssembly.Memory;
  /** The size to which the memory can grow. */
  largestBytes: number;
  /** By how many bytes the memory may grow now, beside all else that the process holds. */
  roomBytes(): number;
}

/** Thrown if a limit on address space leaves none for the kernels. */
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
 * Limits this thread's memory to `bytes`, and each growth to the bytes that `room` says are left at that moment.
 * Call it before the first kernel.
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

/** The thread's kernels: functions of numbers. An array is given by the byte offset of its first element. */
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
