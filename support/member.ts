/** A worker in which everything is real but the training, which is a pause; and what many of them did. */
import { Rng } from '../src/base/rng.js';
import type { Worker } from '../src/events/format/event.js';
import type { Host } from '../src/log/host.js';
import { Journal, type Written } from '../src/log/journal.js';
import type { Clock } from '../src/worker/clock.js';
import type { Supervisor } from '../src/worker/supervisor.js';
import { PausingTrainer } from './pausing-trainer.js';
import { onAppend, recruit } from './supervisor.js';

export interface Mission {
  log: string;
  /** How long a config trains, in ms, on average: between half and one and a half of this. */
  trainMs: number;
  /** The time that it reports for a config, in seconds, instead of the truth. A worker of long configs claims few. */
  saidSeconds?: number;
  leaseMs: number;
  segmentBytes?: number;
}

/** What many members did between two moments: the time of their trainers, and their appends. */
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

  /** The time within which this part of the appends was done, in ms. */
  appendPercentile(part: number): number {
    const sorted = this.appendMs.sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
  }
}

/** A trainer that writes its time into the ledger. */
function makeTrainer({ trainMs, saidSeconds }: Mission, rng: Rng, ledger: Ledger): PausingTrainer {
  let changedMs = ledger.clock.nowMs();
  let wasTraining = false;
  return new PausingTrainer(
    ledger.clock,
    () => {
      const pauseMs = trainMs * (0.5 + rng.float());
      const scores = { validate: { roc_auc: rng.float() } };
      const seconds = saidSeconds ?? pauseMs / 1000;
      return { pauseMs, outcome: { kind: 'finished', scores, digest: 'none', warnings: [], seconds } };
    },
    isTraining => {
      const nowMs = ledger.clock.nowMs();
      ledger.addTrainerTime(wasTraining, changedMs, nowMs);
      changedMs = nowMs;
      wasTraining = isTraining;
    },
  );
}

/** A member that is ready to run; `acknowledged` gets the ids of the events that were acknowledged. */
export async function recruitMember(
  mission: Mission,
  host: Host,
  ledger: Ledger,
  acknowledged?: (ids: string[]) => void,
): Promise<Supervisor> {
  const { log, leaseMs, segmentBytes } = mission;
  const worker: Worker = { id: host.newId(), host: host.identity.host, pid: host.identity.pid };
  const journal = await Journal.open(log, host, { author: worker.id, ...(segmentBytes && { segmentBytes }) });
  onAppend(journal, ledger.clock, (written, fromMs) => {
    ledger.addAppend(fromMs, written);
    acknowledged?.(written.map(({ id }) => id));
  });
  const rng = Rng.from('pauses', worker.id);
  return recruit(host, ledger.clock, journal, {
    worker,
    newTrainer: () => makeTrainer(mission, rng, ledger),
    options: {
      ...{ attempts: 3, losses: 1_000_000, graceMs: 0, leaseMs },
      versions: { spt: '0.1.0', node: process.versions.node },
    },
  });
}
