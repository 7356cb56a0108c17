/** A worker in which everything is real (journal, supervisor, heartbeat, observer) but the training, which is a pause. */
import { numberColumns, type SplitData } from '../src/base/dataset.js';
import { Rng } from '../src/base/rng.js';
import type { Worker } from '../src/events/format/event.js';
import type { Host } from '../src/log/host.js';
import { Journal, type Written } from '../src/log/journal.js';
import { makeObserver, startHeartbeat } from '../src/log/liveness.js';
import type { Clock } from '../src/worker/clock.js';
import type { Outcome, Trainer } from '../src/worker/protocol.js';
import { Supervisor } from '../src/worker/supervisor.js';
import { targetOf } from './datasets.js';

/** For trainers that do not look at it. */
export const someData: SplitData = {
  columns: numberColumns(['a']),
  target: { kind: 'classes', names: ['no', 'yes'] },
  train: {
    index: ['s'],
    x: { rows: 1, columns: 1, data: new Float64Array(1) },
    target: targetOf(new Int32Array(1), 2),
  },
};

export interface Mission {
  log: string;
  /** How long a config trains, on the average; each takes between half and one and a half of it. */
  trainMs: number;
  /** How many seconds it says that a config took, if not the truth: who thinks that they take long, claims few. */
  saidSeconds?: number;
  leaseMs: number;
  segmentBytes?: number;
}

/** What many members did: of the trainers' time and of the appends, only what lies between two moments. */
export class Ledger {
  fromMs = 0;
  toMs = Infinity;
  finished = 0;
  trainedMs = 0;
  waitedMs = 0;
  readonly appendMs: number[] = [];

  constructor(readonly clock: Clock) {}

  addTrainerTime(isTraining: boolean, fromMs: number, toMs: number): void {
    const ms = Math.max(0, Math.min(toMs, this.toMs) - Math.max(fromMs, this.fromMs));
    if (isTraining) this.trainedMs += ms;
    else this.waitedMs += ms;
  }

  addAppend(fromMs: number, written: Written[]): void {
    const nowMs = this.clock.nowMs();
    this.finished += written.filter(({ event, applied }) => event.type === 'finished' && applied).length;
    if (fromMs >= this.fromMs && nowMs <= this.toMs) this.appendMs.push(nowMs - fromMs);
  }

  /** The time that a part of the appends took at most, in ms. */
  appendPercentile(part: number): number {
    const sorted = this.appendMs.sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
  }
}

class PausingTrainer implements Trainer {
  busy = false;
  private changedMs: number;

  constructor(
    private readonly mission: Mission,
    private readonly rng: Rng,
    private readonly ledger: Ledger,
  ) {
    this.changedMs = ledger.clock.nowMs();
  }

  async train(): Promise<Outcome> {
    const { trainMs, saidSeconds } = this.mission;
    this.change(true);
    const pauseMs = trainMs * (0.5 + this.rng.float());
    if (pauseMs > 0) await new Promise<void>(resolve => this.ledger.clock.after(pauseMs, resolve));
    this.change(false);
    const scores = { validate: { roc_auc: this.rng.float() } };
    const seconds = saidSeconds ?? pauseMs / 1000;
    return { kind: 'finished', scores, digest: 'none', warnings: [], seconds };
  }

  async end(): Promise<void> {
    this.change(false);
  }

  private change(busy: boolean): void {
    const nowMs = this.ledger.clock.nowMs();
    this.ledger.addTrainerTime(this.busy, this.changedMs, nowMs);
    this.changedMs = nowMs;
    this.busy = busy;
  }
}

/** Notes what a journal appends; `tell` gets the ids of what was acknowledged. */
function watch(journal: Journal, ledger: Ledger, tell?: (ids: string[]) => void): void {
  const transact = journal.transact.bind(journal);
  journal.transact = async decide => {
    const fromMs = ledger.clock.nowMs();
    const written = await transact(decide);
    ledger.addAppend(fromMs, written);
    tell?.(written.map(({ id }) => id));
    return written;
  };
}

/** A worker that is ready to run. */
export async function recruit(
  mission: Mission,
  host: Host,
  ledger: Ledger,
  tell?: (ids: string[]) => void,
): Promise<Supervisor> {
  const { log, leaseMs, segmentBytes } = mission;
  const worker: Worker = { id: host.newId(), host: host.identity.host, pid: host.identity.pid };
  const journal = await Journal.open(log, host, { author: worker.id, ...(segmentBytes && { segmentBytes }) });
  watch(journal, ledger, tell);
  return new Supervisor(
    {
      clock: ledger.clock,
      journal,
      worker,
      heartbeat: await startHeartbeat(log, host, worker, leaseMs),
      observer: makeObserver(log, host, leaseMs),
      readData: () => someData,
      newTrainer: () => new PausingTrainer(mission, Rng.from('pauses', worker.id), ledger),
      residentBytes: () => 0,
      tell: () => undefined,
    },
    {
      ...{ jobs: 1, timeoutMs: 3_600_000, attempts: 3, losses: 1_000_000, graceMs: 0, leaseMs },
      ...{ deadlineMs: Infinity, forever: false, versions: { spt: '0.1.0', node: process.versions.node } },
    },
  );
}
