/**
 * A worker: one supervisor and its trainer threads. The supervisor owns the log, the lease, the timers and the signals;
 * it never trains, so it can always answer.
 *
 * Its day: give held configs to idle trainers; when reports have waited a moment, or little is held, talk to the log
 * (one append tells what is done and claims what is next); otherwise sleep until something happens.
 *
 *   working   claims and trains until nothing is left (or, with `forever`, until a signal)
 *   draining  a warning: gives back what is held, lets trainers finish; after a first signal only within the grace time
 *   leaving   a second signal, or the grace is over: ends the trainers and gives everything back
 *
 * A worker that must end at a given time (a batch job's limit) claims only what is expected to end before, and leaves by
 * itself in time.
 *
 * A config that found no memory beside others is tried again alone; and when the process comes near its limit, all
 * trainers are ended and their configs tried again one at a time. Only what does not fit with nothing beside it has
 * failed for memory. A config that has lost half of the workers that it may lose is claimed and tried alone, too, so that
 * it takes nothing with it that is not to blame.
 *
 * What this worker cannot do is left to others: a split whose data is not here is set aside, and the worker fails only when
 * nothing else is left; a log that cannot be read for a moment is read again later.
 *
 * What ends here is only this worker's hold. A config whose claim is over (the log says so) is dropped, whatever was
 * done for it, and a worker that dies without a word is released by the others. A claim that the log holds and this worker
 * does not (standing.ts) is settled by itself, because nobody else can.
 */
import type { Config } from '../base/config.js';
import type { SplitData } from '../base/dataset.js';
import { Failure } from '../base/errors.js';
import { Rng } from '../base/rng.js';
import type { Draft, Worker } from '../events/format/event.js';
import type { Journal, Written } from '../log/journal.js';
import type { Heartbeat, Observer } from '../log/liveness.js';
import { duration, score } from '../terminal/units.js';
import { anythingElseFits, anythingFits, chooseConfigs, type Wish } from './choosing.js';
import type { Clock } from './clock.js';
import { aboutOf, drainingWords, releases, type Job } from './job.js';
import { usableMemory } from './memory.js';
import { Pace, Rhythm, closingTime, holdSeconds, mostPerClaim } from './pacing.js';
import { Patience } from './patience.js';
import type { Outcome, Trainer } from './protocol.js';
import { readEach } from './reading.js';
import { Shelf } from './shelf.js';
import { Standing } from './standing.js';
import { Watch } from './watch.js';

export interface WorkOptions {
  /** How many trainer threads. */
  jobs: number;
  /** How long one config may train. */
  timeoutMs: number;
  /** How often a config may be tried when it fails for a reason that may pass. */
  attempts: number;
  /** How often a config may lose its worker before it is held to be what kills them. */
  losses: number;
  /** How long running configs may go on after a first signal. */
  graceMs: number;
  leaseMs: number;
  /** How long this worker may last; Infinity if nothing ends it. */
  deadlineMs: number;
  /** How much memory this process may take; undefined if nothing says so. */
  memoryBytes?: number;
  /** Wait for more when nothing is left. */
  forever: boolean;
  /** What is told with every finished config. */
  versions: { [name: string]: string };
}

/** What the supervisor uses and does not own. */
export interface Surroundings {
  clock: Clock;
  journal: Journal;
  heartbeat: Heartbeat;
  observer: Observer;
  worker: Worker;
  /** The data of a split by its digest; throws Failure when it is not there or damaged. */
  readData(digest: string): SplitData;
  newTrainer(): Trainer;
  /** How much memory this process takes now. */
  residentBytes(): number;
  /** Tells a person of one step. */
  tell(message: string): void;
}

export interface Tally {
  finished: number;
  failed: number;
  released: number;
  /** What this worker could not do, and somebody has to know. */
  trouble?: Failure;
}

/** Between two looks at the log while nothing can be claimed. */
const pollMs = { first: 250, most: 3000 };
/** Between two looks at the memory. */
const memoryLookMs = 100;

type Mode = 'working' | 'draining' | 'leaving';

export class Supervisor {
  private mode: Mode = 'working';
  /** Whether a first signal has come. */
  private isStopped = false;
  private readonly pace = new Pace();
  private readonly trainers: Trainer[];
  /** Claimed and not started. */
  private held: Job[] = [];
  /** The sum of their expected seconds. */
  private heldSeconds = 0;
  private readonly rhythm = new Rhythm();
  private readonly running = new Map<Trainer, Job>();
  /** To be tried alone: they found no memory beside others, or have lost many workers. */
  private suspects: Job[] = [];
  /** Whether what runs is a suspect. */
  private isAlone = false;
  /** Whether all trainers were ended since one was last used, and so hold no memory. */
  private relief: 'none' | 'under way' | 'done' = 'none';
  /** What the log has not been told yet, and since when the first of it waits. */
  private reports: Draft[] = [];
  private reportsSince = 0;
  private readonly standing: Standing;
  private readonly shelf: Shelf;
  /** To be given back, because their data is not here. */
  private returns: Job[] = [];
  private lastSplit: string | undefined;
  private readonly tally: Tally = { finished: 0, failed: 0, released: 0 };
  /** Spreads the polls of many workers; it decides nothing that lasts. */
  private readonly jitter: Rng;
  private readonly watch: Watch;
  private readonly patience = new Patience();
  private hasRead = false;
  private pollPauseMs = pollMs.first;
  private nextPollAt = 0;
  private nextClaimAt = 0;
  private graceEndsAt = Infinity;
  /** When this worker leaves by itself. */
  private readonly closesAt: number;
  private wake: () => void = () => {};
  /** What went wrong while the loop waited for something else. */
  private error: unknown;

  constructor(
    private readonly around: Surroundings,
    private readonly options: WorkOptions,
  ) {
    this.trainers = Array.from({ length: options.jobs }, () => around.newTrainer());
    this.jitter = Rng.from('polls', around.worker.id);
    this.watch = new Watch(around, options, this.jitter);
    this.shelf = new Shelf(digest => around.readData(digest), options.memoryBytes);
    this.standing = new Standing(around);
    const seconds = options.deadlineMs / 1000;
    this.closesAt = this.nowMs() + (seconds - closingTime(seconds)) * 1000;
  }

  /** A first call drains within the grace time, a second one leaves at once. Safe in a signal handler. */
  stop(): void {
    if (this.mode === 'leaving' || this.isStopped) return this.leaveAtOnce();
    this.isStopped = true;
    this.drainUntil(Math.min(this.graceEndsAt, this.nowMs() + this.options.graceMs));
  }

  /** Gives back everything at once. Safe in a signal handler. */
  leaveAtOnce(): void {
    this.mode = 'leaving';
    this.wake();
  }

  /**
   * Told that the end is near: drains until shortly before it, or until everything is done if nobody knows when it comes.
   * Does nothing if the worker is stopping already. Safe in a signal handler.
   */
  warn(): void {
    if (this.mode === 'working') this.drainUntil(this.closesAt);
  }

  private drainUntil(time: number): void {
    this.mode = 'draining';
    this.graceEndsAt = time;
    const seconds = (time - this.nowMs()) / 1000;
    this.around.tell(`stopping  ${drainingWords(this.running.size, seconds, this.isStopped)}`);
    this.wake();
  }

  /** Works until nothing is left, or until it was stopped. What it still holds is given back, also when it fails. */
  async run(): Promise<Tally> {
    const { clock } = this.around;
    const { leaseMs, memoryBytes } = this.options;
    const stopRenewing = clock.every(leaseMs / 6, () => void this.renew());
    const stopWatching =
      memoryBytes !== undefined && clock.every(memoryLookMs, () => this.watchMemory(memoryBytes));
    try {
      while (!this.isOver()) {
        if (this.error) throw this.error;
        await this.step().catch(error => this.bear(error));
      }
    } catch (error) {
      this.error ??= error;
    }
    stopRenewing();
    if (stopWatching) stopWatching();
    await this.leave().catch(error => (this.error ??= error));
    if (this.error) throw this.error;
    const trouble = this.shelf.trouble() ?? this.standing.trouble();
    return { ...this.tally, ...(trouble && { trouble }) };
  }

  /** What is most urgent, or a sleep until something happens. */
  private async step(): Promise<void> {
    if (!this.around.heartbeat.isFresh()) await this.renew();
    this.start();
    if (this.nowMs() < this.patience.untilMs) return this.sleep();
    if (!this.hasRead) return this.read();
    if (this.nowMs() >= this.watch.dueAt) {
      await this.watch.look(this.isIdle() ? this.pollPauseMs : undefined);
      this.dropLost();
    }
    if (this.hasSomethingToSay()) await this.talk();
    else if (this.isIdle() && this.nowMs() >= this.nextPollAt) await this.poll();
    else await this.sleep();
  }

  private bear(error: unknown): void {
    const { journal, tell } = this.around;
    tell(this.patience.bear(error, this.nowMs(), this.jitter, journal.directory));
  }

  private isOver(): boolean {
    if (this.mode === 'leaving' || this.nowMs() >= this.closesAt) return true;
    const busy = this.running.size > 0 || this.reports.length > 0 || this.returns.length > 0;
    if (this.mode === 'draining') return !busy || this.nowMs() >= this.graceEndsAt;
    if (!this.hasRead || this.standing.isDoubtful()) return false;
    if (busy || this.held.length > 0 || this.suspects.length > 0 || this.options.forever) return false;
    const { state } = this.around.journal;
    if (state.count('queued') > 0) return !this.anythingFits();
    return state.count('claimed') === 0;
  }

  private nowMs(): number {
    return this.around.clock.nowMs();
  }

  private secondsSince(startedAtMs: number): number {
    return (this.nowMs() - startedAtMs) / 1000;
  }

  /** Until this worker leaves by itself. */
  private secondsLeft(): number {
    return (this.closesAt - this.nowMs()) / 1000;
  }

  private anythingFits(): boolean {
    const { state } = this.around.journal;
    if (!this.shelf.hasConfigsAside) return anythingFits(state, this.pace, this.secondsLeft());
    return anythingElseFits(state, this.pace, this.secondsLeft(), row => this.isAside(row));
  }

  /** Whether the data of a row's config is known not to be here. */
  private isAside(row: number): boolean {
    return this.shelf.hasConfigsAside && this.shelf.isConfigAside(this.around.journal.state.id(row));
  }

  private fits({ config }: Job): boolean {
    if (this.closesAt === Infinity) return true;
    return this.pace.fits(config.pipeline, config.split, this.secondsLeft());
  }

  /** Whether a trainer could work and there is nothing for it. */
  private isIdle(): boolean {
    return this.mode === 'working' && this.held.length === 0 && this.running.size < this.trainers.length;
  }

  /**
   * Gives held configs to idle trainers, unless this worker may have been thought dead meanwhile. A trainer that has
   * finished goes on at once, also while the supervisor waits for the log.
   */
  private start(): void {
    if (this.mode !== 'working' || !this.around.heartbeat.isFresh()) return;
    if (this.relief === 'under way' || (this.isAlone && this.running.size > 0)) return;
    this.isAlone = false;
    if (this.suspects.length > 0) return this.startAlone();
    for (const trainer of this.trainers) {
      while (!trainer.busy) {
        const next = this.held.findIndex(job => this.fits(job));
        if (next < 0) return;
        const job = this.launch(trainer, this.held, next);
        if (job) this.heldSeconds -= job.expectedSeconds;
      }
    }
  }

  /** Tries the first suspect when nothing runs any more, and idle trainers keep no memory of what they did before. */
  private startAlone(): void {
    if (this.running.size > 0) return;
    if (this.relief === 'none') return this.relieve();
    this.isAlone = true;
    if (!this.launch(this.trainers[0], this.suspects, 0)) this.isAlone = false;
  }

  /** Ends all trainers, to have their memory back; what they were training is given the outcome, or never answered. */
  private relieve(outcome?: Outcome): void {
    this.relief = 'under way';
    void Promise.all(this.trainers.map(trainer => trainer.end(outcome))).then(() => {
      this.relief = 'done';
      this.goOn();
    });
  }

  /** Starts one of the jobs that wait; undefined if its data cannot be read, so that it waits no more. */
  private launch(trainer: Trainer, waiting: Job[], place: number): Job | undefined {
    const data = this.dataOf(waiting[place].config);
    if (!data) return undefined;
    const [job] = waiting.splice(place, 1);
    job.startedAtMs = this.nowMs();
    const { isAlone } = this;
    this.relief = 'none';
    this.running.set(trainer, job);
    this.lastSplit = job.config.split;
    void trainer.train(job.config, data, this.options.timeoutMs).then(outcome => {
      this.running.delete(trainer);
      if (outcome.kind === 'failed' && outcome.failure === 'memory' && !isAlone) this.suspect(job, outcome);
      else this.report(job, outcome);
      this.goOn();
    });
    return job;
  }

  private suspect(job: Job, { message }: { message: string }): void {
    this.suspects.push(job);
    this.around.tell(`memory    ${aboutOf(job)}  is tried again alone: ${message}`);
  }

  /** Acts before the kernel does, which would end the whole process. */
  private watchMemory(memoryBytes: number): void {
    if (this.relief === 'under way' || this.running.size === 0) return;
    const resident = this.around.residentBytes();
    if (resident < usableMemory(memoryBytes)) return;
    const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
    const message = `the worker took ${mebibytes(resident)} of its ${mebibytes(memoryBytes)} for this config alone`;
    if (!this.isAlone) {
      this.suspects.push(...this.running.values());
      this.running.clear();
      this.around.tell(
        `memory    ${mebibytes(resident)} taken: what was running is tried again, one at a time`,
      );
    }
    const seconds =
      Math.max(0, ...[...this.running.values()].map(job => this.nowMs() - job.startedAtMs)) / 1000;
    const outcome: Outcome = { kind: 'failed', failure: 'memory', message, retry: true, seconds };
    this.relieve(this.isAlone ? outcome : undefined);
  }

  /** Starts what comes next; an error ends the worker, by way of its loop. */
  private goOn(): void {
    try {
      this.start();
    } catch (error) {
      this.error ??= error;
    }
    this.wake();
  }

  /** The data of a config's split; if it is not here, all that is held of it is given back, and undefined. */
  private dataOf({ id, split, data: digest }: Config): SplitData | undefined {
    try {
      if (!this.shelf.lacks(digest)) return this.shelf.get(digest);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.shelf.setAside(digest, split, error);
      const hint = error.hint === undefined ? '' : `. ${error.hint}`;
      this.around.tell(`set aside split ${split}: ${error.message}${hint}`);
    }
    const isMissing = ({ config }: Job) => config.id === id || config.data === digest;
    const waiting = [...this.suspects, ...this.held];
    this.returns.push(...waiting.filter(isMissing));
    for (const { config } of this.returns) this.shelf.addConfig(config.id);
    this.suspects = this.suspects.filter(job => !isMissing(job));
    this.hold(this.held.filter(job => !isMissing(job)));
    return undefined;
  }

  /** Turns what a trainer answered into an event that waits for the next append. */
  private report(job: Job, outcome: Outcome): void {
    const { config, claim, attempt } = job;
    const { seconds } = outcome;
    const about = aboutOf(job);
    // what fails at once tells nothing of those that do not
    if (outcome.kind === 'finished' || outcome.failure === 'timeout')
      this.pace.learn(config.pipeline, config.split, seconds);
    if (this.reports.length === 0) this.reportsSince = this.nowMs();
    if (outcome.kind === 'finished') {
      const { scores, digest, warnings, unranked } = outcome;
      const { versions } = this.options;
      const told = { ...(unranked && { unranked: true as const }), ...(warnings.length > 0 && { warnings }) };
      this.reports.push({
        type: 'finished',
        config: config.id,
        claim,
        seconds,
        digest,
        scores,
        versions,
        ...told,
      });
      const value = scores.cv?.[config.scoring]?.mean ?? scores.validate?.[config.scoring];
      const rank = unranked ? ' (not ranked: not converged)' : '';
      this.around.tell(`finished  ${about}  ${config.scoring} ${score(value)}${rank}  ${duration(seconds)}`);
    } else {
      const { failure: kind, message } = outcome;
      const retry = outcome.retry && attempt < this.options.attempts;
      this.reports.push({ type: 'failed', config: config.id, claim, kind, message, retry, seconds });
      this.around.tell(`failed    ${about}  ${kind}: ${message}${retry ? ' (will be tried again)' : ''}`);
    }
  }

  private hasSomethingToSay(): boolean {
    if (this.returns.length > 0 || this.standing.isDoubtful()) return true;
    const isDraining = this.mode === 'draining';
    if (isDraining ? this.held.length + this.suspects.length > 0 : !this.held.every(job => this.fits(job)))
      return true;
    const waited = this.nowMs() >= this.reportsDueAt();
    if (this.reports.length > 0 && (waited || this.running.size === 0)) return true;
    return this.wantsMore() && this.anythingFits();
  }

  /** Reports wait a while for company, so that one append tells several. */
  private reportsDueAt(): number {
    return this.reportsSince + 1000 * this.rhythm.seconds;
  }

  /** Whether less than this part of a hold is held. */
  private wantsMore(part = 1 / 2): boolean {
    if (this.mode !== 'working' || !this.around.heartbeat.isFresh()) return false;
    if (this.held.length >= part * mostPerClaim || this.suspects.length > 0 || this.isAlone) return false;
    if (this.nowMs() < this.nextClaimAt && !this.isFree()) return false;
    return this.isIdle() || this.heldSeconds < part * this.mostSeconds();
  }

  /** Whether it has nothing to lose. */
  private isFree(): boolean {
    return this.running.size + this.held.length + this.suspects.length === 0;
  }

  /** From half of the allowed losses on, a config may be what kills its workers, and takes others with it. */
  private isDoubtful(row: number): boolean {
    return this.around.journal.state.losses[row] >= this.options.losses / 2;
  }

  private mostSeconds(): number {
    return holdSeconds(this.rhythm.seconds) * this.trainers.length;
  }

  /** One append: what is done, what is given back, what is claimed next. */
  private async talk(): Promise<void> {
    const { journal, worker } = this.around;
    await this.shelf.sort(journal);
    const reports = [...this.reports.splice(0), ...this.giveBackEarly()];
    let claimed: string[] = [];
    let isRefused = false;
    const startedAt = this.nowMs();
    const written = await journal
      .transact(state => {
        this.rhythm.slowDown(state.holders().length, this.secondsSince(startedAt));
        const said = this.standing.say(state, reports, this.jobs());
        const wantsMore = this.wantsMore(4 / 5);
        claimed = wantsMore ? chooseConfigs(state, this.pace, this.wish()) : [];
        isRefused = wantsMore && claimed.length === 0;
        return claimed.length === 0 ? said : [...said, { type: 'claimed', configs: claimed, worker }];
      })
      .catch(error => {
        this.reports.unshift(...reports);
        throw error;
      });
    this.takeNote(written);
    if (claimed.length > 0) await this.take(claimed, written.at(-1)!.n);
    this.dropLost();
    const workers = journal.state.holders().length;
    this.rhythm.learn(workers, journal.lockedMs / 1000, this.secondsSince(startedAt));
    this.pollPauseMs = pollMs.first;
    this.nextPollAt = this.nowMs() + this.pollPauseMs;
    if (isRefused) this.nextClaimAt = this.nowMs() + pollMs.most;
  }

  /** All that this worker holds. */
  private jobs(): Job[] {
    return [...this.running.values(), ...this.returns, ...this.suspects, ...this.held];
  }

  private wish(): Wish {
    return {
      seconds: this.mostSeconds() - this.heldSeconds,
      secondsLeft: this.secondsLeft(),
      preferredSplit: this.held.at(-1)?.config.split ?? this.lastSplit,
      isFree: this.isFree(),
      isDoubtful: row => this.isDoubtful(row),
      isSplitAside: split => this.shelf.isAside(split),
      isAside: row => this.isAside(row),
    };
  }

  /** Holds what was claimed under the epoch. Until its configs are read, it is a stray, to be given back. */
  private async take(ids: string[], claim: number): Promise<void> {
    const { journal } = this.around;
    const { state, rewinds } = journal;
    const rows = ids.map(id => state.row(id)).filter(row => state.isHeld(row, claim));
    this.standing.hasStrays = true;
    const configs = await readEach(journal, rows);
    if (journal.rewinds !== rewinds) return;
    this.standing.hasStrays = false;
    rows.forEach((row, i) => {
      const config = configs[i];
      if (config instanceof Failure) return this.reportDamaged(state.id(row), claim, config);
      const expectedSeconds = this.pace.expect(config.pipeline, config.split);
      const job = { config, claim, attempt: state.attempts[row] + 1, expectedSeconds, startedAtMs: 0 };
      if (this.shelf.lacks(config.data)) this.returns.push(job);
      else (this.isDoubtful(row) ? this.suspects : this.held).push(job);
    });
    for (const { config } of this.returns) this.shelf.addConfig(config.id);
    this.hold(this.held);
  }

  /** A config whose record cannot be read is trained by nobody. */
  private reportDamaged(id: string, claim: number, { message: cause }: Failure): void {
    const message = `the record of this config in the log is damaged, so that nobody can train it: ${cause}`;
    if (this.reports.length === 0) this.reportsSince = this.nowMs();
    this.reports.push({ type: 'failed', config: id, claim, kind: 'error', message, retry: false });
    this.around.tell(`failed    ${id.slice(0, 8)}  error: ${message}`);
  }

  /** Holds these jobs and no others; gives those that were held. */
  private hold(jobs: Job[]): Job[] {
    const before = this.held;
    this.held = jobs;
    this.heldSeconds = jobs.reduce((sum, { expectedSeconds }) => sum + expectedSeconds, 0);
    return before;
  }

  /** Forgets every config whose claim is over: somebody thought this worker dead, or the log has lost it. */
  private dropLost(): void {
    const { state } = this.around.journal;
    const { id } = this.around.worker;
    const isMine = ({ config, claim }: Job) =>
      state.isHeld(state.row(config.id), claim) && state.claims.get(claim)!.worker.id === id;
    if (!this.held.every(isMine)) this.hold(this.held.filter(isMine));
    this.suspects = this.suspects.filter(isMine);
    for (const [trainer, job] of this.running) {
      if (isMine(job)) continue;
      this.running.delete(trainer);
      void trainer.end();
      const isLost = job.claim > state.n || (state.claims.get(job.claim)?.worker.id ?? id) !== id;
      const why = isLost ? 'is not in the log any more' : 'was released by another worker';
      this.around.tell(`dropped   ${job.config.id.slice(0, 8)}  its claim ${job.claim} ${why}`);
    }
  }

  /** Gives back what will not be started: everything when draining, else what would not end in time. */
  private giveBackEarly(): Draft[] {
    const missing = this.giveBack(this.returns.splice(0), 'no-data');
    if (this.mode === 'draining')
      return [...missing, ...this.giveBack([...this.suspects.splice(0), ...this.hold([])], 'signal')];
    const late = this.held.filter(job => !this.fits(job));
    if (late.length > 0) this.hold(this.held.filter(job => this.fits(job)));
    return [...missing, ...this.giveBack(late, 'deadline')];
  }

  private giveBack(jobs: Job[], why: 'signal' | 'deadline' | 'no-data'): Draft[] {
    this.tally.released += jobs.length;
    return releases(jobs, why, this.around.worker.id);
  }

  /** Takes note of what the log has taken: counts configs, not attempts. */
  private takeNote(written: readonly Written[]): void {
    this.patience.succeeded();
    this.watch.haveRead();
    for (const event of this.standing.taken(written)) {
      if (event.type === 'finished') this.tally.finished++;
      else if (!event.retry) this.tally.failed++;
    }
  }

  private async read(): Promise<void> {
    await this.around.journal.refresh();
    this.patience.succeeded();
    this.watch.haveRead();
    this.hasRead = true;
  }

  /** Reads what others appended, while there is nothing to do. */
  private async poll(): Promise<void> {
    await this.read();
    this.dropLost();
    this.pollPauseMs = Math.min(pollMs.most, this.pollPauseMs * 1.5);
    this.nextPollAt = this.nowMs() + this.pollPauseMs * (0.5 + this.jitter.float());
    this.watch.hasten(this.nextPollAt);
  }

  private async renew(): Promise<void> {
    await this.around.heartbeat
      .bump()
      .catch(error => this.around.tell(`cannot renew the lease: ${error.message}`));
  }

  private sleep(): Promise<void> {
    const nowMs = this.nowMs();
    const due = [this.graceEndsAt, this.closesAt, nowMs + pollMs.most];
    if (nowMs < this.patience.untilMs) due.push(this.patience.untilMs);
    else {
      due.push(this.watch.dueAt);
      if (this.reports.length > 0) due.push(this.reportsDueAt());
      if (this.isIdle()) due.push(this.nextPollAt);
    }
    return new Promise(resolve => {
      const cancel = this.around.clock.after(Math.max(1, Math.min(...due) - this.nowMs()), resolve);
      this.wake = () => {
        cancel();
        resolve();
      };
    });
  }

  /** Ends the trainers, tells what is left to tell and gives the rest back. */
  private async leave(): Promise<void> {
    const { heartbeat, journal } = this.around;
    const jobs = this.jobs();
    this.running.clear();
    this.returns = this.suspects = [];
    this.hold([]);
    await Promise.all(this.trainers.map(trainer => trainer.end()));
    const why = this.nowMs() >= this.closesAt ? 'deadline' : 'signal';
    const last = [...this.reports.splice(0), ...this.giveBack(jobs, why)];
    if (last.length > 0 || this.standing.isDoubtful())
      this.takeNote(await journal.transact(state => this.standing.say(state, last, [])));
    await heartbeat.stop();
  }
}
