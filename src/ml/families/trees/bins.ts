/**
 * The quantile bins of a matrix, as kernels/assembly/bins.ts describes them, and the lists or histograms along which
 * splits are searched. All of them depend on the matrix and on max_bin alone. So every fit on the same matrix shares
 * them, like the sorted columns of presort.ts.
 */
import type { Matrix } from '../../../base/dataset.js';
import { kernels } from '../../../kernels/loader.js';
import { hold, scope, uint16, uint32, uint8, unsetFloat32 } from '../../../kernels/memory.js';
import { type Columns, fitsUint16, float32Columns, type Presorted, presortInScope } from './presort.js';
import { FACTOR, sketchedLows } from './sketch.js';

export interface Bins {
  /** p + 1: where the bins of a column start among those of all; one more after them is for missing values. */
  offsets: Uint32Array;
  /** offsets[p]: the lowest value in a bin; infinite for the missing ones. */
  lows: Float32Array;
  /** p: the bin of more than half of a column's values, or NO_BIN. */
  common: Uint32Array;
  /** p x n: the bin of a value; the number of the column's bins for a missing one. */
  bins: Uint8Array | Uint16Array | Uint32Array;
  /** p: how many values are not missing. */
  present: Uint32Array;
  search: Lists | Histograms;
}

/** For columns where nearly every value has its own bin: samples by value. */
export interface Lists {
  kind: 'lists';
  /** p x n, NaN last. */
  order: Uint16Array | Uint32Array;
}

/** For columns of which many values share a bin: the bins of each sample. */
export interface Histograms {
  kind: 'histograms';
  /** n + 1: where a sample's slots start. */
  starts: Uint32Array;
  /** For each column offsets[j] + bin, without common bins. */
  slots: Uint16Array | Uint32Array;
}

/** What `common` has for a column whose values share no bin that much. */
export const NO_BIN = 0xffffffff;

const binsOf = new WeakMap<Columns, Map<number, Bins>>();

/**
 * The matrix in bins. With maxBins of n or more, each value has its own bin. Throws InputError `too-large` for a
 * value beyond f32.
 */
export function binned(x: Matrix, maxBins: number): Bins {
  const columns = float32Columns(x);
  const known = binsOf.get(columns) ?? new Map<number, Bins>();
  binsOf.set(columns, known);
  const most = Math.min(maxBins, x.rows);
  const found = known.get(most) ?? scope(() => bin(x, most));
  known.set(most, found);
  return found;
}

function bin(x: Matrix, maxBins: number): Bins {
  const presorted = presortInScope(x);
  const { rows, columns, order, sorted, present } = presorted;
  const known = sketchColumns(presorted, maxBins);
  // One more for missing values.
  const codes = maxBins + (present.some(count => count < rows) ? 1 : 0);
  const width = codes <= 0x100 ? 0 : codes <= 0x10000 ? 1 : 2;
  const [offsets, common] = [uint32(columns + 1), uint32(columns)];
  const lows = unsetFloat32(columns * (maxBins + 1));
  const bins = [uint8, uint16, uint32][width](rows * columns);
  kernels().makeBins(
    rows,
    columns,
    maxBins,
    width,
    fitsUint16(rows) ? 0 : 1,
    hold(order as Uint16Array).byteOffset,
    hold(sorted).byteOffset,
    hold(present).byteOffset,
    hold(known.starts).byteOffset,
    hold(known.lows).byteOffset,
    offsets.byteOffset,
    lows.byteOffset,
    common.byteOffset,
    bins.byteOffset,
    uint32(2 * rows + 1).byteOffset,
  );
  const slots = offsets[columns];
  const areFew = slots <= MOST_SLOTS * rows * columns;
  return {
    offsets: offsets.slice(),
    lows: lows.slice(0, slots),
    common: common.slice(),
    bins: bins.slice(),
    present: present.slice(),
    search: areFew
      ? listSlots(rows, columns, width, { offsets, common, bins })
      : { kind: 'lists', order: order.slice() },
  };
}

/**
 * The lowest values of the bins of those columns that are too long for the kernel. Those of column j start at
 * starts[j].
 */
function sketchColumns(presorted: Presorted, maxBins: number): { starts: Uint32Array; lows: Float32Array } {
  const { rows, columns, values, order, sorted, present } = presorted;
  const starts = new Uint32Array(columns + 1);
  const lows: number[] = [];
  for (let j = 0; j < columns; j++) {
    const [first, end] = [j * rows, (j + 1) * rows];
    if (present[j] > FACTOR * maxBins) {
      const own = sorted.subarray(first, first + present[j]);
      const column = { values: values.subarray(first, end), order: order.subarray(first, end), sorted: own };
      if (hasMore(own, FACTOR * maxBins)) for (const low of sketchedLows(column, maxBins)) lows.push(low);
    }
    starts[j + 1] = lows.length;
  }
  return { starts, lows: Float32Array.from(lows) };
}

/** Whether an ascending list has more than `most` different values. */
function hasMore(sorted: Float32Array, most: number): boolean {
  let found = 1;
  for (let rank = 1; rank < sorted.length && found <= most; rank++) {
    if (sorted[rank] !== sorted[rank - 1]) found++;
  }
  return found > most;
}

/** Histograms pay off up to this many bins a value. */
const MOST_SLOTS = 0.5;

/** The slots of each sample; the arrays given live in the memory of the kernels. */
function listSlots(
  rows: number,
  columns: number,
  width: number,
  { offsets, common, bins }: Pick<Bins, 'offsets' | 'common' | 'bins'>,
): Histograms {
  const wide = offsets[columns] > 0x10000;
  const starts = uint32(rows + 1);
  const slots = (wide ? uint32 : uint16)(rows * columns);
  const count = kernels().listSlots(
    rows,
    columns,
    width,
    wide ? 1 : 0,
    offsets.byteOffset,
    common.byteOffset,
    bins.byteOffset,
    starts.byteOffset,
    slots.byteOffset,
  );
  return { kind: 'histograms', starts: starts.slice(), slots: slots.slice(0, count) };
}
