/**
 * How much to claim at once. A claim costs one locked and synced append, some milliseconds; so a worker
 * claims several small configs together, but only some seconds of work, so that a killed worker loses little and the
 * last configs of a search spread over all workers. Where the log is slow for so many, it is more: two minutes at most.
 */
/** The part of the time for which all workers together may hold the log's lock: so nobody waits long for it. */
const lockedPart = 1 / 2;
/** The longest time between two appends of a worker that has something to say: if it dies, so much is trained again. */
const longestRhythm = 60;

/**
 * A worker appends at most once in so many seconds: the less often, the more there are, the longer an append holds the
 * lock, and the longer it has to wait for it.
 */
export function rhythmSeconds(workers: number, lockedSeconds: number, appendSeconds: number): number {
  return Math.min(longestRhythm, Math.max(1, (workers * lockedSeconds) / lockedPart, appendSeconds));
}

/** The rhythm of one worker, as its appends tell it. */
export class Rhythm {
  /** How many seconds pass between two appends, at least. */
  seconds = 1;
  /** How long an append holds the log's lock, a moving average. */
  private lockedSeconds = 0;

  /** Learns from an append that is done. */
  learn(workers: number, lockedSeconds: number, appendSeconds: number): void {
    this.lockedSeconds += (lockedSeconds - this.lockedSeconds) / (this.lockedSeconds === 0 ? 1 : 4);
    this.seconds = rhythmSeconds(workers, this.lockedSeconds, appendSeconds);
  }

  /** Whoever has waited long for the log claims more at once, even the first time: hundreds may have started together. */
  slowDown(workers: number, waitedSeconds: number): void {
    this.seconds = Math.max(this.seconds, rhythmSeconds(workers, this.lockedSeconds, waitedSeconds));
  }
}

/** A worker holds about so many seconds of work per trainer: enough to go on while it waits for the log. */
export function holdSeconds(rhythm: number): number {
  return 2 + 2 * rhythm;
}

/** What a config is expected to take as long as nobody knows; two of them are a hold. */
const unknownSeconds = 2;

/** The most configs in one claim. */
export const mostPerClaim = 2048;

/** A worker that must end at a given time gives back what it has this long before, but never longer than a tenth of its
 * whole time: an append to a slow file system may take a while. */
const closingSeconds = 10;
/** A config that is expected to take so many times less than what is left fits: the next one may take longer. */
const fitFactor = 1.5;

/** How long before its end a worker with this much time stops training. */
export function closingTime(seconds: number): number {
  return Math.min(closingSeconds, seconds / 10);
}

/** A busy worker looks after so many others; each look opens a small file of each. */
export const mostWatched = 16;
/** And after so many on its own machine, every second: their processes can be looked at without the file server. */
export const mostNear = 4;
export const nearPauseMs = 1000;

/**
 * The workers that one worker looks after: all while there are few, else those that come next in the order of their
 * ids, in a ring. So everyone is watched by as many, and what a thousand workers read together grows with their number
 * and not with its square.
 */
export function watched(own: string, holders: readonly string[], most = mostWatched): string[] {
  const others = holders.filter(id => id !== own).sort();
  const next = others.findIndex(id => id > own);
  return next < 0 ? others.slice(0, most) : [...others.slice(next), ...others.slice(0, next)].slice(0, most);
}

/** No name holds a NUL. */
const key = (pipeline: string, split: string): string => `${pipeline}\0${split}`;

/** Remembers how long the configs of a pipeline take: a moving average that forgets half in about three configs. */
export class Pace {
  private readonly averages = new Map<string, number>();

  learn(pipeline: string, split: string, seconds: number): void {
    const name = key(pipeline, split);
    const before = this.averages.get(name);
    this.averages.set(name, before === undefined ? seconds : before * 0.8 + seconds * 0.2);
  }

  /** The seconds that a config is expected to take; a guess for a pipeline that was not timed yet. */
  expect(pipeline: string, split: string): number {
    return this.averages.get(key(pipeline, split)) ?? unknownSeconds;
  }

  /** Whether a config is expected to end within the seconds that are left. What was not timed yet is worth a try. */
  fits(pipeline: string, split: string, secondsLeft: number): boolean {
    if (secondsLeft === Infinity) return true;
    const expected = this.averages.get(key(pipeline, split)) ?? 0;
    return secondsLeft > 0 && fitFactor * expected <= secondsLeft;
  }
}
