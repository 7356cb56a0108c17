/**
 * Steps through the bytes of one line of JSON without building values. It understands only what `encode` writes: no
 * white space, and plain ASCII where it looks. It never steps over what JSON.parse would refuse. A line that it
 * refuses goes to JSON.parse. It may read up to 32 bytes behind the line, without effect.
 */

/** The longest name, in bytes: NAME_LENGTH of ../../format/decode.ts. */
const NAME_BYTES: usize = 1024;

export const QUOTE: u8 = 34;
export const COMMA: u8 = 44;
export const COLON: u8 = 58;
export const OPEN_LIST: u8 = 91;
export const CLOSE_LIST: u8 = 93;
export const OPEN: u8 = 123;
export const CLOSE: u8 = 125;
const BACKSLASH: u8 = 92;
const PLUS: u8 = 43;
const MINUS: u8 = 45;
const POINT: u8 = 46;
const ZERO: u8 = 48;
/** `e`, and `E` with its bit of 32 set. */
const EXPONENT: u8 = 101;

/** The next byte, and the first byte behind the line. */
export let at: usize = 0;
export let end: usize = 0;
/** Where the string that was found last starts and ends. */
export let from: usize = 0;
export let to: usize = 0;

/** Starts to walk over memory[start..stop). */
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

/** Steps over exactly this text. `place` has 32 bytes: up to 31 of text, and in the last one their number. */
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

/** Steps over the rest of a string, behind its opening quote: printable ASCII without escapes. */
export function text(): bool {
  let place = at;
  while (place < end) {
    const bytes = v128.load(place);
    // Bytes from 128 on are negative as signed numbers, so they are below 32 as well.
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

/** Steps over the rest of a string that may be a name: neither empty nor too long. */
export function name(): bool {
  return text() && to != from && to - from <= NAME_BYTES;
}

/** Whether the string that was found last equals memory[place..place + length). */
export function isText(place: usize, length: i32): bool {
  if (to - from != <usize>length) return false;
  return memory.compare(from, place, length) == 0;
}

/** Steps over a member's name in plain text and the colon behind it. Without escapes, its bytes are its name. */
export function key(): bool {
  return take(QUOTE) && text() && take(COLON);
}

/** Steps over eight lower-case hexadecimal digits and returns their unsigned integer, or -1. */
export function hex8(): i64 {
  if (at + 8 > end) return -1;
  /** Steps over one value of any kind. Returns false where JSON.parse might refuse it. */
  const value = hexOf(at);
  if (value >= 0) at += 8;
  return value;
}

/** Reads eight lower-case hexadecimal digits at a place as an unsigned integer, or returns -1. */
export function hexOf(place: usize): i64 {
  const bytes = v128.load64_zero(place);
  /** Steps over digits. Returns whether there is one. */
  const digits = i8x16.sub(bytes, i8x16.splat(48));
  const letters = i8x16.sub(bytes, i8x16.splat(97));
  const areDigits = i8x16.lt_u(digits, i8x16.splat(10));
  const areLetters = i8x16.lt_u(letters, i8x16.splat(6));
  if ((i8x16.bitmask(v128.or(areDigits, areLetters)) & 255) != 255) return -1;
  const nibbles = v128.bitselect(digits, i8x16.add(letters, i8x16.splat(10)), areDigits);
  // Joins pairs of digits to bytes, and reverses the bytes.
  const pairs = v128.or(i16x8.shl(nibbles, 4), i16x8.shr_u(nibbles, 8));
  const ordered = i8x16.swizzle(pairs, i8x16(6, 4, 2, 0, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1));
  return <i64>(<u32>i32x4.extract_lane(ordered, 0));
}

/** Steps over a whole number of at most 15 digits without sign and returns it, or -1. */
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

/** Values that nest deeper are refused. `kinds` has as many bits, and MOST_LEVELS of ../../format/decode.ts is more. */
const MOST_LEVELS = 64;

/** Steps over one value of any kind; false where JSON.parse might refuse it. */
export function value(): bool {
  // One bit for each open list or object: 1 for an object. The innermost one is the last bit.
  let kinds: u64 = 0;
  let level = 0;
  do {
    const isObject = take(OPEN);
    if (isObject || take(OPEN_LIST)) {
      if (!take(isObject ? CLOSE : CLOSE_LIST)) {
        if (level++ == MOST_LEVELS) return false;
        kinds = (kinds << 1) | (<u64>isObject);
        if (isObject && !anyKey()) return false;
        continue;
      }
    } else if (!(take(QUOTE) ? string() : scalar())) return false;
    while (level > 0 && !take(COMMA)) {
      if (!take(kinds & 1 ? CLOSE : CLOSE_LIST)) return false;
      kinds >>= 1;
      level--;
    }
    if (level > 0 && kinds & 1 && !anyKey()) return false;
  } while (level > 0);
  return true;
}

function anyKey(): bool {
  return take(QUOTE) && string() && take(COLON);
}

/**
 * Steps over the rest of a string of any kind, behind its opening quote. Bytes that are not UTF-8 are characters to
 * JSON.parse.
 */
function string(): bool {
  if (text()) return true;
  for (; at < end; at++) {
    const byte = load<u8>(at);
    if (byte < 32) return false;
    if (byte == QUOTE) {
      at++;
      return true;
    }
    if (byte == BACKSLASH && !escape()) return false;
  }
  return false;
}

/** Steps to the last byte of an escape that starts here. */
function escape(): bool {
  const byte = ++at < end ? load<u8>(at) : 0;
  if (byte != 117) return byte == QUOTE || byte == BACKSLASH || byte == 47 || isOneOfBfnrt(byte);
  for (let digits = 0; digits < 4; digits++) {
    const digit = ++at < end ? load<u8>(at) : 0;
    const letter = digit | 32;
    if (!(digit >= 48 && digit <= 57) && !(letter >= 97 && letter <= 102)) return false;
  }
  return true;
}

function isOneOfBfnrt(byte: u8): bool {
  return byte == 98 || byte == 102 || byte == 110 || byte == 114 || byte == 116;
}

/** Steps over a number, or null, true, false. */
function scalar(): bool {
  return decimal() || literal() || number();
}

/**
 * Steps over a number of up to 31 bytes that are digits with at most one point among them. Nearly all numbers have
 * this form.
 */
function decimal(): bool {
  const low = v128.load(at);
  const high = v128.load(at, 16);
  const digits = digitsOf(low) | (digitsOf(high) << 16);
  const points = pointsOf(low) | (pointsOf(high) << 16);
  const length: u32 = ctz(~(digits | points));
  const inside = points & ((1 << length) - 1);
  if (length == 32 || length == 0 || at + length > end) return false;
  // Refused: two points, a point in front or at the end, and a 0 in front without a point behind it.
  if ((inside & (inside - 1)) != 0 || (inside & (1 | (1 << (length - 1)))) != 0) return false;
  if (load<u8>(at) == ZERO && length > 1 && inside != 2) return false;
  if ((load<u8>(at + length) | 32) == EXPONENT) return false;
  at += length;
  return true;
}

function digitsOf(bytes: v128): u32 {
  return i8x16.bitmask(i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(48)), i8x16.splat(10)));
}

function pointsOf(bytes: v128): u32 {
  return i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(POINT)));
}

/** The bytes of `true`, `null` and `alse` (behind an f), each read as a little-endian number. */
const TRUE: u32 = 0x65757274;
const NULL: u32 = 0x6c6c756e;
const ALSE: u32 = 0x65736c61;

function literal(): bool {
  if (at + 4 <= end && (load<u32>(at) == TRUE || load<u32>(at) == NULL)) {
    at += 4;
    return true;
  }
  if (at + 5 > end || load<u8>(at) != 102 || load<u32>(at, 1) != ALSE) return false;
  at += 5;
  return true;
}

/** Steps over any number that cannot be infinite: of up to 200 digits, with up to two digits of exponent. */
function number(): bool {
  const start = at;
  take(MINUS);
  if (!take(ZERO) && !digits()) return false;
  if (at - start > 200) return false;
  if (take(POINT) && !digits()) return false;
  if (at == end || (load<u8>(at) | 32) != EXPONENT) return true;
  at++;
  if (!take(MINUS)) take(PLUS);
  const exponent = at;
  return digits() && at - exponent <= 2;
}

/** Steps over digits; whether there is one. */
function digits(): bool {
  const start = at;
  while (at < end && <u32>load<u8>(at) - 48 <= 9) at++;
  return at != start;
}
