/**
 * How a worker watches the others. A worker that is dead or silent loses its claims. For workers on the same machine,
 * their processes are looked at every second. For the others, their counters are looked at several times in a lease.
 */
import type { Rng } from '../base/rng.js';
import type { Claim } from '../events/state/claims.js';
import type { Draft } from '../events/format/event.js';
import type { State } from '../events/state/state.js';
import type { Loss } from '../log/liveness.js';
import type { Environment, WorkOptions } from './environment.js';

/** A busy worker watches this number of others at most. A look opens a small file of each of them. */
const MOST_WATCHED = 16;
/**
 * A worker watches this number of others on its own machine at most, about every second. Looking at their processes
 * costs the file server nothing.
 */
const MOST_NEAR = 4;
/** The mean time between two looks at the workers on the same machine, in ms. */
const NEAR_PAUSE_MS = 1000;
/** A worker that shares its machine with others reads the log again after this time, in ms. */
const OLD_MS = 3000;

/**
 * The workers that one worker watches: all of them while there are few, else the next ones in a ring, in the order of
 * their ids. So every worker has the same number of watchers, and the number of all looks grows with the number of
 * workers, not with its square.
 */
export function watched(own: string, holders: readonly string[], most = MOST_WATCHED): string[] {
  const others = holders.filter(id => id !== own).sort();
  const next = others.findIndex(id => id > own);
  return next < 0 ? others.slice(0, most) : [...others.slice(next), ...others.slice(0, next)].slice(0, most);
}

export class Watch {
  /** When to look at the others, and at those on this machine, in ms of the worker's clock. */
  private nextAtMs = 0;
  private nextNearAtMs = 0;
  private readAtMs = -Infinity;

  constructor(
    private readonly environment: Pick<
      Environment,
      'clock' | 'journal' | 'observer' | 'worker' | 'writeStatus'
    >,
    private readonly options: Pick<WorkOptions, 'leaseMs' | 'losses'>,
    private readonly jitter: Rng,
  ) {}

  /** When to look next, in ms of the worker's clock. */
  get dueAtMs(): number {
    return Math.min(this.nextAtMs, this.nextNearAtMs);
  }

  /** Notes that the log was read now, so the state tells which worker holds what. */
  noteRead(): void {
    this.readAtMs = this.environment.clock.nowMs();
  }

  /** Looks no later than at this time, in ms, if few others are to be watched. */
  lookBy(timeMs: number): void {
    if (this.environment.journal.state.holders().length <= MOST_WATCHED)
      this.nextAtMs = Math.min(this.nextAtMs, timeMs);
  }

  /**
   * Looks at the workers whose turn it is, and releases the claims of the dead. The log is read first, because a worker
   * may train for long without reading it.
   * @param idlePauseMs how soon to look again, in ms, for a worker that has nothing else to do
   */
  async look(idlePauseMs?: number): Promise<void> {
    const { clock, journal, observer, worker } = this.environment;
    const nowMs = clock.nowMs();
    const losses: Loss[] = [];
    await this.readIfOld(nowMs);
    const holders = journal.state.holders();
    if (nowMs >= this.nextNearAtMs) {
      this.nextNearAtMs = nowMs + NEAR_PAUSE_MS * (0.5 + this.jitter.float());
      losses.push(...(await observer.lookNear(watched(worker.id, this.near(), MOST_NEAR))));
    }
    if (nowMs >= this.nextAtMs) {
      const isCheap = idlePauseMs !== undefined && holders.length <= MOST_WATCHED;
      // between two looks, an observer counts at most a quarter of the lease, which is the longest pause here
      const pauseMs = isCheap ? idlePauseMs : this.options.leaseMs / 6;
      this.nextAtMs = nowMs + pauseMs * (0.5 + this.jitter.float());
      const ids = holders.map(({ id }) => id);
      // a worker that has nothing else to do looks at all others, because their watchers may be dead, too
      const others = watched(worker.id, ids, idlePauseMs === undefined ? MOST_WATCHED : Infinity);
      losses.push(...(others.length > 0 ? await observer.look(others) : []));
    }
    if (losses.length > 0) await this.release(losses);
  }

  /** The workers on this machine that hold claims. */
  private near(): string[] {
    const { journal, worker } = this.environment;
    return journal.state
      .holders()
      .filter(({ host }) => host === worker.host)
      .map(({ id }) => id);
  }

  private async readIfOld(nowMs: number): Promise<void> {
    const mostMs = this.near().length > 1 ? OLD_MS : this.options.leaseMs / 6;
    if (nowMs - this.readAtMs < Math.min(mostMs, this.options.leaseMs / 6)) return;
    await this.environment.journal.refresh();
    this.noteRead();
  }

  private async release(losses: readonly Loss[]): Promise<void> {
    const { journal, writeStatus } = this.environment;
    const each = [...new Map(losses.map(loss => [loss.worker, loss])).values()];
    let owners: Loss[] = [];
    const written = await journal.transact(state => {
      const drafts = each.map(loss =>
        state.claimsOf(loss.worker).flatMap(claim => lossEvents(state, claim, this.options.losses)),
      );
      owners = each.flatMap((loss, i) => drafts[i].map(() => loss));
      return drafts.flat();
    });
    // where another observer was faster, nothing was left to release
    const released = new Map(
      owners.filter((_, i) => written[i].applied).map(({ worker, why }) => [worker, why]),
    );
    for (const [worker, why] of released)
      writeStatus(`released  the claims of worker ${worker}, which is ${why}`);
  }
}

/** The events that release a dead worker's claim: its configs are queued again, or fail after too many losses. */
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
