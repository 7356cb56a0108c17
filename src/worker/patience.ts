/** Lets a worker survive a log that cannot be read for a moment: the log is read again, after pauses that grow. */
import { Failure } from '../base/errors.js';
import type { Rng } from '../base/rng.js';
import { isHopeless, readFailure } from '../log/failures.js';
import { errnoOf } from '../log/host.js';
import { duration } from '../terminal/units.js';

/** After this number of errors in a row the worker ends. Their pauses are about a minute together. */
const MOST_IN_A_ROW = 10;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

export class Patience {
  private inARow = 0;
  /** When the log may be read again, in ms of the worker's clock. */
  untilMs = 0;

  /** Notes that the log was read or written. */
  succeeded(): void {
    this.inARow = 0;
  }

  /**
   * Sets a pause after an error of reading, and gives the line of the status log.
   * @throws an error that waiting does not cure, and the last of too many errors
   */
  pauseAfter(error: unknown, nowMs: number, jitter: Rng, directory: string): string {
    const code = errnoOf(error);
    if (code === undefined || error instanceof Failure) throw error;
    if (isHopeless(error) || ++this.inARow > MOST_IN_A_ROW) throw readFailure(error, directory);
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.inARow) * (0.5 + jitter.float());
    this.untilMs = nowMs + pauseMs;
    return `waiting   the log could not be read (${code}); it is tried again in ${duration(pauseMs / 1000)}`;
  }
}
