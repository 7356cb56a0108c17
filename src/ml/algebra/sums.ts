/**
 * The sum of values in numpy's order (pairwise_sum of numpy/core/src/umath/loops_utils.h.src). Fewer than 8 values
 * are added one after the other, up to 128 values in eight lanes, and more values by halves. f32 values are added in
 * f32, as in numpy.
 */
export function pairwiseSum(values: Float64Array | Float32Array): number {
  return sumOf(values, 0, values.length, values instanceof Float32Array ? Math.fround : x => x);
}

const LANES = 8;
const AT_ONCE = 128;

function sumOf(
  values: ArrayLike<number>,
  start: number,
  count: number,
  round: (x: number) => number,
): number {
  if (count > AT_ONCE) {
    const half = Math.floor(count / 2 / LANES) * LANES;
    return round(sumOf(values, start, half, round) + sumOf(values, start + half, count - half, round));
  }
  const whole = count - (count % LANES);
  let sum = 0;
  if (whole > 0) {
    const lanes = Array.from({ length: LANES }, (_, lane) => values[start + lane]);
    for (let at = LANES; at < whole; at++) lanes[at % LANES] = round(lanes[at % LANES] + values[start + at]);
    const [a, b, c, d] = [0, 2, 4, 6].map(lane => round(lanes[lane] + lanes[lane + 1]));
    sum = round(round(a + b) + round(c + d));
  }
  for (let at = whole; at < count; at++) sum = round(sum + values[start + at]);
  return sum;
}

/** The mean of some values, weighted where there are weights; NaN where these add up to 0. */
export function weightedMean(values: Float64Array, weights?: Float64Array): number {
  if (!weights) return pairwiseSum(values) / values.length;
  return pairwiseSum(values.map((value, i) => value * weights[i])) / pairwiseSum(weights);
}
