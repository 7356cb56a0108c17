/**
 * Numbers for byte strings that repeat: the groups of configs and the workers of claims. A number always stands for
 * the same bytes. When there is no more room, all strings are forgotten and get new numbers.
 */

/** The table has slots of 16 bytes: hash, address of the bytes, length, number (0: free). It is at most half full. */
const SLOTS: usize = 4096;
const SLOT_BYTES: usize = 16;
const TABLE = memory.data(65536);
const TEXT_BYTES: usize = 262144;
const TEXTS = memory.data(262144);
/** A string of more bytes gets no number. */
const LONGEST: usize = 8192;

let held: usize = 0;
let used: usize = 0;
let last: u32 = 0;

/** The number of bytes[from..to), or 0 if they get none. */
export function tokenOf(from: usize, to: usize): u32 {
  const length = to - from;
  if (length > LONGEST) return 0;
  const hash = hashOf(from, length);
  let slot = slotOf(hash, from, length);
  if (load<u32>(slot, 12) != 0) return load<u32>(slot, 12);
  if (held + held >= SLOTS || used + length > TEXT_BYTES) {
    memory.fill(TABLE, 0, SLOTS * SLOT_BYTES);
    held = 0;
    used = 0;
    slot = slotOf(hash, from, length);
  }
  memory.copy(TEXTS + used, from, length);
  store<u32>(slot, hash, 0);
  store<u32>(slot, <u32>(TEXTS + used), 4);
  store<u32>(slot, <u32>length, 8);
  store<u32>(slot, ++last, 12);
  held++;
  used += length;
  return last;
}

/** The slot of a string, or the free slot for it. */
function slotOf(hash: u32, from: usize, length: usize): usize {
  let i: usize = hash;
  let slot = TABLE + (i & (SLOTS - 1)) * SLOT_BYTES;
  while (load<u32>(slot, 12) != 0 && !isAt(slot, hash, from, length))
    slot = TABLE + (++i & (SLOTS - 1)) * SLOT_BYTES;
  return slot;
}

function isAt(slot: usize, hash: u32, from: usize, length: usize): bool {
  if (load<u32>(slot) != hash || load<u32>(slot, 8) != <u32>length) return false;
  const text: usize = load<u32>(slot, 4);
  let i: usize = 0;
  for (; i + 16 <= length; i += 16) if (differences(text + i, from + i) != 0) return false;
  const rest = <u32>(length - i);
  return (differences(text + i, from + i) & ((1 << rest) - 1)) == 0;
}

/** Which of sixteen bytes differ, as bits. */
function differences(one: usize, other: usize): u32 {
  return i8x16.bitmask(i8x16.ne(v128.load(one), v128.load(other)));
}

/** FNV-1a over eight bytes at a time. */
function hashOf(from: usize, length: usize): u32 {
  let hash: u64 = 0xcbf29ce484222325 ^ (<u64>length);
  const end = from + length;
  let place = from;
  for (; place + 8 <= end; place += 8) hash = mixed(hash, load<u64>(place));
  const bits = (<u64>(end - place)) << 3;
  if (bits != 0) hash = mixed(hash, load<u64>(place) & (((<u64>1) << bits) - 1));
  return <u32>(hash ^ (hash >> 32));
}

function mixed(hash: u64, value: u64): u64 {
  const product = (hash ^ value) * 0x100000001b3;
  return product ^ (product >> 29);
}
