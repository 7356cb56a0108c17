/**
 * Quantiles of many values as XGBoost's hist takes them of unweighted samples (src/common/quantile.{h,cc}, 1.7).
 * Values are summarized in the order of the samples, so the cuts of a long column depend on that order. A column of
 * at most FACTOR x bins different values needs no summary: kernels/assembly/bins.ts cuts it from all of its values.
 *
 * Samples wait in a queue. A full queue becomes a summary of its different values, pruned to `limit` of them.
 * Summaries that stand for equally many samples are combined and pruned again, like the digits of a binary number
 * that counts queues. At the end all summaries are combined, pruned to FACTOR values a bin, and pruned to the bins.
 *
 * Ranks are f32, as XGBoost's are. They are whole numbers, exact for up to 16 million samples.
 */

/** Different values in ascending order, each with bounds for the number of samples below it and not above it. */
interface Summary {
  value: Float32Array;
  /** Surely below it, and surely not above it: rmin, RMinNext. */
  below: Float32Array;
  upTo: Float32Array;
  /** At most below it, and at most not above it: RMaxPrev, rmax. */
  mostBelow: Float32Array;
  mostUpTo: Float32Array;
}

/** How many values a bin a summary keeps: kFactor. */
export const FACTOR = 8;

const single = Math.fround;

/** A column's values by sample, and in their order. */
export interface SketchedColumn {
  /** n; NaN where it is missing. */
  values: Float32Array;
  /** The samples by value, those without one last. */
  order: Uint16Array | Uint32Array;
  /** The values that are not missing, ascending. */
  sorted: Float32Array;
}

/** The lowest value of each of at most `bins` bins, for a column of more than FACTOR x bins values. */
export function sketchedLows(column: SketchedColumn, bins: number): Float32Array {
  const limit = limitOf(column.sorted.length, bins);
  const levels: (Summary | undefined)[] = [];
  const queues = queuesOf(column, 2 * limit);
  const last = queues.pop()!;
  for (const queue of queues) push(levels, summaryOf(queue), limit);
  const all = levels.reduce<Summary>(
    (sum, level) => (level ? prune(combine(sum, level), limit) : sum),
    prune(summaryOf(last), limit),
  );
  const { value } = prune(prune(all, FACTOR * bins), bins + 1);
  return value.slice(0, Math.min(value.length, bins));
}

/**
 * How many values a summary keeps. They are enough to keep the error in bounds with as many levels as `count` samples
 * fill.
 */
function limitOf(count: number, bins: number): number {
  const eps = 1 / (FACTOR * bins);
  for (let level = 1; ; level++) {
    const limit = Math.min(count, Math.ceil(level / eps) + 1);
    if (count <= limit * (1 << level)) return limit;
  }
}

/**
 * The values of each filling of the queue, ascending. A value that repeats the value before it takes no place in the
 * queue.
 */
function queuesOf({ values, order, sorted }: SketchedColumn, capacity: number): Float32Array[] {
  if (sorted.length <= capacity) return [sorted];
  const queueOf = new Uint16Array(values.length);
  const starts = [0];
  let [seen, places, last] = [0, 0, NaN];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value !== value) continue;
    if (value !== last) {
      if (places === capacity) {
        places = 0;
        starts.push(seen);
      }
      places++;
      last = value;
    }
    queueOf[i] = starts.length - 1;
    seen++;
  }
  const next = Uint32Array.from(starts);
  const grouped = new Float32Array(seen);
  for (let rank = 0; rank < seen; rank++) grouped[next[queueOf[order[rank]]]++] = sorted[rank];
  return starts.map((start, queue) => grouped.subarray(start, next[queue]));
}

/** A summary with room for `size` values. */
function room(size: number): Summary {
  const all = new Float32Array(5 * size);
  const part = (at: number): Float32Array => all.subarray(at * size, (at + 1) * size);
  return { value: part(0), below: part(1), upTo: part(2), mostBelow: part(3), mostUpTo: part(4) };
}

/** The first values of a summary. */
function shortened(summary: Summary, size: number): Summary {
  const first = (values: Float32Array): Float32Array => values.subarray(0, size);
  const { value, below, upTo, mostBelow, mostUpTo } = summary;
  return {
    value: first(value),
    below: first(below),
    upTo: first(upTo),
    mostBelow: first(mostBelow),
    mostUpTo: first(mostUpTo),
  };
}

/** The summary of all values of an ascending list. */
function summaryOf(sorted: Float32Array): Summary {
  const value = new Float32Array(sorted.length);
  const starts = new Float32Array(sorted.length + 1);
  let size = 0;
  for (let i = 0; i < sorted.length; i++) {
    if (i > 0 && sorted[i] === sorted[i - 1]) continue;
    value[size] = sorted[i];
    starts[size++] = i;
  }
  starts[size] = sorted.length;
  const [below, upTo] = [starts.subarray(0, size), starts.subarray(1, size + 1)];
  return { value: value.subarray(0, size), below, upTo, mostBelow: below, mostUpTo: upTo };
}

/**
 * Adds a summary to the levels. An empty level takes it. A taken level is combined with it, and hands the result on
 * where it grows.
 */
function push(levels: (Summary | undefined)[], added: Summary, limit: number): void {
  let carried = added;
  for (let at = 0; ; at++) {
    carried = prune(carried, limit);
    const here = levels[at];
    if (here) carried = combine(carried, here);
    if (carried.value.length <= limit) {
      levels[at] = carried;
      return;
    }
    levels[at] = undefined;
  }
}

/** Keeps at most `most` values, evenly spaced in rank, the first and the last among them: SetPrune. */
function prune(summary: Summary, most: number): Summary {
  const { below, upTo, mostBelow, mostUpTo } = summary;
  const last = below.length - 1;
  if (last < most) return summary;
  const first = mostUpTo[0];
  const range = single(below[last] - first);
  const kept = new Uint32Array(most);
  let size = 1;
  for (let k = 1, i = 1; k < most - 1; k++) {
    const wanted = single(2 * single(single(single(k * range) / (most - 1)) + first));
    while (i < last && wanted >= single(mostUpTo[i + 1] + below[i + 1])) i++;
    if (i === last) break;
    const next = wanted < single(upTo[i] + mostBelow[i + 1]) ? i : i + 1;
    if (next !== kept[size - 1]) kept[size++] = next;
  }
  if (kept[size - 1] !== last) kept[size++] = last;
  return take(summary, kept.subarray(0, size));
}

/** The entries of a summary at the given places. */
function take(summary: Summary, places: Uint32Array): Summary {
  const taken = room(places.length);
  for (let i = 0; i < places.length; i++) {
    taken.value[i] = summary.value[places[i]];
    taken.below[i] = summary.below[places[i]];
    taken.upTo[i] = summary.upTo[places[i]];
    taken.mostBelow[i] = summary.mostBelow[places[i]];
    taken.mostUpTo[i] = summary.mostUpTo[places[i]];
  }
  return taken;
}

/** The summary of the samples of both: SetCombine. */
function combine(a: Summary, b: Summary): Summary {
  const [endA, endB] = [a.value.length, b.value.length];
  const made = room(endA + endB);
  let size = 0;
  for (let i = 0, j = 0; i < endA || j < endB; size++) {
    const inA = j === endB || (i < endA && a.value[i] <= b.value[j]);
    const inB = i === endA || (j < endB && b.value[j] <= a.value[i]);
    made.value[size] = inA ? a.value[i] : b.value[j];
    // The bounds of a value between two values of the other summary come from these two values.
    const [beforeA, beforeB] = [i > 0 ? a.upTo[i - 1] : 0, j > 0 ? b.upTo[j - 1] : 0];
    const mostA = i < endA ? a.mostBelow[i] : a.mostUpTo[endA - 1];
    const mostB = j < endB ? b.mostBelow[j] : b.mostUpTo[endB - 1];
    made.below[size] = (inA ? a.below[i] : beforeA) + (inB ? b.below[j] : beforeB);
    made.upTo[size] = (inA ? a.upTo[i] : beforeA) + (inB ? b.upTo[j] : beforeB);
    made.mostBelow[size] = mostA + mostB;
    made.mostUpTo[size] = (inA ? a.mostUpTo[i] : mostA) + (inB ? b.mostUpTo[j] : mostB);
    if (inA) i++;
    if (inB) j++;
  }
  return shortened(made, size);
}
