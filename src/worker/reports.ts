/**
 * What a worker has to tell the log: outcomes and releases, as events. The outcomes wait for the next append, so that
 * one append tells several.
 */
import type { Failure } from '../base/errors.js';
import type { Draft } from '../events/format/event.js';
import { duration, score } from '../terminal/units.js';
import type { Environment, WorkOptions } from './environment.js';
import type { Claimed, Job } from './hold.js';
import type { Outcome } from './protocol.js';
import { aboutOf, shortId } from './words.js';

type Finished = Extract<Outcome, { kind: 'finished' }>;
type Failed = Extract<Outcome, { kind: 'failed' }>;

export class Reports {
  private drafts: Draft[] = [];
  /** When the first report came, in ms of the worker's clock. */
  private sinceMs = 0;

  constructor(
    private readonly environment: Pick<Environment, 'clock' | 'writeStatus'>,
    private readonly options: Pick<WorkOptions, 'attempts' | 'versions'>,
  ) {}

  get isEmpty(): boolean {
    return this.drafts.length === 0;
  }

  /** When the first report has waited for this number of seconds, in ms of the worker's clock. */
  dueAtMs(waitSeconds: number): number {
    return this.sinceMs + 1000 * waitSeconds;
  }

  /** Adds what a trainer answered. */
  add(job: Job, outcome: Outcome): void {
    if (outcome.kind === 'finished') this.addFinished(job, outcome);
    else this.addFailed(job, outcome);
  }

  private addFinished(job: Job, { scores, digest, size, warnings, unranked, seconds }: Finished): void {
    const { scoring } = job.config;
    const { versions } = this.options;
    this.push({
      ...{ type: 'finished', config: job.id, claim: job.claim, seconds, digest, scores, versions },
      ...(unranked && { unranked: true as const }),
      ...(size && { size }),
      ...(warnings.length > 0 && { warnings }),
    });
    const value = scores.cv?.[scoring]?.mean ?? scores.validate?.[scoring];
    const rank = unranked ? ' (not ranked: not converged)' : '';
    const what = `${scoring} ${score(value)}${rank}  ${duration(seconds)}`;
    this.environment.writeStatus(`finished  ${aboutOf(job)}  ${what}`);
  }

  private addFailed(job: Job, outcome: Failed): void {
    const { failure: kind, message, seconds } = outcome;
    const retry = outcome.retry && job.attempt < this.options.attempts;
    this.push({ type: 'failed', config: job.id, claim: job.claim, kind, message, retry, seconds });
    const again = retry ? ' (will be tried again)' : '';
    this.environment.writeStatus(`failed    ${aboutOf(job)}  ${kind}: ${message}${again}`);
  }

  /** Adds the failure of a config whose record cannot be read: nobody can train it. */
  addDamaged({ id, claim }: Claimed, { message: cause }: Failure): void {
    const message = `the record of this config in the log is damaged, so nobody can train it: ${cause}`;
    this.push({ type: 'failed', config: id, claim, kind: 'error', message, retry: false });
    this.environment.writeStatus(`failed    ${shortId(id)}  error: ${message}`);
  }

  private push(draft: Draft): void {
    if (this.drafts.length === 0) this.sinceMs = this.environment.clock.nowMs();
    this.drafts.push(draft);
  }

  /** Takes all reports, to be appended. */
  takeAll(): Draft[] {
    return this.drafts.splice(0);
  }

  /** Puts back reports that could not be appended. */
  putBack(drafts: readonly Draft[]): void {
    this.drafts.unshift(...drafts);
  }
}

/** Why a worker gives back what it holds. */
export type ReleaseReason = 'signal' | 'deadline' | 'no-data';

/** `released` events for these configs, one for each claim. */
export function releases(held: readonly Claimed[], why: ReleaseReason, worker: string): Draft[] {
  const byClaim = new Map<number, string[]>();
  for (const { claim, id } of held) byClaim.set(claim, [...(byClaim.get(claim) ?? []), id]);
  return [...byClaim].map(([claim, configs]) => ({ type: 'released', claim, configs, why, worker }));
}
