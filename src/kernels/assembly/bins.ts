/**
 * Quantile bins of sorted columns, as XGBoost 1.7 makes them with `hist` for unweighted samples
 * (src/common/quantile.cc). The cuts are those of the summary of all values, pruned once. Where XGBoost prunes more
 * than once, the caller gives the cuts (`known`).
 *
 * A column of d different values gets min(d, maxBins) bins or a few less. Bin b holds the values from cut b - 1 up
 * to, but not at, cut b. The cut after a bin is the lowest value of the next bin. The last cut is infinite; in
 * XGBoost it is finite, and a later value beyond it is taken for missing. The bin of a missing value is the number of
 * the column's bins. If maxBins is n or more, each value has a bin of its own.
 */

/**
 * Writes the different values of a column to `values` (f32), and the rank where each begins to `ranks` (u32), with
 * `present` after the last. Returns how many there are.
 */
function distinct(present: u32, sorted: usize, values: usize, ranks: usize): u32 {
  let found: u32 = 0;
  for (let rank: u32 = 0; rank < present; rank++) {
    const value = load<f32>(sorted + ((<usize>rank) << 2));
    if (found && value == load<f32>(values + ((<usize>(found - 1)) << 2))) continue;
    store<f32>(values + ((<usize>found) << 2), value);
    store<u32>(ranks + ((<usize>found) << 2), rank);
    found++;
  }
  store<u32>(ranks + ((<usize>found) << 2), present);
  return found;
}

/** Twice the rank between value i and the next one: where the ranks of the one end and those of the other begin. */
function gapAfter(ranks: usize, i: u32): f32 {
  const above = <f32>load<u32>(ranks + ((<usize>(i + 1)) << 2));
  return above + above;
}

/** Twice the middle rank of value i. */
function middle(ranks: usize, i: u32): f32 {
  const at = ranks + ((<usize>i) << 2);
  return <f32>load<u32>(at, 4) + <f32>load<u32>(at);
}

/**
 * Keeps at most `most` of `count` > most values: the first, the last, and between them values evenly spaced in rank
 * (SetPrune of src/common/quantile.h). Overwrites `values`. Returns how many are kept.
 */
function thin(count: u32, most: u32, values: usize, ranks: usize): u32 {
  const first = <f32>load<u32>(ranks, 4);
  const range = <f32>load<u32>(ranks + ((<usize>(count - 1)) << 2)) - first;
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
    store<f32>(values + ((<usize>kept) << 2), load<f32>(values + ((<usize>next) << 2)));
    kept++;
  }
  if (last != count - 1) {
    store<f32>(values + ((<usize>kept) << 2), load<f32>(values + ((<usize>(count - 1)) << 2)));
    kept++;
  }
  return kept;
}

/**
 * Writes the lowest value of each bin of a column to `lows` (f32[bins + 1]), with infinity after the last. Returns
 * the number of bins, which is 0 for a column without values.
 */
function cutColumn(present: u32, maxBins: u32, sorted: usize, lows: usize, scratch: usize): u32 {
  store<f32>(lows, Infinity);
  if (!present) return 0;
  const values = scratch;
  const ranks = scratch + ((<usize>present) << 2);
  let count = distinct(present, sorted, values, ranks);
  if (count > maxBins + 1) count = thin(count, maxBins + 1, values, ranks);
  const bins = min<u32>(count, maxBins);
  memory.copy(lows, values, (<usize>bins) << 2);
  store<f32>(lows + ((<usize>bins) << 2), Infinity);
  return bins;
}

/** Does what cutColumn does where the lowest values are known. */
function copyLows(bins: u32, known: usize, lows: usize): u32 {
  memory.copy(lows, known, (<usize>bins) << 2);
  store<f32>(lows + ((<usize>bins) << 2), Infinity);
  return bins;
}

/** Writes the bin of each sample of a column to `out` (T[n]). */
function fillBins<T, Id>(
  n: u32,
  present: u32,
  order: usize,
  sorted: usize,
  lows: usize,
  bins: u32,
  out: usize,
): void {
  let b: u32 = 0;
  for (let rank: u32 = 0; rank < n; rank++) {
    if (rank >= present) b = bins;
    else {
      const value = load<f32>(sorted + ((<usize>rank) << 2));
      while (b < bins - 1 && value >= load<f32>(lows + ((<usize>b) << 2), 4)) b++;
    }
    const sample = <usize>load<Id>(order + <usize>rank * sizeof<Id>());
    store<T>(out + sample * sizeof<T>(), <T>b);
  }
}

/** Does what fillBins does for bins of 1 << width bytes. */
function fillWidth<Id>(
  n: u32,
  present: u32,
  width: u32,
  order: usize,
  sorted: usize,
  lows: usize,
  bins: u32,
  out: usize,
): void {
  if (width == 0) fillBins<u8, Id>(n, present, order, sorted, lows, bins, out);
  else if (width == 1) fillBins<u16, Id>(n, present, order, sorted, lows, bins, out);
  else fillBins<u32, Id>(n, present, order, sorted, lows, bins, out);
}

/** The bin that holds more than half of the values of a column, or u32.MAX_VALUE. */
function commonBin(present: u32, sorted: usize, lows: usize, bins: u32): u32 {
  for (let b: u32 = 0; b < bins; b++) {
    const cut = load<f32>(lows + ((<usize>b) << 2), 4);
    // If a bin holds more than half of the values, the middle value is in it.
    if (load<f32>(sorted + ((<usize>(present >> 1)) << 2)) >= cut) continue;
    const first = countBelow(present, sorted, load<f32>(lows + ((<usize>b) << 2)));
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
    if (load<f32>(sorted + ((<usize>middle) << 2)) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Bins p columns of n samples that sortColumns sorted; `wide` is that of sortColumns.
 *
 * Given: order, u32[p][n] if `wide`, else u16[p][n]; sorted, f32[p][n]; present, u32[p]. Columns whose cuts are known
 * have their lowest values in known (f32): column j has those from knownStarts[j] up to knownStarts[j + 1] (u32[p +
 * 1]). The other columns have none there.
 *
 * Writes: offsets, u32[p + 1], where the bins of each column start among those of all columns; each column has one
 * more place, for missing values. lows, f32[offsets[p]], the lowest value of each bin, infinite for missing values;
 * it has room for p * (maxBins + 1). common, u32[p], the bin with more than half of a column's values, or
 * u32.MAX_VALUE. bins, [p][n] of 1 << width bytes each.
 *
 * Scratch: 8 n + 4 bytes.
 */
export function makeBins(
  n: u32,
  p: u32,
  maxBins: u32,
  width: u32,
  wide: u32,
  order: usize,
  sorted: usize,
  present: usize,
  knownStarts: usize,
  known: usize,
  offsets: usize,
  lows: usize,
  common: usize,
  bins: usize,
  scratch: usize,
): void {
  let start: u32 = 0;
  for (let j: u32 = 0; j < p; j++) {
    const offset = (<usize>j * <usize>n) << 2;
    const here = load<u32>(present + ((<usize>j) << 2));
    const own = lows + ((<usize>start) << 2);
    const from = load<u32>(knownStarts + ((<usize>j) << 2));
    const given = load<u32>(knownStarts + ((<usize>j) << 2), 4) - from;
    const count = given
      ? copyLows(given, known + ((<usize>from) << 2), own)
      : cutColumn(here, maxBins, sorted + offset, own, scratch);
    store<u32>(offsets + ((<usize>j) << 2), start);
    start += count + 1;
    store<u32>(common + ((<usize>j) << 2), commonBin(here, sorted + offset, own, count));
    const out = bins + ((<usize>j * <usize>n) << (<usize>width));
    if (wide) fillWidth<u32>(n, here, width, order + offset, sorted + offset, own, count, out);
    else fillWidth<u16>(n, here, width, order + (offset >> 1), sorted + offset, own, count, out);
  }
  store<u32>(offsets + ((<usize>p) << 2), start);
}

/** The bin of a sample. `bins` is a column with 1 << width bytes a sample. */
// @ts-ignore: decorator
@inline
export function binOf(bins: usize, sample: usize, width: u32): u32 {
  if (width == 0) return <u32>load<u8>(bins + sample);
  return width == 1 ? <u32>load<u16>(bins + (sample << 1)) : load<u32>(bins + (sample << 2));
}

/**
 * Writes the slots of one column to the lists of the samples, without those of its common bin. `places` (u32[n])
 * holds where each sample's next slot goes, and is moved on.
 */
function listColumn<Id>(
  n: u32,
  width: u32,
  bins: usize,
  first: u32,
  common: u32,
  places: usize,
  slots: usize,
): void {
  for (let i: u32 = 0; i < n; i++) {
    const bin = binOf(bins, <usize>i, width);
    if (bin == common) continue;
    const place = places + ((<usize>i) << 2);
    const at = load<u32>(place);
    store<Id>(slots + <usize>at * sizeof<Id>(), <Id>(first + bin));
    store<u32>(place, at + 1);
  }
}

/**
 * Lists, for each of n samples, its slots in a histogram of all p columns, without common bins. A slot is offsets[j]
 * + bin. offsets, common and bins are those of makeBins.
 *
 * Writes starts, u32[n + 1], where the slots of each sample start, and slots, u32[n p] if `wide`, else u16[n p].
 * Returns how many slots there are.
 */
export function listSlots(
  n: u32,
  p: u32,
  width: u32,
  wide: u32,
  offsets: usize,
  common: usize,
  bins: usize,
  starts: usize,
  slots: usize,
): u32 {
  memory.fill(starts, 0, (<usize>(n + 1)) << 2);
  for (let j: u32 = 0; j < p; j++) {
    const column = bins + ((<usize>j * <usize>n) << (<usize>width));
    const most = load<u32>(common + ((<usize>j) << 2));
    for (let i: u32 = 0; i < n; i++) {
      const place = starts + ((<usize>i) << 2);
      store<u32>(place, load<u32>(place) + <u32>(binOf(column, <usize>i, width) != most));
    }
  }
  let sum: u32 = 0;
  for (let i: u32 = 0; i <= n; i++) {
    const place = starts + ((<usize>i) << 2);
    const here = load<u32>(place);
    store<u32>(place, sum);
    sum += here;
  }
  for (let j: u32 = 0; j < p; j++) {
    const column = bins + ((<usize>j * <usize>n) << (<usize>width));
    const first = load<u32>(offsets + ((<usize>j) << 2));
    const most = load<u32>(common + ((<usize>j) << 2));
    if (wide) listColumn<u32>(n, width, column, first, most, starts, slots);
    else listColumn<u16>(n, width, column, first, most, starts, slots);
  }
  // Each start has moved to where the next one was.
  memory.copy(starts + 4, starts, (<usize>n) << 2);
  store<u32>(starts, 0);
  return sum;
}
