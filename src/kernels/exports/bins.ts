// Written by scripts/kernel-interface.mjs from ../assembly/bins.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface BinsKernels {
  /**
   * Bins p columns of n samples that sortColumns sorted; `wide` is that of sortColumns.
   *
   * Given: order, u32[p][n] if `wide`, else u16[p][n]; sorted, f32[p][n]; present, u32[p]. Columns whose cuts are known
   * have their lowest values in known (f32): column j has those from knownStarts[j] up to knownStarts[j + 1] (u32[p +
   * 1]). The other columns have none there.
   *
   * Writes: offsets, u32[p + 1], where the bins of each column start among those of all columns; each column has one
   * more place, for missing values. lows, f32[offsets[p]], the lowest value of each bin, infinite for missing values;
   * it has room for p * (maxBins + 1). common, u32[p], the bin with more than half of a column's values, or
   * u32.MAX_VALUE. bins, [p][n] of 1 << width bytes each.
   *
   * Scratch: 8 n + 4 bytes.
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
   * Lists, for each of n samples, its slots in a histogram of all p columns, without common bins. A slot is offsets[j]
   * + bin. offsets, common and bins are those of makeBins.
   *
   * Writes starts, u32[n + 1], where the slots of each sample start, and slots, u32[n p] if `wide`, else u16[n p].
   * Returns how many slots there are.
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
