// Written by scripts/kernel-interface.mjs from ../assembly/presort.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface PresortKernels {
  /**
   * Sorts each of p columns of n >= 1 f32.
   *
   * Writes order and place, u32[p][n] each if `wide`, else u16[p][n]; sorted, f32[p][n]; present, u32[p], how many
   * values are not NaN; run, u32[p], how many values equal the lowest one. Scratch: 16 n + 1024 bytes.
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
   * Sorts `count` different places (u32) of a column of n. `bitmap` is zero before and after. It has n bits, and after
   * them a bit for each word of 64 of them; both parts are rounded up to whole words.
   */
  sortPlaces(n: number, places: Pointer, count: number, bitmap: Pointer): void;
}
