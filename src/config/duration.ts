/**
 * Durations as people write them: a number and a unit, `500ms`, `90s`, `30m`, `1.5h`, `2d`.
 */

const MILLISECONDS = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

/** The longest duration, in milliseconds. A longer one may exceed 2^31 - 1, and then Node's timers fire at once. */
const MAX_DURATION_MS = 24 * 86_400_000;

/** The form of a duration. */
export const DURATION = /^(\d{1,9}(?:\.\d{1,6})?) ?(ms|s|m|h|d)$/;

export const DURATION_EXPECTED = 'a duration such as 500ms, 90s, 30m or 1h, at most 24d';

/** The duration in whole milliseconds; undefined where the text is not a duration, is zero or exceeds 24 days. */
export function parseDuration(text: string): number | undefined {
  const parts = DURATION.exec(text);
  if (!parts) return undefined;
  const milliseconds = Math.round(Number(parts[1]) * MILLISECONDS.get(parts[2])!);
  return milliseconds >= 1 && milliseconds <= MAX_DURATION_MS ? milliseconds : undefined;
}
