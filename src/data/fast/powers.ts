/**
 * The powers of five that the module multiplies with (assembly/product.ts): the upper 128 bits of each, as in Lemire,
 * "Number parsing at a gigabyte per second" (2021), section 5. Those of negative exponents are rounded up.
 */

/** As in assembly/product.ts. */
const MOST_POWER = 60;

const BITS = 128n;

/** The bits of a positive integer. */
const lengthOf = (value: bigint): bigint => BigInt(value.toString(2).length);

/** 128 bits: those of 5^power, shifted. */
function upperBits(power: number): bigint {
  const five = 5n ** BigInt(Math.abs(power));
  const length = lengthOf(five);
  if (power >= 0) return length <= BITS ? five << (BITS - length) : five >> (length - BITS);
  // The exact quotient has 128 bits for the powers that fit into 64 bits; else bits are cut off behind the rounding.
  const quotient = (1n << (power >= -27 ? length + BITS - 1n : 2n * (length + BITS))) / five + 1n;
  return quotient >> (lengthOf(quotient) - BITS);
}

/** For each exponent from -60 to 60, the upper and the lower 64 bits. */
export function powersOfFive(): BigUint64Array {
  const words: bigint[] = [];
  for (let power = -MOST_POWER; power <= MOST_POWER; power++) {
    const bits = upperBits(power);
    words.push(bits >> 64n, bits & 0xffffffffffffffffn);
  }
  return BigUint64Array.from(words);
}
