/**
 * The CRC-32 that a run of lines must have if the CRC in front of each line is right. To sum a run at once takes half
 * the time of summing line by line, and the one tells the other: with A before B, the register after both is that
 * after A, moved on by as many zero bytes as B has, and that of B alone (as in zlib's crc32_combine); so what a line
 * says of its bytes stands in for them. Should lines be damaged, however many, the sums agree with a probability of
 * 2^-32.
 */
import { hexOf } from './walker';

const FRONT: u64 = 0x223a22637263227b; // `{"crc":"`
const AFTER: u16 = 0x2c22; // `",`
const FRONT_BYTES: usize = 18;
const NEWLINE: u8 = 10;

/** MOVES + 4096 k: four tables by which a register is moved on by 2^k zero bytes, one for each byte of it. */
const MOST_POWERS: usize = 19;
const MOVES = memory.data(77824, 8);
const POLYNOMIAL: u32 = 0xedb88320;
const MATRIX = memory.data(128);
let isReady: bool = false;

/** Of each line of the run: where it ends, from the start of the run, and the CRC in front of it. */
const MOST_LINES: u32 = 8192;
export const ENDS: usize = memory.data(32768);
export const CRCS: usize = memory.data(32768);
let lines: usize = 0;

/** How many lines the run has. */
export function lineCount(): u32 {
  return <u32>lines;
}

/**
 * The CRC-32 of memory[start..stop), the lines of a run with their newlines, if the CRCs in front are right; -1 if one
 * has none, or if there are too many. Fewer than 2^19 bytes.
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

/** Where the next newline is; `stop` if there is none. */
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

/** The register after so many more zero bytes. */
function movedBy(register: u32, zeros: usize): u32 {
  let result = register;
  for (let rest = zeros; rest != 0; rest &= rest - 1) result = moved(result, ctz(rest));
  return result;
}

function makeTables(): void {
  // One zero byte: eight steps of the division.
  for (let bit = 0; bit < 32; bit++) {
    let register: u32 = 1 << bit;
    for (let i = 0; i < 8; i++) register = register & 1 ? (register >> 1) ^ POLYNOMIAL : register >> 1;
    store<u32>(MATRIX + ((<usize>bit) << 2), register);
  }
  for (let power: usize = 0; power < MOST_POWERS; power++) {
    for (let byte: usize = 0; byte < 4; byte++)
      tabulate(MOVES + (power << 12) + (byte << 10), MATRIX + (byte << 5));
    // Twice as many.
    for (let bit: usize = 0; bit < 32; bit++)
      store<u32>(MATRIX + (bit << 2), moved(load<u32>(MATRIX + (bit << 2)), power));
  }
  isReady = true;
}

/** All sums of eight columns of the matrix, by the bits that choose them. */
function tabulate(table: usize, columns: usize): void {
  for (let bits: usize = 1; bits < 256; bits++) {
    const rest = bits & (bits - 1);
    store<u32>(table + (bits << 2), load<u32>(table + (rest << 2)) ^ load<u32>(columns + (ctz(bits) << 2)));
  }
}
