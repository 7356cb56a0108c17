// Written by scripts/kernel-interface.mjs from ../assembly/tree-grow.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface TreeGrowKernels {
  /** Grows a tree from a TREE_TASK at `pointer`. Returns the number of its nodes. */
  growTree(pointer: Pointer): number;
}
