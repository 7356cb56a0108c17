/**
 * The compact containers that the state is made of: a table of columns that grows, an index from 64-bit ids to rows,
 * names as small integers, and a memory of recent event ids. All of them are typed arrays, so that a million configs
 * are a few dozen objects.
 */

/** The smallest power of two that is at least `n`. */
export function powerOfTwo(n: number): number {
  let size = 1;
  while (size < n) size *= 2;
  return size;
}

export type Column = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** A copy of the column with room for `capacity` values. */
export function grown<T extends Column>(column: T, capacity: number): T {
  const larger = new (column.constructor as new (length: number) => T)(capacity);
  larger.set(column);
  return larger;
}

const FIRST_SLOTS = 128;

/** An index from 64-bit ids, as two 32-bit halves, to row numbers: open addressing, linear probing, at most half full. */
export class IdIndex {
  /** Row + 1, or 0 for a free slot. */
  private slots = new Uint32Array(FIRST_SLOTS);

  /** The row whose id is (high, low) in the columns `highs` and `lows`, or -1. */
  get(high: number, low: number, highs: Uint32Array, lows: Uint32Array): number {
    const mask = this.slots.length - 1;
    for (let slot = (low ^ high) & mask; ; slot = (slot + 1) & mask) {
      const row = this.slots[slot] - 1;
      if (row < 0 || (highs[row] === high && lows[row] === low)) return row;
    }
  }

  /** Adds row number `row`, whose id is not in the index yet; rows 0 to row-1 are in it. */
  add(row: number, highs: Uint32Array, lows: Uint32Array): void {
    if (2 * (row + 1) > this.slots.length) this.rebuild(row, highs, lows);
    this.place(row, highs, lows);
  }

  /** Makes the index anew for rows 0 to rows-1. */
  rebuild(rows: number, highs: Uint32Array, lows: Uint32Array): void {
    this.slots = new Uint32Array(powerOfTwo(Math.max(FIRST_SLOTS, 2 * (rows + 1))));
    for (let row = 0; row < rows; row++) this.place(row, highs, lows);
  }

  private place(row: number, highs: Uint32Array, lows: Uint32Array): void {
    const mask = this.slots.length - 1;
    let slot = (lows[row] ^ highs[row]) & mask;
    while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
    this.slots[slot] = row + 1;
  }
}

/** Names as integers, in the order of their first appearance. */
export class Names {
  private readonly numbers = new Map<string, number>();
  constructor(readonly all: string[] = []) {
    all.forEach((name, number) => this.numbers.set(name, number));
  }

  numberOf(name: string): number {
    let number = this.numbers.get(name);
    if (number === undefined) {
      number = this.all.length;
      this.all.push(name);
      this.numbers.set(name, number);
    }
    return number;
  }

  /** The number of a name that may not be known: -1 then. */
  find(name: string): number {
    return this.numbers.get(name) ?? -1;
  }
}

/** How many event ids one generation of `RecentIds` holds: doubles are recognised within at least so many records. */
export const RECENT_IDS = 32768;

/**
 * The 64-bit hashes of the last event ids, in two generations: when the younger is full, it becomes the elder. A pure
 * function of the ids added, of bounded size. Two ids of one window share a hash with a probability of 2^-64.
 */
export class RecentIds {
  /** Hash tables of pairs, at most half full. */
  private younger: Uint32Array = new Uint32Array(512);
  private elder: Uint32Array = new Uint32Array(2);
  /** How many ids the younger one holds. */
  private count = 0;

  /** Adds an id's hash; false if it is there already. */
  add(high: number, low: number): boolean {
    if (high === 0 && low === 0) low = 1;
    if (slotOf(this.elder, high, low) < 0) return false;
    let slot = slotOf(this.younger, high, low);
    if (slot < 0) return false;
    if (this.count === RECENT_IDS || 4 * (this.count + 1) > this.younger.length) {
      this.makeRoom();
      slot = slotOf(this.younger, high, low);
    }
    this.younger[slot] = high;
    this.younger[slot + 1] = low;
    this.count++;
    return true;
  }

  /** Generations after the first are as large as it from the start: the table of the one that goes is used again. */
  private makeRoom(): void {
    if (this.count < RECENT_IDS) {
      this.younger = enlarged(this.younger);
      return;
    }
    const { elder, younger } = this;
    this.elder = younger;
    this.younger = elder.length === younger.length ? elder.fill(0) : new Uint32Array(younger.length);
    this.count = 0;
  }

  /** The two tables, for a snapshot: with `sizes` they are all there is. */
  tables(): Uint32Array[] {
    return [this.younger, this.elder];
  }

  sizes(): RecentSizes {
    return { younger: this.younger.length, elder: this.elder.length, count: this.count };
  }

  /** Makes room for tables of these sizes, which are then to be filled. */
  resize({ younger, elder, count }: RecentSizes): void {
    this.younger = new Uint32Array(younger);
    this.elder = new Uint32Array(elder);
    this.count = count;
  }
}

export interface RecentSizes {
  younger: number;
  elder: number;
  count: number;
}

/** A table of pairs, twice as large. */
function enlarged(table: Uint32Array): Uint32Array {
  const larger = new Uint32Array(2 * table.length);
  for (let slot = 0; slot < table.length; slot += 2) {
    const [high, low] = [table[slot], table[slot + 1]];
    if (high === 0 && low === 0) continue;
    larger.set([high, low], slotOf(larger, high, low));
  }
  return larger;
}

/** Where the pair is to be put into a table of pairs, or -1 if it is there. */
function slotOf(table: Uint32Array, high: number, low: number): number {
  const mask = table.length - 1;
  for (let slot = (low << 1) & mask; ; slot = (slot + 2) & mask) {
    if (table[slot] === high && table[slot + 1] === low) return -1;
    if (table[slot] === 0 && table[slot + 1] === 0) return slot;
  }
}

/** How many values a `ByteMap` keeps. */
const BYTE_MAP_SIZE = 4096;

/** A bounded cache of values by byte strings, which are looked up where they stand. */
export class ByteMap<T> {
  private readonly entries = new Map<number, { bytes: Uint8Array; value: T }>();

  get(bytes: Uint8Array, from: number, to: number): T | undefined {
    const entry = this.entries.get(hashOf(bytes, from, to));
    if (!entry || entry.bytes.length !== to - from) return undefined;
    for (let i = from; i < to; i++) if (bytes[i] !== entry.bytes[i - from]) return undefined;
    return entry.value;
  }

  set(bytes: Uint8Array, from: number, to: number, value: T): void {
    if (this.entries.size >= BYTE_MAP_SIZE) this.entries.clear();
    this.entries.set(hashOf(bytes, from, to), { bytes: Uint8Array.from(bytes.subarray(from, to)), value });
  }
}

/** FNV-1a. */
function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
  return hash;
}
