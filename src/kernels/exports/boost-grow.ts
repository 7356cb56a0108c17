// Written by scripts/kernel-interface.mjs from ../assembly/boost-grow.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface BoostGrowKernels {
  /** Grows one tree from a Task and adds it to the margins. Returns the number of its nodes. */
  boostTree(pointer: Pointer): number;
}
