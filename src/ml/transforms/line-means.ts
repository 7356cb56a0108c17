import { moments } from '../algebra/statistics.js';

/**
 * k-means of values on a line, as scikit-learn's KMeans finds it from given centers (Lloyd's algorithm,
 * sklearn/cluster/_kmeans.py, _k_means_lloyd.pyx). A step assigns each value to its nearest center, and moves each
 * center to the mean of its values.
 */

const MOST_STEPS = 300;
/** Of the variance of the values: the squared shifts of all centers below which the search ends. */
const TOLERANCE = 1e-4;

/** The centers of k clusters of n values, in the order of the k centers that the search begins with. */
export function clusterCenters(values: Float64Array, begin: Float64Array): Float64Array {
  const { mean, variance } = moments(values);
  const x = values.map(value => value - mean);
  let centers: Float64Array = begin.map(value => value - mean);
  let labels: Int32Array = new Int32Array(x.length).fill(-1);
  for (let step = 0; step < MOST_STEPS; step++) {
    const nearest = Int32Array.from(x, value => nearestOf(value, centers));
    const moved = meansOf(x, nearest, centers);
    const shifts = moved.map((center, c) => center - centers[c]);
    const shift = shifts.reduce((sum, own) => sum + own * own, 0);
    centers = moved;
    if (nearest.every((label, i) => label === labels[i])) break;
    if (shift <= TOLERANCE * variance) break;
    labels = nearest;
  }
  return centers.map(center => center + mean);
}

/** The place of the nearest center, the first among equally near ones. */
function nearestOf(value: number, centers: Float64Array): number {
  let best = 0;
  for (let c = 1; c < centers.length; c++)
    if (Math.abs(value - centers[c]) < Math.abs(value - centers[best])) best = c;
  return best;
}

/**
 * The means of the clusters. An empty cluster takes over the value that is farthest from its center. The center of a
 * cluster that is empty thereafter is at 0, the mean of all values.
 */
function meansOf(x: Float64Array, labels: Int32Array, centers: Float64Array): Float64Array {
  const sums = new Float64Array(centers.length);
  const counts = new Int32Array(centers.length);
  labels.forEach((label, i) => {
    sums[label] += x[i];
    counts[label]++;
  });
  const empty = Int32Array.from(counts.keys()).filter(c => counts[c] === 0);
  if (empty.length > 0) {
    const away = x.map((value, i) => Math.abs(value - centers[labels[i]]));
    const farthest = Int32Array.from(x.keys()).sort((a, b) => away[b] - away[a] || a - b);
    empty.forEach((c, at) => {
      const i = farthest[at];
      sums[labels[i]] -= x[i];
      counts[labels[i]]--;
      [sums[c], counts[c]] = [x[i], 1];
    });
  }
  return sums.map((sum, c) => (counts[c] > 0 ? sum / counts[c] : 0));
}
