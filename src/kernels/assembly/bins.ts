/**
 * Quantile bins of sorted columns, as XGBoost's hist makes them of unweighted samples (src/common/quantile.cc, 1.7: the
 * summary of all values, pruned once). A column of d different values gets min(d, maxBins) bins or a few less; bin b
 * holds the values from cut b - 1 up to but not at cut b. Cuts are values of the column; the last one is infinite, where
 * XGBoost's is finite and a later value beyond it is taken for missing. A missing value has the number of the column's
 * bins for its bin.
 */

/**
 * Writes the different values of a column to `values` f32 and the first rank of each to `ranks` u32. Returns how
 * many.
 */
function distinct(present: u32, sorted: usize, values: usize, ranks: usize): u32 {
  let found: u32 = 0;
  for (let rank: u32 = 0; rank < present; rank++) {
    const value = load<f32>(sorted + (<usize>rank << 2));
    if (found && value == load<f32>(values + (<usize>(found - 1) << 2))) continue;
    store<f32>(values + (<usize>found << 2), value);
    store<u32>(ranks + (<usize>found << 2), rank);
    found++;
  }
  store<u32>(ranks + (<usize>found << 2), present);
  return found;
}

/** Twice the middle of the gap in rank after value i: where its highest rank and the lowest one of the next meet. */
function gapAfter(ranks: usize, i: u32): f32 {
  const above = <f32>load<u32>(ranks + (<usize>(i + 1) << 2));
  return above + above;
}

/** Twice the middle rank of value i. */
function middle(ranks: usize, i: u32): f32 {
  const at = ranks + (<usize>i << 2);
  return <f32>load<u32>(at, 4) + <f32>load<u32>(at);
}

/**
 * Keeps at most `most` of `count` > most values, evenly spaced in rank, the first and the last among them (SetPrune of
 * src/common/quantile.h). Overwrites values; returns how many are kept.
 */
function thin(count: u32, most: u32, values: usize, ranks: usize): u32 {
  const first = <f32>load<u32>(ranks, 4);
  const range = <f32>load<u32>(ranks + (<usize>(count - 1) << 2)) - first;
  const n = most - 1;
  let kept: u32 = 1;
  let last: u32 = 0;
  let i: u32 = 1;
  for (let k: u32 = 1; k < n; k++) {
    const wanted: f32 = 2 * ((<f32>k * range) / <f32>n + first);
    while (i < count - 1 && wanted >= middle(ranks, i + 1)) i++;
    if (i == count - 1) break;
    const next = wanted < gapAfter(ranks, i) ? i : i + 1;
    if (next == last) continue;
    last = next;
    store<f32>(values + (<usize>kept << 2), load<f32>(values + (<usize>next << 2)));
    kept++;
  }
  if (last != count - 1) {
    store<f32>(values + (<usize>kept << 2), load<f32>(values + (<usize>(count - 1) << 2)));
    kept++;
  }
  return kept;
}

/** Writes the cuts of a column: f32[bins]. Returns the number of bins; 0 for a column without values. */
function cutColumn(present: u32, maxBins: u32, sorted: usize, cuts: usize, scratch: usize): u32 {
  if (!present) return 0;
  const values = scratch;
  const ranks = scratch + (<usize>present << 2);
  let count = distinct(present, sorted, values, ranks);
  if (count > maxBins + 1) count = thin(count, maxBins + 1, values, ranks);
  const bins = min<u32>(count, maxBins);
  for (let b: u32 = 1; b < bins; b++) {
    store<f32>(cuts + (<usize>(b - 1) << 2), load<f32>(values + (<usize>b << 2)));
  }
  store<f32>(cuts + (<usize>(bins - 1) << 2), Infinity);
  return bins;
}

/** Writes the bin of each sample of a column: T[n]. */
function fillBins<T>(n: u32, present: u32, order: usize, sorted: usize, cuts: usize, bins: u32, out: usize): void {
  let b: u32 = 0;
  for (let rank: u32 = 0; rank < n; rank++) {
    if (rank >= present) b = bins;
    else {
      const value = load<f32>(sorted + (<usize>rank << 2));
      while (b < bins - 1 && value >= load<f32>(cuts + (<usize>b << 2))) b++;
    }
    const sample = <usize>load<u32>(order + (<usize>rank << 2));
    store<T>(out + sample * sizeof<T>(), <T>b);
  }
}

/** The bin that more than half of the values of a column are in, or u32.MAX_VALUE. */
function commonBin(present: u32, sorted: usize, cuts: usize, bins: u32): u32 {
  for (let b: u32 = 0; b < bins; b++) {
    const cut = load<f32>(cuts + (<usize>b << 2));
    // The middle rank is in the bin of any majority.
    if (load<f32>(sorted + (<usize>(present >> 1) << 2)) >= cut) continue;
    const lowest = b ? load<f32>(cuts + (<usize>(b - 1) << 2)) : -Infinity;
    const first = countBelow(present, sorted, lowest);
    return (countBelow(present, sorted, cut) - first) << 1 > present ? b : u32.MAX_VALUE;
  }
  return u32.MAX_VALUE;
}

/** How many of the sorted values are below a bound. */
function countBelow(present: u32, sorted: usize, bound: f32): u32 {
  let low: u32 = 0;
  let high = present;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (load<f32>(sorted + (<usize>middle << 2)) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Bins p columns that sortColumns sorted: cuts f32[p][maxBins], counts u32[p] (bins of a column), common u32[p] (the
 * bin of more than half of its values, or u32.MAX_VALUE), bins [p][n] of u16 if `wide`, else u8. Scratch: 8 n + 4 bytes.
 */
export function makeBins(
  n: u32,
  p: u32,
  maxBins: u32,
  wide: u32,
  order: usize,
  sorted: usize,
  present: usize,
  cuts: usize,
  counts: usize,
  common: usize,
  bins: usize,
  scratch: usize,
): void {
  for (let j: u32 = 0; j < p; j++) {
    const offset = (<usize>j * <usize>n) << 2;
    const here = load<u32>(present + (<usize>j << 2));
    const own = cuts + ((<usize>j * <usize>maxBins) << 2);
    const count = cutColumn(here, maxBins, sorted + offset, own, scratch);
    store<u32>(counts + (<usize>j << 2), count);
    store<u32>(common + (<usize>j << 2), commonBin(here, sorted + offset, own, count));
    const out = bins + ((<usize>j * <usize>n) << <usize>wide);
    if (wide) fillBins<u16>(n, here, order + offset, sorted + offset, own, count, out);
    else fillBins<u8>(n, here, order + offset, sorted + offset, own, count, out);
  }
}
