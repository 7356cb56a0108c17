/**
 * A worker's look at the others: who is dead or silent loses its claims. Those on the same machine are looked at every
 * second by their processes, the others several times in a lease by their counters.
 */
import type { Rng } from '../base/rng.js';
import type { Claim } from '../events/state/claims.js';
import type { Draft, Worker } from '../events/format/event.js';
import type { State } from '../events/state/state.js';
import type { Journal } from '../log/journal.js';
import type { Loss, Observer } from '../log/liveness.js';
import type { Clock } from './clock.js';
import { mostNear, mostWatched, nearPauseMs, watched } from './pacing.js';

/** What was read longer ago is too old to know the neighbours by. */
const oldMs = 3000;

interface Surroundings {
  clock: Clock;
  journal: Journal;
  observer: Observer;
  worker: Worker;
  tell(message: string): void;
}

interface Limits {
  leaseMs: number;
  /** How often a config may lose its worker before it is held to be what kills them. */
  losses: number;
}

export class Watch {
  private nextAt = 0;
  private nextNearAt = 0;
  private readAtMs = -Infinity;

  constructor(
    private readonly around: Surroundings,
    private readonly limits: Limits,
    private readonly jitter: Rng,
  ) {}

  /** When to look next. */
  get dueAt(): number {
    return Math.min(this.nextAt, this.nextNearAt);
  }

  /** Takes note that the log was read: who holds what is known as of now. */
  haveRead(): void {
    this.readAtMs = this.around.clock.nowMs();
  }

  /** Looks no later than at this time, if that is cheap. */
  hasten(time: number): void {
    if (this.around.journal.state.holders().length <= mostWatched) this.nextAt = Math.min(this.nextAt, time);
  }

  /**
   * Looks at those whose turn it is, and releases the claims of the dead. A worker that trains for long has not read the log
   * for long: so it is read first.
   * @param idlePauseMs how soon to look again, for a worker that has nothing else to do
   */
  async look(idlePauseMs?: number): Promise<void> {
    const { clock, journal, observer, worker } = this.around;
    const nowMs = clock.nowMs();
    const losses: Loss[] = [];
    await this.readIfOld(nowMs);
    const holders = journal.state.holders();
    if (nowMs >= this.nextNearAt) {
      this.nextNearAt = nowMs + nearPauseMs * (0.5 + this.jitter.float());
      losses.push(...(await observer.lookNear(watched(worker.id, this.near(), mostNear))));
    }
    if (nowMs >= this.nextAt) {
      const isCheap = idlePauseMs !== undefined && holders.length <= mostWatched;
      // an observer counts a quarter of the lease at most between two looks: the longest pause is just that
      const pauseMs = isCheap ? idlePauseMs : this.limits.leaseMs / 6;
      this.nextAt = nowMs + pauseMs * (0.5 + this.jitter.float());
      const ids = holders.map(({ id }) => id);
      // who has nothing else to do looks at all, in case that those who should have looked are dead as well
      const others = watched(worker.id, ids, idlePauseMs === undefined ? mostWatched : Infinity);
      losses.push(...(others.length > 0 ? await observer.look(others) : []));
    }
    if (losses.length > 0) await this.release(losses);
  }

  /** The workers on this machine that hold claims. */
  private near(): string[] {
    const { journal, worker } = this.around;
    return journal.state
      .holders()
      .filter(({ host }) => host === worker.host)
      .map(({ id }) => id);
  }

  private async readIfOld(nowMs: number): Promise<void> {
    const mostMs = this.near().length > 1 ? oldMs : this.limits.leaseMs / 6;
    if (nowMs - this.readAtMs < Math.min(mostMs, this.limits.leaseMs / 6)) return;
    await this.around.journal.refresh();
    this.haveRead();
  }

  private async release(losses: readonly Loss[]): Promise<void> {
    const { journal, tell } = this.around;
    const each = [...new Map(losses.map(loss => [loss.worker, loss])).values()];
    let owners: Loss[] = [];
    const written = await journal.transact(state => {
      const drafts = each.map(loss =>
        state.claimsOf(loss.worker).flatMap(claim => lossEvents(state, claim, this.limits.losses)),
      );
      owners = each.flatMap((loss, i) => drafts[i].map(() => loss));
      return drafts.flat();
    });
    // where another observer was faster, nothing was left to release
    const released = new Map(
      owners.filter((_, i) => written[i].applied).map(({ worker, why }) => [worker, why]),
    );
    for (const [worker, why] of released) tell(`released  the claims of worker ${worker}, which is ${why}`);
  }
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
