// Written by scripts/kernel-interface.mjs from ../assembly/cholesky.ts: edit that file.

/** Stands for a pivot that is as good as zero: the unknown of its row becomes 0. */
export const DROPPED_PIVOT = 1e150;
