/**
 * The density of a parameter's values on a grid, as PED-ANOVA takes it. Pure. The source is Watanabe, Bansal and Hutter
 * (2023), and `optuna.importance.PedAnovaImportanceEvaluator` of Optuna 5.0, which gives the same numbers.
 */

/** Keeps the ratio of two densities finite where both are next to nothing. */
const FLOOR = 1e-12;
/** The smallest bandwidth: 90% of a kernel stays in its own place. */
const SMALLEST_SIGMA = 0.5 / 1.64;

/** The error function of Gauss. The series converges quickly near 0, and the continued fraction far from it. */
export function erfc(x: number): number {
  if (x < 0) return 2 - erfc(-x);
  if (x < 3) {
    let term = x;
    let sum = x;
    for (let k = 1; Math.abs(term) > 1e-17 * sum && k < 200; k++) {
      term *= (2 * x * x) / (2 * k + 1);
      sum += term;
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  let fraction = 0;
  for (let k = 60; k >= 1; k--) fraction = k / 2 / (x + fraction);
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
}

/** The mass of a normal between two limits. */
function mass(low: number, high: number, mean: number, sigma: number): number {
  const [a, b] = [low, high].map(limit => (limit - mean) / sigma / Math.SQRT2);
  return a > 0 ? (erfc(a) - erfc(b)) / 2 : (erfc(-b) - erfc(-a)) / 2;
}

/** The index of the first sum that is at least (`left`) or more than (`right`) the limit. */
function firstAbove(sums: readonly number[], limit: number, side: 'left' | 'right'): number {
  const found = sums.findIndex(sum => (side === 'left' ? sum >= limit : sum > limit));
  return found < 0 ? sums.length : found;
}

/** The bandwidth by Scott's rule of observations that stand at the places of `counts`. */
function scottBandwidth(counts: Float64Array, n: number): number {
  const places = [...counts.keys()].filter(place => counts[place] > 0);
  const sums: number[] = [];
  for (const place of places) sums.push((sums.at(-1) ?? 0) + counts[place]);
  const mean = places.reduce((sum, place) => sum + place * counts[place], 0) / n;
  const squares = places.reduce((sum, place) => sum + (place - mean) * (place - mean) * counts[place], 0);
  const deviation = Math.sqrt(squares / Math.max(1, n - 1));
  const q1 = firstAbove(sums, Math.floor(n / 4), 'left');
  const q3 = Math.min(places.length - 1, firstAbove(sums, Math.floor((n * 3) / 4), 'right'));
  const spread = Math.min((places[q3] - places[q1]) / 1.34, deviation);
  return Math.max(1.059 * spread * Math.exp(-0.2 * Math.log(n)), SMALLEST_SIGMA);
}

/**
 * The mass at each place of a grid.
 * @param kind of words, each observed one is a kernel that leaves a little to the others; of numbers, each is a normal
 *   that is cut at the ends of the grid; both are mixed with one flat kernel that weighs as one observation
 * @param counts how many observations stand at each place; at least one
 */
export function densityOf(kind: 'number' | 'word', counts: Float64Array): Float64Array {
  const n = counts.reduce((sum, count) => sum + count, 0);
  return kind === 'word' ? wordDensity(counts, n) : numberDensity(counts, n);
}

function wordDensity(counts: Float64Array, n: number): Float64Array {
  const words = counts.length;
  const kernels = counts.filter(count => count > 0).length + 1;
  const whole = 1 + words / kernels;
  const spread = (n / kernels / whole + 1 / words) / (n + 1);
  return counts.map(count => count / whole / (n + 1) + spread + FLOOR);
}

function numberDensity(counts: Float64Array, n: number): Float64Array {
  const places = counts.length;
  const density = new Float64Array(places).fill(FLOOR);
  const add = (center: number, sigma: number, weight: number, near: (offset: number) => number): void => {
    const share = weight / mass(-0.5, places - 0.5, center, sigma) / (n + 1);
    for (let i = 0; i < places; i++) density[i] += share * near(i - center);
  };
  const sigma = scottBandwidth(counts, n);
  // All kernels have one shape, so its mass is computed once for each distance.
  const shape = Float64Array.from(counts, (_, distance) => mass(distance - 0.5, distance + 0.5, 0, sigma));
  counts.forEach((count, place) => {
    if (count > 0) add(place, sigma, count, offset => shape[Math.abs(offset)]);
  });
  add((places - 1) / 2, places, 1, offset => mass(offset - 0.5, offset + 0.5, 0, places));
  return density;
}
