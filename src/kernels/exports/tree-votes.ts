// Written by scripts/kernel-interface.mjs from ../assembly/tree-votes.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface TreeVotesKernels {
  /**
   * Adds the leaf distributions of the trees `first` to `last` - 1 to votes f64[m][classes], tree by tree.
   *
   * x holds f32; its rows are rowBytes apart, its columns columnBytes. roots, u32[trees], is the first node of each
   * tree. Of each node: feature i32, -1 for a leaf; threshold f32; next i32, the left child, which the right one
   * follows, or a leaf's row of leaves f64[][classes].
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
