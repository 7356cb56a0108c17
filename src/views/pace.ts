/**
 * How fast a search goes: configs a minute, core hours a minute, and how much longer a config occupies a thread than it
 * trains. All of it is read from outcomes of a window of time. Pure.
 */

/** An outcome: when it was written, in seconds of any clock, and how long the config trained. */
export interface TimedOutcome {
  at: number;
  seconds: number;
}

/** A stretch of time, in seconds, and the threads that worked in it. */
export interface Window {
  from: number;
  now: number;
  threads: number;
}

/** As if this number of outcomes had been seen that took their threads no longer than they trained. */
const DOUBT_OUTCOMES = 3;
/** The largest stretch that is believed. */
const MOST_STRETCH = 50;

/** How many seconds of training fell into a window, with what runs now. */
export function trainedSeconds(
  outcomes: readonly TimedOutcome[],
  elapsed: readonly number[],
  { from, now }: Pick<Window, 'from' | 'now'>,
): number {
  let sum = 0;
  for (const { at, seconds } of outcomes)
    sum += Math.max(0, Math.min(at, now) - Math.max(at - seconds, from));
  for (const seconds of elapsed) sum += Math.min(seconds, now - from);
  return sum;
}

/**
 * The time that threads gave over the time that configs trained: 1 where threads do nothing but train. Small numbers of
 * outcomes pull it towards 1.
 */
export function stretchOf(
  outcomes: readonly TimedOutcome[],
  elapsed: readonly number[],
  window: Window,
): number {
  const trained = trainedSeconds(outcomes, elapsed, window);
  if (!(trained > 0)) return 1;
  const inside = outcomes.filter(({ at }) => at > window.from && at <= window.now).length;
  const raw = ((window.now - window.from) * window.threads) / trained;
  const weight = inside / (inside + DOUBT_OUTCOMES);
  return Math.min(MOST_STRETCH, Math.max(1, 1 + weight * (raw - 1)));
}

/** What was done in a window. */
export interface Rates {
  windowSeconds: number;
  configs: number;
  configsPerMinute: number;
  /** Hours of a thread that finished and failed configs took, for each minute of the window. */
  coreHoursPerMinute: number;
}

export function ratesOf(outcomes: readonly TimedOutcome[], { from, now }: Window): Rates {
  const windowSeconds = now - from;
  const inside = outcomes.filter(({ at }) => at > from && at <= now);
  const minutes = windowSeconds / 60;
  return {
    windowSeconds,
    configs: inside.length,
    configsPerMinute: inside.length / minutes,
    coreHoursPerMinute: trainedSeconds(inside, [], { from, now }) / 3600 / minutes,
  };
}
