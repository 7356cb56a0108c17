/**
 * Which of two scores is better, by the name of the metric. Whoever ranks the configs of a log knows no models and
 * reads the direction here, so a log of any age is ranked rightly. The metrics themselves are in src/ml/scoring/.
 */

/** The metrics for which less is better. For all others, more is better. */
const LOSSES: ReadonlySet<string> = new Set(['log_loss', 'brier_score']);

/** Whether less is better. */
export function isLoss(metric: string): boolean {
  return LOSSES.has(metric);
}

/** Whether score `a` of the metric ranks before score `b`. */
export function isBetter(metric: string, a: number, b: number): boolean {
  return isLoss(metric) ? a < b : a > b;
}
