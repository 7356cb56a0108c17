/**
 * The CRC-32 of a run of lines, predicted from the CRC at the front of each line. One CRC over a whole run of lines
 * costs half of one CRC per line. With A before B, CRC(A B) follows from CRC(A), CRC(B) and the length of B
 * (crc32_combine of zlib). So the CRC of the run follows from the CRCs that the lines state. If it equals the CRC
 * of the bytes, every line is intact. Damage of any size goes unseen with a probability of 2^-32.
 */
import { hexOf } from './walker';

const FRONT: u64 = 0x223a22637263227b; // `{"crc":"`
const AFTER: u16 = 0x2c22; // `",`
const FRONT_BYTES: usize = 18;
const NEWLINE: u8 = 10;

/** At MOVES + 4096 k: four tables that advance a register by 2^k zero bytes, one for each byte of the register. */
const MOST_POWERS: usize = 19;
const MOVES = memory.data(77824, 8);
const POLYNOMIAL: u32 = 0xedb88320;
const MATRIX = memory.data(128);
let isReady: bool = false;

/** For each line of the run: where it ends, in bytes from the start of the run, and the CRC at its front. */
const MOST_LINES: u32 = 8192;
export const ENDS: usize = memory.data(32768);
export const CRCS: usize = memory.data(32768);
let lines: usize = 0;

/** How many lines the last run has. */
export function lineCount(): u32 {
  return <u32>lines;
}

/**
 * The CRC-32 that memory[start..stop), the lines of a run with their newlines, has if the CRCs at their fronts are
 * right. It is -1 if a line has no CRC or if there are too many lines. The run has fewer than 2^19 bytes.
 */
export function promised(start: usize, stop: usize): f64 {
  if (!isReady) makeTables();
  let register: u32 = 0xffffffff;
  let line = start;
  lines = 0;
  while (line < stop) {
    const body = line + FRONT_BYTES;
    if (load<u64>(line) != FRONT || load<u16>(line, 16) != AFTER) return -1;
    const written = hexOf(line + 8);
    if (written < 0) return -1;
    const end = newline(body, stop);
    if (end <= body || end == stop) return -1;
    for (let word = line; word < line + 16; word += 4) register = moved(register ^ load<u32>(word), 2);
    register = moved(register ^ (<u32>load<u16>(line, 16)), 1);
    register = movedBy(~register, end - body) ^ ~(<u32>written);
    register = moved(register ^ NEWLINE, 0);
    if (<u32>lines == MOST_LINES) return -1;
    store<u32>(ENDS + (lines << 2), <u32>(end - start));
    store<u32>(CRCS + (lines << 2), <u32>written);
    lines++;
    line = end + 1;
  }
  return <f64>~register;
}

/** The place of the next newline, or `stop` if there is none. */
function newline(start: usize, stop: usize): usize {
  for (let place = start; place < stop; place += 16) {
    const found: u32 = i8x16.bitmask(i8x16.eq(v128.load(place), i8x16.splat(NEWLINE)));
    if (found != 0) return min(place + ctz(found), stop);
  }
  return stop;
}

/** The register after 2^power more zero bytes. */
function moved(register: u32, power: usize): u32 {
  const table = MOVES + (power << 12);
  return (
    load<u32>(table + ((register & 255) << 2)) ^
    load<u32>(table + (((register >> 8) & 255) << 2), 1024) ^
    load<u32>(table + (((register >> 16) & 255) << 2), 2048) ^
    load<u32>(table + ((register >> 24) << 2), 3072)
  );
}

/** The register after `zeros` more zero bytes. */
function movedBy(register: u32, zeros: usize): u32 {
  let result = register;
  for (let rest = zeros; rest != 0; rest &= rest - 1) result = moved(result, ctz(rest));
  return result;
}

function makeTables(): void {
  // The matrix for one zero byte: eight steps of the division.
  for (let bit = 0; bit < 32; bit++) {
    let register: u32 = 1 << bit;
    for (let i = 0; i < 8; i++) register = register & 1 ? (register >> 1) ^ POLYNOMIAL : register >> 1;
    store<u32>(MATRIX + ((<usize>bit) << 2), register);
  }
  for (let power: usize = 0; power < MOST_POWERS; power++) {
    for (let byte: usize = 0; byte < 4; byte++)
      tabulate(MOVES + (power << 12) + (byte << 10), MATRIX + (byte << 5));
    // The matrix for twice as many zero bytes.
    for (let bit: usize = 0; bit < 32; bit++)
      store<u32>(MATRIX + (bit << 2), moved(load<u32>(MATRIX + (bit << 2)), power));
  }
  isReady = true;
}

/** Writes all sums of eight columns of the matrix. The bits of the place in the table choose the columns. */
function tabulate(table: usize, columns: usize): void {
  for (let bits: usize = 1; bits < 256; bits++) {
    const rest = bits & (bits - 1);
    store<u32>(table + (bits << 2), load<u32>(table + (rest << 2)) ^ load<u32>(columns + (ctz(bits) << 2)));
  }
}
