// Written by scripts/kernel-interface.mjs from ../assembly/boost-margins.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface BoostMarginsKernels {
  /**
   * Adds trees `first` to `last` - 1 to margins f32[m][outputs], tree by tree; tree t belongs to output t % outputs. x is
   * f32, its rows and columns so many bytes apart; roots u32[trees]; of a node, feature i32 is -1 for a leaf, value f32 the
   * threshold of a split or the leaf's value, missingLeft u8, and next i32 the left child (the right one follows it).
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
