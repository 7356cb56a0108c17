/**
 * How a worker stands with the log: which of its reports the log has taken, and which claims stand under its name.
 *
 * A log can lose its last lines while workers live (a file server crashed, or an older copy was put back). Then a
 * claim may be there while the report or the release after it is gone. Also, an append may have failed after its
 * claim was written. This claim is a **stray**: the worker does not hold it, and nobody else may release it while the
 * worker lives. So the worker settles its strays itself. It reports again what it reported before and still knows, and
 * gives back the rest.
 */
import { Failure } from '../base/errors.js';
import { counted } from '../base/listing.js';
import type { Draft, Failed, Finished } from '../events/format/event.js';
import type { State } from '../events/state/state.js';
import type { Written } from '../log/journal.js';
import type { Environment } from './environment.js';
import type { Claimed } from './hold.js';

/** How many of the last reports are remembered. A server may lose some seconds, and these have fewer reports. */
const MOST_REMEMBERED = 1024;

/** The reports of this worker that the log has taken, as far as they are remembered. */
class TakenReports {
  /** By config, the oldest first. */
  private readonly reports = new Map<string, Finished | Failed>();

  add(report: Finished | Failed): void {
    this.reports.delete(report.config);
    this.reports.set(report.config, report);
    if (this.reports.size <= MOST_REMEMBERED) return;
    for (const oldest of this.reports.keys()) {
      this.reports.delete(oldest);
      return;
    }
  }

  has(report: Finished | Failed): boolean {
    return this.reports.get(report.config) === report;
  }

  /** What was reported of a config under a claim. */
  get(config: string, claim: number): Finished | Failed | undefined {
    const report = this.reports.get(config);
    return report?.claim === claim ? report : undefined;
  }

  /** How many finished configs have lost both their outcome and the claim under which they could be reported again. */
  countLost(state: State): number {
    let lost = 0;
    for (const { type, config, claim } of this.reports.values()) {
      const row = state.row(config);
      const isThere = row >= 0 && (state.statusOf(row) === 'finished' || state.isHeld(row, claim));
      if (type === 'finished' && !isThere) lost++;
    }
    return lost;
  }
}

export class Standing {
  private readonly taken = new TakenReports();
  /** Whether an append has failed. It may still have written a claim. */
  private hasFailed = false;
  /** The number of rewinds after which strays were settled, and the number of which a person was told. */
  private settledRewinds: number;
  private toldRewinds: number;
  /** The most configs that the log was seen to hold before it lost some. */
  private mostConfigs = 0;

  constructor(private readonly environment: Pick<Environment, 'journal' | 'worker' | 'writeStatus'>) {
    this.settledRewinds = this.toldRewinds = environment.journal.rewinds;
  }

  /** Notes that an append has failed: nobody knows whether its events are in the log. */
  appendFailed(): void {
    this.hasFailed = true;
  }

  /** Whether the worker has to look for strays. */
  isDoubtful(): boolean {
    return this.hasFailed || this.settledRewinds !== this.environment.journal.rewinds;
  }

  /** What to append: the drafts of claims that are still this worker's, and what settles its strays. */
  eventsToAppend(state: State, drafts: readonly Draft[], holds: readonly Claimed[]): Draft[] {
    const { id } = this.environment.worker;
    // a log that has lost lines uses their numbers again, so a claim may belong to another worker now
    const own = drafts.filter(draft => {
      const claim = 'claim' in draft ? state.claims.get(draft.claim!) : undefined;
      return claim === undefined || claim.worker.id === id;
    });
    if (!this.isDoubtful()) return own;
    this.settledRewinds = this.environment.journal.rewinds;
    const held = new Set(holds.map(held => `${held.id} ${held.claim}`));
    for (const draft of drafts) for (const config of idsOf(draft)) held.add(`${config} ${claimOf(draft)}`);
    return [...own, ...strayEvents(state, id, this.taken, (config, claim) => held.has(`${config} ${claim}`))];
  }

  /**
   * Notes what was appended, and tells what the log has lost. Gives the reports that the log has taken for the first
   * time.
   */
  appended(written: readonly Written[]): (Finished | Failed)[] {
    this.hasFailed = false;
    const first: (Finished | Failed)[] = [];
    for (const { event, applied } of written) {
      if (!applied || (event.type !== 'finished' && event.type !== 'failed')) continue;
      if (!this.taken.has(event)) first.push(event);
      this.taken.add(event);
    }
    this.tellLosses();
    return first;
  }

  private tellLosses(): void {
    const { journal, writeStatus } = this.environment;
    if (this.toldRewinds === journal.rewinds) return;
    this.toldRewinds = journal.rewinds;
    const { n, configs } = journal.beforeRewind;
    this.mostConfigs = Math.max(this.mostConfigs, configs);
    const lost = this.taken.countLost(journal.state);
    const results =
      lost > 0 ? `; with it ${counted(lost, 'result')} of this worker, to be trained again` : '';
    writeStatus(
      `lost      the end of the log: it was read to record ${n}, and some of these records are gone${results}`,
    );
  }

  /** What a person has to do when the log has lost configs and still lacks them; else undefined. */
  trouble(): Failure | undefined {
    const lost = this.mostConfigs - this.environment.journal.state.size;
    if (lost <= 0) return undefined;
    return new Failure(
      'log-lost-lines',
      `the log has lost ${counted(lost, 'config')} while this worker used it`,
      'Run the same `spt enqueue` again, which adds what is missing, and then spt work.',
    );
  }
}

/** The configs that a draft names under a claim. */
function idsOf(draft: Draft): string[] {
  if (draft.type === 'released') return draft.configs ?? [];
  return draft.type === 'finished' || draft.type === 'failed' ? [draft.config] : [];
}

function claimOf(draft: Draft): number | undefined {
  return 'claim' in draft ? draft.claim : undefined;
}

/** The events that settle a worker's strays. `isHeld` tells what the worker holds or is about to report. */
function strayEvents(
  state: State,
  worker: string,
  taken: TakenReports,
  isHeld: (config: string, claim: number) => boolean,
): Draft[] {
  const events: Draft[] = [];
  for (const claim of state.claimsOf(worker)) {
    const { epoch } = claim;
    const strays = state
      .held(claim)
      .map(row => state.id(row))
      .filter(id => !isHeld(id, epoch));
    const reports = strays.flatMap(id => taken.get(id, epoch) ?? []);
    const rest = strays.filter(id => !taken.get(id, epoch));
    events.push(...reports);
    if (rest.length > 0)
      events.push({ type: 'released', claim: epoch, configs: rest, why: 'not-held', worker });
  }
  return events;
}
