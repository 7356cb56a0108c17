/**
 * A worker: one supervisor and its trainer threads. The supervisor owns the log, the lease, the timers and the signals;
 * it never trains, so it can always answer.
 *
 * Its day: give held configs to idle trainers; when reports have waited a moment, or little is held, talk to the log
 * (one append tells what is done and claims what is next); otherwise sleep until something happens.
 *
 *   working   claims and trains until nothing is left (or, with `forever`, until a signal)
 *   draining  a first signal: gives back what is held, lets trainers finish within the grace time
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
 * What ends here is only this worker's hold. A config whose claim is over (the log says so) is dropped, whatever was
 * done for it, and a worker that dies without a word is released by the others.
 */
import type { Config } from '../base/config.js';
import { Rng } from '../base/rng.js';
import type { Draft, Worker } from '../events/event.js';
import type { Claim } from '../events/claims.js';
import type { State } from '../events/state.js';
import type { Journal, Written } from '../log/journal.js';
import type { Heartbeat, Observer } from '../log/liveness.js';
import type { SplitData } from '../ml/types.js';
import { plainName } from '../terminal/printable.js';
import { count, duration, score } from '../terminal/units.js';
import type { Clock } from './clock.js';
import {
  Pace,
  anythingFits,
  chooseConfigs,
  closingTime,
  holdSeconds,
  mostPerClaim,
  mostWatched,
  rhythmSeconds,
  watched,
} from './pacing.js';
import { usableMemory } from './memory.js';
import type { Outcome, Trainer } from './protocol.js';

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
}

/** A config that is held: claimed by this worker under this epoch. */
interface Job {
  config: Config;
  claim: number;
  attempt: number;
  /** How long it was expected to take when it was claimed. */
  expectedSeconds: number;
}

/** Between two looks at the log while nothing can be claimed. */
const pollMs = { first: 250, most: 3000 };
/** Between two looks at the memory. */
const memoryLookMs = 100;
/** How many splits' data are kept. */
const mostSplitsLoaded = 2;

type Mode = 'working' | 'draining' | 'leaving';

export class Supervisor {
  private mode: Mode = 'working';
  private readonly pace = new Pace();
  private readonly trainers: Trainer[];
  /** Claimed and not started. */
  private held: Job[] = [];
  /** The sum of their expected seconds. */
  private heldSeconds = 0;
  /** How many seconds pass between two appends, at least. */
  private rhythm = 1;
  /** How long an append holds the log's lock, a moving average. */
  private lockedSeconds = 0;
  private readonly running = new Map<Trainer, Job>();
  /** To be tried alone: they found no memory beside others, or have lost many workers. */
  private suspects: Job[] = [];
  /** Whether what runs is a suspect. */
  private isAlone = false;
  /** Whether all trainers were ended since one was last used, and so hold no memory. */
  private relief: 'none' | 'under way' | 'done' = 'none';
  /** What the log is to be told, and since when the first of it waits. */
  private reports: Draft[] = [];
  private reportsSince = 0;
  private readonly data = new Map<string, SplitData>();
  private lastSplit: string | undefined;
  private readonly tally: Tally = { finished: 0, failed: 0, released: 0 };
  /** Spreads the polls of many workers; it decides nothing that lasts. */
  private readonly jitter: Rng;
  private pollPauseMs = pollMs.first;
  private nextPollAt = 0;
  private nextClaimAt = 0;
  private nextObservationAt = 0;
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
    const seconds = options.deadlineMs / 1000;
    this.closesAt = this.nowMs() + (seconds - closingTime(seconds)) * 1000;
  }

  /** A first call drains within the grace time, a second one leaves at once. Safe in a signal handler. */
  stop(): void {
    if (this.mode !== 'working') this.mode = 'leaving';
    else this.drainUntil(this.nowMs() + this.options.graceMs);
    this.wake();
  }

  /**
   * Told that the end is near: drains until shortly before it, or within the grace time if nobody knows when it comes.
   * Does nothing if the worker is stopping already. Safe in a signal handler.
   */
  warn(): void {
    const isKnown = this.closesAt !== Infinity;
    if (this.mode === 'working')
      this.drainUntil(isKnown ? this.closesAt : this.nowMs() + this.options.graceMs);
    this.wake();
  }

  private drainUntil(time: number): void {
    this.mode = 'draining';
    this.graceEndsAt = time;
    const left = duration(Math.max(0, time - this.nowMs()) / 1000);
    this.around.tell(
      `stopping  ${count(this.running.size, 'config')} may go on for ${left}; a second signal ends them`,
    );
  }

  /** Works until nothing is left, or until it was stopped. What it still holds is given back, also when it fails. */
  async run(): Promise<Tally> {
    const { clock } = this.around;
    const { leaseMs, memoryBytes } = this.options;
    const stopRenewing = clock.every(leaseMs / 6, () => void this.renew());
    const stopWatching =
      memoryBytes !== undefined && clock.every(memoryLookMs, () => this.watchMemory(memoryBytes));
    try {
      await this.around.journal.refresh();
      while (!this.isOver()) {
        if (this.error) throw this.error;
        if (!this.around.heartbeat.isFresh()) await this.renew();
        this.start();
        if (this.nowMs() >= this.nextObservationAt) await this.releaseLost();
        if (this.hasSomethingToSay()) await this.talk();
        else if (this.isIdle() && this.nowMs() >= this.nextPollAt) await this.poll();
        else await this.sleep();
      }
    } finally {
      stopRenewing();
      if (stopWatching) stopWatching();
      await this.leave();
    }
    return this.tally;
  }

  private isOver(): boolean {
    if (this.mode === 'leaving' || this.nowMs() >= this.closesAt) return true;
    const busy = this.running.size > 0 || this.reports.length > 0;
    if (this.mode === 'draining') return !busy || this.nowMs() >= this.graceEndsAt;
    if (busy || this.held.length > 0 || this.suspects.length > 0 || this.options.forever) return false;
    const { state } = this.around.journal;
    if (state.count('queued') > 0) return !this.anythingFits();
    return state.count('claimed') === 0;
  }

  private nowMs(): number {
    return this.around.clock.nowMs();
  }

  /** Until this worker leaves by itself. */
  private secondsLeft(): number {
    return (this.closesAt - this.nowMs()) / 1000;
  }

  private anythingFits(): boolean {
    return anythingFits(this.around.journal.state, this.pace, this.secondsLeft());
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
      const next = trainer.busy ? -1 : this.held.findIndex(job => this.fits(job));
      if (next < 0) continue;
      this.heldSeconds -= this.launch(trainer, this.held, next).expectedSeconds;
    }
  }

  /** Tries the first suspect when nothing runs any more, and idle trainers keep no memory of what they did before. */
  private startAlone(): void {
    if (this.running.size > 0) return;
    if (this.relief === 'none') return this.relieve();
    this.isAlone = true;
    this.launch(this.trainers[0], this.suspects, 0);
  }

  /** Ends all trainers, to have their memory back; what they were training is given the outcome, or never answered. */
  private relieve(outcome?: Outcome): void {
    this.relief = 'under way';
    void Promise.all(this.trainers.map(trainer => trainer.end(outcome))).then(() => {
      this.relief = 'done';
      this.goOn();
    });
  }

  /** Starts one of the jobs that wait; it goes on waiting, to be given back, if its data cannot be read. */
  private launch(trainer: Trainer, waiting: Job[], place: number): Job {
    const data = this.dataOf(waiting[place].config.data);
    const [job] = waiting.splice(place, 1);
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
    const outcome: Outcome = { kind: 'failed', failure: 'memory', message, retry: true, seconds: 0 };
    this.relieve(this.isAlone ? outcome : undefined);
  }

  /** Starts what comes next; an error (data that cannot be read) ends the worker, by way of its loop. */
  private goOn(): void {
    try {
      this.start();
    } catch (error) {
      this.error ??= error;
    }
    this.wake();
  }

  /** The data of a split, kept while it is among the last ones used. */
  private dataOf(digest: string): SplitData {
    const data = this.data.get(digest) ?? this.around.readData(digest);
    this.data.delete(digest);
    this.data.set(digest, data);
    for (const oldest of this.data.keys()) if (this.data.size > mostSplitsLoaded) this.data.delete(oldest);
    return data;
  }

  /** Turns what a trainer answered into an event that waits for the next append. */
  private report(job: Job, outcome: Outcome): void {
    const { config, claim, attempt } = job;
    const { seconds } = outcome;
    const about = aboutOf(job);
    this.pace.learn(config.pipeline, config.split, seconds);
    if (this.reports.length === 0) this.reportsSince = this.nowMs();
    if (outcome.kind === 'finished') {
      const { scores, digest, warnings } = outcome;
      const { versions } = this.options;
      const told = warnings.length > 0 ? { warnings } : {};
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
      this.around.tell(`finished  ${about}  ${config.scoring} ${score(value)}  ${duration(seconds)}`);
    } else {
      const { failure: kind, message } = outcome;
      const retry = outcome.retry && attempt < this.options.attempts;
      this.reports.push({ type: 'failed', config: config.id, claim, kind, message, retry, seconds });
      this.around.tell(`failed    ${about}  ${kind}: ${message}${retry ? ' (will be tried again)' : ''}`);
    }
  }

  private hasSomethingToSay(): boolean {
    const isDraining = this.mode === 'draining';
    if (isDraining ? this.held.length + this.suspects.length > 0 : !this.held.every(job => this.fits(job)))
      return true;
    const waited = this.nowMs() >= this.reportsDueAt();
    if (this.reports.length > 0 && (waited || this.running.size === 0)) return true;
    return this.wantsMore() && this.anythingFits();
  }

  /** Reports wait a while for company, so that one append tells several. */
  private reportsDueAt(): number {
    return this.reportsSince + 1000 * this.rhythm;
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

  /** From so many losses on, a config may be what kills its workers, and takes others with it. */
  private isDoubtful(row: number): boolean {
    return this.around.journal.state.losses[row] >= this.options.losses / 2;
  }

  private mostSeconds(): number {
    return holdSeconds(this.rhythm) * this.trainers.length;
  }

  /** One append: what is done, what is given back, what is claimed next. */
  private async talk(): Promise<void> {
    const { journal, worker } = this.around;
    const reports = this.reports.splice(0);
    reports.push(...this.giveBackEarly());
    let claimed: string[] = [];
    let isRefused = false;
    const startedAt = this.nowMs();
    const written = await journal
      .transact(state => {
        this.slowDown(startedAt);
        const seconds = this.mostSeconds() - this.heldSeconds;
        const wish = {
          ...{ seconds, secondsLeft: this.secondsLeft(), preferredSplit: this.lastSplit },
          ...{ isFree: this.isFree(), isDoubtful: (row: number) => this.isDoubtful(row) },
        };
        const wantsMore = this.wantsMore(4 / 5);
        claimed = wantsMore ? chooseConfigs(state, this.pace, wish) : [];
        isRefused = wantsMore && claimed.length === 0;
        return claimed.length === 0 ? reports : [...reports, { type: 'claimed', configs: claimed, worker }];
      })
      .catch(error => {
        this.reports.unshift(...reports);
        throw error;
      });
    this.countReported(written);
    if (claimed.length > 0) await this.take(claimed, written.at(-1)!.n);
    this.dropLost();
    const lockedSeconds = journal.lockedMs / 1000;
    this.lockedSeconds += (lockedSeconds - this.lockedSeconds) / (this.lockedSeconds === 0 ? 1 : 4);
    this.rhythm = this.rhythmAfter(startedAt);
    this.pollPauseMs = pollMs.first;
    this.nextPollAt = this.nowMs() + this.pollPauseMs;
    if (isRefused) this.nextClaimAt = this.nowMs() + pollMs.most;
  }

  /** How rarely to append, as an append tells that began at the given time. */
  private rhythmAfter(startedAt: number): number {
    const appendSeconds = (this.nowMs() - startedAt) / 1000;
    return rhythmSeconds(this.around.journal.state.holders().length, this.lockedSeconds, appendSeconds);
  }

  /** Whoever has waited long for the log claims more at once, even the first time: hundreds may have started together. */
  private slowDown(startedAt: number): void {
    this.rhythm = Math.max(this.rhythm, this.rhythmAfter(startedAt));
  }

  /** Holds what was claimed under the epoch. */
  private async take(ids: string[], claim: number): Promise<void> {
    const { journal } = this.around;
    const { state } = journal;
    const rows = ids.map(id => state.row(id)).filter(row => state.epoch[row] === claim);
    const configs = await journal.readConfigs(rows);
    const jobs = configs.map((config, i) => {
      const expectedSeconds = this.pace.expect(config.pipeline, config.split);
      return { config, claim, attempt: state.attempts[rows[i]] + 1, expectedSeconds };
    });
    this.suspects.push(...jobs.filter((_, i) => this.isDoubtful(rows[i])));
    this.hold([...this.held, ...jobs.filter((_, i) => !this.isDoubtful(rows[i]))]);
  }

  /** Holds these jobs and no others; gives those that were held. */
  private hold(jobs: Job[]): Job[] {
    const before = this.held;
    this.held = jobs;
    this.heldSeconds = jobs.reduce((sum, { expectedSeconds }) => sum + expectedSeconds, 0);
    return before;
  }

  /** Forgets every config whose claim is over: somebody thought this worker dead. */
  private dropLost(): void {
    const { state } = this.around.journal;
    const isMine = ({ config, claim }: Job) => {
      const row = state.row(config.id);
      return state.statusOf(row) === 'claimed' && state.epoch[row] === claim;
    };
    if (!this.held.every(isMine)) this.hold(this.held.filter(isMine));
    this.suspects = this.suspects.filter(isMine);
    for (const [trainer, job] of this.running) {
      if (isMine(job)) continue;
      this.running.delete(trainer);
      void trainer.end();
      this.around.tell(
        `dropped   ${job.config.id.slice(0, 8)}  its claim ${job.claim} was released by another worker`,
      );
    }
  }

  /** Gives back what will not be started: everything when draining, else what would not end in time. */
  private giveBackEarly(): Draft[] {
    if (this.mode === 'draining')
      return this.giveBack([...this.suspects.splice(0), ...this.hold([])], 'signal');
    const late = this.held.filter(job => !this.fits(job));
    if (late.length > 0) this.hold(this.held.filter(job => this.fits(job)));
    return this.giveBack(late, 'deadline');
  }

  /** `released` events for these jobs, one for each claim. */
  private giveBack(jobs: Job[], why: 'signal' | 'deadline'): Draft[] {
    const byClaim = new Map<number, string[]>();
    for (const { claim, config } of jobs) byClaim.set(claim, [...(byClaim.get(claim) ?? []), config.id]);
    this.tally.released += jobs.length;
    const worker = this.around.worker.id;
    return [...byClaim].map(([claim, configs]) => ({
      type: 'released',
      claim,
      configs,
      why,
      worker,
    }));
  }

  /** Counts configs, not attempts, and only where the log took the word of this worker. */
  private countReported(written: readonly Written[]): void {
    for (const { event, applied } of written) {
      if (!applied) continue;
      if (event.type === 'finished') this.tally.finished++;
      if (event.type === 'failed' && !event.retry) this.tally.failed++;
    }
  }

  /** Reads what others appended, while there is nothing to do. */
  private async poll(): Promise<void> {
    await this.around.journal.refresh();
    this.dropLost();
    this.pollPauseMs = Math.min(pollMs.most, this.pollPauseMs * 1.5);
    this.nextPollAt = this.nowMs() + this.pollPauseMs * (0.5 + this.jitter.float());
    if (this.around.journal.state.holders().length <= mostWatched)
      this.nextObservationAt = Math.min(this.nextObservationAt, this.nextPollAt);
  }

  /** Looks at the other workers, and releases the claims of those that are dead. */
  private async releaseLost(): Promise<void> {
    const { journal, observer, worker } = this.around;
    const holders = journal.state.holders().map(({ id }) => id);
    const isCheap = this.isIdle() && holders.length <= mostWatched;
    // an observer counts a quarter of the lease at most between two looks: the longest pause is just that
    const pauseMs = isCheap ? this.pollPauseMs : this.options.leaseMs / 6;
    this.nextObservationAt = this.nowMs() + pauseMs * (0.5 + this.jitter.float());
    // who has nothing else to do looks at all, in case that those who should have looked are dead as well
    const others = watched(worker.id, holders, this.isIdle() ? Infinity : mostWatched);
    if (others.length === 0) return;
    const losses = await observer.look(others);
    if (losses.length === 0) return;
    await journal.transact(state =>
      losses.flatMap(loss =>
        state.claimsOf(loss.worker).flatMap(claim => lossEvents(state, claim, this.options.losses)),
      ),
    );
    for (const loss of losses)
      this.around.tell(`released  the claims of worker ${loss.worker}, which is ${loss.why}`);
    this.dropLost();
  }

  private async renew(): Promise<void> {
    await this.around.heartbeat
      .bump()
      .catch(error => this.around.tell(`cannot renew the lease: ${error.message}`));
  }

  private sleep(): Promise<void> {
    const due = [this.nextObservationAt, this.graceEndsAt, this.closesAt, this.nowMs() + pollMs.most];
    if (this.reports.length > 0) due.push(this.reportsDueAt());
    if (this.isIdle()) due.push(this.nextPollAt);
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
    const jobs = [...this.running.values(), ...this.suspects.splice(0), ...this.hold([])];
    this.running.clear();
    await Promise.all(this.trainers.map(trainer => trainer.end()));
    const why = this.nowMs() >= this.closesAt ? 'deadline' : 'signal';
    const last = [...this.reports.splice(0), ...this.giveBack(jobs, why)];
    if (last.length > 0) this.countReported(await this.around.journal.transact(() => last));
    await this.around.heartbeat.stop();
  }
}

function aboutOf({ config }: Job): string {
  return `${config.id.slice(0, 8)}  ${plainName(config.pipeline)} ${plainName(config.split)}`;
}

/** What releases a dead worker's claim: its configs are queued again, but those that have lost too many workers fail. */
function lossEvents(state: State, lost: Claim, losses: number): Draft[] {
  const { epoch: claim, worker } = lost;
  const rows = state.held(lost);
  const poison = rows.filter(row => state.losses[row] + 1 >= losses);
  const released = rows.filter(row => !poison.includes(row)).map(row => state.id(row));
  const message = `lost its worker ${losses} times`;
  const events: Draft[] = poison.map(row => {
    return { type: 'failed', config: state.id(row), claim, kind: 'lost', message, retry: false };
  });
  if (released.length > 0)
    events.push({ type: 'released', claim, configs: released, why: 'lost', worker: worker.id });
  return events;
}
