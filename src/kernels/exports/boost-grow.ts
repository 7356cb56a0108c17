// Written by scripts/kernel-interface.mjs from ../assembly/boost-grow.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface BoostGrowKernels {
  /**
   * Grows one tree from a BOOST_TASK at `pointer` and adds it to the margins of all samples. Returns the number of its
   * nodes, including those that pruning cut.
   */
  boostTree(pointer: Pointer): number;
}
