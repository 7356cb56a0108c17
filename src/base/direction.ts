/**
 * Which of two scores ranks first. A config carries the direction of its metric into the log, so that a reader ranks a
 * metric that it has never heard of.
 */

/** `max`: the larger score is the better one. `min`: the smaller one is. */
export type Direction = 'max' | 'min';

/** The metric that ranks, and its direction where the config tells it. */
export interface Ranking {
  scoring: string;
  direction?: Direction;
}

/** The losses that versions 0.1.0 and 0.2.0 knew. These versions wrote no direction. */
const EARLY_LOSSES: ReadonlySet<string> = new Set(['log_loss', 'brier_score']);

/** The direction of a metric whose config tells none. */
function untoldDirection(scoring: string): Direction {
  return EARLY_LOSSES.has(scoring) ? 'min' : 'max';
}

/** The direction in which scores rank. */
export function rankingDirection({ scoring, direction }: Ranking): Direction {
  return direction ?? untoldDirection(scoring);
}

/**
 * The ranking as configs and groups keep it: the direction is there only where the metric's name does not tell it. A
 * value that is no direction counts as none, because it may come from a log.
 */
export function toldRanking(scoring: string, direction: unknown): Ranking {
  const isTold = (direction === 'min' || direction === 'max') && direction !== untoldDirection(scoring);
  return isTold ? { scoring, direction } : { scoring };
}

/** Whether score `a` ranks before score `b`. */
export function isBetter(ranking: Ranking, a: number, b: number): boolean {
  return rankingDirection(ranking) === 'min' ? a < b : a > b;
}
