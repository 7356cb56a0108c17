// Written by scripts/kernel-interface.mjs from ../assembly/tree-votes.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface TreeVotesKernels {
  /**
   * Adds the leaf distributions of trees `first` to `last` - 1 to votes f64[m][classes], tree by tree. x is f32, its rows and
   * columns so many bytes apart; roots u32[trees] are the trees' first nodes; of a node, feature i32 is -1 for a leaf, threshold f32, and next i32 the left
   * child (the right one follows it) or the leaf's row of leaves f64[][classes].
   */
  addVotes(
    m: number,
    x: Pointer,
    rowBytes: Pointer,
    columnBytes: Pointer,
    classes: number,
    first: number,
    last: number,
    roots: Pointer,
    feature: Pointer,
    threshold: Pointer,
    next: Pointer,
    leaves: Pointer,
    votes: Pointer,
  ): void;
}
