// Written by scripts/kernel-interface.mjs from ../assembly/bins.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface BinsKernels {
  /**
   * Bins p columns that sortColumns sorted, `wide` being its own: offsets u32[p + 1], where a column's bins start among those of all columns, each
   * followed by a place for missing values; lows f32[offsets[p]], the lowest value of a bin, infinite for the missing ones;
   * common u32[p], the bin of more than half of a column's values, or u32.MAX_VALUE; bins [p][n] of 1 << width bytes each.
   * lows has room for p * (maxBins + 1). Columns that are cut already have their lows in known f32[], column j from
   * knownStarts u32[p + 1] j on; the others have none there. Scratch: 8 n + 4 bytes.
   */
  makeBins(
    n: number,
    p: number,
    maxBins: number,
    width: number,
    wide: number,
    order: Pointer,
    sorted: Pointer,
    present: Pointer,
    knownStarts: Pointer,
    known: Pointer,
    offsets: Pointer,
    lows: Pointer,
    common: Pointer,
    bins: Pointer,
    scratch: Pointer,
  ): void;
  /**
   * Lists for each of n samples its slots in a histogram of all columns (offsets[j] + bin), without common bins: starts
   * u32[n + 1], slots of u32 if `wide`, else u16, with room for n p. Returns how many.
   */
  listSlots(
    n: number,
    p: number,
    width: number,
    wide: number,
    offsets: Pointer,
    common: Pointer,
    bins: Pointer,
    starts: Pointer,
    slots: Pointer,
  ): number;
}
