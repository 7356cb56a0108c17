// Written by scripts/kernel-interface.mjs from ../assembly/boost-gradients.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface BoostGradientsKernels {
  /**
   * Writes the gradients g and h of all samples at their margins, for all trees of a round, to the task's `gradients`.
   * `pointer` is a BOOST_TASK.
   */
  boostGradients(pointer: Pointer): void;
}
