/** From the lines of a log to its facts (facts.ts). Pure. */
import { canonicalJson } from '../../base/json.js';
import { apply, applyDamage, mayFollow } from '../fold.js';
import type { Damage } from '../format/decode.js';
import type { Claimed, Entry, Failed, Finished } from '../format/event.js';
import { FAILED, State } from '../state/state.js';
import { addRetry, addTo, earliest, factsOf, noFacts, type Facts, type Report, type Told } from './facts.js';
import type { LinePlace, Visitor } from './inspect.js';

/** How many lines of a log gave no fact. */
export interface Skipped {
  damaged: number;
  unknown: number;
}

/** Is shown the lines of one log and gives its facts. */
export class FactReader implements Visitor {
  readonly facts: Facts = noFacts();
  readonly skipped: Skipped = { damaged: 0, unknown: 0 };
  private readonly state = new State();
  /** The id of the event that made each claim, by epoch. */
  private readonly claimIds = new Map<number, string>();

  entry(entry: Entry, place: LinePlace): void {
    const { state } = this;
    const isUnique = mayFollow(entry.n, state.n);
    const { doubles } = state.troubles;
    const { applied } = apply(state, entry, place);
    if (state.troubles.doubles > doubles) return;
    try {
      this.note(entry, isUnique, applied);
    } catch (error) {
      // JSON reads a number like 1e999 as infinite, and cannot write it again.
      if (!(error instanceof TypeError)) throw error;
      this.skipped.damaged++;
    }
  }

  private note(entry: Entry, isUnique: boolean, applied: boolean): void {
    const { facts } = this;
    const { event } = entry;
    switch (event.type) {
      case 'enqueued': {
        const of = factsOf(facts, event.config.id);
        of.enqueued = earliest(of.enqueued, told(entry, event.config));
        break;
      }
      case 'claimed':
        if (isUnique) this.claimed(entry, event);
        break;
      case 'finished':
        this.finished(entry, event, applied);
        break;
      case 'failed':
        if (applied && !event.retry) factsOf(facts, event.config).failed = this.reportOf(entry, event);
        break;
      case 'released':
        if (event.why === 'retry') addRetry(facts, { ...told(entry, null), configs: event.configs! });
        break;
      case 'unknown':
        this.skipped.unknown++;
    }
  }

  damaged(damage: Damage): void {
    this.skipped.damaged++;
    applyDamage(this.state, damage);
  }

  /** The facts, after all lines were shown. */
  done(): Facts {
    for (const [id, of] of this.facts.configs)
      if (of.failed && this.state.status[this.state.row(id)] !== FAILED) delete of.failed;
    return this.facts;
  }

  private claimed(entry: Entry, { worker }: Claimed): void {
    const claim = told(entry, worker);
    this.claimIds.set(entry.n, claim.id);
    addTo(this.facts.claims, claim.id, claim);
  }

  private finished(entry: Entry, event: Finished, applied: boolean): void {
    const of = factsOf(this.facts, event.config);
    const report = this.reportOf(entry, event);
    if (applied) of.finished = earliest(of.finished, report);
    addTo(of.reports, event.digest, report);
  }

  private reportOf(entry: Entry, { type, claim, config, origin, ...body }: Finished | Failed): Report {
    const claimId = this.claimIds.get(claim);
    return { ...told(entry, body), ...(claimId !== undefined && { claim: claimId }) };
  }
}

/** An event as its first author told it, even if it was taken over from another log. */
function told({ event, ...own }: Entry, body: unknown): Told {
  const { id, at, by } = ('origin' in event && event.origin) || own;
  return { id, at, by, body: canonicalJson(body) };
}
