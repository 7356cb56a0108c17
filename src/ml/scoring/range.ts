/** The range that a metric cannot leave, for intervals that a formula would carry beyond it. */
import { metrics } from './metrics.js';

/** Metrics of agreement, which are below 0 where labels agree less than by chance. */
const FROM_MINUS_ONE = new Set(['mcc', 'cohen_kappa']);

/** The interval, cut where the metric ends: at 0 and 1, -1 and 1, or 0 and Infinity. One of no known metric stays. */
export function withinRange<Interval extends { low: number; high: number }>(
  interval: Interval,
  scoring: string,
): Interval {
  if (!metrics.has(scoring)) return interval;
  const least = FROM_MINUS_ONE.has(scoring) ? -1 : 0;
  const most = scoring === 'log_loss' ? Infinity : 1;
  return { ...interval, low: Math.max(interval.low, least), high: Math.min(interval.high, most) };
}
