// Written by scripts/kernel-interface.mjs from ../assembly/presort.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface PresortKernels {
  /**
   * Sorts each of p columns of n >= 1 f32: order, place [p][n] of u32 if `wide`, else u16; sorted f32[p][n], present u32[p]
   * (values that are not NaN) and run u32[p] (values that equal the lowest). Scratch: 16 n + 1024 bytes.
   */
  sortColumns(
    n: number,
    p: number,
    wide: number,
    columns: Pointer,
    order: Pointer,
    place: Pointer,
    sorted: Pointer,
    present: Pointer,
    run: Pointer,
    scratch: Pointer,
  ): void;
  /**
   * Sorts `count` different places of a column of n. `bitmap` is zero before and after: n bits, then a bit for each word of
   * 64 of them, both rounded up to whole words.
   */
  sortPlaces(n: number, places: Pointer, count: number, bitmap: Pointer): void;
}
