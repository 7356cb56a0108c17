/**
 * Folds in time: TimeSeriesSplit of scikit-learn (sklearn/model_selection/_split.py, version 1.2). A model is scored on
 * samples that are later than all samples that it was fitted on.
 */
export interface TimeFold {
  train: Int32Array;
  test: Int32Array;
}

/** Rows in the order of their times; rows of one time keep their order. */
function inOrder(times: Float64Array): Int32Array {
  return Int32Array.from(times.keys()).sort((a, b) => times[a] - times[b] || a - b);
}

/**
 * The folds, the earliest first. The last `folds` of `folds + 1` stretches of time are scored, each by a model of all
 * that is before it, but for the `gap` samples just before. The first stretch takes what does not divide.
 */
export function timeFolds(times: Float64Array, folds: number, gap: number): TimeFold[] {
  const order = inOrder(times);
  const size = Math.floor(order.length / (folds + 1));
  return Array.from({ length: folds }, (_, fold) => {
    const start = order.length - (folds - fold) * size;
    return {
      train: order.slice(0, Math.max(0, start - gap)).sort(),
      test: order.slice(start, start + size).sort(),
    };
  });
}

/** Whether n samples make such folds: one sample or more in each stretch, and one before the gap. */
export function fillsTime(n: number, folds: number, gap: number): boolean {
  const size = Math.floor(n / (folds + 1));
  return size > 0 && n - size * folds > gap;
}

/** As many samples as always make such folds: a stretch is longer than the gap. */
export function alwaysEnough(folds: number, gap: number): number {
  return (folds + 1) * (gap + 1);
}
