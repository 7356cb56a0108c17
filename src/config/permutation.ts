import type { Rng } from '../base/rng.js';

/**
 * A random order of the numbers below n, without a list of them. A Feistel network over an even number of bits permutes
 * at least n numbers. It is applied again until the result is below n, which gives a permutation of exactly n numbers
 * ("cycle walking": Black and Rogaway, "Ciphers with arbitrary finite domains", 2002).
 */

/** The rounds of the network. They are enough for an order without a pattern, but not for a secret. */
const ROUNDS = 8;

/** The finalizer of MurmurHash3 (Appleby 2011): every bit of the input affects every bit of the output. */
function mixed(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** `at(i)` is the number at place i, 0 <= i < n <= 2^30. */
export function lazyPermutation(n: number, rng: Rng): (i: number) => number {
  const keys = Uint32Array.from({ length: ROUNDS }, () => rng.uint32());
  let half = 1;
  while (half < 15 && 1 << (2 * half) < n) half++;
  const mask = (1 << half) - 1;
  const once = (number: number): number => {
    let left = number >>> half;
    let right = number & mask;
    for (const key of keys) {
      const next = left ^ (mixed(right ^ key) & mask);
      left = right;
      right = next;
    }
    return (left << half) | right;
  };
  return i => {
    let there = once(i);
    while (there >= n) there = once(there);
    return there;
  };
}
