/**
 * Which of two scores is the better one. The metrics themselves live in src/ml/metrics.ts; what ranks the configs of a
 * log must know no model, and reads the direction here, by the metric's name. So a log of any age is ranked rightly.
 */

/** The metrics of which less is better; of all others, more. */
const LOSSES: ReadonlySet<string> = new Set(['log_loss', 'brier_score']);

/** Whether less is better. */
export function isLoss(metric: string): boolean {
  return LOSSES.has(metric);
}

/** Whether score `a` of the metric ranks before score `b`. */
export function isBetter(metric: string, a: number, b: number): boolean {
  return isLoss(metric) ? a < b : a > b;
}
