/**
 * Copies of few bytes. memory.copy and memory.fill leave the module for a call, which takes longer than a short copy.
 */

/** From this many bytes on, memory.copy is faster. */
const MANY_BYTES: usize = 1024;

/** Copies whole words of 4 bytes. The two areas do not overlap. */
export function copyWords(to: usize, from: usize, bytes: usize): void {
  if (bytes >= MANY_BYTES) {
    memory.copy(to, from, bytes);
    return;
  }
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) v128.store(to + at, v128.load(from + at));
  for (; at < bytes; at += 4) store<u32>(to + at, load<u32>(from + at));
}

/** Sets whole words of 8 bytes to zero. */
export function clearWords(at: usize, bytes: usize): void {
  for (let end = at + bytes; at < end; at += 8) store<u64>(at, 0);
}
