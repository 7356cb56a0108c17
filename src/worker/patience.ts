/** A log that cannot be read for a moment ends no worker: it is tried again, after pauses that grow. */
import { Failure } from '../base/errors.js';
import type { Rng } from '../base/rng.js';
import { isHopeless, readFailure } from '../log/failures.js';
import { errnoOf } from '../log/host.js';
import { duration } from '../terminal/units.js';

/** After this number of errors in a row, about a minute of them, it waits no more. */
const mostInARow = 10;
const pausesMs = { first: 250, most: 10_000 };

export class Patience {
  private inARow = 0;
  /** Until then, nothing is read. */
  untilMs = 0;

  /** Takes note that the log was read or written. */
  succeeded(): void {
    this.inARow = 0;
  }

  /**
   * Bears an error of reading: says until when to wait, and gives the line that tells of it.
   * @throws what does not pass by waiting, and the last of too many errors
   */
  bear(error: unknown, nowMs: number, jitter: Rng, directory: string): string {
    const code = errnoOf(error);
    if (code === undefined || error instanceof Failure) throw error;
    if (isHopeless(error) || ++this.inARow > mostInARow) throw readFailure(error, directory);
    const pauseMs = Math.min(pausesMs.most, pausesMs.first * 2 ** this.inARow) * (0.5 + jitter.float());
    this.untilMs = nowMs + pauseMs;
    return `waiting   the log could not be read (${code}); it is tried again in ${duration(pauseMs / 1000)}`;
  }
}
