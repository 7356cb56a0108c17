// Written by scripts/kernel-interface.mjs from ../assembly/gram.ts: edit that file.

/**
 * How many elements (f64) of scratch weightedGram needs for each column: a chunk and 2 more, because a power of two
 * would put all columns into a few sets of the cache.
 */
export const GRAM_SCRATCH = 258;
