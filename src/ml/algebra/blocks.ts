import type { Matrix } from '../../base/dataset.js';
import type { Pointer } from '../../kernels/exports.js';
import { lives, scope, unsetFloat64 } from '../../kernels/memory.js';

/**
 * A matrix that kernels read, one block of columns after the other. A copy of the whole matrix would go to memory
 * that was perhaps never touched, and that costs more than most computations on it. A block stays in the cache.
 */

/** Some columns of a matrix, in kernel memory. */
export interface Block {
  /** The place of its first column in the matrix. */
  first: number;
  columns: number;
  x: Pointer;
}

/** The largest size of a block is half of a second-level cache. A block of one column may be larger. */
const BLOCK_BYTES = 2 ** 18;

/** Calls `work` with all columns of x, block after block, in their order. It may keep nothing of a block. */
export function eachBlock(x: Matrix, work: (block: Block) => void): void {
  const { rows, columns, data } = x;
  const most = Math.min(columns, Math.max(1, Math.floor(BLOCK_BYTES / (8 * rows))));
  scope(() => {
    const copy = lives(data) ? undefined : unsetFloat64(most * rows);
    for (let first = 0; first < columns; first += most) {
      const count = Math.min(most, columns - first);
      const values = data.subarray(first * rows, (first + count) * rows);
      copy?.set(values);
      work({ first, columns: count, x: (copy ?? values).byteOffset });
    }
  });
}
