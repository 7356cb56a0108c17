// Written by scripts/kernel-interface.mjs from ../assembly/random.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface RandomKernels {
  /**
   * A bootstrap sample: `draws` times one of n samples, with replacement; counts[n] is overwritten by how often each
   * came.
   */
  drawBootstrap(state: Pointer, n: number, draws: number, counts: Pointer): void;
}
