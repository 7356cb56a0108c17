/** Bitmaps: element i is bit i mod 64 of word i / 64. */

/** The bit of element `i` in its word of 64. */
export function bitOf(i: u32): u64 {
  const place = <u64>(i & 63);
  return (<u64>1) << place;
}
