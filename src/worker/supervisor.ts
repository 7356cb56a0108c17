/**
 * A worker: one supervisor and its trainer threads. The supervisor owns the log, the lease, the timers and the signals.
 * It never trains, so it can always answer.
 *
 * The loop gives waiting configs to idle trainers. When reports have waited a moment, or when little work is left, it
 * talks to the log: one append reports what is done and claims what is next. Otherwise it sleeps until something
 * happens.
 *
 * A worker is in one of three states, and only `moveTo` changes the state:
 *
 *   working   It claims and trains until nothing is left, or, with `forever`, until a signal.
 *   draining  It gives back what is not running, starts nothing new, and lets the trainers finish until a given time. A
 *             warning (`warn`) sets this time to the end of the job; a first signal (`stop`) sets it to the grace time.
 *             It may move to draining again: a signal after a warning shortens the time.
 *   leaving   It ends the trainers, reports what is done, gives everything else back, and is over. A second signal
 *             moves to leaving; so do `leaveAtOnce`, an error, the end of the time, and the end of the work.
 *
 *   working ──▶ draining ──▶ leaving        working ──▶ leaving
 *
 * A worker that must end at a given time (the limit of a batch job) claims only what is expected to end before, and
 * leaves by itself in time.
 *
 * A config that has lost half of the workers that it may lose is claimed and tried alone, so that its crash cannot cost
 * other configs a loss.
 *
 * A worker leaves to others what it cannot do. It sets aside a split whose data is missing here, and fails only when
 * nothing else is left. A log that cannot be read for a moment is read again later.
 *
 * The log decides what a worker holds. A config whose claim is over is dropped, even if it was trained. Other workers
 * release the claims of a worker that died. If the log has a claim that this worker does not hold (standing.ts), the
 * worker settles it, because nobody else can.
 */
import { Rng } from '../base/rng.js';
import { Claiming } from './claiming.js';
import { Crew, MEMORY_LOOK_MS } from './crew.js';
import type { Environment, Tally, WorkOptions } from './environment.js';
import { Exchange } from './exchange.js';
import { Hold, type Job } from './hold.js';
import { Patience } from './patience.js';
import type { Outcome } from './protocol.js';
import { Reports } from './reports.js';
import { Shelf } from './shelf.js';
import { Watch } from './watch.js';
import { drainingWords } from './words.js';

/**
 * The pause between two looks at the log while nothing can be claimed, in ms. It grows from the first to the longest.
 */
const FIRST_POLL_MS = 250;
const LONGEST_POLL_MS = 3000;

type State =
  | { name: 'working' }
  /** `untilMs` is a time of the worker's clock; `isStopped` says that a first signal to stop has come. */
  | { name: 'draining'; untilMs: number; isStopped: boolean }
  | { name: 'leaving' };

/** The states to which each state may move. */
const MOVES: { [name in State['name']]: readonly State['name'][] } = {
  working: ['draining', 'leaving'],
  draining: ['draining', 'leaving'],
  leaving: [],
};

export class Supervisor {
  private state: State = { name: 'working' };
  private readonly hold = new Hold();
  private readonly shelf: Shelf;
  private readonly crew: Crew;
  private readonly claiming: Claiming;
  private readonly reports: Reports;
  private readonly exchange: Exchange;
  private readonly watch: Watch;
  private readonly patience = new Patience();
  /** Spreads the polls of many workers. No result depends on it. */
  private readonly jitter: Rng;
  private hasRead = false;
  private pollPauseMs = FIRST_POLL_MS;
  private nextPollAtMs = 0;
  private wake: () => void = () => {};
  /** An error that happened while the loop waited for something else. */
  private error: unknown;

  constructor(
    private readonly environment: Environment,
    private readonly options: WorkOptions,
  ) {
    this.jitter = Rng.from('polls', environment.worker.id);
    this.watch = new Watch(environment, options, this.jitter);
    this.shelf = new Shelf(digest => environment.readData(digest), options.memoryBytes);
    this.reports = new Reports(environment, options);
    this.crew = new Crew(
      environment,
      options,
      this.hold,
      this.shelf,
      (job, outcome) => this.ended(job, outcome),
      () => this.startNext(),
    );
    const { crew, hold, reports, shelf } = this;
    this.claiming = new Claiming(environment, options, hold, crew, shelf);
    const rooms = { claiming: this.claiming, crew, hold, reports, shelf };
    this.exchange = new Exchange(environment, rooms, () => this.noteContact());
  }

  // ---- states ------------------------------------------------------------------------------------------------------

  private moveTo(next: State): void {
    const { name } = this.state;
    if (!MOVES[name].includes(next.name)) throw new Error(`a worker that is ${name} cannot be ${next.name}`);
    this.state = next;
    this.wake();
  }

  /** A first call drains within the grace time, a second one leaves at once. Safe in a signal handler. */
  stop(): void {
    const { state } = this;
    if (state.name === 'leaving' || (state.name === 'draining' && state.isStopped)) return this.leaveAtOnce();
    const graceEndsAtMs = this.nowMs() + this.options.graceMs;
    this.drain(state.name === 'draining' ? Math.min(state.untilMs, graceEndsAtMs) : graceEndsAtMs, true);
  }

  /** What the trainers train now, and for how long already. */
  training(): { id: string; elapsedMs: number }[] {
    const nowMs = this.nowMs();
    return this.hold.in('running').map(({ id, startedAtMs }) => ({ id, elapsedMs: nowMs - startedAtMs }));
  }

  /** Gives back everything at once. Safe in a signal handler. */
  leaveAtOnce(): void {
    if (this.state.name !== 'leaving') this.moveTo({ name: 'leaving' });
  }

  /**
   * Tells the worker that its end is near: it drains until shortly before the end. If nobody knows when the end
   * comes, it drains until everything is done. Does nothing if the worker is stopping already. Safe in a signal
   * handler.
   */
  warn(): void {
    if (this.state.name === 'working') this.drain(this.claiming.closesAtMs, false);
  }

  private drain(untilMs: number, isStopped: boolean): void {
    this.moveTo({ name: 'draining', untilMs, isStopped });
    const seconds = (untilMs - this.nowMs()) / 1000;
    const what = drainingWords(this.hold.count('running'), seconds, isStopped);
    this.environment.writeStatus(`stopping  ${what}`);
  }

  /** Whether it is time to leave. */
  private isOver(): boolean {
    const { state, hold } = this;
    if (state.name === 'leaving' || this.nowMs() >= this.claiming.closesAtMs) return true;
    const isBusy = hold.count('running') + hold.count('returning') > 0 || !this.reports.isEmpty;
    if (state.name === 'draining') return !isBusy || this.nowMs() >= state.untilMs;
    if (!this.hasRead || this.exchange.isDoubtful) return false;
    if (isBusy || !hold.isEmpty || this.options.forever) return false;
    const { state: log } = this.environment.journal;
    if (log.count('queued') > 0) return !this.claiming.anythingFits();
    return log.count('claimed') === 0;
  }

  // ---- the loop ----------------------------------------------------------------------------------------------------

  /** Works until nothing is left, or until it is stopped. It gives back what it still holds, also when it fails. */
  async run(): Promise<Tally> {
    const { clock } = this.environment;
    const { leaseMs, memoryBytes } = this.options;
    const stopRenewing = clock.every(leaseMs / 6, () => void this.renew());
    const stopWatching =
      memoryBytes !== undefined && clock.every(MEMORY_LOOK_MS, () => this.crew.watchMemory(memoryBytes));
    try {
      while (!this.isOver()) {
        if (this.error) throw this.error;
        await this.step().catch(error => this.pauseAfter(error));
      }
    } catch (error) {
      this.error ??= error;
    }
    this.leaveAtOnce();
    stopRenewing();
    if (stopWatching) stopWatching();
    await this.leave().catch(error => (this.error ??= error));
    if (this.error) throw this.error;
    const trouble = this.shelf.trouble() ?? this.exchange.trouble();
    return { ...this.exchange.tally, ...(trouble && { trouble }) };
  }

  /** Does what is most urgent, or sleeps until something happens. */
  private async step(): Promise<void> {
    if (!this.environment.heartbeat.isFresh()) await this.renew();
    this.start();
    if (this.nowMs() < this.patience.untilMs) return this.sleep();
    if (!this.hasRead) return this.read();
    if (this.hold.count('unread') > 0) return this.exchange.readClaims();
    if (this.nowMs() >= this.watch.dueAtMs) {
      await this.watch.look(this.isIdle() ? this.pollPauseMs : undefined);
      this.exchange.dropLost();
    }
    const isWorking = this.state.name === 'working';
    if (this.exchange.isDue(isWorking)) await this.append(isWorking);
    else if (this.isIdle() && this.nowMs() >= this.nextPollAtMs) await this.poll();
    else await this.sleep();
  }

  private pauseAfter(error: unknown): void {
    const { journal, writeStatus } = this.environment;
    writeStatus(this.patience.pauseAfter(error, this.nowMs(), this.jitter, journal.directory));
  }

  private nowMs(): number {
    return this.environment.clock.nowMs();
  }

  /** Whether a trainer could work and there is nothing for it. */
  private isIdle(): boolean {
    return this.state.name === 'working' && this.crew.isIdle;
  }

  /**
   * Gives waiting configs to idle trainers, unless others may have taken this worker for dead. A trainer that has
   * finished starts the next config at once, also while the supervisor waits for the log.
   */
  private start(): void {
    if (this.state.name !== 'working' || !this.environment.heartbeat.isFresh()) return;
    this.crew.start(job => this.claiming.fits(job));
  }

  /** Starts the next config when a trainer may be free. An error is kept for the loop, which ends the worker. */
  private startNext(): void {
    try {
      this.start();
    } catch (error) {
      this.error ??= error;
    }
    this.wake();
  }

  /** Notes the outcome of a job. */
  private ended(job: Job, outcome: Outcome): void {
    const { pipeline, split } = job.config;
    // an early failure says nothing about the time of other configs
    if (outcome.kind === 'finished' || outcome.failure === 'timeout')
      this.claiming.pace.learn(pipeline, split, outcome.seconds);
    this.reports.add(job, outcome);
  }

  private sleep(): Promise<void> {
    const nowMs = this.nowMs();
    const due = [this.claiming.closesAtMs, nowMs + LONGEST_POLL_MS];
    if (this.state.name === 'draining') due.push(this.state.untilMs);
    if (nowMs < this.patience.untilMs) due.push(this.patience.untilMs);
    else {
      due.push(this.watch.dueAtMs);
      if (!this.reports.isEmpty) due.push(this.reports.dueAtMs(this.claiming.rhythm.seconds));
      if (this.isIdle()) due.push(this.nextPollAtMs);
    }
    return new Promise(resolve => {
      const cancel = this.environment.clock.after(Math.max(1, Math.min(...due) - this.nowMs()), resolve);
      this.wake = () => {
        cancel();
        resolve();
      };
    });
  }

  private async renew(): Promise<void> {
    const { heartbeat, writeStatus } = this.environment;
    await heartbeat.bump().catch(error => writeStatus(`cannot renew the lease: ${error.message}`));
  }

  /** Notes that the log was read or written now. */
  private noteContact(): void {
    this.patience.succeeded();
    this.watch.noteRead();
  }

  private async read(): Promise<void> {
    await this.environment.journal.refresh();
    this.noteContact();
    this.hasRead = true;
  }

  /** Reads what others appended, while there is nothing to do. */
  private async poll(): Promise<void> {
    await this.read();
    this.exchange.dropLost();
    this.pollPauseMs = Math.min(LONGEST_POLL_MS, this.pollPauseMs * 1.5);
    this.nextPollAtMs = this.nowMs() + this.pollPauseMs * (0.5 + this.jitter.float());
    this.watch.lookBy(this.nextPollAtMs);
  }

  private async append(isWorking: boolean): Promise<void> {
    await this.exchange.append(isWorking);
    this.pollPauseMs = FIRST_POLL_MS;
    this.nextPollAtMs = this.nowMs() + this.pollPauseMs;
  }

  /** Ends the trainers, reports what is done and gives the rest back. */
  private async leave(): Promise<void> {
    const held = this.hold.empty();
    await this.crew.end();
    const why = this.nowMs() >= this.claiming.closesAtMs ? 'deadline' : 'signal';
    await this.exchange.giveBackAll(held, why);
    await this.environment.heartbeat.stop();
  }
}
