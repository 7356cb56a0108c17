/**
 * The lock of a file, taken with patience. flock is only ever tried: a call that waited for it could not be given up.
 *
 * Pauses between two tries start at 1 ms and double. They grow to an eighth of the time that it takes to get the lock,
 * now or the last time, between 50 ms and 1 s. So hundreds of waiting processes do not wear out the file system, and the
 * process that has waited longest is not the one that tries least.
 */
import { Failure } from '../base/errors.js';
import type { Handle, Host } from './host.js';

const PAUSE_PART = 1 / 8;
const LONGEST_PAUSE_MS = { quiet: 50, crowded: 1000 };

export class PatientLock {
  /** How long it took to get the lock the last time. */
  private lastWaitMs = 0;

  /** @param name what is locked, for the message of a failure */
  constructor(
    private readonly host: Host,
    private readonly name: string,
    private readonly patienceMs: number,
  ) {}

  /**
   * Takes the lock of an open file.
   * @param startMs since when the caller waits for it, on the host's monotonic clock
   * @param mostMs for how long this call tries; then it gives false
   * @throws Failure `log-locked` when the caller has waited for longer than its patience
   */
  async take(
    handle: Handle,
    kind: 'exclusive' | 'shared',
    startMs = this.host.monotonicMs(),
    mostMs = Infinity,
  ): Promise<boolean> {
    const triesFromMs = this.host.monotonicMs();
    let pause = Math.max(1, PAUSE_PART * (triesFromMs - startMs));
    for (; !(await handle.lock(kind)); pause *= 2) {
      const nowMs = this.host.monotonicMs();
      if (nowMs - startMs > this.patienceMs) throw this.failure();
      if (nowMs - triesFromMs > mostMs) return false;
      const crowded = PAUSE_PART * Math.max(this.lastWaitMs, nowMs - startMs);
      pause = Math.min(pause, Math.max(LONGEST_PAUSE_MS.quiet, Math.min(LONGEST_PAUSE_MS.crowded, crowded)));
      await this.host.sleep(pause * (0.5 + this.host.random()));
    }
    this.lastWaitMs = this.host.monotonicMs() - startMs;
    return true;
  }

  private failure(): Failure {
    const seconds = Math.round(this.patienceMs / 1000);
    return new Failure('log-locked', `another process has held the lock of ${this.name} for ${seconds} s`);
  }
}
