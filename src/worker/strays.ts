/**
 * Claims that stand under a worker's name and that it does not hold. They come from a log that has lost its last lines
 * (a file server that crashed, an older copy that was put back): the claim is there, and what came after it is not. Nobody
 * else may release them while the worker lives, so that it has to: what it reported before and still knows is reported
 * again, the rest is given back.
 */
import type { Draft, Failed, Finished } from '../events/event.js';
import type { State } from '../events/state.js';

/** So many of the last reports are remembered: those of the seconds that a server may lose, and more. */
const mostRemembered = 1024;

/** The reports of this worker that the log has taken, as far as they are remembered. */
export class Told {
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

/** The events that settle a worker's stray claims; `isHeld` tells what is no stray. */
export function strayEvents(
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
