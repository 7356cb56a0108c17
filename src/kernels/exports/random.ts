// Written by scripts/kernel-interface.mjs from ../assembly/random.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface RandomKernels {
  /**
   * Draws a bootstrap sample: `draws` times one of n samples, with replacement. Writes how often each sample came to
   * counts (u32[n]).
   */
  drawBootstrap(state: Pointer, n: number, draws: number, counts: Pointer): void;
}
