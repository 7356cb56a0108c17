// Written by scripts/kernel-interface.mjs from ../assembly/boost-gradients.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface BoostGradientsKernels {
  /** Writes the gradients of all samples at their margins, for all trees of a round. */
  boostGradients(pointer: Pointer): void;
}
