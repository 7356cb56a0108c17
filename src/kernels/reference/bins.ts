/** The plain form of assembly/bins.ts, whose header says what is computed. */

const single = Math.fround;

/** The cuts of a column's sorted values, one for each bin. No value is NaN. */
export function cutsOf(sorted: ArrayLike<number>, maxBins: number): number[] {
  if (sorted.length === 0) return [];
  const values = Array.from(sorted).filter((value, i) => i === 0 || value !== sorted[i - 1]);
  const ranks = values.map(value => Array.prototype.indexOf.call(sorted, value) as number);
  const kept = values.length > maxBins + 1 ? thin(values, [...ranks, sorted.length], maxBins + 1) : values;
  return [...kept.slice(1, Math.min(kept.length, maxBins)), Infinity];
}

/** At most `most` of the values, evenly spaced in rank; ranks[i] is the first rank of value i. */
function thin(values: number[], ranks: number[], most: number): number[] {
  const last = values.length - 1;
  const range = single(ranks[last] - ranks[1]);
  const kept = [0];
  for (let i = 1, k = 1; k < most - 1; k++) {
    const wanted = single(2 * single(single(single(k * range) / (most - 1)) + ranks[1]));
    while (i < last && wanted >= single(ranks[i + 2] + ranks[i + 1])) i++;
    if (i === last) break;
    const next = wanted < single(2 * ranks[i + 1]) ? i : i + 1;
    if (next !== kept[kept.length - 1]) kept.push(next);
  }
  if (kept[kept.length - 1] !== last) kept.push(last);
  return kept.map(i => values[i]);
}

/** The bin of each value. That of NaN is the number of bins. */
export function binsOf(column: ArrayLike<number>, cuts: number[]): number[] {
  return Array.from(column, value => {
    if (value !== value) return cuts.length;
    const bin = cuts.findIndex(cut => value < cut);
    return bin < 0 ? cuts.length - 1 : bin;
  });
}

/** The bin of more than half of the values, or -1. */
export function commonBin(bins: number[], cuts: number[]): number {
  const present = bins.filter(bin => bin < cuts.length);
  return cuts.findIndex((_, b) => 2 * present.filter(bin => bin === b).length > present.length);
}
