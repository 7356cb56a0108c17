/** Which columns of a table say nearly the same. */
import type { Matrix } from '../base/dataset.js';

/**
 * Pearson's correlation of two columns over the samples that have both values; 0 where one of them does not vary.
 */
function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [n, meanA, meanB, squaresA, squaresB, products] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [deltaA, deltaB] = [a[i] - meanA, b[i] - meanB];
    if (Number.isNaN(deltaA) || Number.isNaN(deltaB)) continue;
    // Welford's updates lose no digits to a large mean.
    n++;
    meanA += deltaA / n;
    meanB += deltaB / n;
    squaresA += deltaA * (a[i] - meanA);
    squaresB += deltaB * (b[i] - meanB);
    products += deltaA * (b[i] - meanB);
  }
  return squaresA > 0 && squaresB > 0 ? products / Math.sqrt(squaresA) / Math.sqrt(squaresB) : 0;
}

export interface Partner {
  /** The place of the other column. */
  column: number;
  correlation: number;
}

/** The other column with the strongest correlation, of either sign; undefined where there is only one column. */
export function closestPartner({ rows, columns, data }: Matrix, j: number): Partner | undefined {
  const own = data.subarray(j * rows, (j + 1) * rows);
  let closest: Partner | undefined;
  for (let other = 0; other < columns; other++) {
    if (other === j) continue;
    const found = correlation(own, data.subarray(other * rows, (other + 1) * rows));
    if (!closest || Math.abs(found) > Math.abs(closest.correlation))
      closest = { column: other, correlation: found };
  }
  return closest;
}
