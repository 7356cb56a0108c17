/**
 * What a worker holds: every config that it has claimed and that the log still gives to it. A claim is entered as soon
 * as the log has it, before its configs are read. So no claimed config can be forgotten, whatever happens next.
 *
 *   unread     claimed; the config itself is not read yet
 *   waiting    to be trained beside others, in the order of the place
 *   alone      to be trained with nothing beside it
 *   running    a trainer has it
 *   returning  to be given back, because its data is not here
 *
 * A hold is a plain container. It does not know the log, the trainers or the time.
 */
import type { Config } from '../base/config.js';
import type { FoldScored } from './protocol.js';

/** A config by its id, and the epoch of the claim under which it is held. */
export interface Claimed {
  id: string;
  claim: number;
}

/** A config that was claimed and read. */
export interface Job extends Claimed {
  config: Config;
  /** The number of this attempt, from 1. */
  attempt: number;
  /** How long it was expected to take when it was claimed, in seconds. */
  expectedSeconds: number;
  /** When its training began, in ms of the worker's clock; 0 before. */
  startedAtMs: number;
  /** The folds that are scored so far, in the order in which they were scored. */
  scored: FoldScored[];
}

const PLACES = ['running', 'waiting', 'alone', 'returning'] as const;
export type Place = (typeof PLACES)[number];

export class Hold {
  private readonly unread = new Set<Claimed>();
  private readonly jobs: { [P in Place]: Set<Job> } = {
    waiting: new Set(),
    alone: new Set(),
    running: new Set(),
    returning: new Set(),
  };

  /** Enters what was claimed under an epoch. */
  enter(ids: readonly string[], claim: number): void {
    for (const id of ids) this.unread.add({ id, claim });
  }

  /** What was claimed and not read yet. */
  allUnread(): Claimed[] {
    return [...this.unread];
  }

  /** Replaces an unread config by its job. Without a job, the config is no longer held. */
  read(claimed: Claimed, job?: Job, place: Place = 'waiting'): void {
    if (!this.unread.delete(claimed)) throw new Error(`config ${claimed.id} was not to be read`);
    if (job) this.jobs[place].add(job);
  }

  /** Moves a job to the end of another place. */
  move(job: Job, to: Place): void {
    this.remove(job);
    this.jobs[to].add(job);
  }

  /** Removes a job that is done, or that this worker has lost. */
  remove(job: Job): void {
    for (const place of PLACES) if (this.jobs[place].delete(job)) return;
    throw new Error(`config ${job.id} is not held`);
  }

  /** Takes all jobs out of a place. */
  takeAll(place: Place): Job[] {
    const taken = this.in(place);
    this.jobs[place].clear();
    return taken;
  }

  /** Takes out everything, also what is unread. */
  empty(): Claimed[] {
    const all = this.all();
    this.unread.clear();
    for (const place of PLACES) this.jobs[place].clear();
    return all;
  }

  /** Drops everything that this worker has lost. Gives the lost jobs that were running. */
  dropUnless(isOwn: (claimed: Claimed) => boolean): Job[] {
    for (const claimed of this.unread) if (!isOwn(claimed)) this.unread.delete(claimed);
    const lost = this.in('running').filter(job => !isOwn(job));
    for (const place of PLACES)
      for (const job of this.jobs[place]) if (!isOwn(job)) this.jobs[place].delete(job);
    return lost;
  }

  in(place: Place): Job[] {
    return [...this.jobs[place]];
  }

  count(place: Place | 'unread'): number {
    return place === 'unread' ? this.unread.size : this.jobs[place].size;
  }

  has(job: Job, place: Place): boolean {
    return this.jobs[place].has(job);
  }

  /** The first job of a place that passes; undefined if none does. */
  first(place: Place, passes: (job: Job) => boolean): Job | undefined {
    for (const job of this.jobs[place]) if (passes(job)) return job;
    return undefined;
  }

  /** The job that waits last; undefined if none waits. */
  lastWaiting(): Job | undefined {
    let last: Job | undefined;
    for (const job of this.jobs.waiting) last = job;
    return last;
  }

  /** How long the waiting jobs are expected to take together, in seconds. */
  waitingSeconds(): number {
    let seconds = 0;
    for (const { expectedSeconds } of this.jobs.waiting) seconds += expectedSeconds;
    return seconds;
  }

  all(): Claimed[] {
    return [...this.unread, ...PLACES.flatMap(place => this.in(place))];
  }

  get isEmpty(): boolean {
    return this.unread.size === 0 && PLACES.every(place => this.jobs[place].size === 0);
  }
}
