/**
 * How often a worker appends, and how much it claims at once. A claim costs one locked and synced append: some
 * milliseconds. So a worker claims several small configs together. It claims only some seconds of work, so that a
 * killed worker loses little, and so that the last configs of a search spread over all workers. Where many workers
 * share a slow log, it claims more: two minutes of work at most.
 */

/** All workers together may hold the log's lock for this part of the time, so that nobody waits long for it. */
const LOCKED_PART = 1 / 2;
/**
 * The longest time between two appends of a worker that has something to report, in seconds. If the worker dies, the
 * work of this time is done again.
 */
const LONGEST_RHYTHM_SECONDS = 60;

/**
 * The least time between two appends of one worker, in seconds. It grows with the number of workers, with the time for
 * which an append holds the lock, and with the time that an append takes in all.
 */
function rhythmSeconds(workers: number, lockedSeconds: number, appendSeconds: number): number {
  return Math.min(
    LONGEST_RHYTHM_SECONDS,
    Math.max(1, (workers * lockedSeconds) / LOCKED_PART, appendSeconds),
  );
}

/** How often one worker appends. It learns this from its own appends. */
export class Rhythm {
  /** The least time between two appends, in seconds. */
  seconds = 1;
  /** How long an append holds the log's lock, in seconds; a moving average. */
  private lockedSeconds = 0;

  /** Learns from an append: how long it held the lock, and how long it took in all, in seconds. */
  learn(workers: number, lockedSeconds: number, appendSeconds: number): void {
    this.lockedSeconds += (lockedSeconds - this.lockedSeconds) / (this.lockedSeconds === 0 ? 1 : 4);
    this.seconds = rhythmSeconds(workers, this.lockedSeconds, appendSeconds);
  }

  /** Learns from the wait for the lock, in seconds. So even the first claim is larger where hundreds start together. */
  slowDown(workers: number, waitedSeconds: number): void {
    this.seconds = Math.max(this.seconds, rhythmSeconds(workers, this.lockedSeconds, waitedSeconds));
  }
}

/** How much work a worker holds for each trainer, in seconds; `pauseSeconds` pass between two of its appends. */
export function holdSeconds(pauseSeconds: number): number {
  return 2 + 2 * pauseSeconds;
}

/** How long a config is expected to take before any was timed, in seconds. A hold has two of these configs. */
const UNKNOWN_SECONDS = 2;

/** The most configs in one claim. */
export const MOST_PER_CLAIM = 2048;

/**
 * A worker that must end at a given time stops training this long before, in seconds, because an append to a slow file
 * system may take a while. It is at most a tenth of the worker's whole time.
 */
const CLOSING_SECONDS = 10;
/**
 * A config fits if this multiple of its expected time is left, because the next config may take longer than the mean.
 */
const FIT_FACTOR = 1.5;

/** How long before its end a worker stops training, in seconds; `seconds` is the worker's whole time. */
export function closingSeconds(seconds: number): number {
  return Math.min(CLOSING_SECONDS, seconds / 10);
}

/** The key of a pipeline and a split. No name holds a NUL. */
const key = (pipeline: string, split: string): string => `${pipeline}\0${split}`;

/**
 * How long the configs of a pipeline take on a split, as a moving average. A config counts half as much after three
 * others.
 */
export class Pace {
  private readonly averages = new Map<string, number>();

  learn(pipeline: string, split: string, seconds: number): void {
    const name = key(pipeline, split);
    const before = this.averages.get(name);
    this.averages.set(name, before === undefined ? seconds : before * 0.8 + seconds * 0.2);
  }

  /**
   * How long a config is expected to take, in seconds. It is a guess before one of its pipeline and split was timed.
   */
  expect(pipeline: string, split: string): number {
    return this.averages.get(key(pipeline, split)) ?? UNKNOWN_SECONDS;
  }

  /** Whether a config is expected to end within the seconds that are left. A config is tried if none was timed. */
  fits(pipeline: string, split: string, secondsLeft: number): boolean {
    if (secondsLeft === Infinity) return true;
    const expected = this.averages.get(key(pipeline, split)) ?? 0;
    return secondsLeft > 0 && FIT_FACTOR * expected <= secondsLeft;
  }
}
