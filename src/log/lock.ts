/**
 * The lock of a file, taken with patience. Each call of flock only tries, because a call that waits cannot be stopped.
 *
 * Pauses between two tries start at 1 ms and double. Their limit is an eighth of the time that it takes to get the
 * lock, now or the last time, but at least 50 ms and at most 1 s. So hundreds of waiting processes do not overload the
 * file system, and a process that has waited long still tries often.
 */
import { Failure } from '../base/errors.js';
import type { Handle, Waiting } from './host.js';

const PAUSE_PART = 1 / 8;
const LONGEST_PAUSE_MS = { quiet: 50, crowded: 1000 };

export class PatientLock {
  /** How long it took to get the lock the last time, in ms. */
  private lastWaitMs = 0;

  /** @param name what is locked, for the message of a failure */
  constructor(
    private readonly waiting: Waiting,
    private readonly name: string,
    private readonly patienceMs: number,
  ) {}

  /**
   * Takes the lock of an open file.
   * @param startMs since when the caller waits for it, in ms of the host's monotonic clock
   * @param mostMs for how long this call tries, in ms; then it gives false
   * @throws Failure `log-locked` when the caller has waited for longer than its patience
   */
  async take(
    handle: Handle,
    kind: 'exclusive' | 'shared',
    startMs = this.waiting.monotonicMs(),
    mostMs = Infinity,
  ): Promise<boolean> {
    const triesFromMs = this.waiting.monotonicMs();
    let pause = Math.max(1, PAUSE_PART * (triesFromMs - startMs));
    for (; !(await handle.lock(kind)); pause *= 2) {
      const nowMs = this.waiting.monotonicMs();
      if (nowMs - startMs > this.patienceMs) throw this.failure();
      if (nowMs - triesFromMs > mostMs) return false;
      const crowded = PAUSE_PART * Math.max(this.lastWaitMs, nowMs - startMs);
      pause = Math.min(pause, Math.max(LONGEST_PAUSE_MS.quiet, Math.min(LONGEST_PAUSE_MS.crowded, crowded)));
      await this.waiting.sleep(pause * (0.5 + this.waiting.random()));
    }
    this.lastWaitMs = this.waiting.monotonicMs() - startMs;
    return true;
  }

  private failure(): Failure {
    const seconds = Math.round(this.patienceMs / 1000);
    return new Failure('log-locked', `another process has held the lock of ${this.name} for ${seconds} s`);
  }
}
