/**
 * Samples whose features are all equal. If one of them is fitted on and the other one is scored, the score says
 * how well the model remembers, and not how well it predicts.
 */
import { createHash } from 'node:crypto';
import type { Matrix } from '../base/dataset.js';

/** The groups of equal rows, over several matrices of p columns each. Rows are counted on from matrix to matrix. */
export function equalRows(parts: readonly Matrix[]): number[][] {
  const groups = new Map<string, number[]>();
  let first = 0;
  for (const { rows, columns, data } of parts) {
    const row = new Float64Array(columns);
    const bytes = new Uint8Array(row.buffer);
    for (let i = 0; i < rows; i++) {
      // -0 is 0, and every NaN has the same bits.
      for (let j = 0; j < columns; j++)
        row[j] = Number.isNaN(data[j * rows + i]) ? NaN : data[j * rows + i] + 0;
      const digest = createHash('sha256').update(bytes).digest('base64');
      const group = groups.get(digest);
      if (group) group.push(first + i);
      else groups.set(digest, [first + i]);
    }
    first += rows;
  }
  return [...groups.values()].filter(group => group.length > 1);
}

/**
 * How many pairs of n rows would be equal if the columns were independent: n (n - 1) / 2 times the product over the
 * columns of the chance that two values are equal. Columns that depend on each other make more pairs.
 */
export function pairsByChance({ rows, columns, data }: Matrix): number {
  const pairs = (rows * (rows - 1)) / 2;
  let expected = pairs;
  for (let j = 0; j < columns && expected > 1e-9; j++) {
    const sorted = data.slice(j * rows, (j + 1) * rows).sort();
    let equal = 0;
    for (let i = 0, start = 0; i < rows; i++) {
      if (i > 0 && !Object.is(sorted[i] + 0, sorted[i - 1] + 0)) start = i;
      equal += i - start;
    }
    expected *= pairs === 0 ? 0 : equal / pairs;
  }
  return expected;
}
