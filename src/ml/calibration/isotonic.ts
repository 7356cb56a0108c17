/**
 * Isotonic regression by pooling adjacent violators (Zadrozny and Elkan, "Transforming classifier scores into accurate
 * multiclass probability estimates", 2002), as scikit-learn's IsotonicRegression with `out_of_bounds='clip'`: linear
 * between the ends of the pools, and constant beyond the first and the last one.
 */

/** A rising curve through q points. */
export interface Steps {
  /** q scores, ascending, all different. */
  scores: Float64Array;
  /** q probabilities, never falling. */
  probabilities: Float64Array;
}

/** Scores between two ends, how many samples they have, and how many of these are positive. */
interface Pool {
  first: number;
  last: number;
  positives: number;
  samples: number;
}

/** The rising curve that is nearest to m labels in the sum of squares. A label is positive above 0. */
export function fitSteps(scores: Float64Array, labels: ArrayLike<number>): Steps {
  const pools: Pool[] = [];
  for (const single of poolsOfEquals(scores, labels)) {
    let pool = single;
    for (let before = pools.at(-1); before && isAbove(before, pool); before = pools.at(-1)) {
      pools.pop();
      pool = joined(before, pool);
    }
    pools.push(pool);
  }
  // Between the ends of a pool the curve is flat, so the points inside say nothing.
  const points = pools.flatMap(({ first, last, positives, samples }) =>
    (first === last ? [first] : [first, last]).map(score => [score, positives / samples]),
  );
  return {
    scores: Float64Array.from(points, ([score]) => score),
    probabilities: Float64Array.from(points, ([, probability]) => probability),
  };
}

/** Scores that are nearer than this are one score, as in scikit-learn: probabilities near 0 are noise of the model. */
const RESOLUTION = 1e-15;

/** A pool for each score that occurs, ascending. Of scores that are one, the smallest counts. */
function poolsOfEquals(scores: Float64Array, labels: ArrayLike<number>): Pool[] {
  const order = Array.from(scores.keys()).sort((i, j) => scores[i] - scores[j]);
  const pools: Pool[] = [];
  for (const sample of order) {
    const [score, positives] = [scores[sample], labels[sample] > 0 ? 1 : 0];
    const single = { first: score, last: score, positives, samples: 1 };
    const before = pools.at(-1);
    if (before && score - before.first < RESOLUTION)
      pools[pools.length - 1] = { ...joined(before, single), last: before.first };
    else pools.push(single);
  }
  return pools;
}

function joined(a: Pool, b: Pool): Pool {
  return {
    first: a.first,
    last: b.last,
    positives: a.positives + b.positives,
    samples: a.samples + b.samples,
  };
}

/** Whether the share of a pool is at least that of the pool after it. Products of counts are exact. */
const isAbove = (a: Pool, b: Pool): boolean => a.positives * b.samples >= b.positives * a.samples;

/** The height of the curve at a score. */
export function heightAt({ scores, probabilities }: Steps, score: number): number {
  const last = scores.length - 1;
  if (score <= scores[0]) return probabilities[0];
  if (score >= scores[last]) return probabilities[last];
  let [low, high] = [0, last];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (scores[middle] <= score) low = middle;
    else high = middle;
  }
  const rise = (probabilities[high] - probabilities[low]) / (scores[high] - scores[low]);
  return rise * (score - scores[low]) + probabilities[low];
}
