/**
 * Decides when this worker claims, and how much. It keeps some seconds of work for each trainer, and claims more when
 * less than half of this work is left. It claims nothing beside a config that is tried alone, and only configs that are
 * expected to end in time.
 */
import type { Environment, WorkOptions } from './environment.js';
import { anythingElseFits, anythingFits, chooseConfigs } from './choosing.js';
import type { Crew } from './crew.js';
import type { Hold, Job } from './hold.js';
import { MOST_PER_CLAIM, Pace, Rhythm, closingSeconds, holdSeconds } from './pacing.js';
import type { Shelf } from './shelf.js';

/** A worker asks for more when less than this part of a full hold is left. */
const ASKING_PART = 1 / 2;
/**
 * When less than this part is left, a claim joins an append that has another reason, because it makes the append hardly
 * longer.
 */
const PASSING_PART = 4 / 5;
/** After a claim that found nothing, a busy worker waits for this time, in ms, before it asks again. */
const REFUSAL_MS = 3000;

export class Claiming {
  readonly pace = new Pace();
  readonly rhythm = new Rhythm();
  /** When this worker leaves by itself, in ms of its clock; Infinity if nothing ends it. */
  readonly closesAtMs: number;
  private refusedUntilMs = 0;

  constructor(
    private readonly environment: Pick<Environment, 'clock' | 'journal' | 'heartbeat'>,
    private readonly options: Pick<WorkOptions, 'deadlineMs' | 'losses'>,
    private readonly hold: Hold,
    private readonly crew: Crew,
    private readonly shelf: Shelf,
  ) {
    const seconds = options.deadlineMs / 1000;
    this.closesAtMs = environment.clock.nowMs() + (seconds - closingSeconds(seconds)) * 1000;
  }

  /** The time until this worker leaves by itself, in seconds. */
  private secondsLeft(): number {
    return (this.closesAtMs - this.environment.clock.nowMs()) / 1000;
  }

  /** Whether a job is expected to end in time. */
  fits({ config }: Job): boolean {
    if (this.closesAtMs === Infinity) return true;
    return this.pace.fits(config.pipeline, config.split, this.secondsLeft());
  }

  /** Whether something is queued that this worker can train in time. */
  anythingFits(): boolean {
    const { state } = this.environment.journal;
    if (!this.shelf.hasConfigsAside) return anythingFits(state, this.pace, this.secondsLeft());
    return anythingElseFits(state, this.pace, this.secondsLeft(), row => this.isAside(row));
  }

  /** Whether the data of a row's config is known to be missing here. */
  private isAside(row: number): boolean {
    return this.shelf.hasConfigsAside && this.shelf.isConfigAside(this.environment.journal.state.id(row));
  }

  /** Whether the config of a row has had half of the losses that are allowed. It may be the cause of them. */
  isDoubtful(row: number): boolean {
    return this.environment.journal.state.losses[row] >= this.options.losses / 2;
  }

  /** Whether it is time to ask the log for more. */
  isDue(): boolean {
    return this.wantsMore(ASKING_PART) && this.anythingFits();
  }

  private wantsMore(part: number): boolean {
    const { hold, crew } = this;
    if (!this.environment.heartbeat.isFresh() || hold.count('unread') > 0 || crew.isReserved) return false;
    if (hold.count('waiting') >= part * MOST_PER_CLAIM) return false;
    if (this.environment.clock.nowMs() < this.refusedUntilMs && !hold.isEmpty) return false;
    return crew.isIdle || hold.waitingSeconds() < part * this.fullSeconds();
  }

  /** How much work a full hold is, in seconds. */
  private fullSeconds(): number {
    return holdSeconds(this.rhythm.seconds) * this.crew.size;
  }

  /** The ids of the configs to claim now, on the fresh state; none if the worker holds enough, or if nothing fits. */
  choose(): string[] {
    if (!this.wantsMore(PASSING_PART)) return [];
    const { hold, shelf } = this;
    const chosen = chooseConfigs(this.environment.journal.state, this.pace, {
      seconds: this.fullSeconds() - hold.waitingSeconds(),
      secondsLeft: this.secondsLeft(),
      preferredSplit: hold.lastWaiting()?.config.split ?? this.crew.lastSplit,
      isFree: hold.isEmpty,
      isDoubtful: row => this.isDoubtful(row),
      isSplitAside: split => shelf.isAside(split),
      isAside: row => this.isAside(row),
    });
    if (chosen.length === 0) this.refusedUntilMs = this.environment.clock.nowMs() + REFUSAL_MS;
    return chosen;
  }
}
