/** Pairs of configs of one setting, compared over the same folds. */
import { halfWidth, holm, pairedTest, type Folding, type Paired } from '../statistics/folds.js';

/** A config to compare: its scores in the folds. */
export interface Contestant {
  id: string;
  scores: readonly number[];
}

export interface Pair extends Paired {
  /** The places of the two contestants. A positive mean says that the first one is better. */
  first: number;
  second: number;
  /** The interval of the difference at the level 1 - alpha, for this pair alone. */
  low: number;
  high: number;
  /** Holm's adjustment over all pairs. */
  adjusted: number;
  /** The smallest difference that would be significant with this error, for this pair alone. */
  visible: number;
}

/**
 * Every pair, by the corrected paired t test.
 * @param sign 1 where large scores are good, and -1 where small ones are
 */
export function pairsOf(
  contestants: readonly Contestant[],
  { folding, alpha, sign }: { folding: Folding; alpha: number; sign: 1 | -1 },
): Pair[] {
  const pairs: Omit<Pair, 'adjusted'>[] = [];
  for (let first = 0; first < contestants.length; first++) {
    for (let second = first + 1; second < contestants.length; second++) {
      const found = pairedTest(contestants[first].scores, contestants[second].scores, folding);
      const mean = sign * found.mean;
      const half = halfWidth(found.error, alpha, folding);
      pairs.push({
        ...{ first, second, ...found, mean, t: sign * found.t },
        ...{ low: mean - half, high: mean + half, visible: half },
      });
    }
  }
  const adjusted = holm(pairs.map(({ p }) => p));
  return pairs.map((pair, i) => ({ ...pair, adjusted: adjusted[i] }));
}
