/** Rows that are no samples: values between the smallest and the largest one of the training, each drawn by itself. */
import type { Matrix } from '../base/dataset.js';
import { Rng } from '../base/rng.js';
import { emptyMatrix } from '../ml/algebra/matrix.js';

/** The smallest and the largest value of a feature; NaN where it has none. */
export interface Range {
  smallest: number;
  largest: number;
  /** How many levels a feature of categories has; absent for numbers. */
  levels?: number;
}

/** The rows of a matrix in these ranges, from our own generator. A feature without a range is missing. */
export function rowsInRanges(ranges: readonly Range[], rows: number): Matrix {
  const rng = Rng.from('spt export', 'made');
  const x = emptyMatrix(rows, ranges.length);
  ranges.forEach(({ smallest, largest, levels }, j) => {
    for (let i = 0; i < rows; i++) {
      const share = rng.float();
      x.data[j * rows + i] =
        levels === undefined ? (1 - share) * smallest + share * largest : Math.floor(share * levels);
    }
  });
  return x;
}

/** The rows, in each of which one value is missing. */
export function withGaps(x: Matrix): Matrix {
  const data = x.data.slice();
  for (let i = 0; i < x.rows; i++) data[(i % x.columns) * x.rows + i] = NaN;
  return { ...x, data };
}

/** The matrices, one below the other. */
export function stacked(parts: readonly Matrix[]): Matrix {
  const { columns } = parts[0];
  const all = emptyMatrix(
    parts.reduce((sum, { rows }) => sum + rows, 0),
    columns,
  );
  for (let j = 0, at = 0; j < columns; j++) {
    for (const { rows, data } of parts) {
      all.data.set(data.subarray(j * rows, (j + 1) * rows), at);
      at += rows;
    }
  }
  return all;
}
