/** The range that a metric cannot leave, for intervals that a formula would carry beyond it. */
import { metrics } from './metrics.js';
import type { Metric } from './types.js';

/** Metrics of agreement, which are below 0 where labels agree less than by chance. */
const FROM_MINUS_ONE = new Set(['mcc', 'cohen_kappa', 'spearman']);

/** The smallest and the largest score. What is explained of values may be less than nothing. */
function rangeOf({ name, task, direction }: Metric): [least: number, most: number] {
  if (FROM_MINUS_ONE.has(name)) return [-1, 1];
  if (task === 'regression') return direction === 'min' ? [0, Infinity] : [-Infinity, 1];
  return [0, name === 'log_loss' ? Infinity : 1];
}

/** The interval, cut where the metric ends. One of no known metric stays. */
export function withinRange<Interval extends { low: number; high: number }>(
  interval: Interval,
  scoring: string,
): Interval {
  const metric = metrics.get(scoring);
  if (!metric) return interval;
  const [least, most] = rangeOf(metric);
  return { ...interval, low: Math.max(interval.low, least), high: Math.min(interval.high, most) };
}
