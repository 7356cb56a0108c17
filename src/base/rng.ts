import { createHash } from 'node:crypto';

/**
 * The generator of all randomness that reaches a model or the order of a queue: xoshiro128** (Blackman and Vigna,
 * "Scrambled linear pseudorandom number generators", 2018), seeded by SHA-256 of its labels. Integer arithmetic only,
 * so that it gives the same numbers on every machine.
 */
export class Rng {
  private constructor(
    private a: number,
    private b: number,
    private c: number,
    private d: number,
    private readonly seed: string,
  ) {}

  /** The generator of these labels. Equal labels give equal numbers, and different labels give unrelated numbers. */
  static from(...labels: (string | number)[]): Rng {
    return Rng.seeded(JSON.stringify(labels));
  }

  private static seeded(seed: string): Rng {
    const hash = createHash('sha256').update(seed).digest();
    return new Rng(hash.readInt32LE(0), hash.readInt32LE(4), hash.readInt32LE(8), hash.readInt32LE(12), seed);
  }

  /**
   * A child that depends on this generator's labels and its own, not on how many numbers were drawn: `child('tree',
   * 7)`.
   */
  child(...labels: (string | number)[]): Rng {
    return Rng.seeded(`${this.seed}/${JSON.stringify(labels)}`);
  }

  /** An integer in [0, 2^32). */
  uint32(): number {
    const fives = Math.imul(this.b, 5);
    const result = Math.imul((fives << 7) | (fives >>> 25), 9) >>> 0;
    const shifted = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= shifted;
    this.d = (this.d << 11) | (this.d >>> 21);
    return result;
  }

  /** A number in [0, 1) with 53 random bits. */
  float(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** An unbiased integer in [0, bound), for 1 <= bound <= 2^32 (Lemire 2019, by rejection). */
  below(bound: number): number {
    const limit = 4294967296 - (4294967296 % bound);
    for (;;) {
      const drawn = this.uint32();
      if (drawn < limit) return drawn % bound;
    }
  }

  /** Shuffles in place (Fisher and Yates) and returns the array. */
  shuffle<T extends { length: number; [index: number]: any }>(array: T): T {
    for (let last = array.length - 1; last > 0; last--) {
      const other = this.below(last + 1);
      const held = array[last];
      array[last] = array[other];
      array[other] = held;
    }
    return array;
  }

  /** The integers 0 to n-1 in random order. */
  permutation(n: number): Int32Array {
    return this.shuffle(Int32Array.from({ length: n }, (_, i) => i));
  }

  /** Draws four integers, which seed a generator of the same kind inside a kernel. */
  state(): [number, number, number, number] {
    return [this.uint32(), this.uint32(), this.uint32(), this.uint32() | 1];
  }
}
