/**
 * Means of a target among the samples of each category (Micci-Barreca, "A preprocessing scheme for high-cardinality
 * categorical attributes in classification and prediction problems", 2001; _target_encoder_fast.pyx of
 * sklearn/preprocessing). `places` are the places of n categories in [0, count). A category without samples gets the
 * mean of all samples.
 */

/** n numbers of the target, and their mean. */
export interface Outcome {
  values: Float64Array;
  mean: number;
}

/** (sum of a category + smooth x mean) / (samples of a category + smooth). */
export function categoryMeans(
  places: Int32Array,
  count: number,
  { values, mean }: Outcome,
  smooth: number,
): Float64Array {
  const [sums, counts] = [new Float64Array(count).fill(smooth * mean), new Float64Array(count).fill(smooth)];
  places.forEach((place, i) => {
    sums[place] += values[i];
    counts[place]++;
  });
  return sums.map((sum, at) => (counts[at] === 0 ? mean : sum / counts[at]));
}

/**
 * The empirical Bayes estimate: a share of the mean of the category, and the rest of the mean of all. The share is
 * large where a category has many samples and they vary less than all samples do (equations 5 and 6).
 */
export function shrunkMeans(places: Int32Array, count: number, outcome: Outcome): Float64Array {
  const { values, mean } = outcome;
  const variance = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / values.length;
  const means = categoryMeans(places, count, outcome, 0);
  const [counts, squares] = [new Float64Array(count), new Float64Array(count)];
  places.forEach((place, i) => {
    const apart = values[i] - means[place];
    counts[place]++;
    squares[place] += apart * apart;
  });
  return means.map((own, at) => {
    const among = variance * counts[at];
    const share = among / (among + squares[at] / counts[at]);
    return Number.isNaN(share) ? mean : share * own + (1 - share) * mean;
  });
}
