/**
 * Whether configs take longer now than they did before: other users of the machine, or workers on other machines. The
 * errors of a model of times are averaged over parts of the past. Where the averages differ by more than chance, the
 * last one is expected to go on, but not fully, because such a level also comes back. Pure.
 */
import { meanOf } from '../statistics/sample.js';

/** The error of a config's expected logarithm, and when it was done. */
export interface Moment {
  at: number;
  error: number;
}

/** What is added to the logarithm of all times from now on, and its deviation. */
export interface Drift {
  level: number;
  deviation: number;
}

/** The parts of the past, and the least number of configs in each. */
const PARTS = 10;
const LEAST_IN_PART = 8;
/** How much of the last level goes on. */
const KEPT = 0.7;
/** How much the level may change in any case, as the deviation of a logarithm: 10%. */
const USUAL_DEVIATION = 0.1;

export function driftOf(moments: readonly Moment[]): Drift {
  const count = Math.min(PARTS, Math.floor(moments.length / LEAST_IN_PART));
  if (count < 3) return { level: 0, deviation: 2 * USUAL_DEVIATION };
  const sorted = [...moments].sort((a, b) => a.at - b.at).map(({ error }) => error);
  const size = sorted.length / count;
  const means = Array.from({ length: count }, (_, i) =>
    meanOf(sorted.slice(Math.round(i * size), Math.round((i + 1) * size))),
  );
  const mean = meanOf(sorted);
  const noise = sorted.reduce((sum, error) => sum + (error - mean) ** 2, 0) / sorted.length / size;
  const between = means.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (count - 1);
  const variance = Math.max(0, between - noise);
  const weight = variance / (variance + noise || 1);
  return {
    level: KEPT * weight * (means[count - 1] - mean),
    deviation: Math.sqrt(USUAL_DEVIATION ** 2 + variance),
  };
}
