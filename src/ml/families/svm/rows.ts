/**
 * Rows in the kernels' memory. They are made on demand and kept while there is room. The row that was used least
 * recently is dropped first.
 */
import type { Pointer } from '../../../kernels/exports.js';
import { uint32, unsetFloat32 } from '../../../kernels/memory.js';

/** Memory is allocated for this many rows at a time, or for this many floats if that is more. */
const ROWS_TOGETHER = 16;
const FLOATS_TOGETHER = 1 << 16;

/** Memory that can be cut into rows of one length after another. */
interface Pool {
  chunks: Float32Array[];
  chunkLength: number;
}

export interface RowCache {
  pool: Pool;
  /** The number of floats in a row. */
  length: number;
  /** At most this many floats are kept in all rows. Two rows always fit, because a step needs two. */
  limit: number;
  /** The row that lies in each place. */
  owners: number[];
  /** For each row its pointer, or 0; and the iteration that used it last. */
  pointers: Uint32Array;
  uses: Uint32Array;
}

/** A cache for `count` rows of `length` floats. */
export function createCache(count: number, length: number, limit: number): RowCache {
  const pool = { chunks: [], chunkLength: Math.max(FLOATS_TOGETHER, ROWS_TOGETHER * length) };
  return { pool, length, limit, owners: [], pointers: uint32(count), uses: uint32(count) };
}

/** Starts over with shorter rows. */
export function resetCache(cache: RowCache, length: number): void {
  cache.length = length;
  cache.owners.length = 0;
  cache.pointers.fill(0);
  cache.uses.fill(0);
}

/**
 * A place for row i, which the cache does not have. Another row may be given up for it, but not `kept`. The row is
 * marked as used at `time`.
 */
export function claimRow(cache: RowCache, i: number, time: number, kept = -1): Pointer {
  const { owners, pointers } = cache;
  let place = owners.length;
  if (place >= 2 && (place + 1) * cache.length > cache.limit) {
    place = leastRecent(cache, kept);
    pointers[owners[place]] = 0;
  }
  owners[place] = i;
  pointers[i] = placeOf(cache, place);
  cache.uses[i] = time;
  return pointers[i];
}

/** The place of the row that was used least recently; of equal ones the first. */
function leastRecent({ owners, uses }: RowCache, kept: number): number {
  let least = owners[0] === kept ? 1 : 0;
  for (let place = least + 1; place < owners.length; place++) {
    if (owners[place] !== kept && uses[owners[place]] < uses[owners[least]]) least = place;
  }
  return least;
}

function placeOf({ pool, length }: RowCache, place: number): Pointer {
  const perChunk = Math.floor(pool.chunkLength / length);
  const chunk = Math.floor(place / perChunk);
  while (pool.chunks.length <= chunk) pool.chunks.push(unsetFloat32(pool.chunkLength));
  return pool.chunks[chunk].byteOffset + 4 * length * (place % perChunk);
}
