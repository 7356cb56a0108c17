/**
 * xoshiro128** (Blackman and Vigna 2018) over a state of u32[4] in memory: the numbers of src/base/rng.ts, for
 * kernels that draw while they run. The state is seeded by `Rng.state()`. The plain form is ../reference/random.ts.
 */
import { bitOf } from './bitmap';

/** An integer in [0, 2^32). */
function drawUint32(state: usize): u32 {
  const a = load<u32>(state);
  const b = load<u32>(state, 4);
  const c = load<u32>(state, 8) ^ a;
  const d = load<u32>(state, 12) ^ b;
  store<u32>(state, a ^ d);
  store<u32>(state, b ^ c, 4);
  store<u32>(state, c ^ (b << 9), 8);
  store<u32>(state, rotl<u32>(d, 11), 12);
  return rotl<u32>(b * 5, 7) * 9;
}

/** A number in [0, 1) with 53 random bits. */
export function drawUnit(state: usize): f64 {
  const high = drawUint32(state) >>> 5;
  const low = drawUint32(state) >>> 6;
  return (<f64>high * 67108864 + <f64>low) / 9007199254740992;
}

/** An unbiased integer in [0, bound), for bound >= 1 (Lemire 2019, by rejection). */
export function drawBelow(state: usize, bound: u32): u32 {
  let drawn = drawUint32(state);
  // Only the last incomplete run of `bound` numbers is rejected. Most draws are well below it.
  if (drawn > 0 - bound) {
    const limit = ((<u64>1) << 32) - (((<u64>1) << 32) % <u64>bound);
    while (<u64>drawn >= limit) drawn = drawUint32(state);
  }
  return drawn % bound;
}

/**
 * Draws a bootstrap sample: `draws` times one of n samples, with replacement. Writes how often each sample came to
 * counts (u32[n]).
 */
export function drawBootstrap(state: usize, n: u32, draws: u32, counts: usize): void {
  memory.fill(counts, 0, (<usize>n) << 2);
  for (let i: u32 = 0; i < draws; i++) {
    const at = counts + ((<usize>drawBelow(state, n)) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
}

/**
 * Marks k of the numbers below n, each subset with the same probability (Floyd 1987). `marks` is a bitmap of n bits
 * (u64[n / 64]) that is zero before.
 */
export function drawSubset(state: usize, n: u32, k: u32, marks: usize): void {
  for (let j = n - k; j < n; j++) {
    const drawn = drawBelow(state, j + 1);
    const word = marks + ((<usize>(drawn >> 6)) << 3);
    const bit = bitOf(drawn);
    if (!(load<u64>(word) & bit)) {
      store<u64>(word, load<u64>(word) | bit);
      continue;
    }
    const last = marks + ((<usize>(j >> 6)) << 3);
    store<u64>(last, load<u64>(last) | bitOf(j));
  }
}
