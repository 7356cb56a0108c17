/**
 * The WebAssembly module that scans the bytes of a log (assembly/): one for the whole thread. It is undefined where a
 * limit on address space leaves no room for it. Lines in `chunkBuffer` are scanned without being copied.
 */
import { readFileSync } from 'node:fs';

export interface Exports {
  memory: { buffer: ArrayBuffer };
  /** Places, as immutable globals. */
  CHUNK: { value: number };
  LINE: { value: number };
  METRICS: { value: number };
  CONFIGS: { value: number };
  FOUND: { value: number };
  ENDS: { value: number };
  CRCS: { value: number };
  scan(start: number, stop: number): number;
  rank(metric: number, length: number): number;
  promised(start: number, stop: number): number;
  lineCount(): number;
}

/** The bytes of one read, few enough to stay in a processor's caches while lines are taken. As in assembly/scan.ts. */
export const CHUNK_BYTES = 256 * 1024;

function load(): Exports | undefined {
  try {
    const compiled = new WebAssembly.Module(readFileSync(new URL('scan.wasm', import.meta.url)));
    return new WebAssembly.Instance(compiled).exports as unknown as Exports;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

export const module = load();

/** A buffer whose lines are scanned in their place. One reader uses it at a time. */
export const chunkBuffer = module && Buffer.from(module.memory.buffer, module.CHUNK.value, CHUNK_BYTES);
