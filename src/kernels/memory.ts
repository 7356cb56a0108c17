import { load } from './loader.js';

/**
 * The memory on which the kernels of this thread work. It is a stack: arrays are allocated on top and released
 * together, back to a mark. Views stay valid when the memory grows. What outlives a scope must be copied out with
 * `slice()`, because other arrays overwrite the memory later.
 *
 *   scope(() => {
 *     const x = hold(problem.x.data);       // itself if it is in this memory, else a copy
 *     const gradient = float64(columns);    // zeros
 *     kernels().transposedProduct(rows, columns, x.byteOffset, residual.byteOffset, gradient.byteOffset);
 *     return gradient.slice();
 *   });
 */

/** Arrays start at multiples of a cache line, so that SIMD loads never straddle one. */
const ALIGNMENT_BYTES = 64;
const PAGE_BYTES = 65536;

/** Thrown if a thread's kernels need more memory than WebAssembly can address, or than a limit leaves. */
export class KernelMemoryError extends Error {
  override name = 'KernelMemoryError';
  readonly code = 'kernel-memory';
  constructor(
    /** How many bytes would have to be in memory at once. */
    readonly neededBytes: number,
    readonly largestBytes: number,
    options?: ErrorOptions,
  ) {
    super(
      `needs ${gibibytes(neededBytes)} GiB at once, a trainer has ${gibibytes(largestBytes)} GiB`,
      options,
    );
  }
}

type KernelArray = Float64Array | Float32Array | Int32Array | Uint32Array | Uint16Array | Uint8Array;

/** The first free byte; 0 until the module is loaded. */
let top = 0;
/** Growth gives the memory a new buffer object over the same bytes. Views on older ones stay valid. */
const buffers = new WeakSet<object>();

function gibibytes(bytes: number): string {
  return (bytes / 2 ** 30).toFixed(bytes < 2 ** 30 ? 2 : 1);
}

/** The place up to which the memory is in use, for `release`. */
export function mark(): number {
  if (top === 0) top = load().kernels.heapStart();
  return top;
}

/** Releases all that was allocated since the mark was taken. */
export function release(to: number): void {
  if (to > top || to < load().kernels.heapStart()) throw new RangeError(`no mark of this memory: ${to}`);
  top = to;
}

/** Runs `work` and releases what it allocated, whether it returns or throws. */
export function scope<T>(work: () => T): T {
  const before = mark();
  try {
    return work();
  } finally {
    release(before);
  }
}

/** Reserves bytes on top of the stack and returns their offset. Their content is what was there before. */
function reserve(bytes: number): number {
  const { memory, largestBytes, roomBytes } = load();
  const start = Math.ceil(mark() / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
  const end = start + bytes;
  if (end > largestBytes) throw new KernelMemoryError(end, largestBytes);
  const missing = end - memory.buffer.byteLength;
  if (missing > 0) {
    const room = roomBytes();
    if (missing > room) throw new KernelMemoryError(end, memory.buffer.byteLength + Math.max(0, room));
    try {
      memory.grow(Math.ceil(missing / PAGE_BYTES));
    } catch (cause) {
      throw new KernelMemoryError(end, memory.buffer.byteLength, { cause });
    }
  }
  buffers.add(memory.buffer);
  top = end;
  return start;
}

/** A zeroed array of f64. */
export function float64(length: number): Float64Array {
  const start = reserve(length * 8);
  return new Float64Array(load().memory.buffer, start, length).fill(0);
}

/** A zeroed array of f32. */
export function float32(length: number): Float32Array {
  const start = reserve(length * 4);
  return new Float32Array(load().memory.buffer, start, length).fill(0);
}

/** An array of f64 with what was there before, for code that writes all of it before it reads any. */
export function unsetFloat64(length: number): Float64Array {
  const start = reserve(length * 8);
  return new Float64Array(load().memory.buffer, start, length);
}

/** An array of f32 with what was there before, for code that writes all of it before it reads any. */
export function unsetFloat32(length: number): Float32Array {
  const start = reserve(length * 4);
  return new Float32Array(load().memory.buffer, start, length);
}

/** An array of u32 with what was there before, for code that writes all of it before it reads any. */
export function unsetUint32(length: number): Uint32Array {
  const start = reserve(length * 4);
  return new Uint32Array(load().memory.buffer, start, length);
}

/** An array of u16 with what was there before, for code that writes all of it before it reads any. */
export function unsetUint16(length: number): Uint16Array {
  const start = reserve(length * 2);
  return new Uint16Array(load().memory.buffer, start, length);
}

/** A zeroed array of i32. */
export function int32(length: number): Int32Array {
  const start = reserve(length * 4);
  return new Int32Array(load().memory.buffer, start, length).fill(0);
}

/** A zeroed array of u32. */
export function uint32(length: number): Uint32Array {
  const start = reserve(length * 4);
  return new Uint32Array(load().memory.buffer, start, length).fill(0);
}

/** A zeroed array of u16. */
export function uint16(length: number): Uint16Array {
  const start = reserve(length * 2);
  return new Uint16Array(load().memory.buffer, start, length).fill(0);
}

/** A zeroed array of u8. */
export function uint8(length: number): Uint8Array {
  const start = reserve(length);
  return new Uint8Array(load().memory.buffer, start, length).fill(0);
}

/** Whether the array is a view on this thread's kernel memory. */
export function lives(array: KernelArray): boolean {
  return buffers.has(array.buffer);
}

/** The array itself if it is in the kernel memory, else a copy of it there. */
export function hold<T extends KernelArray>(array: T): T {
  if (lives(array)) return array;
  const start = reserve(array.byteLength);
  const Kind = array.constructor as new (buffer: ArrayBufferLike, start: number, length: number) => T;
  const copy = new Kind(load().memory.buffer, start, array.length);
  copy.set(array);
  return copy;
}
