// Written by scripts/kernel-interface.mjs from ../assembly/index.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface IndexKernels {
  /** The first byte behind the static data of the module. */
  heapStart(): Pointer;
}
