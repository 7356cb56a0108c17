/**
 * The sorted columns of a matrix, from which trees with exact splits are grown, and the order of a node's samples.
 *
 * A column of n values is sorted once: `order[place]` is the sample at a place, `place[sample]` is the reverse, and
 * `sorted[place]` is the value there. Equal values keep the order of their samples. -0 becomes 0. NaN is last.
 *
 * To sort some of the samples by a column then needs no comparison. Their places are marked in a bitmap of n bits and
 * read in order, in time linear in their number. The samples of a node are ascending, so equal values keep that
 * order.
 */
import { bitOf } from './bitmap';

/** The bits of an f32 as a u32 of the same order. NaN is the largest. */
export function orderedBits(value: f32): u32 {
  if (value != value) return u32.MAX_VALUE;
  const bits = reinterpret<u32>(value + 0);
  return bits ^ ((<u32>((<i32>bits) >> 31)) | 0x80000000);
}

/**
 * One pass of a radix sort: distributes `count` keys (u64) by the byte at `shift`. Returns false if all have the same
 * byte, and writes nothing then.
 */
function distribute(from: usize, to: usize, count: u32, shift: u64, histogram: usize): bool {
  memory.fill(histogram, 0, 1024);
  for (let i: u32 = 0; i < count; i++) {
    const slot = histogram + ((<usize>((load<u64>(from + ((<usize>i) << 3)) >> shift) & 255)) << 2);
    store<u32>(slot, load<u32>(slot) + 1);
  }
  if (load<u32>(histogram + ((<usize>((load<u64>(from) >> shift) & 255)) << 2)) == count) return false;
  let sum: u32 = 0;
  for (let slot = histogram; slot < histogram + 1024; slot += 4) {
    const here = load<u32>(slot);
    store<u32>(slot, sum);
    sum += here;
  }
  for (let i: u32 = 0; i < count; i++) {
    const key = load<u64>(from + ((<usize>i) << 3));
    const slot = histogram + ((<usize>((key >> shift) & 255)) << 2);
    const rank = load<u32>(slot);
    store<u32>(slot, rank + 1);
    store<u64>(to + ((<usize>rank) << 3), key);
  }
  return true;
}

/**
 * Sorts `count` keys (u64) by their upper halves. Equal keys keep their order. Returns where the sorted ones lie.
 * Behind the keys are 8 count + 1024 bytes of scratch.
 */
export function sortKeys(keys: usize, count: u32): usize {
  let from = keys;
  let to = keys + ((<usize>count) << 3);
  const histogram = keys + ((<usize>count) << 4);
  for (let shift: u64 = 32; shift < 64; shift += 8) {
    if (!distribute(from, to, count, shift, histogram)) continue;
    const swapped = from;
    from = to;
    to = swapped;
  }
  return from;
}

/** Up to this many values, each is compared with every other one. */
const FEW_VALUES: u32 = 128;

/** Does what sortColumn does for few values: the place of each is the number of values before it. */
function rankColumn<Id>(
  n: u32,
  column: usize,
  order: usize,
  place: usize,
  sorted: usize,
  scratch: usize,
): u32 {
  let present = n;
  const end = (n + 3) & ~3;
  for (let i: u32 = 0; i < end; i++) {
    const value = i < n ? load<f32>(column + ((<usize>i) << 2)) : NaN;
    if (i < n && value != value) present--;
    // Signed, because comparisons of vectors are signed.
    store<i32>(scratch + ((<usize>i) << 2), <i32>(orderedBits(value) ^ 0x80000000));
  }
  for (let i: u32 = 0; i < n; i++) {
    const rank = rankOf(scratch, i, end);
    const value = load<f32>(column + ((<usize>i) << 2)) + 0;
    store<Id>(order + <usize>rank * sizeof<Id>(), <Id>i);
    store<Id>(place + <usize>i * sizeof<Id>(), <Id>rank);
    store<f32>(sorted + ((<usize>rank) << 2), value);
  }
  return present;
}

/**
 * How many of `end` keys (i32) come before key i: the smaller ones, and the equal ones that stand before it. `end`
 * is a multiple of 4.
 */
function rankOf(keys: usize, i: u32, end: u32): u32 {
  const key = load<i32>(keys + ((<usize>i) << 2));
  const own = i32x4.splat(key);
  const block = i & ~3;
  let before = i32x4.splat(0);
  let at: u32 = 0;
  for (; at < block; at += 4)
    before = i32x4.sub(before, i32x4.le_s(v128.load(keys + ((<usize>at) << 2)), own));
  let rank: u32 = 0;
  for (; at < block + 4; at++) {
    const other = load<i32>(keys + ((<usize>at) << 2));
    rank += (<u32>(other < key)) | ((<u32>(other == key)) & (<u32>(at < i)));
  }
  for (; at < end; at += 4) before = i32x4.sub(before, i32x4.lt_s(v128.load(keys + ((<usize>at) << 2)), own));
  before = i32x4.add(before, v128.shuffle<i32>(before, before, 2, 3, 0, 1));
  return rank + i32x4.extract_lane(before, 0) + i32x4.extract_lane(before, 1);
}

/**
 * Sorts one column of n f32. Writes order Id[n], place Id[n] and sorted f32[n]. Returns how many values are not NaN.
 */
function sortColumn<Id>(
  n: u32,
  column: usize,
  order: usize,
  place: usize,
  sorted: usize,
  scratch: usize,
): u32 {
  if (n <= FEW_VALUES) return rankColumn<Id>(n, column, order, place, sorted, scratch);
  let present = n;
  for (let i: u32 = 0; i < n; i++) {
    const value = load<f32>(column + ((<usize>i) << 2));
    if (value != value) present--;
    store<u64>(scratch + ((<usize>i) << 3), ((<u64>orderedBits(value)) << 32) | (<u64>i));
  }
  const from = sortKeys(scratch, n);
  for (let rank: u32 = 0; rank < n; rank++) {
    const sample = <u32>load<u64>(from + ((<usize>rank) << 3));
    store<Id>(order + <usize>rank * sizeof<Id>(), <Id>sample);
    store<Id>(place + <usize>sample * sizeof<Id>(), <Id>rank);
    store<f32>(sorted + ((<usize>rank) << 2), load<f32>(column + ((<usize>sample) << 2)) + 0);
  }
  return present;
}

/** How many values at the start of a sorted column are equal. */
function firstRun(n: u32, sorted: usize): u32 {
  const value = load<f32>(sorted);
  let length: u32 = 1;
  while (length < n && load<f32>(sorted + ((<usize>length) << 2)) == value) length++;
  return length;
}

/**
 * Sorts each of p columns of n >= 1 f32.
 *
 * Writes order and place, u32[p][n] each if `wide`, else u16[p][n]; sorted, f32[p][n]; present, u32[p], how many
 * values are not NaN; run, u32[p], how many values equal the lowest one. Scratch: 16 n + 1024 bytes.
 */
export function sortColumns(
  n: u32,
  p: u32,
  wide: u32,
  columns: usize,
  order: usize,
  place: usize,
  sorted: usize,
  present: usize,
  run: usize,
  scratch: usize,
): void {
  for (let j: u32 = 0; j < p; j++) {
    const start = <usize>j * <usize>n;
    const column = columns + (start << 2);
    const own = sorted + (start << 2);
    const found = wide
      ? sortColumn<u32>(n, column, order + (start << 2), place + (start << 2), own, scratch)
      : sortColumn<u16>(n, column, order + (start << 1), place + (start << 1), own, scratch);
    store<u32>(present + ((<usize>j) << 2), found);
    store<u32>(run + ((<usize>j) << 2), firstRun(n, own));
  }
}

/** Appends the places that are marked in one word of the bitmap and clears it. Returns the end of the list. */
function readWord(bitmap: usize, word: u32, out: usize): usize {
  const at = bitmap + ((<usize>word) << 3);
  let bits = load<u64>(at);
  if (!bits) return out;
  store<u64>(at, 0);
  const base = word << 6;
  do {
    store<u32>(out, base | (<u32>ctz(bits)));
    bits &= bits - 1;
    out += 4;
  } while (bits);
  return out;
}

/**
 * Copies the places of `count` samples that are at least `from` and below `to`, in the order of the samples. Returns
 * the end of the list. One more place behind it may be overwritten.
 */
export function gatherPlaces<Id>(
  place: usize,
  samples: usize,
  count: u32,
  from: u32,
  to: u32,
  out: usize,
): usize {
  for (let end = samples + ((<usize>count) << 2); samples < end; samples += 4) {
    const at = <u32>load<Id>(place + <usize>load<u32>(samples) * sizeof<Id>());
    store<u32>(out, at);
    out += (<usize>(at - from < to - from)) << 2;
  }
  return out;
}

/** Up to this many places are sorted by insertion. */
const FEW: u32 = 12;

function insertionSort(places: usize, count: u32): void {
  const end = places + ((<usize>count) << 2);
  for (let at = places + 4; at < end; at += 4) {
    const place = load<u32>(at);
    let to = at;
    for (; to > places && load<u32>(to - 4) > place; to -= 4) store<u32>(to, load<u32>(to - 4));
    store<u32>(to, place);
  }
}

/**
 * Sorts `count` different places (u32) of a column of n. `bitmap` is zero before and after. It has n bits, and after
 * them a bit for each word of 64 of them; both parts are rounded up to whole words.
 */
export function sortPlaces(n: u32, places: usize, count: u32, bitmap: usize): void {
  if (count <= FEW) return insertionSort(places, count);
  const words = (n + 63) >> 6;
  if (words > count << 2) return sortFewPlaces(words, places, count, bitmap);
  const end = places + ((<usize>count) << 2);
  for (let from = places; from < end; from += 4) {
    const at = load<u32>(from);
    const word = bitmap + ((<usize>(at >> 6)) << 3);
    store<u64>(word, load<u64>(word) | bitOf(at));
  }
  let out = places;
  for (let word: u32 = 0; word < words; word++) out = readWord(bitmap, word, out);
}

/** Does what sortPlaces does where most words stay empty: the second bitmap tells which do not. */
function sortFewPlaces(words: u32, places: usize, count: u32, bitmap: usize): void {
  const summary = bitmap + ((<usize>words) << 3);
  const end = places + ((<usize>count) << 2);
  for (let from = places; from < end; from += 4) {
    const at = load<u32>(from);
    const word = bitmap + ((<usize>(at >> 6)) << 3);
    store<u64>(word, load<u64>(word) | bitOf(at));
    const above = summary + ((<usize>(at >> 12)) << 3);
    store<u64>(above, load<u64>(above) | bitOf(at >> 6));
  }
  let out = places;
  for (let w: u32 = 0; w < (words + 63) >> 6; w++) {
    const above = summary + ((<usize>w) << 3);
    let bits = load<u64>(above);
    store<u64>(above, 0);
    for (; bits; bits &= bits - 1) out = readWord(bitmap, (w << 6) | (<u32>ctz(bits)), out);
  }
}
