/** Below this length, runs are sorted by insertion; runs are then merged. */
const RUN = 64;

/**
 * The area under the ROC curve of many lists of values for the same weighted samples. Each list is sorted from the
 * order of the list before, so lists that resemble each other cost little more than one pass. The areas do not depend
 * on this order: weights are counts, and all sums are exact.
 */
export class WeightedArea {
  /** The places of the samples that count, in the order of the last list. */
  private readonly order: Int32Array;
  /** Their values, in the same order. */
  private readonly keys: Float64Array;
  private readonly spareOrder: Int32Array;
  private readonly spareKeys: Float64Array;
  /** By place: the weight of a positive sample, and of a negative one. One of the two is 0. */
  private readonly positive: Int32Array;
  private readonly negative: Int32Array;

  /**
   * @param weights m counts; a sample of weight 0 takes no part
   * @param isPositive m flags
   */
  constructor(weights: ArrayLike<number>, isPositive: ArrayLike<boolean>) {
    this.positive = Int32Array.from(weights, (weight, place) => (isPositive[place] ? weight : 0));
    this.negative = Int32Array.from(weights, (weight, place) => (isPositive[place] ? 0 : weight));
    this.order = Int32Array.from(this.positive.keys()).filter(place => weights[place] > 0);
    this.keys = new Float64Array(this.order.length);
    this.spareOrder = new Int32Array(this.order.length);
    this.spareKeys = new Float64Array(this.order.length);
  }

  /** The area for m values, of which larger ones speak for the positive class; NaN where a class has no weight. */
  of(values: Float64Array): number {
    const { order, keys, positive, negative } = this;
    for (let i = 0; i < order.length; i++) keys[i] = values[order[i]];
    this.sort();
    let [halves, positives, negatives, tiedPositives, tiedNegatives] = [0, 0, 0, 0, 0];
    for (let i = 0; i < order.length; i++) {
      // Without a branch, because the classes come in no order.
      tiedPositives += positive[order[i]];
      tiedNegatives += negative[order[i]];
      if (i + 1 < order.length && keys[i + 1] === keys[i]) continue;
      halves += tiedPositives * (2 * negatives + tiedNegatives);
      positives += tiedPositives;
      negatives += tiedNegatives;
      tiedPositives = tiedNegatives = 0;
    }
    return halves / (2 * positives * negatives);
  }

  /** Sorts the keys, and their places with them. */
  private sort(): void {
    const { length } = this.order;
    for (let start = 0; start < length; start += RUN) this.insert(start, Math.min(start + RUN, length));
    for (let width = RUN; width < length; width *= 2)
      for (let start = 0; start + width < length; start += 2 * width)
        this.merge(start, start + width, Math.min(start + 2 * width, length));
  }

  private insert(start: number, end: number): void {
    const { order, keys } = this;
    for (let i = start + 1; i < end; i++) {
      const key = keys[i];
      if (keys[i - 1] <= key) continue;
      const place = order[i];
      let at = i;
      for (; at > start && keys[at - 1] > key; at--) {
        keys[at] = keys[at - 1];
        order[at] = order[at - 1];
      }
      keys[at] = key;
      order[at] = place;
    }
  }

  /** Merges two sorted runs that stand side by side. What is in its place already is not moved. */
  private merge(start: number, middle: number, end: number): void {
    const { order, keys, spareOrder, spareKeys } = this;
    let first = start;
    while (first < middle && keys[first] <= keys[middle]) first++;
    for (let i = first; i < middle; i++) {
      spareKeys[i] = keys[i];
      spareOrder[i] = order[i];
    }
    let left = first;
    let right = middle;
    for (let at = first; left < middle; at++) {
      if (right < end && keys[right] < spareKeys[left]) {
        keys[at] = keys[right];
        order[at] = order[right++];
      } else {
        keys[at] = spareKeys[left];
        order[at] = spareOrder[left++];
      }
    }
  }
}
