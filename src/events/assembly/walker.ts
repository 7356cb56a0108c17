/**
 * Steps through the bytes of one line of JSON without building values. Understands only what `encode` writes (no white
 * space, plain ASCII where it looks); a line that is refused goes to JSON.parse. Up to 32 bytes behind the line are
 * read, and without effect.
 */

/** The longest name, in bytes; as NAME_LENGTH of ../decode.ts. */
const NAME_BYTES: usize = 1024;

export const QUOTE: u8 = 34;
export const COMMA: u8 = 44;
export const COLON: u8 = 58;
export const OPEN_LIST: u8 = 91;
export const CLOSE_LIST: u8 = 93;
export const OPEN: u8 = 123;
export const CLOSE: u8 = 125;
const BACKSLASH: u8 = 92;

/** The next byte, and the first one that is not to be read. */
export let at: usize = 0;
export let end: usize = 0;
/** The string that was found last. */
export let from: usize = 0;
export let to: usize = 0;

export function open(start: usize, stop: usize): void {
  at = start;
  end = stop;
}

export function moveTo(place: usize): void {
  at = place;
}

/** Steps over one byte if it is this one. */
export function take(byte: u8): bool {
  if (at >= end || load<u8>(at) != byte) return false;
  at++;
  return true;
}

/** Steps over exactly this text: up to 31 bytes in a place of 32, whose last byte is their number. */
export function skip(place: usize): bool {
  const length: u32 = load<u8>(place, 31);
  if (at + length > end) return false;
  let equal: u32 = i8x16.bitmask(i8x16.eq(v128.load(at), v128.load(place)));
  if (length > 16) equal |= (<u32>i8x16.bitmask(i8x16.eq(v128.load(at, 16), v128.load(place, 16)))) << 16;
  const wanted: u32 = (1 << length) - 1;
  if ((equal & wanted) != wanted) return false;
  at += length;
  return true;
}

/** The rest of a string, behind its opening quote: printable ASCII without escapes. */
export function text(): bool {
  let place = at;
  while (place < end) {
    const bytes = v128.load(place);
    // As signed numbers, bytes from 128 on are below 32 as well.
    const unfit = v128.or(i8x16.lt_s(bytes, i8x16.splat(32)), i8x16.gt_s(bytes, i8x16.splat(126)));
    const ends = v128.or(i8x16.eq(bytes, i8x16.splat(QUOTE)), i8x16.eq(bytes, i8x16.splat(BACKSLASH)));
    const found: u32 = i8x16.bitmask(v128.or(unfit, ends));
    if (found != 0) {
      place += ctz(found);
      if (place >= end || load<u8>(place) != QUOTE) return false;
      from = at;
      to = place;
      at = place + 1;
      return true;
    }
    place += 16;
  }
  return false;
}

/** The rest of a string that may be a name: neither empty nor too long. */
export function name(): bool {
  return text() && to != from && to - from <= NAME_BYTES;
}

/** Whether the string that was found last is this one. */
export function isText(place: usize, length: i32): bool {
  if (to - from != <usize>length) return false;
  return memory.compare(from, place, length) == 0;
}

/** The next member's name of an object, with the colon behind it; false if there is none. */
export function key(): bool {
  if (at < end && load<u8>(at) == COMMA) at++;
  return take(QUOTE) && text() && take(COLON);
}

/** Eight lower-case hexadecimal digits as an unsigned integer, or -1. */
export function hex8(): i64 {
  if (at + 8 > end) return -1;
  const value = hexOf(at);
  if (value >= 0) at += 8;
  return value;
}

/** The same of the eight bytes at a place. */
export function hexOf(place: usize): i64 {
  const bytes = v128.load64_zero(place);
  const digits = i8x16.sub(bytes, i8x16.splat(48));
  const letters = i8x16.sub(bytes, i8x16.splat(97));
  const areDigits = i8x16.lt_u(digits, i8x16.splat(10));
  const areLetters = i8x16.lt_u(letters, i8x16.splat(6));
  if ((i8x16.bitmask(v128.or(areDigits, areLetters)) & 255) != 255) return -1;
  const nibbles = v128.bitselect(digits, i8x16.add(letters, i8x16.splat(10)), areDigits);
  // Pairs of them to bytes, and those from the last to the first.
  const pairs = v128.or(i16x8.shl(nibbles, 4), i16x8.shr_u(nibbles, 8));
  const ordered = i8x16.swizzle(pairs, i8x16(6, 4, 2, 0, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1));
  return <i64>(<u32>i32x4.extract_lane(ordered, 0));
}

/** A whole number of at most 15 digits without sign, or -1. */
export function count(): i64 {
  const start = at;
  let value: i64 = 0;
  for (; at < end; at++) {
    const digit = <u32>load<u8>(at) - 48;
    if (digit > 9) break;
    value = 10 * value + digit;
  }
  const digits = at - start;
  if (digits == 0 || digits > 15 || (digits > 1 && load<u8>(start) == 48)) return -1;
  return value;
}

/** Steps over one value of any kind. Brackets are counted, not matched by kind: `encode` writes them matched. */
export function value(): bool {
  const first = load<u8>(at);
  if (first != QUOTE && first != OPEN && first != OPEN_LIST) return scalar();
  let depth = 0;
  for (let place = at; place < end; place++) {
    const byte = load<u8>(place);
    if (byte == QUOTE) {
      place = endOfString(place + 1);
      if (place == 0) return false;
    } else if (byte == OPEN || byte == OPEN_LIST) depth++;
    else if (byte == CLOSE || byte == CLOSE_LIST || byte == COMMA) {
      if (depth == 0) {
        at = place;
        return true;
      }
      if (byte != COMMA) depth--;
    }
  }
  return false;
}

/** Steps over a number, or null, true, false: up to the comma or bracket behind it. */
function scalar(): bool {
  for (let place = at; place < end; place += 16) {
    const bytes = v128.load(place);
    // With 32 both kinds of closing brackets are the same byte.
    const closes = i8x16.eq(v128.or(bytes, i8x16.splat(32)), i8x16.splat(CLOSE));
    const found: u32 = i8x16.bitmask(v128.or(closes, i8x16.eq(bytes, i8x16.splat(COMMA))));
    if (found == 0) continue;
    at = place + ctz(found);
    return at < end;
  }
  return false;
}

/** Where the closing quote of a string of any kind is; 0 if there is none. */
function endOfString(start: usize): usize {
  for (let place = start; place < end; place++) {
    const byte = load<u8>(place);
    if (byte == BACKSLASH) place++;
    else if (byte == QUOTE) return place;
  }
  return 0;
}
