// Written by scripts/kernel-interface.mjs from ../assembly/interior.ts: edit that file.
import type { Pointer } from '../pointer.js';

export interface InteriorKernels {
  /**
   * Writes toLow, toHigh, `inverse` = 1 / (z / alpha + u / room), and in `lower` and `upper` what takes the products z
   * alpha and u room to 0. Returns the sum of these products.
   */
  interiorWeights(
    n: number,
    alpha: Pointer,
    rooms: Pointer,
    z: Pointer,
    u: Pointer,
    toLow: Pointer,
    toHigh: Pointer,
    inverse: Pointer,
    lower: Pointer,
    upper: Pointer,
  ): number;
  /**
   * Writes to `right` the right-hand side of the Newton step, lower / alpha - upper / room - (margin - 1 - z + u).
   * Writes to `signed` the right-hand side times `inverse` times the sample's sign.
   */
  interiorRight(
    n: number,
    signs: Pointer,
    margins: Pointer,
    z: Pointer,
    u: Pointer,
    toLow: Pointer,
    toHigh: Pointer,
    inverse: Pointer,
    lower: Pointer,
    upper: Pointer,
    right: Pointer,
    signed: Pointer,
  ): void;
  /**
   * Adds to `a`, and writes to dz and du, the direction for a right-hand side. `along` holds how the scores change
   * along it, and is multiplied by the samples' signs, which makes it the change of the margins. Returns the reciprocal
   * of the longest step that stays inside of the bounds, or `least` if that is more.
   */
  interiorDirection(
    n: number,
    signs: Pointer,
    z: Pointer,
    u: Pointer,
    toLow: Pointer,
    toHigh: Pointer,
    inverse: Pointer,
    lower: Pointer,
    upper: Pointer,
    right: Pointer,
    along: Pointer,
    a: Pointer,
    dz: Pointer,
    du: Pointer,
    least: number,
  ): number;
  /** The sum of z alpha and u room after a step of this length. */
  interiorProducts(
    n: number,
    alpha: Pointer,
    rooms: Pointer,
    z: Pointer,
    u: Pointer,
    a: Pointer,
    dz: Pointer,
    du: Pointer,
    length: number,
  ): number;
  /**
   * Adds to `lower` and `upper` the target mu of the products and the second-order terms that the direction left out.
   */
  interiorCorrect(
    n: number,
    mu: number,
    a: Pointer,
    dz: Pointer,
    du: Pointer,
    lower: Pointer,
    upper: Pointer,
  ): void;
}
