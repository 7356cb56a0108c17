/**
 * The quantile bins of a matrix, as kernels/assembly/bins.ts describes. They depend on the matrix and on max_bin alone,
 * so every fit on the same matrix shares them, as those of presort.ts.
 */
import { kernels } from '../../kernels/loader.js';
import { float32, hold, scope, uint16, uint32, uint8 } from '../../kernels/memory.js';
import type { Matrix } from '../types.js';
import { presort, type Presorted } from './presort.js';

export interface Bins {
  /** The most that a column may have. */
  maxBins: number;
  /** p x maxBins: bin b of a column holds the values from cut b - 1 up to but not at cut b. */
  cuts: Float32Array;
  /** p: how many bins a column has. */
  counts: Uint32Array;
  /** p: the bin of more than half of a column's values; 2^32 - 1 where there is none. */
  common: Uint32Array;
  /** p x n: the bin of a value; the number of the column's bins for a missing one. */
  bins: Uint8Array | Uint16Array;
}

const binsOf = new WeakMap<Presorted, Map<number, Bins>>();

/** The matrix in bins. Throws InputError `too-large` for a value beyond f32. */
export function binned(x: Matrix, maxBins: number): Bins {
  const presorted = presort(x);
  const known = binsOf.get(presorted) ?? new Map<number, Bins>();
  binsOf.set(presorted, known);
  const found = known.get(maxBins) ?? bin(presorted, maxBins);
  known.set(maxBins, found);
  return found;
}

function bin({ rows, columns, order, sorted, present }: Presorted, asked: number): Bins {
  const maxBins = Math.min(asked, rows);
  // u8 holds 256 bins, or 255 and the missing values.
  const wide = maxBins + (present.some(count => count < rows) ? 1 : 0) > 256;
  return scope(() => {
    const cuts = float32(columns * maxBins);
    const [counts, common] = [uint32(columns), uint32(columns)];
    const bins = wide ? uint16(rows * columns) : uint8(rows * columns);
    kernels().makeBins(
      rows,
      columns,
      maxBins,
      wide ? 1 : 0,
      hold(order).byteOffset,
      hold(sorted).byteOffset,
      hold(present).byteOffset,
      cuts.byteOffset,
      counts.byteOffset,
      common.byteOffset,
      bins.byteOffset,
      uint32(2 * rows + 1).byteOffset,
    );
    return {
      maxBins,
      cuts: cuts.slice(),
      counts: counts.slice(),
      common: common.slice(),
      bins: bins.slice(),
    };
  });
}
