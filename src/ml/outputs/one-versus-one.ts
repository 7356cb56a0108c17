/** Classification of k classes by one two-class machine for each pair of classes. */

/** The pairs (a, b), a < b, of the given class codes, in libsvm's order. */
export function pairsOf(codes: readonly number[]): [number, number][] {
  return codes.flatMap((a, at) => codes.slice(at + 1).map((b): [number, number] => [a, b]));
}

/**
 * Votes of the pairs. The sums of their margins, squeezed into (-1/3, 1/3), break ties (_ovr_decision_function in
 * sklearn/utils/multiclass.py). `margins[pair]` holds m margins, positive for the second class of the pair. Returns m
 * x classes values, row-major; the largest wins.
 */
export function pairwiseDecision(
  pairs: readonly [number, number][],
  margins: readonly Float64Array[],
  classes: number,
  samples: number,
): Float64Array {
  const votes = new Float64Array(samples * classes);
  const sums = new Float64Array(samples * classes);
  pairs.forEach(([a, b], pair) => {
    for (let i = 0; i < samples; i++) {
      const margin = margins[pair][i];
      sums[i * classes + a] -= margin;
      sums[i * classes + b] += margin;
      votes[i * classes + (margin > 0 ? b : a)]++;
    }
  });
  return votes.map((count, at) => count + sums[at] / (3 * (Math.abs(sums[at]) + 1)));
}
