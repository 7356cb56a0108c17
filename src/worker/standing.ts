/**
 * How a worker stands with the log: what the log has taken of its words, and which claims stand under its name.
 *
 * A log can lose its last lines while workers live (a file server that crashed, an older copy that was put back). Then a
 * claim may be there, and the report or the release that came after it is not: a **stray**, which the worker does not hold
 * any more and nobody else may release while it lives. So it settles its strays itself: what it reported before and still
 * knows is reported again, the rest is given back.
 */
import { Failure } from '../base/errors.js';
import type { Draft, Failed, Finished, Worker } from '../events/format/event.js';
import type { State } from '../events/state/state.js';
import type { Journal, Written } from '../log/journal.js';
import { count } from '../terminal/units.js';
import type { Job } from './job.js';

/** How many of the last reports are remembered: those of the seconds that a server may lose, and more. */
const mostRemembered = 1024;

/** The reports of this worker that the log has taken, as far as they are remembered. */
class Told {
  /** By config, the oldest first. */
  private readonly reports = new Map<string, Finished | Failed>();

  add(report: Finished | Failed): void {
    this.reports.delete(report.config);
    this.reports.set(report.config, report);
    if (this.reports.size <= mostRemembered) return;
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

  /** How many finished configs have no outcome in this state, nor a claim under which it could be told again. */
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

interface Surroundings {
  journal: Journal;
  worker: Worker;
  tell(message: string): void;
}

export class Standing {
  /** Whether the log may hold claims of this worker that it does not hold itself. */
  hasStrays = false;
  private readonly told = new Told();
  /** The rewinds of the journal after which strays were settled, and of which a person was told. */
  private settledRewinds: number;
  private toldRewinds: number;
  /** The most configs that the log was seen to hold before it lost some. */
  private mostConfigs = 0;

  constructor(private readonly around: Surroundings) {
    this.settledRewinds = this.toldRewinds = around.journal.rewinds;
  }

  /** Whether it has to look for strays. */
  isDoubtful(): boolean {
    return this.hasStrays || this.settledRewinds !== this.around.journal.rewinds;
  }

  /** What to append: the drafts, as far as they are this worker's to say, and what settles its strays. */
  say(state: State, drafts: readonly Draft[], jobs: readonly Job[]): Draft[] {
    const { id } = this.around.worker;
    // a log that has lost lines gives their numbers again: a claim may be another worker's by now
    const own = drafts.filter(draft => {
      const claim = 'claim' in draft ? state.claims.get(draft.claim!) : undefined;
      return claim === undefined || claim.worker.id === id;
    });
    if (!this.isDoubtful()) return own;
    this.settledRewinds = this.around.journal.rewinds;
    const held = new Set(jobs.map(({ config, claim }) => `${config.id} ${claim}`));
    for (const draft of drafts) for (const config of idsOf(draft)) held.add(`${config} ${claimOf(draft)}`);
    return [...own, ...strayEvents(state, id, this.told, (config, claim) => held.has(`${config} ${claim}`))];
  }

  /** Takes note of what was appended, and tells what the log has lost; the reports that it took for the first time. */
  taken(written: readonly Written[]): (Finished | Failed)[] {
    this.hasStrays = false;
    const first: (Finished | Failed)[] = [];
    for (const { event, applied } of written) {
      if (!applied || (event.type !== 'finished' && event.type !== 'failed')) continue;
      if (!this.told.has(event)) first.push(event);
      this.told.add(event);
    }
    this.tellLosses();
    return first;
  }

  private tellLosses(): void {
    const { journal, tell } = this.around;
    if (this.toldRewinds === journal.rewinds) return;
    this.toldRewinds = journal.rewinds;
    const { n, configs } = journal.beforeRewind;
    this.mostConfigs = Math.max(this.mostConfigs, configs);
    const lost = this.told.countLost(journal.state);
    const results = lost > 0 ? `; with it ${count(lost, 'result')} of this worker, to be trained again` : '';
    tell(`lost      the end of the log: what was read of it to record ${n} is not there any more${results}`);
  }

  /** What somebody has to do when the log has lost configs, and has not got them back. */
  trouble(): Failure | undefined {
    const lost = this.mostConfigs - this.around.journal.state.size;
    if (lost <= 0) return undefined;
    return new Failure(
      'log-lost-lines',
      `the log has lost ${count(lost, 'config')} while this worker used it`,
      'Run the same `spt enqueue` again, which adds what is missing, and then spt work.',
    );
  }
}

/** The configs of which a draft speaks under a claim, and the claim. */
function idsOf(draft: Draft): string[] {
  if (draft.type === 'released') return draft.configs ?? [];
  return draft.type === 'finished' || draft.type === 'failed' ? [draft.config] : [];
}

function claimOf(draft: Draft): number | undefined {
  return 'claim' in draft ? draft.claim : undefined;
}

/** The events that settle a worker's stray claims; `isHeld` tells what is no stray. */
function strayEvents(
  state: State,
  worker: string,
  told: Told,
  isHeld: (config: string, claim: number) => boolean,
): Draft[] {
  const events: Draft[] = [];
  for (const claim of state.claimsOf(worker)) {
    const { epoch } = claim;
    const strays = state
      .held(claim)
      .map(row => state.id(row))
      .filter(id => !isHeld(id, epoch));
    const reports = strays.flatMap(id => told.get(id, epoch) ?? []);
    const rest = strays.filter(id => !told.get(id, epoch));
    events.push(...reports);
    if (rest.length > 0)
      events.push({ type: 'released', claim: epoch, configs: rest, why: 'not-held', worker });
  }
  return events;
}
