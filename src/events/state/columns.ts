/**
 * The compact containers of the state: a table of columns that grows, an index from 64-bit ids to rows, names as small
 * integers, and a memory of recent event ids. They consist of typed arrays, so that a million configs are a few dozen
 * objects.
 */

/** The smallest power of two that is at least `n`. */
function powerOfTwo(n: number): number {
  let size = 1;
  while (size < n) size *= 2;
  return size;
}

export type Column = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** A copy of the first `size` values, in a column of the same kind with room for `capacity`. */
export function grown<T extends Column>(column: T, size: number, capacity: number): T {
  const larger = new (column.constructor as new (length: number) => T)(capacity);
  larger.set(column.subarray(0, size));
  return larger;
}

/** The kinds of columns for whole numbers, from narrow to wide. */
export const WIDTHS = [Uint8Array, Uint16Array, Uint32Array, Float64Array] as const;

/**
 * Writes a whole number. Each column starts with the narrowest type that fits its usual numbers. Touching fresh memory
 * dominates a replay, so less memory is faster. A number that does not fit makes a wider column.
 * @returns the column that holds the number
 */
export function put(column: Column, row: number, value: number): Column {
  column[row] = value;
  return column[row] === value ? column : put(widened(column), row, value);
}

function widened(column: Column): Column {
  const wider = new WIDTHS[1 + widthOf(column)](column.length);
  wider.set(column);
  return wider;
}

/** The kind of a column, as an index of `WIDTHS`. */
export function widthOf(column: Column): number {
  return WIDTHS.findIndex(width => column instanceof width);
}

const FIRST_SLOTS = 128;

/** An index from 64-bit ids (two halves of 32 bits) to rows: open addressing, linear probing, at most 2/3 full. */
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
    if (1.5 * (row + 1) > this.slots.length) this.rebuild(row, highs, lows);
    this.place(row, highs, lows);
  }

  /** Makes the index again, for rows 0 to rows-1. */
  rebuild(rows: number, highs: Uint32Array, lows: Uint32Array): void {
    this.slots = new Uint32Array(powerOfTwo(Math.max(FIRST_SLOTS, 3 * (rows + 1))));
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

  /** The number of a name, or -1 if the name is unknown. */
  find(name: string): number {
    return this.numbers.get(name) ?? -1;
  }
}

/**
 * How many event ids one generation of `RecentIds` holds. A double is recognized within at least this number of
 * records.
 */
const RECENT_IDS = 32768;

/**
 * The 64-bit hashes of the last event ids, in two generations: when the younger is full, it becomes the elder. A pure
 * function of the ids added, of bounded size. Two ids of one window share a hash with a probability of 2^-64.
 */
export class RecentIds {
  private younger = new IdTable(128);
  private elder = new IdTable(1);

  /** Adds an id's hash; false if it is there already. */
  add(high: number, low: number): boolean {
    if (this.elder.slotFor(high, low) < 0) return false;
    let slot = this.younger.slotFor(high, low);
    if (slot < 0) return false;
    if (this.younger.count === RECENT_IDS || this.younger.isFull) {
      this.makeRoom();
      slot = this.younger.slotFor(high, low);
    }
    this.younger.put(slot, high, low);
    return true;
  }

  /** Later generations start with the size of the first one: the table of the old generation is used again. */
  private makeRoom(): void {
    const { elder, younger } = this;
    if (younger.count < RECENT_IDS) {
      this.younger = younger.doubled();
      return;
    }
    this.elder = younger;
    this.younger = elder.size === younger.size ? elder.clear() : new IdTable(younger.size);
  }

  /** The columns of the two tables. A snapshot needs these and `sizes`. */
  columns(): Column[] {
    return [...this.younger.columns(), ...this.elder.columns()];
  }

  sizes(): RecentSizes {
    return { younger: this.younger.size, elder: this.elder.size, count: this.younger.count };
  }

  /** Makes room for tables of these sizes, which are then to be filled. */
  resize({ younger, elder, count }: RecentSizes): void {
    this.younger = new IdTable(younger, count);
    this.elder = new IdTable(elder);
  }
}

export interface RecentSizes {
  younger: number;
  elder: number;
  count: number;
}

/**
 * A set of pairs: open addressing, linear probing, at most half full. Nearly every look-up reads the tags only. They
 * lie apart from the pairs, because they are small enough for the processor's caches.
 */
class IdTable {
  /** Some bits of the first half, never 0; 0 where a slot is free. */
  private readonly tags: Uint16Array;
  private readonly pairs: Uint32Array;

  constructor(
    readonly size: number,
    public count = 0,
  ) {
    this.tags = new Uint16Array(size);
    this.pairs = new Uint32Array(2 * size);
  }

  get isFull(): boolean {
    return 2 * (this.count + 1) > this.size;
  }

  /** Where the pair is to be put, or -1 if it is there. */
  slotFor(high: number, low: number): number {
    const { tags, pairs } = this;
    const mask = this.size - 1;
    const tag = tagOf(high);
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      if (tags[slot] === 0) return slot;
      if (tags[slot] === tag && pairs[2 * slot] === high && pairs[2 * slot + 1] === low) return -1;
    }
  }

  put(slot: number, high: number, low: number): void {
    this.tags[slot] = tagOf(high);
    this.pairs[2 * slot] = high;
    this.pairs[2 * slot + 1] = low;
    this.count++;
  }

  doubled(): IdTable {
    const larger = new IdTable(2 * this.size);
    for (let slot = 0; slot < this.size; slot++) {
      if (this.tags[slot] === 0) continue;
      const [high, low] = this.pairs.subarray(2 * slot, 2 * slot + 2);
      larger.put(larger.slotFor(high, low), high, low);
    }
    return larger;
  }

  clear(): this {
    for (const column of this.columns()) column.fill(0);
    this.count = 0;
    return this;
  }

  columns(): Column[] {
    return [this.tags, this.pairs];
  }
}

function tagOf(high: number): number {
  return (high & 0xffff) | 1;
}
