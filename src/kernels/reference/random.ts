/** The plain form of assembly/random.ts: xoshiro128** (Blackman and Vigna 2018) from a state of four u32. */
export interface Draw {
  /** An integer in [0, 2^32). */
  uint32(): number;
  /** A number in [0, 1) with 53 random bits. */
  unit(): number;
  /** An unbiased integer in [0, bound). */
  below(bound: number): number;
  /** The state after these draws. */
  state(): [number, number, number, number];
}

export function drawFrom(state: ArrayLike<number>): Draw {
  let [a, b, c, d] = [state[0], state[1], state[2], state[3]];
  const rotate = (x: number, k: number): number => (x << k) | (x >>> (32 - k));
  const uint32 = (): number => {
    const drawn = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return drawn;
  };
  const unit = (): number => {
    const high = uint32() >>> 5;
    return (high * 67108864 + (uint32() >>> 6)) / 9007199254740992;
  };
  const below = (bound: number): number => {
    const limit = 4294967296 - (4294967296 % bound);
    let drawn = uint32();
    while (drawn >= limit) drawn = uint32();
    return drawn % bound;
  };
  return { uint32, unit, below, state: () => [a, b, c, d] };
}

/** k of the numbers below n, ascending. Each subset has the same probability (Floyd 1987). */
export function drawSubset(draw: Draw, n: number, k: number): number[] {
  const chosen = new Set<number>();
  for (let j = n - k; j < n; j++) {
    const drawn = draw.below(j + 1);
    chosen.add(chosen.has(drawn) ? j : drawn);
  }
  return [...chosen].sort((a, b) => a - b);
}
