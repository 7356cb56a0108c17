// Written by scripts/kernel-interface.mjs from ../assembly/boost-margins.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface BoostMarginsKernels {
  /**
   * Adds the trees `first` to `last` - 1 to margins f32[m][outputs], tree by tree. Tree t belongs to output t %
   * outputs.
   *
   * x holds f32; its rows are rowBytes apart, its columns columnBytes. roots, u32[trees], is the first node of each
   * tree. Of each node: feature i32, -1 for a leaf; value f32, the threshold of a split or the value of a leaf;
   * missingLeft u8; next i32, the left child, which the right one follows.
   */
  addTrees(
    m: number,
    x: Pointer,
    rowBytes: Pointer,
    columnBytes: Pointer,
    outputs: number,
    first: number,
    last: number,
    roots: Pointer,
    feature: Pointer,
    value: Pointer,
    missingLeft: Pointer,
    next: Pointer,
    margins: Pointer,
  ): void;
}
